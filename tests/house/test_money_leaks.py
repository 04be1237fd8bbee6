"""Does any door tell an amount to a person who sees the order and its ticket, but may not see money?

Two systems say different amounts of one order. Its ticket is shown, searched, told, exported and read over REST by
somebody who has every right but that one; no address there is may hold either amount, however it is written.
"""
import io
import zipfile

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from config.api import router
from exceptions.models import Ticket
from exceptions.seed import seed_exceptions
from integrations.actions.deliver_messages import deliver_messages
from kernel.models import Department, Notice, OutboxMessage, User
from orders.models import Order, OrderKind, SourceRecord
from reconciliation.models import Difference, Run
from sla.seed import seed_reference
from tests.house import doors
from tests.house.conftest import every_right
from tests.house.world import OURS
from tests.reconciliation.test_run_comparison import agree, compare, profile, say  # noqa: F401

pytestmark = pytest.mark.django_db
ERP, CRM = 8_888_765, 10_044_304
AMOUNTS = ("88887", "88,887", "8888765", "8,888,765", "100443", "100,443", "10044304", "10,044,304")
QUEUES = ("?tab=all", "?tab=mine", "?tab=department", "?tab=unassigned", "?tab=done", "?tab=all&q=60001")


@pytest.fixture
def reader(company, scopes, person, at):
    """Of the department that gets tickets about amounts, with every right but to see them."""
    seed_reference(company=company, at=at)
    seed_exceptions()
    user = person("reader", scopes[0], is_staff=True, language="en",
                  department=Department.objects.get(code="finance"))
    user.user_permissions.set(every_right().exclude(codename="see_finance"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def ticket(reader, profile, say, company, scopes, at):  # noqa: F811
    kind = OrderKind.objects.get_or_create(code="standard", defaults={"name_en": "s", "name_zh": "s"})[0]
    Order.objects.create(company=company, kind=kind, number="60001", scope=scopes[0], created_at=at)
    agree(say)
    say("erp", "60001", quantity_m=5_000, amount_minor=ERP, currency="CNY", posted_at="2026-11-22T02:00:00Z")
    say("crm", "60001", quantity_m=5_000, amount_minor=CRM, currency="CNY")
    for row in SourceRecord.objects.all():
        row.payload_hash = f"hash{row.pk}"
        row.save()
    compare(profile, at)
    return Ticket.objects.get()


def told(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", "replace") + str(dict(answer.headers))


def amounts_in(text):
    return [one for one in AMOUNTS if one in text]


def every_address(ticket):
    """Pages of the ticket, its order and its difference, all lists, REST, the admin."""
    order, row, run = ticket.order, Difference.objects.get(), Run.objects.get()
    keys = {Order: order.number, Ticket: ticket.number, Difference: row.pk, Run: run.pk}
    for name, knocks in doors.PAGES.items():
        if not knocks:
            yield reverse(name)
        elif knocks[0] in keys:
            yield reverse(name, args=[keys[knocks[0]], *knocks[2:]])
    yield from (reverse("tickets") + asked for asked in QUEUES)
    yield from (reverse("search") + f"?q={term}" for term in ("60001", ticket.number))
    for prefix, viewset, _base in router.registry:
        yield f"/api/v1/{prefix}/"
        for pk in viewset.model._default_manager.values_list("pk", flat=True)[:40]:
            yield f"/api/v1/{prefix}/{pk}/"
    for model in [one for one in admin.site._registry if one._meta.app_label in OURS]:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{base}_changelist")
        for pk in model._default_manager.values_list("pk", flat=True)[:40]:
            yield reverse(f"{base}_change", args=[pk])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_door_tells_an_amount(client, reader, ticket, language, at):
    assert ticket.assignee == reader, "the ticket is hers, so that she is told of it"
    deliver_messages(at=at)
    assert Notice.objects.filter(person=reader).exists() and OutboxMessage.objects.exists()
    User.objects.filter(pk=reader.pk).update(language=language)
    client.force_login(User.objects.get(pk=reader.pk))
    shown = 0
    for url in every_address(ticket):
        answer = client.get(url)
        text = told(answer)
        shown += ticket.title_en in text or ticket.title_zh in text
        assert amounts_in(text) == [], (url, answer.status_code)
    assert shown > 8, "the walk must see the ticket"
    for message in (*Notice.objects.all(), *OutboxMessage.objects.all()):
        assert amounts_in(str(vars(message))) == []


def test_the_walk_has_teeth(client, reader, ticket):
    """With the right to see money the amounts are there: on the difference, not in a title."""
    reader.user_permissions.add(Permission.objects.get(codename="see_finance"))
    client.force_login(User.objects.get(pk=reader.pk))
    seen = [url for url in every_address(ticket) if amounts_in(told(client.get(url)))]
    assert f"/differences/{Difference.objects.get().pk}/" in seen and reverse("order", args=["60001"]) in seen


def test_a_queue_searched_for_an_amount_finds_nothing(client, reader, ticket):
    client.force_login(reader)
    assert ticket.number in told(client.get(reverse("tickets") + "?tab=all&q=60001"))
    assert ticket.number not in told(client.get(reverse("tickets") + "?tab=all&q=88,887"))
