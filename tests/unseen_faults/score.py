"""Judges `manage.py reconcile` on the fault set: `python -m tests.unseen_faults.score --seed 1 --orders 2000`.

What is right: a difference of the truth is found under its key and field, with a first cause the truth accepts. With
minimum evidence an answer also counts as *not wrong* where nothing given could have told more (`accepted_minimum`).
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from .generate import PROFILES, arguments, generate
from .kit import AS_OF

ROOT = Path(__file__).resolve().parents[2]
PRESENCE = {"missing", "duplicate", "cardinality"}
BLAMELESS = "no difference"


def findings(folder):
    """What the product says of one profile's files."""
    out = folder / "findings.jsonl"
    command = [
        sys.executable,
        "manage.py",
        "reconcile",
        str(folder / "profile.yaml"),
        "--as-of",
        AS_OF,
        "--findings",
        str(out),
    ]
    for path in sorted(folder.glob("*.csv")):
        table = path.stem.removeprefix("table_")
        command += ["--table" if table != path.stem else "--source", f"{table}={path}"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={"ORDERHUB_SECRET_KEY": "x", **os.environ}
    )
    (folder / "said.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode not in (0, 1):
        raise SystemExit(f"{folder.name}: {done.stderr[-2000:]}")
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def matched(truths, found):
    """Pairs (truth or None, finding or None); one truth may own several findings (parts of a split order)."""
    places = {}
    for truth in truths:
        for key in truth["keys"]:
            places.setdefault((key, truth["field"]), truth)
    met, pairs = set(), []
    for finding in found:
        field = None if finding["kind"] in PRESENCE and finding["field"] is None else finding["field"]
        truth = places.get((finding["key"], field))
        if truth is None and finding["kind"] in PRESENCE:
            truth = places.get((finding["key"], None))
        pairs.append((truth, finding))
        met.add(id(truth))
    return pairs + [(truth, None) for truth in truths if truth["cause"] and id(truth) not in met]


class Score:
    """Counts over all profiles."""

    def __init__(self, evidence):
        self.accepted = "accepted_minimum" if evidence == "minimum" else "accepted"
        self.right, self.said, self.support = Counter(), Counter(), Counter()
        self.certain = [0, 0]
        self.found = self.extra = self.lost = self.wrong = self.states = self.legit = self.legits = self.shy = (
            self.second
        ) = 0
        self.unseen = [0, 0]
        self.mistakes, self.confused = [], Counter()

    def take(self, truths, found):
        pairs = matched(truths, found)
        self.legits += sum(truth["cause"] is None for truth in truths)
        by_truth = defaultdict(list)
        for truth, finding in pairs:
            if truth is None or truth["cause"] is None:
                self._extra(truth, finding)
            else:
                by_truth[id(truth)].append((truth, finding))
        for group in by_truth.values():
            self._judge(group[0][0], [finding for _, finding in group if finding])

    def _extra(self, truth, finding):
        cause = finding["causes"][0]
        self.extra += 1
        self.legit += truth is not None
        self.said[cause["cause"]] += 1
        if cause["confidence"] == "certain" and cause["cause"] != "UNKNOWN":
            self.certain[0] += 1
        self._note(truth, finding, cause)

    def _judge(self, truth, found):
        self.support[truth["cause"]] += 1
        self.unseen[0] += truth["cause"] == "UNKNOWN"
        if not found:
            self.lost += 1
            self._note(truth, None, {"cause": "nothing reported"})
            return
        self.found += 1
        worst = next((one for one in found if one["causes"][0]["cause"] not in truth["accepted"]), found[0])
        cause = worst["causes"][0]
        right, fair = cause["cause"] in truth["accepted"], cause["cause"] in truth[self.accepted]
        self.right[truth["cause"]] += right
        self.said[truth["cause"] if right else cause["cause"]] += 1
        self.unseen[1] += truth["cause"] == "UNKNOWN" and right
        self.wrong += not fair and cause["cause"] != "UNKNOWN"
        self.shy += not right and cause["cause"] == "UNKNOWN"
        self.second += not right and any(one["cause"] in truth["accepted"] for one in worst["causes"][1:])
        if cause["confidence"] == "certain" and cause["cause"] != "UNKNOWN":
            self.certain[0] += 1
            self.certain[1] += fair
        late = worst["state"] != truth["state"]
        self.states += late
        if not fair or late or (not right and self.accepted == "accepted"):
            self._note(truth, worst, cause, "state " + worst["state"] if late and fair else "")

    def _note(self, truth, finding, cause, extra=""):
        kind = (truth["cause"] or BLAMELESS) if truth else BLAMELESS
        fault = truth["fault"] if truth else "(nothing done to it)"
        said = f"{cause['cause']} {cause.get('confidence', '')} {extra}".strip()
        profile = truth["profile"] if truth else finding["profile"]
        self.confused[profile, kind, fault, said] += 1
        self.mistakes.append(
            {
                "profile": profile,
                "key": finding["key"] if finding else truth["key"],
                "fault": fault,
                "truth": kind,
                "field": finding["field"] if finding else truth["field"],
                "kind": finding and finding["kind"],
                "said": said,
                "sentence": cause.get("sentence", {}).get("en"),
                "values": finding and finding["values"],
            }
        )

    def scores(self):
        """(class, precision, recall, F1, support) of every class of the truth."""
        rows = []
        for cause in sorted(self.support):
            right, said, support = self.right[cause], self.said[cause], self.support[cause]
            precision = right / said if said else 0.0
            recall = right / support
            rows.append(
                (cause, precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0, support)
            )
        return rows

    def show(self, detail):
        rows = self.scores()
        known = [row[3] for row in rows if row[0] != "UNKNOWN"]
        total = self.found + self.lost
        for cause, precision, recall, f1, support in rows:
            print(f"  {cause:26} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  n {support}")
        print(
            f"findings: recall {self.found / total:.4f} ({self.lost} of {total} not reported), "
            f"precision {self.found / (self.found + self.extra):.4f} ({self.extra} too many)"
        )
        print(
            f"macro-F1 over {len(rows)} classes {sum(row[3] for row in rows) / len(rows):.4f}, "
            f"without UNKNOWN {sum(known) / len(known):.4f}; right {sum(self.right.values()) / total:.4f}; "
            f"wrong class {self.wrong / total:.4f} ({self.wrong}), UNKNOWN instead of a class {self.shy / total:.4f}; "
            f"right class only further down the list: {self.second}"
        )
        print(
            f"certain: {self.certain[0] / (self.found + self.extra):.3f} of the answers, "
            f"precision {self.certain[1] / max(1, self.certain[0]):.4f} ({self.certain[0] - self.certain[1]} wrong)"
        )
        print(
            f"unseen kinds answered UNKNOWN: {self.unseen[1]} of {self.unseen[0]} "
            f"({self.unseen[1] / max(1, self.unseen[0]):.3f})"
        )
        print(
            f"legitimate values reported: {self.legit} of {self.legits}; "
            f"open for expected or the other way: {self.states}"
        )
        for (profile, truth, fault, said), count in sorted(self.confused.items()):
            print(f"  {count:4} {profile}: {truth} [{fault}] -> {said}")
            for one in [
                m
                for m in self.mistakes
                if (m["profile"], m["truth"], m["fault"], m["said"]) == (profile, truth, fault, said)
            ][:detail]:
                print(f"         {one['key']} {one['field']} {one['kind']} {one['values']}: {one['sentence']}")


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--detail", type=int, default=2, help="examples of each kind of mistake")
    parser.add_argument("--keep", type=Path, help="folder for the files and findings")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        generate(folder, seed=given.seed, orders=given.orders, evidence=given.evidence)
        score = Score(given.evidence)
        for name in PROFILES:
            truths = [
                json.loads(line) for line in (folder / name / "truth.jsonl").read_text(encoding="utf-8").splitlines()
            ]
            score.take(truths, [dict(one, profile=name) for one in findings(folder / name)])
    print(f"seed {given.seed}, {given.orders} records a profile, {given.evidence} evidence")
    score.show(given.detail)


if __name__ == "__main__":
    main()
