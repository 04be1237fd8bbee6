"""What will this person see? Rows counted by the very filter every page uses, menu, and rights in words."""
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from kernel.access import visible

CAP = 10_000
SAMPLES = 5


@dataclass(frozen=True)
class Seen:
    """One kind of thing: how many rows (capped at CAP + 1) and some of them; `may_open` False: no such panel."""

    name: str
    count: int
    samples: tuple
    may_open: bool


def things_seen(person, viewer):
    """[Seen] of a person; the viewer learns only of rows the viewer sees too."""
    return [_seen(apps.get_model(label), person, viewer) for label in import_string(settings.HUB_THINGS)]


def _seen(model, person, viewer):
    meta = model._meta
    if not person.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
        return Seen(meta.verbose_name_plural, 0, (), False)
    rows = visible(model, person)
    if viewer.pk != person.pk and not viewer.is_superuser:
        rows = rows & visible(model, viewer)
    count = rows.order_by().values("pk")[: CAP + 1].count()
    return Seen(meta.verbose_name_plural, count, tuple(rows.order_by("-pk")[:SAMPLES]), True)


def rights_of(person):
    """The rights beyond looking, in words."""
    return [words for name, words in import_string(settings.HUB_RIGHTS).items() if person.has_perm(name)]


def menu_of(person):
    """[(group, [item])] as the person's sidebar will show it."""
    groups = [(group.title, [item.title for item in group.items if item.is_for(person)])
              for group in import_string(settings.HUB_MENU)]
    return [(title, items) for title, items in groups if items]
