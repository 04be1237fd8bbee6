"""The doors: which connections are well, what arrived, and which rows could not be read."""

import json

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from integrations import actions
from integrations.models import Connection, InboxBatch, ParkedRow
from kernel.errors import Refusal
from kernel.models import OutboxMessage
from kernel.money import without_money
from kernel.pages import answer, back, draw, require, staff_page, whole
from orders.silence import silent_systems

PAGE = 50


@staff_page("integrations.view_connection")
def connections(request):
    """Every door as a line: well or not, since when, how much waits behind it."""
    now = timezone.now()
    rows = list(
        Connection.objects.visible_to(request.user)
        .select_related("system")
        .annotate(
            parked_count=Count("parked", filter=Q(parked__state=ParkedRow.PARKED)),
        )
        .order_by("code")
    )
    for row in rows:
        row.trouble = _trouble(row, now)
    outbox = OutboxMessage.objects.visible_to(request.user)
    return draw(
        request,
        "integrations/connections.html",
        page_title=_("Connections"),
        connections=rows,
        now=now,
        ill=sum(bool(row.trouble) for row in rows),
        silent=silent_systems(now),
        waiting=outbox.filter(state=OutboxMessage.WAITING)[:1000].count(),
        dead=outbox.filter(state=OutboxMessage.DEAD)[:1000].count(),
        may_run=request.user.has_perm("integrations.run_connection") and hasattr(actions, "pull_connection"),
    )


def _trouble(connection, now):
    """ "" when a door is well, else one word of what is wrong."""
    if not connection.is_active:
        return _("switched off")
    if connection.failures:
        return _("failing")
    if connection.system.is_silent(now):
        return _("silent")
    return ""


@require_POST
@staff_page("integrations.run_connection")
def connection_pull(request, code):
    found = get_object_or_404(Connection.objects.visible_to(request.user), code=code)
    if not hasattr(actions, "pull_connection"):
        raise Http404
    return answer(
        request,
        "/connections/",
        _("%(name)s has been read.") % {"name": found.name},
        actions.pull_connection,
        connection=found,
        at=timezone.now(),
    )


@staff_page("integrations.view_parkedrow")
def inbox(request):
    """Rows that could not be read, with the reason; the latest batches beside them."""
    asked = {name: request.GET.get(name, "")[:60] for name in ("state", "connection", "reason", "before")}
    state = asked["state"] if asked["state"] in dict(ParkedRow.STATES) else ParkedRow.PARKED
    found = ParkedRow.objects.visible_to(request.user).filter(state=state).select_related("connection")
    if asked["connection"]:
        found = found.filter(connection__code=asked["connection"])
    if asked["reason"]:
        found = found.filter(reason_code=asked["reason"])
    reasons = found.order_by().values("reason_code").annotate(n=Count("pk")).order_by("-n")[:12]
    if whole(asked["before"]):
        found = found.filter(pk__lt=whole(asked["before"]))
    rows = list(found.order_by("-id")[: PAGE + 1])
    for row in rows:
        row.raw_text = json.dumps(without_money(row.raw, request.user), ensure_ascii=False, indent=1, default=str)[
            :4000
        ]
    batches = InboxBatch.objects.visible_to(request.user).defer("rows").select_related("connection")[:15]
    return draw(
        request,
        "integrations/inbox.html",
        page_title=_("Inbox"),
        rows=rows[:PAGE],
        batches=batches,
        reasons=reasons,
        more=rows[PAGE - 1].pk if len(rows) > PAGE else 0,
        state=state,
        states=ParkedRow.STATES,
        asked=asked,
        connections=Connection.objects.visible_to(request.user).order_by("code"),
        now=timezone.now(),
        may_replay=request.user.has_perm("integrations.run_connection") and hasattr(actions, "replay_row"),
    )


@require_POST
@staff_page("integrations.run_connection")
def inbox_replay(request):
    """Replay one parked row, or all that are chosen; the answer lists both halves."""
    require(request.user, "integrations.view_parkedrow")
    ids = [whole(pk) for pk in request.POST.getlist("row")[:200]]
    rows = ParkedRow.objects.visible_to(request.user).filter(pk__in=ids, state=ParkedRow.PARKED)
    if not hasattr(actions, "replay_row"):
        raise Http404
    done, refused = 0, []
    for row in rows:
        try:
            actions.replay_row(parked=row, by=request.user, at=timezone.now())
            done += 1
        except Refusal as refusal:
            refused.append(f"{row.entity} {row.key}: {refusal}")
    said = "\n".join([_("%(done)s done, %(refused)s not.") % {"done": done, "refused": len(refused)}, *refused[:20]])
    (messages.warning if refused else messages.success)(request, said)
    return back(request, "/inbox/") if ids else redirect("inbox")
