"""A report comes back filled in: what each row would do, what cannot be done and why, and then what was done."""
import hashlib

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.pages import draw, staff_page, whole
from kernel.plain_text import clean_text
from reconciliation.actions.decision_files import drop_decisions, follow_job
from reconciliation.decision_columns import may_decide
from reconciliation.decision_jobs import place_of, read_decisions
from reconciliation.decision_reading import BIGGEST
from reconciliation.models import DecisionFile, DecisionRow, Run

PAGE = 100
READ_AT_ONCE = 512 * 1024  # bytes, some 4,000 rows in two seconds: what is larger is read by a job
NOT_DONE = (DecisionRow.CHANGED, DecisionRow.REFUSED, DecisionRow.UNREADABLE, DecisionRow.ALREADY)


@require_POST
@staff_page("reconciliation.view_run")
def decisions_drop(request, pk):
    """Take a file on a run's page and read it: at once when it is small."""
    run = get_object_or_404(Run.objects.visible_to(request.user).select_related("profile"), pk=pk)
    if not may_decide(request.user):
        raise PermissionDenied
    upload = request.FILES.get("file")
    if upload is None or upload.size > BIGGEST:
        messages.error(request, _("Choose the file with the decisions.") if upload is None else
                       _("This file is larger than %(size)s MB.") % {"size": BIGGEST // 1024**2})
        return redirect("run", pk=pk)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    name = clean_text(upload.name.replace("\\", "/").rpartition("/")[2])
    file = drop_decisions(run=run, name=name, sha256=digest.hexdigest(),
                          by=request.user, at=timezone.now())
    with place_of(file).open("wb") as stream:
        for chunk in upload.chunks():
            stream.write(chunk)
    if upload.size > READ_AT_ONCE:
        return _ask(request, "read_decisions", file)
    read_decisions(lambda *said: None, file_id=file.pk, language=request.LANGUAGE_CODE)
    return redirect("decisions", pk=file.pk)


def _ask(request, kind, file):
    now = timezone.now()
    try:
        job = ask_for_job(kind=kind, key=f"{kind}:{file.pk}:{now:%Y%m%d%H%M%S}", by=request.user, at=now,
                          args={"file_id": file.pk, "language": request.LANGUAGE_CODE})
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("decisions", pk=file.pk)
    follow_job(file=file, job=job, by=request.user, at=now)
    return redirect("job", pk=job.pk)


def _file_of(request, pk):
    return get_object_or_404(
        DecisionFile.objects.visible_to(request.user).select_related("run__profile", "job"), pk=pk)


@staff_page("reconciliation.view_run")
def decisions(request, pk):
    """What the file's rows would do or have done; what needs a look comes first."""
    file = _file_of(request, pk)
    counts = dict(file.rows.order_by().values_list("outcome").annotate(n=Count("pk")))
    shown = request.GET.get("show", "")
    shown = shown if shown in counts else ""
    found = file.rows.select_related("difference", "person")
    tabs = [(code, name, counts[code]) for code, name in DecisionRow.OUTCOMES if code in counts]
    if not shown and tabs:
        shown = next((code for code in NOT_DONE if code in counts), tabs[0][0])
    after = whole(request.GET.get("after", ""))
    rows = list(found.filter(outcome=shown, pk__gt=after).order_by("pk")[: PAGE + 1])
    return draw(
        request,
        "reconciliation/decisions.html",
        page_title=file.name,
        page_parent=(f"/runs/{file.run_id}/", f"{file.run.profile.name} #{file.run_id}"),
        file=file,
        tabs=tabs,
        shown=shown,
        rows=rows[:PAGE],
        more=rows[PAGE - 1].pk if len(rows) > PAGE else 0,
        ready=counts.get(DecisionRow.READY, 0),
        done=counts.get(DecisionRow.DONE, 0),
        is_own=file.dropped_by_id == request.user.pk,
        others=sum(counts.get(code, 0) for code in NOT_DONE),
        filled=sum(counts.values()),
        is_at_work=file.job is not None and file.job.state in (file.job.WAITING, file.job.RUNNING),
    )


@require_POST
@staff_page("reconciliation.view_run")
def decisions_apply(request, pk):
    file = _file_of(request, pk)
    if file.dropped_by_id != request.user.pk:
        raise PermissionDenied
    if not file.rows.filter(outcome=DecisionRow.READY).exists():
        messages.warning(request, _("There is nothing to carry out in this file."))
        return HttpResponseRedirect(reverse("decisions", args=[pk]))
    return _ask(request, "apply_decisions", file)
