"""Which keys came out of a spreadsheet's number cell with more digits than it keeps?"""

from __future__ import annotations

KEPT = 15  # digits of a number that a spreadsheet keeps; the others become zeros or noise


def mark_rounded(inputs, differences):
    """Note of each missing key which systems have it from such a cell. `inputs` {system: SourceFile}."""
    for one in differences:
        if one.kind == "missing":
            rounded = tuple(sorted(n for n, s in one.sides.items() if s.written in inputs[n].rounded))
            if rounded:
                one.facts["rounded"] = rounded


def kept_digits(key):
    """(number of digits, those that a spreadsheet keeps) of a key that is one long number, else ()."""
    figures = key.lstrip("0")
    return (len(figures), figures[:KEPT]) if figures.isdecimal() and len(figures) > KEPT else ()
