"""Which person does this API key speak for?"""
import hashlib
import secrets
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions

from kernel.actors import speaks_for
from kernel.models import ApiToken
from kernel.news import action

STAMP_EVERY = timedelta(minutes=1)


def _digest(clear):
    # 256 random bits need no slow hash: they cannot be guessed.
    return hashlib.sha256(clear.encode()).hexdigest()


@action
def issue_token(*, user, name, days, may_write, by, at, is_machine=False):
    """Returns (row, clear text). The clear text is shown this once and never again."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    clear = f"oh_{prefix}_{secret}"
    row = ApiToken.objects.create(
        user=user, name=name, prefix=prefix, hash=_digest(clear), may_write=may_write, created_at=at,
        expires_at=at + timedelta(days=days), is_machine=is_machine,
    )
    return row, clear


@action
def revoke_token(*, token, by, at):
    token.revoked_at = token.revoked_at or at
    token.save(update_fields=["revoked_at"])
    return token


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer oh_…`."""

    keyword = "Bearer"

    def authenticate_header(self, request):
        return self.keyword

    def authenticate(self, request):
        parts = request.headers.get("Authorization", "").split()
        if len(parts) != 2 or parts[0] != self.keyword:
            return None
        token = self._find(parts[1], timezone.now())
        if token is None:
            raise exceptions.AuthenticationFailed(_("This API key is unknown, expired or revoked."))
        return speaks_for(token.user, token), token

    def _find(self, clear, now):
        alive = Q(revoked_at=None, expires_at__gt=now, user__is_active=True)
        token = ApiToken.objects.select_related("user").filter(alive, hash=_digest(clear)).first()
        if token and (token.last_used_at is None or now - token.last_used_at > STAMP_EVERY):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token
