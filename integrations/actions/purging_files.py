"""Throw away dropped files whose keeping is over, and what no row knows."""
from datetime import timedelta

from integrations.models import ImportFile
from kernel.job_files import uploads
from kernel.news import action

# A file is written before its row is: what is younger may still wait for it.
FRESH = timedelta(hours=1)
AT_ONCE = 500


def purge_files(*, at):
    """Delete the rows of files whose time is over, then the files without a row. Returns how many files went.

    Several rows may name one file, because it is kept by its content: it goes with the last of them.
    """
    while _drop_rows(at=at):
        pass
    known, gone = set(ImportFile.objects.values_list("path", flat=True)), 0
    for path in sorted(uploads().iterdir()):
        if path.is_file() and path.name not in known and path.stat().st_mtime < (at - FRESH).timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


@action
def _drop_rows(*, at):
    due = ImportFile.objects.filter(keep_until__lte=at).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    return ImportFile.objects.filter(pk__in=list(due)).delete()[0]
