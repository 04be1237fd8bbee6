"""Does the page of bottlenecks show the summary, cut by what a person may see, and lead to the orders?"""
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from openpyxl import load_workbook

from kernel.access import grant_scope
from kernel.jobs import run
from kernel.measures import Seconds, Share, measure, read_asked
from kernel.models import JobRun, User
from orders.models import Order
from sla.actions import refresh_waits
from sla.wait_figures import bottlenecks, edge_code
from tests.sla.test_bottlenecks import pass_nodes, say, system  # noqa: F401 - fixtures
from tests.sla.test_planning import make_order, reference  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("boss", password="x", language="en")


@pytest.fixture
def waited(make_order, scopes, say, at):  # noqa: F811
    """Three orders, the last of another scope; credit took 1, 2 and 6 hours. The first was inspected twice."""
    orders = []
    for number, hours in enumerate((1, 2, 6)):
        order = make_order(number=f"W-{number}", ordered_at=at - 20 * DAY)
        pass_nodes(order, credit=at - 20 * DAY + hours * HOUR)
        orders.append(order)
    Order.objects.filter(pk=orders[2].pk).update(scope=scopes[1])
    say(orders[0], "quality", "rejected", at - 5 * HOUR)
    say(orders[0], "quality", "released", at - 2 * HOUR)
    return orders


def shown(user, at, **get):
    return bottlenecks(user, read_asked(get, measure("bottlenecks")), at)


def rows(found, title):
    table = next((one for one in found.tables if one.title.startswith(title)), None)
    return [row.cells for row in table.rows] if table else []


def test_nobody_has_read_yet(boss, at):
    found = shown(boss, at)
    assert found.tables == [] and found.sentence.startswith("Nobody has read yet")


def test_counts_orders_sum_share_median_and_p90(waited, boss, at):
    refresh_waits(at=at)
    found = shown(boss, at)
    (onward,) = rows(found, "From node to node")
    assert onward == ("Order placed → Credit checked", "Finance", 3, 3, Seconds(9 * 3600), Share(9 * 3600, 9 * 3600),
                      Seconds(2 * 3600), Seconds(6 * 3600), 1000)
    assert rows(found, "The same node again")[0][:5] == ("Quality released", "Quality", 1, 1, Seconds(3 * 3600))
    assert rows(found, "Back to an earlier node") == []
    assert sum(row[2] for row in rows(found, "Waiting now")) == 3
    assert "Order placed → Credit checked" in found.sentence and found.as_of == at


def test_a_person_sees_the_waits_and_orders_of_his_scopes(waited, scopes, at):
    refresh_waits(at=at)
    person = User.objects.create_user("clerk", password="x")
    grant_scope(scope=scopes[0], to=person)
    person = User.objects.get(pk=person.pk)
    assert shown(person, at).tables == [], "who may not see milestones sees no reading"
    person.user_permissions.add(Permission.objects.get(codename="view_milestone"))
    person = User.objects.get(pk=person.pk)
    edge = edge_code("on", "ordered", "credit")
    found = shown(person, at, edge=edge)
    assert rows(found, "From node to node")[0][2:5] == (2, 2, Seconds(3 * 3600))
    assert [row[0] for row in rows(found, "Longest waits")] == ["W-1", "W-0"]
    assert shown(person, at).again == ""


def test_filters_and_period(waited, boss, at):
    refresh_waits(at=at)
    assert rows(shown(boss, at, department="sales"), "From node") == []
    assert rows(shown(boss, at, kind="standard"), "From node")[0][2] == 3
    assert rows(shown(boss, at, kind="urgent"), "From node") == []
    refresh_waits(at=at + 15 * DAY)
    assert rows(shown(boss, at, weeks="4"), "From node") == [] and rows(shown(boss, at, weeks="52"), "From node")


def test_nodes_in_transit_are_for_those_with_the_right(make_order, scopes, at):  # noqa: F811
    order = make_order(kind="vmi", ordered_at=at - DAY)
    pass_nodes(order, plan="vmi", ship=at - 9 * HOUR, transit=at - 8 * HOUR, deliver=at - HOUR)
    refresh_waits(at=at)
    person = User.objects.create_user("clerk", password="x")
    grant_scope(scope=scopes[0], to=person)
    person.user_permissions.add(Permission.objects.get(codename="view_milestone"))
    said = [row[0] for row in rows(shown(User.objects.get(pk=person.pk), at), "From node")]
    assert said == ["Order placed → Shipped"]
    person.user_permissions.add(Permission.objects.get(codename="see_transit"))
    assert len(rows(shown(User.objects.get(pk=person.pk), at), "From node")) == 3


@pytest.mark.parametrize("name", ["figures", "bottlenecks", "ticket_figures"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_and_their_workbooks(waited, boss, at, client, name, language):
    User.objects.filter(pk=boss.pk).update(language=language)
    refresh_waits(at=at)
    client.force_login(User.objects.get(pk=boss.pk))
    for query in ("", "?weeks=52&kind=standard&week=x&edge=on~ordered~credit&person=1&node=credit&department=quality",
                  "?weeks=9&edge=~&edge=x&tier=%00"):
        assert client.get(reverse(name) + query).status_code == 200
    code = {"figures": "attainment", "bottlenecks": "bottlenecks", "ticket_figures": "tickets"}[name]
    answer = client.post(reverse("figures_excel"), {"measure": code, "weeks": "52", "kind": "standard"})
    job = JobRun.objects.get(kind="export_figures")
    assert answer["Location"] == f"/jobs/{job.pk}/" and job.args["asked"] == {"kind": "standard", "weeks": "52"}
    run(job.pk)
    job.refresh_from_db()
    answer = client.get(f"/jobs/{job.pk}/file/")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    answer.close()
    assert job.state == "done" and len(book.sheetnames) >= (1 if name == "ticket_figures" else 3)
    if code == "bottlenecks":
        sheet = book.worksheets[0]
        assert [cell.value for cell in sheet[2]][2:8] == [3, 3, 9 * 3600, 1, 2 * 3600, 6 * 3600]


def test_reading_anew_is_a_job_for_those_with_the_right(waited, boss, client):
    clerk = User.objects.create_user("clerk", password="x", is_staff=True)
    client.force_login(clerk)
    assert client.post(reverse("waits_read")).status_code == 403
    client.force_login(boss)
    client.post(reverse("waits_read"))
    job = JobRun.objects.get(kind="refresh_waits")
    assert client.post(reverse("waits_read"))["Location"] == reverse("bottlenecks") and JobRun.objects.count() == 1
    run(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and job.result["waits"] == 7
