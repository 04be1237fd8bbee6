"""Does the ticket of a difference in money say which and where, and never how much?"""
from datetime import UTC, datetime

import pytest

from exceptions.models import Ticket
from kernel.models import Notice, OutboxMessage
from orders.models import Order, OrderKind
from reconciliation.actions import accept_difference
from reconciliation.models import Difference, ProfileVersion
from tests.migrating import empty_database, migrate_to
from tests.reconciliation.test_run_comparison import SPEC, agree, compare, profile, say  # noqa: F401
from tests.reconciliation.test_tickets_of_differences import worker  # noqa: F401

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def amounts(profile, say, at):  # noqa: F811
    """Makes two systems say different amounts; returns the ticket."""
    def make(**crm):
        agree(say)
        say("crm", "60001", quantity_m=5_000, currency="CNY", **{"amount_minor": 13_950, **crm})
        compare(profile, at)
        return Ticket.objects.get()
    return make


def test_a_title_names_the_field_the_systems_and_the_key(amounts):
    ticket = amounts()
    assert ticket.title_en == "Amount differs between CRM and ERP (60001)"
    assert ticket.title_zh == "CRM 与 ERP 的金额不一致（60001）"
    assert "values" not in ticket.evidence
    sentence = Difference.objects.get().causes[0]["sentence"]
    assert "139.5" in str(sentence) + str(Difference.objects.get().values)


def test_it_names_the_order_and_the_systems_as_the_comparison_does(amounts, profile, company, scopes, at):  # noqa: F811
    kind = OrderKind.objects.create(code="standard", name_en="s", name_zh="s")
    Order.objects.create(company=company, kind=kind, number="60001", scope=scopes[0], created_at=at)
    named = {**SPEC, "systems": {**SPEC["systems"], "crm": {"label": {"en": "Sales book", "zh": "销售台账"}}}}
    ProfileVersion.objects.create(profile=profile, number=2, spec=named, published_at=at)
    ticket = amounts()
    assert ticket.title_en == "Amount differs between Sales book and ERP (order 60001)"
    assert ticket.title_zh == "销售台账 与 ERP 的金额不一致（订单 60001）"


def test_what_cannot_be_read_is_no_difference_of_size(amounts):
    ticket = amounts(amount_minor="139.50?")
    assert ticket.title_en == "Amount cannot be compared between CRM and ERP (60001)"
    assert "139" not in ticket.title_en + ticket.title_zh + str(ticket.evidence)


def test_why_it_was_accepted_stays_with_the_difference(amounts, worker, at):  # noqa: F811
    ticket = amounts()
    keeper = worker("keeper", "accept_difference")
    accept_difference(difference=Difference.objects.get(), reason="139.50 is right", by=keeper, at=at)
    said = ticket.entries.get(action="resolved")
    assert said.text == "" and said.by is not None and said.data["why"] == "accepted"


@pytest.fixture(scope="module")
def rewritten(django_db_setup, django_db_blocker):
    """Tickets as they were written before, brought to the newest."""
    with django_db_blocker.unblock(), empty_database():
        _older_tickets(migrate_to({"reconciliation": "0006_compared_keys", "exceptions": "0010_split_from",
                                   "kernel": "0008_codes_by_signs"}))
        migrate_to()
        yield


def _older_tickets(apps):
    def make(app, model, **values):
        return apps.get_model(app, model).objects.create(**values)

    company = make("kernel", "Company", code="hq", name_en="h", name_zh="h")
    scope = make("kernel", "Scope", company=company, code="east", name_en="e", name_zh="e")
    kind = make("exceptions", "TicketKind", code="difference", name_en="d", name_zh="d")
    user = make("kernel", "User", username="reader")
    order = make("orders", "Order", company=company, number="60001", scope=scope, created_at=AT,
                 kind=make("orders", "OrderKind", code="standard", name_en="s", name_zh="s"))
    comparison = make("reconciliation", "Profile", code="orders", company=company, scope=scope, name_en="o",
                      name_zh="o")
    version = make("reconciliation", "ProfileVersion", profile=comparison, number=1, spec={}, published_at=AT)
    run = make("reconciliation", "Run", profile=comparison, version=version, as_of=AT, started_at=AT)

    def ticket(number, field, its=None, subject_kind="difference"):
        row = make("reconciliation", "Difference", profile=comparison, fingerprint=number, key="60001", kind="value",
                   field=field, systems=["crm", "erp", "wms"], values={"erp": "123.45", "crm": "139.50"},
                   scope=scope, first_run=run, last_run=run)
        return make(
            "exceptions", "Ticket", number=number, kind=kind, subject_kind=subject_kind, subject_key=number,
            order=its, scope=scope, title_en=f"60001 {field}: ERP 123.45, CRM 139.50", opened_at=AT,
            title_zh=f"60001 {field}：ERP 123.45，CRM 139.50",
            evidence={"difference": row.pk, "field": field, "values": {"erp": "123.45", "crm": "139.50"}})

    one = ticket("T1", "amount_minor", order)
    ticket("T2", "unit_price_u")
    other = ticket("T3", "quantity_m")
    ticket("T4", "amount_minor", subject_kind="part")
    for text, data in (("139.50 is right", {"why": "accepted"}), ("my own words", {}),
                       ("", {"title_en": "CRM 139.50", "evidence": one.evidence})):
        make("exceptions", "TicketEntry", ticket=one, at=AT, action="x", text=text, data=data)
    make("exceptions", "TicketEntry", ticket=other, at=AT, action="merged", data={"evidence": one.evidence})
    for told in (one, other):
        said = {"text_en": f"late: {told.title_en}", "text_zh": f"超期：{told.title_zh}",
                "link": f"/tickets/{told.number}/"}
        make("kernel", "Notice", key=told.number, person=user, kind="ticket.assigned", created_at=AT, **said)
        make("kernel", "OutboxMessage", key=told.number, channel="mail", recipient="r", kind="ticket.assigned",
             payload=said, created_at=AT)


@pytest.mark.usefixtures("rewritten")
class TestOlderTickets:
    def test_titles_say_which_and_where(self):
        one, price = (Ticket.objects.get(number=number) for number in ("T1", "T2"))
        assert one.title_en == "Amount differs between CRM and ERP (order 60001)"
        assert one.title_zh == "CRM 与 ERP 的金额不一致（订单 60001）"
        assert price.title_en == "Unit price differs between CRM and ERP (60001)"

    def test_evidence_and_history_hold_no_amount(self):
        for one in Ticket.objects.exclude(number="T3"):
            assert one.evidence["field"] and "values" not in one.evidence
        one = Ticket.objects.get(number="T1")
        assert list(one.entries.order_by("pk").values_list("text", flat=True)) == ["", "my own words", ""]
        for entry in (*one.entries.all(), *Ticket.objects.get(number="T3").entries.all()):
            assert "139.50" not in str(entry.data)

    def test_what_was_told_of_them_neither(self):
        assert Notice.objects.get(key="T1").text_en == "late: Amount differs between CRM and ERP (order 60001)"
        assert OutboxMessage.objects.get(key="T1").payload["text_zh"] == "超期：CRM 与 ERP 的金额不一致（订单 60001）"

    def test_other_tickets_stay_as_they_are(self):
        other, part = (Ticket.objects.get(number=number) for number in ("T3", "T4"))
        assert "139.50" in other.title_en and "values" in other.evidence and "139.50" in part.title_en
        assert "139.50" in Notice.objects.get(key="T3").text_en
