"""Is working time said beside a due time where the bare one would mislead, and only there?"""
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import translation

from sla.working_left import tell_work_left

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai; the office closes at 17:30
HOUR = timedelta(hours=1)


def said(now, due_at, calendar_id):
    row = SimpleNamespace(due_at=due_at)
    tell_work_left([row], now, due=lambda one: one.due_at, calendar=lambda one: calendar_id)
    return row.work_left


def test_over_a_weekend_it_is_less_than_it_looks(company):
    monday = FRIDAY + timedelta(days=3) - 7 * HOUR  # 9:00
    assert said(FRIDAY, monday, company.calendar_id) == "2 h of working time"
    with translation.override("zh-hans"):
        assert "2小时" in said(FRIDAY, monday, company.calendar_id)


def test_far_off_nothing_is_said_and_days_of_work_are_hours(company):
    assert said(FRIDAY, FRIDAY + timedelta(days=4), company.calendar_id) == ""
    tuesday = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert said(tuesday, tuesday + timedelta(days=3), company.calendar_id) == "22 h 30 min of working time"


def test_within_one_stretch_of_work_nothing_is_added(company):
    assert said(FRIDAY, FRIDAY + HOUR, company.calendar_id) == ""
    assert said(FRIDAY, FRIDAY + timedelta(days=3), None) == "", "every second counts"


def test_what_is_over_or_stands_still_says_nothing(company):
    assert said(FRIDAY, FRIDAY - HOUR, company.calendar_id) == said(FRIDAY, None, company.calendar_id) == ""


def test_between_two_closings_there_is_none(company):
    closed = FRIDAY + 2 * HOUR
    assert said(closed, closed + 5 * HOUR, company.calendar_id) == "no working time"


def test_one_question_for_many_rows(company, django_assert_num_queries):
    rows = [SimpleNamespace(due_at=FRIDAY + n * HOUR) for n in range(50)]
    said(FRIDAY, FRIDAY + HOUR, company.calendar_id)  # the calendar is compiled once
    with django_assert_num_queries(1):
        tell_work_left(rows, FRIDAY, due=lambda one: one.due_at, calendar=lambda one: company.calendar_id)
    assert [row.work_left != "" for row in rows][-1]
