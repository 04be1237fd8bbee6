"""How does one comparison become a workbook that a person can work with and another run can repeat?"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.excel import Column, Highlight, SafeWorkbook
from reconciliation.causes.fixes import FIXES
from reconciliation.causes.names import cause_name
from reconciliation.errors import CannotRun, gettext_noop
from reconciliation.findings import shown_value, shown_values
from reconciliation.values import EPOCH, MICRO, show_number, show_time

KINDS = {"missing": gettext_noop("missing"), "duplicate": gettext_noop("duplicate"), "value": gettext_noop("value"),
         "cardinality": gettext_noop("split or sum"), "unreadable": gettext_noop("unreadable")}
STATES = {"open": gettext_noop("open"), "expected": gettext_noop("expected")}
SEVERITIES = {"low": gettext_noop("low"), "medium": gettext_noop("medium"), "high": gettext_noop("high")}
CONFIDENCES = {"certain": gettext_noop("certain"), "group": gettext_noop("supported by its group"),
               "hypothesis": gettext_noop("hypothesis")}


def write_report(outcome, target, lang):
    """Write the workbook to `target` (path or binary stream). Raises CannotRun when the path cannot be written."""
    stamp = moment(outcome.as_of_us).replace(tzinfo=None)
    with SafeWorkbook(zone=outcome.profile.zone, stamp=stamp) as book:
        _summary(book, outcome, lang)
        _groups(book, outcome, lang)
        _differences(book, outcome, lang)
        _unmatched(book, outcome, lang)
        _gaps(book, outcome)
        _parameters(book, outcome, lang)
        try:
            book.save(target)
        except OSError as error:
            raise CannotRun(gettext_noop("“%(path)s” cannot be written."), path=str(target)) from error


def moment(us):
    """Aware UTC datetime of µs since 1970, or None."""
    return None if us is None else (EPOCH + timedelta(microseconds=us)).astimezone(UTC)


def blamed(one):
    """The systems the first cause points at; of a missing key those that lack it."""
    main = one.main
    return ", ".join(sorted(main.systems if main and main.systems else one.absent or one.sides))


def field_label(profile, name, lang):
    return profile.fields[name].label.get(lang, name) if name in profile.fields else name


def _summary(book, outcome, lang):
    counts, high, examples = Counter(), Counter(), {}
    for one in outcome.differences:
        place = (one.main.cause, blamed(one), one.kind, one.field, one.state)
        counts[place] += 1
        high[place] += one.severity == "high"
        examples.setdefault(place, one.key)
    sheet = book.sheet(_("Summary"), [
        Column(_("Cause"), width=24), Column(_("Cause code"), width=24), Column(_("System"), width=16),
        Column(_("Kind")), Column(_("Field")), Column(_("State")), Column(_("Differences"), "int"),
        Column(_("High severity"), "int"), Column(_("Example"), "key"), Column(_("What to do"), width=50),
    ], highlights=[Highlight(_("Cause code"), "UNKNOWN", "amber", (_("Cause"), _("Cause code"))),
                   Highlight(_("State"), _("expected"), "grey")])
    for place, count in sorted(counts.items(), key=lambda i: (i[0][4] == "expected", -i[1], i[0])):
        cause, systems, kind, field, state = place
        fix = FIXES.get(cause, FIXES["UNKNOWN"])[0 if lang == "en" else 1]
        label = field_label(outcome.profile, field, lang)
        sheet.append([cause_name(cause, lang), cause, systems, _(KINDS[kind]), label, _(STATES[state]),
                      count, high[place], examples[place], fix])
    total = [pgettext("total", "All"), None, None, None, None, None]
    sheet.append([*total, sum(counts.values()), sum(high.values()), None, None])


def _groups(book, outcome, lang):
    sheet = book.sheet(pgettext("differences", "Groups"), [
        Column(pgettext("differences", "Group"), "key"), Column(_("Cause"), width=24), Column(_("System")),
        Column(_("By")),
        Column(_("Value"), "key"), Column(_("From"), "datetime"), Column(_("To"), "datetime"),
        Column(_("Differences"), "int"), Column(_("Hits"), "int"), Column(_("Records"), "int"),
        Column(pgettext("part of all", "Share"), "percent"), Column(_("Risk ratio")), Column(_("Examples"), "key", 40),
        Column(_("Why"), width=60), Column(_("What to do"), width=50)])
    for group in outcome.groups:
        sheet.append([group.id, cause_name(group.cause, lang), group.system, group.dimension or _("all"), group.value,
                      moment(group.start_us), moment(group.end_us), len(group.members), group.hits, group.rows,
                      round(Decimal(group.hits) / max(1, group.rows), 4),
                      Decimal(str(group.risk)) if group.risk else None,
                      ", ".join(group.examples()), group.sentence()[lang], group.fix()[lang]])


def _differences(book, outcome, lang):
    systems = list(outcome.profile.systems)
    sheet = book.sheet(_("Differences"), [
        Column(_("Key"), "key"), Column(_("State")), Column(_("Severity")), Column(_("Kind")), Column(_("Field")),
        *[Column(name, width=22) for name in systems], Column(_("Largest difference"), width=16),
        Column(_("Cause"), width=24), Column(_("Cause code"), width=24), Column(_("Confidence")),
        Column(_("System at fault")), Column(_("Why"), width=70), Column(_("Other causes"), width=24),
        Column(pgettext("differences", "Group"), "key"), Column(_("Decision")), Column(_("Comment"), width=30)],
        highlights=[Highlight(_("State"), _("expected"), "grey"),
                    Highlight(_("Severity"), _("high"), "red", (_("Severity"),)),
                    Highlight(_("Cause code"), "UNKNOWN", "amber", (_("Cause"), _("Cause code")))], freeze_columns=1)
    for one in outcome.differences:
        if one.kind != "missing":
            sheet.append([*_place(one, outcome.profile, lang), *_values(one, outcome.profile, systems),
                          _largest(one, outcome.profile), *_why(one, lang), None, None])


def _unmatched(book, outcome, lang):
    systems = list(outcome.profile.systems)
    sheet = book.sheet(_("Unmatched"), [
        Column(_("Key"), "key"), Column(_("State")), Column(_("Severity")),
        *[Column(name, "key", 22) for name in systems], Column(_("Missing in")), Column(_("Event"), "datetime"),
        Column(_("Cause"), width=24), Column(_("Cause code"), width=24), Column(_("Confidence")),
        Column(_("System at fault")), Column(_("Why"), width=70), Column(_("Other causes"), width=24),
        Column(pgettext("differences", "Group"), "key"), Column(_("Decision")), Column(_("Comment"), width=30)],
        highlights=[Highlight(_("State"), _("expected"), "grey"),
                    Highlight(_("Cause code"), "UNKNOWN", "amber", (_("Cause"), _("Cause code")))], freeze_columns=1)
    for one in outcome.differences:
        if one.kind == "missing":
            written = shown_values(one, outcome.profile)
            sheet.append([one.key, _(STATES[one.state]), _(SEVERITIES[one.severity]),
                          *[written.get(n) for n in systems], ", ".join(one.absent), moment(one.newest_at()),
                          *_why(one, lang), None, None])


def _place(one, profile, lang):
    return [one.key, _(STATES[one.state]), _(SEVERITIES[one.severity]), _(KINDS[one.kind]),
            field_label(profile, one.field, lang)]


def _values(one, profile, systems):
    """Typed cells: numbers as numbers, times as times, codes as text."""
    field = profile.fields.get(one.field)
    if field is None:
        shown = shown_values(one, profile)
        return [shown.get(n) for n in systems]
    return [_cell(field, one.sides[n]) if n in one.sides and n in field.columns else None for n in systems]


def _cell(field, side):
    value = side.values.get(field.name)
    if value is None or field.name in side.unreadable or (field.type == "money" and _odd_currency(field, side)):
        return shown_value(field, side)
    if field.is_number:
        return Decimal(show_number(value))
    return moment(value) if field.type == "time" else value


def _odd_currency(field, side):
    return side.currency.get(field.name, "") not in ("", field.currency)


def _largest(one, profile):
    """Largest minus smallest value; seconds of times."""
    field = profile.fields.get(one.field)
    if field is None or not (field.is_number or field.type == "time"):
        return None
    values = [v for s in one.sides.values() if (v := s.values.get(field.name)) is not None]
    return Decimal(max(values) - min(values)) / MICRO if len(values) > 1 else None


def _why(one, lang):
    main, others = one.causes[0], one.causes[1:]
    return [cause_name(main.cause, lang), main.cause, _(CONFIDENCES[main.confidence]), ", ".join(main.systems),
            main.sentence[lang], ", ".join(cause_name(v.cause, lang) for v in others) or None, one.group or None]


def _gaps(book, outcome):
    sheet = book.sheet(_("Mapping gaps"), [
        Column(_("Table")), Column(_("Field")), Column(_("System")), Column(_("Not in the table"), "key", 30),
        Column(_("Rows"), "int")])
    sheet.extend(outcome.gaps)


def _parameters(book, outcome, lang):
    sheet = book.sheet(_("Parameters"), [Column(_("Parameter"), width=30), Column(_("Of"), width=24),
                                         Column(_("Value"), "key", 80)])
    for row in parameter_rows(outcome, lang):
        sheet.append(row)


def parameter_rows(outcome, lang):
    """(parameter, of what, value as text): all that is needed to run it again and get the same."""
    profile = outcome.profile
    yield _("Profile"), profile.name, profile.title.get(lang, profile.name)
    yield _("Profile revision"), profile.name, profile.revision
    yield _("SHA-256"), _("profile"), outcome.profile_sha256
    yield _("As of"), None, show_time(outcome.as_of_us)
    yield _("Order Hub version"), None, settings.VERSION
    yield _("Engine"), None, outcome.engine
    for name, source in outcome.inputs.items():
        yield _("File"), name, Path(source.given).name
        yield _("SHA-256"), name, source.sha256
        yield _("Encoding"), name, source.encoding
    for name, system in profile.systems.items():
        yield _("Rows read"), name, str(outcome.rows.get(name, 0))
        yield _("Grace"), name, f"{system.grace_s} s"
        yield _("Watermark"), name, system.watermark or "-"
        yield _("Time zone"), name, system.zone
    for name, field in profile.fields.items():
        yield _("Type"), name, field.type
        yield _("Tolerance"), name, tolerance_text(field)
        yield _("Authority"), name, field.authority or "-"
    yield _("Rules off"), None, ", ".join(sorted(profile.rules_off)) or "-"


def tolerance_text(field):
    """'0.01', '0.5 %', '180 s'."""
    absolute = show_number(field.tolerance) + (" s" if field.type == "time" else "")
    return f"{absolute}, {show_number(field.relative_ppm * 100)} %" if field.relative_ppm else absolute
