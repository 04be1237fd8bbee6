"""Which order does a record belong to?

A person's match comes first, then the order number it says within its company and the kind's number
range, then its parent's order. Only a header makes an order: the first system to speak makes it, provisional. A part
that names an order nobody has a header of stays without one, and is compared all the same; it joins when the header
comes.
"""
from django.db import connection

from orders.bulk import in_chunks, insert_rows, point_rows, update_rows
from orders.models import Event, ExternalKey, Order, OrderKind, SourceRecord
from orders.records import highest_change_number

HEADER = "order"
DEFAULT_KIND = "standard"
BY_NUMBER, BY_PERSON = "number", "person"


class Kinds:
    """All kinds of order, read once per batch."""

    def __init__(self):
        self.by_code, self.family = {}, {}
        for kind_id, code, family in OrderKind.objects.order_by("id").values_list("id", "code", "family"):
            self.by_code[code] = kind_id
            self.family[kind_id] = family
        first = next(iter(self.by_code.values()), None)
        self.default = self.by_code.get(DEFAULT_KIND, first)

    def family_of(self, code):
        return self.family.get(self.by_code.get(code, self.default), "")


class Matcher:
    """Finds or makes the orders of one batch's records. `made` are the new ones: {order id: number}."""

    def __init__(self, kinds, scopes, at):
        self.kinds, self.scopes, self.at = kinds, scopes, at
        self.made, self._orders, self.owners = {}, {}, {}

    def match(self, records):
        """Set `order_id` on every record that a new statement changed; records left out stay as they were."""
        open_ones = [one for one in records if one.latest is not None and not one.is_pinned]
        self._read_orders({(one.system.company_id, one.order_number) for one in open_ones if one.order_number})
        self._make_orders([one for one in open_ones if one.entity == HEADER and one.order_number])
        for record in open_ones:
            if record.order_number:
                record.order_id = self._order_of(record)
        self._follow_parents([one for one in open_ones if not one.order_number and one.parent_key], records)

    def _read_orders(self, names):
        for some in in_chunks(sorted({number for _, number in names})):
            found = Order.objects.filter(number__in=some).order_by("-identity", "id")
            for order_id, company_id, number, kind_id, scope_id in found.values_list(
                "id", "company_id", "number", "kind_id", "scope_id"
            ):
                self._know(company_id, number, kind_id, order_id)
                self.owners[order_id] = scope_id

    def _know(self, company_id, number, kind_id, order_id):
        # "provisional" sorts before "confirmed" above, so that the confirmed one overwrites it.
        self._orders[company_id, number, self.kinds.family[kind_id]] = order_id

    def _order_of(self, record):
        """By its kind's number range; when it says no kind, the only order of that number, whatever its range."""
        company_id, number, kind = record.system.company_id, record.order_number, record.latest.statement.order_kind
        found = self._orders.get((company_id, number, self.kinds.family_of(kind)))
        if found or kind:
            return found
        others = self._namesakes(company_id, number)
        return others[0] if len(others) == 1 else None

    def _namesakes(self, company_id, number):
        ids = {self._orders.get((company_id, number, family)) for family in set(self.kinds.family.values())}
        return sorted(one for one in ids if one)

    def _unsure_namesake(self, company_id, number):
        """An order made before anybody said its kind: the one that says it now speaks of the same."""
        for order_id in self._namesakes(company_id, number):
            said = Event.objects.filter(order_id=order_id, entity=HEADER).exclude(order_kind="")
            if order_id not in self.made and not said.exists():
                return order_id
        return None

    def _make_orders(self, headers):
        missing = {}
        for record in sorted(headers, key=lambda one: not one.latest.statement.order_kind):
            kind = record.latest.statement.order_kind
            name = record.system.company_id, record.order_number, self.kinds.family_of(kind)
            if self._order_of(record) or record.latest.statement.retracts:
                continue
            unsure = self._unsure_namesake(*name[:2]) if kind else None
            if unsure:
                self._orders[name] = unsure
            elif kind or not any(one[:2] == name[:2] for one in missing):
                missing.setdefault(name, []).append(record)
        if not missing:
            return
        insert_rows(
            Order, ("company", "kind", "number", "identity", "scope", "created_at", *_DEFAULTS),
            [self._new_order(name, missing[name]) for name in sorted(missing)],
        )
        self._read_orders({(company, number) for company, number, _ in missing})
        self.made.update({self._orders[name]: name[1] for name in missing})

    def _new_order(self, name, records):
        company_id, number, _family = name
        said = records[0].latest.statement
        scope_id = self.scopes.owner_of(company_id, said.data, None, [one.system.scope_id for one in records])
        kind = self.kinds.by_code.get(said.order_kind, self.kinds.default)
        created = min(one.first_received_at for one in records)
        return (company_id, kind, number, Order.PROVISIONAL, scope_id, created, *_DEFAULTS.values())

    def _follow_parents(self, orphans, records):
        """Parts that name no order go where their parent goes, however deep, and wherever the parent stands."""
        here = {(one.system.id, one.entity, one.key): one for one in records}
        elsewhere = _orders_of_parents(orphans, here) if orphans else {}
        for _step in range(4):
            for record in orphans:
                name = record.system.id, record.parent_entity, record.parent_key
                record.order_id = here[name].order_id if name in here else elsewhere.get(name)
            if all(one.order_id for one in orphans):
                break

    def owner_of(self, order_id):
        """The scope of an order that a record came to."""
        if order_id not in self.owners:
            self.owners[order_id] = Order.objects.values_list("scope_id", flat=True).get(pk=order_id)
        return self.owners[order_id]

    def adopt_waiting(self):
        """Records that named a new order before it was there come to it: {(system, entity, key): order id}."""
        if not self.made:
            return {}
        by_number, adopted, came = {number: order_id for order_id, number in self.made.items()}, {}, []
        for some in in_chunks(sorted(by_number)):
            waiting = SourceRecord.objects.filter(order=None, is_pinned=False, order_number__in=some)
            for row in waiting.values_list("id", "order_number", "system__company_id", "system_id", "entity", "key"):
                order_id = self._orders.get((row[2], row[1], self.kinds.family_of("")), by_number[row[1]])
                came.append((row[0], order_id))
                adopted[row[3:]] = order_id
        adopt(came)
        return adopted


def adopt_parts(found):
    """Parts that name no order and waited for these records, {(system, entity, key): order id}, come along.

    Returns them likewise.
    """
    adopted, came = {}, []
    for some in in_chunks(sorted({key for _, _, key in found})):
        waiting = SourceRecord.objects.filter(order=None, order_number="", parent_key__in=some).exclude(parent_key="")
        for row in waiting.values_list("id", "system_id", "parent_entity", "parent_key", "entity", "key"):
            order_id = found.get(row[1:4])
            if order_id and not adopted.get((row[1], *row[4:])):
                came.append((row[0], order_id))
                adopted[(row[1], *row[4:])] = order_id
    adopt(came)
    return adopted


def move_record(record_id, order_id):
    """The record, its events and its parts that name no order themselves belong to another order (or none) now."""
    record = SourceRecord.objects.get(pk=record_id)
    parts = SourceRecord.objects.filter(
        system_id=record.system_id, parent_entity=record.entity, parent_key=record.key, order_number="",
        order_id=record.order_id,
    ).exclude(pk=record_id)
    for part_id in list(parts.values_list("id", flat=True)):
        move_record(part_id, order_id)
    adopt([(record_id, order_id)])


_DEFAULTS = {
    "commercial": "draft", "material": "none", "production": "none", "quality": "none", "logistics": "none",
    "finance": "none", "stage": "draft", "is_open": 1, "currency": "", "state": "{}", "conflicts": "[]",
    "conflict_count": 0, "authority_version": 0, "state_hash": "", "event_count": 0, "lateness": 0, "late_node": "",
    "late_reason_en": "", "late_reason_zh": "", "next_node": "", "open_tickets": 0, "open_differences": 0,
}


def write_keys(records, at):
    """Under which key a system knows an order: one ExternalKey per header that came to an order."""
    came = [one for one in records if one.entity == HEADER and one.order_id and one.order_id != one.was_order_id]
    insert_rows(ExternalKey, ("system", "entity", "key", "order", "matched_by", "matched_at"), [
        (one.system.id, one.entity, one.key, one.order_id, BY_NUMBER, at) for one in came
    ])
    for one in came:
        if one.was_order_id:
            ExternalKey.objects.filter(system_id=one.system.id, entity=one.entity, key=one.key).update(
                order_id=one.order_id, matched_at=at
            )


def _orders_of_parents(orphans, here):
    """{(system, entity, key): order id} of the parents that are not in this batch."""
    found, grouped = {}, {}
    for one in orphans:
        if (one.system.id, one.parent_entity, one.parent_key) not in here:
            grouped.setdefault((one.system.id, one.parent_entity), set()).add(one.parent_key)
    for (system_id, entity), keys in grouped.items():
        for some in in_chunks(sorted(keys)):
            rows = SourceRecord.objects.filter(system_id=system_id, entity=entity, key__in=some).exclude(order=None)
            found.update({(system_id, entity, key): order for key, order in rows.values_list("key", "order_id")})
    return found


def adopt(pairs):
    """Records and their events belong to these orders now, and to their orders' scopes: pairs (record, order).

    An order None lets the record go: it belongs to its system's scope again.
    """
    if not pairs:
        return
    scopes = {}
    for some in in_chunks(sorted({order_id for _, order_id in pairs if order_id})):
        scopes.update(Order.objects.filter(pk__in=some).values_list("pk", "scope_id"))
    freed = [record_id for record_id, order_id in pairs if order_id is None]
    own = dict(SourceRecord.objects.filter(pk__in=freed).values_list("pk", "system__scope_id")) if freed else {}
    change = highest_change_number()
    update_rows(SourceRecord, ("order", "scope", "change_number"), [
        (order_id, scopes[order_id] if order_id else own[record_id], change + place, record_id)
        for place, (record_id, order_id) in enumerate(pairs, 1)
    ])
    point_rows(Event, "order", "record", [(order_id, record_id) for record_id, order_id in pairs])


def lock_intake():
    """One writer of events at a time, as SQLite has anyway: numbers of change then grow in the order of commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orders.intake'))")
