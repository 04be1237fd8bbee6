"""What does the menu lead to, for whom?"""
from dataclasses import dataclass, field

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    title: str
    icon: str
    url: str
    permission: str = ""

    def is_for(self, user):
        return not self.permission or user.has_perm(self.permission)

    def for_unfold(self):
        return {"title": self.title, "icon": self.icon, "link": reverse_lazy(self.url)}


@dataclass(frozen=True)
class Group:
    title: str
    items: list[Item] = field(default_factory=list)
    collapsible: bool = False


MENU = [
]
__all__ = ["MENU", "Group", "Item", "_"]
