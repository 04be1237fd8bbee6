"""Which values can the database read by itself, so that a million rows need no Python?

Each function gives a pair of SQL texts over the column `col`: the canonical value, and a test that is true where
the value is of the plain form the database may read (or empty). All other rows go through values.py, once per
distinct text. Dialect: DuckDB.
"""

from __future__ import annotations

import re

from reconciliation.values import MICRO, fixed_offset_us

PLAIN_NUMBER = r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?"
PLAIN_STAMP = r"(199[2-9]|20[0-4][0-9])-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"


def quote_name(name):
    return '"' + name.replace('"', '""') + '"'


def quote_text(text):
    return "'" + text.replace("'", "''") + "'"


def number_sql(col):
    """Decimal text of plain form → BIGINT millionths."""
    plain = f"regexp_full_match({col}, '{PLAIN_NUMBER}')"
    return f"CASE WHEN {plain} THEN CAST(CAST({col} AS DECIMAL(24,6)) * {MICRO} AS BIGINT) END", plain


def time_sql(col, zone):
    """ISO stamp with Z or without offset (then in `zone`, when that zone never changes) → BIGINT µs."""
    offset = fixed_offset_us(zone)
    with_z = f"regexp_full_match({col}, '{PLAIN_STAMP}Z')"
    read_z = f"epoch_us(TRY_CAST(left({col}, length({col}) - 1) AS TIMESTAMP))"
    if offset is None:
        return f"CASE WHEN {with_z} THEN {read_z} END", f"({with_z} AND {read_z} IS NOT NULL)"
    bare = f"regexp_full_match({col}, '{PLAIN_STAMP}')"
    read = f"epoch_us(TRY_CAST({col} AS TIMESTAMP)) - {offset}"
    value = f"CASE WHEN {bare} THEN {read} WHEN {with_z} THEN {read_z} END"
    return value, f"({value} IS NOT NULL)"


def number_quick(col):
    """(SQL, plain test) that gives the same value as number_sql where the test holds, and anything elsewhere."""
    return f"CAST(TRY_CAST({col} AS DECIMAL(24,6)) * {MICRO} AS BIGINT)", f"regexp_full_match({col}, '{PLAIN_NUMBER}')"


def time_quick(col, zone):
    """(SQL, plain test) that gives the same value as time_sql where the test holds, and anything elsewhere."""
    offset, read = fixed_offset_us(zone), f"epoch_us(TRY_CAST({col} AS TIMESTAMP))"
    ending = "Z" if offset is None else "Z?"
    moved = f"({read} - CASE WHEN ends_with({col}, 'Z') THEN 0 ELSE {offset} END)" if offset else read
    return moved, f"(regexp_full_match({col}, '{PLAIN_STAMP}{ending}') AND {read} IS NOT NULL)"


ASCII = "[!-~ ]*"


def smooth_sql(col, steps):
    """(SQL, plain test) of values.smooth without prefixes, for text of printable ASCII."""
    sql = col
    for step in steps:
        sql = {
            "trim": f"trim({sql})",
            "nfkc": sql,
            "upper": f"upper({sql})",
            "strip_zeros": _zeros_sql(sql),
            "no_space": f"replace({sql}, ' ', '')",
            "no_punctuation": f"regexp_replace({sql}, '[^0-9A-Za-z]', '', 'g')",
        }[step]
    if "strip_zeros" in steps:
        sql = _zeros_sql(sql)
    return f"nullif({sql}, '')", f"regexp_full_match(coalesce({col}, ''), '{ASCII}')"


def key_sql(cols, rule):
    """(SQL, plain test) of a whole key; the same as values.smooth_key for texts of printable ASCII."""
    parts = [smooth_sql(col, rule.normalise) for col in cols]
    plain = " AND ".join(p for _, p in parts)
    if len(parts) == 1:
        cut = _cut_sql(parts[0][0], rule)
        return (_zeros_sql(cut) if "strip_zeros" in rule.normalise and cut != parts[0][0] else cut), plain
    joined = f" || {quote_text(rule.join)} || ".join(f"coalesce({sql}, '')" for sql, _ in parts)
    blank = " AND ".join(f"({sql}) IS NULL" for sql, _ in parts)
    return f"CASE WHEN {blank} THEN NULL ELSE {_cut_sql(joined, rule)} END", plain


def smooth_already(cols, rule):
    """A test of texts that are their own key, whatever the rule does to others: cheap, and true of most. Or ""."""
    if len(cols) > 1 or rule.strip_prefix or rule.strip_suffix:
        return ""
    col, steps = cols[0], rule.normalise
    letters = "A-Z" if "upper" in steps else "A-Za-z"
    if "no_punctuation" in steps or "no_space" in steps:
        others = f"1-9{letters}" if "no_punctuation" in steps else f"!-/1-@{letters}[-`{{-~"
        first = others if "strip_zeros" in steps else f"0{others}"
        return f"regexp_full_match({col}, '[{first}][0{others}]*')"
    # All ASCII, and neither end is a blank: those sort before "!".
    test = f"{col} >= '!' AND strlen({col}) = length({col}) AND {col}[-1] >= '!'"
    test += f" AND {col} = upper({col})" if "upper" in steps else ""
    return test + (f" AND NOT starts_with({col}, '0')" if "strip_zeros" in steps else "")


def _cut_sql(sql, rule):
    """The first prefix and the first suffix that fit are cut, unless nothing would be left."""
    prefixes = "|".join(re.escape(w) for w in rule.strip_prefix if w)
    if prefixes:
        sql = f"regexp_replace({sql}, {quote_text(f'^(?:{prefixes})(.+)$')}, '\\1')"
    cases = " ".join(f"WHEN ends_with({sql}, {quote_text(w)}) AND length({sql}) > {len(w)} "
                     f"THEN left({sql}, length({sql}) - {len(w)})" for w in rule.strip_suffix if w)
    return f"(CASE {cases} ELSE {sql} END)" if cases else sql


def _zeros_sql(sql):
    """Leading zeros go, the last one stays; `sql` stands once, so that nested steps do not grow."""
    return f"regexp_replace({sql}, '^0+(.)', '\\1')"
