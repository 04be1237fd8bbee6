"""What does the menu lead to, for whom?"""

from dataclasses import dataclass, field

from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    title: str
    icon: str
    url: str
    permission: str = ""
    key: str = ""  # g and this key lead there

    def is_for(self, user):
        return not self.permission or user.has_perm(self.permission)

    def for_unfold(self):
        title = _with_key(self.title, self.key) if self.key else self.title
        return {"title": title, "icon": self.icon, "link": reverse_lazy(self.url), "active": self.is_here}

    def is_here(self, request):
        """Whether the page belongs to this item; home is only itself."""
        link = str(reverse_lazy(self.url))
        return request.path == link if link == "/" else request.path.startswith(link)


_with_key = lazy(lambda title, key: format_html("{} <kbd>g {}</kbd>", title, key), str)


@dataclass(frozen=True)
class Group:
    title: str
    items: list[Item] = field(default_factory=list)
    collapsible: bool = False


MENU = [
    Group(
        _("Work"),
        [
            Item(_("Home"), "home", "home", key="h"),
            Item(_("Orders"), "receipt_long", "orders", "orders.view_order", "o"),
            Item(_("Tickets"), "confirmation_number", "tickets", "exceptions.view_ticket", "t"),
            Item(_("Board"), "timer", "board", "sla.view_milestone", "b"),
            Item(_("Knowledge"), "menu_book", "knowledge", "exceptions.view_article", "k"),
            Item(_("Figures"), "monitoring", "figures", "sla.view_milestone", "f"),
        ],
    ),
    Group(
        _("Systems"),
        [
            Item(_("Comparisons"), "compare_arrows", "runs", "reconciliation.view_run", "r"),
            Item(_("Differences"), "difference", "differences", "reconciliation.view_difference", "d"),
            Item(_("Comparison profiles"), "rule_settings", "profiles", "reconciliation.view_profile"),
            Item(_("Compare two files"), "upload_file", "files", "integrations.add_importfile"),
            Item(_("Connections"), "cable", "connections", "integrations.view_connection"),
            Item(_("Inbox"), "inbox", "inbox", "integrations.view_parkedrow"),
            Item(_("Jobs"), "work_history", "jobs", key="j"),
        ],
    ),
    Group(
        _("Settings"),
        [
            Item(_("Milestone plans"), "timeline", "plans", "sla.view_milestoneplan"),
            Item(_("Working calendars"), "calendar_month", "calendars", "kernel.view_workcalendar"),
            Item(_("People"), "group", "settings-people", "kernel.view_user"),
            Item(_("Roles"), "badge", "settings-roles", "kernel.view_user"),
            Item(_("API keys"), "key", "settings-tokens", "kernel.view_apitoken"),
            Item(_("All settings"), "settings", "admin:index", "kernel.view_heartbeat"),
        ],
    ),
]
__all__ = ["MENU", "Group", "Item", "_"]
