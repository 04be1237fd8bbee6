"""Does a pull store pages with their cursor, tell its trouble on the connection, and read a folder of files?"""
import os
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from integrations.actions import pull_connection, work_off_batches
from integrations.actions.pulling import allowed_folder, due_connections
from integrations.models import Connection, InboxBatch, Mapping, ParkedRow, SyncCursor
from integrations.systems.folder.connector import ENVELOPE
from kernel.errors import Refusal
from kernel.outbound import AUTH, RETRYABLE, PeerError
from orders.models import Event, Order, SourceSystem

pytestmark = pytest.mark.django_db

SPEC = {
    "format": 1, "system": "erp", "zone": "Asia/Shanghai", "orders_by": "time", "envelope": list(ENVELOPE),
    "streams": {
        "orders": {
            "entity": "order", "key": '"单号"', "order_number": '"单号"', "occurred_at": "_modified",
            "fields": {"customer": '"客户"', "customer_name": '"客户名称"',
                       "quantity_m": {"from": '"数量"', "as": "quantity", "required": True}},
        },
    },
}
TEXT = "单号,客户,客户名称,数量\nA1,C1,上海制动,5\nA2,C2,苏州齿轮,七\nA3,C1,上海制动,7\n"


@pytest.fixture
def folder(settings, tmp_path):
    settings.HUB_FOLDERS = (tmp_path,)
    made = tmp_path / "erp"
    made.mkdir()
    return made


@pytest.fixture
def connection(systems, kinds, scopes, at, folder):
    Mapping.objects.create(system=systems["erp"], version=1, spec=SPEC, published_at=at)
    return Connection.objects.create(
        code="files", name="Files", kind="folder", system=systems["erp"], scope=scopes[0], every_s=60,
        config={"page_size": 2, "options": {
            "path": "erp",
            "files": [{"pattern": "*.csv", "stream": "orders"}, {"pattern": "*.xlsx", "stream": "orders"}],
        }},
    )


def put(path, text, at, encoding="utf-8", age=60):
    path.write_bytes(text.encode(encoding))
    moment = at.timestamp() - age
    os.utime(path, (moment, moment))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_folder_of_csv_files_is_read_once(connection, folder, at, encoding):
    put(folder / "orders-1.csv", TEXT, at, encoding)
    assert str(pull_connection(connection=connection, at=at)) == "3 rows in 2 pages, 0 unchanged"
    assert InboxBatch.objects.count() == 2
    work_off_batches(at=at, limit=9)
    assert dict(Order.objects.values_list("number", "quantity_m")) == {"A1": 5000, "A3": 7000}
    parked = ParkedRow.objects.get()
    assert (parked.key, parked.reason_code, parked.raw["_row"]) == ("A2", "UNREADABLE_NUMBER", 3)
    assert pull_connection(connection=connection, at=at + timedelta(minutes=1)).rows == 0


def test_a_new_export_brings_only_what_changed(connection, folder, at):
    put(folder / "orders-1.csv", TEXT, at)
    pull_connection(connection=connection, at=at)
    work_off_batches(at=at, limit=9)
    later = at + timedelta(hours=1)
    put(folder / "orders-2.csv", TEXT.replace("七", "6"), later)
    assert pull_connection(connection=connection, at=later).rows == 3
    done = work_off_batches(at=later, limit=9)
    assert (done["new"], done["duplicates"]) == (1, 2)
    assert Event.objects.count() == 3


def test_a_workbook_is_read_the_same_way(connection, folder, at):
    book = openpyxl.Workbook()
    for line in TEXT.strip().splitlines():
        book.active.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
    book.save(folder / "orders.xlsx")
    os.utime(folder / "orders.xlsx", (at.timestamp() - 60,) * 2)
    assert pull_connection(connection=connection, at=at).rows == 3
    work_off_batches(at=at, limit=9)
    assert dict(Order.objects.values_list("number", "quantity_m")) == {"A1": 5000, "A3": 7000}


def test_a_half_read_file_goes_on_where_it_stopped(connection, folder, at):
    put(folder / "orders-1.csv", TEXT, at)
    pull_connection(connection=connection, at=at, limit=1)
    assert InboxBatch.objects.count() == 1
    assert pull_connection(connection=connection, at=at).rows == 1
    assert work_off_batches(at=at, limit=9)["new"] == 2


def test_a_file_that_is_still_being_written_waits(connection, folder, at):
    put(folder / "orders-1.csv", TEXT, at, age=1)
    assert pull_connection(connection=connection, at=at).rows == 0


def test_a_damaged_file_is_told_on_the_connection(connection, folder, at):
    put(folder / "orders-1.csv", 'a,b\n1,"open\n', at)
    pull_connection(connection=connection, at=at)
    connection.refresh_from_db()
    assert connection.failures == 1 and "orders-1.csv" in connection.last_error
    assert connection.next_pull_at == at + timedelta(seconds=120)


def test_a_folder_outside_the_opened_ones_is_refused(folder):
    assert allowed_folder("erp") == folder.resolve()
    for path in ("..", "/etc", "erp/../../x"):
        with pytest.raises(Refusal):
            allowed_folder(path)


class _Peer:
    def __init__(self, error):
        self.error = error

    def streams(self):
        return ("order",)

    def pull(self, stream, cursor, *, at):
        raise self.error
        yield

    def close(self):
        pass


@pytest.mark.parametrize(("kind", "stays"), [(RETRYABLE, True), (AUTH, False)])
def test_trouble_backs_off_and_a_refused_key_stops_the_door(connection, at, monkeypatch, kind, stays):
    error = PeerError(kind, "test", "No answer from %(host)s.", host="peer", retry_after_s=900)
    monkeypatch.setattr("integrations.actions.pulling.connector_for", lambda *_: _Peer(error))
    assert str(pull_connection(connection=connection, at=at)) == "No answer from peer."
    connection.refresh_from_db()
    assert (connection.is_active, connection.failures) == (stays, 1)
    assert connection.next_pull_at == at + timedelta(seconds=900)
    assert not due_connections(at).exists()


def test_an_answer_without_news_still_means_that_the_system_is_there(connection, folder, at):
    pull_connection(connection=connection, at=at)
    assert SourceSystem.objects.get(code="erp").last_heard_at == at
    assert not SyncCursor.objects.exists()


def test_var_folder_is_the_default_root(settings):
    settings.HUB_FOLDERS = None
    assert allowed_folder("x") == (Path(settings.VAR_DIR) / "folders" / "x").resolve()
