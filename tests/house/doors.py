"""Which addresses are there, and how does the leak walk knock at each? A new address without a row here fails.

A row: route (as Django writes it) → what to knock with. Addresses of the admin and of REST follow rules and need no
row each: every model's admin pages, every resource's list, row and verbs are walked by their names.
"""
from django.urls import URLPattern, URLResolver, get_resolver, reverse

# Nobody's rows: signing in and out, language, health, static words. "public" is walked too, for marks.
PUBLIC = {"healthz", "readyz", "metrics", "login", "logout", "set-language", "manifest"}

# Custom pages: route name → (model, attribute) of the row in the address, or () for a page without one.
PAGES = {
}

# Third-party and framework pages of the admin, all walked without arguments.
ADMIN_FIXED = {
    "index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "search",
    "view_on_site", "app_list", "admin-shortcut",
}
API_FIXED = {"api-schema", "api-docs", "api-nothing"}


def every_route(resolver=None, prefix="", names=()):
    """[(full route, full name, pattern)] of the whole address map."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            below = (*names, entry.namespace) if entry.namespace else names
            found += every_route(entry, route, below)
        elif isinstance(entry, URLPattern):
            found.append((route, ":".join([*names, entry.name or ""]), entry))
    return found


def addresses(name, knocks, worlds):
    """[(address, is it the person's own world)] of one custom page."""
    if not knocks:
        return [(reverse(name), True)]
    model, attribute, *more = knocks
    return [
        (reverse(name, args=[getattr(world.get(model), attribute), *more]), world is worlds[0]) for world in worlds
    ]
