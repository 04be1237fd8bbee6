"""How does a profile come to be: a draft that is kept as often as one likes, and published once?"""

from django.utils.text import slugify
from django.utils.translation import gettext as _

from kernel.errors import Refusal
from kernel.models import Company
from kernel.news import action
from reconciliation.models import Profile, ProfileDraft, ProfileVersion
from reconciliation.profile_yaml import build_profile


@action
def begin_draft(*, spec, scope, name_zh, name_en, by, at, files=None, version=None, every_minutes=60):
    """A draft of a new profile, or of the next version after `version`."""
    build_profile(spec)
    profile = version.profile if version else None
    return ProfileDraft.objects.create(
        profile=profile, based_on=version, scope=scope, spec=spec, files=files or {}, name_zh=name_zh[:120],
        name_en=name_en[:120], department=profile.department if profile else None, changed_by=by, changed_at=at,
        every_minutes=profile.every_minutes if profile else every_minutes,
    )


@action
def keep_draft(*, draft, spec, name_zh, name_en, department, every_minutes, by, at):
    """Keep what was changed. Raises CannotRun when `spec` is no profile."""
    row = _unpublished(draft)
    if not (name_zh or name_en):
        raise Refusal(_("Give the comparison a name."), code="name_missing")
    build_profile(spec)
    row.spec, row.department, row.every_minutes = spec, department, every_minutes
    row.name_zh, row.name_en = (name_zh or name_en)[:120], (name_en or name_zh)[:120]
    row.changed_by, row.changed_at = by, at
    row.save()
    return row


@action
def publish_draft(*, draft, by, at):
    """Make it the next version, which never changes again. Refused when another was published since it was begun."""
    row = _unpublished(draft)
    if not build_profile(row.spec).fields:
        raise Refusal(_("Nothing is compared yet: choose at least one pair of columns."), code="no_fields")
    profile = _profile_for(row)
    newest = profile.versions.order_by("-number").first()
    if newest and newest.pk != row.based_on_id:
        raise Refusal(
            _("Version %(number)s was published after this draft was begun. Begin a new version from it."),
            code="newer_version", number=newest.number)
    number = newest.number + 1 if newest else 1
    version = ProfileVersion.objects.create(profile=profile, number=number, spec=row.spec, published_at=at)
    row.profile, row.published, row.changed_by, row.changed_at = profile, version, by, at
    row.save()
    return version


@action
def drop_draft(*, draft, by, at):
    """Throw an unpublished draft away."""
    _unpublished(draft).delete()


def _unpublished(draft):
    row = ProfileDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if row.published_id:
        raise Refusal(_("This version is published and stays as it is. Begin a new version from it."),
                      code="published")
    return row


def _profile_for(row):
    """The draft's profile, locked, with its present names and owner; a new one for a first version."""
    own = {"name_en": row.name_en, "name_zh": row.name_zh, "department": row.department,
           "every_minutes": row.every_minutes}
    if row.profile_id is None:
        company = row.scope.company or Company.objects.order_by("pk").first()
        return Profile.objects.create(
            code=_free_code(row), company=company, scope=row.scope, of_files=bool(row.files),
            is_active=not row.files, **own)
    profile = Profile.objects.select_for_update(of=("self",)).get(pk=row.profile_id)
    for name, value in own.items():
        setattr(profile, name, value)
    profile.save()
    return profile


def _free_code(row):
    code = slugify(row.name_en)[:50] or "profile"
    return f"{code}-{row.pk}" if Profile.objects.filter(code=code).exists() or code == "profile" else code
