"""Does the page of an order open with its sentence, show what may be seen, and decide only with the right?"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.models import Plant
from orders import words
from orders.models import Event, Order, SourceRecord
from sla.models import Milestone, MilestoneNode, MilestonePlan


@pytest.fixture
def order(make_order, systems, scopes, at):
    now = timezone.now()
    order = make_order(
        "SO-77",
        lateness=2,
        late_since=now - timedelta(hours=6, minutes=20),
        late_reason_en="QC is slow",
        late_reason_zh="质检慢",
        amount_minor=123_456,
        currency="CNY",
        promised_at=now + timedelta(days=2),
        quantity_m=480_000,
        conflicts=[{"subject": "quantity_m", "why": "differ", "values": {"erp": 480_000, "wms": 440_000}}],
        conflict_count=1,
    )
    for code, quantity in (("erp", 480_000), ("wms", 440_000)):
        record = SourceRecord.objects.create(
            system=systems[code],
            entity="order",
            key=f"{code}-77",
            order=order,
            scope=scopes[0],
            order_number="SO-77",
            data={"quantity_m": quantity, "status": "confirmed", "axis": "commercial", "amount_minor": 123_456},
            occurred_at=at,
            received_at=at,
            first_received_at=at,
            payload_hash="x",
        )
        for n in range(20):
            Event.objects.create(
                system=systems[code],
                identity=f"m:{code}{n}",
                record=record,
                order=order,
                entity="order",
                key=record.key,
                occurred_at=at + timedelta(minutes=n),
                received_at=at,
                recorded_at=at,
                payload_hash=str(n),
                data={"status": "confirmed", "axis": "commercial"},
            )
    return order


def said(response):
    return response.content.decode()


def test_it_opens_with_the_sentence_and_shows_both_values_of_a_conflict(staff, order):
    page = said(staff("order_operations").get("/orders/SO-77/"))
    assert "Late by 6 h 20 min" in page and "QC is slow" in page
    assert page.index("Late by") < page.index("Timeline")
    assert "480" in page and "440" in page and "the systems say different things" in page


def test_amounts_are_for_those_who_may_see_finance(staff, order):
    assert "1,234.56" in said(staff("finance", username="one").get("/orders/SO-77/"))
    assert "1,234.56" not in said(staff("warehouse", username="two").get("/orders/SO-77/"))


def test_the_timeline_goes_on_and_is_filtered_by_system(staff, order):
    client = staff("order_operations")
    response = client.get("/orders/SO-77/")
    first = response.context["events"]
    older = client.get(f"/orders/SO-77/events/?before={response.context['more']}").context["events"]
    ids = [event.pk for event in [*first, *older]]
    assert len(ids) == len(set(ids)) == 40
    only = client.get("/orders/SO-77/events/?system=wms").context["events"]
    assert {event.system.code for event in only} == {"wms"} and len(only) == 20


def test_a_decision_needs_the_right_and_a_reason(staff, order):
    client = staff("warehouse", username="one")
    assert client.post("/orders/SO-77/hold/", {"kind": "credit", "reason": "stop"}).status_code == 403
    client = staff("order_operations", username="two")
    client.post("/orders/SO-77/hold/", {"kind": "credit", "reason": "credit"})
    assert Order.objects.get(pk=order.pk).held_at
    page = said(client.get("/orders/SO-77/"))
    assert "On hold since" in page and "Release from hold" in page and "credit" in page


def test_a_hold_says_what_is_waited_for_everywhere(staff, order):
    client = staff("order_operations")
    assert '<option value="customer">The customer&#x27;s answer</option>' in said(client.get("/orders/SO-77/"))
    for kind in ("", "no-such-kind"):
        client.post("/orders/SO-77/hold/", {"kind": kind, "reason": "drawing"})
        assert "Please say what the order waits for." in said(client.get("/orders/SO-77/"))
        assert not Order.objects.get(pk=order.pk).held_at
    client.post("/orders/SO-77/hold/", {"kind": "customer", "reason": "drawing rev. C"})
    page = client.get("/orders/SO-77/")
    assert "until released: the customer&#x27;s answer (drawing rev. C)." in said(page)
    assert "put on hold: The customer&#x27;s answer" in said(page)


def test_get_never_decides(staff, order):
    assert staff("order_operations").get("/orders/SO-77/hold/").status_code == 405


def test_a_silent_system_is_named(staff, order):
    assert "ERP is silent" in said(staff("order_operations").get("/orders/SO-77/"))


def test_who_holds_and_who_expedites_stands_in_the_sentence_and_expediting_is_undone(staff, order):
    client = staff("order_operations", first_name="Li", last_name="Wei")
    until = timezone.localtime() + timedelta(days=40)
    client.post("/orders/SO-77/hold/", {"kind": "credit", "reason": "credit", "until": f"{until:%Y-%m-%dT%H:%M}"})
    client.post("/orders/SO-77/expedite/", {"reason": "line stop"})
    response = client.get("/orders/SO-77/")
    sentence = "".join(part.text for part in response.context["sentence"])
    who = str(client.user)
    assert f"by {who} until {until.day} " in sentence and f"{until:%H:%M}: credit release (credit)." in sentence
    assert f"by {who}: line stop." in sentence and "Stop expediting" in said(response)
    client.post("/orders/SO-77/unexpedite/", {"reason": "runs again"})
    page = said(client.get("/orders/SO-77/"))
    assert "Expedited since" not in page and "no longer expedited" in page and "runs again" in page
    assert not Order.objects.get(pk=order.pk).expedited_at


def test_a_held_order_is_told_with_who_must_release_it_and_without_a_forecast(staff, order):
    client = staff("order_operations", first_name="Li", last_name="Wei")
    soon = timezone.now() + timedelta(days=3)
    Order.objects.filter(pk=order.pk).update(forecast_at=soon, lateness=0, promised_at=soon)
    assert "from its path" in said(client.get("/orders/SO-77/"))
    client.post("/orders/SO-77/hold/", {"kind": "credit", "reason": "credit"})
    response = client.get("/orders/SO-77/")
    sentence = "".join(part.text for part in response.context["sentence"])
    assert "From its path" not in said(response) and "from its path" not in said(response)
    assert f"To be released from hold by {client.user}" in sentence
    assert "On time" not in sentence and "forecast" not in sentence and "due" not in sentence
    held = {"decisions": {"held": {"at": None, "system": "erp"}}}
    Order.objects.filter(pk=order.pk).update(state=held, held_at=None, commercial="held")
    sentence = "".join(part.text for part in client.get("/orders/SO-77/").context["sentence"])
    assert sentence.startswith("On hold by ERP until released. To be released from hold in ERP.")


def test_a_hold_is_not_made_with_a_date_nobody_can_read(staff, order):
    client = staff("order_operations")
    for until in ("tomorrow", "2020-01-01T10:00", "2026-13-45T10:00"):
        client.post("/orders/SO-77/hold/", {"kind": "credit", "reason": "credit", "until": until})
        assert not Order.objects.get(pk=order.pk).held_at


def test_the_page_never_shows_a_forecast_that_has_passed(staff, order):
    client, gone = staff("order_operations"), timezone.now() - timedelta(days=3)
    state = {"fields": {"forecast_at": {"value": gone.isoformat(), "system": "erp"}}}
    Order.objects.filter(pk=order.pk).update(forecast_at=gone, state=state)
    page = said(client.get("/orders/SO-77/"))
    assert "forecast overdue, new one unknown" in page and "overdue, new forecast unknown" in page
    assert "Forecast stated" in page
    row = said(client.get("/orders/?q=SO-77"))
    assert "no new one is known yet" in row
    Order.objects.filter(pk=order.pk).update(forecast_at=timezone.now() + timedelta(days=3))
    page = said(client.get("/orders/SO-77/"))
    assert "unknown" not in page and "from its path" in page


def test_a_status_ahead_of_the_open_node_names_both_systems(staff, order, at):
    plan = MilestonePlan.objects.create(code="p", name_en="p", name_zh="p", is_current=True)
    node = MilestoneNode.objects.create(
        plan=plan, sequence=1, code="release", fact="qc_released", name_en="Quality released", name_zh="质检放行"
    )
    Milestone.objects.create(order=order, node=node, sequence=1, state="running", planned_at=at)
    shipped = {"logistics": {"value": "shipped", "system": "wms"}}
    Order.objects.filter(pk=order.pk).update(state={"axes": shipped}, logistics="shipped", stage="shipped")
    client = staff("order_operations")
    page = said(client.get("/orders/SO-77/"))
    assert "WMS says shipped, MES has not posted “Quality released”." in page
    picking = {"logistics": {"value": "picking", "system": "wms"}}
    Order.objects.filter(pk=order.pk).update(state={"axes": picking})
    assert "has not posted" not in said(client.get("/orders/SO-77/"))
    partial = {"qc_released": {"at": "2026-01-01T00:00:00Z", "system": "mes"}}
    Order.objects.filter(pk=order.pk).update(state={"axes": shipped, "partial": partial})
    page = said(client.get("/orders/SO-77/"))
    assert "MES says it is done in part." in page and "has not posted" not in page


def test_orders_of_one_number_have_an_address_each(staff, order, make_order, kinds):
    twin = make_order("SO-77", kind=kinds["urgent"])
    client = staff("order_operations")
    page = said(client.get("/orders/SO-77/?kind=standard"))
    assert "/orders/SO-77/?kind=urgent" in page
    assert client.get("/orders/SO-77/?kind=urgent").context["order"] == twin
    done = client.post(f"/orders/{order.pk}/hold/", {"kind": "credit", "reason": "credit"})
    assert done.url == "/orders/SO-77/?kind=standard" and Order.objects.get(pk=order.pk).held_at
    assert not Order.objects.get(pk=twin.pk).held_at


def test_a_zone_that_is_not_the_readers_is_named(staff, order, scopes):
    client = staff("order_operations")
    assert "times of" not in said(client.get("/orders/SO-77/"))
    plant = Plant.objects.create(
        company=order.company, code="MX", name_en="Puebla", name_zh="普埃布拉", time_zone="America/Mexico_City",
    )
    Order.objects.filter(pk=order.pk).update(plant=plant)
    assert "times of America/Mexico_City" in said(client.get("/orders/SO-77/"))


@pytest.fixture
def provisional(make_order, systems, scopes, at):
    order = make_order("SO60100042", identity="provisional", created_at=at, promised_at=at)
    SourceRecord.objects.create(
        system=systems["wms"], entity="order", key="DN6010004201", order=order, scope=scopes[0],
        order_number="SO60100042", data={"quantity_m": 1}, occurred_at=at, received_at=at, first_received_at=at,
        payload_hash="x",
    )
    return order


def difference_showing(key, order, scope, at):
    from reconciliation.models import Difference, Profile, ProfileVersion, Run

    profile, _ = Profile.objects.get_or_create(
        code="orders", defaults={"company": order.company, "scope": scope, "name_en": "Orders", "name_zh": "订单"})
    version, _ = ProfileVersion.objects.get_or_create(profile=profile, number=1, published_at=at, spec={})
    run = Run.objects.create(profile=profile, version=version, as_of=at, started_at=at)
    return Difference.objects.create(
        profile=profile, fingerprint=key, key=order.number, kind="missing", order=order, scope=scope,
        values={"erp": "0060100042", "wms": key}, first_run=run, last_run=run, opened_at=at, systems=["erp", "wms"])


def test_a_provisional_order_says_which_system_knows_it_and_shows_what_was_found(
    staff, provisional, make_order, scopes, at
):
    right = make_order("60100042")
    mine = difference_showing("DN6010004200 + DN6010004201", right, scopes[0], at)
    difference_showing("DN60100042019", right, scopes[0], at)  # begins alike and is another
    hidden = difference_showing("DN6010004201", right, scopes[1], at)
    page = said(staff("order_operations").get("/orders/SO60100042/"))
    assert "Provisional: only WMS knows this number; ERP has not confirmed it (since " in page
    assert "1 difference concerns it." in page and 'href="#differences"' in page
    assert f"/differences/{mine.pk}/" in page and f"/differences/{hidden.pk}/" not in page
    assert "its path begins when the order is confirmed" in page and "late by" not in page.lower()


def test_a_reader_without_differences_reads_the_sentence_alone(staff, provisional, make_order, scopes, at):
    difference_showing("DN6010004201", make_order("60100042"), scopes[0], at)
    client = staff("order_operations")
    client.user.groups.clear()
    from django.contrib.auth.models import Permission

    client.user.user_permissions.add(Permission.objects.get(codename="view_order"))
    page = said(client.get("/orders/SO60100042/"))
    assert "Provisional: only WMS" in page and "concerns it" not in page


def test_every_reason_of_a_conflict_is_said_in_words(settings):
    found = set()
    for name in ("fold.py", "fold_lines.py"):
        found |= set(re.findall(r'"why": "(\w+)"', (settings.BASE_DIR / "orders" / name).read_text()))
    assert len(found) >= 6 and not found - words.WHY.keys()


def test_work_that_went_on_under_a_hold_is_said_with_its_day(staff, order):
    moved = [{"subject": "shipped", "why": "held_but_moved", "values": {"hub": "held", "wms": "2026-11-20T02:00:00Z"}}]
    Order.objects.filter(pk=order.pk).update(conflicts=moved)
    page = said(staff("order_operations").get("/orders/SO-77/"))
    assert "work went on although the order is on hold" in page and "held_but_moved" not in page
    assert "</span> 20 Nov 10:00:00" in page and "</span> on hold" in page
    tied = [{"subject": "order 7", "why": "tie", "values": {"erp": ["shipped", "in_transit"]}}]
    Order.objects.filter(pk=order.pk).update(conflicts=tied)
    assert "</span> shipped, in transit" in said(staff("order_operations", username="two").get("/orders/SO-77/"))
