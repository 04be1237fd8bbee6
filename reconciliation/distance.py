"""How far apart are the values of a difference? Pure."""
import re
from datetime import datetime, timedelta
from decimal import Decimal

NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?: ([A-Z]{3}))?")
MILLION = 10**6


def gap_of(values):
    """Millionths of their unit, of times millionths of a second, between the least and the greatest of {system: value}.

    None where they cannot be held against each other: one is missing, unreadable or in another currency.
    """
    texts = [str(one) for one in values.values() if isinstance(one, (str, int)) and not isinstance(one, bool)]
    if len(texts) < 2 or len(texts) < len(values):
        return None
    numbers = [NUMBER.fullmatch(text) for text in texts]
    if all(numbers):
        amounts = [Decimal(found[1]) for found in numbers]
        return int((max(amounts) - min(amounts)) * MILLION) if len({found[2] for found in numbers}) == 1 else None
    try:
        moments = [datetime.fromisoformat(text.replace("Z", "+00:00")) for text in texts]
        return (max(moments) - min(moments)) // timedelta(microseconds=1)
    except (ValueError, TypeError):
        return None


def are_times(values):
    """Are they times, so that their gap is a span?"""
    return not any(NUMBER.fullmatch(str(one)) for one in values.values())
