"""The ticket queue, and the page of one ticket: everything to act on it without scrolling."""

from django.apps import apps
from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exceptions import actions, rights
from exceptions.attachments import biggest
from exceptions.file_kinds import ALL_ENDINGS
from exceptions.file_pages import attach_files
from exceptions.knowledge import articles_for
from exceptions.late_nodes import is_still_late
from exceptions.merging import visible_merged
from exceptions.models import Article, Ticket, TicketAttachment, TicketEntry, TicketKind
from exceptions.queue import DUE_HOURS, PAGE, TABS, in_tab, read_asked, tickets_for, with_work_left
from exceptions.stays import stays_of
from exceptions.subjects import subject_of
from exceptions.words import PAUSED, of_entry
from kernel.errors import Refusal
from kernel.models import Department, User
from kernel.moments import say_hours, short
from kernel.money import is_money, may_see_money, without_money
from kernel.pages import back, chosen, draw, staff_page, whole
from kernel.panels import panels_of
from kernel.people import staff
from kernel.saved_views import to_default, views_of
from kernel.templatetags.hub import exact
from orders.choices import choices
from orders.models import Order
from orders.order_facts import sentence_of
from orders.views import due_word
from orders.words import FACTS, FIELDS, word
from sla.models import MilestoneNode

CAP = 1000
SHOWN = 10  # ticket numbers in a message
TAB_WORDS = {
    "mine": gettext_lazy("Mine"),
    "department": gettext_lazy("My department"),
    "unassigned": gettext_lazy("Nobody's"),
    "all": gettext_lazy("All open"),
    "done": gettext_lazy("Done"),
}
EVIDENCE_WORDS = {
    "planned_at": gettext_lazy("planned"),
    "node": gettext_lazy("node"),
    "key": gettext_lazy("key"),
    "job": gettext_lazy("job"),
    "error": gettext_lazy("error"),
    "field": gettext_lazy("field"),
    "values": gettext_lazy("values"),
    "difference": gettext_lazy("difference"),
    "comparison": gettext_lazy("comparison"),
    "group": gettext_lazy("group"),
    "run": gettext_lazy("run"),
    "count": gettext_lazy("how many"),
    "system": gettext_lazy("system"),
    "reason": gettext_lazy("reason"),
    "message": gettext_lazy("message"),
}
# Evidence that is an id → where its page is, and whose page it is.
LINKS = {
    "difference": ("/differences/", "reconciliation.difference"),
    "job": ("/jobs/", "kernel.jobrun"),
    "run": ("/runs/", "reconciliation.run"),
}
# What says nothing to a reader: ids, codes of groups and reasons (the title says which), the ticket it was split from.
HIDDEN = {"milestone", "group", "part_of", "first", "reason", "profile"}
# Verb → (action, what the person's words are called in it, whether words are needed).
VERBS = {
    "start": (actions.start_ticket, "", False),
    "comment": (actions.comment_ticket, "text", True),
    "wait": (actions.wait_ticket, "reason", True),
    "resolve": (actions.resolve_ticket, "note", True),
    "reopen": (actions.reopen_ticket, "reason", True),
    "close": (actions.close_ticket, "note", False),
    "watch": (actions.watch_ticket, "", False),
    "unwatch": (actions.unwatch_ticket, "", False),
    "hand-over": (actions.hand_over_ticket, "reason", True),
}
VERDICTS = {"helped": True, "no-help": False}
BULK = {
    "assign": actions.assign_ticket,
    "take": actions.assign_ticket,
    "start": actions.start_ticket,
    "resolve": actions.resolve_ticket,
    "hand-over": actions.hand_over_ticket,
}


@staff_page("exceptions.view_ticket")
def ticket_list(request):
    if (first := to_default(request, "tickets")) is not None:
        return first
    asked, visible = read_asked(request.GET, request.user), Ticket.objects.visible_to(request.user)
    found = tickets_for(request.user, asked).select_related(
        "assignee", "department", "kind", "order", "response_clock", "resolution_clock"
    )
    start, now = (asked.page - 1) * PAGE, timezone.now()
    rows = with_work_left(found.defer("evidence")[start : start + PAGE + 1], now)
    tabs = [
        (tab, TAB_WORDS[tab], None if tab == "done" else visible.filter(in_tab(tab, request.user))[:CAP].count())
        for tab in TABS
        if tab != "department" or request.user.department_id
    ]
    for ticket in rows[:PAGE]:
        ticket.may_work = ticket.is_open and rights.may_work(ticket, request.user)
    return draw(
        request,
        "exceptions/list.html",
        page_title=_("Tickets"),
        tickets=rows[:PAGE],
        next_page=asked.page + 1 if len(rows) > PAGE else 0,
        tabs=tabs,
        asked=asked,
        kinds=TicketKind.objects.order_by("code"),
        dues=[(code, due_word(code)) for code in DUE_HOURS],
        now=now,
        people=assignable(request.user),
        departments=Department.objects.order_by("code"),
        may_work=any(ticket.may_work for ticket in rows[:PAGE]),
        may_assign=request.user.has_perm(rights.ASSIGN),
        may_open=rights.may_open(request.user),
        **views_of(request, "tickets"),
    )


def assignable(user):
    """People of staff who work on tickets; the person's own department first."""
    people = (
        staff().filter(is_machine=False).filter(Q(groups__permissions__codename="work_ticket") | Q(is_superuser=True))
        .select_related("department")
        .distinct()
    )
    return sorted(people[:300], key=lambda one: (one.department_id != user.department_id, str(one)))


@require_POST
@staff_page("exceptions.view_ticket")
def ticket_bulk(request):
    """One verb on the chosen tickets; the answer lists both halves."""
    verb = request.POST.get("verb", "")
    ids = chosen(request, "ticket", PAGE)
    if not ids:
        return back(request, "/tickets/")
    tickets = list(Ticket.objects.visible_to(request.user).filter(pk__in=ids))
    arguments = _bulk_arguments(request, verb)
    if verb not in BULK or not tickets or arguments is None:
        messages.warning(request, _("Choose tickets and what to do with them."))
        return back(request, "/tickets/")
    done, refused = actions.change_tickets(
        tickets=tickets, verb=BULK[verb], by=request.user, at=timezone.now(), **arguments
    )
    said = [_("%(done)s done, %(refused)s not.") % {"done": len(done), "refused": len(refused)}]
    said += [f"{ticket.number}: {sentence}" for ticket, sentence in refused]
    if verb == "resolve" and (late := [ticket.number for ticket in done if is_still_late(ticket)]):
        said.append(still_late(late))
    (messages.warning if refused else messages.success)(request, "\n".join(said))
    return back(request, "/tickets/")


def _bulk_arguments(request, verb):
    if verb == "resolve":
        note = request.POST.get("note", "").strip() or _("Resolved together with others.")
        return {"note": note, "subject": request.POST.get("subject", "")[:20]}
    if verb == "take":
        return {"to": request.user}
    if verb == "assign":
        person = _person(request.POST.get("to", ""))
        return {"to": person} if person else None
    if verb == "hand-over":
        department = _department(request)
        return {"department": department, "reason": request.POST.get("reason", "").strip()} if department else None
    return {}


def _department(request):
    return Department.objects.filter(code=request.POST.get("department", "")[:40]).first()


def _person(pk):
    return User.objects.filter(pk=whole(pk), is_active=True).first()


def find_ticket(request, number):
    visible = Ticket.objects.visible_to(request.user).select_related(
        "assignee", "department", "kind", "order", "scope", "merged_into", "split_from", "response_clock",
        "resolution_clock", "queue_clock",
    )
    return get_object_or_404(visible, number=number)


@staff_page("exceptions.view_ticket")
def ticket_page(request, number):
    now = timezone.now()
    (ticket,) = with_work_left([find_ticket(request, number)], now)
    may_work = rights.may_work(ticket, request.user)
    merged = visible_merged(ticket, request.user)
    about = subject_of(ticket, request.user, merged)
    files = TicketAttachment.objects.select_related("by", "ticket")
    for one in merged:
        one.shown = _evidence(one.evidence, request.user)
    order = (
        ticket.order_id
        and Order.objects.visible_to(request.user).select_related("plant").filter(pk=ticket.order_id).first()
    )
    return draw(
        request,
        "exceptions/ticket.html",
        page_title=ticket.number,
        page_parent=("/tickets/", _("Tickets")),
        page_subtitle=ticket.kind.name,
        ticket=ticket,
        order=order,
        now=now,
        sentence=sentence_of(order, request.user, now) if order else None,
        sentence_base=order.address if order else "",
        about=about,
        panels=panels_of("ticket", ticket, request.user),
        evidence=_evidence(ticket.evidence, request.user),
        merged=merged,
        files=files.filter(ticket__in=[ticket, *merged]).order_by("pk"),
        endings=",".join(ALL_ENDINGS),
        most_mb=biggest() // 1024 // 1024,
        queue_due_at=ticket.queue_clock.due_at if ticket.queue_clock and ticket.is_open else None,
        paused_for=word(PAUSED, ticket.resolution_clock.pause_reason) if ticket.resolution_clock else "",
        watches=ticket.watchers.filter(person=request.user).exists(),
        watchers=[one.person for one in ticket.watchers.select_related("person").order_by("since", "pk")[:20]],
        articles=articles_for(ticket, about, request.user),
        may_draft=not ticket.is_open and request.user.has_perm("exceptions.add_article"),
        **_verdicts(ticket, request.user),
        alike=_alike(ticket, request.user),
        entries=[
            (one, *of_entry(one))
            for one in TicketEntry.objects.filter(ticket__in=[ticket, *merged])
            .select_related("by", "ticket").order_by("-at", "-pk")[:100]
        ],
        may_work=may_work,
        may_assign=request.user.has_perm(rights.ASSIGN),
        people=assignable(request.user) if ticket.is_open and may_work else [],
        departments=_others(ticket) if ticket.is_open and may_work else [],
        stays=_stays(ticket, now),
        whose="" if may_work or not ticket.is_open else rights.who_works(ticket),
    )


def _stays(ticket, now):
    """[(Stay, its working time in words), …] of a ticket that was handed over."""
    found, language = stays_of(ticket, now), short(get_language())
    return [(one, say_hours(one.work_s, language)) for one in found] if len(found) > 1 else []


def _others(ticket):
    """The departments it can be handed over to."""
    found = Department.objects.filter(company=ticket.scope.company_id).order_by("code")
    return found.exclude(pk=ticket.department_id)


def _alike(ticket, user):
    """Open tickets that may be about the same: of the same order, else of the same cause and department."""
    if not ticket.is_open:
        return []
    others = Ticket.objects.visible_to(user).filter(state__in=Ticket.OPEN_STATES).exclude(pk=ticket.pk)
    if ticket.order_id:
        return others.filter(order=ticket.order_id).order_by("-pk")[:20]
    return others.filter(cause=ticket.cause, department=ticket.department_id).order_by("-pk")[:20]


def _named(request):
    """The ticket whose number somebody wrote, if it may be seen."""
    number = request.POST.get("into", "").strip().upper()[:20]
    found = Ticket.objects.visible_to(request.user).filter(number=number).first()
    if found is None:
        raise Refusal(_("There is no ticket %(number)s that you may see."), code="no_ticket", number=number)
    return found


def _verdicts(ticket, user):
    """Ids of the articles on which this person has said something here, and of those that solved it."""
    said = dict(ticket.verdicts.filter(by=user).values_list("article_id", "is_solved"))
    return {"verdicts": set(said), "solved_by": {pk for pk, is_solved in said.items() if is_solved}}


def _evidence(evidence, user):
    """[(name, value, link)] of what this person can read: dicts become text, ids of pages they may open links."""
    language, found = short(get_language()), []
    evidence = without_money(evidence or {}, user)
    opens = may_see_money(user) or not is_money(evidence.get("field", ""))
    for name, value in evidence.items():
        if value in (None, "", [], {}) or name in HIDDEN:
            continue
        link = _link(name, value, user) if opens else ""
        found.append((EVIDENCE_WORDS.get(name, name.replace("_", " ")), _said(name, value, language), link))
    return found


def _link(name, value, user):
    """The address of the page behind an id, "" where it would only turn this person away."""
    if name not in LINKS or not isinstance(value, int):
        return ""
    address, label = LINKS[name]
    model = apps.get_model(label)
    may = user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    return f"{address}{value}/" if may and model.objects.visible_to(user).filter(pk=value).exists() else ""


def _said(name, value, language):
    if name == "node":
        return choices().get("node", {}).get(value, value)
    if isinstance(value, dict) and language in value:
        return value[language]
    if isinstance(value, dict):
        return " · ".join(f"{key.upper()} {exact(one)}" for key, one in value.items())
    if name == "node":
        return _node_name(value)
    if name == "system":
        return str(value).upper()
    return word(FIELDS, value) if name == "field" else f"#{value}" if name in LINKS else value


def _node_name(code):
    """What the newest plan that has this node calls it."""
    node = MilestoneNode.objects.filter(code=code).order_by("-pk").first()
    return node.name if node else word(FACTS, code)


@require_POST
@staff_page("exceptions.view_ticket")
def ticket_do(request, number, verb):
    """One verb on one ticket."""
    ticket = find_ticket(request, number)
    try:
        done = _do(request, ticket, verb)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        (messages.success if done else messages.warning)(request, done or _("Nothing was changed."))
    return back(request, f"/tickets/{ticket.number}/")


def _do(request, ticket, verb):
    common = {"ticket": ticket, "by": request.user, "at": timezone.now()}
    if verb == "take":
        actions.assign_ticket(to=request.user, **common)
        return _("%(ticket)s is with %(person)s.") % {"ticket": ticket.number, "person": request.user}
    if verb == "assign":
        person = _person(request.POST.get("to", ""))
        if person is None:
            raise Refusal(_("Choose a person."), code="assignee")
        actions.assign_ticket(to=person, **common)
        return _("%(ticket)s is with %(person)s.") % {"ticket": ticket.number, "person": person}
    if verb == "merge":
        into = _named(request)
        actions.merge_tickets(into=into, **common)
        return _("%(ticket)s goes on in %(into)s.") % {"ticket": ticket.number, "into": into.number}
    if verb == "attach":
        return attach_files(request, ticket, common["at"])
    if verb == "split":
        new = actions.split_ticket(title=request.POST.get("text", "")[:300], **common)
        return _("%(new)s is split off from %(ticket)s.") % {"ticket": ticket.number, "new": new.number}
    if verb in VERDICTS:
        article = Article.objects.filter(code=request.POST.get("article", "")[:60], is_published=True).first()
        if article is None:
            raise Refusal(_("This article is no longer there."), code="article")
        actions.rate_article(article=article, is_solved=VERDICTS[verb], **common)
        return _("Thank you, the verdict counts.")
    if verb not in VERBS:
        return ""
    action, name, needed = VERBS[verb]
    words = request.POST.get("text", "").strip()
    if needed and not words:
        raise Refusal(_("This needs a few words."), code="words")
    extra = {name: words} if name else {}
    if verb == "hand-over":
        extra["department"] = _department(request)
        if extra["department"] is None:
            raise Refusal(_("Choose a department."), code="department")
    if verb == "resolve":
        extra["article"] = request.POST.get("article", "")[:60]
        extra["subject"] = request.POST.get("subject", "")[:20]
    action(**extra, **common)
    done = _("%(ticket)s: %(verb)s.") % {"ticket": ticket.number, "verb": DONE_WORDS[verb]}
    if verb == "resolve" and is_still_late(ticket):
        done = f"{done}\n{still_late()}"
    return done


def still_late(numbers=()):
    """What becomes of tickets that were resolved while their step is late in every system; of many, whose."""
    said = _("No system shows the late step as done yet; if none does within a day, the ticket opens again.")
    if not numbers:
        return said
    listed = rights.listed(numbers[:SHOWN])
    if len(numbers) > SHOWN:
        listed = _("%(names)s and %(n)s more") % {"names": listed, "n": len(numbers) - SHOWN}
    return f"{listed}: {said}"


DONE_WORDS = {
    "start": gettext_lazy("started"),
    "comment": gettext_lazy("comment added"),
    "wait": gettext_lazy("waiting"),
    "resolve": pgettext_lazy("ticket", "resolved"),
    "reopen": gettext_lazy("reopened"),
    "close": gettext_lazy("closed"),
    "watch": gettext_lazy("you hear of what happens to it"),
    "unwatch": gettext_lazy("you no longer hear of it"),
    "hand-over": gettext_lazy("handed over"),
}
