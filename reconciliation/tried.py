"""Which back-test belongs to a draft or to a group, and what of it may this person be told?"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kernel import jobs
from kernel.access import ALL, scope_ids
from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.models import JobRun
from kernel.moments import short
from kernel.money import may_see_money
from kernel.templatetags.hub import duration
from orders.words import STAGES, word
from reconciliation.backtest import HIDDEN, NEW, OTHERWISE, REMOVED, UNSURE, WHATS, has_few_rows, hash_of_spec
from reconciliation.fixing import MENDABLE, TOLERANCE, fix_for
from reconciliation.models import Difference
from reconciliation.panels import seen_by
from reconciliation.profile_yaml import build_profile
from reconciliation.seen import sees_everything
from reconciliation.speech import labels_of, system_label
from reconciliation.templatetags.differences import said_value
from reconciliation.values import MICRO, show_money, show_number

KIND = "back_test"
AT_ONCE = 2_000  # records: more are compared by the worker
EXAMPLES_SHOWN = 3
MOST_OF_A_GROUP = 500
TITLES = {
    HIDDEN: gettext_lazy("Would be hidden, though the cause is known"), REMOVED: gettext_lazy("Would go away"),
    UNSURE: gettext_lazy("Would go away, cause not certain"), NEW: gettext_lazy("Would be newly found"),
    OTHERWISE: gettext_lazy("Would stay, with another cause"),
}


# --- asking -------------------------------------------------------------------------------------------------


def ask_back_test(draft, *, by, at, about="", group=""):
    """The job that tries a draft on the hub's records; done at once where there are few of them."""
    version = draft.based_on
    if version is None or version.profile.of_files:
        raise Refusal(_("Only a new version of a comparison of connected systems can be tried on the hub's records."),
                      code="no_records")
    last = last_of(draft)
    if last and not about:
        about, group = last.args.get("about", ""), last.args.get("group", "")
    job = ask_for_job(kind=KIND, key=f"{KIND}:{draft.pk}:{at:%Y%m%d%H%M%S%f}", by=by, at=at,
                      args={"draft_id": draft.pk, "about": about, "group": group})
    if has_few_rows(_built(draft.spec), AT_ONCE):
        jobs.run(job.pk)
        job.refresh_from_db()
    return job


def last_of(draft):
    return JobRun.objects.filter(kind=KIND, key__startswith=f"{KIND}:{draft.pk}:").order_by("-pk").first()


# --- telling ------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """Differences of one cause, severity and system; `gaps` says how far apart, `examples` [(key, pk or None)]."""

    cause: str
    severity: int
    system: str
    count: int = 0
    gaps: list = field(default_factory=list)
    examples: list = field(default_factory=list)


@dataclass
class Tried:
    """A back-test as far as one person may know it. `parts` [(what, title, how many, [Line])], hidden ones first."""

    job: JobRun
    is_done: bool
    is_current: bool = False
    is_whole: bool = True
    parts: list = field(default_factory=list)
    hidden: int = 0
    as_of: object = None
    drawn: int | None = None
    changed: int = 0
    about: str = ""
    silent: list = field(default_factory=list)
    labels: dict = field(default_factory=dict)


def tried_of(draft, user):
    """The Tried of a draft's last back-test, or None."""
    job = last_of(draft)
    if job is None or not job.result.get("lines") and job.state != JobRun.DONE:
        return Tried(job, False) if job else None
    found, ids, shows_money = job.result, scope_ids(user), may_see_money(user)

    def may_know(scope, is_of_money):
        return (ids is ALL or scope in ids) and (shows_money or not is_of_money)

    lines = _lines([one for one in found["lines"] if may_know(one[4], one[5])])
    _exemplify(lines, [one for one in found["examples"] if may_know(one[5], one[6])], user)
    parts = [(what, TITLES[what], sum(one.count for one in its), its) for what in WHATS if (its := lines.get(what))]
    return Tried(
        job, True, found["spec"] == hash_of_spec(draft.spec), sees_everything(user), parts,
        sum(count for what, _title, count, _its in parts if what == HIDDEN), parse_datetime(found["as_of"]),
        found["drawn"], found["changed"] if sees_everything(user) else 0, found["about"], found["silent"],
        labels_of(draft.spec))


def _lines(told):
    """{what: [Line]}, the most frequent first."""
    counts, gaps = Counter(), defaultdict(dict)
    for what, cause, severity, system, _scope, _is_money, count, apart in told:
        place = (what, cause, severity, system)
        counts[place] += count
        for unit, gap in apart.items():
            before = gaps[place].get(unit, 0)
            gaps[place][unit] = max(before, gap) if unit == "time" else before + gap
    found = defaultdict(list)
    for (what, cause, severity, system), count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        said = [_said_gap(unit, gap) for unit, gap in sorted(gaps[what, cause, severity, system].items())]
        found[what].append(Line(cause, severity, system, count, said))
    return found


def _said_gap(unit, gap):
    if unit == "time":
        return _("up to %(span)s") % {"span": duration(gap // MICRO)}
    return _("%(amount)s in all") % {"amount": said_value(show_money(gap, unit) if unit else show_number(gap), "")}


def _exemplify(lines, examples, user):
    """Give each Line some of its differences, with a link where there is a page to see."""
    stored = dict(seen_by(user).filter(fingerprint__in=[one[2] for one in examples]).values_list("fingerprint", "pk"))
    waiting = defaultdict(list)
    for what, cause, mark, key, *_rest in examples:
        waiting[what, cause].append((key, stored.get(mark)))
    for what, its in lines.items():
        for line in its:
            mine = waiting[what, line.cause]
            line.examples, waiting[what, line.cause] = mine[:EXAMPLES_SHOWN], mine[EXAMPLES_SHOWN:]


# --- a fix for a group --------------------------------------------------------------------------------------


def fix_of_group(profile, code, cause, user):
    """The Fix of a group of a stored profile that this person may see, or None."""
    return fixes_of_groups(profile, {code: cause}, user).get(code)


def fixes_of_groups(profile, causes, user):
    """{group: Fix} of those of `causes` {group: cause} that a change of the stored profile would make go away."""
    causes = {code: cause for code, cause in causes.items() if cause in MENDABLE}
    version = profile.versions.order_by("-number").first() if causes and not profile.of_files else None
    if version is None:
        return {}
    built = _built(version.spec)
    fixes = {code: fix_for(built, version.spec, causes[code], rows)
             for code, rows in _rows_of(profile, list(causes), user).items()}
    return {code: fix for code, fix in fixes.items() if fix}


def _rows_of(profile, codes, user):
    """{group: [(field, values, causes)]} of the first open ones of each that this person may see."""
    place = Window(RowNumber(), partition_by="group_code", order_by="pk")
    seen = seen_by(user).filter(profile=profile, group_code__in=codes, state__in=Difference.OPEN_STATES).order_by()
    first = seen.annotate(place=place).filter(place__lte=MOST_OF_A_GROUP).values("pk")
    found = defaultdict(list)
    for code, *row in Difference.objects.filter(pk__in=first).order_by("pk").values_list(
            "group_code", "field", "values", "causes"):
        found[code].append(tuple(row))
    return found


def _built(spec):
    return build_profile({"version": 1, **spec})  # first ones were stored without it


def said_fix(fix, spec):
    """What is tried, in words: “a tolerance of 11 min”."""
    if fix.kind == TOLERANCE:
        far = duration(fix.gap // MICRO) if fix.is_time else show_number(fix.gap)
        return _("Try a tolerance of %(far)s") % {"far": far}
    own = (labels_of(spec).get(fix.system) or {}).get(short(get_language()))
    return _("Try reading “%(raw)s” of %(system)s as “%(right)s”") % {
        "raw": fix.raw, "system": own or system_label(fix.system), "right": word(STAGES, fix.right)}


