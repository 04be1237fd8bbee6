"""What does the page of all settings show to this person: shelves of settings, and below them what is looked up?

The shelves stand in config (HUB_SHELVES); the admin says which models a person may open, and where.
"""
from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string


def shelved(user, app_list):
    """([(title, line, [{name, line, link, add}])], [(app's name, [{name, link}])]) of Django's list of apps.

    A shelf with nothing on it for this person is left out.
    """
    shelves = import_string(settings.HUB_SHELVES)
    models = {_label(app, one): one for app in app_list for one in app["models"] if one["admin_url"]}
    shown = [(shelf.title, shelf.line, [one for entry in shelf.entries if (one := _opened(entry, models, user))])
             for shelf in shelves]
    placed = {entry.model for shelf in shelves for entry in shelf.entries}
    rest = [(app["name"], [_looked_up(one) for one in app["models"] if _label(app, one) in models.keys() - placed])
            for app in app_list]
    return [one for one in shown if one[2]], [one for one in rest if one[1]]


def _label(app, model):
    return f"{app['app_label']}.{model['object_name'].lower()}"


def _opened(entry, models, user):
    if not entry.model:
        return user.has_perm(entry.permission) and {
            "name": entry.title, "line": entry.line, "link": reverse(entry.page), "add": None}
    model = models.get(entry.model)
    if model is None:
        return None
    link = reverse(entry.page) if entry.page else model["admin_url"]
    return {"name": model["name"], "line": entry.line, "link": link, "add": None if entry.page else model["add_url"]}


def _looked_up(model):
    return {"name": model["name"], "link": model["admin_url"]}
