"""How does each part of a mapping become a small function over raw rows?"""
import json
from functools import partial

from integrations import converters
from integrations.expressions import compile_expression
from integrations.text_functions import as_text
from integrations.time_dialects import DIALECTS, read_time, utc_text, zone_named
from integrations.unreadable import BadMapping, BadValue
from orders.statement import FACTS, STATUSES

CONVERTERS = ("text", "code", "quantity", "money", "price", "currency", "integer", "time")
_AXIS_OF = {(axis, status) for axis, statuses in STATUSES.items() for status in statuses}
FIELDS = {
    "status", "axis", "quantity_m", "shipped_m", "unit", "amount_minor", "currency", "unit_price_u",
    "customer",
    "customer_name", "tier", "credit_limit_minor", "material", "material_name", "bom_revision", "plant",
    "warehouse", "sales_team", "requested_at", "promised_at", "forecast_at", "ordered_at", "posted_at",
    "carrier", "waybill", "on_hand_m", "safety_stock_m", "hold_kind", "pack_m",
    "list_price_minor", "supplier", "supplier_name", "carrier_name",
}


def _put(field, convert):
    """A reader that stores what `convert(row, draft)` gives under `field` in the statement's data."""
    def read(row, draft):
        value = convert(row, draft)
        if value is not None:
            draft.data[field] = value
        return value
    return read


def _is_blank(value):
    return value is None or (isinstance(value, str) and not value.strip())


class Compiler:
    """Turns the parts of one spec into reader functions."""

    def __init__(self, spec):
        self.tables = spec.get("tables", {})
        self.zone_name = spec.get("zone", "")
        self.currency = spec.get("currency", "")
        self.units = {
            name: {unit: (base, converters.unit_factor(factor)) for unit, (base, factor) in table.items()}
            for name, table in spec.get("units", {}).items()
        }

    # where a value comes from

    def source_name(self, part):
        part = part["from"] if isinstance(part, dict) and "from" in part else part
        return " + ".join(part) if isinstance(part, list) else str(part)

    def source(self, part):
        """A function row -> raw value, from an expression, several joined by blanks, or const."""
        if isinstance(part, dict) and "const" in part:
            return partial(_constant, part["const"])
        expression = part.get("from") if isinstance(part, dict) else part
        if isinstance(expression, list):
            return _joined([compile_expression(each, self.tables) for each in expression])
        if not expression:
            raise BadMapping("MISSING_PART", field="from")
        return compile_expression(expression, self.tables)

    def text(self, part, limit=None):
        read = self.source(part)
        table = self.table(part["table"]) if isinstance(part, dict) and part.get("table") else None
        if table is None:
            return lambda row: converters.clean_text(read(row), limit)
        return lambda row: _coded(table, converters.clean_text(read(row)), part["table"])

    def table(self, name):
        if not isinstance(self.tables.get(name), dict):
            raise BadMapping("UNKNOWN_TABLE", table=name)
        return self.tables[name]

    # times

    def moment(self, part):
        """A function row -> (aware UTC datetime or None, raw value)."""
        read = self.source(part)
        options = part if isinstance(part, dict) else {}
        dialect, zone_name = options.get("dialect", "iso"), options.get("zone", self.zone_name)
        if dialect not in DIALECTS:
            raise BadMapping("UNKNOWN_DIALECT", dialect=dialect)
        zone = zone_named(zone_name) if zone_name else None

        def moment_of(row):
            raw = read(row)
            return (None, raw) if _is_blank(raw) else (read_time(raw, dialect, zone), raw)
        return moment_of

    def occurred(self, part):
        moment_of, name = self.moment(part), self.source_name(part)
        zone = (part.get("zone") if isinstance(part, dict) else "") or self.zone_name

        def occurred(row):
            moment, raw = moment_of(row)
            if moment is None:
                raise BadValue("MISSING_VALUE", field=name)
            written = raw if isinstance(raw, str) else json.dumps(raw, default=str)
            return moment, written[:60], zone
        return occurred

    def _time(self, part, field):
        moment_of = self.moment(part)

        def convert(row, draft):
            moment, _ = moment_of(row)
            return None if moment is None else utc_text(moment)
        return convert

    # the parts of a statement that are not canonical fields

    def parts(self, spec):
        made = []
        for name, build in (
            ("order_kind", self._extra_code), ("actor_kind", self._extra_code),
            ("sequence", self._extra_number), ("closed", self._extra_flag),
            ("retracts", self._extra_flag), ("status", self._status),
        ):
            if name in spec:
                part = spec[name]
                required = isinstance(part, dict) and part.get("required")
                made.append((name, build(part, name), self.source_name(part) if required else ""))
        return made

    def _extra_code(self, part, name):
        read = self.text(part)

        def take(row, draft):
            value = read(row)
            if value:
                draft.extra[name] = value
            return value
        return take

    def _extra_number(self, part, name):
        read = self.source(part)

        def take(row, draft):
            raw = read(row)
            if _is_blank(raw):
                return None
            draft.extra[name] = converters.whole_number(raw)
            return draft.extra[name]
        return take

    def _extra_flag(self, part, name):
        read = self.source(part)

        def take(row, draft):
            raw = read(row)
            if raw is None:
                return None
            draft.extra[name] = converters.yes_or_no(raw)
            return draft.extra[name]
        return take

    def _status(self, part, name):
        read, table = self.source(part), self.table(part["table"])
        for pair in table.values():
            if not isinstance(pair, (list, tuple)) or tuple(pair) not in _AXIS_OF:
                raise BadMapping("UNKNOWN_STATUS", value=str(pair))

        def take(row, draft):
            code = converters.clean_text(read(row), limit=60)
            if not code:
                return None
            draft.extra["status_raw"] = code
            if code not in table:
                raise BadValue("STATUS_UNMAPPED", value=code)
            draft.data["axis"], draft.data["status"] = table[code]
            return code
        return take

    # canonical fields

    def fields(self, parts):
        made = []
        for field, part in parts.items():
            if field not in FIELDS:
                raise BadMapping("UNKNOWN_FIELD", field=field)
            convert = self._converter(part)(part, field)
            required = isinstance(part, dict) and part.get("required")
            made.append((field, _put(field, convert), self.source_name(part) if required else ""))
        return made

    def facts(self, parts):
        for code in parts:
            if code not in FACTS:
                raise BadMapping("UNKNOWN_FIELD", field=code)
        return [(code, self._time(part, code)) for code, part in parts.items()]

    def _converter(self, part):
        kind = part.get("as", "text") if isinstance(part, dict) else "text"
        builder = getattr(self, f"_{kind}", None) if kind in CONVERTERS else None
        if builder is None:
            raise BadMapping("UNKNOWN_CONVERTER", converter=str(kind))
        return builder

    def _text(self, part, field):
        read = self.text(part, limit=(part.get("max") if isinstance(part, dict) else None) or 300)
        return lambda row, draft: read(row) or None

    def _code(self, part, field):
        self.table(part.get("table", ""))
        read = self.text(part)
        return lambda row, draft: read(row)

    def _quantity(self, part, field):
        read, decimal, rounding = self.source(part), part.get("decimal", "."), bool(part.get("round"))
        unit_of = self._unit(part)

        def convert(row, draft):
            raw = read(row)
            if _is_blank(raw):
                return None
            return converters.quantity_m(raw, unit_of(row, draft), decimal, rounding)
        return convert

    def _unit(self, part):
        """A function (row, draft) -> factor to the base unit; it also notes raw and base unit."""
        if "unit" not in part:
            return lambda row, draft: 1
        read = self.source(part["unit"] if isinstance(part["unit"], dict) else {"from": part["unit"]})
        item = self.source(part["unit_of"]) if part.get("unit_of") else None
        if part.get("units") not in self.units:
            raise BadMapping("UNKNOWN_TABLE", table=str(part.get("units")))
        table = self.units[part["units"]]

        def factor(row, draft):
            raw = converters.clean_text(read(row), 20) or ""
            found = (item and table.get(f"{converters.clean_text(item(row))}/{raw}")) or table.get(raw)
            if found is None:
                raise BadValue("UNKNOWN_UNIT", value=raw)
            draft.data["unit"], draft.extra["unit_raw"] = found[0], raw
            return found[1]
        return factor

    def _money(self, part, field):
        read, decimal, rounding = self.source(part), part.get("decimal", "."), bool(part.get("round"))
        currency_of = self.source(part["currency"]) if part.get("currency") else None
        declared = self.currency

        def convert(row, draft):
            raw = read(row)
            if _is_blank(raw):
                return None
            currency = converters.currency_code(currency_of(row) if currency_of else declared)
            amount = converters.minor_units(raw, currency, decimal, rounding)
            draft.data.setdefault("currency", currency)
            return amount
        return convert

    def _price(self, part, field):
        read, decimal = self.source(part), part.get("decimal", ".")
        per_of = self.source(part["per"] if isinstance(part["per"], dict) else {"from": part["per"]}) \
            if part.get("per") else None

        def convert(row, draft):
            raw = read(row)
            if _is_blank(raw):
                return None
            per = converters.whole_number(per_of(row)) if per_of else 1
            if per < 1:
                raise BadValue("UNREADABLE_NUMBER", value=str(per))
            return converters.millionths(raw, per, decimal)
        return convert

    def _currency(self, part, field):
        read = self.source(part)

        def convert(row, draft):
            raw = read(row)
            return None if _is_blank(raw) else converters.currency_code(raw)
        return convert

    def _integer(self, part, field):
        read, decimal = self.source(part), part.get("decimal", ".")

        def convert(row, draft):
            raw = read(row)
            return None if _is_blank(raw) else converters.whole_number(raw, decimal)
        return convert


def _constant(value, row):
    return value


def _joined(readers):
    def read(row):
        parts = [as_text(reader(row)) for reader in readers]
        # A date without its time is still a date; a time without its date is nothing.
        return None if not parts[0] else " ".join(part for part in parts if part)
    return read


def _coded(table, code, name):
    if not code:
        return None
    if code not in table:
        raise BadValue("CODE_UNMAPPED", value=code[:60], table=name)
    return table[code]
