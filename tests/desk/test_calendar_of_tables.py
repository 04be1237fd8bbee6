"""Does the calendar say of each table and day how its last comparison ended, in the plant's days, and to whom?"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from reconciliation.days import AGREES, DIFFERS, FAILED, NONE, cells_of, last_days
from reconciliation.models import Profile, ProfileVersion, Run

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = [date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)]

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(company, scopes):
    def make(code, **more):
        return Profile.objects.create(
            code=code, name_en=code, name_zh="表", company=company, scope=scopes[0], **more)
    return make


def ran(profile, at, state=Run.DONE, **counts):
    version, _ = ProfileVersion.objects.get_or_create(profile=profile, number=1, defaults={
        "spec": {}, "published_at": at})
    return Run.objects.create(profile=profile, version=version, state=state, as_of=at, counts=counts)


def seen_by_scope(scope, **counts):
    return {"by_scope": [[scope.pk, 0, counts]]} | counts


def test_a_day_is_the_plants_and_its_last_run_counts(make, staff):
    table, boss = make("stock"), staff("administrator").user
    boss.is_superuser = True
    ran(table, datetime(2026, 11, 22, 15, 50, tzinfo=UTC), open=9)  # still the 22nd in Shanghai
    last = ran(table, datetime(2026, 11, 22, 16, 10, tzinfo=UTC), open=0)  # the 23rd
    ran(table, datetime(2026, 11, 24, 1, tzinfo=UTC), open=4)
    ran(table, datetime(2026, 11, 24, 2, tzinfo=UTC), state=Run.RUNNING)
    cells = cells_of([table], boss, SHANGHAI, DAYS)[table.pk]
    assert [(one.state, one.count) for one in cells] == [(DIFFERS, 9), (AGREES, 0), (DIFFERS, 4)]
    assert cells[1].run == last.pk


def test_a_failed_run_is_no_agreement_and_no_run_is_none(make, staff):
    table = make("stock")
    ran(table, datetime(2026, 11, 23, 1, tzinfo=UTC), open=0)
    ran(table, datetime(2026, 11, 23, 2, tzinfo=UTC), state=Run.FAILED)
    cells = cells_of([table], staff("administrator").user, SHANGHAI, DAYS)[table.pk]
    assert [one.state for one in cells] == [NONE, FAILED, NONE]


def test_a_person_is_told_of_what_they_may_see_only(make, staff, scopes):
    table, at = make("stock"), datetime(2026, 11, 23, 2, tzinfo=UTC)
    ran(table, at, **seen_by_scope(scopes[0], open=3))
    own, other = staff("warehouse").user, staff("warehouse", scopes[1], username="other").user
    cells = [cells_of([table], one, SHANGHAI, DAYS)[table.pk][1] for one in (own, other)]
    assert [(one.state, one.count) for one in cells] == [(DIFFERS, 3), (AGREES, 0)]


def test_the_page_leads_from_a_red_day_to_its_run(make, staff, scopes, django_assert_max_num_queries):
    now = datetime.now(UTC)
    tables = [make(f"t{n}") for n in range(12)]
    make("asleep", is_active=False)
    make("dropped", of_files=True)
    for table in tables:
        for back in range(10):
            run = ran(table, now - timedelta(days=back), **seen_by_scope(scopes[0], open=int(table.code == "t3")))
            if table.code == "t3" and not back:
                red = run
    client = staff("warehouse")
    client.get(reverse("run_calendar"))
    with django_assert_max_num_queries(14):
        page = client.get(reverse("run_calendar"))
    assert page.context["counts"] == {AGREES: 11, DIFFERS: 1}
    text = page.content.decode()
    assert f'class="day day-differs" href="/runs/{red.pk}/"' in text and "11 of 12 tables agree" in text
    assert "asleep" not in text and "dropped" not in text
    text = client.get(reverse("run_calendar"), {"only": "red"}).content.decode()
    assert ">t3<" in text and ">t4<" not in text
    text = client.get(reverse("run_calendar"), {"until": "2020-02-30"}).content.decode()
    assert "11 of 12 tables agree" in text  # no such day: today
    text = client.get(reverse("run_calendar"), {"until": "2020-02-03"}).content.decode()
    assert "12 not compared" in text


def test_days_end_with_the_one_asked_for():
    assert last_days(date(2026, 3, 1), 3) == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
