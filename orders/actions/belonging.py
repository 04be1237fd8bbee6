"""Which records make one order, who may see it beside its scope: join, part, match anew, share."""
from django.utils.translation import gettext_lazy as _

from kernel.access import is_customer
from kernel.errors import Refusal
from kernel.news import News, action, publish
from orders.bulk import locked
from orders.decisions import fold_now, hub_system, lock_order, need_reason, write_decision
from orders.matching import BY_NUMBER, BY_PERSON, HEADER, lock_intake, move_record
from orders.models import Event, ExternalKey, Order, OrderShare, SourceRecord

SHARED = "order.shared"


@action
def join_orders(*, order, other, reason, by, at):
    """`other` is the same order under another number: its records come over; it is archived. Returns `order`.

    The records are matched by person from now on, so that their own number does not take them away again.
    """
    reason = need_reason(reason)
    order, other = _lock_both(order, other)
    records = list(SourceRecord.objects.filter(order=other).order_by("pk"))
    if not records:
        raise Refusal(_("The other order has no records that could be joined."), code="nothing_to_join")
    for record in records:
        _match(record, order, by, at)
    write_decision(order, "join", {"order": other.number, "records": [one.pk for one in records]}, reason, by, at)
    write_decision(other, "joined", {"order": order.number, "into": order.pk}, reason, by, at)
    Order.objects.filter(joined_into=other).update(joined_into=order)
    Order.objects.filter(pk=other.pk).update(archived_at=at, joined_into=order)
    _tell(records, at)
    return fold_now([order.pk, other.pk], at)[0 if order.pk < other.pk else 1]


def _lock_both(order, other):
    lock_intake()
    if order.pk == other.pk:
        raise Refusal(_("An order cannot be joined with itself."), code="same_order")
    found = {one.pk: one for one in locked(
        Order.objects.filter(pk__in=[order.pk, other.pk]).select_related("company")
    )}
    order, other = found[order.pk], found[other.pk]
    if order.company_id != other.company_id:
        raise Refusal(_("Orders of two companies cannot be joined."), code="other_company")
    if order.archived_at or other.archived_at:
        raise Refusal(_("The order is archived."), code="order_archived")
    return order, other


@action
def part_order(*, order, number, reason, by, at):
    """Take back a joining: the records that came from order `number` go home. Returns the order that is back."""
    lock_intake()
    reason, order = need_reason(reason), lock_order(order)
    join = _last_join(order, number)
    home = Order.objects.filter(company=order.company, number=number, joined_into=order)
    home = home.order_by("-archived_at").first()
    if join is None or home is None:
        raise Refusal(_("No order %(number)s was joined with this one."), code="not_joined", number=number)
    Order.objects.filter(pk=home.pk).update(archived_at=None, joined_into=None)
    records = list(SourceRecord.objects.filter(pk__in=join.data["records"], order=order).order_by("pk"))
    for record in records:
        _unpin(record, home, at)
        move_record(record.pk, home.pk)
    write_decision(order, "part", {"order": number, "join": join.pk}, reason, by, at)
    write_decision(home, "parted", {"order": order.number}, reason, by, at)
    _tell(records, at)
    fold_now([order.pk, home.pk], at)
    return Order.objects.get(pk=home.pk)


def _last_join(order, number):
    events = Event.objects.filter(order=order, system=hub_system(order.company))
    parted = set(events.filter(kind="part").values_list("data__join", flat=True))
    joins = [one for one in events.filter(kind="join").order_by("-id") if one.data["order"] == number]
    return next((one for one in joins if one.pk not in parted), None)


@action
def rematch_key(*, record, order, reason, by, at):
    """A person says to which order a source record belongs; `order` None: to none. Returns the record."""
    lock_intake()
    reason = need_reason(reason)
    record = locked(SourceRecord.objects.filter(pk=record.pk)).get()
    before = record.order_id
    if before == (order.pk if order else None):
        raise Refusal(_("The record belongs there already."), code="already_there")
    if order is None:
        SourceRecord.objects.filter(pk=record.pk).update(is_pinned=True)
        ExternalKey.objects.filter(system=record.system_id, entity=record.entity, key=record.key).delete()
        move_record(record.pk, None)
    else:
        order = lock_order(order)
        _match(record, order, by, at)
        write_decision(order, "rematch", {"record": record.pk, "key": record.key}, reason, by, at)
    fold_now([one for one in (before, order and order.pk) if one], at)
    _tell([record], at)
    record.refresh_from_db()
    return record


def _match(record, order, by, at):
    ExternalKey.objects.update_or_create(
        system_id=record.system_id, entity=record.entity, key=record.key,
        defaults={"order": order, "matched_by": BY_PERSON, "matched_at": at},
    )
    SourceRecord.objects.filter(pk=record.pk).update(is_pinned=True)
    move_record(record.pk, order.pk)


def _unpin(record, home, at):
    """Where its number leads counts again."""
    SourceRecord.objects.filter(pk=record.pk).update(is_pinned=False)
    keys = ExternalKey.objects.filter(system=record.system_id, entity=record.entity, key=record.key)
    if record.entity == HEADER:
        keys.update(order=home, matched_by=BY_NUMBER, matched_at=at)
    else:
        keys.delete()


def _tell(records, at):
    for record in records:
        publish(News("orders.records_changed", record.pk, at))


@action
def share_order(*, order, person, by, at):
    """Show one order to one person outside that person's scopes. Returns the OrderShare.

    Refused where it would change nothing: to oneself, to who sees the order already, to who may not look at orders.
    """
    order = lock_order(order)
    _must_show_something(order, person, by)
    share = OrderShare.objects.create(order=order, person=person, shared_by=by, shared_at=at)
    write_decision(order, "share", _recipient(person), "", by, at)
    publish(News(SHARED, share.pk, at))
    return share


def _must_show_something(order, person, by):
    name = str(person)
    if not person.is_active:
        raise Refusal(_("The account of %(person)s is not active."), code="person_inactive", person=name)
    if by is not None and person.pk == by.pk:
        raise Refusal(_("You see this order already."), code="share_self")
    if is_customer(person):
        raise Refusal(
            _("%(person)s is a customer and sees own orders only."), code="share_customer", person=name
        )
    if not person.has_perm("orders.view_order"):
        raise Refusal(_("%(person)s has no role that looks at orders."), code="share_role", person=name)
    if Order.objects.visible_to(person).filter(pk=order.pk).exists():
        raise Refusal(_("%(person)s sees this order already."), code="share_seen", person=name)


def _recipient(person):
    """Whom an event of sharing names: the name as it was then, and the user name that stays."""
    return {"person": person.username, "name": str(person)}


@action
def unshare_order(*, order, person, by, at):
    """Take a single share back. Returns the order."""
    order = lock_order(order)
    gone = OrderShare.objects.filter(order=order, person=person).delete()[0]
    if not gone:
        raise Refusal(
            _("This order is not shared with %(person)s."), code="not_shared", person=str(person)
        )
    write_decision(order, "unshare", _recipient(person), "", by, at)
    return order
