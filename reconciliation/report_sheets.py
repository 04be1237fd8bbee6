"""Which sheets and columns has a report on a comparison, whether of two files or of the hub's own records?

The reports of files (report.py) also tell each cause's code, by which other programs and a later import find it.
`state` is what their column of states is called where it is not the state as of the run.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.excel import Column, Highlight
from reconciliation.causes.names import cause_name
from reconciliation.values import EPOCH, MICRO, show_number
from reconciliation.words import TYPES


def moment(us):
    """Aware UTC datetime of µs since 1970, or None."""
    return None if us is None else (EPOCH + timedelta(microseconds=us)).astimezone(UTC)


def summary_sheet(book, lang, *, coded, state=None):
    """Cause, (code,) system, kind, field, state, differences, high ones, an example, what to do."""
    return book.sheet(_("Summary"), [
        *_cause(coded), Column(_("System at fault"), width=18), Column(_("Kind")), Column(_("Field")),
        Column(state or _("State")), Column(_("Differences"), "int"), Column(_("High severity"), "int"),
        Column(_("Example"), "key"), Column(_("What to do"), width=50),
    ], highlights=_highlights(lang, coded, state))


def group_sheet(book, lang, *, more):
    """Group, cause, system, what they share, its value, from, to, differences, `more`, why, what to do."""
    return book.sheet(pgettext("differences", "Groups"), [
        Column(pgettext("differences", "Group"), "key"), Column(_("Cause"), width=24), Column(_("System at fault")),
        Column(_("By")), Column(_("Value"), "key"), Column(_("From"), "datetime"), Column(_("To"), "datetime"),
        Column(_("Differences"), "int"), *more, Column(_("Why"), width=60), Column(_("What to do"), width=50)])


def difference_sheet(book, lang, names, *, coded, state=None, first=(), after=()):
    """Key, `first`, place, a column for each system, unit, span, why, `after`."""
    return book.sheet(_("Differences"), [
        Column(_("Key"), "key"), *first, Column(state or _("State")), Column(_("Severity"), width=10),
        Column(_("Kind")), Column(_("Field")), *[Column(name, "mixed", 22) for name in names],
        Column(_("Unit"), width=9), Column(_("Largest difference"), "number", 16), *_why(coded), *after,
    ], highlights=_highlights(lang, coded, state, severe=True), freeze_columns=1)


def unmatched_sheet(book, lang, names, *, coded, state=None, first=(), after=()):
    """Key, `first`, state, severity, the key as each system writes it, who lacks it, when, why, `after`."""
    return book.sheet(_("Unmatched"), [
        Column(_("Key"), "key"), *first, Column(state or _("State")), Column(_("Severity"), width=10),
        *[Column(name, "key", 22) for name in names], Column(_("Missing in")), *_why(coded), *after,
    ], highlights=_highlights(lang, coded, state, severe=True), freeze_columns=1)


def gap_sheet(book):
    return book.sheet(_("Mapping gaps"), [
        Column(_("Table")), Column(_("Field")), Column(_("System")), Column(_("Not in the table"), "key", 30),
        Column(_("Rows"), "int")])


def parameter_sheet(book):
    return book.sheet(_("Parameters"), [
        Column(_("Parameter"), width=30), Column(_("Of"), width=24), Column(_("Value"), "key", 80)])


def _cause(coded):
    return [Column(_("Cause"), width=24), *([Column(_("Cause code"), width=24)] if coded else [])]


def _why(coded):
    return [*_cause(coded), Column(_("How sure")), Column(_("System at fault")), Column(_("Why"), width=70),
            Column(_("Other causes"), width=24), Column(pgettext("differences", "Group"), "key")]


def _highlights(lang, coded, state, severe=False):
    """What waits is grey, what is high red, what nobody can explain amber."""
    cause = (_("Cause"), _("Cause code")) if coded else (_("Cause"),)
    return [
        Highlight(state or _("State"), _("expected"), "grey"),
        *([Highlight(_("Severity"), _("high"), "red", (_("Severity"),))] if severe else []),
        Highlight(_("Cause"), cause_name("UNKNOWN", lang), "amber", cause),
    ]


def parameters_of_systems(profile, speaker, marks, graces=()):
    """(parameter, system, value) of every system.

    `marks` {system: datetime or text up to which it is complete}; `graces` {system: seconds} where a run kept them.
    """
    for name, system in profile.systems.items():
        grace_s = dict(graces).get(name, system.grace_s)
        yield _("Grace"), speaker.system(name), speaker.span(grace_s * MICRO)
        yield _("Watermark"), speaker.system(name), marks.get(name) or "-"


def parameters_of_fields(profile, speaker):
    for name, field in profile.fields.items():
        label = speaker.word(name)
        yield _("Type"), label, str(TYPES[field.type])
        yield _("Tolerance"), label, tolerance_text(field)
        yield _("Authority"), label, speaker.system(field.authority) if field.authority else "-"
    off = ", ".join(sorted(cause_name(cause, speaker.lang) for cause in profile.rules_off))
    yield _("Rules off"), None, off or "-"


def tolerance_text(field):
    """'0.01', '0.5 %', '180 s'."""
    absolute = show_number(field.tolerance) + (" s" if field.type == "time" else "")
    return f"{absolute}, {show_number(field.relative_ppm * 100)} %" if field.relative_ppm else absolute
