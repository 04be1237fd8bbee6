"""Two files of any shape: drop them, say which columns belong together, compare."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from desk.files import guessing
from desk.files.bad_cells import check_sample, reason_of
from desk.files.dropping import drop_file, read_sample
from desk.files.form import AT, Form, Wrong, wrong_in
from desk.files.profile import CHOICES, build_tree, reading_of, system_name
from desk.files.storing import home_scope, keep_profile
from integrations.models import ImportFile
from kernel.errors import Refusal
from kernel.job_files import uploads
from kernel.jobs import ask_for_job
from kernel.models import Company
from kernel.pages import draw, staff_page, whole
from reconciliation.errors import CannotRun
from reconciliation.profile_yaml import build_profile

RIGHT = "integrations.add_importfile"
TYPE_WORDS = {
    "text": gettext_lazy("text"),
    "code": gettext_lazy("code or status"),
    "quantity": gettext_lazy("quantity"),
    "money": gettext_lazy("money"),
    "number": pgettext_lazy("kind of value", "number"),
    "time": gettext_lazy("date or time"),
}


@staff_page(RIGHT)
def drop(request):
    """Two files, from a person's own disk; nothing of them leaves this machine."""
    found = ImportFile.objects.visible_to(request.user).select_related("dropped_by")[:20]
    return draw(
        request,
        "desk/files/drop.html",
        page_title=_("Compare two files"),
        files=found,
        has_company=home_scope() is not None,
    )


@staff_page(RIGHT)
def bad_rows(request, pk):
    """What could not be read in one file, cell by cell, and the rows without a number."""
    found = get_object_or_404(ImportFile.objects.visible_to(request.user), pk=pk)
    listed = [one | {"reason": reason_of(one["code"])} for one in found.bad_rows if "code" in one]
    return draw(
        request,
        "desk/files/bad_rows.html",
        page_title=found.name,
        page_parent=("/files/", _("Compare two files")),
        file=found,
        listed=listed,
        remarks=[one for one in found.bad_rows if isinstance(one, list)],
        parked=sum(one["code"] == "no_key" for one in listed),
    )


@require_POST
@staff_page(RIGHT)
def dropped(request):
    given = [*request.FILES.getlist("first"), *request.FILES.getlist("second")]
    if len(given) != 2:
        messages.error(request, _("Choose exactly two files, one of each system."))
        return redirect("files")
    kept = []
    for upload in given:
        try:
            kept.append(drop_file(name=upload.name, chunks=upload.chunks(), by=request.user, at=timezone.now())[0])
        except Refusal as refusal:
            messages.error(request, f"{upload.name}: {refusal}")
    return redirect("files_match", kept[0].pk, kept[1].pk) if len(kept) == 2 else redirect("files")


def _pair_of(request, first, second):
    visible = ImportFile.objects.visible_to(request.user)
    return get_object_or_404(visible, pk=first), get_object_or_404(visible, pk=second)


@staff_page(RIGHT)
def match(request, first, second):
    """The columns of both with a preview, the guesses filled in, the bad rows listed."""
    files = _pair_of(request, first, second)
    try:
        samples = [read_sample(uploads() / one.path) for one in files]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("files")
    columns = [guessing.describe(sample.header, sample.rows) for sample in samples]
    guess, at_field = guessing.pair(*columns), {}
    if request.method == "POST":
        trouble = _compare(request, files, columns)
        if not isinstance(trouble, Wrong):
            return trouble
        if trouble.field:
            at_field = {trouble.field: trouble.sentence}
        else:
            messages.error(request, trouble.sentence)
    names = _names(files)
    checks = _checked(samples, columns, guess, names)
    form = Form(request.POST if request.method == "POST" else None, guess, columns, names)
    return draw(
        request,
        "desk/files/match.html",
        page_title=_("Which columns belong together?"),
        page_parent=("/files/", _("Compare two files")),
        files=files,
        guess=guess,
        columns=columns,
        sides=[
            {"file": one, "sample": sample, "columns": its, "check": check, **filled}
            for one, sample, its, check, filled in zip(files, samples, columns, checks, form.sides(), strict=True)
        ],
        rows=form.rows(),
        record=form.record,
        at_field=at_field,
        types=TYPE_WORDS.items(),
        compared=len(guess.fields),
    )


def _checked(samples, columns, guess, names):
    """What stands in the first rows of both that cannot be read as guessed: a Checker each."""
    if not all(columns):
        return [None, None]
    a, b = columns
    fields = [(a[one].name, b[other].name, kind, "") for one, other, kind in guess.fields]
    keys = [a[guess.key_a].name, b[guess.key_b].name]
    orders = [_date_order(its, guess.fields, side) for side, its in enumerate(columns)]
    tree = build_tree(
        names=names, keys=keys, prefixes=["", ""], fields=fields, zone="UTC", currency="CNY", orders=orders
    )
    return [check_sample(sample, *reading_of(tree, name)) for sample, name in zip(samples, names, strict=True)]


def _date_order(columns, fields, side):
    """"day" or "month" where one of this side's compared columns writes its dates so."""
    found = {guessing.date_order(columns[places[side]]) for *places, kind in fields if kind == "time"}
    return "month" if "month" in found else "day" if "day" in found else ""


def _names(files):
    found = [
        system_name(one.name.rsplit(".", 1)[0], fallback) for one, fallback in zip(files, ("a", "b"), strict=True)
    ]
    return found if found[0] != found[1] else [found[0] + "_1", found[1] + "_2"]


def _compare(request, files, columns):
    """Build the profile that was chosen and ask for the job; returns a response, or what is Wrong."""
    fields = []
    try:
        tree, fields = _tree(request.POST, files, columns)
        build_profile(tree)
    except Refusal as refusal:
        return Wrong(str(refusal), AT.get(refusal.code, ""))
    except CannotRun as trouble:
        return wrong_in(trouble, tree, fields)
    now = timezone.now()
    try:
        version = keep_profile(tree=tree, by=request.user, at=now)
        names = [system_name(request.POST.get(f"name_{side}", ""), side) for side in "ab"]
        job = ask_for_job(
            kind="compare_files",
            key=f"compare_files:{version.pk}:{request.user.pk}:{now:%Y%m%d%H%M%S%f}",
            by=request.user,
            at=now,
            args={
                "version_id": version.pk,
                "language": request.LANGUAGE_CODE,
                "files": {name: one.path for name, one in zip(names, files, strict=True)},
                "imports": {name: one.pk for name, one in zip(names, files, strict=True)},
            },
        )
    except Refusal as refusal:
        return Wrong(str(refusal))
    ImportFile.objects.filter(pk__in=[one.pk for one in files]).update(
        state=ImportFile.MAPPED, column_map=tree["fields"]
    )
    return redirect("job", pk=job.pk)


def _tree(post, files, columns):
    """(the profile's tree, [(place in the first file, type, tolerance)] of its fields in order)."""
    names = [system_name(post.get(f"name_{side}", ""), side) for side in "ab"]
    if names[0] == names[1]:
        raise Refusal(_("Give the two systems different names."), code="names")
    keys = [_column(columns[place], post.get(f"key_{side}", "")) for place, side in enumerate("ab")]
    if None in keys:
        raise Refusal(
            _("Choose the column that holds the number of the order or document in both files."), code="keys"
        )
    fields, places = [], []
    for column in columns[0]:
        other = _column(columns[1], post.get(f"with_{column.place}", ""))
        kind = post.get(f"type_{column.place}", "text")
        if other is not None and kind in CHOICES:
            places.append((column.place, other.place, kind))
            fields.append((column.name, other.name, kind, post.get(f"tolerance_{column.place}", "").strip()[:12]))
    company = Company.objects.order_by("pk").first()
    tree = build_tree(
        names=names,
        keys=[column.name for column in keys],
        fields=fields,
        prefixes=[post.get(f"prefix_{side}", "").replace("\0", "")[:20] for side in "ab"],
        zone=company.time_zone if company else "UTC",
        currency=company.currency if company else "CNY",
        orders=[_date_order(its, places, side) for side, its in enumerate(columns)],
        is_loose=_is_loose(columns, keys),
        record={"a": names[0], "b": names[1]}.get(post.get("record", ""), ""),
    )
    return tree, [(place, kind, field[3]) for (place, _other, kind), field in zip(places, fields, strict=True)]


def _is_loose(columns, keys):
    """Do the chosen columns meet only without punctuation and leading zeros?"""
    return guessing.pair(*columns, keys=[column.place for column in keys]).is_loose


def _column(columns, place):
    return columns[whole(place)] if place.isdecimal() and whole(place) < len(columns) else None
