"""Home, queue, search, portal, set-up, jobs: the rest of the desk."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from exceptions.models import Ticket, TicketKind
from exceptions.panels import order_sentence
from kernel.models import Company, Department, JobRun, User
from orders.models import OrderLine, Party
from orders.search import search_customers
from reconciliation.models import Difference, Profile, ProfileVersion, Run
from sla.models import Clock, Milestone, MilestoneNode, MilestonePlan


@pytest.fixture
def ticket_kind(company):
    return TicketKind.objects.create(code="late", name_en="late", name_zh="延期")


@pytest.fixture
def make_ticket(ticket_kind, scopes):
    made = []

    def make(**fields):
        number = f"T-{len(made) + 1}"
        fields = {
            "kind": ticket_kind,
            "subject_kind": "order",
            "subject_key": number,
            "open_key": number,
            "scope": scopes[0],
            "title_en": f"late {number}",
            "title_zh": f"延期 {number}",
            "opened_at": timezone.now(),
        } | fields
        made.append(Ticket.objects.create(number=number, **fields))
        return made[-1]

    return make


def said(response):
    return response.content.decode()


def test_each_tile_counts_exactly_the_rows_behind_it(staff, make_order, make_ticket, scopes):
    now = timezone.now()
    client = staff("order_operations")
    for n in range(7):
        make_order(
            f"SO-{n}", lateness=n % 3, late_since=now, next_due_at=now + timedelta(hours=5 * n), is_open=n % 4 and 1,
            identity="confirmed" if n < 5 else "provisional",
        )
        make_ticket(
            assignee=client.user if n % 2 else None,
            state="assigned",
            late_at=now if n == 3 else None,
            due_at=now + timedelta(hours=n),
        )
    make_order("XX-1", scope=scopes[1], lateness=2)
    make_ticket(scope=scopes[1])
    tiles = client.get("/").context["tiles"]
    assert len(tiles) >= 6 and all(tile.count for tile in tiles if tile.tone)
    soon = {str(tile.label): tile.count for tile in tiles if "due" in str(tile.label)}
    assert soon["of them due within 24 h"] == 2 and soon["orders due within 24 h"] == 2
    for tile in tiles:
        context = client.get(tile.link).context
        rows = next(context[name] for name in ("rows", "tickets", "differences", "jobs") if name in context)
        assert len(rows) == tile.count, tile


def words_of(response):
    """What the page says, without its menu."""
    text = said(response).split('id="page-main">', 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()


def test_home_of_order_operations_leads_with_what_is_late_and_who_must_act_by_when(
    staff, make_order, make_ticket, company
):
    """It led with tickets, and of a late order it did not say whose answer is awaited until when."""
    now, client = timezone.now(), staff("order_operations")
    finance = Department.objects.create(company=company, code="finance", name_en="Finance", name_zh="财务部")
    kind = TicketKind.objects.create(code="late_finance", name_en="late", name_zh="延期")
    other = TicketKind.objects.create(code="difference", name_en="difference", name_zh="差异")
    for n, hours in enumerate((30, 5, 80)):
        order = make_order(f"SO-{n}", lateness=2, late_since=now - timedelta(hours=n + 1), late_node="credit")
        make_ticket(order=order, kind=kind, department=finance, state="assigned", due_at=now + timedelta(hours=hours))
        make_ticket(order=order, kind=other, state="assigned", due_at=now + timedelta(hours=1))
    make_order("SO-8", lateness=2, late_since=now - timedelta(days=9))
    make_order("SO-9", lateness=0)
    response = client.get("/")
    assert [row.order.number for row in response.context["late"]] == ["SO-1", "SO-0", "SO-2", "SO-8"]
    assert response.context["late"][3].ticket is None
    page = words_of(response)
    assert page.startswith("First to act on what is late: SO-1 , Finance, by ")
    assert page.index("Late orders") < page.rindex("Nobody has taken") < page.index("Open differences")
    assert page.index("orders late") < page.index("tickets of mine") < page.index("differences open")
    warehouse = words_of(staff("warehouse", username="store").get("/"))
    assert warehouse.index("tickets of mine") < warehouse.index("orders late"), "a queue's people see it first"


def test_one_answer_has_one_due_time_and_nobody_is_named_for_what_is_paused(staff, make_order, make_ticket, company):
    """The sentence told when the first response was due, the row below and the order's page when the resolution was."""
    now, client = timezone.now(), staff("order_operations")
    finance = Department.objects.create(company=company, code="finance", name_en="Finance", name_zh="财务部")
    kind = TicketKind.objects.create(code="late_finance", name_en="late", name_zh="延期")
    order = make_order("SO-1", lateness=2, late_since=now - timedelta(hours=1), late_node="credit")
    waiting = make_ticket(order=order, kind=kind, department=finance, state=Ticket.WAITING)
    response = Clock.objects.create(
        kind=Clock.BUDGET, state=Clock.BREACHED, label="x", due_at=now - timedelta(hours=3), started_at=now)
    ticket = make_ticket(order=order, kind=kind, department=finance, state="assigned", response_clock=response,
                         due_at=now + timedelta(hours=40))
    told = order_sentence(order, client.user, {})
    assert told["answer_due_at"] == response.due_at, "and not of the paused one, which has no date"
    page = words_of(client.get("/"))
    assert "answer overdue by 3 h" in page and "3 h over" in page and "in 1 day 16 h" not in page
    Ticket.objects.filter(pk=ticket.pk).delete()
    assert order_sentence(order, client.user, {})["answer_due_at"] is None and waiting.is_open


def test_what_waits_is_told_beside_what_must_be_done_and_the_longest_late_is_never_left_out(
    staff, make_order, make_ticket, monkeypatch
):
    """Twelve were counted, ten listed, and the two missing were the ones that are late the longest."""
    now, client = timezone.now(), staff("order_operations")
    kind = TicketKind.objects.create(code="late_finance", name_en="late", name_zh="延期")

    def late(number, days, state="assigned", **fields):
        order = make_order(number, lateness=2, late_since=now - timedelta(days=days), **fields)
        make_ticket(order=order, kind=kind, state=state, due_at=now + timedelta(hours=days))

    for n in range(9):
        late(f"SO-{n}", 1 + n)
    late("PAUSED", 20, state="waiting")
    home = client.get("/").context
    assert [row.order.number for row in home["late"]][-1] == "PAUSED" and len(home["late"]) == 10
    assert not home["late_rest"].waiting and not home["late_rest"].more, "where all have room all are listed"
    late("HELD", 15, held_at=now - timedelta(days=2))
    late("SO-9", 12)
    late("SO-10", 13)
    late("BOTH", 11)
    make_ticket(order=home["late"][0].order, kind=kind, state="waiting", due_at=now)
    response = client.get("/")
    home, rest = response.context, response.context["late_rest"]
    assert [row.order.number for row in rest.waiting] == ["PAUSED", "HELD"] and rest.waiting_count == 2
    assert rest.waiting[1].ticket.order.number == "HELD", "with whoever must act"
    tile = next(tile for tile in home["tiles"] if str(tile.label) == "orders late")
    assert len(home["late"]) + rest.more + rest.waiting_count == tile.count == 14
    page = words_of(response)
    assert "2 more late orders wait: their tickets are paused or the orders are on hold" in page
    assert "the longest late for 20 days (PAUSED)" in page
    assert "2 more late orders , the longest late for 13 days (SO-10)" in page
    monkeypatch.setattr("desk.home.MOST_WAITING", 1)
    assert "Only the 1 that are late the longest are shown." in words_of(client.get("/"))
    Ticket.objects.filter(order__isnull=False).update(state="waiting")
    home = client.get("/").context
    assert home["late"][0].order.number == "PAUSED" and len(home["late"]) == 10 and home["late_rest"].more == 4


def test_home_counts_open_differences_by_cause_and_each_list_has_as_many(staff, scopes, company, at):
    client = staff("order_operations")
    profile = Profile.objects.create(code="orders", company=company, scope=scopes[0], name_en="Orders", name_zh="订单")
    version = ProfileVersion.objects.create(profile=profile, number=1, published_at=at, spec={})
    run = Run.objects.create(profile=profile, version=version, as_of=at, started_at=at)
    for n, cause in enumerate(["TYPO", "TYPO", "UNIT_FACTOR", "TYPO", "TYPO"]):
        Difference.objects.create(
            profile=profile, fingerprint=n, key=f"SO-{n}", kind="value", field="status", cause=cause, opened_at=at,
            scope=scopes[n == 4], state="resolved" if n == 3 else "open", first_run=run, last_run=run,
        )
    causes = client.get("/").context["causes"]
    assert causes == [("TYPO", 2), ("UNIT_FACTOR", 1)]
    for cause, count in causes:
        assert len(client.get("/differences/", {"tab": "open", "cause": cause}).context["differences"]) == count


def test_home_names_what_is_next_and_customers_are_sent_to_the_portal(staff, make_ticket, client, person, company):
    client = staff("order_operations")
    assert "Nothing waits for you" in said(client.get("/"))
    make_ticket(assignee=client.user, state="assigned", due_at=timezone.now() + timedelta(hours=1))
    page = words_of(client.get("/"))
    assert "Nothing waits for you" not in page and "Yours first: late T-1 , by" in page
    client.force_login(person("kunde", customer_code="C1", customer_company=company, is_staff=False))
    assert client.get("/").url == "/portal/"


def test_bulk_lists_both_halves(staff, make_ticket):
    client = staff("department_head")
    good, gone = make_ticket(state="new"), make_ticket(state="closed", open_key=None)
    response = client.post("/tickets/bulk/", {"ticket": [good.pk, gone.pk], "verb": "start"}, follow=True)
    page = said(response)
    assert "1 done, 1 not." in page and "T-2: This ticket is no longer open." in page
    assert Ticket.objects.get(pk=good.pk).state == "in_progress"


def test_a_ticket_is_worked_by_buttons_and_only_with_the_right(staff, make_ticket):
    ticket = make_ticket(state="new")
    client = staff("auditor", username="one")
    assert client.get("/tickets/T-1/").status_code == 200
    assert "Also allowed: Order operations" in said(client.post("/tickets/T-1/start/", follow=True))
    assert Ticket.objects.get(pk=ticket.pk).state == "new"
    client = staff("quality", username="two")
    client.post("/tickets/T-1/start/")
    client.post("/tickets/T-1/resolve/", {"text": ""})
    assert Ticket.objects.get(pk=ticket.pk).state == "in_progress", "resolving needs words"
    client.post("/tickets/T-1/resolve/", {"text": "done"})
    assert Ticket.objects.get(pk=ticket.pk).state == "resolved"


def test_a_ticket_is_taken_by_one_key_alone_or_with_others(staff, make_ticket):
    rows = [make_ticket(state="new") for _ in range(3)]
    client = staff("quality")
    page = said(client.get("/tickets/T-1/"))
    assert 'data-key="t"' in page and "Take ticket" in page
    client.post("/tickets/T-1/take/")
    assert 'data-key="t"' not in said(client.get("/tickets/T-1/")), "it is mine already"
    assert 'data-key="t"' in said(client.get("/tickets/?tab=all"))
    client.post("/tickets/bulk/", {"ticket": [rows[1].pk], "verb": "take"})
    taker = client.user
    staff("auditor", username="looker").post("/tickets/T-3/take/")
    assert [Ticket.objects.get(pk=one.pk).assignee for one in rows] == [taker, taker, None]


def test_search_finds_by_number_customer_initials_and_nothing_hidden(staff, make_order, company, scopes):
    customer = Party.objects.create(
        company=company, code="C7", name="上海汇众", scope=scopes[0], search_key="上海汇众 SHHZ SHANGHAIHUIZHONG"
    )
    make_order("SO-4711", customer=customer)
    make_order("SO-4712", scope=scopes[1])
    client = staff("order_operations")
    for term in ("shhz", "汇众", "huizhong"):
        assert "SO-4711" in said(client.get("/search/", {"q": term}))
    assert client.get("/search/", {"q": "so-4711"}).url == "/orders/SO-4711/"
    assert "SO-4712" not in said(
        client.get("/search/", {"q": "4712"}).content and client.get("/search/", {"q": "471"})
    )
    assert "SO-4711" in said(client.get("/admin/search/?s=4711&extended=1"))


def test_a_found_customer_leads_to_its_own_orders_only(staff, make_order, company, scopes):
    """The same code is another customer in another company."""
    branch = Company.objects.create(code="branch", name_en="Branch", name_zh="分公司")
    for owner, number in ((company, "SO-1"), (branch, "SO-2")):
        customer = Party.objects.create(
            company=owner, code="C7", name=f"汇众{owner.code}", scope=scopes[0], search_key=f"汇众{owner.code.upper()}"
        )
        make_order(number, customer=customer, company=owner)
    client = staff("order_operations")
    hits = search_customers("汇众branch", client.user, 5)
    page = said(client.get(hits[0].link))
    assert len(hits) == 1 and "SO-2" in page and "SO-1" not in page


def test_the_portal_shows_own_orders_and_nothing_internal(client, person, make_order, company, scopes, make_ticket):
    mine = Party.objects.create(company=company, code="C1", name="Mine", scope=scopes[0])
    other = Party.objects.create(company=company, code="C2", name="Other", scope=scopes[0])
    order = make_order(
        "SO-1",
        customer=mine,
        lateness=2,
        late_since=timezone.now(),
        late_reason_en="broken mould",
        amount_minor=123456789,
        currency="CNY",
        promised_at=timezone.now(),
    )
    make_order("SO-2", customer=other)
    make_ticket(order=order, title_en="secret ticket")
    client.force_login(person("kunde", customer_code="C1", customer_company=company, is_staff=False, language="en"))
    listed, page = client.get("/portal/"), client.get("/portal/SO-1/")
    assert "SO-1" in said(listed) and "SO-2" not in said(listed)
    assert client.get("/portal/SO-2/").status_code == 404
    assert "broken mould" not in said(page) and "secret" not in said(page)
    # An amount of ten digits: three of them stand by chance in the microseconds of a time.
    assert not any(amount in said(page) for amount in ("1,234,567", "1234567", "123456789"))
    assert "unsafe-eval" not in page.headers["Content-Security-Policy"]
    for address in ("/orders/", "/tickets/", "/board/", "/search/?q=SO-2", "/jobs/", "/files/"):
        assert client.get(address).status_code in (302, 403, 404)


def test_the_portal_puts_open_orders_first_page_after_page(client, person, make_order, company, scopes):
    mine = Party.objects.create(company=company, code="C1", name="Mine", scope=scopes[0])
    rows = [make_order(f"SO-{n:03}", customer=mine, is_open=int(n % 3 == 0)) for n in range(70)]
    client.force_login(person("kunde", customer_code="C1", customer_company=company, is_staff=False, language="en"))
    seen, address = [], "/portal/"
    for _page in range(3):
        context = client.get(address).context
        seen += [one.number for one in context["orders"]]
        address = f"/portal/?before={context['more'].replace('+', '%2B')}"
    assert not context["more"]
    assert seen == [one.number for one in sorted(rows, key=lambda row: -row.is_open)]


def test_the_portal_says_late_of_the_promise_only_and_never_the_past_as_expected(
    client, person, make_order, company, scopes
):
    now = timezone.now()
    mine = Party.objects.create(company=company, code="C1", name="Mine", scope=scopes[0])
    make_order("SO-1", customer=mine, lateness=2, late_since=now, promised_at=now + timedelta(days=3),
               forecast_at=now + timedelta(days=2), late_reason_en="Credit checked was due")
    gone = now - timedelta(days=4)
    make_order("SO-2", customer=mine, promised_at=gone, forecast_at=gone, stage="shipped")
    client.force_login(person("kunde", customer_code="C1", customer_company=company, is_staff=False, language="en"))
    listed = said(client.get("/portal/?q=SO-1"))
    assert "In preparation" in listed and "late" not in listed.lower().split("your orders", 1)[1]
    page = said(client.get("/portal/SO-2/"))
    assert "Shipped" in page and "late by 4 days" in page and page.count("no new date") == 2


def test_the_portal_tells_of_a_held_order_the_promise_only(client, person, make_order, company, scopes):
    now = timezone.now()
    mine = Party.objects.create(company=company, code="C1", name="Mine", scope=scopes[0])
    promise, expected = now + timedelta(days=30), now + timedelta(days=40)
    order = make_order("SO-1", customer=mine, promised_at=promise, forecast_at=expected)
    client.force_login(person("kunde", customer_code="C1", customer_company=company, is_staff=False, language="en"))
    page = said(client.get("/portal/SO-1/"))
    assert "will be later than promised" in page and ", expected " in re.sub(r"<[^>]+>", "", page)
    type(order).objects.filter(pk=order.pk).update(held_at=now)
    for address in ("/portal/SO-1/", "/portal/?q=SO-1"):
        page = said(client.get(address))
        assert "On hold." in page and "later than" not in page and "at risk" not in page and ", expected" not in page


def test_the_portal_expects_one_thing_only_and_shows_no_plan_of_ours(client, person, make_order, company, scopes):
    """A page said on time in its sentence, and of a node behind its plan that there is no new date."""
    now, hour = timezone.now(), timedelta(hours=1)
    mine = Party.objects.create(company=company, code="C1", name="Mine", scope=scopes[0])
    order = make_order("SO-1", customer=mine, stage="started", promised_at=now + 90 * hour, forecast_at=now + 80 * hour)
    OrderLine.objects.create(order=order, number="10", material_code="M", quantity_m=5000, unit="pcs")
    plan = MilestonePlan.objects.create(code="p", name_en="p", name_zh="p")
    # fact, done, planned, forecast
    facts = [("ordered", -9, -9, None), ("production_finished", None, -4, -1), ("shipped", None, 60, 70),
             ("in_transit", None, 61, 200), ("delivered", None, 70, 79)]
    for place, (fact, done, planned, forecast) in enumerate(facts, 1):
        node = MilestoneNode.objects.create(plan=plan, sequence=place, code=fact, fact=fact, name_en="x", name_zh="x")
        Milestone.objects.create(
            order=order, node=node, sequence=place, state="done" if done else "late", planned_at=now + planned * hour,
            actual_at=now + done * hour if done else None, forecast_at=forecast and now + forecast * hour,
        )
    kunde = person("kunde", customer_code="C1", customer_company=company, is_staff=False, language="zh-hans")
    client.force_login(kunde)
    response = client.get("/portal/SO-1/")
    steps = response.context["steps"]
    assert [one.expected_at for one in steps] == [
        None, None, now + 70 * hour, None, order.forecast_at], "nothing past, nothing after the delivery that is told"
    page = said(response)
    assert "计划" not in page and "新的日期待定" not in page and "5 件" in page
    type(order).objects.filter(pk=order.pk).update(is_open=0, commercial="cancelled")
    response = client.get("/portal/SO-1/")
    assert "已取消" in said(response) and not any(one.expected_at for one in response.context["steps"])
    assert "预计" not in said(response).replace("<th>预计</th>", "")


def test_a_customer_logs_in_at_the_same_door(client, person, company):
    person("kunde", customer_code="C1", customer_company=company, is_staff=False)
    response = client.post("/login/", {"username": "kunde", "password": "a-long-password-1"}, follow=True)
    assert response.redirect_chain[-1][0] == "/portal/" and response.status_code == 200


def test_a_jobs_file_is_for_whoever_asked(staff, at, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "1.xlsx").write_bytes(b"rows")
    (tmp_path / "secret").write_bytes(b"no")
    client = staff("integration_engineer")
    other = User.objects.create_user("other")
    mine, theirs, outside = (
        JobRun.objects.create(
            key=key,
            kind="export_orders",
            state="done",
            asked_at=at,
            asked_by=by,
            result={"file": path, "name": "x.xlsx"},
        )
        for key, by, path in (("a", client.user, "1.xlsx"), ("b", other, "1.xlsx"), ("c", client.user, "../secret"))
    )
    assert b"".join(client.get(f"/jobs/{mine.pk}/file/").streaming_content) == b"rows"
    assert client.get(f"/jobs/{theirs.pk}/file/").status_code == 404
    assert client.get(f"/jobs/{outside.pk}/file/").status_code == 404
    assert client.get(f"/jobs/{theirs.pk}/").status_code == 200


def test_a_job_stops_being_asked_for_when_it_is_done(staff, at):
    client = staff("integration_engineer")
    job = JobRun.objects.create(key="a", kind="x", state="running", asked_at=at, done_count=3, total_count=9)
    assert client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}).status_code == 200
    JobRun.objects.filter(pk=job.pk).update(state="done")
    assert client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}).status_code == 286


def test_the_export_holds_what_the_list_shows(staff, make_order, scopes, settings, tmp_path, at):
    from kernel.jobs import Progress
    from kernel.tables import read_table
    from orders.exports import export_orders

    settings.VAR_DIR = tmp_path
    for n in range(3):
        make_order(f"SO-{n}", lateness=2 if n == 1 else 0)
    make_order("XX-9", scope=scopes[1], lateness=2)
    client = staff("order_operations")
    job = JobRun.objects.create(key="a", kind="export_orders", asked_at=at)
    result = export_orders(
        Progress(job.pk), user_id=client.user.pk, filters={"late": "late"}, at=at.isoformat(), language="en"
    )
    rows = [cells for _number, cells in read_table(tmp_path / "exports" / result["file"]).rows]
    assert [row[0] for row in rows] == ["SO-1"] and result["rows"] == 1


def test_language_and_theme_stay_with_the_person(staff):
    client = staff("sales")
    client.post("/language/", {"language": "zh-hans", "next": "/orders/"})
    client.post("/theme/", {"theme": "dark"})
    client.post("/theme/", {"theme": "pink"})
    user = User.objects.get(pk=client.user.pk)
    assert (user.language, user.theme) == ("zh-hans", "dark")
    assert re.search(r'<html lang="zh-hans"', said(client.get("/orders/")))


def test_a_redirect_leads_nowhere_else(staff):
    client = staff("sales")
    assert client.post("/language/", {"language": "en", "next": "https://evil.example/"}).url == "/"


def test_the_first_administrator_is_made_once(client, db):
    assert client.get("/", follow=True).redirect_chain[-1][0].startswith("/first-run/")
    given = {"username": "boss", "password": "a-rather-long-word-7", "again": "a-rather-long-word-7"}
    client.post("/first-run/", {**given, "again": "other"})
    assert not User.objects.exists()
    client.post("/first-run/", given)
    assert User.objects.get().is_superuser
    client.logout()
    assert client.post("/first-run/", {**given, "username": "thief"}).status_code == 302
    assert User.objects.count() == 1


def test_trouble_pages_name_a_number_and_what_to_do(client, staff):
    response = staff("sales").get("/orders/NO-SUCH/")
    page = said(response)
    assert response.status_code == 404 and response.headers["X-Request-Id"] in page and "Traceback" not in page


def test_a_tickets_evidence_names_the_node_and_an_auditor_is_not_told_of_tickets_to_do(staff, make_ticket, at):
    plan = MilestonePlan.objects.create(code="p", name_en="p", name_zh="p", is_current=True)
    MilestoneNode.objects.create(
        plan=plan, sequence=1, code="qc", fact="qc_released", name_en="Quality released", name_zh="质检放行")
    make_ticket(state="new", evidence={"node": "qc", "planned_at": at.isoformat()})
    client = staff("auditor")
    page = said(client.get("/tickets/T-1/"))
    assert "<td>Quality released</td>" in page and "<td>qc</td>" not in page
    home = words_of(client.get("/"))
    assert "tickets of mine" not in home and "Nothing waits for you" not in home


def test_evidence_of_a_difference_is_said_in_words(rf):
    from reconciliation.templatetags.differences import said_evidence, said_value

    with translation.override("zh-hans"):
        assert said_evidence("pcs", "unit") == "件" and str(said_evidence("person", "actor_kind")) == "人员"
    assert len(said_evidence("933545111f730b57e1e207", "payload_hash")) == 12
    assert said_value("3540", "on_hand_m") == "3,540" and said_value("100191", "customer") == "100191"
    assert said_value("0012", "quantity_m") == "0012"
