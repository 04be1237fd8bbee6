"""How much of a run may this person be told: its counts, its groups, its error?

Comparisons and runs are seen by all staff who may look at them, whatever scopes they have; numbers come only from
the differences they may see. A run keeps its counts by scope, so that no page has to count history again.
"""
from collections import Counter

from django.db.models import Count
from django.utils.translation import gettext as _

from kernel.access import ALL, scope_ids
from kernel.money import is_money, may_see_money
from reconciliation.models import CauseGroup

KEPT = ("by_scope", "gaps", "grace", "most")  # what a run keeps beside its counts
SAID = ("new", "still", "reopened", "resolved", "expected", "open")


class Tally:
    """Counts of one run by scope, those of money apart: what each person may be told is a sum of these."""

    def __init__(self):
        self.counts = {}

    def add(self, scope_id, field, what, count=1):
        place = (scope_id, int(is_money(field)))
        self.counts.setdefault(place, Counter())[what] += count

    def kept(self):
        """[[scope id, is money, {what: count}]], as a run keeps it."""
        return [[scope, money, dict(counts)] for (scope, money), counts in sorted(self.counts.items())]


def sees_everything(user):
    """Are this person's numbers those of the whole hub?"""
    return user.is_superuser or (scope_ids(user) is ALL and may_see_money(user))


def counts_seen(run, user):
    """{new, still, reopened, resolved, expected, open: how many of what this person may see}; {} when not kept.

    Also `unkept`, where a comparison of files found more than are kept.
    Who sees everything is also told how many records were compared.
    """
    counts = run.counts or {}
    if sees_everything(user):
        return {name: value for name, value in counts.items() if name not in KEPT}
    if "by_scope" not in counts:
        return {}
    total, ids = Counter(dict.fromkeys(SAID, 0)), scope_ids(user)
    for scope, money, part in counts["by_scope"]:
        if (ids is ALL or scope in ids) and (not money or may_see_money(user)):
            total.update(part)
    return dict(total)


def groups_seen(run, found, user, most=50):
    """CauseGroups of a run that explain differences in `found` (visible ones), most first.

    `hits` becomes how many of those the person may see, `orders` how many orders these concern. Sentences and spans
    count records of all scopes, so `is_whole` tells whether they may be shown.
    """
    counted = found.exclude(group_code="").order_by().values_list("group_code").annotate(
        n=Count("pk"), orders=Count("order", distinct=True))
    counts = {code: (hits, orders) for code, hits, orders in counted}
    groups = list(CauseGroup.objects.filter(run=run, code__in=list(counts)[:500]))
    whole = sees_everything(user)
    for group in groups:
        (group.hits, group.orders), group.is_whole = counts[group.code], whole
    return sorted(groups, key=lambda one: (-one.hits, one.code))[:most]


def gaps_seen(run, user):
    """[(table, field, system, code, rows)] that no table knew; of all scopes, so only for who sees everything.

    A run that looked at changed keys alone knows the gaps of those; the last full one before it knows the others.
    """
    if not sees_everything(user):
        return []
    full = None if run.is_full or run.version is None else run.version.run_set.filter(
        pk__lt=run.pk, is_full=True, state=run.DONE).order_by("-pk").first()
    found = {}
    for one in (full, run):
        for *place, rows in ((one.counts or {}).get("gaps") or []) if one else []:
            found[tuple(place)] = max(rows, found.get(tuple(place), 0))
    return [(*place, rows) for place, rows in sorted(found.items())]


def error_seen(run, user):
    """Why it failed, for those who look after jobs: the text of an error may name rows of any scope.

    That nothing says what to compare, and that it was cut off, may be known by all.
    """
    if run.state == run.FAILED and run.version_id is None:
        return _("Nothing says yet what is compared with what: this comparison has no published version. Publish one; "
                 "the next run uses it.")
    if run.was_cut_off:
        return _("It was cut off: the program ended while it was at work. What it had kept by then stands; the next "
                 "comparison does the rest.")
    return run.error if sees_everything(user) or user.has_perm("kernel.view_jobrun") else ""
