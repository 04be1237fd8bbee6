"""What is the answer on one screen: how many, why, where to look first?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from unicodedata import east_asian_width

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reconciliation.causes.names import cause_name
from reconciliation.report import blamed, field_label, said_note

# What makes the values that were compared doubtful; other notes stand in the report only.
TELLING = frozenset(("extra_cells", "nameless_column", "duplicate_header", "error_value", "formula_without_value",
                     "bad_number", "digits_lost", "scientific", "far_column", "stopped_at_blank", "serial_60",
                     "serial_out_of_range"))
CAUSES_SHOWN, GROUPS_SHOWN, EXAMPLES_SHOWN = 8, 3, 3


def summary_lines(outcome, lang):
    """At most 24 lines."""
    yield from _inputs(outcome, lang)
    yield _count_line(outcome)
    if outcome.open:
        yield ""
        yield from _why_lines(outcome, lang)
        yield ""
        yield from _first_lines(outcome, lang)
    if outcome.gaps:
        yield ngettext("%(count)s code is in no table (sheet “%(sheet)s”).",
                       "%(count)s codes are in no table (sheet “%(sheet)s”).", len(outcome.gaps)) % {
                           "count": len(outcome.gaps), "sheet": _("Mapping gaps")}


def _inputs(outcome, lang):
    title = outcome.profile.title.get(lang) or outcome.profile.name
    parts = ", ".join(f"{n} {outcome.rows[n]:,} ({outcome.inputs[n].encoding})" for n in outcome.profile.systems)
    yield f"{title}: {parts}"
    yield from _note_line(outcome)


def _note_line(outcome):
    """The first thing to know of what was read, and how many more there are."""
    notes = [(source, note) for _name, source in sorted(outcome.inputs.items()) for note in source.notes
             if note.code in TELLING]
    count = sum(n for source in outcome.inputs.values() for code, n in source.counts.items() if code in TELLING)
    if notes:
        source, note = notes[0]
        line = f"{Path(source.given).name}: {said_note(note)}"
        if count > 1:
            line += " " + ngettext("%(count)s more note is on the sheet “%(sheet)s” of the report.",
                                   "%(count)s more notes are on the sheet “%(sheet)s” of the report.", count - 1) % {
                                       "count": f"{count - 1:,}", "sheet": _("Parameters")}
        yield line


def _count_line(outcome):
    count, later = len(outcome.open), len(outcome.expected)
    keys = len({d.key for d in outcome.open})
    line = _("No differences.") if not count else ngettext(
        "%(count)s difference in %(keys)s keys.", "%(count)s differences in %(keys)s keys.", count) % {
            "count": f"{count:,}", "keys": f"{keys:,}"}
    if later:
        line += " " + ngettext("%(count)s more is expected to settle by itself.",
                               "%(count)s more are expected to settle by themselves.", later) % {"count": f"{later:,}"}
    return line


def _why_lines(outcome, lang):
    systems = sorted({blamed(d) for d in outcome.open})
    counts = Counter((d.main.cause, blamed(d)) for d in outcome.open)
    totals = Counter(d.main.cause for d in outcome.open)
    shown = sorted(totals, key=lambda c: (-totals[c], c))[:CAUSES_SHOWN]
    top = sorted(systems, key=lambda s: (-sum(counts[c, s] for c in totals), s))[:5]
    width = max(_width(cause_name(c, lang)) for c in shown)
    yield _pad(_("Why"), width) + f"  {_('all'):>7}" + "".join(f"  {s[:12]:>12}" for s in top)
    for cause in shown:
        cells = "".join(f"  {counts[cause, s] or '':>12}" for s in top)
        yield _pad(cause_name(cause, lang), width) + f"  {totals[cause]:>7,}{cells}".rstrip()
    rest = len(totals) - len(shown)
    if rest > 0:
        yield ngettext("… and %(count)s more cause.", "… and %(count)s more causes.", rest) % {"count": rest}


def _first_lines(outcome, lang):
    """Groups first: one look explains many; then the gravest single ones."""
    yield _("Look here first:")
    for group in outcome.groups[:GROUPS_SHOWN]:
        yield f"- {cause_name(group.cause, lang)}: {group.sentence()[lang]} {group.fix()[lang]}"
    alone = [d for d in outcome.open if not d.group]
    alone.sort(key=lambda d: (d.severity != "high", d.main.cause != "UNKNOWN", d.sort_key()))
    for one in alone[:EXAMPLES_SHOWN]:
        place = field_label(outcome.profile, one.field, lang)
        where = f"{one.key}{' · ' + place if place else ''}: " if one.key else ""
        yield f"- {where}{one.main.sentence[lang]}"


def _width(text):
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text, width):
    return text + " " * max(0, width - _width(text))
