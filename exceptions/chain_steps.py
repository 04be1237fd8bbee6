"""Whom do the levels of a ticket's chain tell: as they were when its clock began, and as they are set up today?"""
from dataclasses import asdict, dataclass

from django.contrib.auth import get_user_model
from django.db.models import F, Q
from django.utils.translation import gettext as _

from exceptions.models import ChainLevel, Ticket
from kernel.roles import role_name
from sla.clocks import sorted_levels
from sla.milestone_clocks import OPEN as RUNS_OR_WAITS

OPEN = Ticket.OPEN_STATES


@dataclass(frozen=True, slots=True)
class Step:
    """One level: `offset_s` working seconds from due; `role` a code, `person` an id, where the target asks for it."""

    number: int
    offset_s: int
    target: str
    role: str = ""
    person: int | None = None


def steps_of(chain):
    """[Step, …] of a chain as it is set up now; [] of none."""
    rows = () if chain is None else chain.levels.order_by("offset_s", "number")
    return [Step(row.number, row.offset_s, row.target, row.role, row.person_id) for row in rows]


def pinned(steps):
    """Steps as a ticket keeps them."""
    return [asdict(one) for one in steps]


def steps_kept(ticket):
    """[Step, …] the ticket's clock was started with, whatever has become of the chain since."""
    return [Step(**one) for one in ticket.chain_steps]


def step_at(ticket, level):
    """The Step of this level, or None: the due instant of a chain that does not name it."""
    return next((one for one in steps_kept(ticket) if one.number == level), None)


def levels_of(steps):
    """As clocks take them."""
    return [[one.number, one.offset_s] for one in steps]


def behind(chain, *, most=None, ticket_ids=None):
    """Open tickets of the chain's kinds that go by other steps than it has today; the ids, the soonest due first.

    Other steps are told, or the clock fires at other levels: one of an older version may keep levels that the steps of
    the ticket do not name. `most` of them, where given, and only of `ticket_ids`.
    """
    now = steps_of(chain)
    levels = sorted_levels(levels_of(now))
    other_levels = Q(resolution_clock__state__in=RUNS_OR_WAITS) & ~Q(resolution_clock__levels=levels)
    found = Ticket.objects.filter(
        ~Q(chain_steps=pinned(now)) | other_levels, kind__chain=chain, state__in=OPEN, resolution_clock__isnull=False)
    if ticket_ids is not None:
        found = found.filter(pk__in=ticket_ids)
    return list(found.order_by(F("due_at").asc(nulls_last=True), "pk").values_list("pk", flat=True)[:most])


def named(steps):
    """{person id: name} of those the steps name."""
    ids = {one.person for one in steps if one.person}
    return {person.pk: str(person) for person in get_user_model().objects.filter(pk__in=ids)}


def say_target(step, names):
    """Who is told, in words; `names` as from `named`."""
    if step is None:
        return str(dict(ChainLevel.TARGETS)[ChainLevel.ASSIGNEE])
    if step.target == ChainLevel.PERSON:
        return names.get(step.person) or _("nobody")
    if step.target == ChainLevel.ROLE:
        return str(role_name(step.role))
    return str(dict(ChainLevel.TARGETS)[step.target])
