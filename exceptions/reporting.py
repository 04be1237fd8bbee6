"""What can a person open a ticket about, whose would it be, and is there one already?

What is not the hub's own to know (a difference) its app tells, through config/subjects.py (settings.HUB_REPORTED).
"""
import unicodedata
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from exceptions import routing
from exceptions.actions.opening import standing_ticket
from exceptions.models import Ticket, TicketKind
from kernel.access import ALL, scope_ids
from kernel.models import Scope
from kernel.pages import whole
from kernel.typed import plain
from orders.models import Order

WORDS = "words"
SUBJECT_LONGEST, TITLE_LONGEST = 90, 120


@dataclass(frozen=True)
class About:
    """What a ticket is about: the subject, whose scope it is in, what it is called and what is known of it.

    Titles are whole, or hold {words} where the first words of what is wrong go. `kind_code`: the kind the hub itself
    would open for it, where there is one. `department`: whose work it is unless a rule says otherwise.
    """

    subject_kind: str
    subject_key: str
    scope: Scope
    title_en: str
    title_zh: str
    order: Order | None = None
    evidence: dict = field(default_factory=dict)
    cause: str = ""
    department: object = None
    kind_code: str = ""

    def titles(self, text):
        """{"title_en", "title_zh"} for a ticket of which somebody says `text`."""
        first = first_words(text)
        return {f"title_{one}": getattr(self, f"title_{one}").replace("{words}", first) for one in ("en", "zh")}


@cache
def _tellers():
    return {kind: import_string(name) for kind, name in import_string(settings.HUB_REPORTED).items()}


def subject_kinds():
    return (*_tellers(), WORDS)


def about(subject_kind, named, person, scope=None):
    """The About of what a person named, or None when the person sees nothing of that name.

    "words": words of one's own, for which `scope` says whose they are.
    """
    if subject_kind == WORDS:
        return about_words(named, scope) if scope is not None else None
    tell = _tellers().get(subject_kind)
    return tell(named, person) if tell else None


def about_order(named, person):
    """By its number, the newest of several, else by its id; "#12" is an id and nothing else."""
    if not person.has_perm("orders.view_order"):
        return None
    number, visible = plain(named), Order.objects.visible_to(person).select_related("scope__company", "plant")
    found = visible.filter(number__in={number, number.upper()}).order_by("-created_at").first() if number else None
    order = found or visible.filter(pk=whole(number.removeprefix("#"))).first()
    if order is None:
        return None
    titles = (f"Order {order.number}: {{words}}", f"订单 {order.number}：{{words}}")
    return About("order", str(order.pk), order.scope, *titles, order)


def about_words(named, scope):
    """The same words in one scope are the same trouble, however they are spaced or capitalised."""
    said = " ".join(plain(named).split())[:SUBJECT_LONGEST]
    key = f"{scope.code}/{unicodedata.normalize('NFKC', said).casefold()}"[:160]
    return About(WORDS, key, scope, said, said) if said else None


def first_words(text):
    """The first sentence of what somebody wrote, cut where it is long."""
    line = next((one.strip() for one in text.splitlines() if one.strip()), "")
    for end in ("。", "！", "？", ". ", "! ", "? "):
        line = line.split(end)[0]
    line = line.rstrip(".!?")
    return line if len(line) <= TITLE_LONGEST else line[: TITLE_LONGEST - 1].rstrip() + "…"


def kinds_for(about):
    """The kinds a person may choose, the one the hub itself would open first, "other" last."""
    own = about.kind_code if about else ""
    found = TicketKind.objects.filter(Q(is_reported=True) | Q(code=own)).select_related("department")
    return sorted(found, key=lambda one: (one.code != own, one.code == "other", str(one)))


def scopes_for(person):
    """The scopes somebody may report into: those the person sees."""
    ids = scope_ids(person)
    found = Scope.objects.select_related("company").order_by("code")
    return found if ids is ALL else found.filter(pk__in=ids)


def routed(about, kind):
    """(the rule that would take it or None, the department or None) if it were opened now."""
    return routing.department_for(
        Ticket(
            kind=kind, subject_kind=about.subject_kind, order=about.order, scope=about.scope, cause=about.cause,
            evidence=about.evidence, severity=kind.severity,
        ),
        about.department,
    )


def standing(about, kind):
    """The ticket that somebody works on already for this kind and subject, or None."""
    return standing_ticket(kind, about.subject_kind, about.subject_key)
