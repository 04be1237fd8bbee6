"""Are words that people type read as meant, kept whole or refused with a sentence, and never cut in silence?"""

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.utils import timezone

from desk.actions import found_company, make_first_administrator
from kernel.currencies import currency_code
from kernel.errors import Refusal
from kernel.models import Company, User
from kernel.news import action
from kernel.typed import LONGEST, fit, plain
from orders.models import Order
from tests.house.conftest import insider, worlds  # noqa: F401 - fixtures

COMPANY = {"name_zh": "试", "name_en": "Try", "time_zone": "Asia/Shanghai"}


@pytest.mark.pure
@pytest.mark.parametrize(("typed", "code"), [
    ("cny", "CNY"), (" EUR ", "EUR"), ("人民币", "CNY"), ("rmb", "CNY"), ("ＵＳＤ", "USD"), ("美元", "USD"),
])
def test_a_currency_is_known_by_its_code_and_by_its_name(typed, code):
    assert currency_code(typed) == code


@pytest.mark.pure
@pytest.mark.parametrize("typed", ["QQQ", "", "人民", "CNYX", "XXX", "XAU"])
def test_what_is_no_currency_is_refused(typed):
    with pytest.raises(Refusal, match="no currency"):
        currency_code(typed)


@pytest.mark.django_db
def test_the_company_keeps_a_currency_only_and_the_page_what_was_typed(client, at):
    client.force_login(User.objects.create_superuser("chief", password="a-long-password-1", language="en"))
    page = client.post("/setup/company/", COMPANY | {"currency": "QQQ"}).content.decode()
    assert "“QQQ” is no currency." in page and 'value="QQQ"' in page and 'value="Try"' in page
    assert not Company.objects.exists()
    assert client.post("/setup/company/", COMPANY | {"currency": "人民币"}).status_code == 302
    company = Company.objects.get()
    assert company.currency == "CNY"
    company.currency = "QQQ"
    with pytest.raises(ValidationError, match="no currency"):
        company.full_clean()
    with pytest.raises(Refusal, match="too long: 121 characters, and at most 120"):
        found_company(**COMPANY | {"name_en": "x" * 121}, currency="CNY", by=None, at=at)


@pytest.mark.django_db
def test_the_first_administrators_name_is_not_cut(at):
    given = {"password": "a-long-password-1", "language": "en", "at": at}
    for names in ({"username": "x" * 151, "full_name": ""}, {"username": "x", "full_name": "x" * 81}):
        with pytest.raises(Refusal, match="too long"):
            make_first_administrator(**names, **given)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_password_too_short_is_said_in_chinese(client):
    page = client.post("/first-run/", {"username": "a", "password": "k7", "again": "k7"},
                       headers={"accept-language": "zh-hans"}).content.decode()
    assert "密码" in page and "too short" not in page and "character" not in page


@pytest.mark.pure
def test_a_text_fits_or_is_refused_whole():
    assert fit("x" * 5, 5) == "x" * 5 and plain(" ６０１Ａ\x00 ") == "601A"
    with pytest.raises(Refusal, match="20,000 characters"):
        fit("x" * 20_000, 300)


@pytest.mark.django_db
def test_full_width_digits_find_what_the_plain_ones_find(client, insider, worlds):  # noqa: F811
    order = worlds[0].get(Order)
    Order.objects.filter(pk=order.pk).update(number="60100277")
    from orders.search_terms import write_terms
    write_terms({order.pk: "60100277"})
    client.force_login(insider)
    for path in ("/orders/?q=", "/search/?q="):
        assert "60100277" in client.get(path + "６０１００２７７").content.decode(), path
    found = client.get("/api/v1/orders/?number=６０１００２７７").json()
    assert [row["id"] for row in found["results"]] == [order.pk]


@pytest.mark.django_db
def test_signs_nobody_sees_are_left_out(client, insider, worlds):  # noqa: F811
    client.force_login(insider)
    for path in ("/orders/?q=%00", "/search/?q=%00x", "/tickets/?order=%00", "/board/?node=%01", "/differences/?q=%00"):
        assert client.get(path).status_code == 200, path
    order = worlds[0].get(Order)
    answer = client.post(f"/orders/{order.pk}/hold/", {"reason": "wait\x00 here"})
    assert answer.status_code in (302, 403, 404)
    said = [str(one) for one in get_messages(answer.wsgi_request)]
    assert answer.wsgi_request.POST["reason"] == "wait here" and any("nobody can see" in one for one in said)
    assert client.get("/orders/a%00b/").status_code == 404


@pytest.mark.django_db
def test_rest_tells_and_reads_times_in_utc(client, insider, worlds):  # noqa: F811
    order, now = worlds[0].get(Order), timezone.now()
    Order.objects.filter(pk=order.pk).update(promised_at=now, forecast_at=now + timezone.timedelta(days=3),
                                             actual_at=None, held_at=None)
    client.force_login(insider)
    one = client.get(f"/api/v1/orders/{order.pk}/").json()
    told = {name: value for name, value in one.items() if name.endswith("_at") and value}
    assert {"promised_at", "created_at"} <= told.keys() and all(value.endswith("Z") for value in told.values()), told
    day = now.astimezone(timezone.get_fixed_timezone(0)).replace(microsecond=0, tzinfo=None)
    for first, count in ((day, 1), (day + timezone.timedelta(seconds=2), 0)):
        found = client.get(f"/api/v1/orders/?promised_from={first.isoformat()}").json()
        assert len(found["results"]) == count, "a time without a zone is UTC"


@pytest.mark.django_db
def test_what_rest_does_not_find_is_said_in_the_readers_language(client, insider, worlds):  # noqa: F811
    User.objects.filter(pk=insider.pk).update(language="zh-hans")
    client.force_login(insider)
    hidden = worlds[1].get(Order).pk
    answers = [client.get(f"/api/v1/orders/{pk}/").json() for pk in (999_999, hidden)]
    assert [one["detail"] for one in answers] == ["未找到。"] * 2, answers


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "most"), LONGEST.items())
def test_no_action_takes_words_that_are_too_long(name, most):
    @action
    def say(*, by, at, **words):
        return words[name]

    someone = User(username="x")
    assert say(by=someone, at=None, **{name: "x" * most}) == "x" * most
    with pytest.raises(Refusal, match=f"at most {most:,} characters"):
        say(by=someone, at=None, **{name: "x" * (most + 1)})
    assert say(by=None, at=None, **{name: "x" * (most + 1)}), "the machine's own words"


@pytest.mark.django_db
def test_a_reason_too_long_is_refused_on_the_page_and_nothing_happens(client, insider, worlds):  # noqa: F811
    order = worlds[0].get(Order)
    client.force_login(insider)
    answer = client.post(f"/orders/{order.pk}/expedite/", {"reason": "x" * 20_000})
    said = " ".join(str(one) for one in get_messages(answer.wsgi_request))
    assert "20,000 characters, and at most 300" in said
    order.refresh_from_db()
    assert order.expedited_at == worlds[0].get(Order).expedited_at and not order.events.filter(
        data__reason__startswith="xxx").exists()
