"""Keeping a dropped file, and reading as much of it as a preview and good guesses need."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePath

from django.utils.translation import gettext_lazy as _

from desk.files.bad_cells import sheet_of
from desk.files.guessing import SAMPLE
from desk.files.storing import place_for
from integrations.models import ImportFile
from kernel.errors import Refusal
from kernel.job_files import uploads
from kernel.news import action
from kernel.tables import read_table
from reconciliation.sources import as_text

BIGGEST = 200 * 1024 * 1024
KEEP = timedelta(days=90)
PREVIEW = 5
NOTES_SHOWN = 200


@dataclass
class Sample:
    """The header and the first rows of a file as text; `numbers` are theirs as a spreadsheet shows them.

    `notes` [(row, column name, sentence)] are what the reader remarked.
    """

    header: list
    rows: list
    encoding: str = ""
    count: int = 0
    is_cut: bool = False
    notes: list = field(default_factory=list)
    sheet: str = ""
    numbers: list = field(default_factory=list)

    @property
    def preview(self):
        return self.rows[:PREVIEW]


def read_sample(path, most=SAMPLE):
    """The Sample of a file, at most so many rows. Raises TableRefusal, whose words say what is wrong with it."""
    table = read_table(path)
    sample = Sample(table.header, [], table.encoding or table.kind)
    try:
        for number, cells in table.rows:
            sample.numbers.append(number)
            sample.rows.append([as_text(cell) for cell in cells])
            if len(sample.rows) >= most:
                sample.is_cut = True
                break
    finally:
        table.close()
    sample.count, sample.sheet = len(sample.rows), sheet_of(table)
    sample.notes = [(note.row, _column(table.header, note.column), str(note)) for note in table.notes[:NOTES_SHOWN]]
    return sample


def _column(header, number):
    return header[number - 1] if 0 < number <= len(header) else ""


@action
def drop_file(*, name, chunks, by, at):
    """Keep an uploaded file by its content and note how it reads. Returns (ImportFile, Sample)."""
    scope = place_for(by)
    path, digest = _written(chunks)
    try:
        sample = read_sample(path)
    except Refusal:
        path.unlink(missing_ok=True)
        raise
    row = ImportFile.objects.create(
        name=PurePath(name.replace("\\", "/")).name[:200],
        sha256=digest,
        path=path.name,
        encoding=sample.encoding[:20],
        scope=scope,
        header=sample.header,
        row_count=sample.count,
        good_count=sample.count,
        bad_rows=[list(note) for note in sample.notes],
        dropped_by=by,
        dropped_at=at,
        keep_until=at + KEEP,
    )
    return row, sample


def _written(chunks):
    digest, size, part = hashlib.sha256(), 0, uploads() / f".{secrets.token_hex(16)}.part"
    with part.open("wb") as stream:
        for chunk in chunks:
            size += len(chunk)
            if size > BIGGEST:
                part.unlink()
                raise Refusal(_("This file is larger than 200 MB. Split it, or connect a folder."), code="too_large")
            digest.update(chunk)
            stream.write(chunk)
    path = uploads() / digest.hexdigest()
    part.replace(path)
    return path, digest.hexdigest()
