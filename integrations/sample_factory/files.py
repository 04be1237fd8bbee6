"""How does the sample factory's world look as files: each system's own exports, and extracts to compare?

`exports/` is what the systems would drop into a folder, in their own words, encodings and formats.
`compare/` holds one row per record as a hub keeps it, with its evidence, the tables beside it and profiles.
"""
import csv
import json
from pathlib import Path

from integrations.mapping_sets import compile_mappings
from integrations.sample_factory.catalog import CUSTOMERS, MATERIALS, old_pack
from integrations.sample_factory.clockwork import HOUR, to_datetime
from integrations.sample_factory.mappings import MAPPINGS
from integrations.sample_factory.truth import expected
from integrations.sample_factory.world import World
from integrations.unreadable import UnreadableRow
from kernel.excel import Column, SafeWorkbook

ENCODINGS = {"erp": "utf-8", "wms": "gb18030", "mes": "utf-8-sig", "tms": "utf-8"}  # the CRM exports xlsx
HELD_UP, LONGEST_DELAY = ("LATE_MESSAGE", "OUT_OF_ORDER"), 10 * HOUR
PROFILES = Path(__file__).with_name("profiles")
_COLUMNS = (
    "order_number", "key", "line_number", "parent_entity", "parent_key", "status", "status_raw", "quantity",
    "shipped", "unit_raw", "item", "bom_revision", "amount", "currency", "customer", "requested_at", "promised_at",
    "posted_at", "warehouse", "plant", "on_hand", "occurred_at", "received_at", "first_received_at", "version",
    "sequence", "received_version", "actor", "actor_kind", "device", "message_id", "payload_hash", "batch", "closed",
    "mapping_version",
)


def _under_way(world):
    """Truths that a message tells which a fault holds up beyond `now`: said already, but not received yet."""
    told = []
    for _row in world.rows(world.now, world.now + LONGEST_DELAY, told):
        pass
    return [truth for truth in told if truth["kind"] in HELD_UP]


def write_files(folder, *, orders, seed, now, faults=None, days=30):
    """Writes exports/, compare/, truth.jsonl and expected.jsonl below `folder`; gives {name: rows written}."""
    folder = Path(folder)
    world = World(orders, seed, now, faults, days)
    truth, keeper, streams, counts = [], Extracts(), {}, {}
    for row in world.rows(None, world.now, truth):
        streams.setdefault((row.system, row.entity), []).append(row)
        keeper.take(row)
    for (system, entity), rows in sorted(streams.items()):
        counts[f"{system}_{entity}"] = write_export(folder / "exports", system, entity, rows)
    keeper.write(folder / "compare")
    write_tables(folder / "compare", world, keeper)
    counts["truth"] = _write_lines(folder / "truth.jsonl", truth)
    counts["under_way"] = _write_lines(folder / "under_way.jsonl", _under_way(world))
    counts["expected"] = _write_lines(folder / "expected.jsonl", expected(world))
    return counts


def _write_lines(path, items):
    count = 0
    with open(path, "w", encoding="utf-8") as stream:
        for item in items:
            stream.write(json.dumps(item, ensure_ascii=False, sort_keys=True) + "\n")
            count += 1
    return count


def flat(raw):
    """A nested row as a spreadsheet has it: {"account.id": …}; nothing else is changed."""
    made = {}
    for name, value in raw.items():
        if isinstance(value, dict):
            made.update({f"{name}.{inner}": one for inner, one in value.items()})
        else:
            made[name] = value
    return made


def write_export(folder, system, entity, rows):
    """One file of one stream, a line per message; gives the number of lines."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [flat(row.raw) for row in rows]
    header = list(dict.fromkeys(name for line in lines for name in line))
    if system in ENCODINGS:
        path = folder / f"{system}_{entity}.csv"
        with open(path, "w", encoding=ENCODINGS[system], newline="") as stream:
            writer = csv.DictWriter(stream, header, restval="")
            writer.writeheader()
            writer.writerows(lines)
        return len(lines)
    with SafeWorkbook() as book:
        sheet = book.sheet(entity, [Column(name, "key") for name in header])
        sheet.extend([line.get(name) for name in header] for line in lines)
        book.save(folder / f"{system}_{entity}.xlsx")
    return len(lines)


class Extracts:
    """Each record's latest statement by its stream's own ordering, and the log of all messages."""

    def __init__(self):
        self.mappings = {system: compile_mappings(spec) for system, spec in MAPPINGS.items()}
        self.latest, self.log = {}, []

    def take(self, row):
        """Keeps what this row says when it is news; a refused row only enters the log."""
        try:
            said = self.mappings[row.system].read(row.entity, row.raw).statement
        except UnreadableRow as refused:
            self.log.append((row, refusal_key(row), "", "refused", str(refused)))
            return
        self.log.append((row, said.order_number or said.key, said.version or said.sequence, "received", ""))
        place = (said.system, said.entity, said.key)
        first, newest, kept, received = self.latest.get(place, (row.received_at, -1, None, None))
        rank = int(said.version or said.sequence or 0) if said.orders_by != "time" else said.occurred_at.timestamp()
        if rank >= newest:
            kept, received, newest = said, row.received_at, rank
        self.latest[place] = (first, newest, kept, received)

    def write(self, folder):
        """One csv per system and entity, named as the profiles name their sources."""
        folder.mkdir(parents=True, exist_ok=True)
        files = {}
        for (system, entity, _), kept in sorted(self.latest.items()):
            files.setdefault(f"{system}_{entity}", []).append(_extract(*kept))
        for name, lines in files.items():
            _write_csv(folder / f"{name}.csv", _COLUMNS, lines)


def refusal_key(row):
    """The order number a refused row seems to be about, as well as it can be told."""
    for name in ("erp_order", "orderNo", "soRef", "VBELN", "custRef"):
        if row.raw.get(name):
            return "".join(sign for sign in str(row.raw[name]).split("/")[0] if sign.isdigit()).lstrip("0")
    return ""


def _extract(first, newest, said, received):
    data = said.data
    return {
        **{name: getattr(said, name) for name in (
            "order_number", "key", "line_number", "parent_entity", "parent_key", "status_raw", "unit_raw", "version",
            "actor", "actor_kind", "device", "message_id", "payload_hash", "batch", "mapping_version")},
        **{name: data.get(name) for name in (
            "status", "bom_revision", "currency", "customer", "requested_at", "promised_at", "posted_at",
            "warehouse", "plant")},
        "item": data.get("material"), "quantity": _decimal(data.get("quantity_m"), 3),
        "shipped": _decimal(data.get("shipped_m"), 3), "on_hand": _decimal(data.get("on_hand_m"), 3),
        "amount": _decimal(data.get("amount_minor"), 2), "sequence": said.sequence,
        "received_version": newest if said.orders_by != "time" else None,
        "closed": {True: "true", False: "false"}.get(said.closed), "occurred_at": said.occurred_at.isoformat(),
        "received_at": received.isoformat(), "first_received_at": first.isoformat(),
    }


def _decimal(value, places):
    if value is None:
        return None
    whole, rest = divmod(abs(value), 10**places)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{places}d}"


def _write_csv(path, header, lines):
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="")
        writer.writeheader()
        writer.writerows(lines)


def write_tables(folder, world, keeper):
    """The tables a comparison may look things up in, and the profiles."""
    start = to_datetime(world.start)
    changed, before = start.isoformat(), to_datetime(world.start - 365 * 86_400_000).isoformat()
    _write_csv(folder / "units.csv", ("system", "item", "unit", "factor", "valid_from", "valid_to"), [
        line for part in MATERIALS for line in (
            {"system": "wms", "item": part.code, "unit": "箱", "factor": old_pack(part), "valid_from": before,
             "valid_to": changed},
            {"system": "wms", "item": part.code, "unit": "箱", "factor": part.pack, "valid_from": changed})
    ])
    _write_csv(folder / "prices.csv", ("item", "price", "valid_from", "valid_to"), [
        line for part in MATERIALS for line in (
            {"item": part.code, "price": _decimal(part.old_price, 2), "valid_from": before, "valid_to": changed},
            {"item": part.code, "price": _decimal(part.price, 2), "valid_from": changed})
    ])
    _write_csv(folder / "boms.csv", ("item", "revision", "valid_from", "valid_to"), [
        line for part in MATERIALS for line in (
            {"item": part.code, "revision": part.old_revision, "valid_from": before, "valid_to": changed},
            {"item": part.code, "revision": part.revision, "valid_from": changed})
    ])
    _write_csv(folder / "customers.csv", ("system", "raw", "canonical"), [
        {"system": system, "raw": one.code, "canonical": one.code} for one in CUSTOMERS for system in ("wms", "crm")
    ])
    _write_csv(folder / "codes.csv", ("system", "field", "raw", "canonical"), [
        {"system": "erp", "field": "status", "raw": raw, "canonical": status}
        for raw, (_, status) in MAPPINGS["erp"]["tables"]["order_status"].items()
    ] + [
        {"system": "crm", "field": "status", "raw": raw, "canonical": status}
        for raw, (_, status) in MAPPINGS["crm"]["tables"]["stages"].items()
    ])
    _write_messages(folder / "messages.csv", [entry for entry in keeper.log if entry[0].entity == "order"])
    for profile in sorted(PROFILES.glob("*.yaml")):
        (folder / profile.name).write_text(profile.read_text(encoding="utf-8"), encoding="utf-8")


def _write_messages(path, log):
    header = ("system", "key", "entity", "version", "outcome", "error", "received", "message_id", "batch")
    _write_csv(path, header, [
        {"system": row.system, "key": key, "entity": row.entity, "version": version, "outcome": outcome,
         "error": error, "received": row.received_at.isoformat(),
         "message_id": next((row.raw[name] for name in _MESSAGE_IDS if name in row.raw), "")}
        for row, key, version, outcome, error in log
    ])


_MESSAGE_IDS = ("DOCNUM", "msg_id", "eventId", "msgId", "callbackId")
