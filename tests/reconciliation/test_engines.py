"""Do all engines say the same, byte for byte, of the same files: all that is out of tolerance, and nothing else?"""
import io
import random

import pytest

from reconciliation.errors import CannotRun
from reconciliation.findings import write_findings
from tests.postgres import Server, find_programs
from tests.reconciliation import planted
from tests.reconciliation.comparing import findings_of, outcome_of, short

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def server():
    if not find_programs():
        pytest.skip("no PostgreSQL server programs, neither installed nor from pip: its engine is not compared")
    server = Server().start()
    yield server
    server.stop()


def written(folder, sources, profile=planted.PROFILE, **options):
    """The bytes of the findings."""
    outcome = outcome_of(folder, profile, sources, as_of=planted.AS_OF, **options)
    stream = io.StringIO()
    write_findings(outcome.differences, outcome.profile, stream)
    return stream.getvalue()


def test_twenty_thousand_orders_say_the_same_on_every_engine(tmp_path, server):
    sources, expected = planted.planted(20_000)
    found = findings_of(tmp_path / "seen", planted.PROFILE, sources, as_of=planted.AS_OF)
    assert set(short(found)) == expected and len(found) == len(expected) > 400
    here = written(tmp_path / "duckdb", sources)
    for engine, more in (("sqlite", {}), ("postgres", {"database": server.url})):
        assert written(tmp_path / engine, sources, engine=engine, **more) == here, engine


def test_neither_the_order_of_rows_nor_of_systems_nor_a_split_changes_a_byte(tmp_path, server):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    draw = random.Random(seed)
    sources, expected = planted.planted(1200)
    here = written(tmp_path / "here", sources)
    assert here.count("\n") == len(expected)
    for turn, (engine, more) in enumerate((("duckdb", {}), ("sqlite", {}), ("postgres", {"database": server.url}))):
        mixed = {name: draw.sample(rows, len(rows)) for name, rows in draw.sample(list(sources.items()), 3)}
        turned = planted.PROFILE.replace("{erp: {}, wms: {}, crm: {}}", "{crm: {}, wms: {}, erp: {}}")
        assert written(tmp_path / f"{turn}", mixed, turned, engine=engine, **more) == here, engine


def test_an_engine_that_cannot_run_says_what_it_needs(tmp_path):
    sources, _ = planted.planted(5)
    with pytest.raises(CannotRun, match="--database postgres://"):
        written(tmp_path / "a", sources, engine="postgres", database="sqlite:///x")
    with pytest.raises(CannotRun, match="does not answer"):
        written(tmp_path / "b", sources, engine="postgres", database="postgres://hub@127.0.0.1:1/hub")
