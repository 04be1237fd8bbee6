"""Which tickets open and close when differences come and go, and what is counted on their orders?"""
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from exceptions.actions import open_ticket, resolve_ticket
from exceptions.models import Ticket
from orders.actions import keep_counts
from orders.words import FIELDS, word
from reconciliation.causes.names import cause_name
from reconciliation.models import Difference

SUBJECT, GROUP = "difference", "difference_group"


def open_difference_tickets(news):
    """difference.opened: one ticket per group of one cause, one per difference that stands alone."""
    rows = Difference.objects.filter(pk__in=[one.key for one in news], state=Difference.OPEN).select_related(
        "profile__department", "scope", "order").order_by("pk")
    at = news[0].at
    for row in rows:
        if row.group_code:
            _open_group_ticket(row, at)
        elif row.severity >= 2:
            _open_ticket(row, at)


def _open_ticket(row, at):
    sentence = _sentence(row)
    open_ticket(
        subject_kind=SUBJECT, subject_key=str(row.pk), at=at, scope=row.scope, order=row.order,
        kind_code="stock_difference" if row.profile.code.startswith("stock") else "difference",
        title_en=f"{row.key} {_called(row, 'en')}: {sentence['en']}",
        title_zh=f"{row.key} {_called(row, 'zh-hans')}：{sentence['zh']}",
        evidence={"difference": row.pk, "profile": row.profile.code, "field": row.field, "values": row.values},
        cause=row.cause, department=row.profile.department,
    )


def _called(row, language):
    """The compared field, or the kind of difference, as people call it in that language."""
    with translation.override(language):
        return str(word(FIELDS, row.field)) if row.field else str(row.get_kind_display())


def _open_group_ticket(row, at):
    open_ticket(
        subject_kind=GROUP, subject_key=row.group_code, kind_code="difference_group", at=at, scope=row.profile.scope,
        title_en=f"{row.profile.name_en}: {cause_name(row.cause, 'en')} in many records",
        title_zh=f"{row.profile.name_zh}：{cause_name(row.cause, 'zh')}，涉及多条记录",
        evidence={"group": row.group_code, "profile": row.profile.code, "field": row.field}, cause=row.cause,
        department=row.profile.department, for_department=True,
    )


def _sentence(row):
    main = (row.causes or [{}])[0]
    return main.get("sentence") or {"en": cause_name(row.cause, "en"), "zh": cause_name(row.cause, "zh")}


def close_difference_tickets(news):
    """difference.resolved: the ticket of what is gone is solved; a group's when none of it is left."""
    at, keys = news[0].at, [one.key for one in news]
    for ticket in _open_tickets(SUBJECT, [str(k) for k in keys]):
        resolve_ticket(ticket=ticket, note=_("The systems agree again."), by=None, at=at)
    codes = set(Difference.objects.filter(pk__in=keys).exclude(group_code="").values_list("group_code", flat=True))
    left = set(Difference.objects.filter(group_code__in=codes, state__in=Difference.OPEN_STATES).values_list(
        "group_code", flat=True))
    for ticket in _open_tickets(GROUP, codes - left):
        resolve_ticket(ticket=ticket, note=_("The systems agree again."), by=None, at=at)


def _open_tickets(subject_kind, keys):
    return Ticket.objects.filter(subject_kind=subject_kind, subject_key__in=keys, state__in=Ticket.OPEN_STATES)


def count_on_orders(news):
    """Differences came, went or were decided: orders keep how many are open."""
    ids = set(Difference.objects.filter(pk__in=[one.key for one in news]).exclude(order=None).values_list(
        "order_id", flat=True))
    counts = Difference.objects.filter(order__in=ids, state__in=Difference.OPEN_STATES).values_list(
        "order_id").annotate(n=Count("pk"))
    keep_counts(order_ids=ids, open_differences=dict(counts.order_by()))
