"""One version of a plan: who follows another one, and what would move were they to follow this one."""
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.pages import draw, staff_page
from sla.models import MilestonePlan
from sla.plan_preview import previews
from sla.reapplying import followers

CHANGE = "sla.change_milestoneplan"


@staff_page("sla.view_milestoneplan")
def plan_page(request, pk):
    plan = get_object_or_404(MilestonePlan.objects.visible_to(request.user).select_related("kind", "tier"), pk=pk)
    waiting = followers(plan).count() if plan.is_current else 0
    shown = previews(plan, request.user, timezone.now()) if waiting else []
    title = _("%(plan)s, version %(version)s") % {"plan": plan.name, "version": plan.version}
    return draw(
        request, "sla/plan.html", page_title=title, plan=plan, waiting=waiting, looked=len(shown),
        previews=[one for one in shown if one.moves], turning=sum(one.turns_late for one in shown),
        may_change=request.user.has_perm(CHANGE),
    )


@require_POST
@staff_page(CHANGE)
def plan_reapply(request, pk):
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
