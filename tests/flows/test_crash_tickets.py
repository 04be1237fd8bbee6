"""F11: the process dies at any statement while tickets are opened and worked on, orders recorded and planned.

The strongest invariant there is: after starting again everything is exactly as if nothing had happened.
"""
import json
import os
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from exceptions.actions import open_ticket, reopen_ticket, resolve_ticket, start_ticket, wait_ticket
from exceptions.models import Chain, ChainLevel, Ticket, TicketCounter, TicketEntry, TicketKind
from kernel.access import grant_scope
from kernel.models import Company, Department, OutboxMessage, Scope, User, WorkCalendar
from orders.actions import record_events
from orders.models import Event, Order, OrderKind, SourceRecord, SourceSystem
from orders.statement import Statement
from sla.actions import plan_due_orders, sweep_clocks
from sla.models import Clock, ClockFire, ClockSegment, Milestone, MilestoneNode, MilestonePlan, PlanRequest
from tests.crash_harness import Flow, Harness

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def prepare_house():
    calendar = WorkCalendar.objects.create(
        code="office", name_en="o", name_zh="o", weekly=[[day, 510, 1050] for day in range(5)],
        covers_from=date(2026, 1, 1), covers_until=date(2026, 12, 31),
    )
    company = Company.objects.create(code="hq", name_en="h", name_zh="h", calendar=calendar)
    scope = Scope.objects.create(company=company, code="east", name_en="e", name_zh="e")
    department = Department.objects.create(company=company, code="sales", name_en="s", name_zh="s")
    chain = Chain.objects.create(code="c", name_en="c", name_zh="c")
    for number, offset in ((-1, -600), (0, 0), (1, 600)):
        ChainLevel.objects.create(chain=chain, number=number, offset_s=offset, target="assignee")
    TicketKind.objects.create(
        code="late_sales", name_en="l", name_zh="l", department=department, chain=chain, response_s=900,
        resolution_s=3600,
    )
    person = User.objects.create(username="a", department=department)
    person.user_permissions.add(Permission.objects.get(codename="work_ticket"))
    grant_scope(scope=scope, to=person)
    kind = OrderKind.objects.create(code="standard", name_en="s", name_zh="s")
    plan = MilestonePlan.objects.create(code="standard", name_en="s", name_zh="s", kind=kind, is_current=True)
    for number, (code, fact, anchor, offset) in enumerate((
        ("credit", "credit_checked", "ordered", 3600), ("deliver", "delivered", "promised", 0),
    ), 1):
        MilestoneNode.objects.create(
            plan=plan, sequence=number, code=code, fact=fact, anchor=anchor, offset=offset, unit="cal_s",
            name_en=code, name_zh=code, department=department, warn_before_s=600,
        )
    SourceSystem.objects.create(
        company=company, code="erp", role="erp", name_en="E", name_zh="E", scope=scope, confirms_identity=True
    )
    SourceSystem.objects.create(company=company, code="hub", role="hub", name_en="H", name_zh="H", scope=scope)


def dump():
    """All that matters, by natural keys: row ids differ after a rolled-back transaction."""
    return {
        "tickets": sorted(Ticket.objects.values_list(
            "number", "order__number", "state", "assignee__username", "due_at", "late_at", "level", "cycle",
            "first_response_at", "resolved_at",
        ), key=str),
        "counter": list(TicketCounter.objects.values_list("day", "last")),
        "entries": sorted(TicketEntry.objects.values_list("ticket__number", "action", "at", "text"), key=str),
        "clocks": sorted(Clock.objects.values_list(
            "label", "state", "used_s", "due_at", "met_at", "late_at", "cycle", "level_index", "next_fire_at",
        ), key=str),
        "segments": sorted(ClockSegment.objects.values_list(
            "clock__label", "cycle", "from_at", "to_at", "state", "work_s"), key=str),
        "fires": sorted(ClockFire.objects.values_list("clock__label", "cycle", "level", "planned_at"), key=str),
        "words": sorted(OutboxMessage.objects.values_list("kind", "recipient", "payload__text_en"), key=str),
        "orders": sorted(Order.objects.values_list(
            "number", "state_hash", "event_count", "lateness", "late_node", "next_due_at", "open_tickets",
        ), key=str),
        "records": sorted(SourceRecord.objects.values_list(
            "entity", "key", "version", "message_count", "duplicate_count", "payload_hash"), key=str),
        "events": sorted(Event.objects.values_list("identity", "order__number", "payload_hash"), key=str),
        "milestones": sorted(Milestone.objects.values_list(
            "order__number", "node__code", "state", "planned_at", "baseline_at", "actual_at", "late_at",
            "clock__label",
        ), key=str),
        "requests": sorted(PlanRequest.objects.values_list("order__number", flat=True)),
    }


def as_if_nothing_had_happened(peer):
    """Compares with the undisturbed run, which the harness makes first and which leaves its dump beside the peer."""
    now, path = dump(), peer.path + ".undisturbed"
    if not os.path.exists(path):
        with open(path, "w") as file:
            json.dump({name: repr(part) for name, part in now.items()}, file)
    with open(path) as file:
        whole = json.load(file)
    return [f"{name}: {part} instead of {whole[name]}" for name, part in now.items() if repr(part) != whole[name]]


def open_three(peer):
    scope = Scope.objects.get(code="east")
    for key, evidence in (("1", {"n": 1}), ("2", {"n": 2}), ("1", {"n": 3})):
        open_ticket(
            subject_kind="x", subject_key=key, kind_code="late_sales", title_en=f"t{key}", title_zh="t", scope=scope,
            evidence=evidence, at=AT,
        )


def work_through(peer):
    """Open, wait, go on, solve, reopen, miss the due time: each step is done unless it has been."""
    person, scope = User.objects.get(username="a"), Scope.objects.get(code="east")
    if not Ticket.objects.exists():
        open_ticket(subject_kind="x", subject_key="1", kind_code="late_sales", title_en="t", title_zh="t",
                    scope=scope, evidence={}, at=AT)
    steps = [
        ("waiting", lambda ticket, at: wait_ticket(ticket=ticket, reason="r", by=person, at=at)),
        ("resumed", lambda ticket, at: start_ticket(ticket=ticket, by=person, at=at)),
        ("resolved", lambda ticket, at: resolve_ticket(ticket=ticket, note="n", by=person, at=at)),
        ("reopened", lambda ticket, at: reopen_ticket(ticket=ticket, reason="r", by=person, at=at)),
    ]
    for number, (done_as, step) in enumerate(steps, 1):
        ticket = Ticket.objects.get()
        if not ticket.entries.filter(action=done_as).exists():
            step(ticket, AT + number * MINUTE)
    for number in (54, 64, 74, 84):
        sweep_clocks(at=AT + number * MINUTE)


def statements():
    facts = {"ordered": "2026-11-23T02:00:00Z"}
    header = {"status": "confirmed", "axis": "commercial", "promised_at": "2026-11-24T03:00:00Z",
              "ordered_at": "2026-11-23T02:00:00Z", "facts": facts}
    later = header | {"facts": facts | {"credit_checked": "2026-11-23T02:30:00Z"}}

    def said(number, version, data):
        return Statement(
            system="erp", entity="order", key=number, order_number=number, order_kind="standard", data=data,
            occurred_at=AT + version * MINUTE, orders_by="version", version=str(version),
            payload_hash=f"{version:064d}",
        )
    return [said("S1", 1, header), said("S2", 1, header), said("S1", 2, later), said("S1", 1, header)]


def record(peer):
    record_events(statements=statements()[:2], by=None, at=AT)
    record_events(statements=statements()[2:], by=None, at=AT)


def record_plan_and_fire(peer):
    record(peer)
    plan_due_orders(at=AT)
    for number in (65, 66, 67):
        sweep_clocks(at=AT + number * MINUTE)
    plan_due_orders(at=AT + 70 * MINUTE)


@pytest.mark.parametrize("run", [open_three, work_through, record, record_plan_and_fire])
def test_f11_as_if_nothing_had_happened(transactional_db, run):
    """A sample of the points, spread evenly; all of them in the long test."""
    most = 30 if connection.vendor == "sqlite" else 12
    with Harness(Flow(prepare_house, run, as_if_nothing_had_happened)) as harness:
        points = harness.count_points()
        result = harness.sweep(singles=max(1, points // most) | 1, pairs=max(1, points // 3))
    assert result.points > 60 and result.broken == [], f"{len(result.broken)} of {result.cases}"


@pytest.mark.long
@pytest.mark.parametrize("run", [open_three, work_through, record, record_plan_and_fire])
def test_f11_as_if_nothing_had_happened_at_every_point(transactional_db, run):
    with Harness(Flow(prepare_house, run, as_if_nothing_had_happened)) as harness:
        points = harness.count_points()
        result = harness.sweep(singles=1, pairs=max(1, points // 16))
    assert result.broken == []
