"""What is a reason for parking a row called, in lists and messages, and how is it told in both languages?"""

import re
from functools import cache

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from integrations.unreadable import REASONS
from orders.identity import SENTENCES

PLACE = re.compile(r"%\\\((\w+)\\\)s")  # %(name)s as re.escape writes it

NAMES = {
    "NOT_A_ROW": _("not a row of fields"),
    "NO_MAPPING": _("no mapping"),
    "ROW_TOO_LARGE": _("row too large"),
    "MISSING_KEY": _("no record number"),
    "MISSING_VALUE": _("needed value missing"),
    "NO_ZONE": _("time without a zone"),
    "UNREADABLE_TIME": _("unreadable time"),
    "TIME_OUT_OF_RANGE": _("time out of range"),
    "UNREADABLE_NUMBER": _("unreadable number"),
    "NUMBER_TOO_LARGE": _("number too large"),
    "NOT_EXACT": _("too many decimal places"),
    "UNKNOWN_UNIT": _("unknown unit"),
    "UNKNOWN_CURRENCY": _("unknown currency"),
    "STATUS_UNMAPPED": _("unknown status"),
    "CODE_UNMAPPED": _("unknown code"),
    "TOO_LONG": _("text too long"),
    "NOT_YES_OR_NO": _("neither yes nor no"),
    "NOT_TEXT": _("not a single text"),
    "EXPRESSION_FAILED": _("expression does not fit"),
    "UNKNOWN_SYSTEM": _("unknown system"),
    "UNKNOWN_ENTITY": _("unknown kind of record"),
    "UNKNOWN_KIND": _("unknown order kind"),
    "NO_KEY": _("no record number"),
    "NOT_STORABLE": _("characters that cannot be stored"),
    "NOT_A_NUMBER": _("unreadable number"),
    "NOT_AN_INSTANT": _("unreadable time"),
    "UNKNOWN_FACT": _("unknown node"),
    "NO_SCOPE": _("no data scope"),
    "DATABASE": _("refused by the database"),
}


def reason_name(code):
    """In the reader's words. What stands in no list is trouble with the mapping itself."""
    return str(NAMES.get(code, _("error in the mapping")))


def reason_names(code):
    """(English, Chinese) of what a reason is called."""
    found = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found.append(reason_name(code))
    return tuple(found)


def reasons_in_both(sentence, params):
    """(English, Chinese) of a sentence marked for translation."""
    return _filled(sentence, params), _filled(_chinese(sentence), params)


def _chinese(sentence):
    with translation.override("zh-hans"):
        return translation.gettext(sentence)


def _filled(sentence, params):
    return (sentence % params if params else sentence)[:400]


@cache
def _shapes(code):
    """[(sentence, the pattern of what it says once filled)] of a reason's code."""
    sentences = [found for found in (REASONS.get(code), SENTENCES.get(code.lower())) if found]
    return [(one, re.compile(PLACE.sub(_place, re.escape(one)), re.DOTALL)) for one in sentences]


def _place(found):
    return f"(?P<{found[1]}>.*)"


def reason_in_both(code, english, chinese):
    """(English, Chinese) of a reason as it was stored, the Chinese as the catalogue says it now.

    A row parked by a process that had no Chinese catalogue yet was kept in English in both languages.
    """
    for sentence, shape in _shapes(code):
        if said := shape.fullmatch(english):
            return english, _filled(_chinese(sentence), said.groupdict())
    return english, chinese or english
