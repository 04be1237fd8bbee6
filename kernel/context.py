"""What does every page know: version, menu, style?"""
from django.conf import settings
from django.templatetags.static import static
from django.utils.module_loading import import_string


def hub(request):
    number = getattr(request, "number", "")
    return {"hub_version": settings.VERSION, "hub_demo": settings.DEMO, "request_number": number}


def stylesheet(request):
    return static("hub.css")


def favicon(request):
    return static("favicon.svg")


def script(request):
    return static("hub.js")


def navigation(request):
    """Unfold's sidebar: groups of config/menu.py, each item only for those who may see it."""
    groups = []
    for group in import_string(settings.HUB_MENU):
        items = [item.for_unfold() for item in group.items if item.is_for(request.user)]
        if items:
            groups.append({"title": group.title, "separator": True, "collapsible": group.collapsible, "items": items})
    return groups


def palette(request, term):
    """Unfold's command palette: our own limited search over what this person may see."""
    return import_string("desk.search.palette")(request, term)
