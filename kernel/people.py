"""Who comes, who goes, who may do what? The only way people are changed, and every change is written down.

Administrators are superusers; the last active one cannot be removed or demoted. Nobody but an administrator touches
an administrator, and customers never become staff.
"""
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kernel.access import grant_scope, is_customer, own_scopes, revoke_scope
from kernel.errors import Refusal
from kernel.models import ApiToken, Company, User
from kernel.news import News, action, publish
from kernel.roles import role_name, roles

DEACTIVATED = "person.deactivated"
FIELDS = (
    "full_name", "email", "language", "department", "wecom_id", "is_away", "is_machine", "plant", "most_tickets",
    "customer_code", "customer_company",
)


def staff():
    """Active people who work with the hub, in no order; customers are none of them."""
    return User.objects.filter(is_active=True, is_staff=True, customer_code="")


@action
def add_person(*, username, password, fields, role_codes, scopes, by, at):
    """A new person. `fields`: any of FIELDS; `role_codes` from config/roles.py; `scopes`: Scope rows."""
    username = username.strip()
    if User.objects.filter(username__iexact=username).exists():
        raise Refusal(_("There is somebody called %(name)s already."), code="person_name", name=username)
    person = User(username=username, **_known(fields))
    _pair_customer(person, fields)
    _set_password(person, password)
    person.save()
    _write(person, by, "added", ADDITION)
    set_roles(person=person, role_codes=role_codes, by=by, at=at)
    set_scopes(person=person, scopes=scopes, by=by, at=at)
    return person


@action
def edit_person(*, person, fields, by, at):
    person = _locked(person, by)
    for name, value in _known(fields).items():
        setattr(person, name, value)
    _pair_customer(person, fields)
    if is_customer(person) and person.is_superuser:
        raise Refusal(_("An administrator cannot be a customer."), code="person_kind")
    _fit_staff(person)
    person.save()
    _write(person, by, "edited: " + ", ".join(sorted(fields)))
    return person


@action
def set_roles(*, person, role_codes, by, at):
    """The roles are exactly these from now on."""
    person = _locked(person, by)
    unknown = sorted(set(role_codes) - roles().keys())
    if unknown:
        raise Refusal(_("There is no role %(roles)s."), code="role_unknown", roles=", ".join(unknown))
    if is_customer(person) and set(role_codes) - {"customer"}:
        raise Refusal(_("A customer has no role of staff."), code="person_kind")
    person.groups.set([Group.objects.get_or_create(name=code)[0] for code in role_codes])
    _fit_staff(person)
    person.save(update_fields=["is_staff"])
    _write(person, by, "roles: " + ", ".join(str(role_name(code)) for code in role_codes))
    return person


@action
def set_scopes(*, person, scopes, by, at):
    """The scopes granted to the person are exactly these from now on; grants through groups stay."""
    person = _locked(person, by)
    wanted, had = {scope.pk: scope for scope in scopes}, {scope.pk: scope for scope in own_scopes(person)}
    for key in wanted.keys() - had.keys():
        grant_scope(scope=wanted[key], to=person)
    for key in had.keys() - wanted.keys():
        revoke_scope(scope=had[key], to=person)
    _write(person, by, "scopes: " + ", ".join(sorted(scope.code for scope in scopes)))
    return person


@action
def set_password(*, person, password, by, at):
    """A new password; every session of the person ends with the old one."""
    person = _locked(person, by)
    _set_password(person, password)
    person.save(update_fields=["password"])
    _write(person, by, "password")
    return person


@action
def set_administrator(*, person, is_administrator, by, at):
    """Make somebody an administrator, or no longer one. Only an administrator can; one must be left."""
    person = _locked(person, by)
    if by is not None and not by.is_superuser:
        raise Refusal(_("Only an administrator can do this."), code="administrator_only")
    if is_administrator and is_customer(person):
        raise Refusal(_("An administrator cannot be a customer."), code="person_kind")
    if not is_administrator:
        _one_is_left(person)
    person.is_superuser = is_administrator
    _fit_staff(person)
    person.save(update_fields=["is_superuser", "is_staff"])
    _write(person, by, "administrator" if is_administrator else "no longer administrator")
    return person


@action
def deactivate_person(*, person, hand_over_to, by, at):
    """Somebody leaves: no session, no key works from now on, and open work goes to `hand_over_to` (or None).

    Apps hand over what is theirs in reactions to the news `person.deactivated`, whose data is (new owner's id,).
    """
    person = _locked(person, by)
    if not person.is_active:
        raise Refusal(_("%(person)s is not active."), code="person_inactive", person=str(person))
    if hand_over_to and (hand_over_to.pk == person.pk or not hand_over_to.is_active or is_customer(hand_over_to)):
        raise Refusal(_("Work can be handed over to another active person only."), code="hand_over")
    _one_is_left(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    ApiToken.objects.filter(user=person, revoked_at=None).update(revoked_at=at)
    person.heads.update(head=hand_over_to)
    _write(person, by, f"deactivated, handed over to {hand_over_to or '-'}")
    publish(News(DEACTIVATED, person.pk, at, (hand_over_to.pk if hand_over_to else None,)))
    return person


@action
def reactivate_person(*, person, by, at):
    person = _locked(person, by)
    person.is_active = True
    person.save(update_fields=["is_active"])
    _write(person, by, "reactivated")
    return person


def _known(fields):
    strange = set(fields) - set(FIELDS)
    if strange:
        raise ValueError(f"not fields of a person: {strange}")
    return fields


def _pair_customer(person, fields):
    """A customer is a code within a company. Where there is only one company, it goes without saying."""
    if not person.customer_code:
        if fields.get("customer_company"):
            raise Refusal(_("Give the customer's code as well, or no company."), code="customer_company")
        person.customer_company = None
    elif person.customer_company_id is None:
        companies = list(Company.objects.order_by("pk")[:2])
        if len(companies) != 1:
            raise Refusal(_("Choose the company whose customer this is."), code="customer_company")
        person.customer_company = companies[0]


def _locked(person, by):
    found = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if found.is_superuser and by is not None and not by.is_superuser:
        raise Refusal(_("Only an administrator can change an administrator."), code="administrator_only")
    return found


def _one_is_left(person):
    # All administrators are locked in one order, so that two cannot remove each other at the same moment.
    active = User.objects.select_for_update(of=("self",)).filter(is_superuser=True, is_active=True).order_by("pk")
    if person.is_superuser and [one.pk for one in active] == [person.pk]:
        raise Refusal(
            _("%(person)s is the last active administrator. Make somebody else an administrator first."),
            code="last_administrator", person=str(person),
        )


def _fit_staff(person):
    staff = any(role.is_staff for code, role in roles().items() if person.groups.filter(name=code).exists())
    person.is_staff = person.is_superuser or (staff and not is_customer(person))


def _set_password(person, password):
    if password is None:
        person.set_unusable_password()
        return
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), code="password") from None
    person.set_password(password)


def _write(person, by, what, flag=CHANGE):
    if by is not None:
        LogEntry.objects.create(
            user=by, content_type=ContentType.objects.get_for_model(User), object_id=str(person.pk),
            object_repr=str(person)[:200], action_flag=flag, change_message=what,
        )
