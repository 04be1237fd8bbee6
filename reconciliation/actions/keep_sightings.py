"""What does one run's sighting do to the difference it sees, and its silence to one it does not?"""
import hashlib
import json

from kernel.news import News, action, publish
from reconciliation.actions.turns import hold_turn
from reconciliation.distance import gap_of
from reconciliation.fingerprints import hash_of_values
from reconciliation.models import Basis, Difference, DifferenceEntry, Observation, Profile

OPENED, RESOLVED, EXPECTED = "difference.opened", "difference.resolved", "difference.expected"
SHOWN = ("state", "severity", "values", "cause", "confidence", "causes", "group_code", "systems", "last_run",
         "opened_at", "resolved_at", "reopened_count", "order", "scope", "accepted_reason", "recheck_at")


@action
def keep_sightings(*, run, sightings, by, at, tally=None):
    """Keep some hundred sightings of `run`: counts per what they were. Each is a dict of Difference's columns, its
    `evidence`, and `basis`, a function that gives what its verdicts rest on, or None.

    Seeing the same thing twice in one run changes nothing. Returns {"new", "still", "reopened", "expected"};
    `tally` (seen.Tally) counts the same by scope.
    """
    _one_at_a_time(run)
    known = {row.fingerprint: row for row in Difference.objects.select_for_update(of=("self",)).filter(
        fingerprint__in=[s["fingerprint"] for s in sightings]).order_by("pk")}
    counts = {"new": 0, "still": 0, "reopened": 0, "expected": 0}
    changed, news, entries = [], [], []
    fresh = [_new(run, s, at, news) for s in sightings if s["fingerprint"] not in known]
    made = {row.fingerprint: row for row in Difference.objects.bulk_create(fresh)}
    for sighting in sightings:
        row = known.get(sighting["fingerprint"])
        if row is not None and row.last_run_id > run.pk:
            counts["still"] += 1  # a later run has seen it: what that one said stands
            continue
        what = "new" if row is None else _seen(row, run, sighting, at, news, entries)
        what = "expected" if (row or made[sighting["fingerprint"]]).state == Difference.EXPECTED else what
        counts[what] += 1
        if tally is not None:
            tally.add(sighting["scope_id"], sighting["field"], what)
        if row is not None:
            changed.append(row)
    Difference.objects.bulk_update(changed, SHOWN, batch_size=100)
    DifferenceEntry.objects.bulk_create(entries)
    _observe(run, sightings, {**known, **made})
    for kind, row in news:
        publish(News(kind, row.pk, at))
    return counts


def _one_at_a_time(run):
    """Two runs of one profile keep their sightings one after the other, so that none is made twice; and only the one
    whose turn it is."""
    Profile.objects.select_for_update(of=("self",)).get(pk=run.profile_id)
    hold_turn(run)


def _new(run, sighting, at, news):
    row = Difference(
        profile_id=run.profile_id, first_run=run, last_run=run, opened_at=None,
        **{name: value for name, value in sighting.items() if name not in ("evidence", "basis")})
    if row.state == Difference.OPEN:
        row.opened_at = at
        news.append((OPENED, row))
    return row


def _seen(row, run, sighting, at, news, entries):
    """Bring a known row up to date. Returns still or reopened."""
    before = row.state
    for name in ("severity", "values", "cause", "confidence", "causes", "group_code", "systems", "order_id",
                 "scope_id"):
        setattr(row, name, sighting[name])
    row.last_run, row.recheck_at = run, sighting.get("recheck_at")
    if sighting["state"] == Difference.EXPECTED:
        if before in (Difference.RESOLVED, Difference.OPEN):
            _wait(row, before, at, news, entries)
        return "still"
    row.state = _next_state(row, at)
    if row.state == before or row.state != Difference.OPEN:
        return "still"
    row.opened_at, row.resolved_at = at, None
    news.append((OPENED, row))
    if before == Difference.EXPECTED:
        return "new"
    row.reopened_count += 1
    entries.append(DifferenceEntry(difference=row, at=at, action="reopened", text=before))
    return "reopened"


def _wait(row, before, at, news, entries):
    """It may settle by itself (again), so nobody is asked to look. What a person has in hand stays with that person."""
    row.state, row.opened_at, row.resolved_at = Difference.EXPECTED, None, None
    if before == Difference.OPEN:
        entries.append(DifferenceEntry(difference=row, at=at, action="expected"))
        news.append((EXPECTED, row))


def _next_state(row, at):
    """The state of a row that is (still) there and not merely expected."""
    if row.state == Difference.ACCEPTED:
        outside = _is_outside(row)
        over = row.accepted_until is not None and row.accepted_until <= at
        return Difference.OPEN if outside or over else row.state
    if row.state in (Difference.EXPECTED, Difference.RESOLVED, Difference.CLAIMED):
        return Difference.OPEN
    return row.state


def _is_outside(row):
    """Has an accepted one changed by more than was accepted?"""
    if row.accepted_gap_u is not None:
        gap = gap_of(row.values)
        return gap is None or gap > row.accepted_gap_u
    return row.accepted_values_hash and row.accepted_values_hash != hash_of_values(row.values)


def _observe(run, sightings, rows):
    seen = set(Observation.objects.filter(run=run, difference__in=rows.values()).values_list(
        "difference_id", flat=True))
    fresh = [s for s in sightings if rows[s["fingerprint"]].pk not in seen]
    bases = _bases(fresh, rows)
    Observation.objects.bulk_create([
        Observation(difference=rows[s["fingerprint"]], run=run, values=s["values"], causes=s["causes"],
                    evidence=s["evidence"], basis=bases.get(s["fingerprint"]))
        for s in fresh])


def _bases(sightings, rows):
    """{fingerprint: its Basis}; made where the difference has none that says the same."""
    wanted = {}
    for sighting in sightings:
        body = sighting["basis"]() if sighting.get("basis") else None
        if body is not None:
            text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()
            wanted[sighting["fingerprint"]] = Basis(
                difference=rows[sighting["fingerprint"]], sha256=digest, body=body)
    known = {(one.difference_id, one.sha256): one for one in Basis.objects.filter(
        difference__in=[one.difference for one in wanted.values()]).defer("body")}
    found = {mark: known.get((one.difference_id, one.sha256), one) for mark, one in wanted.items()}
    Basis.objects.bulk_create([one for one in found.values() if one.pk is None])
    return found


@action
def resolve_gone(*, run, ids, by, at, tally=None):
    """Close differences that this run would have seen and did not; none that a later run saw. Returns how many."""
    _one_at_a_time(run)
    rows = list(Difference.objects.select_for_update(of=("self",)).filter(
        pk__in=ids, last_run__lte=run.pk, state__in=(*Difference.OPEN_STATES, Difference.EXPECTED)).order_by("pk"))
    for row in rows:
        if row.state != Difference.EXPECTED:
            publish(News(RESOLVED, row.pk, at))
        row.state, row.resolved_at, row.recheck_at = Difference.RESOLVED, at, None
        if tally is not None:
            tally.add(row.scope_id, row.field, "resolved")
    Difference.objects.bulk_update(rows, ["state", "resolved_at", "recheck_at"], batch_size=200)
    DifferenceEntry.objects.bulk_create(
        [DifferenceEntry(difference=row, at=at, action="resolved", text=f"#{run.pk}") for row in rows])
    return len(rows)
