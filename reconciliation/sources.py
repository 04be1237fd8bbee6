"""Which text columns does this file hold, whatever its form: csv in any usual encoding, xlsx, parquet?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from kernel.tables import Limits, TableRefusal, read_table
from reconciliation.errors import CannotRun, gettext_noop
from reconciliation.rounded import KEPT

BIG = Limits(file_bytes=1 << 40, rows=1 << 40, seconds=1800)
CHUNK = 50_000
TOO_LONG = 10**KEPT


@dataclass(slots=True)
class SourceFile:
    """One input, ready for an engine. `form` is csv (read directly) or parquet (the file, or our copy of it)."""

    path: str
    given: str
    form: str
    header: list
    sha256: str
    encoding: str = ""
    delimiter: str = ","
    notes: list = field(default_factory=list)  # what a person should know of it, the first ones as they stand there
    counts: dict = field(default_factory=dict)  # {code of a note: how often}
    rounded: set = field(default_factory=set)  # long numbers out of number cells, as text: their last digits are lost


def open_source(path, spill, *, sheet="", encoding=""):
    """SourceFile of `path`. What plain csv readers cannot take as it is gets copied to parquet in folder `spill`."""
    given, path = str(path), Path(path)
    if not path.is_file():
        raise CannotRun(gettext_noop("There is no file “%(path)s”."), path=given)
    digest = _sha256(path)
    with path.open("rb") as stream:
        if stream.read(4) == b"PAR1":
            return SourceFile(str(path), given, "parquet", _parquet_header(path, given), digest, "parquet")
    try:
        return _open_table(path, given, digest, spill, sheet, encoding)
    except TableRefusal as refusal:
        raise CannotRun(gettext_noop("%(path)s: %(reason)s"), path=given, reason=str(refusal)) from refusal


def copy_to_parquet(source, spill, *, sheet="", encoding=""):
    """The same file read row by row by the strict reader, as parquet; for csv that a fast reader refuses."""
    try:
        table = read_table(source.given, sheet=sheet or None, encoding=encoding or None, limits=BIG)
        return _copied(table, source.given, source.sha256, spill)
    except TableRefusal as refusal:
        raise CannotRun(gettext_noop("%(path)s: %(reason)s"), path=source.given, reason=str(refusal)) from refusal


def _open_table(path, given, digest, spill, sheet, encoding):
    table = read_table(path, sheet=sheet or None, encoding=encoding or None, limits=BIG)
    plain = table.kind == "csv" and table.encoding in ("utf-8", "utf-8-sig") and table.header_row == 1
    if plain and not table.notes:
        table.close()
        return SourceFile(str(path), given, "csv", table.header, digest, table.encoding, table.delimiter)
    return _copied(table, given, digest, spill)


def _copied(table, given, digest, spill):
    from reconciliation import parquet  # noqa: PLC0415 — csv, which most files are, needs none of it

    target = Path(spill) / f"{digest[:16]}-{len(list(Path(spill).iterdir()))}.parquet"
    rounded = set()
    parquet.write_texts(target, table.header, _chunks(table.rows, rounded))
    return SourceFile(str(target), given, "parquet", table.header, digest, table.encoding, table.delimiter,
                      list(table.notes), dict(table.counts), rounded)


def _chunks(rows, rounded):
    """Rows of texts, some at a time; long numbers out of number cells are added to `rounded` on the way."""
    chunk = []
    for _number, cells in rows:
        chunk.append([as_text(c) for c in cells])
        rounded |= {as_text(c) for c in cells if isinstance(c, (int, Decimal)) and abs(c) >= TOO_LONG}
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    yield chunk


def as_text(cell):
    """A spreadsheet cell as the text a person would have typed; None stays None."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _parquet_header(path, given):
    from reconciliation import parquet  # noqa: PLC0415 — csv, which most files are, needs none of it

    header = parquet.header_of(path)
    if header is None:
        raise CannotRun(gettext_noop("%(path)s is not a readable parquet file."), path=given)
    return header


def _sha256(path):
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
