"""How do rows leave the hub as a csv file that a spreadsheet opens without running any of it?"""
import csv
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from kernel.plain_text import DANGEROUS, as_text, clean_text


def csv_text(value, zone=None):
    """One csv cell; a text that a spreadsheet would run gets an apostrophe in front, a number never does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, datetime):
        local = value.astimezone(zone) if zone and value.tzinfo else value
        return local.isoformat(sep=" ", timespec="seconds")
    text = clean_text(value if isinstance(value, str) else as_text(value))
    return "'" + text if text.lstrip(" \u3000\n\ufeff").startswith(DANGEROUS) else text


def write_csv(target, header, rows, *, zone="UTC"):
    """Write utf-8 with a byte-order mark (so that Excel reads Chinese) to a path or binary stream."""
    zone = zone if not isinstance(zone, str) else ZoneInfo(zone)
    if not hasattr(target, "write"):
        with open(target, "wb") as stream:
            return write_csv(stream, header, rows, zone=zone)
    for chunk in csv_chunks(header, rows, zone=zone):
        target.write(chunk)


def csv_chunks(header, rows, *, zone=None):
    """The same file as bytes, row by row, for a streaming answer."""
    pieces = _Pieces()
    writer = csv.writer(pieces, lineterminator="\r\n")
    writer.writerow([csv_text(str(name)) for name in header])
    yield b"\xef\xbb\xbf" + pieces.take()
    for row in rows:
        writer.writerow([csv_text(value, zone) for value in row])
        yield pieces.take()


class _Pieces(list):
    write = list.append

    def take(self):
        text = "".join(self)
        self.clear()
        return text.encode("utf-8")
