"""Which master data and stock snapshots do the systems send beside their orders?"""
from integrations.sample_factory.catalog import CUSTOMERS, MATERIALS, WAREHOUSES_OF
from integrations.sample_factory.clockwork import DAY, OFFSET, SECOND, to_datetime
from integrations.sample_factory.crm import TIER_WORD
from integrations.sample_factory.wording import (
    batch_of,
    compact_date,
    compact_time,
    naive,
    plain_yuan,
    with_offset,
    yuan,
)

STOCK_DAYS = 3
_SIX_O_CLOCK = 6 * 60 * 60 * SECOND


def reference_rows(world, after, until):
    """(system, entity, raw, received_at) received in (after, until] (UTC ms), by time."""
    begin = world.start if after is None else after
    if after is None:
        yield from _masters(world.start)
    first = max(begin, world.now - STOCK_DAYS * DAY)
    moment = (first + OFFSET) // DAY * DAY + _SIX_O_CLOCK - OFFSET
    while moment + 20 * SECOND <= until:
        if moment + 20 * SECOND > begin:
            yield from _snapshots(world, moment)
        moment += DAY


def _masters(moment):
    at = to_datetime(moment + SECOND)
    for place, part in enumerate(MATERIALS):
        yield "erp", "material", {
            "DOCNUM": f"erp-mat-{part.code}", "ZBATCH": batch_of("erp", moment), "MATNR": f"{part.code:0>18}",
            "MAKTX": part.name, "WERKS": part.plant, "STLAL": part.revision, "STPRS": yuan(part.price),
            "PEINH": "1", "EISBE": f"{part.safety_stock}.000", "MEINS": "ST",
            "AEDAT": compact_date(moment - place * DAY), "AEZET": compact_time(moment),
        }, at
    for place, customer in enumerate(CUSTOMERS):
        yield "crm", "customer", {
            "eventId": f"crm-acc-{customer.code}", "syncBatch": batch_of("crm", moment),
            "id": f"CUST-{customer.code}", "name": customer.name, "tier": TIER_WORD[customer.tier],
            "team": customer.team, "group": customer.group, "revision": 1,
            "credit": {"limit": plain_yuan(customer.credit_limit), "currency": "CNY"},
            "lastModified": with_offset(moment - place * DAY),
        }, at


def pieces_on_hand(seed, part, warehouse, day):
    """The true stock of one part in one warehouse on one local day (days since 1970)."""
    mixed = (seed * 7919 + int(part.code) * 104729 + sum(warehouse.encode()) * 1299709 + day // 2 * 15485863)
    return part.pack * (24 + (mixed ^ mixed >> 11) % 150)


def _snapshots(world, moment):
    day, at = (moment + OFFSET) // DAY, to_datetime(moment + 20 * SECOND)
    for part in MATERIALS:
        for house in WAREHOUSES_OF[part.plant]:
            pieces = pieces_on_hand(world.seed, part, house.code, day)
            yield "erp", "stock", _erp_stock(part, house, pieces, moment, day), at
            yield "wms", "stock", _wms_stock(part, house, pieces, moment, day), at


def _erp_stock(part, house, pieces, moment, day):
    return {
        "DOCNUM": f"erp-stk-{day}-{house.code}-{part.code}", "ZBATCH": batch_of("erp", moment),
        "MATNR": f"{part.code:0>18}", "WERKS": house.plant, "LGORT": house.code, "LABST": f"{pieces}.000",
        "MEINS": "ST", "AEDAT": compact_date(moment), "AEZET": compact_time(moment),
    }


def _wms_stock(part, house, pieces, moment, day):
    return {
        "msg_id": f"wms-stk-{day}-{house.code}-{part.code}", "batch_no": batch_of("wms", moment),
        "warehouse": house.code, "goods_code": f"M{part.code}", "onhand": pieces // part.pack,
        "goods_unit": "箱", "snapshot_time": naive(moment),
    }
