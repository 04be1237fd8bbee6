"""What do the house tests share: two worlds, and somebody with every right who sees only one of them."""
import pytest
from django.contrib.auth.models import Permission

from kernel.access import grant_scope
from kernel.models import Scope, User
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
    return seen, hidden


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
