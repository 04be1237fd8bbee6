"""Saving a view of a list, opening it first, removing it."""
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kernel import saved_views
from kernel.models import SavedView
from kernel.pages import answer, require, staff_page

VERBS = {
    "first": (saved_views.open_view_first, gettext_lazy("This view opens first from now on.")),
    "not-first": (saved_views.open_list_first, gettext_lazy("The whole list opens first again.")),
    "remove": (saved_views.remove_view, gettext_lazy("The view is removed.")),
}


def _list(listing, user):
    permission = saved_views.lists().get(listing)
    if permission is None:
        raise Http404
    require(user, permission)
    return reverse(listing)


@require_POST
@staff_page()
def save(request):
    listing = request.POST.get("listing", "")
    return answer(
        request, _list(listing, request.user), _("The view is saved."), saved_views.save_view, listing=listing,
        name=request.POST.get("name", ""), query=request.POST.get("query", "")[:2000],
        is_shared=request.POST.get("is_shared") == "1", by=request.user, at=timezone.now(),
    )


@require_POST
@staff_page()
def do(request, pk, verb):
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    if verb not in VERBS:
        raise Http404
    action, done = VERBS[verb]
    address = _list(view.listing, request.user)
    return answer(request, address, done, action, view=view, by=request.user, at=timezone.now())
