"""Is a window read whole, resumed after a crash, and a short answer noticed? The peer is played in memory."""
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from integrations.systems.base import PeerConfig
from integrations.systems.tryton.client import TrytonClient, tryton_json
from integrations.systems.tryton.connector import TrytonConnector
from integrations.systems.window import MEMORY, Window, closed_cursor, remembered, resume
from kernel.outbound import PeerError

pytestmark = pytest.mark.pure
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


class Shelf:
    """Answers as a Tryton would; `most` is a page size it silently enforces, ids in `lost` never come."""

    def __init__(self, count, most=1000, lost=()):
        stamp = tryton_json(AT - timedelta(seconds=30))
        self.rows = [{"id": number, "state": "draft", "create_date": stamp, "write_date": None}
                     for number in range(1, count + 1)]
        self.most, self.lost = most, lost
        self.asked, self.log, self.peer_time = 0, [], None

    def count(self, model, domain):
        return len(self.rows)

    def read_all(self, model, domain, fields):
        if self.log is None:
            raise PeerError("auth", "auth", "may not be read")
        return self.log

    def search(self, model, domain, fields, *, limit):
        self.asked += 1
        after = domain[1][2]
        found = [dict(row) for row in self.rows if row["id"] > after and row["id"] not in self.lost]
        return found[:min(limit, self.most)]


def connector(shelf, **settings):
    made = TrytonConnector(PeerConfig("erp", "http://erp.invalid/erp", **settings))
    made.client = shelf
    return made


def pull(made, cursor, at=AT):
    return list(made.pull("order", cursor, at=at))


def ids(pages):
    return [row.data["id"] for page in pages for row in page.rows]


def test_a_page_size_the_peer_enforces_silently_loses_nothing():
    pages = pull(connector(Shelf(23, most=4), page_size=10), {})
    assert ids(pages) == list(range(1, 24))
    assert not any(page.alarm for page in pages)


def test_records_that_are_counted_but_never_come_raise_an_alarm_and_the_window_starts_anew():
    made = connector(Shelf(9, lost=(4, 5)), page_size=5)
    pages = pull(made, {"high": (AT - timedelta(days=1)).isoformat()})
    assert pages[-1].alarm == "Only 7 of 9 records came."
    assert pages[-1].cursor == {"high": "2026-11-23T02:00:00+00:00", "window": None, "seen": {}}
    made.client.lost = ()
    assert ids(pull(made, pages[-1].cursor)) == list(range(1, 10))


def test_every_page_leaves_a_cursor_from_which_the_rest_follows():
    whole = pull(connector(Shelf(17), page_size=3), {})
    for place, page in enumerate(whole[:-1]):
        rest = pull(connector(Shelf(17), page_size=3), page.cursor, at=AT + timedelta(hours=1))
        assert ids(whole[:place + 1]) + ids(rest) == list(range(1, 18))
        assert rest[-1].cursor["high"] == AT.isoformat()  # the window was frozen when it opened


def test_what_the_overlap_shows_again_is_dropped_unless_it_changed():
    made = connector(Shelf(8))
    cursor = pull(made, {})[-1].cursor
    again = pull(made, cursor, at=AT + timedelta(seconds=20))
    assert (ids(again), sum(page.unchanged for page in again)) == ([], 8)
    made.client.rows[2]["write_date"] = tryton_json(AT)
    assert ids(pull(made, again[-1].cursor, at=AT + timedelta(seconds=30))) == []  # saved, nothing changed
    made.client.rows[2]["state"] = "quotation"
    assert ids(pull(made, again[-1].cursor, at=AT + timedelta(seconds=40))) == [3]


def test_a_peer_whose_clock_is_behind_loses_nothing():
    shelf = Shelf(2)
    shelf.peer_time = AT - timedelta(minutes=10)
    assert pull(connector(shelf), {})[-1].cursor["high"] == shelf.peer_time.isoformat()
    shelf.peer_time = AT + timedelta(minutes=10)
    assert pull(connector(shelf), {})[-1].cursor["high"] == AT.isoformat()


def test_a_log_that_may_not_be_read_stops_nothing():
    shelf = Shelf(3)
    shelf.log = None
    assert ids(pull(connector(shelf), {})) == [1, 2, 3]


def test_an_idle_peer_is_asked_twice_per_stream():
    shelf = Shelf(0)
    pages = pull(connector(shelf), {"high": AT.isoformat()}, at=AT + timedelta(minutes=5))
    assert (len(pages), shelf.asked, pages[0].cursor["high"]) == (1, 1, "2026-11-24T02:05:00+00:00")


def test_the_next_window_looks_back_by_the_overlap():
    window, is_new = resume({"high": AT.isoformat()}, at=AT + timedelta(minutes=1), overlap_s=120)
    assert is_new and window == Window(AT - timedelta(seconds=120), AT + timedelta(minutes=1))


def test_the_memory_of_a_cursor_is_bounded_and_keeps_the_newest():
    seen = {str(number): ("hash", AT + timedelta(microseconds=number)) for number in range(MEMORY + 50)}
    kept = remembered(closed_cursor(Window(None, AT), seen, overlap_s=60))
    assert len(kept) == MEMORY and "0" not in kept and str(MEMORY + 49) in kept


@pytest.mark.parametrize("answer", [{"error": "nicht so"}, [1, 2], None])
def test_success_with_something_else_inside_is_a_failure(answer):
    client = TrytonClient(PeerConfig("erp", "http://erp.invalid/erp"))
    said = SimpleNamespace(status=200, headers={}, json=lambda: answer)
    client.peer = SimpleNamespace(send=lambda *_, **__: said)
    with pytest.raises(PeerError) as failure:
        client.search("sale.sale", [], ["id"], limit=1)
    assert failure.value.kind == "retryable"
