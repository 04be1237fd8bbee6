"""How is a connector's secret kept at rest?"""
import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal


def _fernet():
    keys = list(settings.FIELD_KEYS) or [
        base64.urlsafe_b64encode(hashlib.sha256(f"field:{key}".encode()).digest())
        for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    ]
    return MultiFernet([Fernet(key) for key in keys])


def seal(text):
    """Encrypt with the newest key; "" stays ""."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def unseal(sealed):
    """Decrypt with any known key; a secret no key opens is refused with a sentence."""
    if not sealed:
        return ""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Refusal(_("This secret was encrypted with a key that is no longer set."), code="secret_key") from None
