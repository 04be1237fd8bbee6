"""Do the factory's exported files, in their encodings and formats, say the same as its messages?"""
from datetime import UTC, datetime

import pytest

from integrations.mapping_sets import compile_mappings
from integrations.sample_factory.files import write_files
from integrations.sample_factory.mappings import MAPPINGS
from integrations.sample_factory.world import simulate
from kernel.tables import read_table

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
WORLD = {"orders": 40, "seed": 9, "now": NOW}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("factory")
    write_files(made, **WORLD)
    return made


def test_exports_are_written_as_each_system_writes(folder):
    exports = {path.name for path in (folder / "exports").iterdir()}
    assert {"erp_order.csv", "wms_order.csv", "crm_order.xlsx", "mes_work_order.csv", "tms_waybill.csv"} <= exports
    wms = (folder / "exports" / "wms_order.csv").read_bytes()
    assert "箱".encode("gb18030") in wms and "箱".encode() not in wms
    assert (folder / "exports" / "mes_work_order.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "有限公司".encode() in (folder / "exports" / "erp_order.csv").read_bytes()


def test_a_file_read_back_says_what_the_messages_said(folder):
    streams = {}
    for row in simulate(**WORLD):
        streams.setdefault((row.system, row.entity), []).append(row.raw)
    for (system, entity), raws in streams.items():
        mappings = compile_mappings(MAPPINGS[system])
        path = next((folder / "exports").glob(f"{system}_{entity}.*"))
        table = read_table(path)
        lines = [dict(zip(table.header, cells, strict=True)) for _, cells in table.rows]
        assert len(lines) == len(raws)
        for raw, line in zip(raws, lines, strict=True):
            told, notes = mappings.read(entity, line)
            meant = mappings.read(entity, raw).statement
            assert notes == ()
            for name in ("key", "order_number", "data", "occurred_at", "version", "sequence", "closed", "parent_key"):
                assert getattr(told, name) == getattr(meant, name), (path.name, name, line)


def test_what_is_to_be_compared_stands_beside_its_profiles(folder):
    compare = {path.name for path in (folder / "compare").iterdir()}
    assert {"orders.yaml", "inbound.yaml", "erp_order.csv", "units.csv", "prices.csv", "messages.csv"} <= compare
    assert len((folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()) == 40
    assert (folder / "truth.jsonl").read_text(encoding="utf-8") == ""
