"""What people decide about an order: hold, release, expedite, accept a value, correct a promise, archive."""
from datetime import UTC

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.news import News, action, publish
from orders.decisions import decide, lock_order, need_reason, write_decision
from orders.models import HoldKind, OrderLine


@action
def hold_order(*, order, kind, reason, until=None, by, at):
    """Nothing more shall happen with the order until somebody releases it. A late fact does not undo it.

    `kind` is the code of a HoldKind: it says who is waited for, and so whose the time is. `until` (an instant or
    None) is when it is meant to end; it is said everywhere, and it still takes a person.
    """
    reason, kind, order = need_reason(reason), _need_kind(kind), lock_order(order)
    if until is not None and (until.tzinfo is None or until <= at):
        raise Refusal(_("A hold ends in the future."), code="until_past")
    if not order.is_open:
        raise Refusal(_("The order is closed; there is nothing to hold."), code="order_closed")
    if _held_by_hub(order):
        raise Refusal(_("The order is on hold already."), code="order_held")
    data = {"hold_kind": kind.code, **({"until": _text(until)} if until else {})}
    publish(News("order.decided", order.pk, at))
    return decide(order, "hold", data, reason, by, at)


def _need_kind(code):
    found = HoldKind.objects.filter(code=code or "", is_active=True).first()
    if found is None:
        raise Refusal(_("Please say what the order waits for."), code="hold_kind")
    return found


@action
def release_order(*, order, reason="", by, at):
    """End a hold that was decided here; a hold of a source system ends there."""
    order = lock_order(order)
    if not _held_by_hub(order):
        if order.held_at:
            raise Refusal(
                _("Another system holds this order; it must be released from hold there."), code="held_elsewhere")
        raise Refusal(_("The order is not on hold."), code="order_not_held")
    publish(News("order.decided", order.pk, at))
    return decide(order, "release", {}, (reason or "").strip()[:300], by, at)


@action
def expedite_order(*, order, reason, by, at):
    """The order goes before others of its kind."""
    reason, order = need_reason(reason), lock_order(order)
    if not order.is_open:
        raise Refusal(_("The order is closed; it cannot be expedited."), code="order_closed")
    if order.expedited_at:
        raise Refusal(_("The order is expedited already."), code="order_expedited")
    return decide(order, "expedite", {}, reason, by, at)


@action
def unexpedite_order(*, order, reason="", by, at):
    """The order takes its turn again among others of its kind."""
    order = lock_order(order)
    if not order.expedited_at:
        raise Refusal(_("The order is not expedited."), code="order_not_expedited")
    return decide(order, "unexpedite", {}, (reason or "").strip()[:300], by, at)


@action
def accept_conflict(*, order, subject, line="", value=None, reason, by, at):
    """A person has looked at a conflict: it is not shown again until a system says something else.

    `value`, when given, is what holds from now on for this axis, field, or field of the line.
    """
    reason, order = need_reason(reason), lock_order(order)
    conflict = next(
        (one for one in order.conflicts if one["subject"] == subject and one.get("line", "") == line), None
    )
    if conflict is None:
        raise Refusal(_("This conflict is not there any more."), code="conflict_gone")
    data = {"subject": subject, "values": conflict["values"]}
    if line:
        data["line"] = line
    if value is not None:
        if value not in conflict["values"].values():
            raise Refusal(_("No system says this value."), code="value_unknown")
        data["value"] = value
    return decide(order, "accept", data, reason, by, at)


@action
def correct_promise(*, line, promised_at, reason, by, at):
    """The original promise of an OrderLine was a mistake: write the right one, with the reason. Returns the line."""
    reason, order = need_reason(reason), lock_order(line.order)
    if promised_at is None or promised_at.tzinfo is None:
        raise Refusal(_("The promise needs a date and time."), code="promise_missing")
    decide(order, "correct_promise", {"line": line.number, "promised_at": _text(promised_at)}, reason, by, at)
    return OrderLine.objects.get(order=order, number=line.number)


@action
def archive_order(*, order, reason="", by, at):
    """Put a closed order away; it is never deleted."""
    order = lock_order(order)
    if order.is_open:
        raise Refusal(_("The order is still open; only closed orders are archived."), code="order_open")
    write_decision(order, "archive", {}, (reason or "").strip()[:300], by, at)
    type(order).objects.filter(pk=order.pk).update(archived_at=at)
    order.archived_at = at
    publish(News("orders.changed", order.pk, at))
    return order


def _text(moment):
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _held_by_hub(order):
    return order.state.get("decisions", {}).get("held", {}).get("system") == "hub"
