"""What does one raw row of a system say, in the profile's terms?"""

from __future__ import annotations

from decimal import Decimal

from reconciliation.difference import Side
from reconciliation.profile import DIMENSIONS, NUMBER_EVIDENCE, TIME_EVIDENCE
from reconciliation.values import (
    Unreadable,
    read_money,
    read_number,
    read_time,
    smooth,
    smooth_key,
    times_factor,
)

TRANSPORT = ("received", "message_id", "batch", "sequence", "payload_hash", "synced", "received_version")


def columns_of(profile, system):
    """Names of the source columns the profile reads from `system`, sorted."""
    spec = profile.systems[system]
    names = set(spec.key.columns) | set(spec.evidence.values()) | set(spec.times.values())
    names |= {t.column for t in spec.scope}
    if system in profile.cardinality.many:
        names.add(profile.cardinality.many[system])
    for one in profile.fields.values():
        for columns in (one.columns, one.currency_columns, one.unit_columns, one.item_columns):
            if system in one.columns and system in columns:
                names.add(columns[system])
    return sorted(names)


class Reader:
    """Reads values and rows of one system. Conversions return (value, 1 if unreadable else 0, …)."""

    def __init__(self, profile, system, lookups):
        self.profile, self.system, self.lookups = profile, system, lookups
        self.spec = profile.systems[system]
        self.fields = {n: f for n, f in profile.fields.items() if system in f.columns}
        self._canonical = {}
        self.event_column = self._event_column()
        moving = {self.spec.evidence[n] for n in TRANSPORT if n in self.spec.evidence}
        self.dimensions = [(d, c) for d in DIMENSIONS if (c := self.dimension_column(d))]
        self.identity_columns = [c for c in columns_of(profile, system) if c not in moving]
        # (field, its column, names of its value, flag and currency, its unit's column, is it a time): read once, a row
        # has many of them.
        self.cells = [(n, f.columns[system], f"v_{n}", f"b_{n}", f"c_{n}" if f.type == "money" else "",
                       f.unit_columns.get(system, ""), f.type == "time") for n, f in self.fields.items()]

    def _event_column(self):
        for name in ("event", "created"):
            if name in self.spec.evidence:
                return self.spec.evidence[name]
        return next((f.columns[self.system] for f in self.fields.values() if f.type == "time"), "")

    def dimension_column(self, dimension):
        """Source column that holds a dimension: named as evidence, else the field it belongs to."""
        if dimension in self.spec.evidence:
            return self.spec.evidence[dimension]
        if dimension == "raw_code":
            return next((f.columns[self.system] for f in self.fields.values() if f.type == "code"), "")
        if dimension in ("raw_unit", "item"):
            named = "unit_columns" if dimension == "raw_unit" else "item_columns"
            columns = [getattr(f, named) for f in self.fields.values()]
            return next((c[self.system] for c in columns if self.system in c), "")
        return ""

    # --- values -----------------------------------------------------------------------------------------

    def key(self, *parts):
        """Smoothed key of the key columns' texts, or None when all are blank."""
        return smooth_key(self.spec.key, *parts) or None

    def number(self, one, text):
        """(millionths, unreadable, currency) of a money, integer or plain number."""
        try:
            if one.type == "money":
                value, currency = read_money(text, one.decimal)
                return value, 0, currency or None
            return read_number(text, one.decimal), 0, None
        except Unreadable:
            return None, 1, None

    def quantity(self, one, text, factor):
        try:
            return times_factor(read_number(text, one.decimal), factor if factor is not None else Decimal(1)), 0
        except Unreadable:
            return None, 1

    def factor(self, one, unit, item, at_us):
        """Pieces of the base unit in one `unit` of `item`; 1 for the base unit, for none, and for an unknown one."""
        unit = (unit or "").strip()
        if not unit or unit.upper() == one.base_unit.upper():
            return Decimal(1)
        dated = self.lookups.unit((item or "").strip(), unit)
        found = dated.at(at_us) if dated else None
        return found if found is not None else Decimal(1)

    def knows_unit(self, one, unit, item):
        unit = (unit or "").strip()
        return not unit or unit.upper() == one.base_unit.upper() or bool(self.lookups.unit((item or "").strip(), unit))

    def time(self, text, zone, formats):
        try:
            return read_time(text, zone, formats, self.spec.day_first), 0
        except Unreadable:
            return None, 1

    def moment(self, text, zone):
        """UTC µs, or None when there is nothing or it cannot be read."""
        return self.time(text, zone, ())[0] if text else None

    def code(self, one, text, at_us=None):
        """(canonical code, known). An unknown raw code stands for itself, so that equal raw codes are equal."""
        raw = text.strip()
        for known in (one.system_codes.get(self.system, {}), one.codes):
            if raw in known:
                return known[raw], True
        found = self.lookups.code(one.codes_name, self.system, raw, at_us)
        if found:
            return found[0], True
        return raw, raw in self._known_codes(one) or not self.has_map(one)

    def has_map(self, one):
        return bool(one.codes) or self.lookups.has_codes(one.codes_name)

    def _known_codes(self, one):
        if one.name not in self._canonical:
            self._canonical[one.name] = self._canonical_codes(one)
        return self._canonical[one.name]

    def _canonical_codes(self, one):
        canonical = set(one.codes.values()) | set(one.rank)
        canonical.update(*(known.values() for known in one.system_codes.values()))
        for (name, _system, _raw), dated in self.lookups.codes.items():
            if name in (one.codes_name, ""):
                canonical |= {row[2][0] for row in dated.rows}
        return canonical

    def text(self, one, text):
        """What the map says of the text as written, else of it as smoothed, else the smoothed text.

        With `xref`, the inside code of an outside one (itself when the table lacks it).
        """
        plain = smooth(text, one.normalise)
        means = one.means_in(self.system)
        plain = means.get(text.strip()) or means.get(plain.strip()) or plain
        if one.xref:
            dated = self.lookups.cross(one.xref, self.system, plain.strip())
            found = dated.at(None) if dated else None
            return found or plain
        return plain or None

    # --- whole rows -------------------------------------------------------------------------------------

    def side(self, canonical, raw):
        """Side of a row: `canonical` {v_/b_/c_ + field}, `raw` {column: text or None}."""
        side = Side(self.system, self._raw_key(raw))
        side.written = side.key
        values, raws, said, bad = side.values, side.raw, canonical.get, []
        for name, column, value, flag, currency, unit, is_time in self.cells:
            values[name] = read = said(value)
            raws[name] = raw.get(column)
            if said(flag):
                bad.append(name)
            if currency:
                side.currency[name] = said(currency) or ""
            if unit:
                side.units[name] = (raw.get(unit) or "").strip()
            if is_time and read is not None:
                side.times[name] = read
        side.unreadable = tuple(bad)
        self._evidence(side, raw)
        side.said = tuple([raw.get(c) or "" for c in self.identity_columns])
        return side

    def _raw_key(self, raw):
        return self.spec.key.join.join([raw.get(c) or "" for c in self.spec.key.columns])

    def _evidence(self, side, raw):
        for name, column in self.spec.evidence.items():
            text = raw.get(column)
            if text is None:
                continue
            if name in TIME_EVIDENCE:
                side.us[name] = self.moment(text, self.spec.zone)
            elif name in NUMBER_EVIDENCE:
                side.numbers[name] = self._plain_number(text)
            else:
                side.text[name] = text.strip()
        for name, column in self.spec.times.items():
            moment = self.moment(raw.get(column), self.spec.zone)
            if moment is not None:
                side.times[name] = moment
        if "event" not in side.us and self.event_column and "created" in self.spec.evidence:
            side.us["event"] = side.us.get("created")
        for dimension, column in self.dimensions:
            if dimension not in side.text:
                side.text[dimension] = (raw.get(column) or "").strip()

    def _plain_number(self, text):
        try:
            return read_number(text)
        except Unreadable:
            return None
