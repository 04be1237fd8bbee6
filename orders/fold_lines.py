"""What are an order's lines, and what was promised first?

A line exists when a system's order line says so. Its original promise is the first one in the authority's own
stream order; only a correction with a reason replaces it.
"""
from orders.axes import RANK, instant_key

LINE_FIELDS = (
    "material", "material_name", "bom_revision", "quantity_m", "unit", "unit_price_u", "currency", "amount_minor",
    "requested_at", "promised_at", "forecast_at", "plant",
)
_SHIPPED = RANK["logistics"]["shipped"]
_UNSURE = ("draft", "quoted")


def fold_lines(streams, authority, corrections, conflicts):
    """{line number: {field: value, "by": {field: system}, …}}; adds what systems disagree on to `conflicts`."""
    by_line = {}
    for (system, entity, _key), stream in streams.items():
        if entity == "order_line" and stream.last.line_number:
            by_line.setdefault(stream.last.line_number, {}).setdefault(system, []).append(stream)
    lines = {}
    for number in sorted(by_line):
        lines[number] = _line(number, by_line[number], streams, authority, conflicts)
        correction = corrections.get(number)
        if correction:
            lines[number]["promised_original_at"] = correction.data["promised_at"]
            lines[number]["correction"] = {"reason": correction.reason}
    return lines


def _line(number, by_system, streams, authority, conflicts):
    line = {}
    for field in LINE_FIELDS:
        said = _said(field, by_system, number, conflicts)
        if field == "bom_revision":
            said |= _built(number, streams)
            if len(set(said.values())) > 1:
                conflicts.append({"subject": field, "why": "differ", "values": said, "line": number})
        if said:
            system, unconfirmed = authority.choose(field, said)
            line[field] = said[system]
            if unconfirmed:
                line.setdefault("unconfirmed", []).append(field)
    original = first_promise(by_system, authority)
    if original:
        line["promised_original_at"] = original
    shipped = _shipped(number, by_system, streams, authority)
    if shipped is not None:
        line["shipped_m"] = shipped
    delivered = _delivered(number, streams)
    if delivered:
        line["actual_at"] = delivered
    return line


def _said(field, by_system, number, conflicts):
    said = {}
    for system, streams in by_system.items():
        values = [one.last.data[field] for one in _newest(streams) if one.last.data.get(field) is not None]
        if values:
            said[system] = values[-1]
        if field == "quantity_m" and len(set(values)) > 1:
            conflicts.append({"subject": field, "why": "several_records", "line": number,
                              "values": {system: sorted(set(values))}})
    return said


def _newest(streams):
    return sorted(streams, key=lambda one: (one.last.occurred_at, one.last.key))


def _built(number, streams):
    """The bill of materials the shop floor builds this line after."""
    return {
        system: stream.last.data["bom_revision"] for (system, entity, _key), stream in streams.items()
        if entity == "work_order" and stream.last.line_number == number and stream.last.data.get("bom_revision")
    }


def first_promise(by_system, authority):
    """The first instant promised, in the stream order of the most believed system that promises at all."""
    for system in authority.sort("promised_at", by_system):
        for stream in sorted(by_system[system], key=lambda one: one.last.key):
            for said in stream.said:
                if said.data.get("promised_at") and said.data.get("status") not in _UNSURE:
                    return said.data["promised_at"]
    return None


def _shipped(number, by_system, streams, authority):
    said = {}
    for system, its in by_system.items():
        values = [one.last.data["shipped_m"] for one in its if one.last.data.get("shipped_m") is not None]
        if values:
            said[system] = sum(values)
    for (system, entity, _key), stream in streams.items():
        last = stream.last
        if entity == "shipment" and last.line_number == number and system not in by_system and _has_left(last):
            said[system] = said.get(system, 0) + (last.data.get("quantity_m") or 0)
    return said[authority.choose("shipped_m", said)[0]] if said else None


def _has_left(last):
    return last.data.get("axis") == "logistics" and RANK["logistics"][last.data["status"]] >= _SHIPPED


def _delivered(number, streams):
    moments = [
        stream.last.data["facts"]["delivered"] for stream in streams.values()
        if stream.last.line_number == number and stream.last.data.get("facts", {}).get("delivered")
    ]
    return max(moments, key=instant_key) if moments else None
