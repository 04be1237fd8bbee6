"""Which keys came out of a spreadsheet's number cell with more digits than it keeps?"""

from __future__ import annotations

import re
from decimal import Decimal

KEPT = 15  # digits of a number that a spreadsheet keeps; the others become zeros or noise


def mark_rounded(inputs, differences):
    """Note of each missing key which systems have it from such a cell. `inputs` {system: SourceFile}."""
    for one in differences:
        if one.kind == "missing":
            rounded = tuple(sorted(n for n, s in one.sides.items() if s.written in inputs[n].rounded))
            if rounded:
                one.facts["rounded"] = rounded


E_NOTATION = re.compile(r"[1-9](\.[0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)


def kept_digits(key):
    """(number of digits, those that a spreadsheet keeps) of a key that is one long number, written out or with all of
    these digits in E-notation; else ()."""
    figures = written_out(key)
    return (len(figures), figures[:KEPT]) if figures.isdecimal() and len(figures) > KEPT else ()


def written_out(key):
    """A long number's figures; of E-notation those it stands for, where it shows as many as a spreadsheet keeps."""
    if E_NOTATION.fullmatch(key):
        shown = sum(sign.isdigit() for sign in re.split("[Ee]", key)[0])
        return str(int(Decimal(key))) if shown >= KEPT - 1 else ""  # a last zero is not shown
    return key.lstrip("0")


def is_cut(key):
    """Does a key look like what a spreadsheet leaves of a long number: E-notation, or zeros after 15 digits?"""
    figures = kept_digits(key)
    return bool(E_NOTATION.fullmatch(key)) or bool(figures) and not written_out(key)[KEPT:].strip("0")
