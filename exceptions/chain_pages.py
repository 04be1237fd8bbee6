"""One escalation chain: its steps, which open tickets go by earlier ones, and who would be told by these."""
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exceptions.chain_preview import previews
from exceptions.chain_steps import behind, named, say_target, steps_of
from exceptions.models import Chain
from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.pages import draw, require, staff_page

MOST_COUNTED = 1000  # tickets that would change; beyond that the page says "more than"
VIEW, CHANGE = "exceptions.view_chain", "exceptions.change_chain"


@staff_page(VIEW)
def chain_page(request, pk):
    chain = get_object_or_404(Chain.objects.visible_to(request.user), pk=pk)
    steps, ids = steps_of(chain), behind(chain, most=MOST_COUNTED + 1)
    names = named(steps)
    return draw(
        request, "exceptions/chain.html", page_title=chain.name,
        page_parent=(reverse("admin:exceptions_chain_changelist"), _("Escalation chains")), chain=chain,
        steps=[{"step": one, "before_s": -one.offset_s, "who": say_target(one, names)} for one in steps],
        kinds=chain.ticketkind_set.order_by("code"), waiting=min(len(ids), MOST_COUNTED),
        has_more=len(ids) > MOST_COUNTED,
        previews=previews(chain, ids, request.user, timezone.now()) if ids else [],
        may_change=request.user.has_perm(CHANGE),
    )


@staff_page(VIEW)
def chain_reapply(request, pk):
    """Asked for with the button of the chain's page; whoever only opens the address is led there."""
    if request.method != "POST":
        return redirect("chain", pk=pk)
    require(request.user, CHANGE)
    chain = get_object_or_404(Chain.objects.visible_to(request.user), pk=pk)
    now = timezone.now()
    try:
        job = ask_for_job(
            kind="reapply_chain", key=f"reapply_chain:{chain.pk}:{now:%Y%m%d%H%M%S}",
            args={"chain_id": chain.pk, "user_id": request.user.pk}, by=request.user, at=now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("chain", pk=pk)
    return redirect("job", pk=job.pk)
