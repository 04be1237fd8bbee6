"""Can people be given roles, scopes and leave, and can the hub never lose its last administrator?"""
import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from kernel import people
from kernel.access import own_scopes
from kernel.errors import Refusal
from kernel.models import Company, Department, User
from kernel.roles import roles, roles_of, sync_roles
from kernel.sight import rights_of, things_seen
from kernel.tokens import issue_token
from tests.house.conftest import HIDDEN, insider, worlds  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
PASSWORD = "long-enough-word-7"


@pytest.fixture
def synced(db, at):
    sync_roles(by=None, at=at)


@pytest.fixture
def root(db):
    return User.objects.create_superuser("root", password=PASSWORD)


@pytest.fixture
def chief(synced, person):
    """An administrator by role: not a superuser."""
    return person("chief", role="administrator", is_staff=True)


def test_roles_are_written_once(synced, at):
    assert sync_roles(by=None, at=at) == []
    assert len(roles()) == 12 and all(role.name_zh and role.name_en for role in roles().values())


def test_roles_are_repaired(synced, at):
    from django.contrib.auth.models import Group

    Group.objects.get(name="sales").permissions.clear()
    assert sync_roles(by=None, at=at) == ["sales"]


def test_customers_hold_no_permission():
    assert roles()["customer"].permissions == frozenset() and not roles()["customer"].is_staff


def test_the_auditor_changes_nothing():
    verbs = {name.split(".")[1].split("_")[0] for name in roles()["auditor"].permissions}
    assert verbs == {"view", "see"}


def test_only_finance_like_roles_see_amounts():
    assert {code for code, role in roles().items() if "orders.see_finance" not in role.permissions} == {
        "service", "planner", "warehouse", "quality", "customer",
    }


def test_a_new_person_gets_roles_and_scopes(synced, root, scopes, at):
    li = people.add_person(
        username="li", password=PASSWORD, fields={"full_name": "李伟", "language": "zh-hans"},
        role_codes=["sales", "quality"], scopes=[scopes[0]], by=root, at=at,
    )
    assert li.check_password(PASSWORD) and [code for code, _name in roles_of(li)] == ["sales", "quality"]
    li = User.objects.get(pk=li.pk)
    assert li.is_staff and list(own_scopes(li)) == [scopes[0]] and li.has_perm("orders.hold_order")
    people.set_scopes(person=li, scopes=[scopes[1]], by=root, at=at)
    assert list(own_scopes(User.objects.get(pk=li.pk))) == [scopes[1]]
    assert LogEntry.objects.filter(object_id=str(li.pk), user=root).count() == 4


def test_a_weak_password_and_a_taken_name_are_refused(synced, root, at):
    with pytest.raises(Refusal, match="short"):
        people.add_person(username="x", password="1", fields={}, role_codes=[], scopes=[], by=root, at=at)
    with pytest.raises(Refusal) as refused:
        people.add_person(username="ROOT", password=PASSWORD, fields={}, role_codes=[], scopes=[], by=root, at=at)
    assert refused.value.code == "person_name"


def test_the_last_administrator_stays(root, at):
    for change in (
        lambda: people.deactivate_person(person=root, hand_over_to=None, by=root, at=at),
        lambda: people.set_administrator(person=root, is_administrator=False, by=root, at=at),
    ):
        with pytest.raises(Refusal) as refused:
            change()
        assert refused.value.code == "last_administrator" and "root" in str(refused.value)
    root.refresh_from_db()
    assert root.is_active and root.is_superuser


def test_with_two_one_may_go(root, at):
    User.objects.create_superuser("second", password=PASSWORD)
    people.deactivate_person(person=root, hand_over_to=None, by=None, at=at)
    assert not User.objects.get(pk=root.pk).is_active


def test_an_inactive_second_does_not_count(root, at):
    User.objects.create_superuser("second", password=PASSWORD, is_active=False)
    with pytest.raises(Refusal):
        people.deactivate_person(person=root, hand_over_to=None, by=root, at=at)


def test_nobody_climbs_to_the_top(root, chief, at):
    for change in (
        lambda: people.set_administrator(person=chief, is_administrator=True, by=chief, at=at),
        lambda: people.set_password(person=root, password=PASSWORD + "x", by=chief, at=at),
        lambda: people.edit_person(person=root, fields={"email": "a@b.cn"}, by=chief, at=at),
        lambda: people.deactivate_person(person=root, hand_over_to=None, by=chief, at=at),
    ):
        with pytest.raises(Refusal) as refused:
            change()
        assert refused.value.code == "administrator_only"


def test_a_customer_never_becomes_staff(synced, root, company, person, at):
    kunde = person("kunde", customer_code="C1", customer_company=company)
    with pytest.raises(Refusal):
        people.set_roles(person=kunde, role_codes=["sales"], by=root, at=at)
    people.set_roles(person=kunde, role_codes=["customer"], by=root, at=at)
    assert not User.objects.get(pk=kunde.pk).is_staff


def test_a_customer_is_a_code_within_a_company(synced, root, company, person, at):
    kunde = person("kunde")
    people.edit_person(person=kunde, fields={"customer_code": "C1"}, by=root, at=at)
    assert User.objects.get(pk=kunde.pk).customer_company == company, "the only one goes without saying"
    people.edit_person(person=kunde, fields={"customer_code": ""}, by=root, at=at)
    assert User.objects.get(pk=kunde.pk).customer_company is None
    other = Company.objects.create(code="branch", name_en="Branch", name_zh="分公司")
    for fields in ({"customer_code": "C1"}, {"customer_company": other}):
        with pytest.raises(Refusal) as refused:
            people.edit_person(person=kunde, fields=fields, by=root, at=at)
        assert refused.value.code == "customer_company"
    people.edit_person(person=kunde, fields={"customer_code": "C1", "customer_company": other}, by=root, at=at)
    assert User.objects.get(pk=kunde.pk).customer_company == other


def test_the_page_of_a_person_asks_for_the_company(client, synced, root, company, person):
    Company.objects.create(code="branch", name_en="Branch", name_zh="分公司")
    kunde = person("kunde")
    client.force_login(root)
    root.language = "en"
    root.save()
    said = {"full_name": "Kunde", "customer_code": "C1"}
    assert "Choose the company whose customer this is." in client.post(
        f"/settings/people/{kunde.pk}/", said).content.decode()
    client.post(f"/settings/people/{kunde.pk}/", {**said, "customer_company": company.pk})
    assert User.objects.get(pk=kunde.pk).customer_company == company


def test_leaving_ends_sessions_and_keys_at_once(client, synced, root, person, at):
    li = person("li", role="sales", is_staff=True)
    client.force_login(li)
    now = timezone.now()
    clear = issue_token(user=li, name="n", days=1, may_write=False, by=li, at=now)[1]
    assert client.get("/settings/keys/").status_code == 200
    people.deactivate_person(person=li, hand_over_to=None, by=root, at=now)
    assert client.get("/settings/keys/").status_code == 302
    assert client.get("/api/v1/orders/").status_code in (401, 403)
    client.logout()
    head = {"Authorization": f"Bearer {clear}"}
    assert client.get("/api/v1/orders/", headers=head).status_code == 401
    people.reactivate_person(person=li, by=root, at=now)
    assert client.get("/api/v1/orders/", headers=head).status_code == 401, "a revoked key stays dead"


def test_a_new_password_ends_sessions(client, synced, root, person, at):
    li = person("li", role="sales", is_staff=True)
    client.force_login(li)
    people.set_password(person=li, password=PASSWORD + "new", by=root, at=at)
    assert client.get("/settings/keys/").status_code == 302


def test_the_head_of_a_department_is_handed_over(synced, root, company, person, at):
    li, wang = person("li"), person("wang")
    Department.objects.create(company=company, code="qc", name_en="Quality", name_zh="质量", head=li)
    people.deactivate_person(person=li, hand_over_to=wang, by=root, at=at)
    assert Department.objects.get().head == wang


@pytest.fixture
def tickets(synced, company, scopes, at):
    from exceptions.models import Ticket, TicketKind

    department = Department.objects.create(company=company, code="qc", name_en="Quality", name_zh="质量")
    kind = TicketKind.objects.create(code="late", name_en="Late", name_zh="延迟", department=department)

    def make(number, assignee, scope, state="assigned"):
        return Ticket.objects.create(
            number=number, kind=kind, subject_kind="order", subject_key=number, scope=scope, title_en="t",
            title_zh="t", department=department, assignee=assignee, state=state, opened_at=at,
        )

    return make


def test_open_tickets_are_handed_over(tickets, root, person, scopes, at):
    li, wang = (person(name, scopes[0], role="quality", is_staff=True) for name in ("li", "wang"))
    mine, done = tickets("T1", li, scopes[0]), tickets("T2", li, scopes[0], "resolved")
    people.deactivate_person(person=li, hand_over_to=wang, by=root, at=at)
    mine.refresh_from_db()
    done.refresh_from_db()
    assert mine.assignee == wang and done.assignee == li
    assert mine.entries.filter(action="assigned").exists()


def test_a_ticket_the_successor_may_not_see_goes_to_the_queue(tickets, root, person, scopes, at):
    li, wang = person("li", *scopes, role="quality"), person("wang", scopes[0], role="quality")
    hidden = tickets("T1", li, scopes[1])
    people.deactivate_person(person=li, hand_over_to=wang, by=root, at=at)
    hidden.refresh_from_db()
    assert hidden.assignee is None and hidden.state == "new"


# Pages

def test_the_people_pages_open(client, synced, root, person, scopes):
    li = person("li", scopes[0], role="sales", is_staff=True, full_name="李伟")
    client.force_login(root)
    for url in ("/settings/people/", f"/settings/people/{li.pk}/", "/settings/people/new/", "/settings/roles/",
                "/settings/keys/"):
        assert client.get(url).status_code == 200, url
    page = client.get(f"/settings/people/{li.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "What this person will see" in page and "Hold and release orders" in page


def test_roles_and_scopes_are_saved_from_the_page(client, synced, root, person, scopes):
    li = person("li", scopes[0], is_staff=True)
    client.force_login(root)
    done = client.post(f"/settings/people/{li.pk}/", {
        "full_name": "李伟", "language": "en", "role_codes": ["planner"], "scopes": [scopes[1].pk],
    })
    assert done.status_code == 302
    li = User.objects.get(pk=li.pk)
    assert [code for code, _ in roles_of(li)] == ["planner"] and list(own_scopes(li)) == [scopes[1]]


def test_the_last_administrator_is_told_why(client, root):
    client.force_login(root)
    page = client.post(f"/settings/people/{root.pk}/leave/", {}, follow=True, headers={"accept-language": "en"})
    assert "last active administrator" in page.content.decode()
    assert User.objects.get(pk=root.pk).is_active


def test_without_the_right_no_people_page(client, synced, person):
    client.force_login(person("li", role="sales", is_staff=True))
    for url in ("/settings/people/", "/settings/roles/", "/settings/people/new/"):
        assert client.get(url).status_code == 403


def test_looking_is_not_changing(client, synced, person):
    client.force_login(person("shen", role="auditor", is_staff=True))
    other = person("li")
    assert client.get(f"/settings/people/{other.pk}/").status_code == 200
    for what in ("", "leave/", "password/", "administrator/"):
        assert client.post(f"/settings/people/{other.pk}/{what}", {"full_name": "x"}).status_code == 403


def test_sight_counts_as_the_pages_do(insider, worlds):  # noqa: F811
    seen = {str(thing.name): thing for thing in things_seen(insider, insider)}
    assert seen["orders"].count == 1 and HIDDEN not in str(seen)
    assert rights_of(insider)


def test_keys_are_made_and_revoked_on_the_page(client, synced, person):
    from kernel.models import ApiToken

    client.force_login(person("li", role="sales", is_staff=True))
    page = client.post("/settings/keys/", {"name": "robot", "days": 5}).content.decode()
    token = ApiToken.objects.get()
    assert f"oh_{token.prefix}" in page
    client.post(f"/settings/keys/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at


def test_somebody_elses_key_is_not_found(client, synced, person, at):
    row, _clear = issue_token(user=person("wang"), name="n", days=1, may_write=False, by=None, at=at)
    client.force_login(person("li", role="sales", is_staff=True))
    assert client.post(f"/settings/keys/{row.pk}/revoke/").status_code == 404


def test_open_differences_are_handed_over(synced, root, company, person, scopes, at):
    from reconciliation.models import Difference, Profile, ProfileVersion, Run

    li, wang = (person(name, scopes[0], role="finance", is_staff=True) for name in ("li", "wang"))
    profile = Profile.objects.create(code="p", company=company, scope=scopes[0], name_en="p", name_zh="p")
    version = ProfileVersion.objects.create(profile=profile, number=1, spec={}, published_at=at)
    run = Run.objects.create(profile=profile, version=version, as_of=at)
    seen, hidden = (
        Difference.objects.create(
            profile=profile, fingerprint=scope.code, key="k", kind="value", field="quantity_m", scope=scope,
            first_run=run, last_run=run, assignee=li, state=Difference.ASSIGNED,
        ) for scope in scopes
    )
    people.deactivate_person(person=li, hand_over_to=wang, by=root, at=at)
    seen.refresh_from_db()
    hidden.refresh_from_db()
    assert seen.assignee == wang and hidden.assignee is None and hidden.state == Difference.OPEN
