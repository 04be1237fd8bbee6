"""The milestone plans, and one version of a plan: its nodes, who follows another one, what would move by this one."""
from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.pages import draw, require, staff_page
from orders.words import FACTS, word
from sla.due_words import Unclear, read_due, say_due, why_unclear
from sla.models import MilestonePlan
from sla.plan_forms import LONGEST, anchors_among
from sla.plan_preview import previews
from sla.reapplying import followers

VIEW, CHANGE = "sla.view_milestoneplan", "sla.change_milestoneplan"
WHOSE = ("kind", "tier", "customer")
MOST = 200


@staff_page(VIEW)
def plan_list(request):
    """Every plan's versions, those in force first."""
    plans = MilestonePlan.objects.visible_to(request.user).select_related(*WHOSE)
    plans = plans.annotate(nodes_n=Count("nodes")).order_by("-is_current", "code", "-version")[:MOST]
    return draw(
        request, "sla/plans.html", page_title=_("Milestone plans"), plans=plans,
        may_add=request.user.has_perm("sla.add_milestoneplan"))


@staff_page(VIEW)
def plan_page(request, pk):
    plan = get_object_or_404(MilestonePlan.objects.visible_to(request.user).select_related(*WHOSE), pk=pk)
    waiting = followers(plan).count() if plan.is_current else 0
    shown = previews(plan, request.user, timezone.now()) if waiting else []
    title = _("%(plan)s, version %(version)s") % {"plan": plan.name, "version": plan.version}
    return draw(
        request, "sla/plan.html", page_title=title, page_parent=(reverse("plans"), _("Milestone plans")), plan=plan,
        nodes=_said(plan.nodes.select_related("department").order_by("sequence")), waiting=waiting, looked=len(shown),
        previews=[one for one in shown if one.moves], turning=sum(one.turns_late for one in shown),
        may_change=request.user.has_perm(CHANGE),
    )


def _said(nodes):
    """The nodes, each with what it is done by and when it is due, in words."""
    nodes = list(nodes)
    anchors = anchors_among(nodes)
    for node in nodes:
        node.done_by = word(FACTS, node.fact)
        node.due = say_due(node.offset, node.unit, anchors.get(node.anchor, node.anchor))
    return nodes


@staff_page(VIEW)
def due_reading(request):
    """How what is being typed into a plan's form is read, as a line under it."""
    typed = next((value for name, value in request.GET.items() if name.endswith("due")), "")[:LONGEST]
    try:
        said, is_wrong = say_due(*read_due(typed)), False
    except Unclear as unclear:
        said, is_wrong = why_unclear(unclear.code), True
    return render(request, "sla/due_reading.html", {"said": said if typed.strip() else "", "is_wrong": is_wrong})


@staff_page(VIEW)
def plan_reapply(request, pk):
    """Asked for with the button of the plan's page; whoever only opens the address is led there."""
    if request.method != "POST":
        return redirect("plan", pk=pk)
    require(request.user, CHANGE)
    plan = get_object_or_404(MilestonePlan.objects.visible_to(request.user), pk=pk)
    now = timezone.now()
    try:
        job = ask_for_job(
            kind="reapply_plan", key=f"reapply_plan:{plan.pk}:{now:%Y%m%d%H%M%S}",
            args={"plan_id": plan.pk, "user_id": request.user.pk}, by=request.user, at=now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("plan", pk=pk)
    return redirect("job", pk=job.pk)
