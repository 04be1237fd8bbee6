"""Where does the content of attachments stand, and what may be attached?

Under ORDERHUB_VAR/uploads, so that backup and restore carry it; by its sha256, so that the same file is kept once.
"""
import hashlib
import os
import tempfile
from pathlib import PurePath

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from exceptions.file_kinds import ALL_ENDINGS, fits, kind_of
from kernel.errors import Refusal
from kernel.job_files import uploads

MOST_FILES = 50  # on one ticket
FOLDER = "tickets"


def biggest():
    return settings.HUB_ATTACHMENT_MB * 1024 * 1024


def checked_kind(name, content):
    """The media type; raises Refusal, in words, for what may not be attached."""
    check_size(name, len(content))
    if not content:
        raise Refusal(_("%(name)s is empty."), code="file_empty", name=name)
    found = kind_of(content)
    if not found or not fits(name, found):
        raise Refusal(
            _("%(name)s is not attached: its content must be what its ending says (%(endings)s), without macros."),
            code="file_kind", name=name, endings=" ".join(ALL_ENDINGS),
        )
    return found


def check_size(name, size):
    if size > biggest():
        raise Refusal(
            _("%(name)s is too large: at most %(most)s MB."), code="file_size", name=name,
            most=settings.HUB_ATTACHMENT_MB,
        )


def plain_name(name):
    """The last part of a name, without what could mislead: paths, control and direction characters."""
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join(one for one in last if one.isprintable()).strip() or "file"
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[: 149 - len(ending)]}.{ending}" if dot and len(ending) < 10 else kept[:150]


def keep(content):
    """Write the content in place, whole or not at all; gives its sha256."""
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    return digest


def place_of(attachment):
    """The path of its content, or None where it is missing."""
    path = _path(attachment.sha256)
    inside = uploads().resolve() in path.resolve().parents
    return path if inside and path.is_file() else None


def _path(digest):
    return uploads() / FOLDER / digest[:2] / digest
