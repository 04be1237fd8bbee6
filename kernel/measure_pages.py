"""The pages of figures: words first, then tables whose every row can be looked at alone; the same as a workbook."""
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel import measures
from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.pages import draw, require, staff_page


def page_of(code, permission):
    """The view of one measure (config/measures.py)."""
    @staff_page(permission)
    def page(request):
        now, one = timezone.now(), measures.measure(code)
        asked = measures.read_asked(request.GET, one)
        found = measures.shown(one, request.user, asked, now)
        return draw(
            request, "kernel/measure.html", page_title=_("Figures"), shown=found, measure=one, asked=asked,
            tabs=[other for other in measures.measures() if other.is_for(request.user)],
            weeks=[(str(count), measures.weeks_name(count)) for count in measures.WEEKS],
            tables=[(table, [_drawn(table, row, asked) for row in table.rows]) for table in found.tables],
            taken=_taken(found, asked), is_asked=len(measures.joined(asked, {})) > 0, now=now,
        )

    return page


def _drawn(table, row, asked):
    """(row, [(head, cell), …], where it leads)."""
    link = "?" + urlencode(measures.joined(asked, row.narrow)) if row.narrow else ""
    return row, list(zip(table.heads, row.cells, strict=True)), row.address or link


def _taken(found, asked):
    """[(name, value in words, link without it)] of what the page was narrowed to and stands in no list of choices."""
    listed = {name for name, _label, _choices in found.choices} | {"weeks"}
    return [
        (name, found.named[name], "?" + urlencode(measures.joined(asked, {name: None})))
        for name in asked if name not in listed and found.named.get(name)
    ]


@require_POST
@staff_page()
def figures_excel(request):
    """What a page of figures shows, as Excel: a job, whose file is for whoever asked."""
    one, now = measures.measure(request.POST.get("measure", "")), timezone.now()
    if one is None:
        return redirect("figures")
    require(request.user, one.permission)
    args = {
        "user_id": request.user.pk, "code": one.code, "asked": measures.read_asked(request.POST, one),
        "at": now.isoformat(), "language": request.LANGUAGE_CODE,
    }
    try:
        job = ask_for_job(
            kind="export_figures", key=f"export_figures:{request.user.pk}:{now:%Y%m%d%H%M%S}", args=args,
            by=request.user, at=now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(one.url)
    return redirect("job", pk=job.pk)
