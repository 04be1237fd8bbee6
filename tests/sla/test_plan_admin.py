"""Does the admin refuse a milestone plan whose nodes make no path, and say which node is wrong?"""
import pytest
from django.urls import reverse

from kernel.models import User
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
        names = ("id", "sequence", "code", "name_en", "name_zh", "fact", "anchor", "offset", "unit", "kind",
                 "warn_before_s", "DELETE")
        data |= {f"nodes-{place}-{name}": row[name] for name in names if name in row}
        data[f"nodes-{place}-plan"] = plan.pk
    return data


def save(client, plan, changes=None, **more):
    address = reverse("admin:sla_milestoneplan_change", args=[plan.pk])
    return client.post(address, posted(plan, changes, **more))


def text(answer):
    return answer.content.decode()


def test_a_path_is_saved_and_put_in_force(root, plan):
    assert save(root, plan, {"ship": {"offset": 7200}}, is_current="on").status_code == 302
    plan.refresh_from_db()
    assert plan.is_current and plan.nodes.get(code="ship").offset == 7200


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
    for door in ({"is_current": "on"}, {"published_at_0": "2026-11-24", "published_at_1": "10:00"}):
        answer = save(root, empty, **door)
        assert answer.status_code == 200 and "A path needs at least one node." in text(answer)
    empty.refresh_from_db()
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
    data = {name: getattr(node, name) for name in ("sequence", "code", "name_en", "name_zh", "offset", "unit", "kind",
                                                   "warn_before_s")}
    data |= {"plan": plan.pk, "fact": "material_received", "anchor": "ordered"}
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
