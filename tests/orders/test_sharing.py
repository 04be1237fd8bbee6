"""Does sharing one order name whom it is shared with, and refuse what would change nothing?"""
import pytest
from django.contrib.messages import get_messages

from kernel.errors import Refusal
from kernel.models import Department, OutboxMessage, User
from orders.actions import share_order, unshare_order
from orders.models import Event, Order, OrderShare

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(confirmed_order):
    return confirmed_order


@pytest.fixture
def li(order, person):
    return person("li", order.scope, role="order_operations", is_staff=True, language="en", full_name="Li Wei")


@pytest.fixture
def wang(order, person):
    return person("wang", role="sales", is_staff=True, full_name="Wang Fang")


def test_history_and_page_name_whom_it_is_shared_with(client, order, li, wang):
    client.force_login(li)
    client.post(f"/orders/{order.pk}/share/", {"person": "wang"})
    answer = client.get(f"/orders/{order.pk}/")
    text = answer.content.decode()
    assert "shared with Wang Fang" in text and "Wang Fang sees this order from now on." in text
    assert 'id="shares"' in text and f"/orders/{order.pk}/unshare/" in text
    assert Order.objects.visible_to(User.objects.get(pk=wang.pk)).exists()
    client.post(f"/orders/{order.pk}/unshare/", {"person": "wang"})
    text = client.get(f"/orders/{order.pk}/").content.decode()
    assert "no longer shared with Wang Fang" in text and 'id="shares"' not in text
    assert not Order.objects.visible_to(User.objects.get(pk=wang.pk)).exists()


def test_an_event_of_before_is_said_by_the_user_name(client, order, li, wang, at):
    share_order(order=order, person=wang, by=li, at=at)
    Event.objects.filter(kind="share").update(data={"person": "wang"})
    client.force_login(li)
    assert "shared with wang" in client.get(f"/orders/{order.pk}/").content.decode()


def test_the_person_hears_of_it_once(order, li, wang, at):
    share_order(order=order, person=wang, by=li, at=at)
    told = OutboxMessage.objects.get(kind="order.shared", channel="in_app")
    assert told.recipient == str(wang.pk) and "Li Wei" in told.payload["text_en"] and "SO1" in told.payload["text_zh"]


def refusal_of(**arguments):
    with pytest.raises(Refusal) as refused:
        share_order(**arguments)
    return refused.value.code, str(refused.value)


def test_shares_without_effect_are_refused(order, li, wang, person, scopes, at):
    common = {"order": order, "by": li, "at": at}
    assert refusal_of(person=li, **common)[0] == "share_self"
    seer = person("zhao", order.scope, role="sales", full_name="Zhao Min")
    assert refusal_of(person=seer, **common) == ("share_seen", "Zhao Min sees this order already.")
    other = next(scope for scope in scopes if scope != order.scope)
    assert refusal_of(person=person("bare", other), **common)[0] == "share_role"
    customer = person("cust", customer_code="C1", customer_company=order.company)
    assert refusal_of(person=customer, **common)[0] == "share_customer"
    assert refusal_of(person=person("gone", role="sales", is_active=False), **common)[0] == "person_inactive"
    share_order(person=wang, **common)
    assert refusal_of(person=User.objects.get(pk=wang.pk), **common)[0] == "share_seen"
    assert OrderShare.objects.count() == 1 and Event.objects.filter(kind="share").count() == 1
    unshare_order(order=order, person=wang, by=li, at=at)
    with pytest.raises(Refusal):
        unshare_order(order=order, person=wang, by=li, at=at)
    assert Event.objects.filter(kind="unshare").count() == 1


def test_the_page_offers_people_by_name(client, order, li, wang, company):
    wang.department = Department.objects.create(company=company, code="sales", name_en="Sales", name_zh="销售部")
    wang.save()
    client.force_login(li)
    text = client.get(f"/orders/{order.pk}/").content.decode()
    assert '<option value="wang">Wang Fang · Sales</option>' in text and '<option value="li">' not in text
    answer = client.post(f"/orders/{order.pk}/share/", {"person": "li"})
    assert "You see this order already." in str(list(get_messages(answer.wsgi_request))[0])


def test_every_kind_of_decision_has_plain_words():
    import re
    from pathlib import Path

    from orders.words import DECIDED, DECISIONS
    source = "".join(path.read_text() for path in Path("orders/actions").glob("*.py"))
    kinds = set(re.findall(r'(?:write_decision|decide)\(\w+, "(\w+)"', source))
    assert len(kinds) > 10 and kinds <= DECIDED.keys() | DECISIONS.keys()
