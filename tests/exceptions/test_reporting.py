"""Can a person open a ticket, by hand and over REST, about what the person sees, and only one for the same trouble?"""
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from exceptions import reporting
from exceptions.actions import comment_ticket, merge_tickets, report_ticket, resolve_ticket, start_ticket
from exceptions.late_nodes import settle_late_tickets
from exceptions.models import RoutingRule, Ticket, TicketAttachment, TicketKind, TicketWatcher
from exceptions.ticket_figures import told as told_figures
from kernel.errors import Forbidden, Refusal
from kernel.models import Company, Department
from kernel.roles import sync_roles
from orders.actions import share_order
from orders.models import Order, OrderKind
from sla.models import Clock
from tests.exceptions.test_tickets import MINUTE, opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db
KINDS = ["complaint", "order_entry", "other"]


@pytest.fixture
def reporter(reference, person, scopes, at):  # noqa: F811
    sync_roles(by=None, at=at)
    return person("reporter", scopes[0], role="sales", is_staff=True, language="en")


@pytest.fixture
def so1(reference, company, scopes, at):  # noqa: F811
    return Order.objects.create(
        company=company, kind=OrderKind.objects.get(code="standard"), number="SO1", scope=scopes[0], created_at=at,
        identity=Order.CONFIRMED)


def kind(code="complaint"):
    return TicketKind.objects.get(code=code)


def words(text, scope):
    return reporting.about("words", text, None, scope)


@pytest.fixture
def reported(reporter, scopes, at):
    def make(about=None, **more):
        return report_ticket(**{
            "about": about or words("The printer of gate 2", scopes[0]), "kind": kind(), "text": "It jams. Since 8:00.",
            "by": reporter, "at": at, **more})
    return make


def test_it_is_routed_timed_and_the_words_stand_in_its_history(reported, reporter, scopes, at):
    ticket, is_new = reported()
    assert is_new and ticket.department.code == "service" and ticket.opened_by == reporter
    assert ticket.title_en == "The printer of gate 2" and ticket.scope == scopes[0]
    first = ticket.entries.order_by("pk").first()
    assert (first.action, first.text, first.by) == ("opened", "It jams. Since 8:00.", reporter)
    assert ticket.response_clock.state == Clock.RUNNING and ticket.due_at == ticket.resolution_clock.due_at
    assert TicketWatcher.objects.get(ticket=ticket).person == reporter, "who asks wants to hear the answer"


def test_of_an_order_it_is_the_orders_and_says_the_first_sentence(reported, reporter, so1):
    about = reporting.about("order", "so1", reporter)
    ticket, _new = reported(about, text="包装破损。客户要求换货。")
    assert ticket.order == so1 and ticket.subject_key == str(so1.pk)
    assert (ticket.title_en, ticket.title_zh) == ("Order SO1: 包装破损", "订单 SO1：包装破损")
    assert reporting.about("order", f"#{so1.pk}", reporter).order == so1


def test_a_rule_goes_before_the_kind_and_a_persons_choice_before_the_rule(reported, scopes):
    quality, finance = (Department.objects.get(code=code) for code in ("quality", "finance"))
    RoutingRule.objects.create(
        priority=1, kind=kind(), conditions=[{"field": "scope", "op": "eq", "value": "east"}], department=quality)
    assert reporting.routed(words("x", scopes[0]), kind())[1] == quality
    assert reported()[0].department == quality
    ticket, _new = reported(words("Invoice twice", scopes[0]), department=finance)
    assert ticket.department == finance
    assert ticket.entries.get(action="opened").data == {"department": "finance", "rule": None, "chosen": True}


def test_the_second_report_is_added_to_the_open_one_and_answers_nothing(reported, worker, scopes, at):  # noqa: F811
    ticket, _new = reported()
    other = worker("colleague", department="service", role="service")
    again, is_new = reported(words("the  PRINTER of gate 2", scopes[0]), by=other, text="Still jams.", at=at + MINUTE)
    assert not is_new and again.pk == ticket.pk and Ticket.objects.count() == 1
    said = ticket.entries.get(action="commented")
    assert (said.text, said.by, said.data["why"]) == ("Still jams.", other, "reported")
    ticket.refresh_from_db()
    assert ticket.first_response_at is None, "to report it once more is no answer"
    assert {one.person.username for one in ticket.watchers.all()} == {"reporter", "colleague"}
    assert reported(kind=kind("other"))[1], "another kind is another trouble"
    assert reported(words("The printer of gate 2", scopes[1]), by=worker("b", scope=scopes[1], role="sales"))[1]


def test_it_goes_on_in_the_ticket_it_was_merged_into_and_anew_when_that_ended(reported, worker, scopes, at):  # noqa: F811
    boss = worker("boss", role="order_operations")
    first, second = reported()[0], reported(words("Paper", scopes[0]))[0]
    merge_tickets(ticket=first, into=second, by=boss, at=at)
    assert reported() == (second, False)
    resolve_ticket(ticket=second, note="new printer", by=boss, at=at)
    assert reported()[1]


@pytest.mark.parametrize("again", [False, True])
def test_ended_while_its_lock_was_waited_for_the_words_go_to_one_that_is_open(
    reported, worker, scopes, monkeypatch, at, again  # noqa: F811
):
    ticket, boss, look, looks = reported()[0], worker("boss", role="order_operations"), reporting.standing, []

    def ended_at_once(*args):
        """Found open, and ended before it is locked; maybe somebody else reports the same meanwhile."""
        found = look(*args)
        looks.append(found)
        if len(looks) == 1:
            resolve_ticket(ticket=found, note="mended", by=boss, at=at)
            if again:
                reported(text="Jams anew.", at=at + MINUTE)
        return found
    monkeypatch.setattr(reporting, "standing", ended_at_once)
    other, is_new = reported(text="Still jams.", at=at + MINUTE)
    assert other.pk != ticket.pk and other.is_open and is_new is not again
    assert not ticket.entries.filter(text="Still jams.").exists(), "nobody reads what is said to a solved one"
    assert other.entries.filter(text="Still jams.").count() == 1 and Ticket.objects.count() == 2


def test_neither_words_nor_files_of_whoever_reports_answer_it(reported, worker, at):  # noqa: F811
    """Not even where the ticket falls to the reporter: to open it is not to answer it."""
    mine = worker("self", department="service", role="service")
    ticket, _new = reported(by=mine, files=[("a.txt", b"what I saw")])
    assert ticket.assignee == mine and TicketAttachment.objects.get().ticket == ticket
    ticket.refresh_from_db()
    assert ticket.first_response_at is None and ticket.response_clock.state == Clock.RUNNING
    start_ticket(ticket=ticket, by=mine, at=at + 5 * MINUTE)
    found = told_figures(worker("chief", role="order_operations", is_superuser=True), {"weeks": "4"}, at + 10 * MINUTE)
    assert [one.answer_s for one in found] == [300]


def test_a_comment_of_the_reporter_does_not_stop_the_first_answer(reported, reporter, worker, at):  # noqa: F811
    worker("a", department="service")
    ticket, _new = reported()
    comment_ticket(ticket=ticket, text="And gate 3", by=reporter, at=at + MINUTE)
    ticket.refresh_from_db()
    assert ticket.first_response_at is None


def test_a_file_that_may_not_be_attached_opens_nothing(reported):
    with pytest.raises(Refusal, match="ending"):
        reported(files=[("a.exe", b"MZ...")])
    assert not Ticket.objects.exists()


def test_what_the_hub_alone_opens_is_refused_and_offered_nowhere(reported, reporter):
    assert [one.code for one in reporting.kinds_for(None)] == sorted(KINDS, key=lambda one: str(kind(one)))
    for code in ("late_quality", "difference", "job_dead"):
        with pytest.raises(Refusal, match="by the hub alone"):
            reported(kind=kind(code))


def test_who_may_not_open_tickets_is_told_who_may(reported, person, scopes):
    with pytest.raises(Forbidden, match="Sales"):
        reported(by=person("auditor", scopes[0], role="auditor"))


def test_a_shared_orders_ticket_is_for_its_scope(reported, reporter, worker, scopes, so1, at):  # noqa: F811
    guest = worker("guest", scope=scopes[1], role="sales")
    assert reporting.about("order", "SO1", guest) is None
    share_order(order=so1, person=guest, by=None, at=at)
    about = reporting.about("order", "SO1", type(guest).objects.get(pk=guest.pk))
    with pytest.raises(Refusal, match="only shared with you"):
        reported(about, by=guest)


def test_a_ticket_one_may_not_see_is_not_named(reported, reporter, scopes, so1):
    about = reporting.about("order", "SO1", reporter)
    ticket, _new = reported(about)
    Ticket.objects.filter(pk=ticket.pk).update(scope=scopes[1])
    with pytest.raises(Refusal) as refused:
        reported(about)
    assert ticket.number not in str(refused.value) and "Order operations" in str(refused.value)
    assert not ticket.entries.filter(action="commented").exists()


def test_a_department_of_another_company_is_refused(reported):
    other = Company.objects.create(code="other", name_en="Other", name_zh="他司")
    far = Department.objects.create(company=other, code="far", name_en="Far", name_zh="远")
    with pytest.raises(Refusal, match="another company"):
        reported(department=far)


def test_what_a_person_reported_late_is_not_ended_by_the_machine(reported, reporter, so1, at):
    TicketKind.objects.filter(code="late_quality").update(is_reported=True)
    ticket, _new = reported(reporting.about("order", "SO1", reporter), kind=kind("late_quality"))
    assert settle_late_tickets(at=at + timedelta(days=2)) == 0
    Ticket.objects.update(opened_by=None)
    assert settle_late_tickets(at=at + timedelta(days=2)) == 1, "the hub's own is ended"


# --- the page -------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, reporter):
    client.force_login(reporter)
    return client


def test_the_page_says_whose_it_would_be_and_what_is_open(page, reported, reporter, so1):
    shown = page.get(f"/tickets/new/?about=order:%23{so1.pk}").content.decode()
    assert "SO1" in shown and 'name="subject"' not in shown
    told = page.get("/tickets/new/route/", {"subject": "SO1", "kind": "complaint"}).content.decode()
    assert "Goes to Customer service" in told and ">SO1</a>" in told
    told = page.get("/tickets/new/route/", {"subject": "nothing", "kind": "other"}).content.decode()
    assert "your own words" in told and "Goes to Order operations" in told
    told = page.get("/tickets/new/route/", {"subject": "x", "kind": "other", "department": "quality"}).content.decode()
    assert "Goes to Quality, as you chose" in told
    ticket, _new = reported(reporting.about("order", "SO1", reporter))
    told = page.get("/tickets/new/route/", {"subject": "so1", "kind": "complaint"}).content.decode()
    assert f"{ticket.number} is open for this already" in told


def test_the_page_opens_it_with_a_file_and_says_where_it_went(page, so1):
    said = {"subject": "SO1", "kind": "complaint", "text": "Box is torn", "department": "quality",
            "file": SimpleUploadedFile("a.txt", b"seen")}
    answer = page.post("/tickets/new/", said, follow=True)
    ticket = Ticket.objects.get()
    assert answer.redirect_chain == [(f"/tickets/{ticket.number}/", 302)]
    assert ticket.department.code == "quality" and ticket.attachments.get().name == "a.txt"
    body = answer.content.decode()
    assert f"{ticket.number} is opened and waits in the queue of Quality." in body and "Box is torn" in body
    again = page.post("/tickets/new/", {**said, "text": "Torn again", "file": ""}, follow=True).content.decode()
    assert "is open for this already. What you wrote was added to it." in again and "Torn again" in again
    assert "Reported once more" in again


def test_a_refusal_keeps_what_was_typed(page):
    said = {"subject": "Gate", "kind": "other", "text": "Long story", "file": SimpleUploadedFile("a.exe", b"MZ")}
    answer = page.post("/tickets/new/", said)
    assert answer.status_code == 200 and "Long story" in answer.content.decode() and not Ticket.objects.exists()
    assert "This field is required" in page.post("/tickets/new/", {"subject": "Gate"}).content.decode()


def test_who_sees_several_scopes_says_whose_the_words_are(client, person, scopes, reporter):
    both = person("both", *scopes, role="sales", is_staff=True, language="en")
    client.force_login(both)
    told = client.get("/tickets/new/route/", {"subject": "Gate", "kind": "other"}).content.decode()
    assert 'name="scope"' in told and "Say whose it is" not in told
    said = {"subject": "Gate", "kind": "other", "text": "Stuck"}
    assert "Say whose it is" in client.post("/tickets/new/", said).content.decode()
    client.post("/tickets/new/", {**said, "scope": "south"})
    assert Ticket.objects.get().scope == scopes[1]


def test_buttons_stand_where_one_may(client, page, person, scopes, so1):
    for address in ("/tickets/", so1.address):
        assert "/tickets/new/" in page.get(address).content.decode()
    client.force_login(person("auditor", scopes[0], role="auditor", is_staff=True))
    for address in ("/tickets/", so1.address):
        assert "/tickets/new/" not in client.get(address).content.decode()
    assert client.get("/tickets/new/").status_code == 403


def test_nothing_hidden_can_be_named(client, person, scopes, so1, reporter):
    client.force_login(person("far", scopes[1], role="sales", is_staff=True, language="en"))
    assert client.get(f"/tickets/new/?about=order:%23{so1.pk}").status_code == 404
    assert client.get("/tickets/new/?about=strange:1").status_code == 404
    told = client.get("/tickets/new/route/", {"subject": "SO1", "kind": "complaint"}).content.decode()
    assert "No order of this number that you may see" in told


# --- REST -----------------------------------------------------------------------------------------------


def post(client, key=None, **body):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/v1/tickets/", body, content_type="application/json", headers=headers)


def test_rest_opens_once_per_key_and_adds_without(page, so1):
    body = {"kind": "complaint", "subject": "SO1", "text": "Torn", "files": [{"name": "a.txt", "content": "c2Vlbg=="}]}
    first = post(page, "k1", **body)
    assert first.status_code == 201 and first.json()["is_new"] and first.json()["department"] == "service"
    assert [one["name"] for one in first.json()["attachments"]] == ["a.txt"]
    again = post(page, "k1", **body)
    assert (again.status_code, again.json()) == (201, first.json()) and TicketAttachment.objects.count() == 1
    assert post(page, "k1", **{**body, "text": "Other"}).status_code == 422
    more = post(page, **{**body, "text": "More"})
    assert more.status_code == 200 and not more.json()["is_new"] and more.json()["number"] == first.json()["number"]
    assert [one["text"] for one in more.json()["entries"] if one["action"] == "commented"] == ["More"]


def test_rest_says_what_does_not_fit(page, so1, client, person, scopes):
    good = {"kind": "complaint", "subject": "SO1", "text": "Torn"}
    assert post(page, **{**good, "subject": "SO9"}).json()["fields"].keys() == {"subject"}
    assert post(page, **{**good, "kind": "nothing"}).json()["fields"].keys() == {"kind"}
    assert post(page, **{**good, "department": "nowhere"}).json()["fields"].keys() == {"department"}
    assert post(page, **{**good, "kind": "late_quality"}).json()["code"] == "kind_not_reported"
    assert post(page, **{**good, "subject_kind": "words", "scope": "south"}).json()["fields"].keys() == {"scope"}
    assert post(page, **{**good, "subject_kind": "words", "subject": "Gate"}).json()["scope"] == "east"
    client.force_login(person("auditor", scopes[0], role="auditor", is_staff=True))
    assert post(client, **good).status_code == 403


def test_an_older_hubs_kinds_are_told_apart(reference):  # noqa: F811
    """Kinds that are the hub's own findings are not offered; one that somebody added is."""
    from importlib import import_module

    from django.apps import apps

    TicketKind.objects.update(is_reported=True)
    TicketKind.objects.create(code="gate", name_en="Gate", name_zh="大门")
    import_module("exceptions.migrations.0016_tickets_by_hand").keep_findings_apart(apps, None)
    assert set(TicketKind.objects.filter(is_reported=True).values_list("code", flat=True)) == {*KINDS, "gate"}
