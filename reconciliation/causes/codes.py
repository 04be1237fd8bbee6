"""Why do two codes or texts differ: a lost zero, a cut end, another spelling, another item?"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from reconciliation.causes.pairs import text_pairs
from reconciliation.causes.registry import Reason, rule
from reconciliation.rounded import KEPT

TEXTS = ("text", "code")
SCIENTIFIC = re.compile(r"^[+-]?\d(\.\d+)?[eE]\+?\d{1,2}$")
CODINGS = (("utf-8", "gb18030"), ("utf-8", "gbk"), ("utf-8", "latin-1"), ("utf-8", "cp1252"), ("gb18030", "latin-1"),
           ("gb18030", "cp1252"), ("gb18030", "utf-8"), ("utf-8", "big5"), ("gb18030", "big5"))


@rule("WIDTH_CASE_SPACE", family="codes", precedence=130, types=TEXTS,
      en="{systems} writes “{wrong}” for “{right}”: only width, case or spaces differ.",
      zh="{systems} 写作“{wrong}”，应为“{right}”：仅全半角、大小写或空格不同。")
def width_case_space(one, world):
    return _same_text(one, world, lambda x, y: folded(x) == folded(y), {})


def folded(text):
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def _same_text(one, world, test, evidence):
    for _a, b, x, y in text_pairs(one, world):
        if x != y and test(x, y):
            return Reason(systems=(b.system,), evidence={"right": x, "wrong": y, **evidence})
    return None


@rule("LEADING_ZERO", family="codes", precedence=131, types=TEXTS,
      en="{systems} lost or gained leading zeros: “{wrong}” for “{right}”.",
      zh="{systems} 前导零不一致：“{wrong}”，应为“{right}”。")
def leading_zero(one, world):
    return _same_text(one, world, same_but_zeros, {})


def same_but_zeros(x, y):
    x, y = x.strip(), y.strip()
    return x != y and x.lstrip("0") == y.lstrip("0") != ""


@rule("SCIENTIFIC_NOTATION", family="codes", precedence=132, types=TEXTS, version=2,
      en="{systems} holds the code as a spreadsheet number: “{wrong}” instead of “{right}”.",
      zh="{systems} 的编码被表格软件转成了科学计数：“{wrong}”，应为“{right}”。")
def scientific_notation(one, world):
    return _same_text(one, world, lambda x, y: is_scientific(y, x) or is_scientific(x, y), {})


def is_scientific(short, full):
    """Is `short` the E-notation of the digits `full`, rounded to the digits it shows? A spreadsheet cuts before it
    rounds: of a longer number it has kept the first 15 digits."""
    if not SCIENTIFIC.match(short.strip()) or not full.strip().isdigit():
        return False
    try:
        value = Decimal(short.strip())
    except InvalidOperation:
        return False
    places = len(short.strip().upper().split("E")[0].replace(".", "").lstrip("+-"))
    figures = full.strip()
    kept = figures[:KEPT] + "0" * (len(figures) - KEPT) if figures[0] != "0" else figures
    return value in {Decimal(f"{Decimal(digits):.{places - 1}e}") for digits in (figures, kept)}


@rule("ENCODING", family="codes", precedence=133, types=TEXTS,
      en="{systems} was read with the wrong encoding ({coding:coding}).",
      zh="{systems} 的文字被按错误的编码读取（{coding:coding}）。")
def encoding(one, world):
    for _a, b, x, y in text_pairs(one, world):
        for good, bad in ((x, y), (y, x)):
            coding = wrong_coding(good, bad)
            if coding:
                return Reason(systems=(b.system,), evidence={"coding": coding, "right": good, "wrong": bad})
    return None


def wrong_coding(good, bad):
    """'utf-8 → gbk' when `bad` is `good` written in one encoding and read in another, else ""."""
    if good.isascii():
        return ""
    for written, read in CODINGS:
        data = good.encode(written, errors="ignore")
        for errors in ("strict", "replace", "ignore"):
            try:
                if data.decode(read, errors=errors) == bad:
                    return f"{written} → {read}"
            except UnicodeDecodeError:
                continue
    lost = re.sub(r"[^\x00-\x7f]", "?", good)
    twice = re.sub(r"[^\x00-\x7f]", "??", good)
    return "→ ascii" if bad in (lost, twice) or bad == re.sub(r"[^\x00-\x7f]", "\ufffd", good) else ""


@rule("TRUNCATED", family="codes", precedence=134, types=TEXTS,
      en="{systems} cuts the text at {length} characters: “{wrong}” of “{right}”.",
      zh="{systems} 把内容截断为 {length} 个字符：“{wrong}”，原为“{right}”。")
def truncated(one, world):
    for a, b, x, y in text_pairs(one, world):
        for full, cut, side in ((x, y, b), (y, x, a)):
            if len(cut) < len(full) and full.startswith(cut) and len(cut) >= 3:
                longest = world.longest(side.system, one.field)
                at_limit = len(cut) == longest
                if not at_limit and (len(cut) < 4 or world.count(side.system, one.field, cut) > 3):
                    continue
                return Reason("certain" if at_limit else "hypothesis", (side.system,), 2 if at_limit else 1, {
                    "length": len(cut), "wrong": cut, "right": full, "longest_there": longest})
    return None


@rule("SUPERSEDED_ITEM", family="codes", precedence=140, types=TEXTS, version=2,
      en="{systems} still uses the superseded item {old}; its successor is {new}.",
      zh="{systems} 仍在用已被替代的料号 {old}，新料号为 {new}。")
def superseded_item(one, world):
    for a, b, _x, _y in text_pairs(one, world):
        for side, other in ((b, a), (a, b)):
            known = codes_of(other, one.field)
            for old in codes_of(side, one.field):
                new = world.successor(old)
                if new and new in known:
                    return Reason(systems=(side.system,), evidence={"old": old, "new": new})
    return None


def codes_of(side, name):
    """What a side calls it: as written, and as the cross reference reads it."""
    return list(dict.fromkeys(str(code).strip() for code in (side.raw.get(name), side.values.get(name)) if code))


@rule("STALE_BOM", family="codes", precedence=141, types=TEXTS,
      en="{systems} uses revision {old} of {item}; {new} is in force{since:since}.",
      zh="{systems} 使用 {item} 的版本 {old}，现行版本为 {new}{since:since}。")
def stale_bom(one, world):
    at = world.event_of(one)
    for a, b, x, y in text_pairs(one, world):
        item = a.text.get("item") or b.text.get("item") or ""
        dated = world.revisions(item)
        if not dated:
            continue
        for old, new, side in ((y, x, b), (x, y, a)):
            earlier = {v for v, _s, _e in dated.before(at)}
            if old.strip() in earlier and dated.at(at) == new.strip():
                return Reason(systems=(side.system,), evidence={
                    "old": old.strip(), "new": new.strip(), "item": item, "since": world.since(dated, at)})
    return None


@rule("XREF_MISSING", family="codes", precedence=150, types=TEXTS,
      en="The cross reference does not know the code “{raw}” of {systems}.",
      zh="对照表中没有 {systems} 的编码“{raw}”。")
def xref_missing(one, world):
    field = world.profile.fields[one.field]
    if not field.xref or not world.has_table(field.xref):
        return None
    for _a, b, _x, y in text_pairs(one, world) + [(b, a, y, x) for a, b, x, y in text_pairs(one, world)]:
        if world.xref_applies(field, b.system) and not world.cross(field.xref, b.system, y.strip()) \
                and not world.is_inside_code(field, y.strip()):
            return Reason(systems=(b.system,), evidence={"raw": y.strip(), "table": field.xref})
    return None


@rule("XREF_WRONG", family="codes", precedence=151, types=TEXTS, version=2,
      en="{systems} takes “{right}” for “{wrong}” in {hits} of {rows} rows: a wrong cross reference.",
      zh="{systems} 把“{right}”当作“{wrong}”，{rows} 行中有 {hits} 行：对照关系有误。")
def xref_wrong(one, world):
    for a, b, x, y in text_pairs(one, world):
        right, wrong = a.values.get(one.field), b.values.get(one.field)
        hits = world.wrong_text(one.field, a.system, right, b.system, wrong)
        rows = world.count(a.system, one.field, x)
        if hits >= 5 and hits * 10 >= rows * 3 and not _is_of_the_map(one, world, a, b, x, y) \
                and not _are_revisions(world, a, b, x, y):
            return Reason("group", (b.system,), evidence={"right": x, "wrong": y, "hits": hits, "rows": rows})
    return None


def _is_of_the_map(one, world, a, b, x, y):
    """Is one of the codes in no map, or is it there with a wrong meaning? Then nobody has taken one for the other."""
    field = world.profile.fields[one.field]
    return field.type == "code" and any(
        not world.knows_code(field, side.system, raw) or is_mismapped(world, field, side, raw, other)
        for side, raw, other in ((a, x, b), (b, y, a)))


def is_mismapped(world, field, side, raw, other):
    """Do at least five, and 95 of a hundred rows with this code disagree in the same way?"""
    hits = world.wrong_code(field.name, side.system, raw, other.values.get(field.name))
    return hits >= 5 and hits * 100 >= world.count(side.system, field.name, raw) * 95


def _are_revisions(world, a, b, x, y):
    """Two revisions of one item: which of them is in force is no matter of a cross reference."""
    dated = world.revisions(a.text.get("item") or b.text.get("item") or "")
    return bool(dated) and {x.strip(), y.strip()} <= {value for _start, _end, value in dated.rows}


@rule("TYPO", family="codes", precedence=160, types=TEXTS,
      en="{systems} is mistyped: “{wrong}” for “{right}”.", zh="{systems} 录入有误：“{wrong}”，应为“{right}”。")
def typo(one, world):
    for a, b, x, y in text_pairs(one, world):
        for good, bad, side, other in ((x, y, b, a), (y, x, a, b)):
            if not is_one_slip(good, bad):
                continue
            if not world.count(other.system, one.field, bad) and world.count(side.system, one.field, bad) <= 3:
                return Reason(systems=(side.system,), evidence={"wrong": bad, "right": good})
    return None


def is_one_slip(x, y):
    """One substitution, or one exchange of neighbours, between texts of equal length of four or more."""
    if len(x) != len(y) or len(x) < 4 or x == y:
        return False
    apart = [i for i, (p, q) in enumerate(zip(x, y, strict=True)) if p != q]
    if len(apart) == 1:
        return True
    return len(apart) == 2 and apart[1] == apart[0] + 1 and x[apart[0]] == y[apart[1]] and x[apart[1]] == y[apart[0]]


BY_PATTERN = ("{systems} writes the same key differently: {keys:keys}{apart:apart}. {agreeing} other keys are written "
              "in the same two ways and agree in their values.",
              "{systems} 的单号写法不同：{keys:keys}{apart:apart}。另有 {agreeing} 个单号写法相同且内容一致。")


@rule("KEY_FORMAT", family="codes", precedence=50, kinds=("missing",), version=3,
      en="{systems} writes the same key differently: {keys:keys}{apart:apart}.",
      zh="{systems} 的单号写法不同：{keys:keys}{apart:apart}。")
def key_format(one, world):
    fact = one.facts.get("other_key")
    if not fact or fact["cause"] != "KEY_FORMAT":
        return None
    agreeing = fact.get("agreeing")
    return Reason(fact["confidence"], fact["systems"], says=BY_PATTERN if agreeing else (), evidence={
        **_spellings(fact), "normal_form": fact["normal_form"], "agreeing": agreeing})


def _spellings(fact):
    return {"written": fact["written"], "keys": fact["keys"], "apart": fact["apart"] or None}


KEPT_DIGITS = ("{systems} has the key as a number in a spreadsheet, which keeps {digits_kept} digits: {keys:keys}. "
               "Format the column as text before keys are put in.",
               "{systems} 的单号在表格中存为数字，表格软件只保留了 {digits_kept} 位：{keys:keys}。"
               "请先将该列设为文本格式再录入单号。")


def _key_slip(cause):
    def ask(one, world):
        fact = one.facts.get("other_key")
        if not fact or fact["cause"] != cause:
            return None
        return Reason(fact["confidence"], fact["systems"], 2, {
            **_spellings(fact), "same_fields": fact["same_fields"], "digits_kept": fact.get("kept")},
                      KEPT_DIGITS if fact.get("kept") else ())
    ask.__name__ = "key_" + cause.lower()
    return ask


for _cause, _en, _zh in (
    ("TYPO", "{systems} has the key mistyped: {keys:keys}{apart:apart}.",
     "{systems} 的单号录入有误：{keys:keys}{apart:apart}。"),
    ("TRUNCATED", "{systems} has the key cut off: {keys:keys}.", "{systems} 的单号被截断：{keys:keys}。"),
    ("SCIENTIFIC_NOTATION", "{systems} has the key as a spreadsheet number: {keys:keys}.",
     "{systems} 的单号被表格软件转成科学计数：{keys:keys}。"),
    ("ENCODING", "{systems} has the key in a wrong encoding: {keys:keys}.",
     "{systems} 的单号编码错误：{keys:keys}。"),
):
    rule(_cause, family="codes", precedence=51, kinds=("missing",), en=_en, zh=_zh)(_key_slip(_cause))
