"""What may a person decide about a difference?"""
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal, do_to_each
from kernel.news import News, action, publish
from kernel.typed import fit_typed
from reconciliation.actions.keep_sightings import OPENED
from reconciliation.distance import gap_of
from reconciliation.fingerprints import hash_of_values
from reconciliation.hub_profiles import has_gap
from reconciliation.models import Difference, DifferenceEntry
from reconciliation.rights import must_be_given, must_do

ASSIGNED, CHANGED = "difference.assigned", "difference.changed"
DECIDED = (Difference.ACCEPTED, Difference.INVALID, Difference.CLAIMED)


@dataclass(frozen=True)
class Origin:
    """Where a decision stood that did not come from a page: a row of a file somebody brought back.

    `key` is the same for the same decision on the same row, so that it is carried out once.
    """

    file: str
    row: int
    key: str = ""


@action
def assign_difference(*, difference, to, by, at, origin=None):
    """Give an open difference to a person who may open it."""
    row = _locked(difference)
    must_fit("assign", row, by=by, at=at, to=to)
    publish(News(ASSIGNED, row.pk, at))
    row.assignee, row.state = to, Difference.ASSIGNED
    return _keep(row, "assigned", str(to), by, at, "assignee", origin=origin)


@action
def resolve_difference(*, difference, note, by, at, origin=None):
    """Claim that it is fixed; the next comparison that covers it checks the claim."""
    row = _locked(difference)
    must_fit("fixed", row, by=by, at=at)
    row.state = Difference.CLAIMED
    return _keep(row, "claimed_fixed", note, by, at, origin=origin)


@action
def accept_difference(*, difference, reason, by, at, until=None, up_to_gap=False, origin=None):
    """Accept it as it stands: it opens again when its values change or `until` has passed.

    `up_to_gap`: its values may change, as long as they are no further apart than now.
    """
    row = _locked(difference)
    must_fit("accept", row, by=by, at=at, text=reason, until=until, up_to_gap=up_to_gap)
    row.accepted_gap_u = gap_of(row.values) if up_to_gap else None
    row.state, row.accepted_by, row.accepted_reason, row.accepted_until = Difference.ACCEPTED, by, reason[:300], until
    row.accepted_values_hash = hash_of_values(row.values)
    return _keep(row, "accepted", reason, by, at, "accepted_by", "accepted_reason", "accepted_until",
                 "accepted_values_hash", "accepted_gap_u", origin=origin)


@action
def mark_invalid(*, difference, reason, by, at, origin=None):
    """It is no difference (a mapping or the profile is wrong): no run opens or closes it any more."""
    row = _locked(difference)
    must_fit("invalid", row, by=by, at=at, text=reason)
    row.state = Difference.INVALID
    return _keep(row, "invalid", reason, by, at, origin=origin)


@action
def reopen_difference(*, difference, reason, by, at, origin=None):
    """Take back that it was accepted, invalid or claimed as fixed: it is open again, and so is its ticket."""
    row = _locked(difference)
    must_fit("reopen", row, by=by, at=at, text=reason)
    row.state, row.opened_at, row.accepted_by, row.accepted_until = Difference.OPEN, at, None, None
    row.accepted_reason, row.accepted_values_hash, row.accepted_gap_u = "", "", None
    row.reopened_count += 1
    publish(News(OPENED, row.pk, at))
    return _keep(row, "reopened", reason, by, at, "opened_at", "accepted_by", "accepted_until", "accepted_reason",
                 "accepted_values_hash", "accepted_gap_u", "reopened_count", origin=origin)


@action
def comment_difference(*, difference, text, by, at, origin=None):
    """Say something about it, whatever its state. Nothing else changes."""
    row = _locked(difference)
    must_fit("comment", row, by=by, at=at, text=text)
    _write(row, "commented", text, by, at, origin)
    return row


@action
def decide_differences(*, differences, decide, by, at, **arguments):
    """Do one of this module's verbs to many differences. Returns (done, [(difference, sentence) refused])."""
    return do_to_each(differences, lambda row: decide(difference=row, by=by, at=at, **arguments))


WORDS_MISSING = {
    "accept": _("Say why the difference is accepted."), "invalid": _("Say why it is no difference."),
    "reopen": _("Say why the difference is opened again."), "comment": _("The comment is empty."),
}
# What the actions call the words that are typed with them; an assignment takes none.
NAMED = {"accept": "reason", "invalid": "reason", "reopen": "reason", "fixed": "note", "comment": "text"}


def must_fit(verb, row, *, by, at, text="", until=None, up_to_gap=False, to=None):
    """Raises the Refusal in which this verb would end on the row as it stands. Actions ask it, and previews."""
    if verb in WORDS_MISSING and not text:
        raise Refusal(WORDS_MISSING[verb], code="reason_missing")
    if verb in NAMED:
        fit_typed({"by": by, NAMED[verb]: text})
    if until is not None and until <= at:
        raise Refusal(_("It cannot be accepted until a time that has passed."), code="until_passed")
    must_do(verb, row, by)
    if verb == "reopen" and row.state not in DECIDED:
        raise Refusal(_("Only what somebody has decided is opened again."), code="difference_not_decided")
    if verb not in ("reopen", "comment") and row.state not in (*Difference.OPEN_STATES, Difference.EXPECTED):
        raise Refusal(_("This difference is not open any more."), code="difference_not_open")
    if up_to_gap and (not has_gap(row) or gap_of(row.values) is None):
        raise Refusal(_("Only numbers and times can be accepted as far apart as they are."), code="no_gap")
    if to is not None:
        must_be_given(row, to, by)


def _locked(difference):
    rows = Difference.objects.select_for_update(of=("self",)).select_related("profile__department")
    return rows.get(pk=difference.pk)


def _keep(row, verb, text, by, at, *fields, origin):
    row.save(update_fields=["state", *fields])
    _write(row, verb, text, by, at, origin)
    publish(News(CHANGED, row.pk, at))
    return row


def _write(row, verb, text, by, at, origin):
    came = {"file": origin.file[:200], "file_row": origin.row, "decision_key": origin.key} if origin else {}
    DifferenceEntry.objects.create(difference=row, at=at, by=by, action=verb, text=text or "", **came)
