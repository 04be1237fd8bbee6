"""Does every text of a file come back to the letter from what was kept of it, and is what is kept typed readable?"""
from datetime import datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.engines.kept import Kept, form_of, number_form, time_form
from reconciliation.values import Unreadable, read_number, read_time

pytestmark = pytest.mark.pure

DB = duckdb.connect()
FORMS = [number_form(0), number_form(2), number_form(6), time_form("", ""), time_form(" ", ""), time_form("T", ""),
         time_form(" ", "Z"), time_form("T", "Z")]
ODD = ["", " ", "n/a", " n/a ", "0", "-0", "-0.00", "+1", "01", "1.5", "1.50", "1.500", "1e2", ".5", "5.", "1,000",
       "１", "99999999999.99", "100000000000.00", "-99999999999.999999", "0.0000001", "nan", "2026-11-01", "2026-1-01",
       "2026-11-01 10:00:00", "2026-11-01T10:00:00", "2026-11-01 10:00:00Z", "2026-11-01T10:00:00Z", "infinity",
       "2026-11-01 24:00:00", "2026-11-01 10:00:60", "2026-11-01  9:00:00", "2026-11-01 10:00:00 ", "epoch",
       "2026-11-01 10:00:00+08", "2026-11-01 10:00:00.5", "2026-11-01 10:00:00.500000", "2026-02-30 10:00:00",
       "1991-12-31 23:59:59", "1992-01-01 00:00:00", "2049-12-31 23:59:59", "2050-01-01 00:00:00", "02026-11-01",
       "2026-11-01 10:00:00.1234567", "2026-11-01 (BC)", "-2026-11-01", "2026-11-01 10:00", "华"]
NUMBERS = st.decimals(-10**12, 10**12, places=2).map("{:f}".format) | st.integers(-10**12, 10**12).map(str)
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2051, 1, 1)).map(lambda at: at.replace(microsecond=0))
STAMPS = TIMES.map(str) | TIMES.map(lambda at: at.isoformat() + "Z") | TIMES.map(lambda at: str(at.date()))
CELLS = st.none() | st.sampled_from(ODD) | NUMBERS | STAMPS | st.text(max_size=4)


@settings(max_examples=120, deadline=None)
@given(st.lists(CELLS, max_size=30), st.sampled_from(FORMS), st.sampled_from([(), ("n/a", "0", "2026-11-01")]))
def test_what_was_kept_gives_back_every_text(texts, form, words):
    kept = Kept({"key": "c0", "a": "c1", "b": "c2"}, {"c1": form}, "c0", words)
    relation = "(SELECT unnest($1::VARCHAR[]) AS key, unnest($1::VARCHAR[]) AS a, unnest($1::VARCHAR[]) AS b)"
    stored = (f"SELECT {', '.join(['rid', 'k', 'inside', *kept.kept()])} FROM (SELECT *, upper(c0) AS k, "
              f"0 AS rid, true AS inside FROM ({kept.texts(relation)}))")
    rows = DB.execute(f"SELECT c0, c1, c2, t_c1, x_c1 FROM ({kept.rows(f'({stored})')})", [texts]).fetchall()
    said = [None if t is None or not t.strip(" ") or t.strip(" ") in words else t for t in texts]
    assert sorted(rows, key=repr) == sorted(((t, t, t, *row[3:]) for t, row in zip(said, rows, strict=True)), key=repr)
    for _, text, _, value, odd in rows:
        assert odd == (text if value is None else None)
        if value is not None:
            assert (read_time(text, "UTC") if form.is_time else read_number(text)) is not None


@pytest.mark.parametrize("text", ["2026-11-01 10:00:00", "1992-01-01 00:00:00", "2049-12-31 23:59:59"])
def test_an_instant_as_it_is_kept_is_the_one_that_is_read(text):
    for mark, zulu in ((" ", ""), ("T", ""), ("T", "Z")):
        form, written = time_form(mark, zulu), text.replace(" ", mark) + zulu
        value, fits = DB.execute(f"SELECT t, {form.fits('t', 'c')} FROM (SELECT $1 AS c, TRY_CAST($1 AS {form.type}) "
                                 "AS t)", [written]).fetchone()
        assert fits and (value - datetime(1970, 1, 1)) // timedelta(microseconds=1) == read_time(written, "UTC")


def test_a_column_is_kept_typed_only_when_nearly_all_of_it_is_written_so():
    assert form_of(["1.50", "2.25", None, " "], False) == number_form(2)
    assert form_of(["1", "-20"], False) == number_form(0)
    assert form_of(["1.5", "2.25"], False) is None
    assert form_of(["1.50"] * 20 + ["about 2"], False) == number_form(2)
    assert form_of(["2026-11-01T10:00:00Z"], True) == time_form("T", "Z")
    assert form_of(["2026-11-01", "2026-11-02"], True) == time_form("", "")
    assert form_of(["01/11/2026"], True) is None
    assert form_of(["2026-11-01"], False) is None
    assert form_of([None, ""], True) is None and form_of([], False) is None


def test_texts_that_are_no_number_are_never_kept_as_one():
    with pytest.raises(Unreadable):
        read_number("1_000")
    assert DB.execute(f"SELECT {number_form(0).fits('t', 'c')} FROM (SELECT '1_000' AS c, TRY_CAST('1_000' AS "
                      f"{number_form(0).type}) AS t)").fetchone()[0] is not True
