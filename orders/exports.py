"""How does a view of orders leave as a workbook, under the same filters and the same right?"""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kernel.excel import Column, Highlight, SafeWorkbook
from kernel.job_files import exports
from kernel.models import User
from kernel.money import may_see_money
from orders.listing import Filters, page_of
from orders.words import STAGES, word

ROWS = 500
MOST = 200_000


def export_orders(progress, *, user_id, filters, at, language):
    """Handler of the job: writes what this person's list shows, page by page. Returns {file, name, rows}."""
    user, now = User.objects.get(pk=user_id), datetime.fromisoformat(at)
    target = exports() / f"{progress.job_id}.xlsx"
    with translation.override(language), SafeWorkbook(zone=settings.HUB_TIME_ZONE) as book:
        count = _write(book, user, Filters(**filters), now, progress)
        book.save(target)
    return {"file": target.name, "name": f"orders-{now:%Y%m%d-%H%M}.xlsx", "rows": count}


def _write(book, user, filters, now, progress):
    shows_money = may_see_money(user)
    late = str(_("late"))
    sheet = book.sheet(
        _("Orders"),
        _columns(shows_money),
        freeze_columns=1,
        highlights=[Highlight(column=str(_("Lateness")), equals=late, colour="red")],
    )
    cursor, done = "", 0
    while done < MOST:
        rows, cursor = page_of(user, filters, now, cursor, size=ROWS)
        sheet.extend(_row(row, shows_money, now) for row in rows)
        done += len(rows)
        progress(done, 0, _("%(count)s orders written") % {"count": done})
        if not cursor:
            break
    return done


def _columns(shows_money):
    money = [Column(str(_("Amount")), "money"), Column(str(_("Currency")))] if shows_money else []
    return [
        Column(str(_("Order number")), "key"),
        Column(str(_("Kind"))),
        Column(str(_("Customer")), width=24),
        Column(str(_("Plant"))),
        Column(str(_("Stage"))),
        Column(str(_("Lateness"))),
        Column(str(_("Late since")), "datetime"),
        Column(str(_("Reason")), width=40),
        Column(str(_("Next due")), "datetime"),
        Column(str(_("Promise")), "datetime"),
        Column(str(_("Forecast")), "datetime"),
        Column(str(_("Actual")), "datetime"),
        Column(str(_("Quantity")), "number"),
        *money,
        Column(str(_("Tickets")), "int"),
        Column(str(_("Differences")), "int"),
    ]


def _row(order, shows_money, now):
    zh = (translation.get_language() or "").startswith("zh")
    money = (
        [order.amount_minor / 100 if order.amount_minor is not None else None, order.currency] if shows_money else []
    )
    return [
        order.number,
        order.kind.name,
        str(order.customer) if order.customer else "",
        order.plant.name if order.plant else "",
        word(STAGES, order.stage),
        order.get_lateness_display(),
        order.late_since,
        order.late_reason_zh if zh else order.late_reason_en,
        order.next_due_at,
        order.promised_at,
        order.expected_at(now),
        order.actual_at,
        order.quantity_m / 1000 if order.quantity_m is not None else None,
        *money,
        order.open_tickets,
        order.open_differences,
    ]
