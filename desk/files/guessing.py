"""Which columns of two files belong together, and what kind of value do they hold? Pure; guesses for a person to mend.

By the names people give columns in Chinese and English, and by content: the key is where both files hold the same
values, and columns whose values agree on the rows that share a key belong together, whatever they are called.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from reconciliation.values import Unreadable, read_decimal

SAMPLE = 5_000
CONCEPTS = {
    "key": (
        "订单号",
        "订单编号",
        "单号",
        "单据号",
        "单据编号",
        "编号",
        "凭证",
        "合同号",
        "order no",
        "orderno",
        "order number",
        "order id",
        "doc",
        "so no",
        "so number",
        "po number",
        "reference",
        "ref",
        "voucher",
        "number",
        "order",
        "id",
        "key",
    ),
    "quantity": (
        "数量",
        "件数",
        "实发",
        "实收",
        "出库量",
        "入库量",
        "发货量",
        "qty",
        "quantity",
        "pieces",
        "pcs",
        "count",
        "units",
    ),
    "money": ("金额", "总价", "价税", "货款", "合计", "单价", "amount", "total", "price", "value", "sum"),
    "time": ("时间", "日期", "交期", "过账", "date", "time", "posted", "booked", "shipped at", "at", "when", "day"),
    "code": ("状态", "类型", "status", "state", "type", "stage"),
    "unit": ("单位", "unit", "uom"),
    "currency": ("币种", "币别", "货币", "currency", "ccy"),
    "item": ("物料", "料号", "品号", "产品", "货号", "sku", "item", "material", "part", "article", "product"),
    "customer": ("客户", "购货", "买方", "customer", "buyer", "client", "consignee"),
    "warehouse": ("仓库", "库位", "warehouse", "location", "store"),
    "person": ("经办", "制单", "操作", "人员", "owner", "user", "by", "operator"),
}
# Words that stand in names of many kinds; any other word goes before them.
WEAK = {"order", "number", "id", "key", "ref", "at", "by", "day", "编号"}
TYPES = {"quantity": "quantity", "money": "money", "time": "time", "code": "code"}
YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{6})?")
YEARS = range(1990, 2100)
CENTS = re.compile(r".*\d[.,]\d\d\D*")
SIGN = re.compile(r"[¥$€￥£元]|\b(CNY|RMB|USD|EUR)\b")
CUT = 0.75  # what is the same only after cutting counts less than what is the same as it stands
MOST_CODES = 30  # different values a column of codes has at most
PREFIX = re.compile(r"[A-Z\u4e00-\u9fff]+[-_/#]?")


@dataclass
class Column:
    """One column of a sample. `kind` is what its values look like: number, time, text or nothing."""

    place: int
    name: str
    values: list
    concept: str = ""
    kind: str = "nothing"
    uniqueness: float = 0.0
    filled: float = 0.0
    raw: list = field(default_factory=list)  # as written


@dataclass
class Pairing:
    """A guess: which columns are the keys, what to cut in front of them, and which others belong together."""

    key_a: int = 0
    key_b: int = 0
    prefix_a: str = ""
    prefix_b: str = ""
    is_loose: bool = False  # the keys meet only without punctuation and leading zeros
    shared: int = 0  # keys found in both samples
    fields: list = field(default_factory=list)  # [(place in a, place in b, type)]


def smooth(value):
    """A value as keys and codes are compared: plain width, no blanks around, capitals."""
    return unicodedata.normalize("NFKC", "" if value is None else str(value)).strip().upper()


def describe(header, rows):
    """Columns of a header and sample rows (lists of text or None)."""
    columns = []
    for place, name in enumerate(header):
        values = [smooth(row[place]) if place < len(row) else "" for row in rows[:SAMPLE]]
        given = [value for value in values if value]
        columns.append(
            Column(
                place,
                name,
                values,
                concept_of(name),
                _kind(given),
                len(set(given)) / len(given) if given else 0,
                len(given) / len(values) if values else 0,
                [row[place] if place < len(row) else None for row in rows[:SAMPLE]],
            )
        )
    return columns


def concept_of(name):
    """What a column's name speaks of: a key of CONCEPTS, or ""; the longest word found decides."""
    plain = re.sub(r"[_\-./()（）\s]+", " ", name).strip().casefold()
    found = [
        (0 if word in WEAK else len(word), concept)
        for concept, words in CONCEPTS.items()
        for word in words
        if (re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", plain) if word.isascii() else word in plain)
    ]
    return max(found)[1] if found else ""


def _kind(given):
    if not given:
        return "nothing"
    few = given[:300]
    if sum(bool(days_of(value)) for value in few) > 0.8 * len(few):
        return "time"
    if sum(_number(value) is not None for value in few) > 0.8 * len(few):
        return "number"
    return "text"


def days_of(value):
    """The days a value may mean, as dates; several where day and month may be either. Empty: it is no date."""
    if match := YEAR_FIRST.match(value) or COMPACT.fullmatch(value):
        found = [_day(*match.groups()[:3])]
    elif match := YEAR_LAST.match(value):
        one, other, year = match.groups()
        found = [_day(year, other, one), _day(year, one, other)]
    else:
        found = []
    return {day for day in found if day}


def _day(year, month, day):
    try:
        return date(int(year), int(month), int(day)) if int(year) in YEARS else None
    except ValueError:
        return None


def pair(a, b, keys=(None, None)):
    """The Pairing of two lists of Columns; `keys` are the places of key columns that are known already."""
    best, guess = -1.0, Pairing(*[place or 0 for place in keys])
    for one in _asked(a, keys[0]):
        for other in _asked(b, keys[1]):
            score, cut, is_loose = _key_score(one, other)
            if score > best:
                best, guess = score, Pairing(one.place, other.place, *cut, is_loose)
    rows = _joined(a, b, guess)
    guess.shared = len(rows)
    guess.fields = _fields(a, b, guess, rows)
    return guess


def _asked(columns, place):
    return columns if place is None else [one for one in columns if one.place == place]


def loosened(value):
    """A smoothed value without punctuation and without zeros in front."""
    return re.sub(r"[\W_]+", "", value).lstrip("0")


def common_prefix(values):
    """Letters that stand before every key, such as WMS-; "" when they do not all have the same."""
    found = {match.group() if (match := PREFIX.match(value)) else "" for value in values[:SAMPLE] if value}
    return found.pop() if len(found) == 1 else ""


def _key_score(one, other):
    """How well two columns would do as the key, what to cut in front of each, and whether they meet only loosely."""
    if not one.filled or not other.filled:
        return -1.0, ("", ""), False
    if "key" not in (one.concept, other.concept) and (one.kind == other.kind == "time" or _counts(one, other)):
        return -1.0, ("", ""), False  # days, or the numbers of the rows, agree by chance
    plain = _overlap(set(one.values), set(other.values))
    cut, best = ("", ""), plain
    prefixes = common_prefix(one.values), common_prefix(other.values)
    if plain < 0.5 and any(prefixes) and prefixes[0] != prefixes[1]:
        bare = _overlap(
            {v.removeprefix(prefixes[0]) for v in one.values}, {v.removeprefix(prefixes[1]) for v in other.values}
        )
        if bare > plain:
            cut, best = prefixes, CUT * bare
    is_loose = False
    if best < 0.5:
        loose = _overlap({loosened(v) for v in one.values}, {loosened(v) for v in other.values})
        if CUT * loose > best:
            cut, best, is_loose = ("", ""), CUT * loose, True
    named = 0.25 * (one.concept == "key") + 0.25 * (other.concept == "key")
    if {"quantity", "money"} & {one.concept, other.concept}:
        best *= 0.5  # numbers that happen to be the same
    length = min(1.0, max((len(value) for value in one.values), default=0) / 6)
    return 2 * best * min(one.uniqueness, other.uniqueness) * (0.5 + 0.5 * length) + named, cut, is_loose


def _counts(one, other):
    """Do both columns only number their rows?"""
    return all(
        column.kind == "number" and column.values == [str(number + 1) for number in range(len(column.values))]
        for column in (one, other)
    )


def _overlap(one, other):
    one, other = one - {""}, other - {""}
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _joined(a, b, guess):
    """[(row in a, row in b)] of the keys both samples hold."""
    if not a or not b:
        return []
    read = loosened if guess.is_loose else str
    places = {read(key.removeprefix(guess.prefix_b)): row for row, key in enumerate(b[guess.key_b].values) if key}
    return [
        (row, places[bare])
        for row, key in enumerate(a[guess.key_a].values)
        if key and (bare := read(key.removeprefix(guess.prefix_a))) in places
    ]


def _fields(a, b, guess, rows):
    scored = sorted(
        (
            (_field_score(one, other, rows), one.place, other.place)
            for one in a
            for other in b
            if one.place != guess.key_a and other.place != guess.key_b
        ),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    taken_a, taken_b, found = set(), set(), []
    for score, place_a, place_b in scored:
        if score < 0.6 or place_a in taken_a or place_b in taken_b:
            continue
        taken_a.add(place_a)
        taken_b.add(place_b)
        found.append((place_a, place_b, type_of(a[place_a], b[place_b])))
    return sorted(found)


def _field_score(one, other, rows):
    if "nothing" in (one.kind, other.kind) or (one.kind != other.kind and "text" not in (one.kind, other.kind)):
        return 0.0
    same = (
        sum(_same(one.values[r], other.values[s], one.kind) for r, s in rows[:1000]) / len(rows[:1000])
        if rows
        else 0.0
    )
    concept = 0.6 if one.concept and one.concept == other.concept else 0.0
    clash = 0.5 if one.concept and other.concept and one.concept != other.concept else 0.0
    name = 0.4 if one.name.casefold() == other.name.casefold() else 0.0
    # Columns with one value everywhere agree by chance.
    telling = 1.0 if min(one.uniqueness, other.uniqueness) * max(len(rows), 1) > 2 else 0.4
    agree = max(telling * same, 0.7 * _one_to_one(one, other, rows))
    return concept + name + agree + (0.1 if one.kind == other.kind else 0.0) - clash


def _one_to_one(one, other, rows):
    """1.0 when each code of one column goes with one code of the other (shipped with 已发货); 0.0 when not."""
    if one.kind != "text" or other.kind != "text":
        return 0.0
    forth, back = defaultdict(Counter), defaultdict(Counter)
    for r, s in rows[:1000]:
        forth[one.values[r]][other.values[s]] += 1
        back[other.values[s]][one.values[r]] += 1
    if not 2 <= len(forth) <= MOST_CODES or not 2 <= len(back) <= MOST_CODES or len(rows) < 3 * len(forth):
        return 0.0
    pure = min(_purity(forth, len(rows[:1000])), _purity(back, len(rows[:1000])))
    return 1.0 if pure >= 0.9 else 0.0


def _purity(told, count):
    return sum(max(values.values()) for values in told.values()) / count


def _same(one, other, kind):
    if one == other:
        return bool(one)
    if kind == "number":
        return _number(one) is not None and _number(one) == _number(other)
    if kind == "time":
        return any(abs((a - b).days) <= 1 for a in days_of(one) for b in days_of(other))  # a zone may shift a day
    return False


def _number(text):
    """The number, with or without its currency; None when it is none."""
    try:
        return read_decimal(SIGN.sub("", text).strip())
    except Unreadable:
        return None


def type_of(one, other):
    """The type of a compared field of docs/profile.md."""
    kinds = {one.kind, other.kind}
    concept = one.concept if one.concept in TYPES else other.concept
    if kinds == {"time"}:
        return "time"
    if kinds == {"number"}:
        if concept in ("quantity", "money"):
            return TYPES[concept]
        return "money" if _looks_like_money(one) or _looks_like_money(other) else "number"
    return "code" if concept == "code" or (_holds_codes(one) and _holds_codes(other)) else "text"


def date_order(column):
    """How a column of dates such as 03/04/2026 is written: "day" or "month" first; "" when the year comes first."""
    parts = [match.groups() for value in column.values if (match := YEAR_LAST.match(value))]
    if column.kind != "time" or not parts:
        return ""
    return "month" if any(int(second) > 12 for _first, second, _year in parts) else "day"


def _looks_like_money(column):
    """With a currency beside it, or to the cent throughout."""
    given = [value for value in column.values if value][:300]
    return bool(given) and (
        sum(bool(SIGN.search(value)) for value in given) > 0.5 * len(given)
        or sum(bool(CENTS.fullmatch(value)) for value in given) > 0.95 * len(given)
    )


def _holds_codes(column):
    """A few values again and again."""
    given = [value for value in column.values if value]
    return column.kind == "text" and 1 < len(set(given)) <= min(MOST_CODES, len(given) / 5)
