"""Does what is printed say days that are true whenever it is read?"""

import re
from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from exceptions.models import Ticket, TicketKind
from kernel.templatetags import hub
from orders.models import Party

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 29, 17, 27, tzinfo=ZONE)
H = timedelta(hours=1)


def on_paper(html):
    """What hub.css leaves of a time on paper."""
    return (re.search(r'data-paper="([^"]*)"', str(html)) or re.search(r">([^<]*)<", str(html))).group(1)


@pytest.mark.parametrize(("say", "value", "screen", "paper"), [
    (hub.moment, NOW - 21 * H, "昨天 20:27", "11月28日 20:27"),
    (hub.moment, NOW - 99 * H, "11月25日 14:27", "11月25日 14:27"),
    (hub.day, NOW + 24 * H, "明天", "11月30日"),
    (hub.stamp, NOW, "今天 17:27", "2026年11月29日 17:27"),
    (hub.ago, NOW - 2 * H, "2小时前", "11月29日 15:27"),
    (hub.deadline, NOW + 2 * H, "剩 2小时", "11月29日 19:27"),
    (hub.deadline, NOW - 400 * 24 * H, "超时 400天", "2025年10月25日 17:27"),
])
def test_a_time_near_today_has_its_date_for_paper(say, value, screen, paper):
    with translation.override("zh-hans"), timezone.override(ZONE), mock.patch("django.utils.timezone.now") as now:
        now.return_value = NOW
        said = str(say(value))
    assert re.sub(r"<[^>]+>", "", said) == screen and on_paper(said) == paper


@pytest.mark.django_db
def test_the_order_page_has_both_and_its_stamp_has_the_year(staff, make_order):
    now = timezone.now()
    order = make_order("SO-77", promised_at=now + 24 * H, is_open=1)
    page = staff("order_operations").get(f"/orders/{order.number}/").content.decode()
    as_of = page.split('class="asof"', 1)[1].split("</p>", 1)[0]
    assert on_paper(as_of) == f"{now.astimezone(ZONE):%-d %b %Y %H:%M}" and "today" in as_of
    sentence = page.split('class="sentence"', 1)[1].split("</p>", 1)[0]
    assert '<span class="no-print"> Promise tomorrow</span>' in sentence
    assert re.search(r'<span class="only-print"> Promise \d+ [A-Z][a-z]+( \d{4})?</span>', sentence)


@pytest.mark.django_db
def test_a_customers_pages_have_dates_on_paper(client, company, scopes, make_order, person):
    now = timezone.now()
    party = Party.objects.create(company=company, code="C1", name="Mine", scope=scopes[0])
    for number in ("SO-78", "SO-79"):
        make_order(number, promised_at=now + 24 * H, is_open=1, customer=party)
    client.force_login(person("kunde", customer_code="C1", customer_company=company, is_staff=False, language="en"))
    for address in ("/", "/portal/SO-78/"):
        page = client.get(address, follow=True).content.decode()
        assert re.search(r'<span class="no-print">[^<]*tomorrow', page), address
        assert re.search(r'<span class="only-print">[^<]*Promise \d+ [A-Z][a-z]+', page), address
        assert "tomorrow" not in re.sub(r'<span class="no-print">[^<]*</span>|<time.*?</time>', "", page), address


@pytest.mark.django_db
def test_a_ticket_on_paper_names_its_due_date_once(staff, scopes):
    kind, now = TicketKind.objects.create(code="late", name_en="Late", name_zh="延期"), timezone.now()
    ticket = Ticket.objects.create(
        number="T-1", kind=kind, subject_kind="order", subject_key="1", open_key="1", scope=scopes[0], title_en="a",
        title_zh="b", opened_at=now, due_at=now + 30 * H)
    page = staff("order_operations").get(f"/tickets/{ticket.number}/").content.decode()
    due = page.split("<dt>Resolution</dt>", 1)[1].split("</dd>", 1)[0]
    printed = re.sub(r'<span class="quiet no-print">.*?</time></span>', "", due)
    assert on_paper(due) and due.count("<time") == 2 and printed.count("<time") == 1
