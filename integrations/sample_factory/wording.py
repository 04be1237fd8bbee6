"""How does each system of the sample factory write times, numbers and keys?"""
from functools import lru_cache

from integrations.sample_factory.clockwork import DAY, OFFSET, to_datetime
from integrations.sample_factory.plan import NEVER


@lru_cache(maxsize=4096)
def _date(day):
    moment = to_datetime(day * DAY)
    return f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}"


def _clock(ms):
    day, rest = divmod(ms, DAY)
    hour, rest = divmod(rest, 3_600_000)
    minute, rest = divmod(rest, 60_000)
    return _date(day), hour, minute, rest // 1000


def naive(ms):
    """WMS: local wall clock without a zone, "2026-11-24 09:30:00"."""
    day, hour, minute, second = _clock(ms + OFFSET)
    return f"{day} {hour:02d}:{minute:02d}:{second:02d}"


def compact_date(ms):
    """ERP: "20261124", local."""
    return _date((ms + OFFSET) // DAY).replace("-", "")


def compact_time(ms):
    """ERP: "093000", local."""
    _, hour, minute, second = _clock(ms + OFFSET)
    return f"{hour:02d}{minute:02d}{second:02d}"


def sap_time(ms):
    """ERP: "/Date(1793491200000+0000)/", UTC ticks."""
    return f"/Date({ms}+0000)/"


def with_offset(ms):
    """CRM: ISO with the office's offset, "2026-11-24T09:30:00+08:00"."""
    day, hour, minute, second = _clock(ms + OFFSET)
    return f"{day}T{hour:02d}:{minute:02d}:{second:02d}+08:00"


def zulu(ms):
    """MES: ISO in UTC with milliseconds, "2026-11-24T01:30:00.250Z"."""
    day, hour, minute, second = _clock(ms)
    return f"{day}T{hour:02d}:{minute:02d}:{second:02d}.{ms % 1000:03d}Z"


def when(write, ms, moment):
    """`write(ms)` when that has happened by `moment`, else None."""
    return write(ms) if ms <= moment and ms != NEVER else None


def yuan(fen):
    """ERP: "128,400.00"."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def plain_yuan(fen):
    """CRM: "128400.00"."""
    return f"{fen // 100}.{fen % 100:02d}"


def thousands(pieces):
    """MES: pieces in 千件, "1.2"."""
    whole, rest = divmod(pieces, 1000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")


def message_id(system, plan, place):
    """An id of this system's `place`-th message about the order."""
    return f"{system}-{plan.index * 64 + place:012d}"


def batch_of(system, received):
    """The five-minute batch in which the interface sent it."""
    return f"{system}-{received // 300_000}"
