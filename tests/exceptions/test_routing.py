"""Do routing rules match in order, and are wrong ones refused in words?"""
import pytest

from exceptions.conditions import FIELDS, faults_of, holds
from exceptions.models import RoutingRule, TicketKind
from exceptions.routing import matching_rule
from kernel.models import Department
from tests.exceptions.test_tickets import opened, reference, worker  # noqa: F401


@pytest.mark.parametrize(("op", "value", "wanted", "expected"), [
    ("eq", "a", "a", True), ("eq", "a", "b", False), ("ne", "a", "b", True), ("in", "a", ["a", "b"], True),
    ("in", "c", ["a", "b"], False), ("prefix", "SO-1", "SO", True), ("le", 2, 2, True), ("ge", 1, 2, False),
    ("le", None, 2, False),
])
@pytest.mark.pure
def test_conditions(op, value, wanted, expected):
    assert holds({"field": "cause", "op": op, "value": wanted}, {"cause": value}) is expected


@pytest.mark.pure
@pytest.mark.parametrize("condition", [
    "text", {"field": "cause"}, {"field": "nosuch", "op": "eq", "value": "x"},
    {"field": "cause", "op": "like", "value": "x"}, {"field": "cause", "op": "le", "value": 3},
    {"field": "severity", "op": "le", "value": "3"}, {"field": "cause", "op": "in", "value": "x"},
    {"field": "cause", "op": "eq", "value": {"a": 1}},
])
def test_wrong_conditions_are_named(condition):
    assert len(faults_of([condition])) == 1


@pytest.mark.pure
def test_right_conditions_have_no_faults():
    assert faults_of([{"field": name, "op": "ne", "value": "x"} for name in FIELDS]) == []


@pytest.mark.django_db
def test_the_first_match_by_priority_wins_and_inactive_rules_do_not(reference):  # noqa: F811
    kind = TicketKind.objects.get(code="difference")
    finance, it = (Department.objects.get(code=code) for code in ("finance", "it"))
    RoutingRule.objects.all().delete()
    condition = [{"field": "cause", "op": "eq", "value": "TIMEZONE"}]
    RoutingRule.objects.create(priority=20, kind=kind, conditions=condition, department=finance)
    first = RoutingRule.objects.create(priority=10, kind=None, conditions=condition, department=it)
    assert matching_rule(kind, {"cause": "TIMEZONE"}).department == it
    first.is_active = False
    first.save()
    assert matching_rule(kind, {"cause": "TIMEZONE"}).department == finance
    assert matching_rule(kind, {"cause": "GHOST"}) is None


@pytest.mark.django_db
def test_a_difference_goes_where_its_cause_says(opened):  # noqa: F811
    assert opened(kind="difference", cause="STATUS_UNMAPPED").department.code == "it"
    assert opened(key="2", kind="difference", evidence={"field": "amount_minor"}).department.code == "finance"
    assert opened(key="3", kind="difference", cause="GHOST").department.code == "order_ops"
