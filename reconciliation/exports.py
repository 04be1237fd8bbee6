"""How does a run leave as a workbook that says in the reader's words what this person may see of it?"""

import hashlib
import json
from collections import Counter
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.excel import Column, Link, SafeWorkbook
from kernel.job_files import exports
from kernel.models import User
from orders.words import STAGES, word
from reconciliation.causes.fixes import FIXES
from reconciliation.causes.names import cause_name
from reconciliation.decision_columns import decision_columns, how_to_sheet, left_open, may_decide
from reconciliation.groups import LABELS, said_group_value
from reconciliation.hub_profiles import hub_profile
from reconciliation.listing import blamed_in, narrowed
from reconciliation.models import Difference, Run
from reconciliation.panels import differences_of, seen_by
from reconciliation.records import micro_of
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
from reconciliation.seen import gaps_seen, groups_seen, sees_everything
from reconciliation.speech import ZONES, speakers_of
from reconciliation.values import Unreadable, read_time
from reconciliation.words import BY_WEIGHT, CONFIDENCES, KINDS, STATES, TABLES

CHUNK = 500
MOST_GROUPS = 1000
HIGH = 3


def export_run(progress, *, run_id, user_id, language, asked=None):
    """Handler of the job: the report on a run, narrowed as the page was (`asked`). Returns {file, name, rows}."""
    user = User.objects.get(pk=user_id)
    run = Run.objects.select_related("profile__department", "version").visible_to(user).get(pk=run_id)
    target = exports() / f"{progress.job_id}.xlsx"
    with translation.override(language), SafeWorkbook(zone=settings.HUB_TIME_ZONE) as book:
        count = Report(run, user, "zh" if language.startswith("zh") else "en", asked or {}, progress).write(book)
        book.save(target)
    return {
        "file": target.name,
        "name": f"{run.profile.code}-{run.pk}.xlsx",
        "rows": count,
        "link": f"/runs/{run.pk}/",
    }


class Report:
    """One person's report on one run: rows that person may see, values and causes as this run saw them."""

    def __init__(self, run, user, lang, asked, progress):
        self.run, self.user, self.lang, self.asked, self.progress = run, user, lang, asked, progress
        self.found = narrowed(differences_of(run, user), asked)
        # To narrow the run's own observations: asking for the run twice made PostgreSQL walk every pair of rows.
        self.mine = narrowed(seen_by(user), asked)
        self.profile = hub_profile(run.version.spec, {})
        self.speaker = speakers_of(self.profile, micro_of(run.as_of))[lang]
        self.systems = list(self.profile.systems)
        self.names = [self.speaker.system(name) for name in self.systems]
        self.groups = groups_seen(run, self.found, user, most=MOST_GROUPS)
        self.numbers = {group.code: str(number) for number, group in enumerate(self.groups, 1)}
        self.blamed = {}
        self.decides, self.open_columns = may_decide(user), []
        self.done, self.total = 0, self.found.count()

    def write(self, book):
        """All sheets; returns how many differences were written."""
        self._summary(book)
        self._groups(book)
        if self.decides:
            self.open_columns = decision_columns(*how_to_sheet(book, self.found))
        self._differences(book)
        self._unmatched(book)
        self._gaps(book)
        parameter_sheet(book).extend(self._parameters())
        return self.done

    def _summary(self, book):
        counts, high, examples = Counter(), Counter(), {}
        rows = self.run.observations.filter(difference__in=self.mine.values("pk")).values_list(
            "causes", "difference__cause", "difference__systems", "difference__kind", "difference__field",
            "difference__state", "difference__severity", "difference__key", "difference__group_code")
        for causes, cause, systems, kind, field, state, severity, key, group in rows.iterator(chunk_size=CHUNK):
            blamed = self.speaker.systems(sorted(blamed_in(causes, systems)))
            self.blamed.setdefault(group, blamed)
            place = (_first(causes).get("cause", cause), blamed, kind, field, state)
            counts[place] += 1
            high[place] += severity == HIGH
            examples[place] = min(examples.get(place, key), key)
        sheet = summary_sheet(book, self.lang, coded=False, state=_("State now"))
        for place, count in sorted(counts.items(), key=lambda i: (i[0][4] == Difference.EXPECTED, -i[1], i[0])):
            cause, systems, kind, field, state = place
            sheet.append([
                Link(cause_name(cause, self.lang), self._page(f"?cause={cause}#differences")), systems, KINDS[kind],
                self._label(field), STATES[state], count, high[place], examples[place], self._fix(cause)])
        sheet.append([pgettext("total", "All"), *[None] * 4, counts.total(), high.total(), None, None])

    def _groups(self, book):
        sheet = group_sheet(book, self.lang, more=[Column(pgettext("part of all", "Share"), "percent")])
        for one in self.groups:
            told = one.is_whole
            sheet.append([
                Link(self.numbers[one.code], self._page(f"?group={one.code}#differences")),
                cause_name(one.cause, self.lang), self.blamed.get(one.code),
                LABELS.get(one.dimension, (one.dimension,) * 2)[self._place],
                said_group_value(one.cause, one.value, self.speaker.word),
                *([one.from_at, one.to_at] if told else [None, None]), one.hits,
                round(Decimal(str(one.share)), 4) if told else None,
                getattr(one, f"sentence_{self.lang}") if told else None, self._fix(one.cause)])

    def _differences(self, book):
        sheet = difference_sheet(
            book, self.lang, self.names, coded=False, state=_("State now"), first=[Column(_("Order number"), "key")],
            after=self._after())
        for seen in self._seen(is_missing=False):
            one, field = seen.difference, self.profile.fields.get(seen.difference.field)
            values, unit = self._typed(seen.values, field)
            sheet.append([
                *self._who(one), STATES[one.state], BY_WEIGHT.get(one.severity), KINDS[one.kind],
                self._label(one.field), *values, unit, _spread(values, field), *self._why(seen),
                *self._fate(one), *self._left_open(seen)])

    def _unmatched(self, book):
        sheet = unmatched_sheet(
            book, self.lang, self.names, coded=False, state=_("State now"), first=[Column(_("Order number"), "key")],
            after=self._after())
        for seen in self._seen(is_missing=True):
            one, written = seen.difference, seen.values or {}
            absent = [name for name in self.systems if name in written and written[name] is None]
            sheet.append([
                *self._who(one), STATES[one.state], BY_WEIGHT.get(one.severity),
                *[written.get(name) for name in self.systems], self.speaker.systems(absent), *self._why(seen),
                *self._fate(one), *self._left_open(seen)])

    def _seen(self, *, is_missing):
        """What the run saw of each difference, the gravest first."""
        rows = self.run.observations.filter(difference__in=self.mine.values("pk")).select_related(
            "difference__order", "difference__assignee", "difference__accepted_by")
        rows = rows.filter(difference__kind="missing") if is_missing else rows.exclude(difference__kind="missing")
        order = ("-difference__severity", "difference__cause", "difference__key", "pk")
        for seen in rows.order_by(*order).iterator(chunk_size=CHUNK):
            yield seen
            self.done += 1
            if self.done % CHUNK == 0:
                self.progress(self.done, self.total, _("%(count)s differences written") % {"count": self.done})

    def _gaps(self, book):
        sheet = gap_sheet(book)
        if not sees_everything(self.user):
            sheet.append([_("Told to people who see every scope.")])
        sheet.extend(
            [TABLES.get(table, table), self.speaker.word(field), self.speaker.system(system), raw, rows]
            for table, field, system, raw, rows in gaps_seen(self.run, self.user))

    # --- cells --------------------------------------------------------------------------------------------------

    @property
    def _place(self):
        return int(self.lang == "zh")

    def _page(self, rest=""):
        return f"{settings.HUB_PUBLIC_URL}/runs/{self.run.pk}/{rest}"

    def _fix(self, cause):
        return FIXES.get(cause, FIXES["UNKNOWN"])[self._place]

    def _label(self, field):
        return self.speaker.word(field) if field else None

    def _who(self, one):
        order = one.order
        return [Link(one.key, f"{settings.HUB_PUBLIC_URL}/differences/{one.pk}/"),
                Link(order.number, f"{settings.HUB_PUBLIC_URL}{order.address}") if order else None]

    def _typed(self, values, field):
        """([a cell for each system], the unit they share)."""
        given = [(values or {}).get(name) for name in self.systems]
        if field is None or not (field.is_number or field.type in ("time", "code")):
            return [_plain(value) for value in given], None
        if field.type == "time":
            return [_time(value) for value in given], _("min")
        if field.type == "code":
            return [word(STAGES, value) if isinstance(value, str) else _plain(value) for value in given], None
        pairs = [_number(value) for value in given]
        units = {unit for number, unit in pairs if isinstance(number, Decimal)}
        if len(units) > 1:  # amounts of several currencies are no numbers to count with
            return [_plain(value) for value in given], None
        unit = next(iter(units), "") or (field.currency if field.type == "money" else field.base_unit)
        return [number for number, _unit in pairs], self.speaker.unit(unit) or None

    def _why(self, seen):
        causes = [cause for cause in seen.causes or seen.difference.causes or [] if isinstance(cause, dict)]
        first = _first(causes)
        others = (cause_name(cause.get("cause", ""), self.lang) for cause in causes[1:])
        return [
            cause_name(first.get("cause", seen.difference.cause), self.lang),
            CONFIDENCES.get(first.get("confidence", seen.difference.confidence)),
            self.speaker.systems(first.get("systems") or []), (first.get("sentence") or {}).get(self.lang),
            ", ".join(others) or None, self.numbers.get(seen.difference.group_code)]

    def _fate(self, one):
        return [self.run.profile.department.name if self.run.profile.department else None, one.opened_at,
                one.assignee and str(one.assignee), one.accepted_by and str(one.accepted_by),
                one.accepted_reason or None]

    def _after(self):
        return [*_fate(), *self.open_columns]

    def _left_open(self, seen):
        return left_open(seen.difference, seen.values) if self.decides else []

    # --- what it was made from ------------------------------------------------------------------------------------

    def _parameters(self):
        run, zone = self.run, settings.HUB_TIME_ZONE
        yield _("Comparison"), None, Link(run.profile.name, self._page())
        yield _("Run number"), None, str(run.pk)
        yield _("Profile version"), None, str(run.version.number)
        yield _("SHA-256"), _("specification"), hash_of_spec(run.version.spec)
        yield _("SHA-256"), _("tables"), run.tables_hash or "-"
        yield _("As of"), None, run.as_of
        yield _("Times shown in"), None, f"{ZONES.get(zone, (zone, zone))[self._place]} ({zone})"
        yield _("Looked at"), None, _("all keys") if run.is_full else _("what changed, and what differed before")
        yield _("Rows in this report"), None, str(self.total)
        yield _("Narrowed to"), None, self._narrowing() or _("everything")
        yield _("Written for"), None, self._reader()
        yield _("Written"), None, timezone.now()
        yield _("Order Hub version"), None, settings.VERSION
        yield _("Engine"), None, connection.display_name
        if sees_everything(self.user):
            for name, rows in ((run.counts or {}).get("rows") or {}).items():
                yield _("Rows read"), self.speaker.system(name), str(rows)
        for name in (run.counts or {}).get("silent") or []:
            yield _("Silent"), self.speaker.system(name), _("yes")
        yield from parameters_of_systems(
            self.profile, self.speaker, {name: _time(mark) for name, mark in (run.watermarks or {}).items()},
            graces=(run.counts or {}).get("grace") or {})
        yield from parameters_of_fields(self.profile, self.speaker)

    def _reader(self):
        return str(self.user) if sees_everything(self.user) else _("%(person)s: what this person may see") % {
            "person": self.user}

    def _narrowing(self):
        said = {"cause": lambda code: cause_name(code, self.lang), "system": self.speaker.system,
                "field": self._label, "group": lambda code: self.numbers.get(code, code),
                "severity": lambda weight: str(BY_WEIGHT.get(int(weight), weight))}
        names = {"cause": _("Cause"), "system": _("System"), "field": _("Field"),
                 "group": pgettext("differences", "Group"), "severity": _("Severity")}
        return ", ".join(f"{names[name]} {said[name](value)}" for name, value in self.asked.items()
                         if value and name in said)


def hash_of_spec(spec):
    """SHA-256 of a specification, however its keys are ordered."""
    return hashlib.sha256(json.dumps(spec, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _fate():
    return [Column(_("Department")), Column(_("Since"), "datetime"), Column(_("Assignee")), Column(_("Accepted by")),
            Column(_("Accepted because"), width=30)]


def _first(causes):
    first = (causes or [{}])[0]
    return first if isinstance(first, dict) else {}


def _plain(value):
    return " / ".join(map(str, value)) if isinstance(value, list) else value


def _time(text):
    try:
        return moment(read_time(text)) if isinstance(text, str) else text
    except Unreadable:
        return text


def _number(value):
    """(Decimal, its currency) of '13950.00 CNY'; (the text, "") of what is no number."""
    number, _space, unit = str(value).partition(" ")
    try:
        return (Decimal(number), unit) if value is not None and Decimal(number).is_finite() else (_plain(value), "")
    except InvalidOperation:
        return _plain(value), ""


def _spread(values, field):
    """Largest minus smallest of typed values; minutes of times."""
    if field is None or not (field.is_number or field.type == "time"):
        return None
    known = [value for value in values if value is not None]
    if len(known) < 2 or any(isinstance(value, str) for value in known):
        return None
    between = max(known) - min(known)
    return between if field.is_number else round(Decimal(between.total_seconds()) / 60, 1)
