"""How does the board leave as a workbook, under the same filters and the same right?"""
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kernel.excel import Column, Highlight, SafeWorkbook
from kernel.job_files import exports
from kernel.models import User
from orders.bulk import in_chunks
from sla.boards import counting_down, filtered, tell_what_is_waited_for, with_time_left
from sla.models import Milestone
from sla.panels import tone_of

ROWS, MOST = 500, 100_000
LOADED = ("node__department", "order__customer", "order__kind", "order__plant", "clock")


def export_board(progress, *, user_id, asked, at, language):
    """Handler of the job: the nodes this person's board counts, the soonest due first, MOST at the most.

    Where there are more, a last line and the job say so. Returns {file, name, rows}.
    """
    user, now = User.objects.get(pk=user_id), datetime.fromisoformat(at)
    target = exports() / f"{progress.job_id}.xlsx"
    with translation.override(language), SafeWorkbook(zone=settings.HUB_TIME_ZONE) as book:
        count = _write(book, user, asked, now, progress)
        book.save(target)
    return {"file": target.name, "name": f"board-{now:%Y%m%d-%H%M}.xlsx", "rows": count}


def _write(book, user, asked, now, progress):
    highlight = Highlight(column=str(_("State")), equals=str(_("overdue")), colour="red")
    sheet = book.sheet(_("Board"), _columns(), freeze_columns=1, highlights=[highlight])
    found = filtered(counting_down(user), asked, now)
    soonest = found.order_by("stands_still", "is_held_up", "planned_at", "pk")
    ids = list(soonest.values_list("pk", flat=True)[: MOST + 1])
    has_more, ids, done = len(ids) > MOST, ids[:MOST], 0
    for some in in_chunks(ids, ROWS):
        by_id = {row.pk: row for row in counting_down(user).filter(pk__in=some).select_related(*LOADED)}
        rows = with_time_left([by_id[pk] for pk in some if pk in by_id], now)
        tell_what_is_waited_for(rows, user)
        sheet.extend(_row(row, now) for row in rows)
        done += len(rows)
        progress(done, len(ids), _("%(count)s rows written") % {"count": done})
    if has_more:
        said = _("Only the %(count)s nodes that are due soonest are in this file; the board counts more. "
                 "Filter the board to take the others.") % {"count": done}
        sheet.append([said])
        progress(done, len(ids), said)
    return done


def _columns():
    return [
        Column(str(_("Order number")), "key"), Column(str(_("Customer")), width=24), Column(str(_("Kind"))),
        Column(str(_("Plant"))), Column(str(_("Node")), width=20), Column(str(_("Department"))),
        Column(str(_("State"))), Column(str(_("Waits for")), width=20), Column(str(_("Planned")), "datetime"),
        Column(str(_("Late since")), "datetime"), Column(str(_("Working time left")), width=20),
        Column(str(_("Forecast")), "datetime"),
    ]


def _row(row, now):
    order, node, waits = row.order, row.node, row.is_held_up and not row.stands_still
    return [
        order.number, str(order.customer or ""), order.kind.name, order.plant.name if order.plant else "", node.name,
        node.department.name if node.department else "", _state(row, now),
        row.waits_for.node.name if waits and row.waits_for else _("an earlier node") if waits else "",
        row.planned_at, row.late_at if row.state == Milestone.LATE else None, row.work_left, row.expected_at(now),
    ]


def _state(row, now):
    if row.stands_still:
        return _("on hold")
    if row.is_held_up:
        return _("waits for an earlier node")
    return {"late": _("overdue"), "risk": _("at risk")}.get(tone_of(row, now), _("counts down"))
