"""Does the admin show the hub's own codes by their words, in lists, rows, filters and forms?"""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation

from kernel.admin_words import choices_of, say
from kernel.models import JobRun, User
from orders.models import AuthorityRank, AuthorityVersion, ExternalKey, Order
from orders.words import STAGES, SUBJECTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client, company):
    client.force_login(User.objects.create_superuser("root", password="a-long-password-1", language="zh-hans"))
    return lambda url: client.get(url).content.decode()


@pytest.fixture
def order(company, scopes, kinds, systems, at):
    order = Order.objects.create(
        company=company, kind=kinds["standard"], scope=scopes[0], number="SO-1", stage="in_transit",
        logistics="in_transit", created_at=at,
    )
    ExternalKey.objects.create(system=systems["wms"], entity="work_order", key="K1", order=order, matched_at=at)
    return order


def test_lists_rows_and_filters_say_the_word(reader, order):
    page = reader("/admin/orders/order/")
    assert "在途" in page and ">in_transit<" not in page
    assert "stage=in_transit" in page  # the filter still asks by the code
    assert "SO-1" in reader("/admin/orders/order/?stage=in_transit")
    row = reader(f"/admin/orders/order/{order.pk}/change/")
    assert row.count("在途") >= 2 and "in_transit" not in row
    key = ExternalKey.objects.get()
    page = reader(f"/admin/orders/externalkey/{key.pk}/change/")
    assert "生产订单 K1" in page and "work_order" not in page


def test_every_code_of_every_table_has_a_chinese_word():
    missing = []
    with translation.override("zh-hans"):
        for model, model_admin in admin.site._registry.items():
            for name, table in getattr(model_admin, "coded", {}).items():
                model._meta.get_field(name)
                codes = [] if callable(table) else table
                missing += [(model, name, code) for code in codes if say(table, code).isascii()
                            and say(table, code) not in ("Webhook",)]
    assert not missing


def test_an_authority_is_chosen_by_word_and_a_strange_code_stays(reader, company, systems):
    draft = AuthorityVersion.objects.create(number=7)
    AuthorityRank.objects.create(version=draft, company=company, subject="own_field", rank=1, system=systems["wms"])
    page = reader(f"/admin/orders/authorityversion/{draft.pk}/change/")
    assert '<option value="own_field" selected>' in page and "销售团队</option>" in page
    assert choices_of(SUBJECTS, "own_field")[-1] == ("own_field", "own_field")
    assert ("own_field", "own_field") not in choices_of(SUBJECTS, "*")


def test_jobs_are_called_by_name(reader, at):
    job = JobRun.objects.create(key="k", kind="export_orders", asked_at=at)
    for url in (reverse("admin:kernel_jobrun_changelist"), reverse("admin:kernel_jobrun_change", args=[job.pk])):
        assert "导出订单" in reader(url)


def test_a_code_without_a_word_is_shown_as_it_is():
    assert (say(STAGES, "new_stage"), say(STAGES, ""), say(str.upper, "x")) == ("new_stage", "", "X")
