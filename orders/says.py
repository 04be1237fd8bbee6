"""What does each system say of an order, side by side, and where do they disagree? Pure: rows in, a table out."""

from dataclasses import dataclass

HIDDEN = {"facts", "axis", "customer_name", "material_name", "tier", "credit_limit_minor"}
FIRST = [
    "status",
    "quantity_m",
    "shipped_m",
    "unit",
    "amount_minor",
    "currency",
    "promised_at",
    "requested_at",
    "forecast_at",
]


@dataclass(frozen=True)
class Row:
    """`cells` one value per system in the table's order, None where it says nothing; `differs` when two disagree."""

    field: str
    cells: list
    differs: bool = False


def compare(records, entity="order"):
    """(system codes, rows) of the records of one entity: dicts with system, entity, data."""
    spoken = [record for record in records if record["entity"] == entity and not record.get("is_retracted")]
    systems = sorted({record["system"] for record in spoken})
    said = {system: {} for system in systems}
    for record in spoken:
        said[record["system"]].update({name: value for name, value in record["data"].items() if value is not None})
    names = {name for data in said.values() for name in data} - HIDDEN
    order = {name: place for place, name in enumerate(FIRST)}
    return systems, [
        _row(name, [said[system].get(name) for system in systems])
        for name in sorted(names, key=lambda name: (order.get(name, len(order)), name))
    ]


def _row(name, cells):
    given = [str(cell) for cell in cells if cell is not None]
    # Codes of a status belong to different axes, so two of them are no contradiction by themselves.
    return Row(name, cells, name != "status" and len(set(given)) > 1)
