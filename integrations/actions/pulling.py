"""Read one system through its connection: page by page, each stored together with the moved cursor."""
import logging
import uuid
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from integrations.actions.receiving import receive_batch
from integrations.actions.sweeping import sweep_streams
from integrations.models import Connection, SyncCursor
from integrations.systems.base import KINDS, PeerConfig, connector_for
from kernel.errors import Refusal
from kernel.news import action
from kernel.outbound import AUTH, RETRYABLE, PeerError
from kernel.secrets import unseal
from orders.models import SourceSystem

MOST_PAGES = 200
SLOWEST = timedelta(hours=1)
log = logging.getLogger("hub.pull")
FOLDERS = Path(settings.VAR_DIR) / "folders"
_PLAIN = {one.name for one in fields(PeerConfig)} - {"system", "secret", "base_url"}


@dataclass
class Pulled:
    """What a pull brought. `trouble` is "" or the sentence that stands on the connection."""

    pages: int = 0
    rows: int = 0
    unchanged: int = 0
    trouble: str = ""

    def __str__(self):
        return self.trouble or f"{self.rows} rows in {self.pages} pages, {self.unchanged} unchanged"


def peer_config(connection):
    """The PeerConfig of a connection; secrets are opened here and nowhere kept."""
    config = dict(connection.config)
    options = dict(config.get("options") or {})
    if connection.kind == "folder":
        options["path"] = str(allowed_folder(options.get("path", "")))
    plain = {name: config[name] for name in _PLAIN & config.keys()}
    plain["networks"] = tuple(plain.get("networks", ()))
    plain["options"] = options
    return PeerConfig(system=connection.system.code, base_url=config.get("base_url", ""),
                      secret=unseal(connection.secret), **plain)


def allowed_folder(path):
    """The folder as a real path inside one of the folders the operator opened (settings.HUB_FOLDERS)."""
    roots = [Path(root).resolve() for root in getattr(settings, "HUB_FOLDERS", None) or [FOLDERS]]
    found = (roots[0] / path).resolve()
    if not any(found == root or root in found.parents for root in roots):
        raise Refusal(_("The folder “%(path)s” lies outside the folders opened for the hub."), code="folder_outside",
                      path=str(path))
    return found


def pull_connection(*, connection, at, by=None, limit=MOST_PAGES):
    """Pull every stream once. Returns Pulled; trouble is written on the connection, and never raised.

    Retryable trouble is tried again with growing distance; a refused key stops the connection until a person looked.
    """
    if connection.kind not in KINDS:
        return Pulled(trouble="")
    result = Pulled()
    try:
        connector = connector_for(connection.kind, peer_config(connection))
        try:
            for stream in connector.streams():
                _pull_stream(connection, connector, stream, at, by, limit, result)
            if hasattr(connector, "gone"):
                sweep_streams(connection=connection, connector=connector, by=by, at=at, result=result)
        finally:
            connector.close()
    except Refusal as refusal:
        result.trouble = str(refusal)
        _note_trouble(connection=connection, refusal=refusal, at=at)
        return result
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:  # a peer nobody foresaw
        log.exception("pull of %s failed", connection.code)
        result.trouble = f"{type(error).__name__}: {error}"
        _note_trouble(connection=connection, refusal=Refusal(result.trouble), at=at)
        return result
    _note_success(connection=connection, at=at)
    return result


def _pull_stream(connection, connector, stream, at, by, limit, result):
    kept = SyncCursor.objects.filter(connection=connection, stream=stream).first()
    for count, page in enumerate(connector.pull(stream, kept.position if kept else {}, at=at)):
        result.pages += 1
        result.rows += len(page.rows)
        result.unchanged += page.unchanged
        _keep_page(connection=connection, stream=stream, page=page, by=by, at=at)
        if page.alarm:
            raise PeerError(RETRYABLE, "alarm", page.alarm)
        if count + 1 >= limit:
            break


@action
def _keep_page(*, connection, stream, page, by, at):
    """Rows and cursor in one transaction; a page without rows moves the cursor only."""
    if page.rows:
        receive_batch(
            connection=connection, stream=stream, rows=[(row.stream, row.data, None) for row in page.rows],
            code=f"{connection.code}:{stream}:{uuid.uuid4().hex[:12]}"[:64], by=by, at=at, cursor=page.cursor,
        )
    else:
        SyncCursor.objects.update_or_create(
            connection=connection, stream=stream, defaults={"position": page.cursor, "moved_at": at}
        )


@action
def _note_success(*, connection, at):
    connection.last_success_at, connection.failures, connection.last_error = at, 0, ""
    connection.next_pull_at = at + timedelta(seconds=connection.every_s)
    connection.save(update_fields=["last_success_at", "failures", "last_error", "next_pull_at"])
    # It answered: it is not silent, whether or not it had news.
    SourceSystem.objects.filter(pk=connection.system_id).exclude(last_heard_at__gt=at).update(last_heard_at=at)


@action
def _note_trouble(*, connection, refusal, at):
    kind = getattr(refusal, "kind", "")
    connection.failures += 1
    connection.last_error, connection.last_error_at = str(refusal)[:2000], at
    wait = timedelta(seconds=connection.every_s) * 2 ** min(connection.failures, 10)
    asked = timedelta(seconds=getattr(refusal, "retry_after_s", None) or 0)
    connection.next_pull_at = at + max(min(wait, SLOWEST), asked)
    changed = ["failures", "last_error", "last_error_at", "next_pull_at"]
    if kind == AUTH:
        connection.is_active = False
        changed.append("is_active")
    connection.save(update_fields=changed)


def due_connections(at):
    """Active connections whose next pull has come."""
    waiting = Connection.objects.filter(is_active=True, kind__in=KINDS).select_related("system")
    return waiting.filter(next_pull_at=None) | waiting.filter(next_pull_at__lte=at)
