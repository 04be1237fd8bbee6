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
class Column:
    """A system; `under` the number it gives, where it only probably speaks of this order, and the page it has."""

    system: str
    under: str = ""
    address: str = ""


@dataclass(frozen=True)
class Row:
    """`cells` one value per system in the table's order, None where it says nothing; `differs` when two disagree."""

    field: str
    cells: list
    differs: bool = False


def compare(records, probable=(), entity="order"):
    """(columns, rows) of the records of one entity: dicts with system, entity, data.

    `probable` are dicts with system, data, under, address: they stand beside, and make no value differ.
    """
    spoken = [record for record in records if record["entity"] == entity and not record.get("is_retracted")]
    systems = sorted({record["system"] for record in spoken})
    said = {system: {} for system in systems}
    for record in spoken:
        said[record["system"]].update({name: value for name, value in record["data"].items() if value is not None})
    beside = [one["data"] for one in probable]
    names = {name for data in (*said.values(), *beside) for name, value in data.items() if value is not None} - HIDDEN
    order = {name: place for place, name in enumerate(FIRST)}
    columns = [Column(system) for system in systems]
    columns += [Column(one["system"], one["under"], one["address"]) for one in probable]
    return columns, [
        _row(name, [said[system].get(name) for system in systems], [data.get(name) for data in beside])
        for name in sorted(names, key=lambda name: (order.get(name, len(order)), name))
    ]


def _row(name, cells, beside):
    given = [str(cell) for cell in cells if cell is not None]
    # Codes of a status belong to different axes, so two of them are no contradiction by themselves.
    return Row(name, [*cells, *beside], name != "status" and len(set(given)) > 1)
