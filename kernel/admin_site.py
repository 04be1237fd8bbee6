"""What do the admin's start page and its search say, without naming rows this person may no longer see?"""
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from kernel.access import visible
from kernel.pages import draw
from kernel.shelves import shelved

RECENT = 100  # entries looked at; the page shows ten
LONGEST_TERM = 100


class HubAdminSite(UnfoldAdminSite):
    index_title = _("All settings")

    def index(self, request, extra_context=None):
        shelves, looked_up = shelved(request.user, self.get_app_list(request))
        return draw(request, "kernel/settings.html", page_title=self.index_title, shelves=shelves, looked_up=looked_up)

    def get_log_entries(self, request):
        """The person's own recent entries, as a queryset, only of rows still visible to that person.

        Lazy: every page of the layout asks for them, and only the start page shows them.
        """
        return SimpleLazyObject(lambda: self._entries_of(request))

    def _entries_of(self, request):
        if not request.user.is_authenticated:
            return LogEntry.objects.none()
        entries = super().get_log_entries(request).filter(user=request.user).select_related("content_type")
        seen = [entry.pk for entry in entries.order_by("-id")[:RECENT] if _is_visible(entry, request.user)]
        return LogEntry.objects.filter(pk__in=seen).select_related("content_type", "user").order_by("-id")

    def search(self, request, extra_context=None):
        """The palette: our own limited search, never cached, because a right may be gone the next minute."""
        term = request.GET.get("s", "").replace("\x00", "").strip()[:LONGEST_TERM]
        if not term:
            return HttpResponse()
        hits = import_string(settings.UNFOLD["COMMAND"]["search_callback"])(request, term)
        page = Paginator(hits, 100).page(1)
        context = {"page_obj": page.paginator, "results": page, "page_counter": 0, "execution_time": 0}
        template = "command" if "extended" in request.GET else "search"
        return TemplateResponse(
            request, f"unfold/helpers/{template}_results.html", context, headers={"HX-Trigger": "search"}
        )


def _is_visible(entry, user):
    model = entry.content_type and entry.content_type.model_class()
    if model is None:
        return False
    return visible(model, user).filter(pk=entry.object_id).exists()
