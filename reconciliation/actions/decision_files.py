"""How is a report that came back kept, read and carried out, row by row?"""
from django.utils.translation import gettext_lazy as _

from kernel.errors import Forbidden, Refusal
from kernel.news import action
from reconciliation import decision_words as words
from reconciliation.actions.deciding import (
    Origin,
    accept_difference,
    assign_difference,
    comment_difference,
    mark_invalid,
    reopen_difference,
    resolve_difference,
)
from reconciliation.decision_judging import arguments_of, judge, key_of
from reconciliation.models import DecisionFile, DecisionRow, Difference


@action
def drop_decisions(*, run, name, sha256, by, at):
    """Somebody brings a report on `run` back; what it says is read next. Returns the DecisionFile."""
    return DecisionFile.objects.create(run=run, name=name[:200], sha256=sha256, dropped_by=by, dropped_at=at)


@action
def follow_job(*, file, job, by, at):
    """Which job is at work on it, so that its page can say so."""
    file.job = job
    file.save(update_fields=["job"])


@action
def begin_reading(*, file, by, at):
    """Forget what a reading that was broken off has left."""
    file.rows.all().delete()


@action
def keep_decisions(*, file, asked, by, at):
    """Keep some hundred filled-in rows (decision_reading.Asked) and what would come of each."""
    rows = [_row(file, one) for one in asked]
    for row, told in zip(rows, judge(rows, file.dropped_by, file.run.profile, at), strict=True):
        row.outcome, row.sentence, row.difference = told.outcome, told.sentence, told.difference
    DecisionRow.objects.bulk_create(rows)


def _row(file, one):
    return DecisionRow(
        file=file, sheet=one.sheet, number=one.number, key=one.key, mark=one.mark, decision=one.decision,
        reason=one.reason, comment=one.comment, until=one.until, person=one.person, sentence=one.trouble,
        outcome=DecisionRow.UNREADABLE if one.trouble else DecisionRow.READY)


@action
def end_reading(*, file, row_count, error, by, at):
    """It is read, or refused as a whole with a sentence."""
    file.state = DecisionFile.REFUSED if error else DecisionFile.READ
    file.error, file.row_count, file.read_at = error, row_count, at
    file.save(update_fields=["state", "error", "row_count", "read_at"])
    if error:
        file.rows.all().delete()


@action
def carry_out(*, row, by, at):
    """Do what one row asks for, if it still can be done. Once: a row that is done stays done. Returns the row."""
    row = DecisionRow.objects.select_for_update(of=("self",)).select_related("file__run__profile", "person").get(
        pk=row.pk)
    if row.file.dropped_by_id != by.pk:
        raise Forbidden(_("Decisions from a file are carried out by whoever brought it."), code="not_your_file")
    if row.outcome != DecisionRow.READY:
        return row
    Difference.objects.select_for_update(of=("self",)).filter(pk=row.difference_id).first()
    [told] = judge([row], by, row.file.run.profile, at)
    row.outcome, row.sentence = told.outcome, told.sentence
    if told.outcome == DecisionRow.READY:
        _do(row, told.difference, by, at)
    row.save(update_fields=["outcome", "sentence"])
    return row


def _do(row, difference, by, at):
    row.outcome = DecisionRow.DONE
    try:
        _decide(row, difference, Origin(row.file.name, row.number, key_of(row)), by, at)
        if row.comment and row.decision != words.COMMENT:
            comment_difference(difference=difference, text=row.comment, by=by, at=at,
                               origin=Origin(row.file.name, row.number))
    except Refusal as refusal:
        row.outcome, row.sentence = DecisionRow.REFUSED, str(refusal)


def _decide(row, difference, origin, by, at):
    given = {"difference": difference, "by": by, "at": at, "origin": origin}
    if row.decision in (words.ACCEPT, words.ACCEPT_GAP):
        told = arguments_of(row)
        accept_difference(reason=row.reason, until=told["until"], up_to_gap=told["up_to_gap"], **given)
    elif row.decision == words.ASSIGN:
        assign_difference(to=row.person, **given)
    elif row.decision == words.FIXED:
        resolve_difference(note=row.reason, **given)
    elif row.decision == words.INVALID:
        mark_invalid(reason=row.reason, **given)
    elif row.decision == words.REOPEN:
        reopen_difference(reason=row.reason, **given)
    else:
        comment_difference(text=row.comment, **given)


@action
def end_carrying_out(*, file, by, at):
    file.state, file.applied_at = DecisionFile.APPLIED, at
    file.save(update_fields=["state", "applied_at"])
