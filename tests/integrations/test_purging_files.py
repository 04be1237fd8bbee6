"""Do dropped files go when their time is over, and only with the last row that names them?"""
import os
from datetime import timedelta

import pytest

from desk.files.dropping import KEEP, _written, drop_file
from integrations.actions import purge_files
from integrations.models import ImportFile
from kernel.job_files import uploads

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(settings, tmp_path, scopes, at):
    settings.VAR_DIR = tmp_path

    def drop(content, when=at):
        file = drop_file(name="a.csv", chunks=[content], by=None, at=when)[0]
        os.utime(uploads() / file.path, (when.timestamp(), when.timestamp()))
        return file

    return drop


def test_a_file_goes_with_the_last_row_that_names_it(drop, at):
    first, again = drop(b"order,qty\n1,2\n"), drop(b"order,qty\n1,2\n", at + timedelta(days=5))
    assert first.path == again.path and first.keep_until == at + KEEP
    assert purge_files(at=at + KEEP - timedelta(seconds=1)) == 0 and ImportFile.objects.count() == 2
    assert purge_files(at=at + KEEP) == 0
    assert list(ImportFile.objects.all()) == [again] and (uploads() / again.path).exists()
    assert purge_files(at=again.keep_until) == 1
    assert not ImportFile.objects.exists() and not (uploads() / again.path).exists()


def test_another_file_stays(drop, at):
    old, new = drop(b"order,qty\n1,2\n"), drop(b"order,qty\n1,3\n", at + timedelta(days=5))
    purge_files(at=old.keep_until)
    assert [path.name for path in uploads().iterdir()] == [new.path]


def test_what_no_row_knows_goes_when_it_is_not_fresh(drop, at):
    kept = drop(b"order,qty\n1,2\n")
    for name, age in (("half.part", timedelta(hours=2)), ("just.part", timedelta(minutes=5))):
        (uploads() / name).write_bytes(b"x")
        moment = (at - age).timestamp()
        os.utime(uploads() / name, (moment, moment))
    assert purge_files(at=at) == 1
    assert sorted(path.name for path in uploads().iterdir()) == sorted(["just.part", kept.path])


class Twice(list):
    """An upload in the midst of which another one comes that has, as in another process, the same id."""

    other = None

    def __iter__(self):
        if self.other is None:
            self.other = True
            self.other = _written(self)
        return iter([b"order,qty\n", b"1,2\n"])


def test_two_uploads_at_once_do_not_share_a_part_file(drop):
    chunks = Twice()
    path, digest = _written(chunks)
    assert chunks.other == (path, digest) and path.read_bytes() == b"order,qty\n1,2\n"
    assert [one.name for one in uploads().iterdir()] == [digest]
