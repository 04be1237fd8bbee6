"""Are a routing rule's conditions written by name, kept as before, and is it shown which tickets they take?"""
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exceptions.condition_choices import offered
from exceptions.condition_fields import ConditionsField
from exceptions.condition_words import say_conditions
from exceptions.conditions import FIELDS
from exceptions.models import RoutingRule, TicketKind
from exceptions.routing_preview import would_take
from kernel.models import Department
from orders.models import Order, OrderKind, Party
from tests.exceptions.test_tickets import opened, reference, worker  # noqa: F401

pytestmark = pytest.mark.django_db
NAMED = {
    "cause": {"LATE_POSTING": "Posted late", "OUTAGE": "System down"}, "severity": {1: "high", 2: "normal", 3: "low"}}


def posted(*rows, name="conditions"):
    """A form as the browser sends it: (field, op, values, typed)."""
    said = QueryDict(mutable=True)
    for number, (field, op, values, typed) in enumerate(rows):
        said[f"{name}-{number}-field"], said[f"{name}-{number}-op"] = field, op
        said.setlist(f"{name}-{number}-value", [f"{field}:{one}" for one in values])
        said[f"{name}-{number}-typed"] = typed
    return said


def read(*rows, kept=()):
    field = ConditionsField()
    field.offer(NAMED, kept)
    return field.clean(field.widget.value_from_datadict(posted(*rows), {}, "conditions"))


def faults(*rows):
    from django import forms

    with pytest.raises(forms.ValidationError) as refused:
        read(*rows)
    return " ".join(refused.value.messages)


@pytest.mark.parametrize(("row", "kept"), [
    (("cause", "eq", ["OUTAGE"], ""), [{"field": "cause", "op": "eq", "value": "OUTAGE"}]),
    (("cause", "in", ["OUTAGE"], ""), [{"field": "cause", "op": "in", "value": ["OUTAGE"]}]),
    (("cause", "eq", ["OUTAGE", "LATE_POSTING"], ""),
     [{"field": "cause", "op": "in", "value": ["OUTAGE", "LATE_POSTING"]}]),
    (("cause", "ne", ["OUTAGE", "LATE_POSTING"], ""),
     [{"field": "cause", "op": "ne", "value": "OUTAGE"}, {"field": "cause", "op": "ne", "value": "LATE_POSTING"}]),
    (("cause", "eq", [], "posted late"), [{"field": "cause", "op": "eq", "value": "LATE_POSTING"}]),
    (("severity", "le", ["2"], ""), [{"field": "severity", "op": "le", "value": 2}]),
    (("customer", "in", [], "C1，C2, C1"), [{"field": "customer", "op": "in", "value": ["C1", "C2"]}]),
    (("cause", "prefix", [], "LATE_"), [{"field": "cause", "op": "prefix", "value": "LATE_"}]),
    (("", "eq", [], "  "), []),
])
def test_a_row_is_kept_in_the_same_form_as_ever(row, kept):
    assert read(row) == kept


@pytest.mark.parametrize(("row", "words"), [
    (("", "eq", [], "x"), "Say what the condition is about."),
    (("margin", "eq", [], "1"), "Say what the condition is about."),
    (("cause", "eq", [], ""), "Say which cause."),
    (("cause", "eq", [], "NOTHING"), "There is no cause NOTHING."),
    (("cause", "le", ["OUTAGE"], ""), "cause cannot be compared so."),
    (("severity", "le", ["1", "2"], ""), "severity: one value only."),
    (("severity", "eq", [], "9"), "There is no severity 9."),
])
def test_what_does_not_fit_is_said_in_words(row, words):
    assert words in faults(row)


def test_a_value_of_another_field_is_no_value_of_this_one():
    said = posted(("cause", "eq", [], ""))
    said.setlist("conditions-0-value", ["severity:1"])
    field = ConditionsField()
    field.offer(NAMED)
    with pytest.raises(Exception, match="Say which cause"):
        field.clean(field.widget.value_from_datadict(said, {}, "conditions"))


def test_what_a_rule_was_given_before_may_stay():
    kept = [{"field": "cause", "op": "in", "value": ["OLD_CAUSE", "OUTAGE"]}]
    assert read(("cause", "in", ["OLD_CAUSE", "OUTAGE"], ""), kept=kept) == kept


def test_severity_says_which_way_is_up():
    assert say_conditions([{"field": "severity", "op": "le", "value": 2}]) == "severity: normal or higher"
    assert say_conditions([{"field": "severity", "op": "ge", "value": 2}]) == "severity: normal or lower"
    assert say_conditions([{"field": "severity", "op": "le", "value": 1}]) == "severity: high"


@pytest.fixture
def boss(client, worker):  # noqa: F811
    person = worker("boss", is_staff=True, is_superuser=True, language="en")
    client.force_login(person)
    return person


def change(rule):
    return reverse("admin:exceptions_routingrule_change", args=[rule.pk])


def test_every_seeded_rule_is_opened_and_saved_unchanged(client, boss):
    """What the form shows of a rule and sends back is that rule."""
    for rule in RoutingRule.objects.all():
        page = client.get(change(rule))
        assert page.status_code == 200
        form = page.context["adminform"].form
        drawn = form.fields["conditions"].widget.get_context("conditions", rule.conditions, {})["rows"]
        rows = [(one["field"], one["op"], [v.partition(":")[2] for v in one["values"]], one["typed"]) for one in drawn]
        body = posted(*rows)
        body.update({"priority": rule.priority, "kind": rule.kind_id, "department": rule.department_id,
                     "is_active": "on"})
        assert client.post(change(rule), dict(body.lists())).status_code == 302, rule
        again = RoutingRule.objects.get(pk=rule.pk)
        assert again.conditions == rule.conditions


def test_choices_are_named_and_of_every_field_but_typed_ones(boss):
    found = offered(boss)
    assert set(found) <= set(FIELDS) and {"cause", "severity", "scope", "node", "order_kind", "field"} <= set(found)
    assert found["cause"]["LATE_POSTING"] != "LATE_POSTING"


def test_the_preview_tells_which_tickets_and_which_rule_goes_first(client, boss, opened, scopes):  # noqa: F811
    quality = Department.objects.get(code="quality")
    kind = TicketKind.objects.get(code="late_warehouse")
    mine, first = opened(key="1", cause="OUTAGE"), opened(key="2", cause="OUTAGE", severity=1)
    opened(key="3", cause="OTHER"), opened(key="4", kind="late_quality", cause="OUTAGE")
    RoutingRule.objects.create(
        priority=5, conditions=[{"field": "severity", "op": "eq", "value": 1}], department=quality)
    rule = RoutingRule(
        priority=50, kind=kind, conditions=[{"field": "cause", "op": "eq", "value": "OUTAGE"}], department=quality)
    Ticket = type(mine)
    Ticket.objects.filter(pk=mine.pk).update(severity=2)
    looked, found = would_take(rule, boss)
    assert looked == 4 and [(one.ticket.pk, one.before and one.before.priority) for one in found] == [
        (first.pk, 5), (mine.pk, None)]
    body = posted(("cause", "eq", ["OUTAGE"], ""))
    body.update({"priority": 50, "kind": kind.pk, "department": quality.pk})
    page = client.post("/routing/preview/", body).content.decode()
    assert "Of the last 4 tickets you see it would take 1." in page and "rule 5 takes it first" in page
    body["conditions-0-field"] = "margin"
    assert "Say what the condition is about." in client.post("/routing/preview/", body).content.decode()
    assert not RoutingRule.objects.filter(priority=50).exists()


def test_the_preview_shows_only_what_one_sees_and_only_to_who_may_edit(client, worker, person, opened, scopes):  # noqa: F811
    from django.contrib.auth.models import Permission

    opened(cause="OUTAGE")
    far = person("far", scopes[1], is_staff=True, language="en")
    body = posted(("cause", "eq", ["OUTAGE"], ""))
    client.force_login(far)
    far.user_permissions.add(Permission.objects.get(codename="view_routingrule"))
    assert client.post("/routing/preview/", body).status_code == 403
    far.user_permissions.add(Permission.objects.get(codename="change_routingrule"))
    assert "it would take 0" in client.post("/routing/preview/", body).content.decode()
    assert client.get("/routing/preview/").status_code == 405


def test_a_kept_rule_that_is_changed_is_not_its_own_forerunner(client, boss, opened):  # noqa: F811
    """Moved further down it would otherwise lose every ticket to itself as it stands in the database."""
    quality = Department.objects.get(code="quality")
    opened(key="1", cause="OUTAGE")
    kept = [{"field": "cause", "op": "in", "value": ["OLD_CAUSE", "OUTAGE"]}]
    rule = RoutingRule.objects.create(priority=5, conditions=kept, department=quality)
    shown = client.get(change(rule)).content.decode()
    assert f'hx-vals=\'{{"rule": "{rule.pk}"}}\'' in shown
    body = posted(("cause", "in", ["OLD_CAUSE", "OUTAGE"], ""))
    body.update({"priority": 50, "department": quality.pk})
    assert "rule 5 takes it first" in client.post("/routing/preview/", body).content.decode(), "another one would"
    body["rule"] = rule.pk
    page = client.post("/routing/preview/", body).content.decode()
    assert "it would take 1." in page and "takes it first" not in page
    assert RoutingRule.objects.get(pk=rule.pk).priority == 5
    assert '{"rule": ""}' in client.get(reverse("admin:exceptions_routingrule_add")).content.decode()


def test_the_preview_asks_for_a_customers_tier_once(boss, opened, company, scopes, at):  # noqa: F811
    customer = Party.objects.create(company=company, scope=scopes[0], code="C1", name="C1")
    kind = OrderKind.objects.get(code="standard")
    rule = RoutingRule(priority=50, conditions=[], department=Department.objects.get(code="quality"))

    def asked(number):
        order = Order.objects.create(
            company=company, kind=kind, number=f"SO{number}", scope=scopes[0], created_at=at, customer=customer)
        opened(key=str(order.pk), order=order)
        with CaptureQueriesContext(connection) as found:
            would_take(rule, boss)
        return len(found)
    assert asked(1) == asked(2) == asked(3)
