"""Which columns of a report does its reader fill in, and how is it said what to write there?"""
from itertools import zip_longest
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from exceptions.rights import WORK
from kernel.access import holders_of, seers_of
from kernel.excel import Column
from kernel.models import Scope
from kernel.people import staff
from reconciliation.decision_words import COLUMNS, DECISIONS
from reconciliation.rights import ACCEPT, SEES
from reconciliation.row_marks import mark_of

MOST_PEOPLE = 2000
MOST_SCOPES = 50


def may_decide(person):
    """May this person decide or work on any difference? For others a report has nothing to fill in."""
    return person.has_perm(ACCEPT) or person.has_perm(WORK)


def people_of(differences):
    """Staff to whom some of these may be given; where they are of many scopes, whoever may look at differences."""
    scopes = Scope.objects.filter(pk__in=differences.order_by().values("scope_id"))[: MOST_SCOPES + 1]
    found = staff().filter(holders_of(SEES))
    return (found if len(scopes) > MOST_SCOPES else found.filter(seers_of(scopes))).order_by("username")


def person_label(person):
    """'Li Wei (liwei)': the name people know, and the one that is nobody else's."""
    return f"{person} ({person.username})" if str(person) != person.username else person.username


def how_to_sheet(book, differences):
    """The sheet that says what each decision does and needs. Returns (range of decisions, range of people)."""
    people = sorted(people_of(differences)[:MOST_PEOPLE], key=str)
    sheet = book.sheet(_("How to decide"), [
        Column(COLUMNS["decision"], width=20), Column(_("What it needs"), width=44),
        Column(_("What it does"), width=80), Column(_("Whom it can be assigned to"), "key", 34)])
    decisions = [[one.name, one.needs, one.does] for one in DECISIONS.values()]
    people = [person_label(person) for person in people]
    sheet.extend([*(told or [None] * 3), person] for told, person in zip_longest(decisions, people))
    return sheet.range_of(0, len(decisions)), sheet.range_of(3, len(people)) if people else ""


def decision_columns(decisions, people):
    """The columns that are filled in, and the mark by which a row is known again; ranges are those of how_to_sheet."""
    today = timezone.localdate(timezone=ZoneInfo(settings.HUB_TIME_ZONE))
    return [
        Column(COLUMNS["decision"], "key", 18, is_open=True, choices=decisions, is_strict=True,
               hint=_("Choose one of the list. The sheet “How to decide” says what each does.")),
        Column(COLUMNS["reason"], "key", 34, is_open=True,
               hint=_("Why. Needed to accept, to say that it is no difference and to open again.")),
        Column(COLUMNS["until"], "date", 13, is_open=True, since=today,
               hint=_("Only to accept: the last day. Left empty, it has no end.")),
        Column(COLUMNS["person"], "key", 24, is_open=True, choices=people, hint=_("Only to assign: whose work it is.")),
        Column(COLUMNS["comment"], "key", 34, is_open=True, hint=_("Stands in the history of the difference.")),
        Column(COLUMNS["mark"], "key", 12),
    ]


def left_open(one, values):
    """The cells of one difference under decision_columns: empty ones, and its mark by the values its row shows."""
    return [None] * 5 + [mark_of(one.fingerprint, values, one.state, one.assignee_id)]
