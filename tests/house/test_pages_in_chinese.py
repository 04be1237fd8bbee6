"""Does any page, read in Chinese by somebody who sees everything, still say something in English?"""
import re

import pytest
from django.contrib import admin
from django.urls import reverse

from kernel.models import User
from tests.house import doors, visible
from tests.house.world import OURS

pytestmark = pytest.mark.django_db
# What the worlds of rows write into every text, and codes that are data.
MARKED = re.compile(r"(?<![a-z])(?:seen7q|hidden9z|everybody|who[seh]|guanli|said)(?![a-z])[a-z0-9.-]*", re.I)


@pytest.fixture
def reader(client, worlds):
    user = User.objects.create_superuser("guanli", password="a-long-password-1", language="zh-hans")
    client.force_login(user)
    return client


def untold(client, url):
    """[(url, text)] of what the page says in English; [] when it draws nothing."""
    answer = client.get(url, headers={"accept-language": "zh-hans"})
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return []
    texts = visible.of_page(answer.content.decode())
    return sorted({(url, text) for text in texts if visible.english(MARKED.sub(" ", text))})


def _list(found):
    """Each text once, with the first page that says it."""
    first = {}
    for url, text in found:
        first.setdefault(text, url)
    return "\n".join(f"{url}: {text}" for text, url in first.items())


def test_custom_pages(reader, worlds):
    found, drawn = [], 0
    for name, knocks in doors.PAGES.items():
        for url, is_own in doors.addresses(name, knocks, worlds):
            if is_own:
                found += untold(reader, url)
                drawn += 1
    assert not found, _list(found)
    assert drawn > 30


def _admin_addresses(worlds):
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{base}_changelist")
        yield reverse(f"{base}_add")
        if model._meta.app_label in OURS:
            row = worlds[0].get(model)
            yield reverse(f"{base}_change", args=[row.pk])
            yield reverse(f"{base}_history", args=[row.pk])


def test_admin_pages(reader, worlds):
    found = [one for url in ("/admin/", *_admin_addresses(worlds)) for one in untold(reader, url)]
    assert not found, _list(found)


def test_refusals(reader):
    assert untold(reader, "/orders/NO-SUCH-ORDER/") == []
    assert "没有此页面" in reader.get("/orders/NO-SUCH-ORDER/", headers={"accept-language": "zh-hans"}).content.decode()


def test_product_is_named_in_the_readers_language(client, worlds):
    page = {
        language: client.get(reverse("login"), headers={"accept-language": language}).content.decode()
        for language in ("zh-hans", "en")
    }
    assert "订单中枢" in page["zh-hans"] and "Order Hub" not in page["zh-hans"]
    assert "Order Hub" in page["en"]
