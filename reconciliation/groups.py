"""Which differences have one common cause: all of a warehouse for a day, one item since the 15th?

Per cause, system and dimension value the hours are walked for the stretch that maximises Σ(hits − ½ · rows)
(maximum-sum interval, linear). A stretch counts with 8 hits and a share of 0.8. The best stretch is taken first;
a later one must explain at least 60 % that no earlier one did.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from reconciliation.causes.fixes import fix_of
from reconciliation.profile import DIMENSIONS
from reconciliation.speech import speakers_of
from reconciliation.values import MICRO

HOUR = 3_600 * MICRO
MIN_HITS, MIN_SHARE, MIN_NEW = 8, 0.8, 0.6
DECLARED = {"OUTAGE": ("start",), "STATUS_MISMAPPED": ("raw", "right"), "XREF_WRONG": ("right", "wrong"),
            "CLOCK_SKEW": ("device",)}
ARROW = " → "
NOT_GROUPED = ("IN_TRANSIT",)
LABELS = {"": ("all records", "全部记录"), "warehouse": ("warehouse", "仓库"), "device": ("device", "设备"),
          "item": ("item", "物料"), "customer": ("customer", "客户"), "actor": ("user", "操作人"),
          "batch": ("batch", "批次"), "raw_code": ("code", "代码"), "raw_unit": ("unit", "单位"),
          "code": ("code", "编码"),
          "mapping_version": ("mapping version", "映射版本")}


@dataclass(slots=True)
class Group:
    """One common cause. `start_us`, `end_us` None when the rows carry no time; `risk` share inside ÷ outside."""

    id: str
    cause: str
    system: str
    dimension: str
    value: str
    start_us: int | None
    end_us: int | None
    hits: int
    rows: int
    score: float
    members: list
    risk: float | None = None
    speakers: dict = field(default_factory=dict)

    @property
    def share(self):
        return self.hits / self.rows if self.rows else 1.0

    def examples(self):
        return sorted({d.key for d in self.members})[:3]

    def sentence(self):
        """{en, zh}: what, where, when, how many."""
        return {lang: self._said(speaker) for lang, speaker in self.speakers.items()}

    def _said(self, speaker):
        label = LABELS.get(self.dimension, (self.dimension.replace("_", " "),) * 2)[speaker.place]
        value = said_group_value(self.cause, self.value, speaker.word)
        value = f" {value}" if value else ""
        when = ""
        if self.start_us is not None:
            start, end = speaker.time(self.start_us, plain=True), speaker.time(self.end_us)
            when = f"，{start} 至 {end}" if speaker.place else f", {start} to {end}"
        if speaker.place:
            return f"{speaker.system(self.system)} 的{label}{value}{when}：{self.rows:,} 条中有 {self.hits:,} 条。"
        return f"{speaker.system(self.system)}, {label}{value}{when}: {self.hits:,} of {self.rows:,} records."

    def fix(self):
        """{en, zh}: what to do about it."""
        return {lang: fix_of(self.cause, lang) for lang in ("en", "zh")}


def said_group_value(cause, value, word):
    """The value in words: of a code mapped wrongly the code itself and, by `word`, the status that it should mean."""
    raw, arrow, right = value.partition(ARROW)
    return f"“{raw}”{ARROW}“{word(right)}”" if arrow and cause == "STATUS_MISMAPPED" else value


def find_groups(profile, engine, differences, as_of_us=0):
    """Groups, best first. Members get their `group` id, and hypotheses they share become supported by it."""
    groups = _declared(differences)
    taken = {id(d) for g in groups for d in g.members}
    candidates = _candidates(engine, differences)
    for group in sorted(candidates, key=lambda g: (-g.score, g.cause, g.system, _simplicity(g), g.value)):
        new = [d for d in group.members if id(d) not in taken]
        if len(new) >= MIN_HITS and len(new) >= MIN_NEW * len(group.members):
            group.members = new
            taken.update(id(d) for d in new)
            groups.append(group)
    speakers = speakers_of(profile, as_of_us)
    for group in groups:
        group.speakers = speakers
        _join(group)
    return sorted(groups, key=lambda g: (-len(g.members), g.id))


def _simplicity(group):
    """Of equal scores the plainest explanation: fewest words first."""
    return ("", *DIMENSIONS).index(group.dimension)


def _declared(differences):
    """Groups that rules have found already, by what their evidence has in common."""
    found = defaultdict(list)
    for one in differences:
        main = one.main
        if main and main.confidence == "group" and main.cause in DECLARED:
            mark = ARROW.join(str(main.evidence.get(n, "")).strip(" ()") for n in DECLARED[main.cause])
            found[main.cause, main.systems[0] if main.systems else "", mark].append(one)
    result = []
    for (cause, system, mark), members in sorted(found.items()):
        moments = [m for d in members if (m := moment_of(d, system)) is not None]
        first = members[0].main.evidence
        hits = int(first.get("absent") or first.get("hits") or len(members))
        rows = int(first.get("expected") or first.get("rows") or len(members))
        dimension = {"OUTAGE": "", "CLOCK_SKEW": "device" if mark else "",
                     "STATUS_MISMAPPED": "raw_code"}.get(cause, "code")
        result.append(Group(_id(cause, system, dimension, mark), cause, system, dimension,
                            "" if cause == "OUTAGE" else mark,
                            min(moments) if moments else None, max(moments) if moments else None,
                            hits, max(rows, hits), float(len(members)), members))
    return result


def _candidates(engine, differences):
    """Every accepted stretch of every cause × system × dimension value."""
    hits = defaultdict(list)
    for one in differences:
        main = one.main
        cause = main.cause if main else "UNKNOWN"
        if cause in NOT_GROUPED or one.state == "expected" or not one.sides:
            continue
        side = subject(one)
        for dimension in ("", *DIMENSIONS):
            value = side.text.get(dimension, "") if dimension else ""
            if value or not dimension:
                hits[cause, side.system, dimension, value].append((one, side))
    wanted = {k: v for k, v in hits.items() if len(v) >= MIN_HITS}
    totals = _totals(engine, wanted)
    all_hits = {(c, s): len(v) for (c, s, d, _), v in hits.items() if not d}
    return [g for key, pairs in sorted(wanted.items(), key=lambda i: i[0])
            if (g := _stretch(key, pairs, totals.get(key[1:], {}), totals.get((key[1], "", ""), {}),
                              all_hits[key[0], key[1]]))]


def subject(one):
    """The side whose record is wrong; of a missing key the record that is there."""
    names = [n for n in (one.main.systems if one.main else ()) if n in one.sides]
    return one.sides[names[0] if names else min(one.sides)]


def moment_of(one, system):
    side = one.sides.get(system) or one.sides[min(one.sides)]
    return side.at_us


def _totals(engine, wanted):
    asked = defaultdict(set)
    for _cause, system, dimension, value in wanted:
        asked[system, dimension].add(value)
    result = {}
    for (system, dimension), values in sorted(asked.items()):
        for value, hours in engine.totals(system, dimension, values).items():
            result[system, dimension, value] = hours
    return result


def _stretch(key, pairs, totals, everything, all_hits):
    cause, system, dimension, value = key
    if not dimension and cause == "UNKNOWN":
        return None
    by_hour = defaultdict(list)
    for one, side in pairs:
        by_hour[(side.at_us or 0) // HOUR].append(one)
    counts = {h: len({d.key for d in ds}) for h, ds in by_hour.items()}
    best = best_interval(counts, totals)
    if best is None:
        return None
    start, end, hits, rows, score = best
    if hits < MIN_HITS or hits < MIN_SHARE * rows:
        return None
    members = [d for h, ds in by_hour.items() if start <= h <= end for d in ds]
    timed = any(side.at_us for _, side in pairs)
    outside = sum(everything.values()) - rows
    risk = (hits / rows) / ((all_hits - hits) / outside) if outside > 0 and all_hits > hits else None
    return Group(_id(cause, system, dimension, value, str(start) if timed else ""), cause, system, dimension, value,
                 start * HOUR if timed else None, (end + 1) * HOUR if timed else None, hits, rows, score,
                 members, risk and round(risk, 1))


def best_interval(hits, rows):
    """(first, last, hits, rows, score) of the hours that maximise Σ(hits − ½ rows), or None. Dicts hour → count."""
    best, total, start = 0.0, 0.0, None
    found = None
    for hour in sorted(set(hits) | set(rows)):
        if total <= 0:
            total, start = 0.0, hour
        total += hits.get(hour, 0) - 0.5 * max(rows.get(hour, 0), hits.get(hour, 0))
        if total > best:
            best, found = total, (start, hour)
    if found is None:
        return None
    first, last = found
    inside = [h for h in set(hits) | set(rows) if first <= h <= last]
    n_hits = sum(hits.get(h, 0) for h in inside)
    n_rows = sum(max(rows.get(h, 0), hits.get(h, 0)) for h in inside)
    first = min(h for h in inside if hits.get(h, 0))
    last = max(h for h in inside if hits.get(h, 0))
    return first, last, n_hits, n_rows, best


def _join(group):
    for one in group.members:
        one.group = group.id
        if one.main and one.main.cause == group.cause and one.main.confidence == "hypothesis" \
                and "ambiguous_with" not in one.main.evidence:
            one.main.confidence = "group"


def name_for(profile_code, groups):
    """Within the hub a group is one comparison's: the same cause found by another one is another group."""
    for group in groups:
        group.id = _id(profile_code, group.id)
        for one in group.members:
            one.group = group.id


def _id(*parts):
    return "G" + hashlib.sha256("|".join(parts).encode()).hexdigest()[:10]
