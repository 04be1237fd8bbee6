"""Which instant does a system mean when it writes a time in its own dialect?"""
import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.unreadable import BadMapping, BadValue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SAP = re.compile(r"^/Date\((-?\d{1,17})([+-]\d{4})?\)/$")
_COMPACT = re.compile(r"^(\d{8})(?:[ T]?(\d{2})(\d{2})(\d{2})?)?$")
_OFFSET = re.compile(r"^([+-])(\d{2}):?(\d{2})$")
_TICKS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
_EXCEL_EPOCH = datetime(1899, 12, 30)


@lru_cache(maxsize=512)
def zone_named(name):
    """A tzinfo for "Asia/Shanghai", "UTC" or "+08:00"; refuses a name nobody knows."""
    fixed = _OFFSET.match(name)
    if fixed:
        span = timedelta(hours=int(fixed[2]), minutes=int(fixed[3]))
        return timezone(-span if fixed[1] == "-" else span)
    try:
        return UTC if name in ("UTC", "Z") else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, IsADirectoryError):
        raise BadMapping("UNKNOWN_ZONE", zone=name) from None


def to_utc(moment, zone):
    """A datetime in UTC; a naive one is taken to be in `zone` and refused when none is declared."""
    if moment.tzinfo is None:
        if zone is None:
            raise BadValue("NO_ZONE", value=moment.isoformat(sep=" "))
        moment = moment.replace(tzinfo=zone)
    moment = moment.astimezone(UTC)
    if not 1990 <= moment.year < 2100:
        raise BadValue("TIME_OUT_OF_RANGE", value=moment.isoformat())
    return moment


def utc_text(moment):
    """ISO-8601 text of an aware UTC datetime, ending in "Z", with microseconds only when there are any."""
    return moment.isoformat()[:-6] + "Z"


def _read_iso(value, zone):
    if isinstance(value, datetime):
        return to_utc(value, zone)
    return to_utc(datetime.fromisoformat(value.strip().replace("/", "-")), zone)


def _read_compact(value, zone):
    found = _COMPACT.match(str(value).strip())
    if not found:
        raise ValueError(value)
    day, *clock = found.groups(default="00")
    return to_utc(datetime(int(day[:4]), int(day[4:6]), int(day[6:]), *map(int, clock)), zone)


def _read_sap(value, zone):
    found = _SAP.match(value)
    if not found:
        return _read_compact(value, zone)
    # The offset after the ticks only says how SAP would show it; the ticks are UTC already.
    return to_utc(_EPOCH + timedelta(milliseconds=int(found[1])), zone)


def _read_epoch(tick):
    def read(value, zone):
        if isinstance(value, bool):
            raise ValueError(value)
        if isinstance(value, float):
            return to_utc(_EPOCH + timedelta(microseconds=round(value * tick)), zone)
        return to_utc(_EPOCH + timedelta(microseconds=int(value) * tick), zone)
    return read


def _read_tryton(value, zone):
    if value.get("__class__") not in ("datetime", "date"):
        raise ValueError(value)
    parts = [value.get(name, 0) for name in ("hour", "minute", "second", "microsecond")]
    return to_utc(datetime(value["year"], value["month"], value["day"], *parts), zone or UTC)


def _read_excel(value, zone):
    if isinstance(value, datetime):
        return to_utc(value, zone)
    return to_utc(_EXCEL_EPOCH + timedelta(microseconds=round(float(value) * 86_400_000_000)), zone)


DIALECTS = {
    "iso": _read_iso, "compact": _read_compact, "sap": _read_sap, "tryton": _read_tryton,
    "excel": _read_excel, **{name: _read_epoch(tick) for name, tick in _TICKS.items()},
}


def read_time(value, dialect, zone):
    """The aware UTC datetime that `value` means; refuses with BadValue, never guesses between dialects."""
    try:
        return DIALECTS[dialect](value, zone)
    except BadValue:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
        raise BadValue("UNREADABLE_TIME", value=str(value)[:60]) from None
