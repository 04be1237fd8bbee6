"""What do the tests of pages share: roles, orders of two scopes, and somebody to look at them."""

from datetime import timedelta

import pytest

from kernel.roles import sync_roles


@pytest.fixture
def roles(db, at):
    sync_roles(by=None, at=at)


@pytest.fixture
def make_order(company, scopes, kinds, at):
    """make(number, scope=…, **fields) → an order; the first is the newest."""
    from orders.models import Order, SearchTerm

    made = []

    def make(number, **fields):
        fields = {
            "company": company,
            "kind": kinds["standard"],
            "scope": scopes[0],
            "identity": "confirmed",
            "commercial": "confirmed",
            "stage": "confirmed",
            "created_at": at - timedelta(minutes=len(made)),
        } | fields
        order = Order.objects.create(number=number, **fields)
        SearchTerm.objects.bulk_create(
            [SearchTerm(term=number[start:], order=order) for start in range(len(number) - 2)]
        )
        made.append(order)
        return order

    return make


@pytest.fixture
def staff(client, person, roles, scopes):
    """staff(role, *scopes) → the client, logged in as a person of that role, reading English."""

    def enter(role, *granted, username="staff", **fields):
        user = person(username, *(granted or scopes[:1]), role=role, is_staff=True, language="en", **fields)
        client.force_login(user)
        client.user = user
        return client

    return enter
