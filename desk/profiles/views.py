"""Comparison profiles as the business builds them: from files or connected systems, tried while they are built."""

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.files.dropping import drop_file
from desk.files.profile import system_name
from desk.files.storing import home_scope, place_for
from desk.profiles import guessing, samples, wording
from desk.profiles.form import IN_RECORDS, TYPES, WrongField, state_of, tree_of, typed_state
from desk.profiles.wording import STEPS, language, said_changes
from integrations.models import ImportFile
from kernel.errors import Refusal
from kernel.jobs import ask_for_job
from kernel.models import Company, Department
from kernel.pages import answer, draw, require, staff_page, whole
from kernel.zones import zone_choices
from orders.models import SourceRecord, SourceSystem
from orders.words import ENTITIES, word
from reconciliation import actions
from reconciliation.errors import CannotRun
from reconciliation.models import Difference, Profile, ProfileDraft, ProfileVersion, Run
from reconciliation.panels import seen_by
from reconciliation.profile import NORMALISATIONS
from reconciliation.profile_yaml import build_profile, write_yaml
from reconciliation.tried import ask_back_test, fix_of_group, tried_of
from reconciliation.words import SEVERITIES
from reconciliation.words import TYPES as TYPE_WORDS

SEE, BUILD, PUBLISH = (
    "reconciliation.view_profile", "reconciliation.add_profiledraft", "reconciliation.change_profile",
)
MOST_SOURCES = 4
CAP = 10_000
PREVIEW = "reconciliation.preview.preview"  # it brings an engine of its own: not into every web process from the start


@staff_page(SEE)
def profile_list(request):
    """What is compared, in which version, and what is being built."""
    profiles = list(Profile.objects.visible_to(request.user).select_related("department").order_by("of_files", "code"))
    newest = {one.profile_id: one for one in ProfileVersion.objects.visible_to(request.user).order_by("number")}
    for one in profiles:
        one.newest, one.every_s = newest.get(one.pk), one.every_minutes * 60
    drafts = ProfileDraft.objects.visible_to(request.user).filter(published=None).select_related(
        "profile", "changed_by", "based_on")
    return draw(request, "desk/profiles/list.html", page_title=_("Comparison profiles"), profiles=profiles,
                drafts=drafts[:50], may_build=request.user.has_perm(BUILD))


# --- beginning -------------------------------------------------------------------------------------------------


@staff_page(BUILD)
def new(request):
    """Two to four files, or two to four connected systems."""
    if request.method == "POST":
        try:
            draft = _begun(request)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            return redirect("profile_draft", pk=draft.pk)
    return draw(
        request, "desk/profiles/new.html", page_title=_("New comparison profile"),
        page_parent=("/profiles/", _("Comparison profiles")), sources=_sources(request.user),
        chosen=request.POST.getlist("source"), has_company=home_scope() is not None,
        may_drop=request.user.has_perm("integrations.add_importfile"))


def _sources(user):
    """[(name of the system, [(code, entity, words)])] of what the systems have sent and this person may see."""
    seen = SourceRecord.objects.visible_to(user).order_by().values_list("system__code", "entity").distinct()
    found = {}
    for code, entity in sorted(seen):
        found.setdefault(code, []).append((code, entity, word(ENTITIES, entity)))
    names = {one.code: one.name for one in SourceSystem.objects.filter(code__in=found)}
    return [(names.get(code, code), its) for code, its in found.items()]


def _begun(request):
    given = request.FILES.getlist("files")
    if given:
        require(request.user, "integrations.add_importfile")
        return _begun_from_files(request, given)
    return _begun_from_systems(request, request.POST.getlist("source"))


def _begun_from_files(request, given):
    if not 2 <= len(given) <= MOST_SOURCES:
        raise Refusal(_("Choose two to four files, one of each system."), code="files")
    scope, tables, files = place_for(request.user), [], {}
    for upload in given:
        try:
            row, _sample = drop_file(name=upload.name, chunks=upload.chunks(), by=request.user, at=timezone.now())
        except Refusal as refusal:
            raise Refusal(f"{upload.name}: {refusal}", code=refusal.code) from refusal
        label = row.name.rsplit(".", 1)[0]
        name = _free_name(system_name(label, "system"), files)
        files[name] = row.pk
        tables.append(samples.file_table(row, name, label[:40]))
    return _draft(request, tables, scope, files)


def _begun_from_systems(request, chosen):
    known = {f"{code}:{entity}": (code, entity)
             for _name, its in _sources(request.user) for code, entity, _words in its}
    wanted = [known[one] for one in dict.fromkeys(chosen) if one in known]
    if not 2 <= len(wanted) <= MOST_SOURCES:
        raise Refusal(_("Choose two to four of the connected systems, or drop files."), code="sources")
    codes, tables, names = [code for code, _entity in wanted], [], {}
    for code, entity in wanted:
        name = _free_name(code if codes.count(code) == 1 else f"{code}_{entity}", names)
        names[name] = code
        tables.append(samples.record_table(code, entity, request.user, name))
    samples.name_apart(tables)
    return _draft(request, tables, place_for(request.user), {})


def _free_name(name, taken):
    given, number = name, 2
    while given in taken:
        given, number = f"{name}_{number}", number + 1
    return given


def _draft(request, tables, scope, files):
    company = scope.company or Company.objects.order_by("pk").first()
    if not all(table.columns for table in tables):
        raise Refusal(_("One of them has no rows yet: there is nothing to compare by."), code="empty")
    title = samples.title_of(tables)
    tree = guessing.first_tree(
        tables, guessing.guess(tables), zone="UTC" if not files else company.time_zone, currency=company.currency,
        title=title)
    return actions.begin_draft(
        spec=tree, scope=scope, name_zh=title["zh"], name_en=title["en"], by=request.user, at=timezone.now(),
        files=files, every_minutes=0 if files else 60)


@require_POST
@staff_page(BUILD)
def again(request, code):
    """A new version, begun from the newest one."""
    profile = get_object_or_404(Profile.objects.visible_to(request.user), code=code)
    version = profile.versions.select_related("draft").order_by("-number").first()
    if version is None:
        raise Http404
    last = ProfileDraft.objects.visible_to(request.user).filter(published=version).first()
    try:
        draft = actions.begin_draft(
            spec=version.spec, scope=profile.scope, name_zh=profile.name_zh, name_en=profile.name_en,
            by=request.user, at=timezone.now(), files=last.files if last else {}, version=version)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("profile", code=code)
    return redirect("profile_draft", pk=draft.pk)


# --- building --------------------------------------------------------------------------------------------------


def _draft_of(request, pk):
    return get_object_or_404(
        ProfileDraft.objects.visible_to(request.user).select_related("profile", "based_on", "published", "department"),
        pk=pk)


class Bench:
    """A draft on the bench: its samples, its tree as typed, and what is wrong with it."""

    def __init__(self, request, draft):
        self.request, self.draft, self.user = request, draft, request.user
        self.is_records = not draft.files and not (draft.profile and draft.profile.of_files)
        self.tree, self.wrong = draft.spec, None
        post = request.POST if request.method == "POST" else None
        if post is not None and "type_0" in post:
            self._take(post)

    def _take(self, post):
        try:
            tree = tree_of(post, self.draft.spec, language(), self.is_records)
            build_profile(tree)
        except WrongField as wrong:
            self.wrong = {wrong.field: _(wrong.sentence) % wrong.params if wrong.params else _(wrong.sentence)}
        except CannotRun as trouble:
            self.wrong = {"": said(trouble)}
        else:
            self.tree = tree

    @property
    def sentence(self):
        return next(iter(self.wrong.values())) if self.wrong else ""

    def samples(self):
        if not hasattr(self, "_samples"):
            self._samples = samples.samples_of(self.draft.files, build_profile(self.tree), self.user)
        return self._samples

    def look(self):
        """{preview | trouble, labels …} for the panel."""
        context = {"labels": {name: one.get("label") for name, one in self.tree["systems"].items()},
                   "names": list(build_profile(self.tree).systems)}
        if self.wrong:
            return context | {"trouble": self.sentence}
        try:
            profile, found = build_profile(self.tree), self.samples()
            if set(found) != set(profile.systems):
                return context | {"trouble": _("The files this was built from are gone. It can still be published.")}
            seen = import_string(PREVIEW)(profile, {name: (one.header, one.rows) for name, one in found.items()})
        except CannotRun as trouble:
            return context | {"trouble": said(trouble)}
        except Refusal as refusal:
            return context | {"trouble": str(refusal)}
        shown = {name: one.label.get(language()) or name for name, one in profile.fields.items()}
        return context | {
            "seen": seen, "shown": shown, "cut": [name for name, one in found.items() if one.is_cut],
            "apart": [(shown[name], *counts) for name, counts in seen.fields.items() if any(counts)],
            "is_records": self.is_records,
        }

    def state(self):
        found = self.samples()
        columns = {name: one.header for name, one in found.items()}
        if self.wrong:
            return typed_state(self.request.POST, self.draft.spec, columns)
        post = self.request.POST
        names = (post.get("name_zh", self.draft.name_zh), post.get("name_en", self.draft.name_en))
        return state_of(self.tree, names, columns, language())

    def changes(self):
        """What differs from the version it was begun from."""
        if not self.draft.based_on:
            return []
        return said_changes(build_profile(self.draft.based_on.spec), build_profile(self.tree), self.is_records)


def said(trouble):
    return _(trouble.sentence) % trouble.params if trouble.params else _(trouble.sentence)


@staff_page(BUILD)
def draft(request, pk):
    """The bench: what is compared with what, and beside it what that finds."""
    row = _draft_of(request, pk)
    if row.published_id:
        return redirect("profile", code=row.published.profile.code)
    bench = Bench(request, row)
    if request.method == "POST" and request.POST.get("do") in ("keep", "publish", "try") and not bench.wrong:
        done = _kept(request, bench)
        if done is not None:
            return done
    state = bench.state()
    return draw(
        request, "desk/profiles/draft.html", page_title=row.name, page_subtitle=_said_standing(row),
        page_parent=("/profiles/", _("Comparison profiles")), draft=row, state=state, wrong=bench.wrong or {},
        look=bench.look(), changes=bench.changes(), is_records=bench.is_records, **_tried(request, row, bench),
        types=[(code, TYPE_WORDS[code]) for code in TYPES], weights=list(SEVERITIES.items())[::-1],
        steps=[(code, STEPS[code]) for code in NORMALISATIONS if not bench.is_records or code in IN_RECORDS],
        zones=zone_choices([state.zone, *(one.zone for one in state.systems)]),
        departments=Department.objects.order_by("pk"), may_publish=request.user.has_perm(PUBLISH),
        department=whole(request.POST.get("department", str(row.department_id or 0))),
        every=request.POST.get("every", row.every_minutes))


def _tried(request, row, bench):
    """What the draft would change, where that can be tried on the hub's records; what is typed is not tried yet."""
    may_try = bench.is_records and row.based_on is not None
    return {"may_try": may_try, "tried": tried_of(row, request.user) if may_try else None}


def _said_standing(row):
    if row.based_on:
        return _("draft of version %(number)s") % {"number": row.based_on.number + 1}
    return _("draft")


def _kept(request, bench):
    """Keep and, when asked, publish; a response, or None after a refusal."""
    post, now = request.POST, timezone.now()
    try:
        row = actions.keep_draft(
            draft=bench.draft, spec=bench.tree, name_zh=post.get("name_zh", "").replace("\0", "").strip(),
            name_en=post.get("name_en", "").replace("\0", "").strip(),
            department=Department.objects.filter(pk=whole(post.get("department", ""))).first(),
            every_minutes=min(whole(post.get("every", "")), 100_000) if bench.is_records else 0,
            by=request.user, at=now)
        if post["do"] == "keep":
            messages.success(request, _("The draft is kept."))
            return redirect("profile_draft", pk=row.pk)
        if post["do"] == "try":
            return _to_back_test(ask_back_test(row, by=request.user, at=now), row)
        require(request.user, PUBLISH)
        version = actions.publish_draft(draft=row, by=request.user, at=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return None
    messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
    return redirect("profile", code=version.profile.code)


def _to_back_test(job, row):
    return redirect(f"/profiles/drafts/{row.pk}/#tried") if job.state == job.DONE else redirect("job", pk=job.pk)


@require_POST
@staff_page(BUILD)
def try_fix(request, run, group):
    """A draft with the change that would make a group go away, and what else that would do."""
    row, now = get_object_or_404(Run.objects.visible_to(request.user).select_related("profile"), pk=run), timezone.now()
    found = get_object_or_404(row.groups, code=group)
    fix = fix_of_group(row.profile, group, found.cause, request.user)
    if fix is None:
        messages.error(request, _("What makes these differences cannot be mended in the comparison itself."))
        return redirect("run", pk=run)
    profile = row.profile
    try:
        draft = actions.begin_draft(
            spec=fix.spec, scope=profile.scope, name_zh=profile.name_zh, name_en=profile.name_en, by=request.user,
            at=now, version=profile.versions.order_by("-number").first())
        job = ask_back_test(draft, by=request.user, at=now, about=found.cause, group=group)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("run", pk=run)
    return _to_back_test(job, draft)


@require_POST
@staff_page(BUILD)
def look(request, pk):
    """The panel beside the form, for what is typed now."""
    bench = Bench(request, _draft_of(request, pk))
    return render(request, "desk/profiles/look.html", {
        "look": bench.look(), "changes": bench.changes(), "draft": bench.draft})


@require_POST
@staff_page(BUILD)
def drop(request, pk):
    row = _draft_of(request, pk)
    return answer(request, "/profiles/", _("The draft is thrown away."), actions.drop_draft,
                  draft=row, by=request.user, at=timezone.now())


@staff_page(BUILD)
def draft_yaml(request, pk):
    row = _draft_of(request, pk)
    return _yaml(row.spec, f"{row.name}.yaml")


# --- published -------------------------------------------------------------------------------------------------


@staff_page(SEE)
def profile(request, code):
    """One profile: its versions, what each changed, and the way to compare new files by it."""
    row = get_object_or_404(Profile.objects.visible_to(request.user).select_related("department"), code=code)
    versions = list(row.versions.order_by("-number"))
    if not versions:
        raise Http404
    built = [build_profile(one.spec) for one in versions]
    for one, after, before in zip(versions, built, [*built[1:], None], strict=True):
        one.changes = said_changes(before, after, not row.of_files) if before else []
    newest, is_record = built[0], not row.of_files
    return draw(
        request, "desk/profiles/profile.html", page_title=row.name,
        page_parent=("/profiles/", _("Comparison profiles")), profile=row, versions=versions, newest=versions[0],
        yaml=write_yaml(versions[0].spec), every_s=row.every_minutes * 60,
        systems=[wording.said_system(one, is_record) for one in newest.systems.values()],
        fields=wording.said_fields(newest, is_record),
        said_systems=samples.join_words([wording.named(one) for one in newest.systems.values()]),
        open_count=seen_by(request.user).filter(profile=row, state__in=Difference.OPEN_STATES)[: CAP + 1].count(),
        last=row.runs.order_by("-pk").first(), may_build=request.user.has_perm(BUILD),
        drafts=ProfileDraft.objects.visible_to(request.user).filter(profile=row, published=None),
        may_run=request.user.has_perm("integrations.add_importfile" if row.of_files else
                                      "reconciliation.run_profile"))


@staff_page(SEE)
def version_yaml(request, code, number):
    row = get_object_or_404(ProfileVersion.objects.visible_to(request.user), profile__code=code, number=number)
    return _yaml(row.spec, f"{code}-v{number}.yaml")


def _yaml(spec, name):
    """The specification as a file: shown where `?show` asks for it, else downloaded."""
    response = HttpResponse(write_yaml(spec), content_type="text/yaml; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@require_POST
@staff_page("integrations.add_importfile")
def compare(request, code):
    """Compare new files by the newest version: one file for each of its systems."""
    row = get_object_or_404(Profile.objects.visible_to(request.user), code=code, of_files=True)
    version = row.versions.order_by("-number").first()
    if version is None:
        raise Http404
    try:
        job = _asked(request, version)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("profile", code=code)
    return redirect("job", pk=job.pk)


def _asked(request, version):
    names, kept, now = list(build_profile(version.spec).systems), {}, timezone.now()
    given = {name: request.FILES.get(f"file_{place}") for place, name in enumerate(names)}
    if not any(given.values()):
        given = {}
        last = ProfileDraft.objects.visible_to(request.user).filter(published=version).first()
        known = {one.pk: one for one in ImportFile.objects.visible_to(request.user).filter(
            pk__in=(last.files if last else {}).values())}
        kept = {name: known[last.files[name]] for name in names if last and last.files.get(name) in known}
    elif not all(given.values()):
        raise Refusal(_("Choose one file for each system."), code="files")
    for name, upload in given.items():
        kept[name] = drop_file(name=upload.name, chunks=upload.chunks(), by=request.user, at=now)[0]
    if len(kept) != len(names):
        raise Refusal(_("Choose one file for each system."), code="files")
    return ask_for_job(
        kind="compare_files", key=f"compare_files:{version.pk}:{request.user.pk}:{now:%Y%m%d%H%M%S%f}",
        by=request.user, at=now, args={
            "version_id": version.pk, "language": request.LANGUAGE_CODE,
            "files": {name: one.path for name, one in kept.items()},
            "imports": {name: one.pk for name, one in kept.items()}})
