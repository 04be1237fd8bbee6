"""In what are two spellings of one key apart: leading zeros, width, blanks, case, look-alike letters?"""

from __future__ import annotations

import re
import unicodedata
from itertools import combinations

# Letters of other alphabets that look like Latin capitals: both rows letter by letter.
TWINS = str.maketrans("АВЕЅІЈКМНОРСТУХҮԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXYQWABEZHIKMNOPTYX")
FIGURES = str.maketrans("OILQ", "0110")  # capitals that are read as figures


def plain_letters(text):
    """Capitals in Latin letters, where other alphabets have one that looks the same."""
    return text.upper().translate(TWINS)


def as_figures(text):
    """Capitals that look like figures taken as these: two keys alike in this may be one, and may be two."""
    return plain_letters(text).translate(FIGURES)


STEPS = {
    "width": lambda t: unicodedata.normalize("NFKC", t),
    "blanks": lambda t: re.sub(r"\s+", "", t),
    "case": str.upper,
    "look_alike": lambda t: t.translate(TWINS).translate(FIGURES),
    "signs": lambda t: re.sub(r"[^\w\s]|_", "", t),
    "zeros": lambda t: re.sub(r"(?<![0-9])0+(?=[0-9])", "", t),
    "letters": lambda t: re.sub(r"^[^\W\d]+|[^\W\d]+$", "", t),
}
NAMES = {
    "width": ("full-width characters", "全角字符"), "blanks": ("blanks", "空格"), "case": ("letter case", "大小写"),
    "look_alike": ("look-alike letters", "形近字符"), "signs": ("hyphens and other signs", "短横线等符号"),
    "zeros": ("leading zeros", "前导零"), "letters": ("letters before or after the number", "首尾字母"),
}


def how_apart(x, y):
    """The fewest names of STEPS that make `x` and `y` equal, in that order; [] where none do."""
    for size in range(1, len(STEPS) + 1):
        for steps in combinations(STEPS, size):
            if _after(x, steps) == _after(y, steps):
                return list(steps)
    return []


def _after(text, steps):
    for name in steps:
        text = STEPS[name](text)
    return text
