"""Which background work is under way, how far is it, and where is its file?"""

from django.db.models import Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.job_files import exports
from kernel.jobs import job_kinds, job_name, retry_job, routine_kinds
from kernel.models import Heartbeat, JobRun
from kernel.pages import answer, draw, require, staff_page, whole

PAGE = 50


def jobs_of(user):
    """Everybody sees the jobs they asked for; who may view jobs sees all."""
    if user.has_perm("kernel.view_jobrun"):
        return JobRun.objects.visible_to(user)
    return JobRun.objects.filter(asked_by=user)


@staff_page()
def jobs(request):
    """What was asked for, newest first; what runs by the clock only when it is looked for or was given up."""
    asked = {name: request.GET.get(name, "")[:80] for name in ("state", "kind", "routine", "before")}
    found = _filtered(jobs_of(request.user).select_related("asked_by").defer("result", "error", "args"), asked)
    rows = list(found.order_by("-id")[: PAGE + 1])
    return draw(
        request,
        "kernel/jobs.html",
        page_title=_("Jobs"),
        jobs=rows[:PAGE],
        more=rows[PAGE - 1].pk if len(rows) > PAGE else 0,
        asked=asked,
        is_filtered=any(asked[name] for name in ("state", "kind", "before")),
        states=JobRun.STATES,
        kinds=sorted(job_kinds(), key=lambda kind: kind[1]),
        heartbeats=Heartbeat.objects.order_by("name"),
        shows_all=request.user.has_perm("kernel.view_jobrun"),
    )


def _filtered(found, asked):
    if asked["state"] in dict(JobRun.STATES):
        found = found.filter(state=asked["state"])
    if asked["kind"]:
        found = found.filter(kind=asked["kind"])
    elif asked["routine"] != "1":
        found = found.exclude(~Q(state__in=(JobRun.FAILED, JobRun.DEAD)), kind__in=routine_kinds(), asked_by=None)
    if whole(asked["before"]):
        found = found.filter(pk__lt=whole(asked["before"]))
    return found


@staff_page()
def job(request, pk):
    found = get_object_or_404(jobs_of(request.user).select_related("asked_by"), pk=pk)
    context = {"job": found, "file_name": file_name(found, request.user), "now": timezone.now()}
    if request.htmx:
        return render(request, "kernel/job_state.html", context, status=200 if _goes_on(found) else 286)
    context |= {"page_title": f"{job_name(found.kind)} #{found.pk}", "page_parent": ("/jobs/", _("Jobs"))}
    return draw(request, "kernel/job.html", **context)


def _goes_on(job):
    # 286 tells htmx to stop asking.
    return job.state in (JobRun.WAITING, JobRun.RUNNING)


def file_name(job, user):
    return job.result.get("name", "") if job.state == JobRun.DONE and job.asked_by_id == user.pk else ""


@staff_page()
def job_file(request, pk):
    """The file a job wrote; only for whoever asked for it, because it holds what that person may see."""
    found = get_object_or_404(JobRun.objects.filter(Q(asked_by=request.user)), pk=pk, state=JobRun.DONE)
    folder = exports().resolve()
    path = (folder / str(found.result.get("file", ""))).resolve()
    if folder not in path.parents or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=found.result.get("name") or path.name)


@require_POST
@staff_page("kernel.change_jobrun")
def job_retry(request, pk):
    require(request.user, "kernel.view_jobrun")
    found = get_object_or_404(jobs_of(request.user), pk=pk)
    return answer(
        request, f"/jobs/{pk}/", _("The job starts again."), retry_job, job=found, by=request.user, at=timezone.now()
    )
