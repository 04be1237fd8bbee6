"""The countdown board: which node of which order is due when; also on the wall. And the order to read waits anew."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.jobs import ask_for_job
from kernel.models import Department, JobRun, Plant
from kernel.pages import draw, staff_page
from orders.models import OrderKind
from sla.boards import WITHIN, columns, read_asked
from sla.expecting import expected_by_id
from sla.panels import tone_of
from sla.wait_figures import READ

ON_THE_WALL, ABREAST = 8, 4  # columns in all, and side by side
WALL_ROWS = 9  # cards one below the other on a screen of 1080 lines


@staff_page("sla.view_milestone")
def board(request):
    now, asked = timezone.now(), read_asked(request.GET)
    wall = request.GET.get("wall") == "1"
    found = columns(request.user, asked, now, per_node=WALL_ROWS if wall else 200 if "node" in asked else 12)
    context = {
        "late": sum(column.late for column in found),
        "late_on_hold": sum(column.late_on_hold for column in found),
        "ahead": sum(column.count - column.late for column in found),
        "held": sum(column.held for column in found),
        "on_hold": sum(column.on_hold for column in found),
    }
    if wall:
        whole = sum(column.total for column in found)
        found = on_the_wall(found)
        late_unseen = context["late"] - sum(column.late - column.late_unseen for column in found)
        unseen = whole - sum(len(column.rows) for column in found)
        context |= {"late_unseen": late_unseen, "unseen": unseen - late_unseen}
    expected = {} if wall else expected_by_id({row.order_id for column in found for row in column.rows}, now)
    for column in found:
        for row in column.rows:
            row.expected = expected.get(row.pk)
            row.tone = "waiting" if row.is_held_up or row.stands_still else tone_of(row, now)
    context |= {
        "columns": found,
        "expects": bool(expected),
        "now": now,
        "asked": asked,
        "wall": wall,
        "departments": Department.objects.order_by("code"),
        "plants": Plant.objects.order_by("code"),
        "kinds": OrderKind.objects.order_by("code"),
        "withins": [(code, within_word(code)) for code in WITHIN],
    }
    if wall:
        return render(request, "sla/wall_part.html" if request.htmx else "sla/wall.html", context)
    if request.htmx:
        return render(request, "sla/board_part.html", context)
    return draw(request, "sla/board.html", page_title=_("Board"), **context)


def on_the_wall(found):
    """As many nodes as a wall has room for, in the order of the path: those with something late, then the busiest."""
    chosen = sorted(found, key=lambda column: (-column.late, -column.count))[:ON_THE_WALL]
    chosen = [column for column in found if column in chosen]
    bands = [chosen[start:start + ABREAST] for start in range(0, len(chosen), ABREAST)]
    for band, height in zip(bands, heights([max(column.late for column in band) for band in bands]), strict=True):
        for column in band:
            column.rows = column.rows[:height]
    return chosen


def heights(needs, room=WALL_ROWS):
    """How many cards each band of columns is high: first what is overdue in it, then evenly what is calm."""
    found = [min(need, room // len(needs)) for need in needs]
    while needs and sum(found) < room:
        place = max(range(len(needs)), key=lambda place: (max(needs[place] - found[place], 0), -found[place]))
        found[place] += 1
    return found


def within_word(code):
    hours = WITHIN[code]
    return (
        _("within %(count)s h") % {"count": hours}
        if hours < 48
        else _("within %(count)s days") % {"count": hours // 24}
    )


@require_POST
@staff_page(READ)
def waits_read(request):
    """Read anew where orders wait: a job; while one is under way nobody starts another."""
    now = timezone.now()
    if JobRun.objects.filter(kind="refresh_waits", state__in=(JobRun.WAITING, JobRun.RUNNING)).exists():
        messages.info(request, _("It is being read already; come back in a minute."))
        return redirect("bottlenecks")
    key = f"refresh_waits:{request.user.pk}:{now:%Y%m%d%H%M%S}"
    job = ask_for_job(kind="refresh_waits", key=key, args={}, by=request.user, at=now)
    return redirect("job", pk=job.pk)
