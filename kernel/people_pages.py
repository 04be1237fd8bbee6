"""Pages of people: the list, one person with what that person will see, and what each role may do."""
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel import people
from kernel.access import own_scopes, visible
from kernel.errors import Refusal
from kernel.models import User
from kernel.pages import answer, draw, require, staff_page
from kernel.people_forms import LeavingForm, NewPersonForm, PasswordForm, PersonForm
from kernel.roles import roles, roles_of
from kernel.sight import CAP, menu_of, rights_of, things_seen

VIEW, CHANGE, ADD = "kernel.view_user", "kernel.change_user", "kernel.add_user"
PAGE = 100


@staff_page(VIEW)
def people_list(request):
    term = request.GET.get("q", "").strip()[:60]
    found = visible(User, request.user).select_related("department").prefetch_related("groups")
    if term:
        found = found.filter(Q(username__icontains=term) | Q(full_name__icontains=term))
    found = list(found.order_by("-is_active", "username")[: PAGE + 1])
    rows = [(person, [name for _code, name in roles_of(person)]) for person in found[:PAGE]]
    return draw(request, "kernel/people.html", page_title=_("People"), rows=rows, term=term, more=len(found) > PAGE)


@staff_page(VIEW)
def person_page(request, pk):
    person = get_object_or_404(visible(User, request.user), pk=pk)
    form = PersonForm(request.POST or None, viewer=request.user, initial=_initial(person))
    if request.method == "POST":
        require(request.user, CHANGE)
        if form.is_valid() and _save(form, person, request.user):
            return redirect("settings-person", pk)
    return _draw_person(request, person, form)


def _initial(person):
    return {
        **{name: getattr(person, name) for name in people.FIELDS},
        "role_codes": [code for code, _name in roles_of(person)],
        "scopes": list(own_scopes(person)),
    }


def _save(form, person, by):
    """Fields, roles and scopes in one step; a refusal stands at the form."""
    at, shown = timezone.now(), set(form.fields["scopes"].queryset)
    kept = [scope for scope in own_scopes(person) if scope not in shown]
    try:
        with transaction.atomic():
            people.edit_person(person=person, fields=form.person_fields(), by=by, at=at)
            people.set_roles(person=person, role_codes=form.cleaned_data["role_codes"], by=by, at=at)
            people.set_scopes(person=person, scopes=[*form.cleaned_data["scopes"], *kept], by=by, at=at)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _draw_person(request, person, form):
    fresh = User.objects.get(pk=person.pk)  # grants are read once per loaded user
    return draw(
        request, "kernel/person.html", page_title=str(person), page_parent=("/settings/people/", _("People")),
        person=fresh, form=form, leaving=LeavingForm(person=person), password=PasswordForm(),
        may_change=request.user.has_perm(CHANGE), seen=things_seen(fresh, request.user), cap=CAP,
        rights=rights_of(fresh), menu=menu_of(fresh), history=_history(person),
    )


def _history(person):
    kind = ContentType.objects.get_for_model(User)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(person.pk)).select_related("user")
    return entries.order_by("-id")[:20]


@staff_page(ADD)
def person_new(request):
    form = NewPersonForm(request.POST or None, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            person = people.add_person(
                username=said["username"], password=said["password"], fields=form.person_fields(),
                role_codes=said["role_codes"], scopes=list(said["scopes"]), by=request.user, at=timezone.now(),
            )
            return redirect("settings-person", person.pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    parent = ("/settings/people/", _("People"))
    return draw(request, "kernel/person_new.html", page_title=_("New person"), page_parent=parent, form=form)


@require_POST
@staff_page(CHANGE)
def person_leave(request, pk):
    person = get_object_or_404(visible(User, request.user), pk=pk)
    form = LeavingForm(request.POST, person=person)
    to = form.cleaned_data["hand_over_to"] if form.is_valid() else None
    return _do(request, person, people.deactivate_person, _("No longer active. Open work was handed over."),
               hand_over_to=to)


@require_POST
@staff_page(CHANGE)
def person_return(request, pk):
    person = get_object_or_404(visible(User, request.user), pk=pk)
    return _do(request, person, people.reactivate_person, _("Active again."))


@require_POST
@staff_page(CHANGE)
def person_password(request, pk):
    person = get_object_or_404(visible(User, request.user), pk=pk)
    return _do(request, person, people.set_password, _("The new password is set."),
               password=request.POST.get("password", ""))


@require_POST
@staff_page(CHANGE)
def person_administrator(request, pk):
    person = get_object_or_404(visible(User, request.user), pk=pk)
    return _do(request, person, people.set_administrator, _("Changed."),
               is_administrator=request.POST.get("is_administrator") == "1")


def _do(request, person, action, done, **more):
    return answer(request, f"/settings/people/{person.pk}/", done, action, person=person, by=request.user,
                  at=timezone.now(), **more)


@staff_page(VIEW)
def roles_page(request):
    """What each role may do, side by side, as config/roles.py declares it."""
    rights = import_string(settings.HUB_RIGHTS)
    rows = [(words, [(role, name in role.permissions) for role in roles().values()]) for name, words in rights.items()]
    return draw(request, "kernel/roles.html", page_title=_("Roles"), roles=list(roles().values()), rows=rows)
