"""Which system is probably right about a field, and which ones disagree with it?"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations

from reconciliation.detect import both_differ
from reconciliation.plan import is_apart


def holders(one, world):
    """Sides that have the field and could be read, in name order."""
    field = world.profile.fields[one.field]
    return [s for n, s in sorted(one.sides.items()) if n in field.columns and field.name not in s.unreadable]


def trusted(one, world):
    """Name of the system to believe: the field's authority, else the majority of three or more, else ""."""
    if "trusted" not in one.memo:
        one.memo["trusted"] = _trusted(one, world)
    return one.memo["trusted"]


def _trusted(one, world):
    field = world.profile.fields[one.field]
    sides = holders(one, world)
    if any(s.system == field.authority for s in sides):
        return field.authority
    return _majority(field, sides)


def _majority(field, sides):
    if len(sides) < 3:
        return ""
    votes = Counter(s.system for s in sides)
    for a, b in combinations(sides, 2):
        if not apart(field, a, b):
            votes[a.system] += 1
            votes[b.system] += 1
    best = max(votes.values())
    return min(n for n, v in votes.items() if v == best) if best * 2 > len(sides) else ""


def apart(field, a, b):
    """Do two sides disagree about the field?"""
    x, y = a.values.get(field.name), b.values.get(field.name)
    if x is None or y is None:
        return (x is None) != (y is None) and field.empty != "ignore"
    return is_apart(field, x, y) or (field.type == "money" and both_differ(a, b, field.name))


def disagreeing(one, world):
    """[(right side, wrong side)]; when nobody is to be believed, both ways round."""
    if "pairs" not in one.memo:
        one.memo["pairs"] = _disagreeing(one, world)
    return one.memo["pairs"]


def _disagreeing(one, world):
    field = world.profile.fields[one.field]
    sides = holders(one, world)
    best = trusted(one, world)
    if best:
        right = next(s for s in sides if s.system == best)
        return [(right, s) for s in sides if s is not right and apart(field, right, s)]
    return [(a, b) for a, b in permutations(sides, 2) if apart(field, a, b)]


def number_pairs(one, world):
    """[(right, wrong, x, y)] with both values written."""
    if "numbers" not in one.memo:
        name = one.field
        one.memo["numbers"] = [(a, b, x, y) for a, b in disagreeing(one, world)
                               if (x := a.values.get(name)) is not None and (y := b.values.get(name)) is not None]
    return one.memo["numbers"]


def text_pairs(one, world):
    """[(right, wrong, x, y)] with both texts as written."""
    if "texts" not in one.memo:
        name = one.field
        one.memo["texts"] = [(a, b, x, y) for a, b in disagreeing(one, world)
                             if (x := a.raw.get(name)) and (y := b.raw.get(name))]
    return one.memo["texts"]


def both_ways(pairs):
    """The pairs, then each the other way round: for rules whose evidence itself tells which side is wrong."""
    seen = set()
    for pair in [*pairs, *((b, a, *reversed(rest)) for a, b, *rest in pairs)]:
        mark = (pair[0].system, pair[1].system)
        if mark not in seen:
            seen.add(mark)
            yield pair
