"""Which work at the doors runs in the background? Handlers named in config/schedule.py: (progress, **args) → dict."""
from django.utils import timezone

from integrations.actions import purge_files, purge_raw, replay_rows, reread_batches, work_off_batches
from integrations.actions.pulling import due_connections, pull_connection
from integrations.models import Connection, Mapping


def pull_due_connections(progress):
    """Every connection whose time has come; one that fails does not stop the others."""
    said, due = {}, list(due_connections(timezone.now()).order_by("code"))
    for done, connection in enumerate(due):
        said[connection.code] = str(pull_connection(connection=connection, at=timezone.now()))
        progress(done + 1, len(due), connection.code)
    return said


def pull_one_connection(progress, connection_id):
    """One connection, now, because a person asked."""
    connection = Connection.objects.select_related("system").get(pk=connection_id)
    return {connection.code: str(pull_connection(connection=connection, at=timezone.now()))}


def work_off(progress, limit=200):
    """The inbox, politely: the writer rests as long as it worked."""
    return work_off_batches(at=timezone.now(), limit=limit, rest=True, progress=progress)


def replay_connection(progress, connection_id):
    """All parked rows of one connection, after a mend."""
    connection = Connection.objects.get(pk=connection_id)
    found = replay_rows(connection=connection, by=None, at=timezone.now(), progress=progress)
    return {"replayed": found.done, "parked": found.still_parked, "reasons": dict(found.reasons)}


def reread_with_mapping(progress, mapping_id):
    """The raw rows of a system again, with a new mapping version."""
    mapping = Mapping.objects.get(pk=mapping_id)
    return {"changed": reread_batches(mapping=mapping, by=None, at=timezone.now(), progress=progress)}


def purge_raw_rows(progress):
    """Raw rows and dropped files whose keeping is over."""
    return {"batches": purge_raw(at=timezone.now()), "files": purge_files(at=timezone.now())}
