"""When will an open node be passed, and how likely is that too late, judged by the hub's own finished orders?

Pure: durations are whole seconds, of work or of the wall clock as the caller likes, alike everywhere. The
tables are plain JSON, so that a nightly job can store them and a page never computes them.
"""
import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from statistics import fmean, median

MIN_SAMPLES = 30
GRID = tuple(range(0, 101, 2))  # percentiles kept: the quantile of each, by linear interpolation
SLOW_AT = 0.95
ANY = "*"
BY_KIND_TIER, BY_KIND, BY_ALL, BY_PLAN = "kind and tier", "kind", "all", "plan"


@dataclass(frozen=True, slots=True)
class Passage:
    """One finished order went from one node to another in `seconds`, `before` seconds after its first node."""

    kind: str
    tier: str
    start: str
    end: str
    seconds: int
    before: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What experience says: `basis` tells which orders spoke, `samples` how many (0 and BY_PLAN: none did)."""

    value: float | None
    basis: str
    samples: int


def build_table(passages, *, at="", min_samples=MIN_SAMPLES):
    """JSON-able {"v", "at", "least", "rows": {"kind|tier|start|end": {n, usual, pace, q}}}.

    Kept for kind and tier, for kind, and for all orders; groups below `min_samples` (n) are left out. Slow
    orders stay slow: `pace` is the power with which the time an order took so far, over the `usual` one,
    stretches what remains; the quantiles `q` are those of the durations with the stretch taken out.
    """
    groups = {}
    for passage in passages:
        for kind, tier in _levels(passage):
            groups.setdefault(_key(kind, tier, passage.start, passage.end), []).append(passage)
    rows = {key: _row(group) for key, group in sorted(groups.items()) if len(group) >= min_samples}
    return {"v": 1, "at": at, "least": min_samples, "rows": rows}


def _levels(passage):
    """(kind, tier) it counts for, each once: an order of nobody's tier counts once for its kind."""
    return dict.fromkeys(((passage.kind, passage.tier), (passage.kind, ANY), (ANY, ANY)))


def passages_of(kind, tier, passed):
    """Every Passage of one finished order from {node code: seconds since any fixed start}, in the order of time."""
    path = sorted(passed.items(), key=lambda item: item[1])
    return [Passage(kind, tier, start, end, later - earlier, earlier - path[0][1])
            for place, (start, earlier) in enumerate(path) for end, later in path[place + 1:]]


def _key(kind, tier, start, end):
    return f"{kind}|{tier}|{start}|{end}"


def _row(group):
    usual = int(median(passage.before for passage in group))
    row = {"n": len(group), "usual": usual, "pace": round(_pace(group), 3) if usual > 0 else 0.0}
    row["q"] = _quantiles(sorted(int(passage.seconds / _stretch(row, passage.before)) for passage in group))
    return row


def _pace(group):
    """Slope of log duration over log time before, kept within 0 and 1."""
    points = [(math.log(p.before), math.log(p.seconds)) for p in group if p.before > 0 and p.seconds > 0]
    if len(points) < 3:
        return 0.0
    x, y = fmean(a for a, _ in points), fmean(b for _, b in points)
    spread = sum((a - x) ** 2 for a, _ in points)
    return min(max(sum((a - x) * (b - y) for a, b in points) / spread, 0.0), 1.0) if spread else 0.0


def _stretch(row, before_s):
    return (before_s / row["usual"]) ** row["pace"] if before_s > 0 and row["usual"] > 0 else 1.0


def _quantiles(ordered):
    last = len(ordered) - 1
    result = []
    for percent in GRID:
        place, rest = divmod(percent * last, 100)
        low, high = ordered[place], ordered[min(place + 1, last)]
        result.append(low + (high - low) * rest // 100)
    return result


def _find(table, kind, tier, start, end):
    """(row, basis): the narrowest group with enough samples, or (None, BY_PLAN)."""
    tries = ((kind, tier, BY_KIND_TIER), (kind, ANY, BY_KIND), (ANY, ANY, BY_ALL))
    for one_kind, one_tier, basis in tries:
        row = table["rows"].get(_key(one_kind, one_tier, start, end))
        if row:
            return row, basis
    return None, BY_PLAN


def _share_within(quantiles, seconds):
    """The share of passages that took at most `seconds`, between grid points by a straight line."""
    if seconds >= quantiles[-1]:
        return 1.0
    if seconds < quantiles[0]:
        return 0.0
    place = bisect_right(quantiles, seconds) - 1
    low, high = quantiles[place], quantiles[place + 1]
    return (GRID[place] + (GRID[place + 1] - GRID[place]) * (seconds - low) / (high - low)) / 100


def _at_share(quantiles, share):
    place = min(int(share * 100) // 2, len(GRID) - 2)
    low, high = quantiles[place], quantiles[place + 1]
    return low + (high - low) * (share * 100 - GRID[place]) / (GRID[place + 1] - GRID[place])


def p_late(table, kind, tier, start, end, *, elapsed_s, left_s, before_s=0):
    """Estimate of the probability that `end` is passed later than `left_s` from now.

    `start` was passed `elapsed_s` ago, `before_s` after the order's first node (0: not known), and `end` has
    not been passed: only passages at least as long count. Past the plan already, it is 1. Where this order
    has been under way longer than any before it, nobody knows: None.
    """
    row, basis = _find(table, kind, tier, start, end)
    if left_s < 0:
        return Estimate(1.0, basis, row["n"] if row else 0)
    if row is None:
        return Estimate(None, BY_PLAN, 0)
    stretch = _stretch(row, before_s)
    still_open = 1 - _share_within(row["q"], elapsed_s / stretch)
    if still_open <= 0:
        return Estimate(None, basis, row["n"])
    return Estimate((1 - _share_within(row["q"], (elapsed_s + left_s) / stretch)) / still_open, basis, row["n"])


def remaining_s(table, kind, tier, start, end, *, elapsed_s, before_s=0, share=0.5):
    """Estimate of the seconds from now within which `share` of comparable orders had passed `end`."""
    row, basis = _find(table, kind, tier, start, end)
    if row is None:
        return Estimate(None, BY_PLAN, 0)
    stretch = _stretch(row, before_s)
    gone = _share_within(row["q"], elapsed_s / stretch)
    if gone >= 1:
        return Estimate(None, basis, row["n"])
    whole = _at_share(row["q"], gone + (1 - gone) * share) * stretch
    return Estimate(max(whole - elapsed_s, 0), basis, row["n"])


def least_s(table, kind, tier, start, end, share=0.2):
    """Estimate of the seconds this step needs at least: what only `share` of the orders were faster than."""
    return remaining_s(table, kind, tier, start, end, elapsed_s=-1, share=share)


def is_slow(table, kind, tier, start, end, *, dwell_s, before_s=0, share=SLOW_AT):
    """Has this order waited between two neighbours longer than 95 % of orders did? None: nobody knows."""
    after = slow_after_s(table, kind, tier, start, end, before_s=before_s, share=share)
    return None if after is None else dwell_s > after


def slow_after_s(table, kind, tier, start, end, *, before_s=0, share=SLOW_AT):
    """After how many seconds since `start` this order waits longer than `share` of orders did; None: nobody knows."""
    row, _basis = _find(table, kind, tier, start, end)
    return None if row is None else _at_share(row["q"], share) * _stretch(row, before_s)


# --- does it hold? --------------------------------------------------------------------------------------


def tested(table, passages, share):
    """{"kind|tier|end": [kept, all]}: how many later passages were within what `share` of earlier ones took."""
    found = {}
    for passage in passages:
        told = remaining_s(table, passage.kind, passage.tier, passage.start, passage.end, elapsed_s=0,
                           before_s=passage.before, share=share)
        if told.value is None:
            continue
        for kind, tier in _levels(passage):
            kept, count = found.get(f"{kind}|{tier}|{passage.end}", (0, 0))
            found[f"{kind}|{tier}|{passage.end}"] = [kept + (passage.seconds <= told.value), count + 1]
    return found


def held_share(table, kind, tier, end, least=MIN_SAMPLES):
    """(share kept, how many) of the narrowest group that was tested often enough; None of none."""
    for one_kind, one_tier in ((kind, tier), (kind, ANY), (ANY, ANY)):
        kept, count = table.get("held", {}).get(f"{one_kind}|{one_tier}|{end}", (0, 0))
        if count >= least:
            return kept / count, count
    return None


def coverage(pairs):
    """Realised share of (forecast_s, actual_s) pairs in which the order was no later than forecast; None of none."""
    pairs = list(pairs)
    return sum(actual <= forecast for forecast, actual in pairs) / len(pairs) if pairs else None


def brier(pairs):
    """Mean squared error of (probability, was it late) pairs: 0 is perfect; None of none."""
    pairs = list(pairs)
    return sum((p - bool(late)) ** 2 for p, late in pairs) / len(pairs) if pairs else None


def ranking(pairs):
    """Probability that a late order was given a higher p than one in time (AUC); None when one side is empty."""
    late = sorted(p for p, was_late in pairs if was_late)
    good = sorted(p for p, was_late in pairs if not was_late)
    if not late or not good:
        return None
    wins = sum(bisect_left(good, p) + bisect_right(good, p) for p in late) / 2
    return wins / (len(late) * len(good))


def calibration(pairs, bins=10):
    """[(lowest p, highest p, mean p, realised share late, count), …] of the bins that hold anything."""
    held = {}
    for p, late in pairs:
        held.setdefault(min(int(p * bins), bins - 1), []).append((p, bool(late)))
    return [(place / bins, (place + 1) / bins, sum(p for p, _ in group) / len(group),
             sum(late for _, late in group) / len(group), len(group)) for place, group in sorted(held.items())]
