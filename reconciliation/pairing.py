"""Which missing keys are not missing at all: spelled differently, split into parts, merged with others?"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from reconciliation.causes.codes import is_one_slip, is_scientific, wrong_coding
from reconciliation.difference import Difference
from reconciliation.plan import is_apart
from reconciliation.rounded import KEPT, is_cut, kept_digits
from reconciliation.spelling import STEPS, as_figures, how_apart, plain_letters
from reconciliation.values import show_number, smooth, smooth_key

CHILD = re.compile(r"^(?P<parent>.+?)[-_/.#](?P<part>[0-9]{1,3}|[A-Za-z]|[PS][0-9]{1,2})$")
DIGITS = re.compile(r"^[A-Z]*0*([0-9]{4,})[A-Z]*$")
LIST = re.compile(r"[,;|+、，；\s]+")
SPLIT = re.compile(r"^(?P<before>[A-Z]*)[0-9]+(?P<after>[A-Z]*)$")
PART = re.compile(r"[\W_]+")
SLIP_LIMIT = 200
PROOF = 5  # pairs alike whose values agree: fewer prove no way of writing keys


def fold(profile, engine, detection, differences):
    """`differences` with every split, merge and misspelled pair made into one difference."""
    missing = [d for d in differences if d.kind == "missing"]
    if not missing:
        return differences
    gone, made = set(), []
    for step in (_splits, _merges, _spellings):
        rest = [d for d in missing if id(d) not in gone]
        new, used = step(profile, engine, rest)
        made += new
        gone |= used
    lost_values = {(d.key, d.facts["replaces"]) for d in made if d.facts.get("replaces")}
    kept = [d for d in differences if id(d) not in gone
            and not (d.kind == "value" and any((d.key, n) in lost_values for n in d.sides))]
    kept, found = _held_together(profile, detection, kept, made)
    return sorted(kept + made + found, key=Difference.sort_key)


def _held_together(profile, detection, kept, made):
    """(differences that stay, differences found): the fields of one key written in several ways are compared, too."""
    pairs = [d for d in made if "held_under" in d.facts]
    again = {key for d in pairs for key in d.facts["held_under"].values()}
    kept = [d for d in kept if not (d.key in again and d.field in profile.fields)]
    found = []
    for one in pairs:
        values = detection.of_spellings(one.key, one.sides, one.facts["held_under"])
        for value in values:
            value.facts["keys"] = {part["system"]: part["written"] for part in one.facts["other_key"]["keys"]}
        found += values
    return kept, found


# --- splits ---------------------------------------------------------------------------------------------


def _splits(profile, engine, missing):
    """An order that one system keeps as several: by parent reference, else by a suffix of the key."""
    made, used = [], set()
    for system in profile.systems:
        if system in profile.cardinality.many:
            continue
        extra = {d.key: d for d in missing if set(d.sides) == {system}}
        families, by = _by_parent(profile, extra, system), "parent reference"
        parts = {k for ks in families.values() for k in ks}
        for parent, keys in _by_suffix(k for k in extra if k not in parts).items():
            families.setdefault(parent, []).extend(keys)
        if not families:
            continue
        here = engine.sides(set(families))
        for parent, keys in sorted(families.items()):
            others = {n: rows[parent][0] for n, rows in here.items() if n != system and rows.get(parent)}
            stay = here.get(system, {}).get(parent, [])
            children = [extra[k].sides[system] for k in sorted(keys)] + stay[:1]
            if not others or len(children) < 2:
                continue
            by = "parent reference" if any(c.text.get("parent") for c in children) else "key suffix"
            sums = _sums_agree(profile, others, children, system)
            apart = {} if sums or by != "parent reference" else _sums_apart(profile, others, children, system)
            if sums is None and not apart:
                continue
            made.append(_split(parent, system, others, children, by, sums, bool(stay)))
            made[-1].facts["split"]["apart"] = apart
            used |= {id(extra[k]) for k in keys}
            used |= {id(d) for d in missing if d.key == parent and system in d.absent}
    return made, used


def _by_parent(profile, extra, system):
    families, rule = defaultdict(list), profile.systems[system].key
    for key, one in sorted(extra.items()):
        parent = one.sides[system].text.get("parent", "")
        parent = smooth_key(rule, parent)
        if parent and parent != key:
            families[parent].append(key)
    return families


def _by_suffix(keys):
    families = defaultdict(list)
    for key in sorted(keys):
        match = CHILD.match(key)
        if match:
            families[match["parent"]].append(key)
    return families


def _split(parent, system, others, children, by, sums, stays):
    one = Difference(parent, "cardinality", "", dict(others), severity="medium")
    total = type(children[0])(system, " + ".join(c.key for c in children))
    total.children, total.text, total.us = children, dict(children[0].text), dict(children[0].us)
    total.at_us = children[0].at_us
    one.sides[system] = total
    one.facts["split"] = {"system": system, "children": [c.key for c in children], "by": by, "sums": sums}
    one.facts["replaces"] = system if stays else ""
    return one


def _sums_agree(profile, others, parts, system):
    """{field: sum} when the parts add up to every other side's value in all summable fields, else None."""
    sums = {}
    for name, field in profile.fields.items():
        if field.type not in ("quantity", "money") or system not in field.columns:
            continue
        values = [p.values.get(name) for p in parts]
        if any(v is None for v in values):
            continue
        for other in others.values():
            whole = other.values.get(name)
            if whole is None:
                continue
            if is_apart(field, sum(values), whole):
                return None
            sums[name] = show_number(sum(values))
    return sums or None


def _sums_apart(profile, others, parts, system):
    """{field: [whole, sum]} of the fields in which the parts say of what they are parts, and do not add up to it."""
    apart = {}
    for name, field in profile.fields.items():
        values = [p.values.get(name) for p in parts]
        if field.type not in ("quantity", "money") or system not in field.columns or None in values:
            continue
        wholes = [w for _n, other in sorted(others.items()) if (w := other.values.get(name)) is not None]
        whole = next((w for w in wholes if is_apart(field, sum(values), w)), None)
        if whole is not None:
            apart[name] = [show_number(whole), show_number(sum(values))]
    return apart


# --- merges ---------------------------------------------------------------------------------------------


def _merges(profile, engine, missing):
    """Several orders that one system delivers as one: the parent reference points either way."""
    made, used = [], set()
    for system in profile.systems:
        if system in profile.cardinality.many:
            continue
        merged = {d.key: d for d in missing if set(d.sides) == {system}}
        singles = {d.key: d for d in missing if system in d.absent}
        for key, names in sorted(_merged_into(profile, merged, singles, system).items()):
            parts = [singles[n] for n in sorted(set(names)) if n in singles and id(singles[n]) not in used]
            if len(parts) < 2:
                continue
            sides = [p.sides[min(p.sides)] for p in parts]
            sums = _sums_agree(profile, {system: merged[key].sides[system]}, sides, sides[0].system)
            if sums is None:
                continue
            used |= {id(merged[key]), *(id(p) for p in parts)}
            made += [_merge(p, system, merged[key], [q.key for q in parts], sums) for p in parts]
    return made, used


def _merged_into(profile, merged, singles, system):
    """{merged key: [order keys]}"""
    found = defaultdict(list)
    rule = profile.systems[system].key

    def smoothed(text):
        return smooth_key(rule, text)

    for key, one in merged.items():
        for text in LIST.split(one.sides[system].text.get("parent", "")):
            if smoothed(text) in singles:
                found[key].append(smoothed(text))
    for key, one in singles.items():
        for side in one.sides.values():
            parent = smoothed(side.text.get("parent", ""))
            if parent in merged and key not in found[parent]:
                found[parent].append(key)
    return found


def _merge(part, system, whole, orders, sums):
    one = Difference(part.key, "cardinality", "", dict(part.sides), tuple(n for n in part.absent if n != system))
    one.sides[system] = whole.sides[system]
    one.facts["merged"] = {"system": system, "merged": whole.key, "orders": orders, "by": "parent reference",
                           "sums": sums}
    return one


# --- spellings ------------------------------------------------------------------------------------------


def _spellings(profile, engine, missing):
    """Keys of disjoint systems that are one key written twice."""
    made, used = [], set()
    made += _rounded(profile, missing, used)
    for form in (_strong, _parts, _digits):
        made += _same_form(profile, [d for d in missing if id(d) not in used], used, form)
    made += _by_pattern(profile, made, [d for d in missing if id(d) not in used], used)
    # What a spreadsheet has cut is not mistyped, even where nobody can tell what it was.
    made += _slips(profile, [d for d in missing if id(d) not in used and "rounded" not in d.facts], used)
    made += _same_form(profile, [d for d in missing if id(d) not in used], used, _figures)
    return made, used


def _rounded(profile, missing, used):
    """Long numbers of which a spreadsheet has kept the first digits only: paired where one key alone begins so.

    That a cell held a number is proof; of text that only looks like it (another program wrote the file) the fields
    must agree.
    """
    if not any("rounded" in d.facts or is_cut(d.key) for d in missing):
        return []
    made, alike = [], _by_form(missing, kept_digits)
    for ones in alike.values():
        cut = [d for d in ones if "rounded" in d.facts or is_cut(d.key)]
        whole = [d for d in ones if d not in cut]
        if len(cut) == len(whole) == 1 and _disjoint(ones):
            same = _same_fields(profile, ones)
            used |= {id(d) for d in ones}
            made.append(_pair(profile, [*whole, *cut], {
                "cause": "SCIENTIFIC_NOTATION", "normal_form": "", "kept": KEPT, "same_fields": same or [],
                "confidence": "certain" if same or "rounded" in cut[0].facts else "hypothesis"}, main=whole[0]))
    return made


def _strong(key):
    return smooth(plain_letters(smooth(key, ("nfkc",))), ("no_punctuation", "strip_zeros"))


def _parts(key):
    """The key without leading zeros in any of its parts; "" when it has but one."""
    parts = [part.lstrip("0") or "0" for part in PART.split(plain_letters(smooth(key, ("nfkc",)))) if part]
    return "|".join(parts) if len(parts) > 1 else ""


def _figures(key):
    """The key with capitals such as O and I taken for figures; "" when it is too short to tell."""
    text = smooth(as_figures(smooth(key, ("nfkc",))), ("no_punctuation", "strip_zeros"))
    return text if len(text) >= 4 else ""


def _digits(key):
    match = DIGITS.match(smooth(key, ("nfkc", "upper", "no_punctuation")))
    return match[1] if match else ""


def _same_form(profile, missing, used, form):
    made = []
    for text, ones in sorted(_by_form(missing, form).items()):
        if len(ones) < 2 or not _disjoint(ones) or (form is not _strong and not _same_fields(profile, ones)):
            continue
        used |= {id(d) for d in ones}
        made.append(_pair(profile, ones, {"cause": "KEY_FORMAT", "confidence": "certain", "normal_form": text,
                                          "same_fields": _same_fields(profile, ones) or []}))
    return made


def _by_form(missing, form):
    by_form = defaultdict(list)
    for one in missing:
        text = form(one.key)
        if text:
            by_form[text].append(one)
    return by_form


def _by_pattern(profile, made, missing, used):
    """Keys of one number under other letters whose values disagree: only where enough pairs like them do agree."""
    clean = Counter(_pattern((s.system, d.facts["held_under"][s.system]) for s in d.sides.values())
                    for d in made if d.facts["other_key"]["same_fields"])
    alike = defaultdict(list)
    for number, ones in sorted(_by_form(missing, _digits).items()):
        if len(ones) > 1 and _disjoint(ones):
            alike[_pattern((n, d.key) for d in ones for n in d.sides)].append((number, ones))
    found = []
    for pattern, cases in sorted(alike.items()):
        if pattern and clean[pattern] >= max(PROOF, len(cases)):
            for number, ones in cases:
                used |= {id(d) for d in ones}
                found.append(_pair(profile, ones, {"cause": "KEY_FORMAT", "confidence": "group", "normal_form": number,
                                                   "same_fields": [], "agreeing": clean[pattern]}))
    return found


def _pattern(keys):
    """What each system writes before and after the number, or () when one of the `keys` (system, key) has none."""
    parts = [(system, SPLIT.match(smooth(key, ("nfkc", "upper", "no_punctuation")))) for system, key in keys]
    return tuple(sorted((system, m["before"], m["after"]) for system, m in parts)) if all(m for _, m in parts) else ()


def _disjoint(ones):
    seen = [n for d in ones for n in d.sides]
    return len(seen) == len(set(seen))


def _same_fields(profile, ones):
    """Names of compared fields in which all agree, or None when any disagrees."""
    same = []
    for name, field in profile.fields.items():
        values = [s.values[name] for d in ones for s in d.sides.values() if s.values.get(name) is not None]
        if len(values) < 2:
            continue
        if any(is_apart(field, values[0], v) for v in values[1:]):
            if field.type in ("code", "time"):
                continue  # those may rightly differ while the keys do
            return None
        same.append(name)
    return same or None


def _slips(profile, missing, used):
    """Mistyped, cut off, misread or E-notation keys: unique partners whose other fields agree."""
    candidates = defaultdict(list)
    buckets = _buckets(profile, missing)
    for a in missing:
        for b in _like(profile, a, buckets.get(_mark(profile, a), ())):
            cause = _slip(a.key, b.key)
            if cause:
                candidates[id(a)].append((cause, a, b))
    made = []
    for found in candidates.values():
        if len(found) != 1:
            continue
        cause, a, b = found[0]
        if len(candidates[id(b)]) != 1 or id(a) in used or id(b) in used:
            continue
        used |= {id(a), id(b)}
        same = _same_fields(profile, [a, b])
        made.append(_pair(profile, [a, b], {"cause": cause, "confidence": "certain" if len(same) > 1 else "hypothesis",
                                            "normal_form": "", "same_fields": same}))
    return made


def _buckets(profile, missing):
    """Missing keys by their numbers: only keys whose numbers are equal can be one key mistyped."""
    buckets = defaultdict(list)
    for one in missing:
        buckets[_mark(profile, one)].append(one)
    return {mark: ones for mark, ones in buckets.items() if len(ones) <= SLIP_LIMIT}


def _mark(profile, one):
    """The numbers all systems should agree on: of fields that every system has."""
    names = [n for n, f in profile.fields.items()
             if f.type in ("quantity", "money") and len(f.columns) == len(profile.systems)]
    side = one.sides[min(one.sides)]
    return tuple(side.values.get(n) for n in names)


def _like(profile, a, missing):
    for b in missing:
        if a is not b and not set(a.sides) & set(b.sides) and _same_fields(profile, [a, b]):
            yield b


def _slip(x, y):
    if is_one_slip(x, y):
        return "TYPO"
    if is_scientific(x, y) or is_scientific(y, x):
        return "SCIENTIFIC_NOTATION"
    short, long = sorted((x, y), key=len)
    if len(short) >= 4 and long.startswith(short) and len(short) < len(long):
        return "TRUNCATED"
    if wrong_coding(x, y) or wrong_coding(y, x):
        return "ENCODING"
    return "TYPO" if len(long) >= 5 and len(long) - len(short) == 1 and _one_missing(short, long) else ""


def _one_missing(short, long):
    """Is `short` what is left of `long` without one character?"""
    return any(long[:i] + long[i + 1:] == short for i in range(len(long)))


def _pair(profile, ones, fact, main=None):
    """One difference of several spellings: under `main`, else the key of the system of record or of most systems."""
    record = profile.record_system
    main = main or min(ones, key=lambda d: (record not in d.sides, -len(d.sides), d.key))
    sides = {n: s for d in ones for n, s in d.sides.items()}
    absent = tuple(n for n in main.absent if n not in sides)
    one = Difference(main.key, "missing", "", sides, absent, severity="high")
    fact["systems"] = tuple(sorted(n for d in ones if d is not main for n in d.sides))
    fact |= spelled(sides, main, fact["systems"])
    one.facts["other_key"] = fact
    one.facts["held_under"] = {n: d.key for d in ones for n in d.sides}
    return one


def spelled(sides, main, others):
    """How each side writes the key, what its record is called there, and in what the spellings are apart."""
    written = {n: s.written or s.key for n, s in sorted(sides.items())}
    right = written[min(main.sides)]
    apart = {step for n in others for step in how_apart(right, written[n])}
    return {"written": ", ".join(f"{n} “{k}”" for n, k in written.items()),
            "keys": [{"system": n, "written": k, "record": sides[n].key} for n, k in written.items()],
            "apart": [step for step in STEPS if step in apart]}
