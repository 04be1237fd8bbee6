"""What do other apps add to a page?"""
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Panel:
    """One block on somebody else's page: a title, a template and its context.

    `width` is "half" or "full"; on an order's page also "records": beside what each system says.
    """

    title: str
    template: str
    context: dict = field(default_factory=dict)
    anchor: str = ""
    count: int | None = None
    width: str = "full"


@cache
def _panels():
    places = import_string(settings.HUB_PANELS)
    return {place: [import_string(name) for name in names] for place, names in places.items()}


def panels_of(place, subject, user):
    """The panels of a place ("order", "home", "ticket", …) this person may see, in the order of config/panels.py."""
    return [panel for make in _panels().get(place, ()) if (panel := make(subject, user))]
