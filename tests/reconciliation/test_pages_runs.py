"""Do comparisons open for every role that may look at them, and tell each person only of what that person may see?"""
import re

import pytest

from exceptions.actions import open_ticket
from exceptions.models import Ticket
from exceptions.seed import seed_exceptions
from kernel.access import grant_scope
from kernel.models import Department, JobRun, Scope, User
from orders.models import Order
from reconciliation.exports import export_run
from reconciliation.jobs import run_due_comparisons
from reconciliation.models import CauseGroup, Difference, Observation, Profile, ProfileVersion, Run
from reconciliation.panels import order_differences
from reconciliation.seen import Tally, counts_seen
from sla.seed import seed_reference
from tests.house.visible import english, of_page

pytestmark = pytest.mark.django_db
LOOKING = ("order_operations", "finance", "warehouse", "department_head", "integration_engineer", "auditor",
           "administrator")


@pytest.fixture
def roles(db):
    from django.core.management import call_command

    call_command("sync_roles")


@pytest.fixture
def run(company, scopes, systems, at):
    """One run over two scopes: 3 differences in east, 2 in south (one of money), a group over both."""
    hidden = Scope.objects.create(company=company, code="sys", name_en="s", name_zh="s", kind="system")
    profile = Profile.objects.create(code="orders", company=company, scope=hidden, name_en="Orders", name_zh="订单")
    version = ProfileVersion.objects.create(profile=profile, number=1, published_at=at, spec={
        "name": "orders", "key": "order_number", "systems": {"erp": {}, "wms": {}}, "record": "erp",
        "fields": {"quantity_m": {"type": "quantity", "label": {"en": "Quantity", "zh": "数量"}}}})
    made = Run.objects.create(profile=profile, version=version, state=Run.DONE, as_of=at, started_at=at,
                              finished_at=at, systems=["erp", "wms"])
    tally = Tally()
    for place, field in enumerate(("quantity_m", "quantity_m", "status", "quantity_m", "amount_minor")):
        scope = scopes[place > 2]
        one = Difference.objects.create(
            profile=profile, fingerprint=f"f{place}", key=f"{scope.code.upper()}-{place}", kind="value", field=field,
            scope=scope, first_run=made, last_run=made, opened_at=at, values={"erp": "480", "wms": "40"},
            systems=["erp", "wms"], cause="UNIT_FACTOR", confidence="certain", group_code="G1", severity=3,
            causes=[{"cause": "UNIT_FACTOR", "systems": ["wms"], "confidence": "certain", "version": 1, "evidence": {},
                     "rule": "quantity.unit_factor",
                     "sentence": {"en": f"Because {scope.code}.", "zh": scope.code}}])
        Observation.objects.create(difference=one, run=made, values=one.values, causes=one.causes)
        for what in ("new", "open"):
            tally.add(scope.pk, field, what)
    made.counts = {"new": 5, "still": 0, "open": 5, "rows": {"erp": 777, "wms": 778}, "compared": 1555,
                   "by_scope": tally.kept()}
    made.save()
    CauseGroup.objects.create(run=made, code="G1", cause="UNIT_FACTOR", dimension="item", value="M-01", hits=5, share=1,
                              sentence_en="5 of 5 records.", sentence_zh="5 条中有 5 条。")
    return made


def viewer(person, scopes, role="finance"):
    return person(f"who-{role}", *scopes, role=role, is_staff=True, language="en")


@pytest.mark.parametrize("role", LOOKING)
def test_every_role_that_may_look_finds_the_comparisons(client, roles, run, person, scopes, role):
    client.force_login(viewer(person, scopes[:1], role))
    page = client.get("/runs/")
    assert page.status_code == 200 and f"/runs/{run.pk}/" in page.content.decode()
    page = client.get(f"/runs/{run.pk}/").content.decode()
    assert "EAST-0" in page and ("SOUTH-3" in page) == (role == "auditor" or role == "administrator")


def test_the_customer_and_who_has_no_role_do_not(client, roles, run, person, scopes):
    client.force_login(person("nobody", *scopes, is_staff=True))
    assert client.get("/runs/").status_code == 403
    user = User.objects.create(
        username="kunde", customer_code="C1", customer_company=run.profile.company, is_staff=False)
    assert not Run.objects.visible_to(user).exists() and not Profile.objects.visible_to(user).exists()


def test_numbers_are_those_of_the_rows_one_may_see(client, roles, run, person, scopes):
    """3 of 5 in one scope; 5 with both; 4 with both and no leave for amounts."""
    worlds = (scopes[:1], "finance", 3), (scopes[1:], "department_head", 2), (scopes, "warehouse", 4)
    for names, role, count in worlds:
        user = viewer(person, names, role)
        client.force_login(user)
        assert counts_seen(run, user)["open"] == counts_seen(run, user)["new"] == count
        shown = client.get(f"/runs/{run.pk}/")
        assert shown.context["picture"].total == count and shown.context["groups"][0].hits == count
        text = shown.content.decode()
        assert "1555" not in text and "5 of 5" not in text and "what you may see" in text
        assert shown.context["counts"] and all(n <= count for _w, n in shown.context["counts"])
        listed = client.get("/runs/")
        assert listed.context["runs"][0].said["new"] == count and listed.context["profiles"][0].open_count == count
        told = client.get(f"/api/v1/runs/{run.pk}/").json()["counts"]
        assert told["open"] == count and "rows" not in told and "by_scope" not in told


def test_who_sees_every_scope_is_told_everything(client, roles, run, person):
    user = viewer(person, [], "auditor")
    client.force_login(user)
    text = client.get(f"/runs/{run.pk}/").content.decode()
    assert "5 of 5 records." in text and "what you may see" not in text and "1555" in text
    assert "by_scope" not in client.get(f"/api/v1/runs/{run.pk}/").json()["counts"]


def test_a_run_kept_before_counts_were_told_apart_tells_none(run, roles, person, scopes):
    del run.counts["by_scope"]
    assert counts_seen(run, viewer(person, scopes[:1])) == {}


def test_the_error_of_a_failed_run_is_for_who_looks_after_jobs(client, roles, run, person, scopes):
    run.state, run.error = Run.FAILED, "key SO-SECRET is odd"
    run.save()
    for role, told in (("finance", False), ("integration_engineer", True), ("auditor", True)):
        client.force_login(viewer(person, scopes[:1], role))
        page = client.get(f"/runs/{run.pk}/").content.decode()
        assert ("SO-SECRET" in page) is told and "could not finish" in page
        assert ("SO-SECRET" in client.get(f"/api/v1/runs/{run.pk}/").json()["error"]) is told


def test_a_grant_takes_effect_on_the_next_request(client, roles, run, person, scopes):
    user = viewer(person, scopes[:1])
    client.force_login(user)
    assert client.get(f"/runs/{run.pk}/").context["picture"].total == 3
    grant_scope(scope=scopes[1], to=user)
    assert client.get(f"/runs/{run.pk}/").context["picture"].total == 5


class Progress:
    job_id = 4711

    def __call__(self, *said):
        pass


def test_the_workbook_holds_only_what_one_may_see(run, roles, person, scopes, tmp_path, settings):
    from openpyxl import load_workbook

    settings.VAR_DIR = tmp_path
    user = viewer(person, scopes[:1])
    made = export_run(Progress(), run_id=run.pk, user_id=user.pk, language="en")
    from kernel.job_files import exports

    book = load_workbook(exports() / made["file"])
    text = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "EAST-0" in text and "SOUTH" not in text and "5 of 5" not in text and made["rows"] == 3


def test_the_headline_adds_up(client, roles, run, person, scopes):
    """Three causes were named and the others left out, as if the three were all."""
    for place, cause in enumerate(("TYPO", "TRUNCATED", "DELETED", "OUTAGE", "OUTAGE")):
        one = Difference.objects.order_by("pk").first()
        one.pk, one.fingerprint, one.cause, one.key = None, f"more{place}", cause, f"EAST-M{place}"
        one.save()
        Observation.objects.create(difference=one, run=run, values=one.values, causes=one.causes)
    client.force_login(viewer(person, scopes))
    shown = client.get(f"/runs/{run.pk}/")
    picture = shown.context["picture"]
    others, of = picture.others
    assert len(picture.named) == 3 and sum(row[1] for row in picture.named) + others == picture.total and others and of
    assert f", and {others} more of {of} other cause" in shown.content.decode()


class TestNothingPublished:
    """A profile that nobody has published yet is due like any other: what becomes of its run?"""

    @pytest.fixture
    def failed(self, company, scopes, at):
        profile = Profile.objects.create(code="new", company=company, scope=scopes[0], name_en="New", name_zh="新对账")
        done = run_due_comparisons(lambda *said: None)
        assert list(done) == ["new"] and done["new"]["error"]
        return Run.objects.get(profile=profile)

    def test_the_run_has_failed_and_stands_in_the_list(self, client, roles, failed, person, scopes):
        assert (failed.state, failed.version, failed.finished_at is None) == (Run.FAILED, None, False)
        client.force_login(viewer(person, scopes))
        page = client.get("/runs/").content.decode()
        assert f"/runs/{failed.pk}/" in page and "nothing published to compare by" in page

    @pytest.mark.parametrize("role", LOOKING)
    def test_its_page_says_why_to_everybody(self, client, roles, failed, person, scopes, role):
        client.force_login(viewer(person, scopes, role))
        page = client.get(f"/runs/{failed.pk}/")
        assert page.status_code == 200
        assert "this comparison has no published version. Publish one" in page.content.decode()
        assert f"/runs/{failed.pk}/excel/" not in page.content.decode()

    def test_no_report_is_made_of_it(self, client, roles, failed, person, scopes):
        client.force_login(viewer(person, scopes))
        answer = client.post(f"/runs/{failed.pk}/excel/", follow=True)
        assert "no published version" in answer.content.decode() and not JobRun.objects.exists()

    def test_it_is_tried_again_when_it_is_due_not_before(self, failed):
        run_due_comparisons(lambda *said: None)
        assert Run.objects.count() == 1

    def test_the_api_shows_it(self, client, roles, failed, person, scopes):
        client.force_login(viewer(person, scopes, "administrator"))
        rows = client.get("/api/v1/runs/").json()["results"]
        assert [(one["state"], one["version"]) for one in rows] == [("failed", None)]


def test_a_reader_of_one_language_reads_the_reason_in_it(client, roles, company, scopes, person, at):
    profile = Profile.objects.create(code="new", company=company, scope=scopes[0], name_en="New", name_zh="新对账")
    run = Run.objects.create(profile=profile, state=Run.FAILED, as_of=at, error="The profile has no published version.")
    user = person("lesen", *scopes, role="finance", is_staff=True, language="zh-hans")
    client.force_login(user)
    page = client.get(f"/runs/{run.pk}/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "尚未发布" in page and "published" not in page


def test_what_may_settle_or_is_accepted_is_told_apart_from_what_differs(client, roles, run, person):
    Difference.objects.filter(key__in=("EAST-0", "EAST-1")).update(state="expected")
    Difference.objects.filter(key="SOUTH-3").update(state="accepted")
    client.force_login(viewer(person, [], "administrator"))
    page = client.get(f"/runs/{run.pk}/").content.decode()
    assert "2 differences" in page and "high 2" in page
    assert "2 more are expected to settle by themselves." in page and "1 more is accepted." in page
    assert "EAST-2" in page and "EAST-0" not in page and "SOUTH-3" not in page
    settling = client.get(f"/runs/{run.pk}/?state=expected").content.decode()
    assert "EAST-0" in settling and "EAST-2" not in settling
    grave = client.get(f"/runs/{run.pk}/?severity=3").content.decode()
    assert "EAST-2" in grave and "EAST-0" not in grave and 'name="state" value="open"' in grave


def test_evidence_is_told_in_chinese_where_one_points_at_it_too(client, roles, run, scopes, person):
    row = Difference.objects.filter(field="quantity_m").first()
    Observation.objects.filter(difference=row).update(evidence={
        "erp": {"actor_kind": "interface", "closed": "true"}, "wms": {"actor_kind": "person", "closed": "false"}})
    client.force_login(person("lesen", *scopes, role="order_operations", is_staff=True, language="zh-hans"))
    page = client.get(f"/differences/{row.pk}/", headers={"accept-language": "zh-hans"}).content.decode()
    assert 'title="人员"' in page and 'title="是"' in page
    told = {word for text in of_page(page) for word in english(text)}
    assert not told & {"interface", "person", "true", "false"}


def test_an_orders_differences_name_systems_as_their_comparison_does(run, scopes, person, company, kinds, at):
    run.version.spec["systems"]["erp"] = {"label": {"en": "Loads", "zh": "装车单"}}
    run.version.save()
    order = Order.objects.create(company=company, kind=kinds["standard"], number="60042", scope=scopes[0],
                                 created_at=at)
    Difference.objects.filter(field="quantity_m").update(order=order)
    panel = order_differences(order, person("boss", is_superuser=True))
    assert [one.labels["erp"]["zh"] for one in panel.context["differences"]] == ["装车单"] * 3


def test_a_list_of_several_comparisons_says_in_one_column_what_each_says(client, roles, run, scopes, person, at):
    run.version.spec["systems"]["erp"] = {"label": {"en": "Loads", "zh": "装车单"}}
    run.version.save()
    client.force_login(viewer(person, scopes, role="order_operations"))
    alone = client.get("/differences/").content.decode()
    assert '<th class="num">Loads</th>' in alone and "What each says" not in alone
    other = Profile.objects.create(code="more", company=run.profile.company, scope=scopes[0], name_en="More",
                                   name_zh="多")
    Difference.objects.create(
        profile=other, fingerprint="g", key="EAST-9", kind="value", field="quantity_m", scope=scopes[0], first_run=run,
        last_run=run, opened_at=at, values={"erp": "7", "wms": "8", "crm": "7"}, systems=["erp", "wms", "crm"])
    page = client.get("/differences/").content.decode()
    assert "What each says" in page and '<th class="num">' not in page.split("<tbody>", 1)[0].split("<thead>")[-1]
    said = re.sub(r"<[^>]+>", "", page.split("EAST-9</a>", 1)[1].split('<td class="whole">', 1)[1].split("</td>", 1)[0])
    assert " ".join(said.split()) == "CRM, Loads 7 ≠ WMS 8"


def test_the_state_of_a_difference_is_that_of_now_and_an_older_run_says_so(client, roles, run, scopes, person, at):
    client.force_login(viewer(person, scopes, role="order_operations"))
    page = client.get(f"/runs/{run.pk}/").content.decode()
    assert "<th>State now</th>" in page and "latest run" not in page
    assert "State now" not in client.get("/differences/").content.decode()
    newer = Run.objects.create(profile=run.profile, version=run.version, state=Run.DONE, as_of=at, started_at=at,
                               finished_at=at, systems=["erp", "wms"])
    assert f'<a href="/runs/{newer.pk}/">latest run</a>' in client.get(f"/runs/{run.pk}/").content.decode()


class TestAGroup:
    """A group says what it is about, what to do, how many orders it concerns, and who has it: of what one may see."""

    @pytest.fixture
    def orders(self, run, scopes, company, kinds, at):
        """Two differences of one order and one of another in east, one of a third order in south."""
        made = [Order.objects.create(company=company, kind=kinds["standard"], number=f"6004{n}", scope=scopes[n == 2],
                                     created_at=at) for n in range(3)]
        for key, order in zip(("EAST-0", "EAST-1", "EAST-2", "SOUTH-3"), (0, 0, 1, 2), strict=True):
            Difference.objects.filter(key=key).update(order=made[order])
        return made

    @pytest.fixture
    def ticket(self, run, scopes, at):
        seed_reference(company=run.profile.company, at=at)
        seed_exceptions()
        return open_ticket(
            subject_kind="difference_group", subject_key="G1", kind_code="difference_group", at=at, scope=scopes[0],
            title_en="Many", title_zh="多条", evidence={"profile": "orders"}, cause="UNIT_FACTOR",
            department=Department.objects.get(code="warehouse"), for_department=True)

    def text(self, page):
        return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode().split('class="feed grouped"')[1]).split())

    def test_says_what_to_do_and_how_many_orders_it_concerns(self, client, roles, run, orders, person, scopes):
        for names, role, hits, count in ((scopes[:1], "finance", 3, 2), ([], "administrator", 5, 3)):
            client.force_login(viewer(person, names, role))
            page = client.get(f"/runs/{run.pk}/")
            group = page.context["groups"][0]
            assert (group.hits, group.orders) == (hits, count)
            said = self.text(page)
            assert f"{count} orders affected" in said and "Correct the unit or its factor for this item." in said
            assert ("5 of 5 records." in said) == (role == "administrator")
            link = "/differences/?profile=orders&amp;group=G1"
            assert link in page.content.decode()
            listed = client.get(link.replace("&amp;", "&")).context["differences"]
            assert len({one.order_id for one in listed} - {None}) == count and len(listed) == hits

    def test_names_its_ticket_and_who_has_it(self, client, roles, run, ticket, person, scopes):
        owner = viewer(person, scopes, "warehouse")
        client.force_login(owner)
        said = self.text(client.get(f"/runs/{run.pk}/"))
        said_state = f"{ticket.number} {ticket.get_state_display()}"
        assert said_state in said and f"nobody has taken it, {ticket.department.name_en}" in said
        Ticket.objects.update(assignee=owner)
        assert f"{said_state} · {owner}" in self.text(client.get(f"/runs/{run.pk}/"))

    def test_hides_a_ticket_one_may_not_see(self, client, roles, run, ticket, person, scopes):
        client.force_login(viewer(person, scopes[1:], "finance"))
        assert ticket.number not in client.get(f"/runs/{run.pk}/").content.decode()

    def test_what_nobody_has_to_look_at_is_not_counted_with_it(self, client, roles, run, person, scopes):
        Difference.objects.filter(key="EAST-0").update(state="accepted")
        client.force_login(viewer(person, [], "administrator"))
        page = client.get(f"/runs/{run.pk}/?group=G1")
        assert page.context["groups"][0].hits == len(page.context["differences"]) == 4

    def test_is_kept_by_every_link_inside_it(self, client, roles, run, person, monkeypatch):
        one = Difference.objects.order_by("pk").first()
        one.pk, one.fingerprint, one.key, one.group_code, one.cause = None, "alone", "EAST-7", "", "TYPO"
        one.save()
        Observation.objects.create(difference=one, run=run, values=one.values, causes=one.causes)
        monkeypatch.setattr("reconciliation.views.PAGE", 2)
        client.force_login(viewer(person, [], "administrator"))
        page = client.get(f"/runs/{run.pk}/?group=G1")
        text = page.content.decode()
        links = re.findall(r'href="(\?[^"]*)#differences"', text.split('class="picture"')[1])
        assert links and all("group=G1" in link for link in links), links
        assert any("before=" in link for link in links) and page.context["picture"].total == 5
        assert ">6 differences: " in text  # the headline is the run's, whatever is looked at
        assert "TYPO" not in {cause for cause, *_rest in page.context["picture"].rows}
        assert client.get(f"/runs/{run.pk}/").context["picture"].total == 6

    def test_a_difference_says_what_to_do_and_what_it_belongs_to(self, client, roles, run, person, scopes):
        row = Difference.objects.get(key="EAST-0")
        for names, role, hits in ((scopes[:1], "finance", 3), ([], "administrator", 5)):
            client.force_login(viewer(person, names, role))
            page = client.get(f"/differences/{row.pk}/").content.decode()
            said = " ".join(re.sub(r"<[^>]+>", "", page.split('class="what-to-do"')[1].split("</p>")[0]).split())
            assert "What to do: Correct the unit or its factor for this item." in said
            assert f"{hits} differences have this one cause" in said
            assert ("5 of 5 records." in said) == (role == "administrator")
            assert f"/runs/{run.pk}/?group=G1#differences" in page
        row.state = "resolved"
        row.save()
        assert "what-to-do" not in client.get(f"/differences/{row.pk}/").content.decode()


NARROWED = {"cause": "UNIT_FACTOR", "group": "G1", "system": "wms", "severity": "3", "field": "quantity_m",
            "state": "open", "profile": "orders", "q": "EAST"}


def test_the_second_page_of_differences_is_of_the_same_ones(client, roles, run, person, scopes, monkeypatch):
    """Page 2 forgot group, system, severity, field and state, and went on with all there are."""
    monkeypatch.setattr("reconciliation.views.PAGE", 1)
    client.force_login(viewer(person, scopes))
    page = client.get("/differences/", {"tab": "open"} | NARROWED)
    address = re.search(r'<nav class="pager"><a href="([^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    second = client.get(f"/differences/{address}")
    keys = [[one.key for one in shown.context["differences"]] for shown in (page, second)]
    assert keys == [["EAST-1"], ["EAST-0"]] and not second.context["more"]
    assert {name: second.context["asked"][name] for name in NARROWED} == NARROWED


def test_filtering_again_keeps_what_the_list_is_narrowed_to(client, roles, run, person, scopes):
    client.force_login(viewer(person, scopes))
    page = client.get("/differences/", {"tab": "all", "order": "SO-1"} | NARROWED).content.decode()
    form = page[page.index('<form class="filters"'):]
    form = form[:form.index("</form>")]
    for name, value in (NARROWED | {"tab": "all", "order": "SO-1"}).items():
        if name not in ("profile", "q"):
            assert f'<input type="hidden" name="{name}" value="{value}">' in form, name
    assert "Group" in form and "high" in form
