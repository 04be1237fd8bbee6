"""Putting plans in and out of force, drawing up new versions, and having open orders follow a version."""
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.news import action
from sla.actions.planning import lock_clocks, plan_milestones
from sla.models import Clock, Milestone, MilestoneNode, MilestonePlan
from sla.path_words import NODE_FIELDS, problem_of
from sla.reapplying import clocks_to_end, locked_followers, repinned

COPIED = ("sequence", "code", "name_en", "name_zh", "fact", "anchor", "offset", "unit", "kind", "department_id",
          "warn_before_s", "opens_ticket")


@action
def publish_plan(*, plan, by, at):
    """From now on new orders follow this version; an earlier one of the same plan goes out of force.

    A draft never changes afterwards. Orders under way keep the version they began with, see `reapply_plan`.
    """
    plan = _locked(plan)
    if plan.is_current:
        raise Refusal(_("This version is in force already."), code="plan_in_force")
    problem = problem_of(list(plan.nodes.values("name_en", "name_zh", *NODE_FIELDS)))
    if problem:
        raise Refusal(problem[0], code="plan_" + problem[1])
    rival = _in_force_for(plan)
    if rival:
        raise Refusal(
            _("“%(other)s”, version %(version)s, is in force for the same orders; put it out of force first."),
            code="plan_rival", other=str(rival), version=rival.version,
        )
    MilestonePlan.objects.filter(code=plan.code, is_current=True).update(is_current=False)
    plan.is_current, plan.published_at = True, plan.published_at or at
    plan.save()
    return plan


@action
def withdraw_plan(*, plan, by, at):
    """No new order follows this plan; those that began with it go on by it."""
    plan = _locked(plan)
    if not plan.is_current:
        raise Refusal(_("This version is not in force."), code="plan_not_in_force")
    plan.is_current = False
    plan.save()
    return plan


@action
def draft_plan(*, plan, by, at):
    """A new version of this plan with the same nodes, to be changed and then published. Returns it."""
    plan = _locked(plan)
    versions = MilestonePlan.objects.filter(code=plan.code)
    draft = versions.filter(published_at=None).first()
    if draft:
        raise Refusal(_("Version %(version)s is not published yet; change that one."), code="plan_drafted",
                      version=draft.version)
    fresh = MilestonePlan.objects.create(
        code=plan.code, version=versions.aggregate(last=Max("version"))["last"] + 1, kind=plan.kind, tier=plan.tier,
        customer=plan.customer, name_en=plan.name_en, name_zh=plan.name_zh,
    )
    for node in plan.nodes.order_by("sequence"):
        MilestoneNode.objects.create(plan=fresh, **{name: getattr(node, name) for name in COPIED})
    return fresh


@action
def reapply_plan(*, plan, order_ids, by, at):
    """Have these open orders, which began with another version, follow the one in force. Returns how many do now.

    Work used on a budget stays used, and a level that fired in a cycle does not fire again. What began with the
    order's first plan (its baseline) stays as it was.
    """
    lock_clocks(order_ids)
    orders, path = locked_followers(plan, order_ids)
    if path is None:
        raise Refusal(_("This version is not in force."), code="plan_not_in_force")
    kept, dropped = repinned(orders, path)
    Clock.objects.filter(pk__in=clocks_to_end(dropped)).delete()
    Milestone.objects.filter(pk__in=[one.pk for one in dropped]).delete()
    Milestone.objects.bulk_update(kept, ["node", "sequence"], batch_size=200)
    return plan_milestones(order_ids=[order.pk for order in orders], at=at)


def _locked(plan):
    return MilestonePlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)


def _in_force_for(plan):
    same = Q(kind=plan.kind_id, tier=plan.tier_id, customer=plan.customer_id, is_current=True)
    return MilestonePlan.objects.filter(same).exclude(code=plan.code).first()
