"""What would come of each row of a report that came back, if it were carried out now?

Asked when the file is read, and again under the lock of the difference when a row is carried out.
"""
import hashlib
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from kernel.errors import Refusal
from reconciliation.actions.deciding import must_fit
from reconciliation.decision_words import ACCEPT, ACCEPT_GAP
from reconciliation.models import DecisionRow, Difference, DifferenceEntry, Observation
from reconciliation.panels import seen_by
from reconciliation.row_marks import read_mark
from reconciliation.speech import labels_of
from reconciliation.templatetags.differences import said_value, system_words
from reconciliation.words import STATES

# Nothing a person did: between these two a difference goes by itself.
BY_ITSELF = {Difference.EXPECTED, Difference.OPEN}


@dataclass(frozen=True)
class Judgement:
    outcome: str
    sentence: str = ""
    difference: Difference | None = None


def judge(rows, person, profile, at):
    """[Judgement] of DecisionRows, in their order, for the person who brought them to a comparison's page."""
    marks = [read_mark(row.mark) for row in rows]
    wanted = {mark.fingerprint for mark in marks if mark}
    found = {one.fingerprint: one for one in seen_by(person).filter(fingerprint__in=wanted).select_related(
        "profile__department", "last_run__version", "assignee", "scope")}
    before = _done_before(rows, found.values())
    return [_judged(row, mark, found.get(mark.fingerprint) if mark else None, before, person, profile, at)
            for row, mark in zip(rows, marks, strict=True)]


def key_of(row):
    """The same for the same decision on a row as it left, whichever file brings it back how often."""
    said = (row.mark, row.decision, row.reason, str(row.until or ""), str(row.person_id or ""), row.comment)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def arguments_of(row):
    """What deciding.must_fit is asked beside the verb: {text, until, up_to_gap, to}."""
    accepts = row.decision in (ACCEPT, ACCEPT_GAP)
    return {"text": row.comment if row.decision == "comment" else row.reason,
            "until": end_of(row.until) if accepts else None, "up_to_gap": row.decision == ACCEPT_GAP, "to": row.person}


def end_of(day):
    """The last second of a day where the hub stands, or None."""
    return day and datetime.combine(day, time(23, 59, 59), ZoneInfo(settings.HUB_TIME_ZONE))


def verb_of(decision):
    """Which right a decision needs."""
    return ACCEPT if decision == ACCEPT_GAP else decision


def _done_before(rows, differences):
    """{(difference id, key): its entry} of what was carried out before."""
    entries = DifferenceEntry.objects.filter(
        difference__in=[one.pk for one in differences], decision_key__in={key_of(row) for row in rows})
    return {(entry.difference_id, entry.decision_key): entry for entry in entries.select_related("by")}


def _judged(row, mark, one, before, person, profile, at):
    if row.outcome == DecisionRow.UNREADABLE:
        return Judgement(DecisionRow.UNREADABLE, row.sentence)
    if mark is None:
        return Judgement(DecisionRow.UNREADABLE, _(
            "The row's mark is damaged, or was written by another hub. Download the comparison again."))
    if one is None:
        return Judgement(DecisionRow.REFUSED, _("This difference is not among those you may see."))
    if one.profile_id != profile.pk:
        sentence = _("This difference is of another comparison: %(name)s. Drop the file there.")
        return Judgement(DecisionRow.REFUSED, sentence % {"name": one.profile.name}, one)
    entry = before.get((one.pk, key_of(row)))
    if entry is not None:
        return Judgement(DecisionRow.ALREADY, _already(entry), one)
    changed = _changed(mark, one, person)
    if changed and row.decision != "comment":
        return Judgement(DecisionRow.CHANGED, changed, one)
    try:
        must_fit(verb_of(row.decision), one, by=person, at=at, **arguments_of(row))
    except Refusal as refusal:
        return Judgement(DecisionRow.REFUSED, str(refusal), one)
    return Judgement(DecisionRow.READY, "", one)


def _already(entry):
    return _("Done on %(day)s, from “%(file)s”, row %(row)s.") % {
        "day": _day(entry.at), "file": entry.file, "row": entry.file_row}


def _changed(mark, one, person):
    """Why the row no longer shows what stands: a sentence, or ""."""
    if not mark.fits(one.values):
        return _changed_values(mark, one)
    if one.state != mark.state and {one.state, mark.state} != BY_ITSELF:
        return _("It was %(then)s when the file was written, and is %(now)s now%(by)s. Look at it again.") % {
            "then": STATES[mark.state], "now": STATES[one.state], "by": _last_hand(one)}
    if (one.assignee_id or 0) != mark.assignee:
        return _("It has been given to %(person)s since the file was written. Look at it again.") % {
            "person": one.assignee or _("nobody")}
    return ""


def _last_hand(one):
    entry = one.entries.exclude(action="commented").select_related("by").order_by("-pk").first()
    if entry is None or entry.by is None:
        return ""
    return _(" (%(person)s, %(day)s)") % {"person": entry.by, "day": _day(entry.at)}


def _changed_values(mark, one):
    """The values then, where a run still knows them, and now."""
    then = next((seen.values for seen in Observation.objects.filter(difference=one).order_by("-run_id")[:30]
                 if mark.fits(seen.values)), None)
    if then is None:
        return _("Its values have changed since the file was written: %(now)s now. Look at it again.") % {
            "now": _said(one, one.values, one.values)}
    moved = [name for name in {**then, **one.values} if then.get(name) != one.values.get(name)]
    return _("Its values have changed since the file was written: %(then)s then, %(now)s now. Look at it again.") % {
        "then": _said(one, then, moved), "now": _said(one, one.values, moved)}


def _said(one, values, names):
    labels = labels_of(one.last_run.spec)
    return _(", ").join(
        f"{system_words(name, labels)} {_value(values.get(name), one.field)}" for name in sorted(names))


def _value(value, field):
    return strip_tags(str(said_value(value, field)))  # a page marks its times up


def _day(moment):
    return timezone.localtime(moment, ZoneInfo(settings.HUB_TIME_ZONE)).strftime("%Y-%m-%d %H:%M")
