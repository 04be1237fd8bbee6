"""How good are findings against a known truth?"""
from collections import Counter


def detection(findings, truth):
    """(found but not true, true but not found) as sorted lists of (key, kind, field)."""
    got = {(f["key"], f["kind"], f["field"]) for f in findings}
    return sorted(got - set(truth), key=str), sorted(set(truth) - got, key=str)


def scores(findings, truth):
    """({cause: (precision, recall, f1, support)}, macro F1, confusion Counter) of the first causes."""
    first = {(f["key"], f["kind"], f["field"]): f["causes"][0]["cause"] for f in findings}
    confusion = Counter((truth[place], first.get(place, "-")) for place in truth)
    result = {}
    for cause in sorted(set(truth.values())):
        right = confusion[cause, cause]
        said = sum(n for (_, s), n in confusion.items() if s == cause)
        there = sum(n for (t, _), n in confusion.items() if t == cause)
        precision, recall = right / said if said else 0.0, right / there
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        result[cause] = (precision, recall, f1, there)
    return result, sum(r[2] for r in result.values()) / len(result), confusion


def sure_precision(findings, truth):
    """Share of first causes called certain that are right, of those whose truth is known."""
    sure = [(f["causes"][0]["cause"], truth[place]) for f in findings
            if (place := (f["key"], f["kind"], f["field"])) in truth and f["causes"][0]["confidence"] == "certain"]
    return sum(a == b for a, b in sure) / len(sure) if sure else 1.0
