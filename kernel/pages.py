"""How is a page of our own drawn inside the staff layout, and who may open it?"""

from functools import wraps

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kernel.access import is_customer
from kernel.errors import Refusal


def draw(request, template, status=200, **context):
    """Render a template that extends kernel/page.html."""
    return render(request, template, {**admin.site.each_context(request), **context}, status=status)


def staff_page(permission=""):
    """Marks a view for staff: others log in first, customers go to their own pages, without the right it is 403."""

    def wrap(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            return _turned_away(request, permission) or view(request, *args, **kwargs)

        guarded.hub_permission = permission
        return guarded

    return wrap


def _turned_away(request, permission):
    user = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if is_customer(user):
        return redirect("portal")
    if not user.is_staff or (permission and not user.has_perm(permission)):
        raise PermissionDenied
    return None


def whole(text):
    """The id or number in an address or a form: decimal digits that fit a database's integer; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def chosen(request, name, most):
    """Ids of the rows that were ticked in a list, at most so many; says so when there is none."""
    ids = [found for pk in request.POST.getlist(name)[:most] if (found := whole(pk))]
    if not ids:
        messages.warning(request, _("No row is chosen, so nothing was done. Tick the rows first."))
    return ids


def require(user, permission):
    """403 for what one may see but not do."""
    if not user.has_perm(permission):
        raise PermissionDenied


def answer(request, fallback, done, action, **arguments):
    """Call an action for a button and go back to the page with what came of it: `done`, or the refusal's words."""
    try:
        action(**arguments)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return back(request, fallback)


def back(request, fallback):
    """Where the button stood, if that was one of our own pages."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(asked if safe and asked.startswith("/") else fallback)
