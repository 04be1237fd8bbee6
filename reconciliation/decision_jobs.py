"""The background work on a report that came back: read it row by row, carry it out row by row."""
import time
from itertools import islice

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kernel.errors import Refusal
from kernel.job_files import uploads
from kernel.one_writer import rest
from reconciliation.actions import decision_files as actions
from reconciliation.decision_reading import MOST_ROWS, Reader
from reconciliation.models import DecisionFile, DecisionRow

CHUNK = 200
MOST_REST_S = 0.5
FOLDER = "decisions"


def place_of(file):
    """Where the dropped file waits to be read; it goes when it is read."""
    folder = uploads() / FOLDER
    folder.mkdir(exist_ok=True)
    return folder / f"{file.pk}-{file.sha256[:16]}"


def read_decisions(progress, *, file_id, language):
    """Read a dropped file and say of each filled-in row what would come of it. Returns {link}."""
    file = DecisionFile.objects.select_related("run__profile", "dropped_by").get(pk=file_id)
    if file.state == DecisionFile.WAITING:
        with translation.override(language):
            _read(progress, file)
        place_of(file).unlink(missing_ok=True)
    return {"link": f"/decisions/{file.pk}/"}


def _read(progress, file):
    at, error, reader = timezone.now(), "", Reader(place_of(file))
    actions.begin_reading(file=file, by=file.dropped_by, at=at)
    try:
        count = 0
        rows = _once_each(reader.asked())
        while asked := list(islice(rows, CHUNK)):
            count += len(asked)
            if count > MOST_ROWS:
                raise Refusal(_("The file has more than %(most)s filled-in rows. Split it."), code="too_many",
                              most=MOST_ROWS)
            started = time.monotonic()
            actions.keep_decisions(file=file, asked=asked, by=file.dropped_by, at=at)
            progress(reader.rows, 0, _("%(count)s decisions read") % {"count": count})
            rest(started, MOST_REST_S)
    except Refusal as refusal:
        error = str(refusal)
    actions.end_reading(file=file, row_count=reader.rows, error=error, by=file.dropped_by, at=timezone.now())


def _once_each(rows):
    """A difference is decided by one row only: the first of the file."""
    known = {}
    for one in rows:
        first = known.setdefault(one.mark, one) if one.mark and not one.trouble else one
        if first is not one:
            one.trouble = _("Row %(row)s decides about the same difference.") % {"row": first.number}
        yield one


def apply_decisions(progress, *, file_id, language):
    """Carry out what can be carried out; each row is a step of its own, so that starting again goes on. {link}."""
    file = DecisionFile.objects.select_related("dropped_by").get(pk=file_id)
    ready = list(file.rows.filter(outcome=DecisionRow.READY).order_by("pk").values_list("pk", flat=True))
    with translation.override(language):
        for done, pk in enumerate(ready, 1):
            started = time.monotonic()
            actions.carry_out(row=DecisionRow(pk=pk), by=file.dropped_by, at=timezone.now())
            progress(done, len(ready), _("%(count)s decisions carried out") % {"count": done})
            rest(started, MOST_REST_S)
        actions.end_carrying_out(file=file, by=file.dropped_by, at=timezone.now())
    return {"link": f"/decisions/{file.pk}/"}
