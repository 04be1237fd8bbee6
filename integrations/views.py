"""The doors: which connections are well, what arrived, and which rows could not be read."""

import json
from collections import Counter

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from integrations import actions
from integrations.models import Connection, InboxBatch, ParkedRow
from integrations.reasons import reason_in_both, reason_name
from kernel.access import ALL, scope_ids
from kernel.models import OutboxMessage
from kernel.money import without_money
from kernel.pages import answer, back, chosen, draw, require, staff_page, whole
from kernel.templatetags.hub import own_words
from orders.silence import silent_systems

PAGE = 50
MOST = 200  # rows replayed by one press of the button


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
        may_run=request.user.has_perm("integrations.run_connection"),
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
    reasons = [
        (code, reason_name(code), n)
        for code, n in found.order_by().values_list("reason_code").annotate(n=Count("pk")).order_by("-n")[:40]
    ]
    if asked["reason"]:
        found = found.filter(reason_code=asked["reason"])
    if whole(asked["before"]):
        found = found.filter(pk__lt=whole(asked["before"]))
    rows = list(found.order_by("-id")[: PAGE + 1])
    for row in rows:
        row.reason_en, row.reason_zh = reason_in_both(row.reason_code, row.reason_en, row.reason_zh)
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
        is_narrowed=bool(asked["connection"] or asked["reason"] or asked["before"]),
        sees_all=scope_ids(request.user) is ALL,
        connections=Connection.objects.visible_to(request.user).order_by("code"),
        now=timezone.now(),
        may_replay=request.user.has_perm("integrations.run_connection"),
    )


@require_POST
@staff_page("integrations.run_connection")
def inbox_replay(request):
    """Replay the parked rows that are chosen; the answer lists both halves, the rows still parked by reason."""
    require(request.user, "integrations.view_parkedrow")
    ids = chosen(request, "row", MOST)
    if not ids:
        return back(request, "/inbox/")
    rows = ParkedRow.objects.visible_to(request.user).filter(pk__in=ids, state=ParkedRow.PARKED)
    rows = list(rows.select_related("connection").order_by("id"))
    found = actions.replay_chosen(rows=rows, by=request.user, at=timezone.now())
    lines = _told(found)
    if gone := len(set(ids)) - len(rows):
        lines.append(
            ngettext("%(n)s row was not parked any more.", "%(n)s rows were not parked any more.", gone) % {"n": gone}
        )
    (messages.warning if found.still_parked or gone else messages.success)(request, "\n".join(lines))
    return back(request, "/inbox/")


def _told(found):
    """How many rows went through and how many are parked still; of those, why, with one row of each reason."""
    went = ngettext("%(n)s row went through", "%(n)s rows went through", found.done) % {"n": found.done}
    still = ngettext("%(n)s is parked still", "%(n)s are parked still", found.still_parked) % {"n": found.still_parked}
    lines = [_("%(went)s, %(still)s.") % {"went": went, "still": still}]
    for code, count in found.reasons.most_common():
        row = found.examples[code]
        named = {"n": count, "reason": reason_name(code), "row": row, "why": own_words(row, "reason")}
        lines.append(_("%(n)s × %(reason)s, for example %(row)s: %(why)s") % named)
    refusals = Counter(str(refusal) for _row, refusal in found.refused)
    return lines + [f"{count} × {why}" for why, count in refusals.most_common()]
