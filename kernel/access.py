"""Which rows may this person see? The one row-permission verb, and the only file that knows guardian.

Grants stand on scopes. A model names its way to the owning scope (`scope_path`), and `visible_to(user)` filters by
the literal ids, read once per request: no join to the grants, no sub-query. It never fails open: a model without
a path is invisible to everybody but superusers.
"""
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q

ALL = object()
EVERYBODY = "*"  # reference data every member of staff may read
OWN = "own:"  # "own:person": rows that belong to the person
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
HOLDERS = "perm:"  # "perm:kernel.view_jobrun": all rows, but only for holders of the permission


def _guardian():
    # guardian's shortcuts need the app registry, and models import this file while it is being built.
    from guardian import shortcuts  # noqa: PLC0415

    return shortcuts


def scope_ids(user):
    """The ids of the scopes this person may see, or ALL. Read once per loaded user, which is once per request."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    known = getattr(user, "_hub_scope_ids", None)
    if known is None:
        known = user._hub_scope_ids = _read_scope_ids(user)
    return known


def _read_scope_ids(user):
    if user.is_superuser or user.has_perm("kernel.see_scope"):
        return ALL
    found = _guardian().get_objects_for_user(user, "kernel.see_scope", accept_global_perms=False)
    return frozenset(found.values_list("id", flat=True))


def grant_scope(*, scope, to):
    """Let a person or a group see a scope. Effective on the next request."""
    _guardian().assign_perm("kernel.see_scope", to, scope)


def revoke_scope(*, scope, to):
    _guardian().remove_perm("kernel.see_scope", to, scope)


def own_scopes(person):
    """The scopes granted to the person alone, without those that come through groups."""
    return _guardian().get_objects_for_user(
        person, "kernel.see_scope", use_groups=False, accept_global_perms=False, with_superuser=False
    )


def people_who_see(scope):
    """Everybody with a grant on the scope, by person or by group, without superusers."""
    return _guardian().get_users_with_perms(scope, only_with_perms_in=["see_scope"], with_group_users=True)


def seers_of(scopes):
    """The Q of people who see at least one of these scopes: by a grant, or because they see all."""
    everything = get_user_model().objects.with_perm("kernel.see_scope", backend=MODEL_BACKEND)
    found = Q(pk__in=everything.values("pk"))
    for scope in scopes:
        found |= Q(pk__in=people_who_see(scope).values("pk"))
    return found


def holders_of(permission):
    """The Q of people who hold this right by a role, or as administrators."""
    holders = get_user_model().objects.with_perm(permission, backend=MODEL_BACKEND)
    return Q(pk__in=holders.values("pk"))


def is_customer(user):
    return bool(getattr(user, "customer_code", ""))


def customer_ids(user):
    """The parties a customer login stands for: literal ids, read once per request."""
    known = getattr(user, "_hub_customer_ids", None)
    if known is None:
        party = apps.get_model("orders", "Party")  # by name: the kernel imports no app
        mine = party.objects.filter(code=user.customer_code, company_id=user.customer_company_id)
        known = frozenset(mine.values_list("id", flat=True))
        user._hub_customer_ids = known
    return known


def visible_filter(model, user):
    """The Q of rows of `model` this person may see; None means nothing, Q() means all.

    A model may narrow it further by `also_needs(user) → Q`: the differences of money need leave of their own. It may
    widen it by `also_shows(user) → Q or None`: work of one's department that tells of no single row.
    """
    if not user.is_authenticated or not user.is_active:
        return None
    if user.is_superuser:
        return Q()
    found = _by_path(model, user)
    narrow = getattr(model, "also_needs", None)
    return found & narrow(user) if narrow and found is not None else found


def _by_path(model, user):
    path = getattr(model, "scope_path", None)
    if path is None:
        return None
    if is_customer(user):
        return _customer_filter(model, user)
    if path == EVERYBODY:
        return Q()
    if path.startswith(OWN):
        return _widened(Q(**{path[len(OWN):]: user.pk}), model, user)
    if path.startswith(HOLDERS):
        return Q() if user.has_perm(path[len(HOLDERS):]) else None
    return _scope_filter(model, path, user)


def _scope_filter(model, path, user):
    ids = scope_ids(user)
    if ids is ALL:
        return Q()
    mine = Q(**{f"{path}__in": sorted(ids)}) if ids else None
    shared = getattr(model, "shared_ids", None)
    extra = shared(user) if shared else ()
    if extra:
        mine = (mine or Q(pk__in=[])) | Q(pk__in=extra)
    return _widened(mine, model, user)


def _widened(mine, model, user):
    beside = getattr(model, "also_shows", None)
    more = beside(user) if beside else None
    return mine if more is None else more if mine is None else mine | more


def _customer_filter(model, user):
    path = getattr(model, "customer_path", None)
    ids = customer_ids(user)
    return Q(**{f"{path}__in": sorted(ids)}) if path and ids else None


class VisibleQuerySet(models.QuerySet):
    """Every model whose rows are shown to people uses this queryset."""

    def visible_to(self, user):
        found = visible_filter(self.model, user)
        return self.none() if found is None else self.filter(found)


def visible(model, user):
    """`visible_to` for any model, also third-party ones: they have no path, so only superusers see rows."""
    found = visible_filter(model, user)
    queryset = model._default_manager.all()
    return queryset.none() if found is None else queryset.filter(found)


def sees(person, row):
    """May this person see this one row? Asked before somebody is given it, or told of it."""
    return visible(type(row), person).filter(pk=row.pk).exists()
