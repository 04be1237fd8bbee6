"""Does the page of all settings lead to every setting, with a line that says what it is for, as far as one may see?"""
import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation

from config.shelves import SHELVES
from kernel.admin import SettingsAdmin
from kernel.models import User

pytestmark = pytest.mark.django_db
ENTRIES = [entry for shelf in SHELVES for entry in shelf.entries]


def page_of(client, user):
    client.force_login(user)
    return client.get(reverse("admin:index")).content.decode()


@pytest.mark.pure
def test_every_setting_stands_on_one_shelf_and_every_entry_leads_somewhere():
    known = {model._meta.label_lower: own for model, own in admin.site._registry.items()}
    settings = {label for label, own in known.items() if isinstance(own, SettingsAdmin)}
    placed = [entry.model for entry in ENTRIES if entry.model]
    assert settings <= set(placed) <= set(known) and len(placed) == len(set(placed))
    assert all(entry.model or (entry.page and entry.title and entry.permission) for entry in ENTRIES)
    assert all(reverse(entry.page) for entry in ENTRIES if entry.page)


def test_the_page_groups_them_and_lists_the_rest(client):
    page = page_of(client, User.objects.create_superuser("root", password="x", language="en"))
    assert "All settings" in page and "Site administration" not in page
    for shelf in SHELVES:
        with translation.override("en"):
            assert str(shelf.title) in page and str(shelf.line) in page
    assert f'<a href="{reverse("plans")}">Milestone plans</a>' in page
    assert page.count(">Routing rules</a>") == 1
    lower = page.split("To look up", 1)[1]
    assert reverse("admin:orders_order_changelist") in lower and "routingrule" not in lower


def test_one_sees_what_one_may_open(client, person):
    page = page_of(client, person("clerk", is_staff=True, language="en"))
    assert "Routing rules" not in page and "<h2>Tickets" not in page and "To look up" not in page


def test_shelves_speak_chinese(client):
    page = page_of(client, User.objects.create_superuser("root", password="x", language="zh-hans"))
    assert "全部设置" in page and "Who we are" not in page
