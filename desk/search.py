"""What does the global search find, and what does the palette show?"""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from unfold.dataclasses import SearchResult

PALETTE = 6


@cache
def _searches():
    return [import_string(name) for name in import_string(settings.HUB_SEARCH)]


def find_all(term, user, limit):
    """[(kind, hits)] of every app's search, each limited and only of what this person may see."""
    groups = {}
    for find in _searches():
        for hit in find(term, user, limit):
            groups.setdefault(hit.kind, []).append(hit)
    return list(groups.items())


def palette(request, term):
    """Hits for Unfold's palette: pages of the menu first, then things; a link to the whole search last."""
    user = request.user
    hits = [hit for _kind, found in find_all(term, user, PALETTE) for hit in found]
    found = [
        SearchResult(title=hit.title, description=f"{hit.kind} · {hit.text}", link=hit.link, icon=hit.icon)
        for hit in hits
    ]
    return [*_pages(term, user), *found]


def _pages(term, user):
    found = []
    for group in import_string(settings.HUB_MENU):
        for item in group.items:
            if item.is_for(user) and term.casefold() in str(item.title).casefold():
                link = str(item.for_unfold()["link"])
                found.append(SearchResult(title=str(item.title), description=_("Page"), link=link, icon=item.icon))
    return found[:PALETTE]
