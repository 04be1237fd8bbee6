"""Which master data and stock snapshots do the systems send beside their orders?"""
from integrations.sample_factory.catalog import CARRIERS, CUSTOMERS, MATERIALS, SUPPLIERS, WAREHOUSES_OF
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
    zulu,
)

STOCK_DAYS = 3
LAST_YEAR = 365 * DAY
LAG, COUNT_LATER = 20 * SECOND, 15 * 60 * SECOND
_SIX_O_CLOCK = 6 * 60 * 60 * SECOND


def reference_rows(world, after, until):
    """(system, entity, raw, received_at, StockGroup or None) received in (after, until] (UTC ms), by time."""
    begin = world.start if after is None else after
    if after is None:
        yield from _masters(world.start)
    first = max(begin, world.now - STOCK_DAYS * DAY)
    moment = (first + OFFSET) // DAY * DAY + _SIX_O_CLOCK - OFFSET
    while moment + LAG <= until:
        for row in _snapshots(world, moment):
            if to_datetime(begin) < row[3] <= to_datetime(until):
                yield row
        moment += DAY


def _masters(moment):
    at = to_datetime(moment + SECOND)
    for part in MATERIALS:
        was = _material(part, moment, moment - LAST_YEAR, "was", part.old_price, part.old_revision)
        yield "erp", "material", was, at, None
    for place, part in enumerate(MATERIALS):
        now = _material(part, moment, moment - place * DAY, "is", part.price, part.revision)
        yield "erp", "material", now, at, None
        yield "wms", "material", _goods(part, moment), at, None
        yield "mes", "material", _made_part(part, moment), at, None
        yield "erp", "price", _list_price(part, moment), at, None
        yield "crm", "price", _price_book_entry(part, moment), at, None
    for place, customer in enumerate(CUSTOMERS):
        yield "crm", "customer", _account(customer, moment, moment - place * DAY), at, None
        yield "erp", "customer", _debtor(customer, moment), at, None
    for code, name in SUPPLIERS:
        yield "erp", "supplier", _erp_master(f"sup-{code}", moment) | {"LIFNR": code, "NAME1": name}, at, None
        yield "wms", "supplier", _wms_master(f"sup-{code}", moment) | {
            "supplier_no": code, "supplier_name": name}, at, None
    for place, (code, name, _) in enumerate(CARRIERS):
        yield "erp", "carrier", _erp_master(f"car-{code}", moment) | {
            "LIFNR": f"V9{place:04d}", "SORTL": code, "NAME1": name}, at, None
        yield "tms", "carrier", {
            "callbackId": f"tms-car-{code}", "pushBatch": batch_of("tms", moment), "carrierCode": code,
            "carrierName": name, "eventTime": moment - LAST_YEAR}, at, None


def _account(customer, moment, changed):
    return {
        "eventId": f"crm-acc-{customer.code}", "syncBatch": batch_of("crm", moment),
        "id": f"CUST-{customer.code}", "name": customer.name, "tier": TIER_WORD[customer.tier],
        "team": customer.team, "group": customer.group, "revision": 1,
        "credit": {"limit": plain_yuan(customer.credit_limit), "currency": "CNY"},
        "lastModified": with_offset(changed),
    }


def _debtor(customer, moment):
    return _erp_master(f"deb-{customer.code}", moment) | {
        "KUNNR": f"{customer.code:0>10}", "NAME1": customer.name, "VKGRP": customer.team,
        "KLABC": customer.tier.upper(), "KLIMK": yuan(customer.credit_limit), "WAERS": "CNY",
    }


def _list_price(part, moment):
    return _erp_master(f"prc-{part.code}", moment) | {
        "MATNR": f"{part.code:0>18}", "KBETR": yuan(part.price), "KONWA": "CNY"}


def _price_book_entry(part, moment):
    return {
        "eventId": f"crm-prc-{part.code}", "syncBatch": batch_of("crm", moment), "id": f"01u{part.code}",
        "product": part.code, "price": {"value": plain_yuan(part.price), "currency": "CNY"}, "revision": 1,
        "lastModified": with_offset(moment),
    }


def _goods(part, moment):
    return _wms_master(f"mat-{part.code}", moment) | {
        "goods_code": f"M{part.code}", "goods_name": part.name, "pack_qty": part.pack, "goods_unit": "件"}


def _made_part(part, moment):
    return {"msgId": f"mes-mat-{part.code}", "batch": batch_of("mes", moment),
            "part": f"{part.code}-{part.revision}", "plant": part.plant, "ts": zulu(moment)}


def _erp_master(name, moment):
    return {"DOCNUM": f"erp-{name}", "ZBATCH": batch_of("erp", moment),
            "AEDAT": compact_date(moment - LAST_YEAR), "AEZET": compact_time(moment)}


def _wms_master(name, moment):
    return {"msg_id": f"wms-{name}", "batch_no": batch_of("wms", moment), "update_time": naive(moment - LAST_YEAR)}


def _material(part, moment, changed, name, price, revision):
    """The master as it stands since `changed`."""
    return {
        "DOCNUM": f"erp-mat-{part.code}-{name}", "ZBATCH": batch_of("erp", moment), "MATNR": f"{part.code:0>18}",
        "MAKTX": part.name, "WERKS": part.plant, "STLAL": revision, "STPRS": yuan(price),
        "PEINH": "1", "EISBE": f"{part.safety_stock}.000", "UMREZ": f"{part.pack}.000", "MEINS": "ST",
        "AEDAT": compact_date(changed), "AEZET": compact_time(moment),
    }


def pieces_on_hand(seed, part, warehouse, day):
    """The true stock of one part in one warehouse on one local day (days since 1970)."""
    mixed = (seed * 7919 + int(part.code) * 104729 + sum(warehouse.encode()) * 1299709 + day // 2 * 15485863)
    return part.pack * (24 + (mixed ^ mixed >> 11) % 150)


def _snapshots(world, moment):
    """Both systems' stock at six; where somebody has counted, the WMS tells of it a quarter of an hour later."""
    day, at = (moment + OFFSET) // DAY, to_datetime(moment + LAG)
    counts = {(group.warehouse, group.material): group for group in world.book.groups
              if group.fault.kind == "STOCK_COUNT" and group.begin <= moment}
    counted = []
    for part in MATERIALS:
        for house in WAREHOUSES_OF[part.plant]:
            pieces, count = pieces_on_hand(world.seed, part, house.code, day), counts.get((house.code, part.code))
            yield "erp", "stock", _erp_stock(part, house, pieces, moment, day), at, None
            if count is None:
                yield "wms", "stock", _wms_stock(part, house, pieces, moment, day, None), at, None
            else:
                counted.append((_wms_stock(part, house, pieces, moment + COUNT_LATER, day, count), count))
    for row, count in counted:
        yield "wms", "stock", row, to_datetime(moment + COUNT_LATER + LAG), count


def _erp_stock(part, house, pieces, moment, day):
    return {
        "DOCNUM": f"erp-stk-{day}-{house.code}-{part.code}", "ZBATCH": batch_of("erp", moment),
        "MATNR": f"{part.code:0>18}", "WERKS": house.plant, "LGORT": house.code, "LABST": f"{pieces}.000",
        "MEINS": "ST", "AEDAT": compact_date(moment), "AEZET": compact_time(moment),
    }


def _wms_stock(part, house, pieces, moment, day, count):
    return {
        "msg_id": f"wms-stk-{day}-{house.code}-{part.code}", "batch_no": batch_of("wms", moment),
        "warehouse": house.code, "goods_code": f"M{part.code}", "goods_unit": "箱",
        "onhand": pieces // part.pack + (count.boxes if count else 0), "snapshot_time": naive(moment),
        "operator": count.counter if count else "接口", "operator_type": 1 if count else 0,
    }
