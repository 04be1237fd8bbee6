"""Which rows does this csv file hold, in which encoding, and where does it break?"""
import codecs
import csv
import io
import re
from collections import Counter

from kernel.table_parts import refuse

CSV_ENCODINGS = ("utf-8", "gb18030")
DELIMITERS = ",;\t|"
MOST_LINE = 8_000_000


def csv_rows(path, encoding, delimiter, limits, table):
    table.encoding = _known_encoding(encoding) if encoding else _detect_encoding(path, table)
    with path.open(encoding=table.encoding, newline="") as stream:
        sample = _sample(stream)
        stream.seek(0)
        said = re.match(r"sep=(.)\r?\n", sample)
        if said:
            stream.readline()
        table.delimiter = delimiter or (said[1] if said else _sniff(sample))
        yield from _records(stream, table.delimiter, limits, start=1 if said else 0)


def _known_encoding(name):
    """The encoding a person has named; UTF-8 with or without a mark."""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        raise refuse("encoding") from None
    return "utf-8-sig" if known == "utf-8" else known


def _sample(stream):
    try:
        return stream.read(64 * 1024)
    except UnicodeDecodeError:
        raise refuse("encoding") from None


def _records(stream, delimiter, limits, start):
    number = start
    line_before = 0
    reader = csv.reader(_clean_lines(stream), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _Nul:
            raise refuse("nul", row=number + 1) from None
        except _LongLine:
            raise refuse("long_field", str(limits.cell_chars), row=number + 1) from None
        except csv.Error as error:
            raise _csv_refusal(error, number + 1, reader.line_num - line_before, limits) from None
        except UnicodeDecodeError:
            raise refuse("encoding", row=number + 1) from None
        number += 1
        line_before = reader.line_num
        if number > limits.rows:
            raise refuse("too_many_rows", str(limits.rows))
        if any(len(cell) > limits.cell_chars for cell in cells):
            raise refuse("long_field", str(limits.cell_chars), row=number)
        yield number, [cell if cell.strip() else None for cell in cells[: limits.columns]]


class _Nul(Exception):
    pass


class _LongLine(Exception):
    pass


def _clean_lines(stream):
    """Lines without NUL, none longer than memory allows."""
    while line := stream.readline(MOST_LINE):
        if "\x00" in line:
            raise _Nul
        if len(line) >= MOST_LINE:
            raise _LongLine
        yield line


def _csv_refusal(error, row, lines, limits):
    text = str(error)
    if "end of data" in text or ("larger than field limit" in text and lines > 1):
        return refuse("unclosed_quote", row=row)
    if "larger than field limit" in text:
        return refuse("long_field", str(csv.field_size_limit()), row=row)
    return refuse("bad_quote", text, row=row)


def _detect_encoding(path, table):
    """One encoding that decodes the whole file; told by its mark, else tried and noted as guessed."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    guesses = _utf16_guess(start) or CSV_ENCODINGS
    for name in guesses:
        if _decodes(path, name):
            if name != "utf-8":  # text that is valid UTF-8 by chance is rarer than any file we shall see
                table.note(0, 0, "encoding_guessed", name.upper())
            return name
    raise refuse("encoding")


def _utf16_guess(start):
    """UTF-16 without a mark shows as NUL in every second byte of plain characters."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) * 5 > len(start) and min(even, odd) * 20 < len(start):
        return ("utf-16-le",) if odd > even else ("utf-16-be",)
    return ()


def _decodes(path, name):
    decoder = codecs.getincrementaldecoder(name)("strict")
    with path.open("rb") as stream:
        try:
            for chunk in iter(lambda: stream.read(1 << 20), b""):
                # Plain ASCII needs no look, unless a character began in the chunk before.
                if name not in CSV_ENCODINGS or not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _sniff(sample):
    """The delimiter that cuts most sample rows into the same number (above one) of fields."""
    best = max(DELIMITERS, key=lambda mark: (*_evenness(sample, mark), -DELIMITERS.index(mark)))
    return best if _evenness(sample, best)[0] else ","


def _evenness(sample, mark):
    widths = Counter()
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=mark):
            if len(cells) > 1:
                widths[len(cells)] += 1
            if sum(widths.values()) > 50:
                break
    except csv.Error:
        pass
    if not widths:
        return 0, 0
    width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    return count, width
