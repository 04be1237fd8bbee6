"""Which addresses are there, and how does the leak walk knock at each? A new address without a row here fails.

A row: route (as Django writes it) → what to knock with. Addresses of the admin and of REST follow rules and need no
row each: every model's admin pages, every resource's list, row and verbs are walked by their names.
"""
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from exceptions.models import Article, Chain, Ticket
from integrations.models import Connection, ImportFile
from kernel.models import ApiToken, JobRun, SavedView, User, WorkCalendar
from orders.models import Order
from reconciliation.models import DecisionFile, Difference, Profile, ProfileDraft, Run
from sla.models import MilestonePlan

# Nobody's rows: signing in and out, language, health, static words. "public" is walked too, for marks.
PUBLIC = {"healthz", "readyz", "metrics", "login", "logout", "language", "theme"}

# Custom pages: route name → (model, attribute) of the row in the address, or () for a page without one.
ORDER, TICKET, DIFFERENCE = (Order, "number"), (Ticket, "number"), (Difference, "pk")
CALENDAR = (WorkCalendar, "pk")
PROFILE, DRAFT = (Profile, "code"), (ProfileDraft, "pk")
PAGES = {
    "home": (), "search": (), "first_run": (), "setup_company": (), "shortcuts": (), "portal": (),
    "portal_order": ORDER,
    "notices": (), "notice_count": (), "read_notices": (),
    "saved_view_new": (), "saved_view_do": (SavedView, "pk", "first"),
    "jobs": (), "job": (JobRun, "pk"), "job_file": (JobRun, "pk"), "job_retry": (JobRun, "pk"),
    "settings-people": (), "settings-person-new": (), "settings-roles": (), "settings-tokens": (),
    "settings-person": (User, "pk"), "settings-person-leave": (User, "pk"), "settings-person-return": (User, "pk"),
    "settings-person-password": (User, "pk"), "settings-person-administrator": (User, "pk"),
    "settings-token-revoke": (ApiToken, "pk"),
    "orders": (), "order_count": (), "order_excel": (), "order": ORDER, "order_events": ORDER,
    "order_decide": (*ORDER, "hold"),
    "figures": (), "bottlenecks": (), "waits_read": (), "ticket_figures": (), "figures_excel": (),
    "board": (), "board_excel": (), "chain": (Chain, "pk"), "chain_reapply": (Chain, "pk"),
    "plans": (), "due_reading": (), "plan": (MilestonePlan, "pk"), "plan_reapply": (MilestonePlan, "pk"),
    "calendars": (), "calendar_new": (), "calendar": CALENDAR, "calendar_change": CALENDAR, "calendar_import": CALENDAR,
    "tickets": (), "ticket_bulk": (), "ticket_new": (), "ticket_route": (), "routing_preview": (), "ticket": TICKET,
    "ticket_do": (*TICKET, "start"),
    "ticket_file": (*TICKET, 1), "ticket_draft": TICKET,
    "knowledge": (), "article_new": (), "article": (Article, "code"), "article_edit": (Article, "code"),
    "runs": (), "run_calendar": (), "run_start": (Profile, "code"), "run": (Run, "pk"), "run_excel": (Run, "pk"),
    "decisions_drop": (Run, "pk"), "decisions": (DecisionFile, "pk"), "decisions_apply": (DecisionFile, "pk"),
    "differences": (), "difference_bulk": (), "difference": DIFFERENCE, "difference_do": (*DIFFERENCE, "accept"),
    "difference_match": DIFFERENCE, "difference_check": DIFFERENCE,
    "files": (), "files_dropped": (), "files_bad_rows": (ImportFile, "pk"), "files_match": (ImportFile, "pk", 1),
    "profiles": (), "profile_new": (), "profile": PROFILE, "profile_again": PROFILE, "profile_compare": PROFILE,
    "profile_yaml": (*PROFILE, 1), "profile_draft": DRAFT, "profile_look": DRAFT, "profile_drop": DRAFT,
    "profile_draft_yaml": DRAFT, "profile_try": (Run, "pk", "G1"),
    "connections": (), "connection_pull": (Connection, "code"), "inbox": (), "inbox_replay": (),
}
# What lists may be asked, with a piece of a hidden word (not the whole mark: pages repeat what was asked).
ASKED = ("?q=hidden9", "?q=hidden9&state=&scope=&kind=", "?before=999999", "?customer=hidden9", "?key=hidden9")
# Rows everybody of staff may look up: a person's page is no secret, though its changes need a right; a comparison and
# its runs are everybody's, though what they found is told by scope (the walk looks for marks there all the same);
# articles are for all staff.
SHARED = (User, JobRun, Profile, Run, MilestonePlan, WorkCalendar, Article, Chain)
OPEN_TO_STAFF = {name for name, knocks in PAGES.items() if knocks and knocks[0] in SHARED}
OPEN_TO_STAFF.add("portal_order")  # sends staff home, whichever order it names

# Third-party and framework pages of the admin, all walked without arguments.
ADMIN_FIXED = {
    "index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "search",
    "view_on_site", "app_list", "admin-shortcut",
}
API_FIXED = {"api-schema", "api-docs", "api-nothing"}


def every_route(resolver=None, prefix="", names=()):
    """[(full route, full name, pattern)] of the whole address map."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            below = (*names, entry.namespace) if entry.namespace else names
            found += every_route(entry, route, below)
        elif isinstance(entry, URLPattern):
            found.append((route, ":".join([*names, entry.name or ""]), entry))
    return found


def addresses(name, knocks, worlds):
    """[(address, is it the person's own world)] of one custom page."""
    if not knocks:
        return [(reverse(name), True)]
    model, attribute, *more = knocks
    return [
        (reverse(name, args=[getattr(world.get(model), attribute), *more]), world is worlds[0]) for world in worlds
    ]
