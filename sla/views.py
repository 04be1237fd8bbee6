"""The countdown board: which node of which order is due when; also on the wall. And the order to read waits anew."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.models import JobRun
from kernel.pages import draw, staff_page
from kernel.saved_views import first_of, views_of
from sla.boards import WITHIN, choices, columns, read_asked
from sla.panels import tone_of
from sla.wait_figures import READ

ON_THE_WALL, ABREAST = 8, 4  # columns in all, and side by side
WALL_ROWS = 9  # cards one below the other on a screen of 1080 lines


@staff_page("sla.view_milestone")
def board(request):
    now, asked = timezone.now(), read_asked(request.GET)
    wall = request.GET.get("wall") == "1"
    views = {} if wall or request.htmx else views_of(request, "board")
    if (first := first_of(request, views)) is not None:
        return first
    per_node = WALL_ROWS if wall else 200 if "node" in asked else 12
    found = columns(request.user, asked, now, per_node=per_node, expects=not wall)
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
    for column in found:
        for row in column.rows:
            row.tone = "waiting" if row.is_held_up or row.stands_still else tone_of(row, now)
    context |= {
        "columns": found,
        "expects": any(row.expected for column in found for row in column.rows),
        "now": now,
        "asked": asked,
        "wall": wall,
    }
    if wall:
        return render(request, "sla/wall_part.html" if request.htmx else "sla/wall.html", context)
    if request.htmx:
        return render(request, "sla/board_part.html", context)
    return draw(
        request, "sla/board.html", page_title=_("Board"), names=choices(),
        withins=[(code, within_word(code)) for code in WITHIN], **context, **views)


@require_POST
@staff_page("sla.view_milestone")
def board_excel(request):
    """This board as Excel: a job, because it may be long; its file is for whoever asked."""
    now = timezone.now()
    args = {
        "user_id": request.user.pk, "asked": read_asked(request.POST), "at": now.isoformat(),
        "language": request.LANGUAGE_CODE,
    }
    key = f"export_board:{request.user.pk}:{now:%Y%m%d%H%M%S}"
    try:
        job = ask_for_job(kind="export_board", key=key, args=args, by=request.user, at=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("board")
    return redirect("job", pk=job.pk)


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
