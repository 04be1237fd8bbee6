"""Does the admin refuse a milestone plan whose nodes make no path, and say which node is wrong?"""
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from kernel.errors import Refusal
from kernel.lengths import write_hours
from kernel.models import User
from orders.models import CustomerTier, Party
from sla.due_words import write_due
from sla.models import MilestoneNode, MilestonePlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client):
    client.force_login(User.objects.create_superuser("root", password="x", language="en"))
    return client


@pytest.fixture
def plan():
    plan = MilestonePlan.objects.create(code="std", name_en="Standard", name_zh="标准")
    plan.nodes.create(sequence=1, code="material", name_en="Material", name_zh="到货", fact="material_received",
                      anchor="promised", offset=-3600)
    plan.nodes.create(sequence=2, code="ship", name_en="Shipment", name_zh="发货", fact="shipped",
                      anchor="node:material:planned", offset=3600)
    return plan


def posted(plan, changes=None, nodes=None, **more):
    """The plan's form as a browser would post it, with changes {code: {field: value}}."""
    rows = list(plan.nodes.order_by("sequence").values()) if nodes is None else nodes
    data = {
        "code": plan.code, "version": plan.version, "name_en": plan.name_en, "name_zh": plan.name_zh,
        "nodes-TOTAL_FORMS": len(rows), "nodes-INITIAL_FORMS": len(rows), **more,
    }
    for place, row in enumerate(rows):
        row = {**row, **(changes or {}).get(row["code"], {})}
        names = ("id", "sequence", "code", "name_en", "name_zh", "fact", "anchor", "kind", "DELETE")
        data |= {f"nodes-{place}-{name}": row[name] for name in names if name in row}
        data[f"nodes-{place}-due"] = row.get("due", write_due(row["offset"], row["unit"], "en"))
        data[f"nodes-{place}-warn_before_s"] = write_hours(row["warn_before_s"])  # typed as hours
        data[f"nodes-{place}-plan"] = plan.pk
    return data


def save(client, plan, changes=None, **more):
    address = reverse("admin:sla_milestoneplan_change", args=[plan.pk])
    return client.post(address, posted(plan, changes, **more))


def text(answer):
    return answer.content.decode()


def press(client, plan, name):
    """Press a button on the plan's admin page; the message it left."""
    client.post(reverse("admin:sla_milestoneplan_do", args=[plan.pk, name]))
    page = client.get(reverse("admin:sla_milestoneplan_change", args=[plan.pk]))
    plan.refresh_from_db()
    return text(page)


def test_a_path_is_saved_and_put_in_force(root, plan):
    assert save(root, plan, {"ship": {"offset": 7200}}).status_code == 302
    assert "Done: Put in force." in press(root, plan, "publish")
    assert plan.is_current and plan.published_at and plan.nodes.get(code="ship").offset == 7200
    assert "Done: Put out of force." in press(root, plan, "withdraw")
    assert not plan.is_current and plan.published_at


def test_a_form_alone_puts_nothing_in_force(root, plan):
    save(root, plan, is_current="on", published_at_0="2026-11-24", published_at_1="10:00", version=9)
    plan.refresh_from_db()
    assert (plan.is_current, plan.published_at, plan.version) == (False, None, 1)


def test_a_published_version_is_read_and_a_new_one_is_drawn_up(root, plan):
    press(root, plan, "publish")
    assert save(root, plan, {"ship": {"offset": 1}}, name_en="Other").status_code == 403
    node = plan.nodes.get(code="ship")
    for what in ("change", "delete"):
        assert root.post(reverse(f"admin:sla_milestonenode_{what}", args=[node.pk]), {"post": "yes"}).status_code == 403
    assert "Done: Draw up a new version." in press(root, plan, "draft")
    draft = MilestonePlan.objects.get(code="std", version=2)
    assert list(draft.nodes.values_list("code", "anchor")) == list(plan.nodes.values_list("code", "anchor"))
    assert draft.published_at is None and save(root, draft, {"ship": {"offset": 9}}).status_code == 302
    assert "Version 2 is not published yet; change that one." in press(root, plan, "draft")
    press(root, draft, "publish")
    plan.refresh_from_db()
    draft.refresh_from_db()
    assert draft.is_current and not plan.is_current and draft.nodes.get(code="ship").offset == 9


def test_two_plans_for_the_same_orders_are_refused_in_a_plain_sentence(root, plan):
    press(root, plan, "publish")
    rival = MilestonePlan.objects.create(code="other", name_en="Other", name_zh="其他")
    rival.nodes.create(sequence=1, code="ship", name_en="Shipment", name_zh="发货", fact="shipped", anchor="promised")
    said = press(root, rival, "publish")
    assert "“Standard”, version 1, is in force for the same orders; put it out of force first." in said
    assert not rival.is_current
    rival.is_current = True
    with pytest.raises(ValidationError, match="they would not know which to follow"):
        rival.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        MilestonePlan.objects.filter(pk=rival.pk).update(is_current=True)
    rival.is_current = False
    press(root, plan, "withdraw")
    assert "Done: Put in force." in press(root, rival, "publish")


def test_a_published_version_stays_whoever_asks(root, plan, company):
    press(root, plan, "publish")
    node = plan.nodes.get(code="ship")
    plan.name_en, node.offset = "Other", 1
    for change in (plan.save, node.save, plan.delete, node.delete, lambda: plan.nodes.create(sequence=3, code="x")):
        with pytest.raises(Refusal, match="A published version does not change"):
            change()
    draft = MilestonePlan.objects.create(code="draft", name_en="d", name_zh="d")
    node.plan = draft
    with pytest.raises(Refusal):
        node.save()
    party = Party.objects.create(company=company, code="C1", name="c")
    for change in (
        lambda: MilestonePlan.objects.filter(pk=plan.pk).update(tier=None, name_en="Other"),
        lambda: MilestonePlan.objects.filter(pk=plan.pk).update(published_at=None),
        lambda: MilestonePlan.objects.filter(pk=plan.pk).update(customer=party),
        lambda: MilestoneNode.objects.filter(pk=node.pk).update(offset=1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert MilestonePlan.objects.get(pk=plan.pk).name_en == "Standard"


def test_a_plan_is_for_one_customer_or_for_a_tier(company):
    party = Party.objects.create(company=company, code="C1", name="c")
    both = MilestonePlan(code="both", name_en="Both", name_zh="两者", customer=party,
                         tier=CustomerTier.objects.create(code="z", name_en="z", name_zh="z", rank=9))
    with pytest.raises(ValidationError, match="for one customer or for a tier"):
        both.full_clean()


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"material": {"code": "arrival"}}, "“Shipment” counts from “material”, which is not in this path."),
    ({"material": {"anchor": "node:ship:planned"}}, "counts from itself in a circle."),
    ({"ship": {"fact": "material_received"}}, "Two nodes are done by the fact of “Shipment”."),
    ({"ship": {"kind": "budget", "offset": 0}}, "“Shipment” is a time budget"),
    ({"ship": {"sequence": 1}}, "The number of “Shipment” stands twice."),
    ({"ship": {"code": "material"}}, "The code “material” stands twice."),
])
def test_nodes_that_make_no_path_are_refused_by_name(root, plan, changes, sentence):
    answer = save(root, plan, changes, is_current="on")
    assert answer.status_code == 200 and sentence in text(answer)
    plan.refresh_from_db()
    assert not plan.is_current and plan.nodes.get(code="ship").anchor == "node:material:planned"


def test_a_plan_without_nodes_is_a_draft_and_cannot_be_put_in_force(root):
    empty = MilestonePlan.objects.create(code="empty", name_en="Empty", name_zh="空")
    assert save(root, empty).status_code == 302
    assert "A path needs at least one node." in press(root, empty, "publish")
    assert not empty.is_current and empty.published_at is None


def test_a_node_that_others_count_from_does_not_go(root, plan):
    answer = save(root, plan, {"material": {"DELETE": "on"}})
    assert answer.status_code == 200 and "which is not in this path" in text(answer)
    node = plan.nodes.get(code="material")
    address = reverse("admin:sla_milestonenode_delete", args=[node.pk])
    assert "“Shipment” counts from" in text(root.get(address))
    root.post(address, {"post": "yes"})
    assert plan.nodes.count() == 2
    root.post(reverse("admin:sla_milestonenode_delete", args=[plan.nodes.get(code="ship").pk]), {"post": "yes"})
    assert plan.nodes.count() == 1


def test_a_node_alone_is_checked_with_the_others_of_its_plan(root, plan):
    node = MilestoneNode.objects.get(code="ship")
    data = {name: getattr(node, name) for name in ("sequence", "code", "name_en", "name_zh", "kind")}
    data["due"] = write_due(node.offset, node.unit, "en")
    data |= {"plan": plan.pk, "fact": "material_received", "anchor": "ordered"}
    data["warn_before_s"] = write_hours(node.warn_before_s)
    address = reverse("admin:sla_milestonenode_change", args=[node.pk])
    answer = root.post(address, data)
    assert answer.status_code == 200 and "Two nodes are done by the fact of" in text(answer)
    assert root.post(address, {**data, "fact": "delivered"}).status_code == 302
    node.refresh_from_db()
    assert node.fact == "delivered"


def test_fact_and_anchor_are_chosen_by_their_words(root, plan):
    for address in (
        reverse("admin:sla_milestoneplan_change", args=[plan.pk]),
        reverse("admin:sla_milestonenode_change", args=[plan.nodes.get(code="ship").pk]),
    ):
        page = text(root.get(address))
        assert '<option value="qc_released">QC release</option>' in page
        assert '<option value="shipped" selected>shipped</option>' in page
        assert '<option value="node:material:planned" selected>Material, as planned</option>' in page
    assert save(root, plan, {"ship": {"fact": "no_such_fact"}}).status_code == 200


@pytest.mark.parametrize(("typed", "offset", "unit"), [
    ("2 d", 2, "cal_day"), ("4 h", 14400, "cal_s"), ("30 min before", -1800, "cal_s"), ("6工时", None, None),
    ("工时6小时", 21600, "work_s"), ("提前3个工作日", -3, "work_day"), ("0", 0, "cal_s"),
])
def test_when_a_node_is_due_is_typed_as_people_say_it(root, plan, typed, offset, unit):
    answer = save(root, plan, {"ship": {"due": typed}})
    node = plan.nodes.get(code="ship")
    if unit is None:
        assert answer.status_code == 200 and "Such as 6 working h" in text(answer)
        assert (node.offset, node.unit) == (3600, "work_s")
    else:
        assert answer.status_code == 302 and (node.offset, node.unit) == (offset, unit)


def test_a_bare_number_is_refused_and_stands_as_typed(root, plan):
    answer = save(root, plan, {"ship": {"due": "48"}})
    page = text(answer)
    assert answer.status_code == 200 and "A number alone says no unit: write 48 h or 2 days" in page
    assert 'name="nodes-1-due" value="48"' in page and plan.nodes.get(code="ship").offset == 3600


def test_what_is_typed_is_read_back_while_typing(root, client):
    address = reverse("due_reading")
    assert text(root.get(address, {"nodes-1-due": "-2 d"})) == '<small class="quiet">2 days before</small>'
    assert ">1 h 30 min of working time after<" in text(root.get(address, {"nodes-1-due": "1.5 h of work"}))
    wrong = text(root.get(address, {"nodes-1-due": "<b>"}))
    assert 'class="late-ink"' in wrong and "<b>" not in wrong
    assert text(root.get(address)) == ""
    client.logout()
    assert client.get(address).status_code == 302


def test_a_published_plan_is_read_in_words(root, plan):
    press(root, plan, "publish")
    page = text(root.get(reverse("admin:sla_milestoneplan_change", args=[plan.pk])))
    assert "1 h of working time before: promise" in page and "1 h of working time after: Material, as planned" in page
    assert "material received" in page and "material_received" not in page and "14400" not in page
    listed = text(root.get(reverse("admin:sla_milestonenode_changelist")))
    assert "1 h of working time after: Material, as planned" in listed and "work_s" not in listed


def test_what_is_agreed_with_a_customer_is_for_who_may_see_the_customer(company, scopes, person):
    party = Party.objects.create(company=company, code="C1", name="c", scope=scopes[0])
    plan = MilestonePlan.objects.create(code="c", name_en="For c", name_zh="c", customer=party)
    other, same = person("other", scopes[1]), person("same", scopes[0])
    assert not MilestonePlan.objects.visible_to(other).filter(pk=plan.pk).exists()
    assert MilestonePlan.objects.visible_to(same).filter(pk=plan.pk).exists()
