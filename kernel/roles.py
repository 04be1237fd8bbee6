"""Which roles are there, what are they called, and are the groups in the database the same?"""
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.news import action


@dataclass(frozen=True)
class Role:
    """`permissions` are "app.codename"; `is_staff` False keeps people out of the staff pages altogether."""

    name_en: str
    name_zh: str
    permissions: frozenset
    is_staff: bool = True

    @property
    def name(self):
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


def roles():
    """{code: Role} as declared in config/roles.py."""
    return import_string(settings.HUB_ROLES)


def role_name(code):
    role = roles().get(code)
    return role.name if role else code


def roles_with(permission):
    """Names of the roles that hold a permission, in the order of config/roles.py."""
    return [role.name for role in roles().values() if permission in role.permissions]


def roles_of(user):
    """[(code, name)] of a person, in the order of config/roles.py; other groups last, under their own name."""
    codes = list(user.groups.values_list("name", flat=True))
    known = [code for code in roles() if code in codes]
    return [(code, role_name(code)) for code in [*known, *sorted(set(codes) - set(known))]]


@action
def sync_roles(*, by, at):
    """Write every declared role as a group with exactly its permissions. Returns the codes that changed."""
    known = _permissions_by_name()
    return [code for code, role in roles().items() if _sync(code, role, known)]


def _permissions_by_name():
    rows = Permission.objects.select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}": row for row in rows}


def _sync(code, role, known):
    missing = sorted(role.permissions - known.keys())
    if missing:
        raise Refusal(_("Role %(role)s names permissions that do not exist: %(missing)s."), code="role_permission",
                      role=code, missing=", ".join(missing))
    group, is_new = Group.objects.get_or_create(name=code)
    wanted = {known[name].pk for name in role.permissions}
    if not is_new and wanted == set(group.permissions.values_list("pk", flat=True)):
        return False
    group.permissions.set(wanted)
    return True
