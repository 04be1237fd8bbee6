"""How are a list's filters kept under a name, shared with one's department, and opened first?"""
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from kernel.errors import Forbidden, Refusal
from kernel.models import SavedView
from kernel.news import action

PASSING = {"page", "before", "view", "csrfmiddlewaretoken"}  # where in the list one is, not what it shows
MOST = 40  # of one person and list


def lists():
    """{address name of a list: the permission to open it}, from config/lists.py."""
    return import_string(settings.HUB_LISTS)


def cleaned(query):
    """The filters of an address, without what is blank or passing, in one order."""
    found = parse_qsl(query.lstrip("?").replace("\x00", ""), max_num_fields=40)
    return urlencode(sorted((name, value) for name, value in found if value and name not in PASSING))


@action
def save_view(*, listing, name, query, is_shared, by, at):
    """Keep filters under a name; the same name again replaces them. Returns the SavedView."""
    name = " ".join(name.replace("\x00", "").split())[:60]
    query = cleaned(query)
    if not name:
        raise Refusal(_("Give the view a name."), code="view_name")
    if not query:
        raise Refusal(_("Choose a filter first: the whole list needs no name."), code="view_blank")
    if len(query) > 500:
        raise Refusal(_("These filters are too long to be kept."), code="view_long")
    if is_shared and not by.department_id:
        raise Refusal(_("You belong to no department, so there is nobody to share it with."), code="view_share")
    mine = by.saved_views.filter(listing=listing)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise Refusal(_("You have %(most)s views of this list. Remove one first."), code="view_many", most=MOST)
    values = {"query": query, "shared_with": by.department if is_shared else None}
    return SavedView.objects.update_or_create(owner=by, listing=listing, name=name, defaults=values)[0]


@action
def open_view_first(*, view, by, at):
    """This view is what the person sees on opening its list."""
    by.default_views.remove(*by.default_views.filter(listing=view.listing))
    view.default_for.add(by)
    return view


@action
def open_list_first(*, view, by, at):
    """The whole list again."""
    view.default_for.remove(by)
    return view


@action
def remove_view(*, view, by, at):
    """Only its owner removes a view."""
    if view.owner_id != by.pk:
        raise Forbidden(_("%(view)s is %(owner)s's view."), code="view_owner", view=view.name, owner=str(view.owner))
    view.delete()
    return view


def to_default(request, listing):
    """A redirect to the person's own first view, when a list is opened without any wish; else None."""
    if request.GET:
        return None
    found = SavedView.objects.visible_to(request.user).filter(listing=listing, default_for=request.user).first()
    return HttpResponseRedirect(f"{request.path}?{found.query}") if found else None


def first_of(request, views):
    """The same of what `views_of` has read already, for a page that counts its queries."""
    first = None if request.GET else next((one for one in views.get("saved_views", ()) if one.is_first), None)
    return first and HttpResponseRedirect(f"{request.path}?{first.query}")


def views_of(request, listing):
    """What kernel/views_bar.html draws: the person's views and the department's, and which one this is."""
    user, here = request.user, cleaned(request.GET.urlencode())
    found = SavedView.objects.visible_to(user).filter(listing=listing).select_related("owner")
    mine = SavedView.default_for.through.objects.filter(savedview=OuterRef("pk"), user=user)
    found = list(found.annotate(is_first=Exists(mine)))
    for view in found:
        view.is_here, view.is_mine = view.query == here, view.owner_id == user.pk
    return {
        "saved_views": found, "here_view": next((view for view in found if view.is_here), None), "here_query": here,
        "listing": listing,
    }
