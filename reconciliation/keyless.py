"""In which rows of a file is the key not filled in, as the person who opens the file counts them?"""

from __future__ import annotations

from pathlib import Path

from kernel.tables import TableRefusal, read_table
from reconciliation.rows import columns_of
from reconciliation.sources import BIG, as_text
from reconciliation.values import smooth_key

READ_AT_MOST = 500_000  # rows: whoever has more of them looks for the rest with a filter


def locate_keyless(profile, inputs, differences, most=3):
    """Tell the difference about rows without a key which rows they are. `inputs` {system: SourceFile}."""
    for one in differences:
        if one.facts.get("rows"):
            for name in one.facts["rows"]:
                numbers = _numbers(profile, name, inputs[name], most)
                one.facts.setdefault("where", {})[name] = {
                    "file": Path(inputs[name].given).name, **({"numbers": numbers} if numbers else {})}


def _numbers(profile, name, source, most):
    spec = profile.systems[name]
    wanted, parent = columns_of(profile, name), profile.cardinality.many.get(name)
    found, seen = [], 0
    for number, row in _rows(source, spec):
        cells = {c: _written(row.get(c), profile.empty_words) for c in wanted}
        seen += 1
        if not smooth_key(spec.key, *(cells[c] for c in spec.key.columns)) and not (parent and cells[parent]) \
                and any(cells.values()) and all(_takes_part(cells, test) for test in spec.scope):
            found.append(number)
        if len(found) == most or seen == READ_AT_MOST:
            break
    return found


def _rows(source, spec):
    """(row number, {column: cell}) of a file; a parquet file's rows are counted from 1."""
    if source.encoding == "parquet":
        from reconciliation import parquet  # noqa: PLC0415 — csv, which most files are, needs none of it

        yield from enumerate(parquet.rows_of(source.given), start=1)
        return
    try:
        table = read_table(source.given, sheet=spec.sheet or None, encoding=spec.encoding or None, limits=BIG)
        try:
            for number, cells in table.rows:
                yield number, dict(zip(table.header, cells, strict=True))
        finally:
            table.close()
    except TableRefusal:
        return  # it was read another way: the rows stay uncounted


def _written(cell, empty_words):
    text = (as_text(cell) or "").strip()
    return "" if text in empty_words else text


def _takes_part(cells, test):
    text, values = cells[test.column], test.values
    return {
        "in": text in values, "not_in": text not in values, "equals": text == (values or ("",))[0],
        "from": text >= (values or ("",))[0], "before": text < (values or ("",))[0],
        "prefix": text.startswith(values or ("",)), "not_prefix": not (values and text.startswith(values)),
    }[test.op]
