"""What do the house tests share: two worlds, and somebody with every right who sees only one of them."""
import pytest
from django.contrib.auth.models import Permission

from exceptions.models import Ticket
from kernel.access import grant_scope
from kernel.models import Department, Scope, User
from tests.house.world import OURS, World, our_models

HIDDEN = "hidden9z"
SEEN = "seen7q"


@pytest.fixture
def worlds(db):
    """(seen, hidden): every model has a row in both, but for rows that are everybody's."""
    shared = World("everybody")
    seen, hidden = World(SEEN, shared), World(HIDDEN, shared)
    for world in (seen, hidden):
        for model in our_models():
            world.get(model)
    _give_to_a_department(hidden)
    return seen, hidden


def _give_to_a_department(world):
    """The world's ticket tells of no single row: the people of one department see it whatever their scopes."""
    other = Department.objects.create(
        company=world.get(Scope).company, code="d-2", name_en="Elsewhere", name_zh="别处")
    ticket = world.get(Ticket)
    ticket.for_department, ticket.department = True, other
    ticket.save()


def every_right():
    """All permissions of our apps but the one that lifts the row filter."""
    return Permission.objects.filter(content_type__app_label__in=OURS).exclude(codename="see_scope")


@pytest.fixture
def insider(worlds):
    """Staff, every panel and action, one scope of two."""
    user = worlds[0].get(User)
    user.user_permissions.set(every_right())
    grant_scope(scope=worlds[0].get(Scope), to=user)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def customer(worlds):
    from orders.models import Party

    party = worlds[0].get(Party)
    return User.objects.create(
        username="kunde", customer_code=party.code, customer_company=party.company, is_staff=False
    )
