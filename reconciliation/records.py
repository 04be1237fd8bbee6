"""How do the hub's own records of one system look to a comparison: which SQL, which evidence, which texts?

Pure text: no connection here. Columns of a profile are names of a record's fields (`quantity_m`, `facts.shipped`) or
of the record itself (`order_number`, `status_raw`). The suffix tells the scale: _m thousandths, _minor minor units of
the currency, _u millionths.
"""

from __future__ import annotations

from datetime import UTC, datetime

from reconciliation.reading_sql import quote_text
from reconciliation.values import MICRO, show_number, show_time

# Which of a record's columns serve as evidence, unless the profile says otherwise.
EVIDENCE = {
    "event": "occurred_at", "received": "received_at", "created": "first_received_at", "promised": "promised_at",
    "version": "version", "sequence": "sequence", "received_version": "max_version", "actor": "actor",
    "actor_kind": "actor_kind", "message_id": "message_id", "payload_hash": "payload_hash", "batch": "batch",
    "parent": "parent_key", "closed": "closed", "device": "device", "warehouse": "warehouse", "item": "material",
    "customer": "customer", "raw_unit": "unit_raw", "mapping_version": "mapping_version", "shipped": "shipped_m",
    "unit": "unit",
}
OWN_TEXT = {"key", "order_number", "line_number", "parent_entity", "parent_key", "status_raw", "unit_raw", "version",
            "mapping_version", "message_id", "batch", "actor_kind", "actor", "device", "payload_hash", "max_version"}
OWN_TIME = {"occurred_at", "received_at", "first_received_at"}
OWN_OTHER = {"sequence", "closed"}
DIMENSION_COLUMNS = {"warehouse": "warehouse", "device": "device", "item": "material", "customer": "customer",
                     "actor": "actor", "batch": "batch", "raw_code": "status_raw", "raw_unit": "unit_raw",
                     "mapping_version": "mapping_version"}
NO_MINOR = ("JPY", "KRW", "VND")
STAMP = r"^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](\.[0-9]{1,6})?Z$"
GLOB_STAMP = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]*Z"


def scale_of(column):
    """Millionths in one of a column's units."""
    return 1000 if column.endswith("_m") else 1 if column.endswith("_u") else MICRO


def raw_column(field, system):
    """The column that shows what the source itself wrote."""
    column = field.columns[system]
    return "status_raw" if column == "status" else column


class RecordSql:
    """SQL of one system's records in one dialect ('sqlite' or 'postgres')."""

    def __init__(self, profile, system, dialect):
        self.profile, self.system, self.dialect = profile, system, dialect
        self.spec = profile.systems[system]

    def select(self, by_id=False):
        """(SELECT text with two %s: system id and entity, names of its v_/b_/c_ columns). `by_id`: see records."""
        items = ["r.id AS rid", f"{self.key()} AS k", f"CASE WHEN {self.scope()} THEN 1 ELSE 0 END AS inside",
                 "1 AS chosen", f"{self.moment('occurred_at')} AS ev"]
        names = []
        for name, field in self.profile.fields.items():
            if self.system in field.columns:
                for letter, sql in self.field(field):
                    items.append(f'{sql} AS "{letter}_{name}"')
                    names += [f"{letter}_{name}"] if letter in "vbc" else []
        items += [f"{self.text(column)} AS d_{name}" for name, column in DIMENSION_COLUMNS.items()]
        return f"SELECT {', '.join(items)} FROM {self.records(by_id)} WHERE {self.mine()}", names

    def records(self, by_id=False):
        """The table of records r. Asked for ids, SQLite without statistics would go over all records of the system."""
        return f"orders_sourcerecord r{' NOT INDEXED' if by_id and self.dialect == 'sqlite' else ''}"

    def mine(self):
        """The condition of this system's records, with two %s: system id and entity."""
        return "r.system_id = %s AND r.entity = %s AND r.is_retracted = " + self._false()

    def one_column(self, column, where="1 = 1"):
        """SELECT of one column as text (x), its hour (h) and whether it takes part, of all records; two %s."""
        hour = f"coalesce({self.moment('occurred_at')}, 0) / 3600000000"
        inside = f"CASE WHEN {self.scope()} THEN 1 ELSE 0 END"
        text = self.text(column) if column else "''"
        return (f"SELECT {text} AS x, {hour} AS h, {inside} AS inside FROM orders_sourcerecord r "
                f"WHERE {self.mine()} AND {where}")

    def _false(self):
        return "0" if self.dialect == "sqlite" else "false"

    def key(self):
        """Smoothed key: the steps both databases know (trim, upper, strip_zeros), prefixes and suffixes."""
        parts = [_smoothed(f"coalesce({self.text(c)}, '')", self.spec.key.normalise) for c in self.spec.key.columns]
        joined = f" || {quote_text(self.spec.key.join)} || ".join(parts)
        blank = " AND ".join(f"{p} = ''" for p in parts)
        return f"CASE WHEN {blank} THEN NULL ELSE {self._cut(joined)} END"

    def _cut(self, sql):
        cases = " ".join(f"WHEN substr({sql}, 1, {len(p)}) = {quote_text(p)} THEN substr({sql}, {len(p) + 1})"
                         for p in self.spec.key.strip_prefix)
        return f"(CASE {cases} ELSE {sql} END)" if cases else sql

    def scope(self):
        tests = [self._test(t) for t in self.spec.scope]
        return " AND ".join(f"coalesce({t}, {self._false()})" for t in tests) or "1 = 1"

    def _test(self, test):
        column, values = f"coalesce({self.text(test.column)}, '')", [quote_text(v) for v in test.values]
        listed = ", ".join(values)
        starts = " OR ".join(f"substr({column}, 1, {len(v)}) = {quote_text(v)}" for v in test.values)
        return {"in": f"{column} IN ({listed})", "equals": f"{column} = {values[0]}",
                "not_in": f"{column} NOT IN ({listed})", "from": f"{column} >= {values[0]}",
                "before": f"{column} < {values[0]}", "prefix": f"({starts})",
                "not_prefix": f"NOT ({starts})"}[test.op]

    # --- fields -----------------------------------------------------------------------------------------

    def field(self, field):
        """[(letter, SQL)]: v value, b unreadable, c currency, r raw text."""
        column = field.columns[self.system]
        if field.type == "time":
            value = self.moment(column)
            bad = f"CASE WHEN {self.text(column)} IS NOT NULL AND {value} IS NULL THEN 1 ELSE 0 END"
            return [("v", value), ("b", bad)]
        if field.is_number:
            return self._number(field, column)
        return [("v", self._meant(field, column)), ("b", "0"), ("r", self.text(raw_column(field, self.system)))]

    def _meant(self, field, column):
        """A code or text as the profile's own map has it: by what the system wrote, else by what the hub made of it,
        else by that smoothed."""
        plain, raw = self.text(column), self.text(raw_column(field, self.system))
        smoothed = self._smoothed_text(plain, field.normalise) if field.type == "text" else plain
        cases = " ".join(f"WHEN trim({sql}) = {_quoted(text)} THEN {_quoted(code)}"
                         for sql in dict.fromkeys((raw, plain, smoothed))
                         for text, code in sorted(field.means_in(self.system).items()) if code)
        return f"(CASE {cases} ELSE {smoothed} END)" if cases else smoothed

    def _smoothed_text(self, sql, steps):
        """By the steps that both databases know, as a key is; what is nothing but zeros stays one."""
        if not steps:
            return sql
        sql = _smoothed(sql, [step for step in steps if step != "strip_zeros"])
        if "strip_zeros" in steps:
            sql = f"(CASE WHEN {sql} <> '' THEN coalesce(nullif(ltrim({sql}, '0'), ''), '0') END)"
        return f"nullif({sql}, '')"

    def _number(self, field, column):
        text = self.text(column)
        scale = str(scale_of(column))
        plain = self._is_whole(text, 12 if scale_of(column) == MICRO else 13)
        items = []
        if field.type == "money":
            currency = f"upper(coalesce({self.text('currency')}, {quote_text(field.currency)}))"
            listed = ", ".join(quote_text(c) for c in NO_MINOR)
            scale = f"(CASE WHEN {currency} IN ({listed}) THEN {MICRO} ELSE {MICRO // 100} END)"
            items = [("c", f"nullif({currency}, '')")]
        return [("v", f"CASE WHEN {plain} THEN CAST({text} AS BIGINT) * {scale} END"),
                ("b", f"CASE WHEN {text} IS NOT NULL AND NOT ({plain}) THEN 1 ELSE 0 END"), *items]

    def _is_whole(self, text, most):
        """A whole number of at most so many digits: its millionths, and the difference of two, fit 64 bits."""
        if self.dialect == "postgres":
            return f"{text} ~ '^-?[0-9]{{1,{most}}}$'"
        digits = f"(CASE WHEN substr({text}, 1, 1) = '-' THEN substr({text}, 2) ELSE {text} END)"
        return f"({digits} NOT GLOB '*[^0-9]*' AND length({digits}) BETWEEN 1 AND {most})"

    def text(self, column):
        """A column as text, NULL when blank."""
        if column in OWN_TEXT:
            sql = f"r.{column}"
        elif column in OWN_OTHER or column in OWN_TIME:
            sql = f"CAST(r.{column} AS text)"
        elif self.dialect == "postgres":
            sql = "(r.data #>> '{" + ",".join(_part(p) for p in column.split(".")) + "}')"
        else:
            path = "$" + "".join(f'."{_part(p)}"' for p in column.split("."))
            sql = f"CAST(json_extract(r.data, '{path}') AS text)"
        return f"nullif({sql}, '')"

    def moment(self, column):
        """A time column as µs since 1970, NULL when there is none or it is no stamp."""
        if self.dialect == "postgres":
            if column in OWN_TIME:
                return f"CAST(extract(epoch from r.{column}) * 1000000 AS bigint)"
            text = self.text(column)
            return (f"CASE WHEN {text} ~ '{STAMP}' "
                    f"THEN CAST(extract(epoch from CAST({text} AS timestamptz)) * 1000000 AS bigint) END")
        text = f"r.{column}" if column in OWN_TIME else self.text(column)
        fraction = f"(CASE WHEN substr({text}, 20, 1) = '.' THEN " \
                   f"CAST(substr(rtrim(substr({text}, 21), 'Z') || '000000', 1, 6) AS INTEGER) ELSE 0 END)"
        micro = f"CAST(strftime('%%s', substr({text}, 1, 19)) AS INTEGER) * 1000000 + {fraction}"
        return micro if column in OWN_TIME else f"CASE WHEN {text} GLOB '{GLOB_STAMP}' THEN {micro} END"


def _smoothed(sql, steps):
    for step in steps:
        sql = {"trim": f"trim({sql})", "upper": f"upper({sql})", "strip_zeros": f"ltrim({sql}, '0')",
               "no_space": f"replace({sql}, ' ', '')"}.get(step, sql)
    return sql


def _quoted(text):
    """A text in a statement that takes parameters."""
    return quote_text(text).replace("%", "%%")


def _part(name):
    """A name inside a JSON path; it comes from a profile, so nothing but plain characters is let in."""
    return "".join(c for c in name if c.isalnum() or c in "_-")


# --- one record as texts --------------------------------------------------------------------------------


def record_text(record, column):
    """What a record (dict of its columns, `data` parsed) says in `column`, as a file would have it; or None."""
    if column in OWN_TEXT or column in OWN_OTHER or column in OWN_TIME:
        value = record.get(column)
    else:
        value = record["data"]
        for part in column.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return show_time(micro_of(value))
    if isinstance(value, int) and column not in OWN_OTHER:
        return show_number(value * _scale_in(record, column))
    return str(value)


def _scale_in(record, column):
    if column.endswith("_minor"):
        return MICRO if str(record["data"].get("currency", "")).upper() in NO_MINOR else MICRO // 100
    return scale_of(column)


def micro_of(moment):
    """µs since 1970 of an aware datetime."""
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * MICRO + delta.microseconds
