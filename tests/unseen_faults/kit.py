"""A book: the rows of every system of one profile, the faults put into them, and the truth about each."""

import csv
import hashlib
import json
import random
from datetime import datetime, timedelta

from .dialects import CLOCK, Raw, at, headers

AS_OF = "2026-11-20T02:00:00Z"
NOW = at(50, 10)  # the same moment by the plant's clock
LAST = 50 * 24 + 7  # hour of the last ordinary event, counted from 1 October
# Evidence every system gives.
COMMON = "event created synced version received_version actor actor_kind message_id payload_hash batch"
ENCODINGS = {"erp": "utf-8", "wms": "gb18030", "crm": "utf-8-sig", "tms": "utf-8", "tax": "gb18030"}


class Book:
    """Rows by system and true key; `columns` of a system: header -> logical name, or (logical name, writer)."""

    def __init__(self, name, seed, orders, record, columns):
        self.name, self.orders, self.record, self.columns = name, orders, record, columns
        self.rng = random.Random(f"{seed}/{name}/unseen")
        self.rows = {system: {} for system in columns}
        self.keyless = {system: [] for system in columns}
        self.order, self.used, self.truths, self.tables = [], set(), [], {}
        self.log, self.unlogged = [], set()
        self.few = max(4, round(orders * 0.003))

    # -- clean rows ------------------------------------------------------------------------------------------------
    def add(self, system, key, event, **values):
        """A row with evidence as an ordinary interface leaves it; any of it can be given."""
        rng = self.rng
        own = event + timedelta(seconds=rng.randint(2, 40))
        version = values.pop("version", 3)
        digest = hashlib.sha1(f"{self.name}{system}{key}{version}".encode()).hexdigest()
        row = {
            "key": key,
            "event": own,
            "received": own + timedelta(seconds=rng.randint(2, 25)),
            "created": event - timedelta(hours=rng.randint(2, 30)),
            "version": version,
            "received_version": version,
            "actor": f"svc_{system}",
            "actor_kind": "interface",
            "message_id": f"{system}-{digest[:10]}",
            "payload_hash": digest[10:26],
            "batch": f"{system.upper()}{own:%m%d%H}",
        }
        if system == "erp" and rng.random() < 0.15:
            row.update(actor=rng.choice(("wang.min", "li.jie", "zhao.lei")), actor_kind="person")
        row.update(values)
        row.setdefault("synced", row["received"] + timedelta(minutes=5))
        self.rows[system].setdefault(key, []).append(row)
        return row

    def row(self, system, key):
        return self.rows[system][key][0]

    def everywhere(self, key):
        return [self.row(system, key) for system in self.rows if key in self.rows[system]]

    def when(self, key):
        return self.row(self.record, key)["event"]

    # -- choosing --------------------------------------------------------------------------------------------------
    def pick(self, count=None, where=None):
        """Keys nothing was done to yet, at least two days old; they are taken from then on."""
        fit = [
            key
            for key in self.order
            if key not in self.used and self.when(key) < NOW - timedelta(days=2) and (where is None or where(key))
        ]
        chosen = self.rng.sample(fit, min(len(fit), count or self.few))
        self.used.update(chosen)
        return chosen

    def stretch(self, count, low=0.2, high=0.8):
        """`count` keys that follow each other in time, none of them touched; of few records anywhere in time."""
        starts = self._untouched(count, low, high) or self._untouched(count, 0, 1)
        start = self.rng.choice(starts)
        chosen = self.order[start : start + count]
        self.used.update(chosen)
        return chosen

    def _untouched(self, count, low, high):
        return [
            n
            for n in range(int(len(self.order) * low), int(len(self.order) * high) - count)
            if not self.used.intersection(self.order[n : n + count])
        ]

    # -- truth -----------------------------------------------------------------------------------------------------
    def truth(self, key, field, fault, cause, also=(), minimum=(), keys=(), state="open"):
        """`also`: causes as right as `cause`; `minimum`: right when only key, fields and time are known."""
        self.truths.append(
            {
                "profile": self.name,
                "key": key,
                "keys": sorted({key, *keys}),
                "field": field,
                "fault": fault,
                "cause": cause,
                "accepted": sorted({cause, *also}),
                "accepted_minimum": sorted({cause, *also, "UNKNOWN", *minimum}),
                "state": state,
            }
        )

    def legit(self, key, field, fault):
        self.truths.append(
            {
                "profile": self.name,
                "key": key,
                "keys": [key],
                "field": field,
                "fault": fault,
                "cause": None,
                "accepted": [],
                "accepted_minimum": [],
                "state": None,
            }
        )

    def drop(self, system, key):
        """The system never got the record: no row, nothing in the log."""
        self.unlogged.add((system, key))
        return self.rows[system].pop(key)

    # -- files -----------------------------------------------------------------------------------------------------
    def messages(self):
        """What the hub's log holds: one applied message per row, but for those that never came."""
        logged = [
            (
                system,
                key,
                row["version"],
                "applied",
                "",
                row["received"],
                row["message_id"],
                row["payload_hash"],
                row["batch"],
            )
            for system, keys in self.rows.items()
            for key, rows in keys.items()
            for row in rows
            if (system, key) not in self.unlogged
        ]
        head = (
            "receiver",
            "order_no",
            "source_version",
            "outcome",
            "reason",
            "received_at",
            "message_id",
            "payload_hash",
            "batch",
        )
        return [head, *logged, *self.log]

    def write(self, folder, profile, evidence):
        """csv per system, tables, profile and truth. `evidence`: full or minimum."""
        folder.mkdir(parents=True, exist_ok=True)
        for system, columns in self.columns.items():
            lines = [row for rows in self.rows[system].values() for row in rows] + self.keyless[system]
            self.rng.shuffle(lines)
            with open(folder / f"{system}.csv", "w", encoding=ENCODINGS[system], newline="") as out:
                table = csv.writer(out)
                table.writerow(columns)
                table.writerows([_cell(system, row, logical) for logical in columns.values()] for row in lines)
        tables = dict(self.tables)
        if evidence == "full":
            tables["messages"] = self.messages()
        else:
            tables = {name: rows for name, rows in tables.items() if name in ("codes", "units", "items", "customers")}
        for name, rows in tables.items():
            with open(folder / f"table_{name}.csv", "w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([_text("erp", cell) for cell in row] for row in rows)
        (folder / "profile.yaml").write_text(block(narrowed(profile, evidence)), encoding="utf-8")
        with open(folder / "truth.jsonl", "w", encoding="utf-8") as out:
            for truth in self.truths:
                out.write(json.dumps(truth, ensure_ascii=False) + "\n")


def _cell(system, row, logical):
    name, writer = logical if isinstance(logical, tuple) else (logical, None)
    value = row.get(name)
    if value is None or isinstance(value, Raw):
        return value or ""
    return writer(value) if writer else _text(system, value)


def _text(system, value):
    return CLOCK[system](value) if isinstance(value, datetime) else str(value)


def evidence_columns(system, names):
    """Columns {header: logical} of the usual evidence of this system."""
    called = headers(system)
    return {called[name]: name for name in names.split()}


def declared(system, names, **own):
    """The profile's evidence entry of the same columns, and of those of the profile's own."""
    called = headers(system)
    return {**{name: called[name] for name in names.split()}, **own}


def narrowed(profile, evidence):
    """With minimum evidence only the event's time is declared beside the fields."""
    if evidence == "full":
        return profile
    systems = {
        name: {key: value for key, value in system.items() if key != "times"}
        | {"evidence": {"event": system["evidence"]["event"]}}
        for name, system in profile["systems"].items()
    }
    return {**profile, "systems": systems}


def block(value, indent=0):
    """YAML of nested dicts: two levels as blocks, what lies deeper in flow style."""
    lines = []
    for key, inner in value.items():
        if isinstance(inner, dict) and indent < 4:
            lines.append(f"{' ' * indent}{key}:\n{block(inner, indent + 2)}")
        else:
            lines.append(f"{' ' * indent}{key}: {json.dumps(inner, ensure_ascii=False)}\n")
    return "".join(lines)
