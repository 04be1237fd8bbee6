"""Do people read and type hours, pieces and money in the admin, and never seconds, thousandths or minor units?"""
import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import translation

from exceptions.models import Article, Chain, ChainLevel, TicketKind
from kernel.admin_units import (
    CURRENCIES,
    UnitField,
    label_of,
    read_hours,
    unit_form_field,
    unit_of,
    write_hours,
)
from kernel.admin_zones import zone_field
from kernel.models import Plant, User
from kernel.moments import say_exact
from kernel.zones import zone_choices

KINDS = ("_s", "_m", "_u", "_minor")
UNIT_WORDS = ("second", "onths", "andths", "units", "秒", "分之", "最小")


@pytest.mark.pure
@pytest.mark.parametrize("seconds,text", [
    (0, "0:00"), (45, "0:00:45"), (60, "0:01"), (5400, "1:30"), (-1800, "-0:30"), (360000, "100:00"),
])
def test_hours_are_written_as_they_are_read(seconds, text):
    assert write_hours(seconds) == text and read_hours(text) == seconds


@pytest.mark.pure
@pytest.mark.parametrize("seconds,en,zh", [
    (0, "0 min", "0分"), (45, "45 s", "45秒"), (5400, "1 h 30 min", "1小时30分"), (-1800, "-30 min", "-30分"),
    (360000, "100 h", "100小时"),
])
def test_hours_are_said_exactly(seconds, en, zh):
    assert say_exact(seconds, "en") == en
    assert say_exact(seconds, "zh") == zh


@pytest.mark.pure
@pytest.mark.parametrize("text,seconds", [
    ("4 h", 14400), ("30 min", 1800), ("1 h 30 min", 5400), ("1小时30分", 5400), ("-30分钟", -1800), ("45 s", 45),
    ("1.5 h", 5400), ("１:３０", 5400),
])
def test_hours_are_typed_in_words_as_well(text, seconds):
    assert read_hours(text) == seconds


@pytest.mark.pure
@pytest.mark.parametrize("text", ["1", "1:60", "1:5", "1.5", "1:30:60", "--1:00", "１:30x", "99999999:00", "2 d", "2天",
                                  "4 hx", "2 h 3 h", "0.0001 s"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):
        read_hours(text)


@pytest.mark.pure
@pytest.mark.parametrize("kept,typed", [(960000, "960"), (500, "0.5"), (1, "0.001"), (-1500, "-1.5")])
def test_thousandths_are_pieces(kept, typed):
    unit = unit_of(apps.get_model("orders.Material")._meta.get_field("safety_stock_m"))
    assert unit.write(kept) == typed and unit.read(typed) == kept
    with pytest.raises(ValueError):
        unit.read("0.0001")


@pytest.mark.pure
def test_every_field_of_the_hub_kept_in_a_unit_is_read_in_another():
    fields = [field for model in admin.site._registry for field in model._meta.concrete_fields
              if field.get_internal_type().endswith("IntegerField") and field.name.endswith(KINDS)]
    assert len(fields) > 15
    for field in fields:
        assert unit_of(field), field
        for language in ("en", "zh-hans"):
            with translation.override(language):
                left = label_of(field)
                assert not any(word in left for word in UNIT_WORDS), left
    money = [field for field in fields if field.name.endswith("_minor")]
    assert money and {field.name for field in money} <= set(CURRENCIES)


@pytest.mark.pure
def test_bounds_are_said_in_the_unit():
    field = unit_form_field(TicketKind._meta.get_field("response_s"))
    assert isinstance(field, UnitField) and field.clean("1:30") == 5400
    for wrong in ("-0:30", "soon", ""):
        with pytest.raises(Exception, match="0:00|1:30|required"):
            field.clean(wrong)
    assert not field.has_changed(5400, "1:30") and field.has_changed(5400, "1:31")


@pytest.fixture
def root(client, db):
    client.force_login(User.objects.create_superuser("root", password="x"))
    return client


def test_a_kind_of_ticket_is_edited_in_hours(root):
    kind = TicketKind.objects.create(code="k", name_en="K", name_zh="K", response_s=5400)
    address = reverse("admin:exceptions_ticketkind_change", args=[kind.pk])
    assert 'value="1:30"' in root.get(address).content.decode()
    given = {"code": "k", "name_en": "K", "name_zh": "K", "severity": 2, "response_s": "2:15", "resolution_s": "x"}
    refused = root.post(address, given)
    assert refused.status_code == 200 and "1:30" in str(refused.context["errors"])
    assert root.post(address, {**given, "resolution_s": "16:00"}).status_code == 302
    kind.refresh_from_db()
    assert (kind.response_s, kind.resolution_s) == (8100, 57600)
    shown = root.get(reverse("admin:exceptions_ticketkind_changelist")).content.decode()
    assert "57600" not in shown and "16小时" in shown


def test_a_level_before_the_due_time_is_kept(root):
    level = ChainLevel.objects.create(
        chain=Chain.objects.create(code="c", name_en="C", name_zh="C"), number=1, offset_s=-1800, target="head")
    assert 'value="-0:30"' in root.get(reverse("admin:exceptions_chainlevel_change", args=[level.pk])).content.decode()


def test_a_time_zone_is_chosen_and_a_wrong_one_refused(root):
    from kernel.models import Company

    company = Company.objects.create(code="C", name_en="C", name_zh="C")
    plant = Plant.objects.create(company=company, code="1100", name_en="P", name_zh="P")
    address = reverse("admin:kernel_plant_change", args=[plant.pk])
    assert "Asia/Shanghai (UTC+08:00)" in root.get(address).content.decode()
    given = {"company": company.pk, "code": "1100", "name_en": "P", "name_zh": "P"}
    assert root.post(address, {**given, "time_zone": "Mars/Base"}).status_code == 200
    assert root.post(address, {**given, "time_zone": "Europe/Berlin"}).status_code == 302
    plant.refresh_from_db()
    assert plant.time_zone == "Europe/Berlin"


def test_an_article_says_by_name_what_it_answers(root):
    article = Article.objects.create(
        code="a", title_en="A", title_zh="甲", body_en="B", body_zh="乙", causes=["LATE_POSTING", "OF_A_HOUSE"])
    address = reverse("admin:exceptions_article_change", args=[article.pk])
    page = root.get(address).content.decode()
    assert '<option value="LATE_POSTING" selected' in page and '<option value="OF_A_HOUSE" selected' in page
    given = {"code": "a", "title_en": "A", "title_zh": "甲", "body_en": "B", "body_zh": "乙", "is_published": "on"}
    assert root.post(address, {**given, "causes": ["CLOCK_SKEW", "OF_A_HOUSE"]}).status_code == 302
    assert root.post(address, {**given, "causes": ["NOTHING_KNOWN"]}).status_code == 200
    article.refresh_from_db()
    assert article.causes == ["CLOCK_SKEW", "OF_A_HOUSE"]


def test_a_level_names_whom_it_tells(root):
    chain = Chain.objects.create(code="c", name_en="C", name_zh="C")
    address = reverse("admin:exceptions_chainlevel_add")
    given = {"chain": chain.pk, "number": 1, "offset_s": "2:00", "target": "role"}
    refused = root.post(address, given)
    assert refused.status_code == 200 and "role" in refused.context["adminform"].form.errors
    assert root.post(address, {**given, "role": "no_such_role"}).status_code == 200
    assert root.post(address, {**given, "role": "order_operations"}).status_code == 302
    level = ChainLevel.objects.get()
    assert (level.role, level.offset_s) == ("order_operations", 7200)
    assert "订单运营" in root.get(reverse("admin:exceptions_chainlevel_changelist")).content.decode()


def test_the_zones_of_pages_and_of_the_admin_are_the_same():
    found = dict(zone_choices())
    assert found["Asia/Shanghai"] == "Asia/Shanghai (UTC+08:00)" and "UTC" in found and "PRC" not in found
    assert [name for name, _said in zone_choices(["PRC", "Mars/Base"])][:2] == ["PRC", "Mars/Base"]
    field = zone_field(Plant._meta.get_field("time_zone"))
    assert dict(field.choices) == found
