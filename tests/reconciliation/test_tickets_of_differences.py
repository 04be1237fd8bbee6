"""Do a difference and its ticket ever contradict each other in silence?"""
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from exceptions.actions import close_ticket, merge_tickets, resolve_ticket, start_ticket
from exceptions.models import Ticket
from exceptions.seed import seed_exceptions
from exceptions.words import of_entry
from kernel.errors import Refusal
from kernel.models import Department, Scope, User
from orders.models import Order, OrderKind
from reconciliation.actions import (
    accept_difference,
    assign_difference,
    mark_invalid,
    reopen_difference,
    resolve_difference,
)
from reconciliation.causes.names import cause_name
from reconciliation.models import Difference, Profile, ProfileVersion
from reconciliation.titles import titles_of
from sla.seed import seed_reference
from tests.reconciliation.test_run_comparison import agree, compare, profile, say  # noqa: F401

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "2026-11-22T02:00:00Z", 51_000


@pytest.fixture
def worker(company, scopes, person, at):
    seed_reference(company=company, at=at)
    seed_exceptions()

    def make(name="keeper", *rights, scope=scopes[0], department="order_ops"):
        user = person(name, scope, is_staff=True, language="en", department=Department.objects.get(code=department))
        for right in ("work_ticket", "work_any_ticket", "view_ticket", "view_difference", *rights):
            user.user_permissions.add(Permission.objects.get(codename=right))
        return User.objects.get(pk=user.pk)
    return make


@pytest.fixture
def single(profile, say, at):  # noqa: F811
    """(difference, ticket) of one quantity that differs."""
    agree(say)
    say("wms", "60000", quantity_m=WRONG, posted_at=RIGHT)
    compare(profile, at)
    return Difference.objects.get(), Ticket.objects.get()


@pytest.fixture
def many(profile, say, at):  # noqa: F811
    """(differences, ticket) of one cause: every quantity of the WMS with the point in the wrong place."""
    agree(say)
    for n in range(10):
        say("wms", f"60{n:03d}", quantity_m=50_000, posted_at=RIGHT)
    compare(profile, at)
    rows = list(Difference.objects.order_by("pk"))
    assert len(rows) == 10 and len({row.group_code for row in rows}) == 1 and rows[0].group_code
    return rows, Ticket.objects.get(subject_kind="difference_group")


def now(row):
    return type(row).objects.get(pk=row.pk)


def last_words(ticket):
    word, said = of_entry(ticket.entries.order_by("-pk").first())
    return str(word), [str(one) for one in said]


@pytest.mark.parametrize(("decide", "word"), [
    (accept_difference, "accepted as it stands"), (mark_invalid, "no difference"),
])
def test_deciding_a_difference_ends_its_ticket_and_says_why(worker, single, decide, word, at):
    (row, ticket), keeper = single, worker("keeper", "accept_difference")
    decide(difference=row, reason="agreed by mail", by=keeper, at=at)
    entry = ticket.entries.get(action="resolved")
    assert now(ticket).state == Ticket.RESOLVED and entry.by == keeper and entry.text == "agreed by mail"
    assert word in str(of_entry(entry)[1])


def test_claiming_it_fixed_ends_it_and_the_next_comparison_opens_it_again(worker, profile, single, say, at):  # noqa: F811
    (row, ticket), keeper = single, worker()
    resolve_difference(difference=row, note="sent again", by=keeper, at=at)
    assert now(ticket).state == Ticket.RESOLVED
    compare(profile, at)
    ticket = now(ticket)
    assert now(row).state == "open" and ticket.is_open and ticket.cycle == 2 and Ticket.objects.count() == 1
    assert "reopened" in ticket.entries.values_list("action", flat=True)
    say("wms", "60000", quantity_m=5_000, posted_at=RIGHT)
    compare(profile, at)
    assert now(ticket).state == Ticket.RESOLVED and last_words(ticket)[1] == ["The systems agree again."]


def test_what_was_decided_can_be_taken_back_and_its_ticket_comes_back(worker, single, at):
    (row, ticket), keeper = single, worker("keeper", "accept_difference")
    with pytest.raises(Refusal):
        reopen_difference(difference=row, reason="x", by=keeper, at=at)
    mark_invalid(difference=row, reason="mapping", by=keeper, at=at)
    with pytest.raises(Refusal):
        reopen_difference(difference=row, reason="", by=keeper, at=at)
    reopen_difference(difference=row, reason="it was one", by=keeper, at=at)
    assert now(row).state == "open" and now(ticket).is_open and Ticket.objects.count() == 1
    assert last_words(ticket)[1] == [] or "open again" in str(last_words(ticket)[1])


def test_a_difference_given_to_somebody_keeps_its_ticket(worker, single, at):
    (row, ticket), keeper = single, worker()
    assign_difference(difference=row, to=keeper, by=keeper, at=at)
    assert now(ticket).is_open


def test_a_ticket_is_not_ended_over_an_open_difference_in_silence(worker, single, at):
    (_row, ticket), keeper = single, worker()
    with pytest.raises(Refusal) as refused:
        resolve_ticket(ticket=ticket, note="done", by=keeper, at=at)
    assert "60000" in str(refused.value) and "still open" in str(refused.value)
    assert "stays open" in str(refused.value) and "accepted" not in str(refused.value)
    assert now(ticket).is_open


@pytest.mark.parametrize(("choice", "state"), [("fixed", "claimed_fixed"), ("accept", "accepted"), ("leave", "open")])
def test_who_ends_a_ticket_says_what_becomes_of_the_difference(worker, single, choice, state, at):
    (row, ticket), keeper = single, worker("keeper", "accept_difference")
    resolve_ticket(ticket=ticket, note="done", by=keeper, at=at, subject=choice)
    assert now(ticket).state == Ticket.RESOLVED and now(row).state == state
    said = ticket.entries.get(action="resolved")
    assert said.data["subject"] == choice and of_entry(said)[1]


def test_accepting_through_a_ticket_needs_the_right_to_accept(worker, single, at):
    (row, ticket), keeper = single, worker()
    with pytest.raises(Refusal):
        resolve_ticket(ticket=ticket, note="done", by=keeper, at=at, subject="accept")
    assert now(row).state == "open"


def test_closing_without_a_solution_says_that_the_difference_stays(worker, single, at):
    (_row, ticket), keeper = single, worker()
    close_ticket(ticket=ticket, note="not ours", by=keeper, at=at)
    assert last_words(ticket)[1] == ["The difference stays open."]


def test_the_page_offers_the_choice_and_later_says_that_it_is_open(worker, single, client, at):
    (row, ticket), keeper = single, worker("keeper", "accept_difference")
    client.force_login(keeper)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert 'name="subject" value="fixed"' in page and 'value="accept"' in page and f"/differences/{row.pk}/" in page
    client.post(f"/tickets/{ticket.number}/resolve/", {"text": "looked", "subject": "leave"})
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "is still open. This ticket is no longer open." in page
    page = client.get(f"/differences/{row.pk}/").content.decode()
    assert ticket.number in page and "though the difference is open" in page


def test_many_at_once_are_asked_too(worker, single, client, at):
    (row, ticket), keeper = single, worker()
    client.force_login(keeper)
    body = {"verb": "resolve", "ticket": [ticket.pk], "note": "all mended"}
    client.post("/tickets/bulk/", body)
    assert now(ticket).is_open
    client.post("/tickets/bulk/", body | {"subject": "fixed"})
    assert now(ticket).state == Ticket.RESOLVED and now(row).state == "claimed_fixed"


def test_over_rest_the_choice_is_asked_for_likewise(worker, single, client, at):
    (row, ticket), keeper = single, worker()
    client.force_login(keeper)
    url = f"/api/v1/tickets/{ticket.pk}/resolve/"
    answer = client.post(url, {"note": "done"}, content_type="application/json")
    assert answer.status_code == 409 and "still open" in answer.content.decode()
    assert client.post(url, {"note": "done", "subject": "fixed"}, content_type="application/json").status_code == 200
    assert now(row).state == "claimed_fixed"


def test_a_group_ends_with_the_last_of_its_differences(worker, many, at):
    (rows, ticket), keeper = many, worker("keeper", "accept_difference")
    for row in rows[:5]:
        accept_difference(difference=row, reason="old stock", by=keeper, at=at)
    for row in rows[5:9]:
        mark_invalid(difference=row, reason="x", by=keeper, at=at)
    assert now(ticket).is_open
    resolve_difference(difference=rows[9], note="mended", by=keeper, at=at)
    assert now(ticket).state == Ticket.RESOLVED
    assert last_words(ticket)[1] == ["No difference of this cause is open any more."]
    reopen_difference(difference=rows[0], reason="no", by=keeper, at=at)
    assert now(ticket).is_open and now(ticket).cycle == 2


def test_a_group_is_claimed_as_a_whole_from_its_ticket(worker, many, at):
    (_rows, ticket), keeper = many, worker()
    with pytest.raises(Refusal, match="10 differences"):
        resolve_ticket(ticket=ticket, note="map mended", by=keeper, at=at)
    resolve_ticket(ticket=ticket, note="map mended", by=keeper, at=at, subject="fixed")
    assert set(Difference.objects.values_list("state", flat=True)) == {"claimed_fixed"}


def test_what_one_does_not_see_is_not_changed_through_the_ticket_of_its_cause(worker, many, scopes, at):
    (_rows, ticket), elsewhere = many, worker("elsewhere", scope=scopes[1])
    assert Difference.objects.visible_to(elsewhere).count() == 0
    with pytest.raises(Refusal) as refused:
        resolve_ticket(ticket=ticket, note="x", by=elsewhere, at=at, subject="fixed")
    assert "10" not in str(refused.value)
    resolve_ticket(ticket=ticket, note="x", by=elsewhere, at=at, subject="leave")
    assert set(Difference.objects.values_list("state", flat=True)) == {"open"}


def test_a_group_drawn_anew_keeps_its_ticket(worker, many, profile, at):  # noqa: F811
    (rows, ticket) = many
    Ticket.objects.filter(pk=ticket.pk).update(subject_key="Gbefore", open_key="difference_group|difference_group:Gb")
    compare(profile, at)
    ticket = now(ticket)
    assert ticket.is_open and ticket.subject_key == rows[0].group_code and Ticket.objects.count() == 1


def test_the_same_cause_in_two_comparisons_is_two_tickets(worker, many, profile, company, scopes, at):  # noqa: F811
    rows, ticket = many
    twin = Profile.objects.create(code="twin", company=company, scope=scopes[1], name_en="Twin", name_zh="孪生")
    ProfileVersion.objects.create(profile=twin, number=1, spec=profile.versions.get().spec, published_at=at)
    compare(twin, at)
    assert Ticket.objects.filter(subject_kind="difference_group", state__in=Ticket.OPEN_STATES).count() == 2
    keeper = worker("keeper", "accept_difference")
    for row in Difference.objects.filter(profile=twin):
        accept_difference(difference=row, reason="x", by=keeper, at=at)
    assert now(ticket).is_open and now(rows[0]).state == "open"
    other = Ticket.objects.exclude(pk=ticket.pk).get(subject_kind="difference_group")
    assert other.state == Ticket.RESOLVED and other.evidence["profile"] == "twin"


def test_a_group_that_fell_apart_is_over(worker, many, profile, say, at):  # noqa: F811
    (rows, ticket) = many
    Ticket.objects.filter(pk=ticket.pk).update(
        subject_key="Gbefore", open_key="difference_group|difference_group:Gb", cause="TYPO")
    compare(profile, at)
    assert now(ticket).state == Ticket.RESOLVED
    assert Ticket.objects.get(subject_key=rows[0].group_code).is_open


def test_a_ticket_goes_with_its_difference_when_that_finds_its_order(worker, single, profile, company, scopes, at):  # noqa: F811
    (row, ticket) = single
    kind, _ = OrderKind.objects.get_or_create(code="standard", defaults={"name_en": "s", "name_zh": "s"})
    order = Order.objects.create(company=company, kind=kind, number="60000", scope=scopes[1], created_at=at)
    compare(profile, at)
    ticket = now(ticket)
    assert ticket.order == order and ticket.scope == scopes[1] == now(row).scope
    order.refresh_from_db()
    assert order.open_tickets == 1


def test_a_merged_ticket_leaves_the_matter_to_the_other(worker, many, single_other, at):
    rows, ticket = many
    keeper = worker("keeper", "accept_difference")
    merge_tickets(ticket=ticket, into=single_other, by=keeper, at=at)
    mark_invalid(difference=rows[0], reason="x", by=keeper, at=at)
    reopen_difference(difference=rows[0], reason="y", by=keeper, at=at)
    assert not now(ticket).is_open and now(single_other).is_open


@pytest.fixture
def single_other(worker, scopes, at):
    from exceptions.actions import open_ticket

    return open_ticket(subject_kind="hand", subject_key="1", kind_code="other", title_en="x", title_zh="x",
                       scope=scopes[0], at=at)


def test_stock_of_a_plant_goes_to_its_warehouse_and_no_other(worker, company, profile, systems, at):  # noqa: F811
    """From the record to the person: the plant's own people get it, those of another plant do not see it."""
    from kernel.models import Plant
    from orders.actions import record_events
    from orders.statement import Statement
    from reconciliation.models import Profile
    from reconciliation.seed import seed_profiles

    scope = Scope.objects.create(company=company, code="1100", name_en="p", name_zh="p", kind=Scope.PLANT)
    Plant.objects.create(company=company, code="1100", name_en="p", name_zh="p")
    seed_profiles(company=company, by=None, at=at)
    here = worker("here", scope=scope, department="warehouse")
    there = worker("there", department="warehouse")
    for system, on_hand in (("erp", 480_000), ("wms", 460_000)):
        more = {"plant": "1100"} if system == "erp" else {}
        record_events(statements=[Statement(
            system=system, entity="stock", key=f"KS01/M{n}", occurred_at=at.replace(day=20), data={
                "material": f"M{n}", "warehouse": "KS01", "on_hand_m": on_hand if n == 0 else 5_000, **more},
        ) for n in range(12)], by=None, at=at)
    compare(Profile.objects.get(code="stock"), at)
    ticket = Ticket.objects.get(kind__code="stock_difference")
    assert ticket.scope == scope and ticket.assignee == here and ticket.order is None
    assert not Ticket.objects.visible_to(User.objects.get(pk=there.pk)).exists()
    start_ticket(ticket=ticket, by=here, at=at)
    assert now(ticket).state == Ticket.IN_PROGRESS


@pytest.fixture
def pair(worker, profile, say, at):  # noqa: F811
    """Two differences that stand alone, (row, ticket) each; the first ticket is merged into the second."""
    agree(say)
    say("wms", "60000", quantity_m=WRONG, posted_at=RIGHT)
    say("wms", "60003", quantity_m=73_000, posted_at=RIGHT)
    compare(profile, at)
    found = [(row, Ticket.objects.get(subject_key=str(row.pk))) for row in Difference.objects.order_by("key")]
    assert [ticket.subject_kind for _row, ticket in found] == ["difference", "difference"]
    merge_tickets(ticket=found[0][1], into=found[1][1], by=worker("merger"), at=at)
    return [(row, now(ticket)) for row, ticket in found]


def test_the_one_that_goes_on_shows_the_differences_of_both(client, worker, pair):
    (first, gone), (second, ticket) = pair
    client.force_login(worker("keeper", "accept_difference"))
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert f"/differences/{first.pk}/" in page and f"/differences/{second.pk}/" in page
    assert f"/tickets/{gone.number}/" in page and "60000" in page
    assert f"/tickets/{ticket.number}/" in client.get(f"/tickets/{gone.number}/").content.decode()
    page = client.get(f"/differences/{first.pk}/").content.decode()
    assert ticket.number in page and gone.number not in page, "its difference leads to the ticket that goes on"


@pytest.mark.parametrize(("choice", "state"), [("fixed", "claimed_fixed"), ("accept", "accepted")])
def test_with_the_one_that_goes_on_the_differences_of_both_end(worker, pair, choice, state, at):
    (first, _gone), (second, ticket) = pair
    keeper = worker("keeper", "accept_difference")
    with pytest.raises(Refusal, match="(?s)60003.*60000"):
        resolve_ticket(ticket=ticket, note="done", by=keeper, at=at)
    resolve_ticket(ticket=ticket, note="done", by=keeper, at=at, subject=choice)
    assert now(first).state == now(second).state == state and now(ticket).state == Ticket.RESOLVED


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_it_goes_on_until_the_last_of_both_is_over(worker, pair, order, at):
    ticket, keeper = pair[1][1], worker("keeper", "accept_difference")
    accept_difference(difference=pair[order[0]][0], reason="x", by=keeper, at=at)
    assert now(ticket).is_open, "the other difference is still open"
    accept_difference(difference=pair[order[1]][0], reason="x", by=keeper, at=at)
    assert now(ticket).state == Ticket.RESOLVED


def test_the_merged_ones_worker_may_claim_its_difference_through_the_other(worker, pair, at):
    (first, _gone), (_second, ticket) = pair
    helper = worker("helper", department="warehouse")
    helper.user_permissions.remove(Permission.objects.get(codename="work_any_ticket"))
    Ticket.objects.filter(pk=ticket.pk).update(department=helper.department)
    resolve_difference(difference=first, note="sent", by=User.objects.get(pk=helper.pk), at=at)
    assert now(first).state == "claimed_fixed"


def test_an_open_one_that_may_still_settle_waits_without_a_ticket_and_counts_nowhere(profile, say, at):  # noqa: F811
    agree(say)
    say("erp", "60900", quantity_m=1_000)
    compare(profile, at)
    row, ticket = Difference.objects.get(), Ticket.objects.get()
    assert row.state == "open" and ticket.is_open
    say("erp", "60900", age=timedelta(minutes=2), quantity_m=2_000)
    run = compare(profile, at)
    assert (now(row).state, now(row).opened_at) == ("expected", None) and run.counts["still"] == 0
    assert (run.counts["expected"], run.counts["open"], run.counts["causes"]) == (1, 0, {})
    assert [part.get("open", 0) for *_place, part in run.counts["by_scope"]] == [0]
    assert row.entries.get().action == "expected" and not now(ticket).is_open
    assert last_words(now(ticket))[1] == [
        "The difference is expected to settle by itself; if it does not, this ticket opens again."]
    again = compare(profile, at + timedelta(hours=1))
    assert (now(row).state, again.counts["open"], again.counts["new"]) == ("open", 1, 1) and now(ticket).is_open


@pytest.mark.parametrize(("decide", "state", "is_open"), [
    (lambda row, at: accept_difference(difference=row, reason="agreed", by=None, at=at), "accepted", 0),
    (lambda row, at: resolve_difference(difference=row, note="sent", by=None, at=at), "claimed_fixed", 1),
    (lambda row, at: mark_invalid(difference=row, reason="mapping", by=None, at=at), "invalid", 0),
    (lambda row, at: assign_difference(difference=row, to=None, by=None, at=at), "assigned", 1),
])
def test_what_people_decided_stays_while_it_may_settle(profile, say, at, decide, state, is_open):  # noqa: F811
    agree(say)
    say("erp", "60900", quantity_m=1_000)
    compare(profile, at)
    row = Difference.objects.get()
    decide(row, at)
    say("erp", "60900", age=timedelta(minutes=2), quantity_m=2_000)
    run = compare(profile, at)
    assert (now(row).state, run.counts["open"], run.counts["expected"]) == (state, is_open, 0)


def test_no_title_keeps_an_age_that_goes_on():
    """The ticket said "it is 23 h old" for as long as it was open."""
    causes = [{"sentence": {"en": "WMS never got it: it is 23 h old.", "zh": "WMS 没有收到：记录产生已 23 小时。"}}]
    row = Difference(key="SO-1", kind="missing", cause="MISSING_MESSAGE", causes=causes)
    titles = titles_of(row)
    assert "23" not in titles["title_en"] + titles["title_zh"]
    assert titles["title_en"].startswith("SO-1 ") and cause_name("MISSING_MESSAGE", "zh") in titles["title_zh"]
    row.cause = "GHOST"
    assert "23" in titles_of(row)["title_en"], "the sentence of others is their title"
