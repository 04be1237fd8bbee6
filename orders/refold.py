"""How do touched orders get their state from all their events, and which rows change by that?"""
from itertools import chain
from typing import NamedTuple

from orders.authority import Authorities
from orders.bulk import dumps, in_chunks, insert_rows, locked, update_rows
from orders.fold import fold
from orders.identity import moment_of
from orders.masters import Masters
from orders.models import Event, Order, OrderLine, SourceRecord, SourceSystem
from orders.scoping import Scopes
from orders.statement import AXES
from orders.streams import HUB, Said

_EVENT = (
    "order_id", "id", "system_id", "entity", "key", "occurred_at", "data", "payload_hash", "orders_by", "version",
    "sequence", "kind", "line_number", "order_kind", "closed", "retracts", "replaces_id", "mapping_version", "reason",
)
_ORDER = ("id", "company_id", "plant_id", "kind_id", "number", "scope_id", "customer_id", "state_hash",
          "event_count", "last_event_at")
_DATES = ("ordered_at", "requested_at", "promised_original_at", "promised_at", "actual_at")
_STATE = (
    "kind", "identity", "scope", "customer", "plant", *AXES, "stage", "is_open", "held_at", "expedited_at",
    "quantity_m", "delivered_m", "amount_minor", "currency", *_DATES, "state", "conflicts", "conflict_count",
    "authority_version", "state_hash", "last_event_at", "event_count",
)
_LINE = (
    "material", "material_code", "bom_revision", "quantity_m", "shipped_m", "unit", "unit_price_u", "currency",
    "requested_at", "promised_original_at", "promised_at", "forecast_at", "actual_at",
    "withdrawn_at", "state",
)
_WITHDRAWN = _LINE.index("withdrawn_at")
_LINE_KEPT = ("unconfirmed", "correction", "material_name", "amount_minor", "plant")


class OrderRow(NamedTuple):
    """What stood on the order before."""

    id: int
    company_id: int
    plant_id: int | None
    kind_id: int
    number: str
    scope_id: int
    customer_id: int | None
    state_hash: str
    event_count: int
    last_event_at: object


class Refolder:
    """Folds orders anew. Reference data is read once and kept for one batch or one load."""

    def __init__(self, kinds, scopes=None, masters=None):
        self.kinds, self.scopes, self.masters = kinds, scopes or Scopes(), masters or Masters()
        self.authorities = Authorities()
        rows = list(SourceSystem.objects.values_list("id", "code", "role", "scope_id", "confirms_identity",
                                                            "company_id"))
        self.codes = {row[0]: HUB if row[2] == "hub" else row[1] for row in rows}
        self.default_scopes = {row[1]: row[3] for row in rows}
        self.confirming = _confirming(rows)

    def refold(self, order_ids):
        """Fold these orders from all their events; write what changed. Returns the ids of changed orders."""
        changed = []
        for some in in_chunks(sorted(order_ids), 400):
            changed.extend(self._refold_some(some))
        return changed

    def _refold_some(self, order_ids):
        orders = [OrderRow(*row) for row in locked(Order.objects.filter(pk__in=order_ids)).values_list(*_ORDER)]
        said = self._events_of(order_ids)
        folded = []
        for order in orders:
            events, last_at = said.get(order.id, ([], None))
            folded.append((order, self._fold(order, events), len(events), last_at))
        self.masters.know_named(folded)
        return self._write(folded)

    def _fold(self, order, events):
        """The state under the authority of the plant and kind that the state itself says."""
        plant_id, kind_id = order.plant_id, order.kind_id
        for _turn in range(3):
            authority = self.authorities.for_order(order.company_id, plant_id, kind_id)
            state = fold(events, authority, self.confirming.get(order.company_id, frozenset()))
            said = (self.masters.plant(order.company_id, state.value("plant")),
                    self.kinds.by_code.get(state.value("order_kind"), order.kind_id))
            if said == (plant_id, kind_id) or not self.authorities.tells_apart:
                break
            plant_id, kind_id = said
        return state

    def _events_of(self, order_ids):
        """{order id: ([Said], when a system spoke last)}."""
        found = {}
        rows = chain(
            Event.objects.filter(order_id__in=order_ids).order_by().values_list(*_EVENT), self._joined(order_ids)
        )
        for order_id, event_id, system_id, entity, key, occurred_at, data, digest, orders_by, version, sequence, \
                kind, line, order_kind, closed, retracts, replaces, mapping_version, reason in rows:
            said = Said(event_id, self.codes[system_id], entity, key, occurred_at, data, digest, orders_by, version,
                        sequence, kind, line, order_kind, closed, retracts, replaces, mapping_version, reason)
            events, last_at = found.get(order_id, ([], None))
            events.append(said)
            if said.system != HUB:  # a decision made here is no system's word
                last_at = occurred_at if last_at is None else max(last_at, occurred_at)
            found[order_id] = events, last_at
        return found

    def _joined(self, order_ids):
        """What people decided about orders that were joined into these."""
        into = dict(Order.objects.filter(joined_into__in=order_ids).values_list("pk", "joined_into_id"))
        rows = Event.objects.filter(order_id__in=into, system__role="hub").order_by().values_list(*_EVENT) if into \
            else ()
        return [(into[row[0]], *row[1:]) for row in rows]

    # writing

    def _write(self, folded):
        changed, states, counts, moved = [], [], [], []
        for order, state, event_count, last_at in folded:
            text, digest = state.as_text()
            belongs = self._belongs(order, state)
            if digest == order.state_hash and belongs == (
                order.kind_id, order.scope_id, order.customer_id, order.plant_id
            ):
                if (event_count, last_at) != (order.event_count, order.last_event_at):
                    counts.append((last_at, event_count, order.id))
                continue
            states.append(self._row(order, state, belongs, text, digest, last_at, event_count))
            changed.append((order, state, last_at))
            if belongs[1] != order.scope_id:
                moved.append((order.id, belongs[1]))
        update_rows(Order, _STATE, states)
        update_rows(Order, ("last_event_at", "event_count"), counts)
        for order_id, scope_id in moved:
            SourceRecord.objects.filter(order_id=order_id).update(scope_id=scope_id)
        self._write_lines(changed)
        return [order.id for order, _state, _last in changed]

    def _belongs(self, order, state):
        """(kind, scope, customer, plant): ids that depend on rows beside the events, and are looked up each time."""
        customer = self.masters.party(order.company_id, state.value("customer"))
        return (
            self._kind(order, state.value("order_kind")), self._scope(order, state, customer),
            customer and customer[0], self.masters.plant(order.company_id, state.value("plant")),
        )

    def _row(self, order, state, belongs, text, digest, last_at, event_count):
        value, (kind_id, scope_id, customer_id, plant_id) = state.value, belongs
        return (
            kind_id, Order.CONFIRMED if state.is_confirmed else Order.PROVISIONAL, scope_id, customer_id, plant_id,
            *(state.status(axis) for axis in AXES),
            state.stage, int(state.is_open), _at(state.decisions.get("held")), _at(state.decisions.get("expedited")),
            value("quantity_m"), state.delivered_m, value("amount_minor"), value("currency") or "",
            *self._dates(state), text, dumps(state.conflicts),
            len(state.conflicts), state.authority_version, digest, last_at, event_count, order.id,
        )

    def _dates(self, state):
        value = state.value
        # A forecast that a system states stands in `state` and on the lines; the order's own is the hub's.
        return tuple(moment_of(text) for text in (
            state.fact("ordered") or value("ordered_at"), value("requested_at"), value("promised_original_at"),
            value("promised_at"), state.fact("delivered"),
        ))

    def _scope(self, order, state, customer):
        values = {name: state.value(name) for name in ("sales_team", "customer", "plant")}
        speaking = {entry["system"] for entry in state.fields.values() if "system" in entry}
        ranked = self.authorities.for_order(order.company_id, None, None).sort("*", speaking)
        scopes = [self.default_scopes.get(code) for code in ranked]
        return self.scopes.owner_of(order.company_id, values, customer and customer[1], scopes) or order.scope_id

    def _kind(self, order, stated):
        """The stated kind, unless another order of that kind has the number already."""
        kind_id = self.kinds.by_code.get(stated, order.kind_id)
        if kind_id == order.kind_id:
            return kind_id
        taken = Order.objects.filter(company_id=order.company_id, kind_id=kind_id, number=order.number).exists()
        return order.kind_id if taken else kind_id

    def _write_lines(self, changed):
        standing = {}
        order_ids = [order.id for order, _state, _last in changed]
        for line_id, order_id, number, *values in OrderLine.objects.filter(order_id__in=order_ids).values_list(
            "id", "order_id", "number", *(f"{name}_id" if name == "material" else name for name in _LINE)
        ):
            standing[order_id, number] = line_id, values
        fresh, touched = [], []
        for order, state, _last in changed:
            for number, line in state.lines.items():
                values = self._line_values(order, line)
                known = standing.pop((order.id, number), None)
                if known is None:
                    fresh.append((order.id, number, *values))
                elif known[1] != list(values):
                    touched.append((*values, known[0]))
        insert_rows(OrderLine, ("order", "number", *_LINE), fresh)
        update_rows(OrderLine, _LINE, touched)
        told = {order.id: last_at for order, _state, last_at in changed}
        update_rows(OrderLine, ("withdrawn_at",), [
            (told[order_id], line_id) for (order_id, _number), (line_id, values) in standing.items()
            if values[_WITHDRAWN] is None
        ])

    def _line_values(self, order, line):
        code = line.get("material") or ""
        return (
            self.masters.material(order.company_id, code), code, line.get("bom_revision") or "",
            line.get("quantity_m"), line.get("shipped_m"), line.get("unit") or "", line.get("unit_price_u"),
            line.get("currency") or "",
            *(moment_of(line.get(name)) for name in ("requested_at", "promised_original_at", "promised_at",
                                                     "forecast_at", "actual_at")),
            None, {name: line[name] for name in _LINE_KEPT if line.get(name)},
        )


def _confirming(rows):
    """{company id: codes of the systems whose header confirms an order}; where none is named to, any of them does."""
    named, spoken = {}, {}
    for _id, code, role, _scope, confirms, company_id in rows:
        if role != "hub":
            spoken.setdefault(company_id, set()).add(code)
        if confirms:
            named.setdefault(company_id, set()).add(code)
    return {company_id: frozenset(named.get(company_id, codes)) for company_id, codes in spoken.items()}


def _at(decision):
    return moment_of(decision["at"]) if decision else None
