"""Which differences are there, before anyone asks why?"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, product

from reconciliation.difference import Difference
from reconciliation.plan import is_apart
from reconciliation.values import MICRO, Unreadable, read_time

MAX_COPIES = 50
KEYLESS_SHOWN = 3


def watermarks_of(profile):
    """{system: µs up to which it is complete, or None}."""
    return {name: _watermark(system) for name, system in profile.systems.items()}


def _watermark(system):
    try:
        return read_time(system.watermark, system.zone)
    except Unreadable:
        return None


class Detection:
    """Turns what an engine found into Differences. `as_of_us` is the one clock."""

    def __init__(self, profile, engine, as_of_us):
        self.profile, self.engine, self.as_of_us = profile, engine, as_of_us
        self.watermarks = watermarks_of(profile)

    def run(self):
        """All Differences in key order; `self.sides` keeps every side that was read."""
        rows = self.engine.compare()
        duplicates = {n: set(self.engine.duplicate_keys(n)) for n in self.profile.systems}
        keys = {row[0] for row in rows}.union(*duplicates.values())
        found = self.engine.sides(keys) if keys else {n: {} for n in self.profile.systems}
        self.sides = found
        result = self._keyless()
        for key, present, differs, unreadable in rows:
            result += self._of_row(key, present, differs, unreadable, found)
        result += self._duplicates(duplicates, found)
        result = self._scope(result)
        for one in result:
            self._grace(one)
        return sorted(result, key=Difference.sort_key)

    def look(self, rows):
        """Differences of some rows of the comparison, without copies, scope and grace: for a quick look."""
        found = self.engine.sides({row[0] for row in rows}) if rows else {}
        return [one for row in rows for one in self._of_row(*row, found)]

    # --- one row of the comparison -----------------------------------------------------------------------

    def _of_row(self, key, present, differs, unreadable, found):
        copies = {n: found[n].get(key, []) for n in present if present[n]}
        sides = {n: self._chosen(n, rows) for n, rows in copies.items() if rows}
        result = []
        absent = tuple(n for n, here in present.items() if not here and self.profile.systems[n].complete)
        if absent:
            result.append(Difference(key, "missing", "", sides, absent, severity="high"))
        # Of a value that nothing can be held against it is told already that the key is absent.
        unreadable = [name for name in unreadable
                      if not absent or sum(n in sides for n in self.profile.fields[name].columns) > 1]
        return result + self._of_fields(key, sides, copies, differs, unreadable)

    def of_spellings(self, key, sides, under):
        """Differences in the fields of one key that is written in several ways; `under` {system: its key there}."""
        copies = {n: self.sides.get(n, {}).get(under[n]) or [side] for n, side in sides.items()}
        differs, unreadable = [], []
        for name, field in self.profile.fields.items():
            holders = [s for n, s in sides.items() if n in field.columns]
            readable = [s for s in holders if name not in s.unreadable]
            unreadable += [name] if len(holders) > 1 and len(readable) < len(holders) else []
            differs += [] if self._agree(name, readable) else [name]
        result = self._of_fields(key, sides, copies, differs, unreadable)
        for one in result:
            self._grace(one)
        return result

    def _of_fields(self, key, sides, copies, differs, unreadable):
        result = [self._on_field("unreadable", key, name, sides) for name in unreadable]
        for name in differs:
            many = any(n in self.profile.cardinality.many for n in sides if n in self.profile.fields[name].columns)
            if any(len(rows) > 1 for n, rows in copies.items() if n not in self.profile.cardinality.many) \
                    and self._some_copies_agree(name, copies, sides):
                continue
            result.append(self._on_field("cardinality" if many else "value", key, name, sides))
        return result

    def _on_field(self, kind, key, name, sides):
        one = self.profile.fields[name]
        return Difference(key, kind, name, dict(sides), severity=one.severity)

    def _chosen(self, system, rows):
        """The row that was compared; for a 1:n system one Side that carries the sums and its rows as children."""
        if system not in self.profile.cardinality.many:
            return rows[0]
        first = rows[0]
        total = type(first)(system, first.key)
        for name in first.values:
            total.values[name] = self._aggregate(name, rows)
            total.raw[name] = " + ".join(str(r.raw.get(name) or "") for r in sorted(rows, key=lambda r: r.key))
        total.unreadable = tuple(sorted({f for r in rows for f in r.unreadable}))
        total.currency, total.units = dict(first.currency), dict(first.units)
        total.text, total.us, total.numbers = dict(first.text), dict(first.us), dict(first.numbers)
        flags = {r.text.get("closed", "") for r in rows}
        total.text["closed"] = next(iter(flags)) if len(flags) == 1 else total.text.get("closed", "")
        total.times = dict(first.times)
        total.children = sorted(rows, key=lambda r: (r.key, r.said))
        return total

    def _aggregate(self, name, rows):
        values = [r.values.get(name) for r in rows if r.values.get(name) is not None]
        one = self.profile.fields[name]
        if not values:
            return None
        if not (one.is_number or one.type == "time"):
            return values[0] if len(set(values)) == 1 else f"{min(values)} … {max(values)}"
        return {"sum": sum, "min": min, "max": max}.get(one.aggregate, max)(values)

    def _some_copies_agree(self, name, copies, sides):
        """Of keys held more than once: is there one row per system such that all agree? Then the value is not
        the trouble, the copy is."""
        holders = [n for n in copies if n in self.profile.fields[name].columns and copies[n]]
        rows = [[sides[n]] if n in self.profile.cardinality.many else copies[n][:MAX_COPIES] for n in holders]
        return any(self._agree(name, pick) for pick in product(*rows))

    def _agree(self, name, sides):
        one = self.profile.fields[name]
        for a, b in combinations(sides, 2):
            x, y = a.values.get(name), b.values.get(name)
            if (x is None) != (y is None) and one.empty != "ignore":
                return False
            if x is not None and y is not None and (
                    is_apart(one, x, y) or (one.type == "money" and both_differ(a, b, name))):
                return False
        return True

    # --- duplicates, keyless rows, scope, grace ----------------------------------------------------------

    def _duplicates(self, duplicates, found):
        doubled = defaultdict(list)
        for system, keys in duplicates.items():
            for key in keys:
                doubled[key].append(system)
        result = []
        for key, systems in sorted(doubled.items()):
            sides = {n: self._chosen(n, rows[key]) for n, rows in found.items() if rows.get(key)}
            copies = {n: found[n][key] for n in systems}
            result.append(Difference(key, "duplicate", "", sides, copies=copies, severity="high"))
        return result

    def _keyless(self):
        counts = {n: c for n in self.profile.systems if (c := self.engine.keyless_rows(n))}
        where = {n: {"records": self.engine.keyless(n, KEYLESS_SHOWN)} for n in counts}
        facts = {"rows": counts, "where": where}
        return [Difference("", "unreadable", "key", facts=facts, severity="high")] if counts else []

    def _scope(self, result):
        """Note which absent keys a system does hold, but outside the profile's scope."""
        for name, system in self.profile.systems.items():
            asked = {d.key for d in result if name in d.absent}
            if system.scope and asked:
                outside = self.engine.out_of_scope(name, asked)
                for one in result:
                    if name in one.absent and one.key in outside:
                        one.facts.setdefault("out_of_scope", []).append(name)
        return result

    def _grace(self, one):
        """A difference that may still be on its way is expected, not open."""
        if one.kind == "missing":
            newest = one.newest_event()
            if newest is not None and all(self._may_arrive(n, newest) for n in one.absent):
                self._expect(one, one.absent, newest)
        elif one.kind in ("value", "cardinality"):
            lagging = self._lagging(one)
            newest = one.newest_event()
            if lagging and all(self._may_arrive(n, newest) for n in lagging):
                self._expect(one, lagging, newest)

    def _expect(self, one, systems, event_us):
        """Expected until the first of `systems` has had its time; None where only its watermark is waited for."""
        ends = [event_us + self.profile.systems[n].grace_s * MICRO for n in systems]
        one.state, one.until_us = "expected", min((end for end in ends if end > self.as_of_us), default=None)

    def _may_arrive(self, system, event_us):
        grace = self.profile.systems[system].grace_s * MICRO
        mark = self.watermarks[system]
        return 0 <= self.as_of_us - event_us < grace or (mark is not None and mark < event_us)

    def _lagging(self, one):
        """Systems that have not heard of the newest change yet: their own newest event is older."""
        if any("event" not in self.profile.systems[n].evidence for n in one.sides):
            return []
        newest = one.newest_event()
        holders = {n: s for n, s in one.sides.items() if n in self.profile.fields[one.field].columns}
        if newest is None or any(s.event_us is None for s in holders.values()):
            return []
        versions = {n: s.version for n, s in holders.items()}
        if all(v is not None for v in versions.values()):
            return [n for n, v in versions.items() if v < max(versions.values())]
        return [n for n, s in holders.items() if s.event_us < newest]


def both_differ(a, b, name):
    """Both currencies are known and not the same."""
    return bool(a.currency.get(name)) and bool(b.currency.get(name)) and a.currency[name] != b.currency[name]
