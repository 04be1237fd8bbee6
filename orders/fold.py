"""In which state is an order, given everything that was said about it?

`fold` is pure: the same events in any order, with repeats, end in the same state. Systems speak through streams
(orders.streams), an authority ranks them (orders.ranking), and what people decided in the hub stands above both:
a statement that contradicts a decision opens a conflict and changes nothing.
"""
import hashlib
import json
from dataclasses import dataclass, field

from orders.axes import LOAD_FACTS, RANK, axis_values, fact_values, instant_key
from orders.fold_lines import first_promise, fold_lines
from orders.ranking import FACT_AXIS
from orders.statement import AXES
from orders.streams import HUB, streams_of

HEADER_FIELDS = (
    "customer", "customer_name", "currency", "amount_minor", "quantity_m", "shipped_m", "unit", "plant",
    "warehouse", "sales_team", "requested_at", "promised_at", "forecast_at", "ordered_at", "order_kind",
)
_HEADER = frozenset(HEADER_FIELDS) - {"order_kind"}
LARGEST = 2**63 - 1  # what a column holds
COMPARED = ("customer", "currency", "amount_minor", "quantity_m", "order_kind")
DATES = ("requested_at", "promised_at", "forecast_at", "promised_original_at")
SILENT = {axis: row[0] for axis, row in {"commercial": ("draft",)}.items()} | {
    axis: "none" for axis in AXES if axis != "commercial"
}
# What may not go on while the hub holds an order.
_WORK = ("dispatched", "production_started", "packed", "shipped", "delivered")
# One word for the list: the first of these that is true. A hold is a mark of its own beside it.
STAGES = (
    ("commercial", "cancelled", "cancelled"), ("commercial", "closed", "closed"),
    ("logistics", "returned", "returned"), ("logistics", "delivered", "delivered"),
    ("logistics", "in_transit", "in_transit"), ("logistics", "shipped", "shipped"),
    ("logistics", "packed", "packed"), ("logistics", "picking", "picking"),
    ("quality", "released", "released"), ("quality", "rejected", "rejected"),
    ("quality", "inspecting", "inspecting"), ("production", "finished", "finished"),
    ("production", "started", "started"), ("production", "dispatched", "dispatched"),
    ("material", "short", "short"), ("material", "received", "received"), ("material", "reserved", "reserved"),
    ("production", "planned", "planned"), ("material", "requested", "requested"),
    ("commercial", "held", "confirmed"), ("commercial", "confirmed", "confirmed"),
    ("commercial", "quoted", "quoted"),
)
STAGE_CODES = tuple(dict.fromkeys([*(stage for _, _, stage in STAGES), "paid", "draft"]))


@dataclass
class OrderState:
    """What the fold says. Instants are ISO text in UTC; `axes`, `fields`, `facts` name their system.

    axes {axis: {value, system, unconfirmed?, said?, decided?}} · fields {name: {value, system, unconfirmed?}} ·
    facts {code: {at, system, unconfirmed?}} · partial {code: {at, system}} · lines {number: {…}} ·
    decisions {held, expedited, accepted} · conflicts [{subject, why, values, line?}]
    """

    authority_version: int = 0
    axes: dict = field(default_factory=dict)
    fields: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    partial: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)
    decisions: dict = field(default_factory=dict)
    conflicts: list = field(default_factory=list)
    is_confirmed: bool = False
    stage: str = "draft"
    is_open: bool = True
    delivered_m: int | None = None

    def status(self, axis):
        return self.axes[axis]["value"] if axis in self.axes else SILENT[axis]

    def value(self, name):
        return self.fields[name]["value"] if name in self.fields else None

    def fact(self, code):
        return self.facts[code]["at"] if code in self.facts else None

    def as_json(self):
        """The state as stored beside the order; without lines, which have rows of their own."""
        return {
            "axes": self.axes, "fields": self.fields, "facts": self.facts, "partial": self.partial,
            "decisions": self.decisions, "authority": self.authority_version,
        }

    def as_text(self):
        """(the state as canonical JSON text, its hash together with all that is derived)."""
        text = json.dumps(self.as_json(), sort_keys=True, ensure_ascii=False)
        rest = [self.lines, self.conflicts, self.is_confirmed, self.stage, self.is_open, self.delivered_m]
        whole = text + json.dumps(rest, sort_keys=True, ensure_ascii=False)
        return text, hashlib.sha256(whole.encode()).hexdigest()

    @property
    def state_hash(self):
        return self.as_text()[1]


def fold(events, authority, confirming=frozenset()):
    """The OrderState of these events (orders.streams.Said) under an orders.ranking.Authority.

    `confirming` are the systems whose order header makes the order more than provisional.
    """
    streams = streams_of([one for one in events if one.system != HUB])
    decisions = _decisions([one for one in events if one.system == HUB])
    state = OrderState(authority_version=authority.version)
    voices = [stream.last for stream in streams.values()]
    _show_ties(state, streams)
    _fold_axes(state, voices, authority)
    _fold_header(state, streams, authority, confirming)
    state.lines = fold_lines(streams, authority, decisions["corrections"], state.conflicts)
    _fold_facts(state, voices, authority)
    _hold_back_parts(state, voices, authority)
    _derive(state, voices, decisions["corrections"])
    _apply_decisions(state, voices, decisions)
    state.conflicts = _without_accepted(state, decisions["accepted"])
    state.stage = stage_of(state)
    state.is_open = bool(voices or not events) and _is_open(state)
    return state


def stage_of(state):
    """One word for the list: the furthest the order has come; see STAGES."""
    if state.status("logistics") in ("delivered",) and state.status("finance") == "paid" \
            and state.status("commercial") not in ("cancelled", "closed"):
        return "paid"
    for axis, status, stage in STAGES:
        if state.status(axis) == status:
            return stage
    return "draft"


def _is_open(state):
    return state.stage not in ("cancelled", "closed", "paid")


def _show_ties(state, streams):
    for (system, entity, key), stream in streams.items():
        if stream.ties:
            others = [one.data.get("status", one.payload_hash[:8]) for one in (*stream.ties, stream.last)]
            state.conflicts.append({"subject": f"{entity} {key}", "why": "tie", "values": {system: others}})


def _entry(said, subject, authority):
    system, unconfirmed = authority.choose(subject, said)
    entry = {"value": said[system], "system": system}
    if unconfirmed:
        entry["unconfirmed"] = True
    if len(said) > 1 and (subject in AXES or len(set(said.values())) > 1):
        entry["said"] = said
    return entry


def _fold_axes(state, voices, authority):
    by_axis = {}
    for voice in voices:
        if voice.data.get("status"):
            by_axis.setdefault(voice.data["axis"], []).append(voice)
    for axis in AXES:
        if axis in by_axis:
            said = axis_values(axis, by_axis[axis])
            state.axes[axis] = _entry(said, axis, authority)
            if axis == "commercial" and _at_odds(said.values()):
                state.conflicts.append({"subject": axis, "why": "ended_in_one", "values": said})


def _at_odds(statuses):
    """Cancelled here and alive there; a closed order that another system calls confirmed is only slow."""
    return len(set(statuses)) > 1 and "cancelled" in statuses


def _fold_header(state, streams, authority, confirming):
    headers = {}
    for (system, entity, _key), stream in streams.items():
        if entity == "order":
            headers.setdefault(system, []).append(stream)
    for its in headers.values():
        its.sort(key=lambda one: (one.last.occurred_at, one.last.key))
    said_of = _header_values(headers)
    for name in HEADER_FIELDS:
        said = said_of.get(name)
        if not said:
            continue
        state.fields[name] = _entry(said, name, authority)
        if name in COMPARED and len(set(said.values())) > 1:
            state.conflicts.append({"subject": name, "why": "differ", "values": said})
    original = first_promise(headers, authority)
    if original:
        state.fields["promised_original_at"] = {"value": original}
    state.is_confirmed = any(system in confirming for system in headers)


def _header_values(headers):
    """{field: {system: value}}; of several headers of a system the latest that says the field."""
    found = {}
    for system, its in headers.items():
        for stream in its:
            data = stream.last.data
            for name in _HEADER & data.keys():
                if data[name] is not None:
                    found.setdefault(name, {})[system] = data[name]
            # Part of the order's identity: a later statement that leaves it out does not take it back.
            for said in stream.said:
                if said.order_kind:
                    found.setdefault("order_kind", {})[system] = said.order_kind
    return {name: {system: said[system] for system in sorted(said)} for name, said in found.items()}


def _fold_facts(state, voices, authority):
    stated = {code for voice in voices for code in voice.data.get("facts", ())}
    for code in sorted(stated & FACT_AXIS.keys()):
        done, partial = fact_values(code, voices)
        if done:
            entry = _entry(done, code, authority)
            entry["at"] = entry.pop("value")
            state.facts[code] = entry
        elif partial:
            system = authority.choose(code, partial)[0]
            state.partial[code] = {"at": partial[system], "system": system}
    ordered = state.fields.get("ordered_at")
    if ordered and "ordered" not in state.facts:
        state.facts["ordered"] = {"at": ordered["value"], "system": ordered["system"]}


def _hold_back_parts(state, voices, authority):
    """A load that left short of the order is a part: shipped and delivered wait for the rest."""
    said = {
        voice.system: voice for voice in voices
        if voice.entity == "order" and voice.closed is not True
        and voice.data.get("shipped_m") is not None and voice.data.get("quantity_m") is not None
    }
    if not said:
        return
    voice = said[authority.choose("shipped_m", said)[0]]
    if not 0 < voice.data["shipped_m"] < voice.data["quantity_m"]:
        return
    for code in LOAD_FACTS:
        if code in state.facts:
            entry = state.facts.pop(code)
            state.partial[code] = {"at": entry["at"], "system": entry["system"]}
    logistics = state.axes.get("logistics")
    if logistics and logistics["value"] == "delivered":
        logistics["value"], logistics["partial"] = "in_transit", True


def _derive(state, voices, corrections):
    """The order's own numbers and dates come from its lines where those say them."""
    lines = list(state.lines.values())
    for name in DATES:
        moments = [line[name] for line in lines if line.get(name)]
        if moments:
            state.fields[name] = {"value": max(moments, key=instant_key), "lines": len(moments)}
    if "" in corrections:
        state.fields["promised_original_at"] = {
            "value": corrections[""].data["promised_at"], "reason": corrections[""].reason
        }
    _derive_quantity(state, lines)
    _derive_amount(state, lines)
    _derive_single(state, lines)
    state.delivered_m = _delivered_quantity(state, voices)


def _derive_quantity(state, lines):
    """Never across units."""
    units = {line.get("unit") for line in lines}
    if "quantity_m" in state.fields or len(units) != 1:
        return
    if all(line.get("quantity_m") is not None for line in lines):
        _put_sum(state, "quantity_m", lines)
        if units != {None}:
            state.fields.setdefault("unit", {"value": units.pop()})


def _put_sum(state, name, lines):
    total = sum(line[name] for line in lines)
    if abs(total) <= LARGEST:
        state.fields[name] = {"value": total, "lines": len(lines)}


def _derive_amount(state, lines):
    """Never across currencies."""
    currencies = {line.get("currency") for line in lines}
    if "amount_minor" in state.fields or len(currencies) != 1 or currencies == {None}:
        return
    if all(line.get("amount_minor") is not None for line in lines):
        _put_sum(state, "amount_minor", lines)
        state.fields.setdefault("currency", {"value": currencies.pop()})


def _derive_single(state, lines):
    """What is said of the whole order is said of its only line; what has arrived whole has arrived line by line."""
    if len(lines) == 1 and lines[0].get("shipped_m") is None and state.value("shipped_m") is not None:
        lines[0]["shipped_m"] = state.value("shipped_m")
    for line in lines:
        if not line.get("actual_at") and state.fact("delivered"):
            line["actual_at"] = state.fact("delivered")


def _delivered_quantity(state, voices):
    """What the system believed for logistics says was handed over, in thousandths."""
    system = state.axes.get("logistics", {}).get("system")
    loads = [
        voice.data["quantity_m"] for voice in voices
        if voice.system == system and voice.entity != "order" and voice.data.get("status") == "delivered"
        and voice.data.get("quantity_m") is not None
    ]
    return sum(loads) if loads and abs(sum(loads)) <= LARGEST else None


def _decisions(events):
    """What people decided, in the order they decided it: {held, released, expedited, accepted, corrections}."""
    found = {"held": None, "released": None, "expedited": None, "accepted": {}, "corrections": {}}
    unique = {one.uid: one for one in events}
    replaced = {one.replaces for one in events if one.replaces is not None}
    for one in sorted(unique.values(), key=lambda one: (one.occurred_at, one.sequence or 0, one.payload_hash)):
        if one.uid in replaced:
            continue
        if one.kind == "hold":
            found["held"], found["released"] = one, None
        elif one.kind == "release":
            found["held"], found["released"] = None, one
        elif one.kind in ("expedite", "unexpedite"):
            found["expedited"] = one if one.kind == "expedite" else None
        elif one.kind == "accept":
            found["accepted"][one.data["subject"], one.data.get("line", "")] = one
        elif one.kind == "correct_promise":
            found["corrections"][one.data.get("line", "")] = one
    return found


def _apply_decisions(state, voices, decisions):
    held, released, expedited = decisions["held"], decisions["released"], decisions["expedited"]
    _apply_accepted(state, decisions["accepted"])
    if held:
        _apply_hold(state, held)
    elif released:
        _apply_release(state, voices, released)
    if "held" not in state.decisions and state.status("commercial") == "held":
        state.decisions["held"] = _stated_hold(voices, state)
    if expedited:
        state.decisions["expedited"] = {"at": text_of(expedited.occurred_at), "reason": expedited.reason}
        if state.status("commercial") == "cancelled":
            state.conflicts.append({"subject": "commercial", "why": "expedited_but_cancelled",
                                    "values": {HUB: "expedited", _by(state): "cancelled"}})


def _apply_hold(state, held):
    """The hold stands until a person releases it; what contradicts it is shown."""
    since = text_of(held.occurred_at)
    state.decisions["held"] = {"at": since, "system": HUB, "reason": held.reason}
    for name in ("until", "hold_kind"):
        if held.data.get(name):
            state.decisions["held"][name] = held.data[name]
    said = state.axes.get("commercial", {})
    if said.get("value") in ("cancelled", "closed"):
        state.conflicts.append({"subject": "commercial", "why": "held_but_ended",
                                "values": {HUB: "held", said["system"]: said["value"]}})
    for code in _WORK:
        entry = state.facts.get(code) or state.partial.get(code)
        if entry and instant_key(entry["at"]) > instant_key(since):
            state.conflicts.append({"subject": code, "why": "held_but_moved",
                                    "values": {HUB: "held", entry["system"]: entry["at"]}})
    state.axes["commercial"] = _decided(said, "held")


def _apply_release(state, voices, released):
    """A hold the source reports from before the release is over; one that it reports from after is a new one."""
    since = text_of(released.occurred_at)
    state.decisions["released"] = {"at": since, "reason": released.reason}
    said = state.axes.get("commercial", {})
    if said.get("value") == "held" and instant_key(_stated_since(voices, state)) <= instant_key(since):
        state.conflicts.append({"subject": "commercial", "why": "released_but_held",
                                "values": {HUB: "released", said["system"]: "held"}})
        state.axes["commercial"] = _decided(said, "confirmed")


def _decided(said, value):
    entry = {"value": value, "system": HUB, "decided": True}
    if said:
        entry["said"] = said.get("said") or {said["system"]: said["value"]}
    return entry


def _by(state):
    return state.axes["commercial"]["system"]


def _stated_hold(voices, state):
    """The hold as the believed system says it, with what the order waits for where it says that too."""
    system = state.axes["commercial"]["system"]
    held = {"at": _stated_since(voices, state), "system": system}
    kinds = [(one.occurred_at, one.data["hold_kind"]) for one in voices
             if one.system == system and one.data.get("status") == "held" and one.data.get("hold_kind")]
    return held | {"hold_kind": max(kinds)[1]} if kinds else held


def _stated_since(voices, state):
    """When the system that is believed said what it says on the commercial axis."""
    system = state.axes["commercial"]["system"]
    moments = [one.occurred_at for one in voices
               if one.system == system and one.data.get("axis") == "commercial" and one.data["status"] == "held"]
    return text_of(max(moments)) if moments else ""


def _apply_accepted(state, accepted):
    """A value a person accepted stands; which system said it was written down with the decision."""
    for (subject, line), decision in sorted(accepted.items()):
        entry = {"value": decision.data.get("value"), "system": HUB, "decided": True}
        if decision.data.get("value") is None:
            continue
        if subject in AXES:
            state.axes[subject] = entry | {"said": state.axes.get(subject, {}).get("said", {})}
        elif line and line in state.lines:
            state.lines[line][subject] = decision.data["value"]
        elif subject in HEADER_FIELDS:
            state.fields[subject] = entry


def _without_accepted(state, accepted):
    """Conflicts a person has not accepted yet; accepted ones come back when a value has changed since."""
    kept = []
    for conflict in state.conflicts:
        decision = accepted.get((conflict["subject"], conflict.get("line", "")))
        if not decision or decision.data.get("values") != conflict["values"]:
            kept.append(conflict)
    if accepted:
        state.decisions["accepted"] = {
            f"{subject} {line}".strip(): text_of(one.occurred_at) for (subject, line), one in sorted(accepted.items())
        }
    return sorted(kept, key=lambda one: (one["subject"], one.get("line", ""), one["why"], json.dumps(one["values"])))


def text_of(moment):
    """An aware UTC instant as the hub writes it: ISO, ending in Z, microseconds only when there are any."""
    return moment.isoformat().replace("+00:00", "Z")


assert all(status in RANK[axis] for axis, status, _stage in STAGES)
