"""What do the tables beside the comparison say: code maps, unit factors, rates, prices, and the message log?

Every column is optional and known under several names (docs/profile.md). Effective-dated rows are found by time;
a row without a date has always held.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from reconciliation.errors import CannotRun, gettext_noop
from reconciliation.values import Unreadable, read_decimal, read_time, smooth_key

LONG_AGO = -(2**62)
ALIASES = {
    "system": ("system", "source", "source_system", "receiver", "系统"),
    "field": ("field", "字段"),
    "raw": ("raw", "raw_code", "source_code", "external_code", "external", "code", "from", "原代码", "外部编码"),
    "canonical": ("canonical", "target", "internal_code", "internal", "means", "status", "to", "标准代码", "内部编码"),
    "item": ("item", "sku", "material", "material_code", "product", "物料", "物料编码", "料号"),
    "unit": ("unit", "uom", "raw_unit", "单位"),
    "factor": ("factor", "ratio", "qty_per_unit", "pieces", "换算系数", "系数"),
    "from_currency": ("from_currency", "from", "base", "currency", "原币"),
    "to_currency": ("to_currency", "to", "quote", "本币"),
    "rate": ("rate", "fx_rate", "tax_rate", "汇率", "税率"),
    "price": ("price", "unit_price", "单价"),
    "customer": ("customer", "customer_code", "客户", "客户编码"),
    "old": ("old", "old_item", "superseded", "from", "旧料号", "旧编码"),
    "new": ("new", "new_item", "replacement", "successor", "to", "新料号", "新编码"),
    "revision": ("revision", "bom_revision", "bom", "bom_version", "version", "版本"),
    "version": ("version", "mapping_version", "message_version", "source_version", "版本"),
    "sequence": ("sequence", "seq", "序号"),
    "key": ("key", "order", "order_no", "order_number", "document", "订单号", "单号"),
    "outcome": ("outcome", "status", "result", "state", "结果", "状态"),
    "error": ("error", "reason", "error_message", "message", "错误", "原因"),
    "received": ("received", "received_at", "ingest", "ingested_at", "at", "time", "接收时间"),
    "message_id": ("message_id", "msg_id", "message", "消息号"),
    "payload_hash": ("payload_hash", "hash", "报文指纹"),
    "batch": ("batch", "batch_id", "批次"),
    "kind": ("kind", "type", "charge", "类型"),
    "amount": ("amount", "value", "金额"),
    "name": ("name", "milestone", "event", "节点"),
    "valid_from": ("valid_from", "effective_from", "from_date", "start", "date", "published_at", "生效日期"),
    "valid_to": ("valid_to", "effective_to", "to_date", "until", "end", "失效日期"),
}
TABLES = {
    "codes": ("system", "field", "raw", "canonical", "version", "valid_from", "valid_to"),
    "units": ("system", "item", "unit", "factor", "valid_from", "valid_to"),
    "rates": ("from_currency", "to_currency", "rate", "valid_from"),
    "prices": ("item", "customer", "price", "valid_from", "valid_to"),
    "items": ("system", "raw", "canonical", "valid_from", "valid_to"),
    "customers": ("system", "raw", "canonical", "valid_from", "valid_to"),
    "replacements": ("old", "new", "valid_from"),
    "boms": ("item", "revision", "valid_from", "valid_to"),
    "mappings": ("system", "field", "version", "valid_from", "valid_to"),
    "messages": ("system", "key", "version", "sequence", "outcome", "error", "received", "message_id",
                 "payload_hash", "batch"),
    "charges": ("key", "kind", "amount"),
    "milestones": ("system", "key", "name", "received"),
    "taxes": ("rate",),
}
REFUSED = {"refused", "rejected", "error", "failed", "dead", "dead_letter", "invalid", "parked", "拒绝", "失败", "错误"}


@dataclass(frozen=True, slots=True)
class Message:
    """One message a receiving system got for a key. `at_us` 0 when the log does not say."""

    system: str
    key: str
    version: str
    refused: bool
    error: str
    at_us: int
    message_id: str
    payload_hash: str
    batch: str
    error_zh: str = ""


@dataclass
class Dated:
    """Values with the time from which (and up to which) each holds."""

    rows: list = field(default_factory=list)  # (from_us, to_us, value)

    def add(self, start, end, value):
        self.rows.append((start, end, value))

    def settle(self):
        self.rows.sort(key=lambda r: (r[0], r[1], str(r[2])))

    def at(self, us):
        """The value that held at `us` (None: the latest), or None."""
        if us is None:
            return self.rows[-1][2] if self.rows else None
        position = bisect_right(self.rows, us, key=lambda r: r[0])
        for _start, end, value in reversed(self.rows[:position]):
            if us < end:
                return value
        return None

    def before(self, us):
        """[(value, from_us, to_us)] that held earlier than the one in force at `us`, newest first."""
        current = self.at(us)
        limit = us if us is not None else 2**62
        return [(v, s, e) for s, e, v in reversed(self.rows) if s <= limit and v != current]

    @property
    def is_dated(self):
        return any(s != LONG_AGO or e != 2**62 for s, e, _ in self.rows)


class Lookups:
    """All tables of one run, ready to be asked. Build with `Lookups(rows_by_table, zone, normalise_key)`."""

    def __init__(self, tables=None, zone="UTC", smooth_key=lambda system, text: text):
        self.zone = zone
        self.given = {}
        self.codes = defaultdict(Dated)
        self.units = defaultdict(Dated)
        self.rates = defaultdict(Dated)
        self.prices = defaultdict(Dated)
        self.xref = {"items": defaultdict(Dated), "customers": defaultdict(Dated)}
        self.replaced_by, self.boms, self.mappings = {}, defaultdict(Dated), defaultdict(Dated)
        self.messages, self.charges, self.milestones = defaultdict(list), defaultdict(list), defaultdict(list)
        self.batches = defaultdict(set)
        self.taxes = []
        for name, rows in sorted((tables or {}).items()):
            if name not in TABLES:
                raise CannotRun(gettext_noop("There is no table “%(name)s”; known are: %(choices)s."),
                                name=name, choices=", ".join(sorted(TABLES)))
            self._load(name, rows, smooth_key)
        self._settle()

    def _load(self, name, rows, smooth_key):
        count, load = 0, getattr(self, f"_load_{name}", None)
        for raw in rows:
            row = named_columns(name, raw)
            count += 1
            if load:
                load(row)
            else:
                self._load_keyed(name, row, smooth_key)
        self.given[name] = count

    def _settle(self):
        for group in (self.codes, self.units, self.rates, self.prices, *self.xref.values(), self.boms, self.mappings):
            for dated in group.values():
                dated.settle()
        for messages in self.messages.values():
            messages.sort(key=lambda m: (m.at_us, m.version, m.message_id, m.payload_hash, m.batch))

    def _span(self, row):
        start, end = self._when(row.get("valid_from")), self._when(row.get("valid_to"))
        return (LONG_AGO if start is None else start), (2**62 if end is None else end)

    def _when(self, text):
        try:
            return read_time(text or "", self.zone)
        except Unreadable as error:
            raise CannotRun(gettext_noop("A table holds a date that cannot be read: “%(value)s”."),
                            value=text) from error

    def _load_codes(self, row):
        value = (row.get("canonical", ""), row.get("version", ""))
        self.codes[row.get("field", ""), row.get("system", ""), row.get("raw", "")].add(*self._span(row), value)

    def _load_units(self, row):
        factor = _number(row.get("factor"))
        if factor is not None and factor <= 0:
            raise CannotRun(gettext_noop("The table “units” gives “%(unit)s” the factor %(value)s; it must be larger "
                                         "than zero."), unit=row.get("unit", ""), value=row.get("factor"))
        if factor is not None:
            self.units[row.get("item", ""), row.get("unit", "").upper()].add(*self._span(row), factor)

    def _load_rates(self, row):
        rate = _number(row.get("rate"))
        if rate:
            self.rates[row.get("from_currency", ""), row.get("to_currency", "")].add(*self._span(row), rate)

    def _load_prices(self, row):
        price = _number(row.get("price"))
        if price is not None:
            self.prices[row.get("item", ""), row.get("customer", "")].add(*self._span(row), price)

    def _load_items(self, row):
        self.xref["items"][row.get("system", ""), row.get("raw", "")].add(*self._span(row), row.get("canonical", ""))

    def _load_customers(self, row):
        target = self.xref["customers"]
        target[row.get("system", ""), row.get("raw", "")].add(*self._span(row), row.get("canonical", ""))

    def _load_replacements(self, row):
        self.replaced_by[row.get("old", "")] = row.get("new", "")

    def _load_boms(self, row):
        self.boms[row.get("item", "")].add(*self._span(row), row.get("revision", ""))

    def _load_mappings(self, row):
        self.mappings[row.get("system", "")].add(*self._span(row), row.get("version", ""))

    def _load_taxes(self, row):
        rate = _number(row.get("rate"))
        if rate:
            self.taxes.append(rate / 100 if rate > 1 else rate)

    def _load_keyed(self, name, row, smooth_key):
        system = row.get("system", "")
        key = smooth_key(system, row.get("key", ""))
        if name == "messages":
            self._load_message(system, key, row)
        elif name == "charges":
            amount = _number(row.get("amount"))
            if amount:
                self.charges[key].append((row.get("kind", ""), amount))
        elif name == "milestones":
            at = self._when(row.get("received") or row.get("valid_from"))
            if at is not None:
                self.milestones[key].append((row.get("name", ""), at, system))

    def _load_message(self, system, key, row):
        refused = row.get("outcome", "").lower() in REFUSED or bool(not row.get("outcome") and row.get("error"))
        message = Message(system, key, row.get("version", "") or row.get("sequence", ""), refused,
                          row.get("error", ""), self._when(row.get("received")) or 0,
                          row.get("message_id", ""), row.get("payload_hash", ""), row.get("batch", ""),
                          row.get("error_zh", ""))
        self.messages[system, key].append(message)
        if message.payload_hash:
            self.batches[system, key, message.payload_hash].add(message.batch)

    def code(self, codes_name, system, raw, at_us=None):
        """(canonical, map version) of a raw code, or None when the map does not know it."""
        for field_name in (codes_name, ""):
            for system_name in (system, ""):
                dated = self.codes.get((field_name, system_name, raw))
                if dated:
                    return dated.at(at_us) or dated.rows[-1][2]
        return None

    def has_codes(self, codes_name):
        return any(name in (codes_name, "") for name, _, _ in self.codes)

    def unit(self, item, unit):
        """Dated factors of a unit: the item's own first, then the general one; None when unknown."""
        return self.units.get((item, unit.upper())) or self.units.get(("", unit.upper()))

    def cross(self, table, system, raw):
        """Dated internal codes of an outside code, or None."""
        xref = self.xref.get(table, {})
        return xref.get((system, raw)) or xref.get(("", raw))

    def price(self, item, customer):
        return self.prices.get((item, customer)) or self.prices.get((item, ""))


def lookups_of(profile, tables):
    """Lookups with keys smoothed as the profile's systems smooth theirs."""
    default = next(iter(profile.systems.values())).key

    def as_key(system, text):
        return smooth_key(profile.systems[system].key if system in profile.systems else default, text)

    own = [{"unit": unit, "factor": factor} for f in profile.fields.values() for unit, factor in f.factors.items()]
    beside = {**tables, "units": [*tables.get("units", ()), *own]} if own else tables
    return Lookups(beside, profile.zone, as_key)


def named_columns(table, raw):
    """`raw` row (column → text) under our column names; the first alias present wins."""
    lower = {str(k).strip().lower(): ("" if v is None else str(v).strip()) for k, v in raw.items()}
    return {name: next((lower[a] for a in ALIASES[name] if a in lower), "") for name in TABLES[table]}


def _number(text):
    try:
        number = read_decimal(text or "")
    except Unreadable as error:
        raise CannotRun(gettext_noop("A table holds a number that cannot be read: “%(value)s”."), value=text) from error
    return Decimal(number) if number is not None else None
