"""Does Spark, running the same template, say the same as DuckDB, byte for byte?"""
from importlib.util import find_spec
from shutil import which

import pytest

from tests.reconciliation import planted
from tests.reconciliation.test_engines import written

pytestmark = [pytest.mark.pure, pytest.mark.long]


def test_spark_on_this_machine_says_the_same(tmp_path):
    if find_spec("pyspark") is None or which("java") is None:
        pytest.skip("no pyspark or no java: the engine spark is not compared (pip install 'order-hub[spark]')")
    sources, expected = planted.planted(20_000)
    here = written(tmp_path / "duckdb", sources)
    assert here.count("\n") == len(expected)
    assert written(tmp_path / "spark", sources, engine="spark") == here
