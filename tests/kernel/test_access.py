"""Who sees which rows?"""
import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from kernel.access import visible
from kernel.models import Company, JobRun, Scope, User
from orders.models import Order, Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_orders(company, scopes, kinds, at):
    return [
        Order.objects.create(company=company, kind=kinds["standard"], number=f"SO{i}", scope=scope, created_at=at)
        for i, scope in enumerate(scopes)
    ]


def numbers(user):
    return sorted(Order.objects.visible_to(user).values_list("number", flat=True))


def test_sees_only_granted_scopes(two_orders, scopes, person):
    assert numbers(person("li", scopes[1])) == ["SO1"]


def test_without_grant_sees_nothing(two_orders, person):
    assert numbers(person("li")) == []
    assert numbers(AnonymousUser()) == []


def test_superuser_sees_all(two_orders):
    assert numbers(User.objects.create_superuser("root", password="x")) == ["SO0", "SO1"]


def test_all_scopes_permission_means_no_filter(two_orders, person, django_assert_num_queries):
    user = person("auditor")
    user.user_permissions.add(Permission.objects.get(codename="see_scope"))
    assert numbers(User.objects.get(pk=user.pk)) == ["SO0", "SO1"]


def test_deactivated_person_sees_nothing(two_orders, scopes, person):
    user = person("li", *scopes)
    user.is_active = False
    assert numbers(user) == []


def test_shared_order_is_seen_outside_the_scope(two_orders, scopes, person, at):
    user = person("li", scopes[1])
    two_orders[0].shares.create(person=user, shared_at=at)
    assert numbers(User.objects.get(pk=user.pk)) == ["SO0", "SO1"]


def test_customer_sees_own_orders_only(two_orders, company, scopes, person):
    """The code alone is nobody: the same code in another company is another customer."""
    other = Company.objects.create(code="branch", name_en="Branch", name_zh="分公司")
    for order, owner in zip(two_orders, (other, company), strict=True):
        order.customer = Party.objects.create(company=owner, code="C1", name="客户", scope=scopes[0])
        order.save()
    assert numbers(person("kunde", customer_code="C1", customer_company=company)) == ["SO1"]
    assert numbers(person("klient", customer_code="C1", customer_company=other)) == ["SO0"]


@pytest.mark.parametrize("half", ["code", "company"])
def test_a_customer_login_names_code_and_company(company, person, half):
    with pytest.raises(IntegrityError), transaction.atomic():
        person("kunde", **({"customer_code": "C1"} if half == "code" else {"customer_company": company}))


def test_a_model_without_a_path_is_invisible(person, scopes, at):
    Session.objects.create(session_key="k", session_data="", expire_date=at)
    assert visible(Session, person("li", *scopes)).count() == 0
    assert visible(Scope, person("wang", scopes[0])).count() == 1


def test_jobs_are_for_holders_of_the_permission(person, scopes, at):
    JobRun.objects.create(key="k", kind="k", asked_at=at)
    user = person("li", *scopes)
    assert visible(JobRun, user).count() == 0
    user.user_permissions.add(Permission.objects.get(codename="view_jobrun"))
    assert visible(JobRun, User.objects.get(pk=user.pk)).count() == 1


def test_scope_ids_are_read_once(two_orders, scopes, person, django_assert_max_num_queries):
    user = person("li", *scopes)
    numbers(user)
    with django_assert_max_num_queries(2):  # the shared list and the page
        numbers(user)


def test_differences_of_money_need_leave(person, scopes, company, at):
    from django.contrib.auth.models import Permission

    from reconciliation.models import Difference, DifferenceEntry, Profile, ProfileVersion, Run

    profile = Profile.objects.create(code="p", company=company, scope=scopes[0], name_en="p", name_zh="p")
    version = ProfileVersion.objects.create(profile=profile, number=1, spec={}, published_at=at)
    run = Run.objects.create(profile=profile, version=version, as_of=at)
    for field in ("amount_minor", "quantity_m", ""):
        row = Difference.objects.create(
            profile=profile, fingerprint=field, key=f"k{field}", kind="value", field=field, scope=scopes[0],
            first_run=run, last_run=run,
        )
        DifferenceEntry.objects.create(difference=row, at=at, action="opened")
    user = person("li", scopes[0])
    assert sorted(Difference.objects.visible_to(user).values_list("field", flat=True)) == ["", "quantity_m"]
    assert DifferenceEntry.objects.visible_to(user).count() == 2
    user.user_permissions.add(Permission.objects.get(codename="see_finance"))
    assert Difference.objects.visible_to(User.objects.get(pk=user.pk)).count() == 3


def test_a_pull_leaves_no_history(systems, scopes, at):
    from integrations.models import Connection

    door = Connection.objects.create(code="d", name="d", kind="tryton", system=systems["erp"], scope=scopes[0])
    door.failures = 3
    door.save(update_fields=["failures"])
    assert door.history.count() == 1
    door.name = "e"
    door.save()
    assert door.history.count() == 2
