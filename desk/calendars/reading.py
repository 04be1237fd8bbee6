"""Which days off and make-up days does a file of a year hold?

One row a day, or a span: date, until, what it is, hours, occasion; heads and words in Chinese or English, as notices,
spreadsheets and published lists have them. Whatever is not understood is named; nothing is guessed.
"""

import re
import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import Refusal
from kernel.models import CalendarDay
from kernel.tables import read_table, with_limits
from kernel.week_field import read_day

LIMITS = with_limits(file_bytes=2 * 1024 * 1024, rows=5_000, columns=50, seconds=10)
LONGEST = 60  # days of one span
HEADS = {
    "date": ("date", "day", "from", "first", "日期", "开始日期", "开始", "起始日期"),
    "until": ("until", "to", "end", "last", "结束日期", "结束", "截止日期", "至"),
    "kind": ("kind", "type", "what", "类型", "性质", "状态"),
    "is_off": ("isoffday", "off", "是否放假", "是否休息"),
    "hours": ("hours", "工时", "工作时间", "时间", "时段"),
    "source": ("name", "holiday", "occasion", "note", "source", "名称", "节日", "节假日", "说明", "备注", "来源"),
}
OFF = {
    "off", "day off", "holiday", "rest", "休", "休息", "休息日", "放假", "假", "节假日", "法定节假日",
    "调休放假", "调休休息",
}
# “调休” alone may mean either and is not among them.
WORK = {
    "work", "works", "workday", "working day", "make-up", "make-up day", "班", "上班", "上班日", "工作日", "调休上班",
    "调休上班日", "补班",
}
YES, NO = {"true", "yes", "1", "是"}, {"false", "no", "0", "否"}
WEEKDAYS = (
    ("monday", "mon", "星期一", "周一"), ("tuesday", "tue", "星期二", "周二"), ("wednesday", "wed", "星期三", "周三"),
    ("thursday", "thu", "星期四", "周四"), ("friday", "fri", "星期五", "周五"), ("saturday", "sat", "星期六", "周六"),
    ("sunday", "sun", "星期日", "星期天", "周日"),
)
BAD = {
    "date": gettext_lazy("“%(text)s” is no date; write 2027-01-01."),
    "until": gettext_lazy("The last day “%(text)s” lies before the first, or more than 60 days after it."),
    "kind": gettext_lazy("“%(text)s”: say whether the day is off, worked, or as which weekday."),
    "hours": gettext_lazy("“%(text)s”: write hours as 08:30-12:00, 13:30-17:30."),
    "twice": gettext_lazy("%(text)s stands there twice, and not the same."),
}


@dataclass
class Found:
    """`days` {date: what it is}, and `bad` [(row number, sentence)]. `years` are those of which the file tells."""

    days: dict = field(default_factory=dict)
    bad: list = field(default_factory=list)

    @property
    def years(self):
        return sorted({day.year for day in self.days})


def read_days(content, *, source="", provisional=False):
    """Found in the bytes of a csv or xlsx file. Raises Refusal for a file that holds no days."""
    with tempfile.NamedTemporaryFile(prefix="hub-days-") as kept:
        kept.write(content)
        kept.flush()
        table = read_table(kept.name, limits=LIMITS)
        try:
            return _read(table, source, provisional)
        finally:
            table.close()


def _read(table, source, provisional):
    places = _places(table.header)
    if "date" not in places or not places.keys() & {"kind", "is_off", "hours"}:
        raise Refusal(
            gettext_lazy("The file needs a column with dates and one that says what the day is: date, kind, occasion."),
            code="days_columns")
    found = Found()
    for number, cells in table.rows:
        row = {name: cells[place] for name, place in places.items()}
        if all(value in (None, "") for value in row.values()):
            continue
        try:
            _take(found, row, source, provisional)
        except _Bad as bad:
            found.bad.append((number, str(bad)))
    if not found.days and not found.bad:
        raise Refusal(gettext_lazy("The file holds no day."), code="days_none")
    return found


class _Bad(Exception):
    def __init__(self, code, text):
        super().__init__(str(BAD[code]) % {"text": str(text)[:60]})


def _places(header):
    found = {}
    for place, head in enumerate(header):
        name = re.sub(r"[\s_]+", "", str(head).lower())
        for known, heads in HEADS.items():
            if name in heads:
                found.setdefault(known, place)
    return found


def _take(found, row, source, provisional):
    first = _date(row["date"])
    last = _date(row["until"]) if row.get("until") not in (None, "") else first
    if not first <= last <= first + timedelta(days=LONGEST):
        raise _Bad("until", row["until"])
    said = _kind(row) | {"source": str(row.get("source") or source)[:80], "provisional": provisional}
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if found.days.setdefault(day, said) != said:
            raise _Bad("twice", day.isoformat())


def _date(value):
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    numbers = re.fullmatch(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?", str(value or "").strip())
    try:
        return date(*map(int, numbers.groups()))
    except (AttributeError, ValueError):
        raise _Bad("date", value) from None


def _kind(row):
    hours, text, is_off = (_word(row.get(name)) for name in ("hours", "kind", "is_off"))
    if hours:
        try:
            return _day(CalendarDay.CUSTOM, intervals=[list(one) for one in read_day(hours)])
        except ValidationError:
            raise _Bad("hours", hours) from None
    if text in OFF or (not text and is_off in YES):
        return _day(CalendarDay.OFF)
    if text in WORK or (not text and is_off in NO):
        return _day(CalendarDay.AS_WEEKDAY, as_weekday=0)
    for weekday, words in enumerate(WEEKDAYS):
        if text in words:
            return _day(CalendarDay.AS_WEEKDAY, as_weekday=weekday)
    raise _Bad("kind", text or is_off)


def _word(value):
    return "" if value is None else str(value).strip().lower()


def _day(kind, as_weekday=None, intervals=()):
    return {"kind": kind, "as_weekday": as_weekday, "intervals": list(intervals)}


def replacing(calendar, found):
    """(fields, days) of a change in which the file tells all of its years: what it does not name is as its weekday."""
    kept = calendar.days.filter(date__year__in=found.years).values_list("date", flat=True)
    days = dict.fromkeys(kept) | found.days
    end = date(found.years[-1], 12, 31)
    return ({"covers_until": end} if end > calendar.covers_until else {}), days


def said_years(years):
    """“2027” or “2026, 2027”."""
    return _(", ").join(str(year) for year in years)
