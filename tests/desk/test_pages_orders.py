"""Does the list show exactly what is asked for and may be seen, at a bounded cost?"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.access import scope_ids
from kernel.models import User
from orders.listing import PAGE, Filters, count_of, page_of, read_cursor, read_filters, write_cursor

LAYOUT = ("django_session", 'kernel_user"', "auth_permission", "auth_group")


def numbers(response):
    return [row.number for row in response.context["rows"]]


@pytest.fixture
def orders(make_order, scopes, at):
    rows = [
        make_order(
            f"SO-{1000 + n}",
            lateness=2 if n % 5 == 0 else 0,
            late_since=at if n % 5 == 0 else None,
            next_due_at=at + timedelta(hours=n),
            open_tickets=n % 3,
        )
        for n in range(120)
    ]
    make_order("XX-9999", scope=scopes[1])
    return rows


def test_pages_follow_one_another_without_gap_or_repeat(staff, orders):
    client, seen, address = staff("order_operations"), [], "/orders/"
    for _page in range(3):
        response = client.get(address)
        seen += numbers(response)
        cursor = response.context["cursor"]
        address = f"/orders/?before={cursor.replace('+', '%2B')}"
    assert seen == [order.number for order in orders]
    assert not cursor


def test_orders_of_one_instant_are_not_lost_between_pages(make_order, person, scopes, at):
    rows = [make_order(f"SO-{n}", created_at=at) for n in range(PAGE + 10)]
    user = person("staff", scopes[0])
    first, cursor = page_of(user, Filters(), at)
    second, end = page_of(user, Filters(), at, cursor)
    assert {row.pk for row in [*first, *second]} == {row.pk for row in rows} and not end


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("late=late", lambda row: row.lateness == 2),
        ("late=ok", lambda row: row.lateness == 0),
        ("tickets=1", lambda row: row.open_tickets > 0),
        ("stage=draft", lambda row: False),
        ("late=late&tickets=1", lambda row: row.lateness == 2 and row.open_tickets > 0),
        ("stage=nonsense&late=nonsense", lambda row: True),
        ("q=1042", lambda row: row.number == "SO-1042"),
        ("q=so-1042", lambda row: row.number == "SO-1042"),
        ("kind=standard", lambda row: True),
    ],
)
def test_filters_and_the_count_agree_with_plain_python(staff, orders, at, query, fits):
    client = staff("order_operations")
    want = [order.number for order in orders if fits(order)]
    assert numbers(client.get(f"/orders/?{query}")) == want[:PAGE]
    assert f"{len(want):,}" in client.get(f"/orders/count/?{query}").content.decode()


def test_due_order_and_due_filter(staff, orders, at, monkeypatch):
    monkeypatch.setattr("orders.views.timezone.now", lambda: at)
    response = staff("order_operations").get("/orders/?sort=due&due=8h")
    assert numbers(response) == [order.number for order in orders[:9] if order.lateness != 2]


def test_what_is_late_already_is_not_counted_as_due(staff, make_order, at, monkeypatch):
    hour = timedelta(hours=1)
    make_order("SO-SOON", next_due_at=at + 23 * hour, lateness=1)
    make_order("SO-LATE", next_due_at=at - hour, lateness=2)
    make_order("SO-PROMISE", next_due_at=at + hour, lateness=2)
    make_order("SO-JUST", next_due_at=at - hour / 60, lateness=0)
    make_order("SO-FAR", next_due_at=at + 25 * hour)
    monkeypatch.setattr("orders.views.timezone.now", lambda: at)
    client = staff("order_operations")
    assert numbers(client.get("/orders/?due=24h&open=1")) == ["SO-SOON"]
    assert numbers(client.get("/orders/?due=overdue")) == ["SO-LATE", "SO-JUST"]
    assert numbers(client.get("/orders/?late=late&open=1")) == ["SO-LATE", "SO-PROMISE"]


def test_an_order_is_linked_by_its_number(staff, make_order, kinds):
    make_order("60100007", open_tickets=1, open_differences=2)
    page = staff("order_operations").get("/orders/").content.decode()
    for link in ("/orders/60100007/", "/tickets/?tab=all&amp;order=60100007", "order=60100007\">2"):
        assert link in page


def test_a_number_that_fits_no_address_is_still_reached(staff, make_order):
    order = make_order("SO/7")
    page = staff("order_operations").get("/orders/").content.decode()
    assert f"/orders/{order.pk}/" in page and staff("sales", username="two").get(order.address).status_code == 200


def test_another_scope_is_not_there_at_all(staff, orders, scopes):
    client = staff("order_operations")
    assert numbers(client.get("/orders/?q=9999")) == []
    assert client.get("/orders/XX-9999/").status_code == 404
    assert client.post("/orders/XX-9999/hold/", {"kind": "credit", "reason": "no"}).status_code == 404


def test_the_list_costs_the_same_for_few_rows_and_many(staff, orders, scopes):
    client = staff("order_operations")
    costs = []
    for query in ("?q=SO-1042", "?view="):
        client.user = User.objects.get(pk=client.user.pk)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(f"/orders/{query}")
        costs.append(len(caught))
        reads = [one["sql"] for one in caught if '"orders_order"' in one["sql"]]
        assert len(reads) == 1, "the rows and nothing else are read from the orders"
        assert not any("COUNT(" in one["sql"] for one in caught)
    assert costs[0] == costs[1]


def test_the_count_is_capped(make_order, person, scopes, at, monkeypatch):
    monkeypatch.setattr("orders.listing.CAP", 3)
    for n in range(6):
        make_order(f"SO-{n}")
    assert count_of(person("staff", scopes[0]), Filters(), at) == 4


def test_a_cursor_is_read_strictly(at):
    assert read_cursor(write_cursor(at, 7)) == (at, 7)
    for text in (
        "",
        "x",
        "_",
        "2026-11-24_7",
        f"{at.isoformat()}_x",
        f"{at.isoformat()}_-1",
        f"{at.isoformat()}_{2**70}",
    ):
        assert read_cursor(text) is None


def test_filters_from_an_address_are_checked():
    filters = read_filters({"late": "late", "stage": "'; drop", "due": "1h", "q": " a\x00b ", "sort": "amount"})
    assert filters == Filters(q="ab", late="late")
    assert filters.query == "q=ab&late=late"


def test_the_probe_of_each_scope_finds_the_same_as_a_plain_filter(make_order, person, scopes, at):
    from orders import listing

    rows = [make_order(f"SO-{n}", scope=scopes[n % 2], lateness=2 if n % 3 == 0 else 0) for n in range(130)]
    user = person("staff", *scopes)
    for filters in (
        Filters(),
        Filters(late="late"),
        Filters(stage="confirmed"),
        Filters(stage="confirmed", late="late"),
    ):
        assert listing._probe_helps(sorted(scope_ids(user)), filters)
        found, cursor = [], ""
        while True:
            part, cursor = page_of(user, filters, at, cursor)
            found += [row.pk for row in part]
            if not cursor:
                break
        assert found == [row.pk for row in rows if not filters.late or row.lateness == 2]


def test_an_empty_list_says_why_and_what_to_do(staff, roles):
    client = staff("order_operations")
    assert "No order has reached a data scope" in client.get("/orders/").content.decode()
    said = client.get("/orders/?late=late").content.decode()
    assert "No order you may see matches this filter" in said and "Show all orders" in said


def test_provisional_orders_carry_a_mark_and_have_a_filter(staff, make_order, at):
    make_order("SO-1", identity="provisional")
    make_order("SO-2")
    make_order("SO-3", identity="provisional", archived_at=at, is_open=0)
    client = staff("order_operations")
    response = client.get("/orders/")
    rows = {row.number: row.awaits_confirmation for row in response.context["rows"]}
    assert rows == {"SO-1": True, "SO-2": False, "SO-3": False}
    assert response.content.decode().count(">provisional</span>") == 1
    assert [row.number for row in client.get("/orders/?provisional=1").context["rows"]] == ["SO-1"]
