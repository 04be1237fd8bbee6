"""What may a person decide about a difference?"""
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal, do_to_each
from kernel.news import News, action, publish
from reconciliation.actions.keep_sightings import OPENED
from reconciliation.distance import gap_of
from reconciliation.fingerprints import hash_of_values
from reconciliation.hub_profiles import has_gap
from reconciliation.models import Difference, DifferenceEntry
from reconciliation.rights import must_do, must_open

ASSIGNED, CHANGED = "difference.assigned", "difference.changed"
DECIDED = (Difference.ACCEPTED, Difference.INVALID, Difference.CLAIMED)


@action
def assign_difference(*, difference, to, by, at):
    """Give an open difference to a person who may open it."""
    row = _open(difference, "assign", by)
    if to is not None:
        must_open(row, to)
    publish(News(ASSIGNED, row.pk, at))
    row.assignee, row.state = to, Difference.ASSIGNED
    return _keep(row, "assigned", str(to), by, at, "assignee")


@action
def resolve_difference(*, difference, note, by, at):
    """Claim that it is fixed; the next comparison that covers it checks the claim."""
    row = _open(difference, "fixed", by)
    row.state = Difference.CLAIMED
    return _keep(row, "claimed_fixed", note, by, at)


@action
def accept_difference(*, difference, reason, by, at, until=None, up_to_gap=False):
    """Accept it as it stands: it opens again when its values change or `until` has passed.

    `up_to_gap`: its values may change, as long as they are no further apart than now.
    """
    if not reason:
        raise Refusal(_("Say why the difference is accepted."), code="reason_missing")
    if until is not None and until <= at:
        raise Refusal(_("It cannot be accepted until a time that has passed."), code="until_passed")
    row = _open(difference, "accept", by)
    row.accepted_gap_u = _gap(row) if up_to_gap else None
    row.state, row.accepted_by, row.accepted_reason, row.accepted_until = Difference.ACCEPTED, by, reason[:300], until
    row.accepted_values_hash = hash_of_values(row.values)
    return _keep(row, "accepted", reason, by, at,
                 "accepted_by", "accepted_reason", "accepted_until", "accepted_values_hash", "accepted_gap_u")


def _gap(row):
    found = gap_of(row.values) if has_gap(row) else None
    if found is None:
        raise Refusal(_("Only numbers and times can be accepted as far apart as they are."), code="no_gap")
    return found


@action
def mark_invalid(*, difference, reason, by, at):
    """It is no difference (a mapping or the profile is wrong): no run opens or closes it any more."""
    if not reason:
        raise Refusal(_("Say why it is no difference."), code="reason_missing")
    row = _open(difference, "invalid", by)
    row.state = Difference.INVALID
    return _keep(row, "invalid", reason, by, at)


@action
def reopen_difference(*, difference, reason, by, at):
    """Take back that it was accepted, invalid or claimed as fixed: it is open again, and so is its ticket."""
    if not reason:
        raise Refusal(_("Say why the difference is opened again."), code="reason_missing")
    row = _locked(difference, "reopen", by)
    if row.state not in DECIDED:
        raise Refusal(_("Only what somebody has decided is opened again."), code="difference_not_decided")
    row.state, row.opened_at, row.accepted_by, row.accepted_until = Difference.OPEN, at, None, None
    row.accepted_reason, row.accepted_values_hash, row.accepted_gap_u = "", "", None
    row.reopened_count += 1
    publish(News(OPENED, row.pk, at))
    return _keep(row, "reopened", reason, by, at, "opened_at", "accepted_by", "accepted_until", "accepted_reason",
                 "accepted_values_hash", "accepted_gap_u", "reopened_count")


@action
def decide_differences(*, differences, decide, by, at, **arguments):
    """Do one of this module's verbs to many differences. Returns (done, [(difference, sentence) refused])."""
    return do_to_each(differences, lambda row: decide(difference=row, by=by, at=at, **arguments))


def _locked(difference, verb, by):
    rows = Difference.objects.select_for_update(of=("self",)).select_related("profile__department")
    row = rows.get(pk=difference.pk)
    must_do(verb, row, by)
    return row


def _open(difference, verb, by):
    row = _locked(difference, verb, by)
    if row.state not in (*Difference.OPEN_STATES, Difference.EXPECTED):
        raise Refusal(_("This difference is not open any more."), code="difference_not_open")
    return row


def _keep(row, verb, text, by, at, *fields):
    row.save(update_fields=["state", *fields])
    DifferenceEntry.objects.create(difference=row, at=at, by=by, action=verb, text=text or "")
    publish(News(CHANGED, row.pk, at))
    return row
