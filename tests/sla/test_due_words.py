"""Is a due time read as people say it, in both languages, and written so that it is read again alike?"""
import pytest
from django.utils import translation

from sla.due_words import Unclear, read_due, say_due, write_due

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(("typed", "read"), [
    ("2 d", (2, "cal_day")), ("2天", (2, "cal_day")), ("4 h", (14400, "cal_s")), ("4小时", (14400, "cal_s")),
    ("30 min", (1800, "cal_s")), ("1h30min", (5400, "cal_s")), ("1:30", (5400, "cal_s")), ("４小时", (14400, "cal_s")),
    ("1 d 4 h", (100800, "cal_s")), ("1.5 d", (129600, "cal_s")),
    ("6 working h", (21600, "work_s")), ("6 h of work", (21600, "work_s")), ("6 h of working time", (21600, "work_s")),
    ("工时6小时", (21600, "work_s")), ("6小时工作时间", (21600, "work_s")), ("1 working hour 30 min", (5400, "work_s")),
    ("3 working days", (3, "work_day")), ("3 work days", (3, "work_day")), ("1 working day", (1, "work_day")),
    ("3个工作日", (3, "work_day")), ("3 工作日", (3, "work_day")),
    ("48 h before", (-172800, "cal_s")), ("提前48小时", (-172800, "cal_s")), ("-48 h", (-172800, "cal_s")),
    ("-48 h before", (-172800, "cal_s")), ("2 working days before", (-2, "work_day")), ("2天后", (2, "cal_day")),
    ("0", (0, "cal_s")), ("+2 d", (2, "cal_day")),
])
def test_read(typed, read):
    assert read_due(typed) == read


@pytest.mark.parametrize(("typed", "code"), [
    ("48", "no_unit"), ("-48", "no_unit"), ("4.5", "no_unit"), ("", "misread"), ("soon", "misread"),
    ("4 hx", "misread"), ("2 h 3 h", "misread"), ("before", "misread"), ("99999999 d", "misread"),
    ("1 working day 4 h", "mixed"), ("1.5 working days", "mixed"),
])
def test_refused(typed, code):
    with pytest.raises(Unclear) as unclear:
        read_due(typed)
    assert unclear.value.code == code


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("unit", ["work_s", "work_day", "cal_day", "cal_s"])
@pytest.mark.parametrize("offset", [1, -1, 59, 60, -3661, 5400, 86400, 172800, -100])
def test_written_as_it_is_read(language, unit, offset):
    assert read_due(write_due(offset, unit, language)) == (offset, unit)


@pytest.mark.parametrize(("offset", "unit", "en", "zh"), [
    (21600, "work_s", "6 working h", "工时6小时"), (-172800, "cal_s", "48 h before", "提前48小时"),
    (1, "work_day", "1 working day", "1个工作日"), (-2, "cal_day", "2 days before", "提前2天"), (0, "work_s", "0", "0"),
    (5400, "work_s", "1 working h 30 min", "工时1小时30分"),
])
def test_written(offset, unit, en, zh):
    assert (write_due(offset, unit, "en"), write_due(offset, unit, "zh")) == (en, zh)


def test_said_with_and_without_what_it_counts_from():
    with translation.override("en"):
        assert say_due(-172800, "cal_s", "promise") == "48 h before: promise"
        assert say_due(21600, "work_s") == "6 h of working time after"
        assert say_due(0, "work_s", "promise") == "promise" and say_due(0, "work_s") == "at the same time"
