"""How does one comparison of files become a workbook that a person can work with and another run can repeat?"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.excel import Column, SafeWorkbook
from reconciliation.causes.fixes import FIXES
from reconciliation.causes.names import cause_name
from reconciliation.errors import CannotRun, gettext_noop
from reconciliation.findings import shown_value, shown_values
from reconciliation.groups import LABELS, said_group_value
from reconciliation.report_sheets import (
    difference_sheet,
    gap_sheet,
    group_sheet,
    moment,
    parameter_sheet,
    parameters_of_fields,
    parameters_of_systems,
    summary_sheet,
    unmatched_sheet,
)
from reconciliation.speech import speakers_of
from reconciliation.values import MICRO, show_number, show_time
from reconciliation.words import CONFIDENCES, KINDS, SEVERITIES, STATES, TABLES

NOTES_SHOWN = 200  # a file: whoever has more of them mends the file


def write_report(outcome, target, lang):
    """Write the workbook to `target` (path or binary stream). Raises CannotRun when the path cannot be written."""
    stamp = moment(outcome.as_of_us).replace(tzinfo=None)
    speaker = speakers_of(outcome.profile, outcome.as_of_us)[lang]
    with SafeWorkbook(zone=outcome.profile.zone, stamp=stamp) as book:
        _summary(book, outcome, speaker)
        _groups(book, outcome, speaker)
        _differences(book, outcome, speaker)
        _unmatched(book, outcome, speaker)
        _gaps(book, outcome, speaker)
        parameter_sheet(book).extend(parameter_rows(outcome, speaker))
        try:
            book.save(target)
        except OSError as error:
            raise CannotRun(gettext_noop("“%(path)s” cannot be written."), path=str(target)) from error


def said_note(note):
    """“Row 2: …”, or the note alone where it is about the whole file."""
    return _("Row %(row)s: %(note)s") % {"row": note.row, "note": note} if note.row else str(note)


def blamed(one):
    """The systems the first cause points at; of a missing key those that lack it."""
    return ", ".join(_blamed(one))


def _blamed(one):
    main = one.main
    return sorted(main.systems if main and main.systems else one.absent or one.sides)


def field_label(profile, name, lang):
    return profile.fields[name].label.get(lang, name) if name in profile.fields else name


def _summary(book, outcome, speaker):
    counts, high, examples, lang = Counter(), Counter(), {}, speaker.lang
    for one in outcome.differences:
        place = (one.main.cause, speaker.systems(_blamed(one)), one.kind, one.field, one.state)
        counts[place] += 1
        high[place] += one.severity == "high"
        examples.setdefault(place, one.key)
    sheet = summary_sheet(book, lang, coded=True)
    for place, count in sorted(counts.items(), key=lambda i: (i[0][4] == "expected", -i[1], i[0])):
        cause, systems, kind, field, state = place
        fix = FIXES.get(cause, FIXES["UNKNOWN"])[0 if lang == "en" else 1]
        label = field_label(outcome.profile, field, lang)
        sheet.append([cause_name(cause, lang), cause, systems, KINDS[kind], label, STATES[state],
                      count, high[place], examples[place], fix])
    total = [pgettext("total", "All"), None, None, None, None, None]
    sheet.append([*total, sum(counts.values()), sum(high.values()), None, None])


def _groups(book, outcome, speaker):
    lang = speaker.lang
    sheet = group_sheet(book, lang, more=[
        Column(_("Hits"), "int"), Column(_("Records"), "int"), Column(pgettext("part of all", "Share"), "percent"),
        Column(_("Risk ratio"), "number"), Column(_("Examples"), "key", 40)])
    for group in outcome.groups:
        sheet.append([group.id, cause_name(group.cause, lang), speaker.system(group.system),
                      LABELS.get(group.dimension, (group.dimension,) * 2)[speaker.place],
                      said_group_value(group.cause, group.value, speaker.word),
                      moment(group.start_us), moment(group.end_us), len(group.members), group.hits, group.rows,
                      round(Decimal(group.hits) / max(1, group.rows), 4),
                      Decimal(str(group.risk)) if group.risk else None,
                      ", ".join(group.examples()), group.sentence()[lang], group.fix()[lang]])


def _differences(book, outcome, speaker):
    systems, profile = list(outcome.profile.systems), outcome.profile
    sheet = difference_sheet(book, speaker.lang, [speaker.system(n) for n in systems], coded=True)
    for one in outcome.differences:
        if one.kind != "missing":
            sheet.append([*_place(one, profile, speaker.lang), *_values(one, profile, systems), _unit(one, profile),
                          _largest(one, profile), *_why(one, speaker)])


def _unmatched(book, outcome, speaker):
    systems = list(outcome.profile.systems)
    sheet = unmatched_sheet(
        book, speaker.lang, [speaker.system(n) for n in systems], coded=True,
        first=[Column(_("Event"), "datetime")])
    for one in outcome.differences:
        if one.kind == "missing":
            written = shown_values(one, outcome.profile)
            sheet.append([one.key, moment(one.newest_at()), STATES[one.state], SEVERITIES[one.severity],
                          *[written.get(n) for n in systems], speaker.systems(one.absent),
                          *_why(one, speaker)])


def _place(one, profile, lang):
    return [one.key, STATES[one.state], SEVERITIES[one.severity], KINDS[one.kind],
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


def _unit(one, profile):
    """The currency or unit of the values; of times what their difference is counted in."""
    field = profile.fields.get(one.field)
    if field is None:
        return None
    return {"money": field.currency, "quantity": field.base_unit, "time": "s"}.get(field.type) or None


def _why(one, speaker):
    main, others, lang = one.causes[0], one.causes[1:], speaker.lang
    return [cause_name(main.cause, lang), main.cause, CONFIDENCES[main.confidence], speaker.systems(main.systems),
            main.sentence[lang], ", ".join(cause_name(v.cause, lang) for v in others) or None, one.group or None]


def _gaps(book, outcome, speaker):
    gap_sheet(book).extend(
        [TABLES.get(table, table), speaker.word(field), speaker.system(system), raw, rows]
        for table, field, system, raw, rows in outcome.gaps)


def parameter_rows(outcome, speaker):
    """(parameter, of what, value as text): all that is needed to run it again and get the same."""
    profile = outcome.profile
    yield _("Profile"), profile.name, profile.title.get(speaker.lang, profile.name)
    yield _("Profile revision"), profile.name, profile.revision
    yield _("SHA-256"), _("profile"), outcome.profile_sha256
    yield _("As of"), None, show_time(outcome.as_of_us)
    yield _("Order Hub version"), None, settings.VERSION
    yield _("Engine"), None, outcome.engine
    for name, source in outcome.inputs.items():
        yield _("File"), name, Path(source.given).name
        yield _("SHA-256"), name, source.sha256
        yield _("Encoding"), name, source.encoding
        for note in source.notes[:NOTES_SHOWN]:
            yield _("Read with a note"), name, said_note(note)
    for name, system in profile.systems.items():
        yield _("Rows read"), speaker.system(name), str(outcome.rows.get(name, 0))
        yield _("Time zone"), speaker.system(name), system.zone
    yield from parameters_of_systems(profile, speaker, {n: s.watermark for n, s in profile.systems.items()})
    yield from parameters_of_fields(profile, speaker)
