"""Does a comparison of files find what differs, and nothing else?"""
import pytest

from tests.reconciliation.comparing import findings_of, short

pytestmark = pytest.mark.pure

PROFILE = """
version: 1
name: orders
zone: Asia/Shanghai
currency: CNY
record: erp
systems:
  erp: {key: order_no, evidence: {event: changed}}
  wms: {key: [doc], grace: 15m, evidence: {event: t}}
fields:
  quantity: {type: quantity, columns: {erp: qty, wms: q}, unit: {erp: uom, wms: u}, item: sku, base_unit: PCS}
  amount: {type: money, column: amt, tolerance: 0.01}
  status: {type: code, column: st}
  posted: {max_minutes_between: 3, columns: {erp: changed, wms: t}}
"""
ERP = """order_no,qty,uom,sku,amt,st,changed
A1,10,PCS,S1,100.00,NEW,2026-11-01 10:00:00
A2,2,BOX,S1,100.00,NEW,2026-11-01 10:00:00
A3,"1,000",PCS,S1,¥100.00,NEW,2026-11-01 10:00:00
A4,1,PCS,S1,-0,NEW,2026/11/1 10:00
A5,NaN,PCS,S1,5,NEW,2026-11-01 10:00:00
A6,1,PCS,S1,5,NEW,2026-11-01 10:00:00
A8,1,PCS,S1,,NEW,2026-11-01 10:00:00
"""
WMS = """doc,q,u,sku,amt,st,t
A1,10.000,PCS,S1,100.01,10,2026-11-01T02:03:00.000000Z
A2,24,PCS,S1,100.02,10,2026-11-01T02:03:00.000001Z
A3,1000,PCS,S1,100,10,2026-11-01 10:00:00
A4,1,PCS,S1,0,10,2026-11-01 10:00:00
A5,1,PCS,S1,5,10,2026-11-01 10:00:00
A7,1,PCS,S1,5,10,2026-11-01 10:00:00
A7,1,PCS,S1,6,10,2026-11-01 10:00:00
A8,1,PCS,S1,"  ",10,2026-11-01 10:00:00
A9,1,PCS,S1,5,10,2026-11-24 07:50:00
"""
TABLES = {
    "codes": "field,system,raw,canonical\nstatus,erp,NEW,confirmed\nstatus,wms,10,confirmed\n",
    "units": "item,unit,factor\nS1,BOX,12\n",
}
FOUND = [
    ("A2", "value", "amount"), ("A2", "value", "posted"), ("A5", "unreadable", "quantity"), ("A6", "missing", None),
    ("A7", "missing", None), ("A7", "duplicate", None), ("A9", "missing", None),
]


def test_differences_are_found_and_tolerance_is_not_one(tmp_path):
    assert short(findings_of(tmp_path, PROFILE, {"erp": ERP, "wms": WMS}, TABLES)) == FOUND
