"""One verdict of every rule in every version there was, kept once and for all with what it rests on.

`python -m tests.reconciliation.kept_verdicts` adds what is not kept yet; it never writes a kept one anew.
"""
import json
import tempfile
from pathlib import Path

from reconciliation.causes import RULES
from reconciliation.causes.keeping import basis_of
from reconciliation.findings import cause_of
from tests.reconciliation import faultset
from tests.reconciliation.comparing import AS_OF, outcome_of

FILE = Path(__file__).with_name("kept_verdicts.jsonl")
SEEDS = range(1, 4)
HEAD = "version: 1\nname: {en: Kept, zh: 保存}\nrecord: a\nkey: {columns: k}\n"
PLAIN = HEAD + "systems: {a: {}, b: {}}\nfields:\n"
QUANTITY = "  qty: {type: quantity, unit: unit, base_unit: PCS, authority: a}\n"
AMOUNT = "  amount: {type: money, authority: a}\n"
ROW = {"customer": "C-001", "item": "M-77", "qty": "120", "amount": "9840.55", "phone": "13900001111"}
KEYED = PLAIN + "".join(f"  {name}: {{type: text, authority: a}}\n" for name in ROW)


def other(erp, wms):
    """The same record under two keys, beside some that agree."""
    same = [{"k": f"10{n:04d}", **ROW, "qty": str(n), "amount": f"{n}.10"} for n in range(20)]
    return {"a": [*same, {"k": erp, **ROW}], "b": [*same, {"k": wms, **ROW}]}


def hours(count, lost=()):
    """Orders a minute apart; `b` lacks those of `lost`. The last one is there a second time under another key."""
    rows = [{"k": f"SO{n:04d}", "at": f"2026-11-20T{n // 60:02d}:{n % 60:02d}:00Z", "qty": str(n + 1),
             "customer": f"C{n % 7}", "item": f"M{n % 11}"} for n in range(count)]
    return {"a": rows, "b": [row for n, row in enumerate(rows) if n not in lost]}


def twice(count):
    found = hours(count)
    found["b"].append({**found["b"][-1], "k": "ZZ77"})
    return found


EVENTS = HEAD + ("evidence: {event: at, customer: customer, item: item, parent: parent}\nsystems: {a: {}, b: {}}\n"
                 "fields:\n  qty: {type: quantity, authority: a, base_unit: PCS}\n")
# (profile, sources, tables): what the drawn files do not hold.
SCENES = [
    (HEAD + "systems:\n  a: {scope: [{column: kind, in: [SO]}]}\n  b: {scope: [{column: kind, not_in: [VOID]}]}\n"
     "fields: {}\n", {"a": [{"k": "1", "kind": "SO"}, {"k": "3", "kind": "SO"}],
                      "b": [{"k": "1", "kind": "x"}, {"k": "3", "kind": "VOID"}]}, {}),
    (PLAIN + "  item: {type: text, xref: items, authority: a}\n",
     {"a": [{"k": str(n), "item": "A1"} for n in range(4)],
      "b": [{"k": str(n), "item": "X1" if n else "X9"} for n in range(4)]},
     {"items": [{"system": "b", "external": "X1", "internal": "A1"}]}),
    (PLAIN + QUANTITY, {"a": [{"k": "1", "qty": "1260", "unit": "PCS"}], "b": [{"k": "1", "qty": "35", "unit": "托"}]},
     {}),
    (PLAIN + AMOUNT, {"a": [{"k": "1", "amount": "1"}], "b": [{"k": "1", "amount": "12.5O"}]}, {}),
    (PLAIN + AMOUNT, {"a": [{"k": "1", "amount": "1"}], "b": "k,amount\n1,1\n,2\n"}, {}),
    (PLAIN + AMOUNT, {"a": [{"k": "1", "amount": "1"}, {"k": "2", "amount": "2"}],
                      "b": "k,amount\n1,1,234\n2,2\n"}, {}),
    (EVENTS, hours(300, lost=range(100, 160)), {}),
    (EVENTS, twice(300), {}),
    (EVENTS, {"a": [{"k": "SO1", "qty": "10", "at": "2026-11-20T00:00:00Z"}],
              "b": [{"k": f"SO1-{n}", "qty": "3", "parent": "SO1", "at": "2026-11-20T00:00:00Z"} for n in (1, 2)]}, {}),
    (PLAIN + AMOUNT, {"a": [{"k": f"SO{n}", "amount": "1"} for n in range(12)], "b": [{"k": "SO1", "amount": "1"}]},
     {}),
    (PLAIN + QUANTITY, {"a": [{"k": "1", "qty": "120", "unit": ""}], "b": [{"k": "1", "qty": "12", "unit": ""}]},
     {"units": [{"item": "", "unit": "BOX", "factor": "10"}]}),
    (PLAIN + QUANTITY, {"a": [{"k": "1", "qty": "120", "unit": ""}], "b": [{"k": "1", "qty": "97", "unit": ""}]}, {}),
    (KEYED, other("2026112400117788", "20261124001"), {}),
    (KEYED, other("2026112400117788", "2.02611E+15"), {}),
    (HEAD + "evidence: {payload_hash: h, batch: b}\nsystems: {a: {}, b: {}}\nfields:\n  qty: {type: quantity}\n",
     {"a": [{"k": "1", "qty": "130", "h": "a1", "b": "A"}], "b": [{"k": "1", "qty": "260", "h": "b1", "b": "REDO"}]},
     {"messages": [{"system": "b", "key": "1", "outcome": "applied", "payload_hash": "b1", "batch": batch,
                    "message_id": batch} for batch in ("B", "REDO")]}),
    (KEYED, other("订单2026112401", "订单2026112401".encode().decode("gb18030", errors="replace")), {}),
]


# What comes of verdicts beside their rules.
BESIDE = {
    "raised by its group": lambda one: basis_of(one)["raised"],
    "rivals": lambda one: any("ambiguous_with" in verdict.evidence for verdict in one.causes),
    "no rule holds": lambda one: one.main.rule == "none",
}


def names_of(one):
    """What a difference is an example of: its rules in their versions, and what is BESIDE."""
    rules = {f"{verdict.rule} v{verdict.version}" for verdict in one.causes if verdict.rule != "none"}
    return rules | {name for name, holds in BESIDE.items() if holds(one)}


def wanted():
    return {f"{rule.id} v{rule.version}" for rule in RULES} | set(BESIDE)


def read():
    """[{rule, profile, as_of, basis, causes}] of the file; `rule` is 'family.name v1', or a name of BESIDE."""
    if not FILE.exists():
        return []
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def add():
    """Add a verdict of every rule whose version is not kept. Returns the names of rules that are still without one."""
    kept = read()
    missing = wanted() - {one["rule"] for one in kept}
    for profile, outcome, as_of in _outcomes():
        for one in sorted(outcome.differences, key=lambda one: len(str(basis_of(one)))):
            for name in sorted(names_of(one) & missing):
                missing.discard(name)
                kept.append({"rule": name, "profile": profile, "as_of": as_of, "basis": basis_of(one),
                             "causes": [cause_of(verdict) for verdict in one.causes]})
        if not missing:
            break
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in
             sorted(kept, key=lambda one: one["rule"])]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sorted(missing)


def _outcomes():
    with tempfile.TemporaryDirectory() as folder:
        for place, (profile, sources, tables) in enumerate(SCENES):
            yield profile, _compared(folder, place, profile, sources, tables, AS_OF), AS_OF
        for seed in SEEDS:
            sources, tables, _truth = faultset.build(2500, seed, per_fault=3)
            yield faultset.PROFILE, _compared(folder, f"s{seed}", faultset.PROFILE, sources, tables,
                                              faultset.AS_OF), faultset.AS_OF


def _compared(folder, place, profile, sources, tables, as_of):
    return outcome_of(Path(folder) / str(place), profile, sources, tables, as_of=as_of, keeps=True)


if __name__ == "__main__":
    print("without a verdict:", ", ".join(add()) or "none")
