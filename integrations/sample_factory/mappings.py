"""How are the sample factory's five dialects read into our words? Each system's mapping is data."""
from integrations.sample_factory.catalog import KINDS, MATERIALS, TIERS, old_pack

ZONE = "Asia/Shanghai"
_KINDS = {written: code for code, _, _, written in KINDS}
_TIERS = {written: code for code, _, _, _, written in TIERS}
_PIECES = {"ST": ["pcs", "1"], "件": ["pcs", "1"], "个": ["pcs", "1"], "千件": ["pcs", "1000"]}
# A box holds what the part's packing says: "M210103/箱" is asked before "箱" alone.
_BOXES = {f"M{part.code}/箱": ["pcs", str(part.pack)] for part in MATERIALS}


def _sap(field):
    return {"from": field, "as": "time", "dialect": "sap"}


def _quantity(field, unit, units, **more):
    return {"from": field, "as": "quantity", "unit": unit, "units": units, **more}


_ERP_CHANGED = {"from": ["AEDAT", "AEZET"], "dialect": "compact"}
_ERP_MASTER = {"occurred_at": _ERP_CHANGED, "orders_by": "time", "message_id": "DOCNUM", "batch": "ZBATCH"}
_ERP_ACTOR = {
    "version": "strip0(ZVERSION)", "actor": "AENAM", "actor_kind": {"from": "ZUSTYP", "table": "actors"},
}

ERP = {
    "format": 1, "system": "erp", "mapping_version": 1, "zone": ZONE, "currency": "CNY",
    "orders_by": "version",
    "envelope": ["DOCNUM", "ZBATCH"],
    "tables": {
        "kinds": _KINDS, "tiers": {"A": "a", "B": "b", "C": "c"},
        "actors": {"A": "person", "B": "interface", "S": "device"},
        "order_status": {
            "A": ["commercial", "draft"], "B": ["commercial", "draft"], "C": ["commercial", "confirmed"],
            "H": ["commercial", "held"], "X": ["commercial", "cancelled"], "Z": ["commercial", "closed"],
        },
        "blocks": {"Z1": "credit", "Z2": "customer", "Z3": "quality", "Z4": "material"},
        "material_status": {
            "00": ["material", "none"], "10": ["material", "requested"], "20": ["material", "reserved"],
            "25": ["material", "short"],
        },
        "movement": {"101": ["material", "received"], "601": ["logistics", "shipped"]},
        "movement_parent": {"101": "receipt", "601": "shipment"},
        "billing": {"C": ["finance", "invoiced"], "P": ["finance", "paid"]},
    },
    "units": {"pieces": _PIECES},
    "streams": {
        "order": {
            "key": "VBELN", "order_number": "strip0(VBELN)",
            "order_kind": {"from": "AUART", "table": "kinds"},
            "occurred_at": _ERP_CHANGED, "message_id": "DOCNUM", "batch": "ZBATCH", **_ERP_ACTOR,
            "status": {"from": "GBSTK", "table": "order_status"}, "closed": "FKSTA",
            "fields": {
                "customer": "strip0(KUNNR)", "customer_name": "NAME1", "sales_team": "VKGRP",
                "plant": "WERKS",
                "quantity_m": _quantity("KWMENG", "VRKME", "pieces"),
                "shipped_m": _quantity("LFIMG", "VRKME", "pieces"),
                "amount_minor": {"from": "NETWR", "as": "money", "currency": "WAERK"},
                "requested_at": _sap("VDATU"), "promised_at": _sap("ZZPROM"), "ordered_at": _sap("ERDAT"),
                "hold_kind": {"from": "LIFSK", "as": "code", "table": "blocks"},
            },
            "facts": {"ordered": _sap("ERDAT"), "credit_checked": _sap("ZZCREDIT")},
        },
        "order_line": {
            "key": ["VBELN", "POSNR"], "order_number": "strip0(VBELN)", "line_number": "strip0(POSNR)",
            "parent_entity": "order", "parent_key": "VBELN",
            "occurred_at": _ERP_CHANGED, "message_id": "DOCNUM", "batch": "ZBATCH", **_ERP_ACTOR,
            "status": {"from": "ZMATST", "table": "material_status"},
            "fields": {
                "material": "strip0(MATNR)", "material_name": "ARKTX", "plant": "WERKS",
                "bom_revision": "STLAL",
                "quantity_m": _quantity("KWMENG", "VRKME", "pieces", required=True),
                "unit_price_u": {"from": "NETPR", "as": "price", "per": "KPEIN"},
                "amount_minor": {"from": "NETWR", "as": "money", "currency": "WAERK"},
                "requested_at": _sap("EDATU"), "promised_at": _sap("ZZPROM"),
            },
            "facts": {"purchase_requested": _sap("BANDAT"), "mrp_run": _sap("MRPDAT")},
        },
        "posting": {
            "key": "MBLNR", "order_number": "strip0(VBELN)",
            "parent_entity": {"from": "BWART", "table": "movement_parent"}, "parent_key": "XBLNR",
            "occurred_at": {"from": ["BUDAT", "CPUTM"], "dialect": "compact"},
            "message_id": "DOCNUM", "batch": "ZBATCH", "version": "strip0(ZVERSION)", "actor": "USNAM",
            "actor_kind": {"from": "ZUSTYP", "table": "actors"},
            "status": {"from": "BWART", "table": "movement"},
            "fields": {
                "material": "strip0(MATNR)", "plant": "WERKS", "warehouse": "LGORT",
                "quantity_m": _quantity("MENGE", "MEINS", "pieces", required=True),
                "posted_at": {"from": ["BUDAT", "CPUTM"], "as": "time", "dialect": "compact"},
            },
        },
        "invoice": {
            "key": "BELNR", "order_number": "strip0(VBELN)", "parent_entity": "order", "parent_key": "VBELN",
            "occurred_at": _ERP_CHANGED, "message_id": "DOCNUM", "batch": "ZBATCH", **_ERP_ACTOR,
            "status": {"from": "RFBSK", "table": "billing"},
            "fields": {
                "customer": "strip0(KUNNR)",
                "amount_minor": {"from": "NETWR", "as": "money", "currency": "WAERK", "required": True},
            },
            "facts": {"invoiced": _sap("FKDAT"), "paid": _sap("AUGDT")},
        },
        "stock": {
            "key": "join('/', [LGORT, strip0(MATNR)])", "orders_by": "time",
            "occurred_at": _ERP_CHANGED, "message_id": "DOCNUM", "batch": "ZBATCH",
            "fields": {
                "material": "strip0(MATNR)", "warehouse": "LGORT", "plant": "WERKS",
                "on_hand_m": _quantity("LABST", "MEINS", "pieces", required=True),
            },
        },
        "material": {
            "key": "MATNR", "occurred_at": _ERP_CHANGED, "orders_by": "time", "message_id": "DOCNUM",
            "fields": {
                "material": "strip0(MATNR)", "material_name": "MAKTX", "plant": "WERKS",
                "bom_revision": "STLAL",
                "unit_price_u": {"from": "STPRS", "as": "price", "per": "PEINH"},
                "safety_stock_m": _quantity("EISBE", "MEINS", "pieces"),
                "pack_m": _quantity("UMREZ", "MEINS", "pieces"),
            },
        },
        "customer": {
            **_ERP_MASTER, "key": "KUNNR",
            "fields": {
                "customer": "strip0(KUNNR)", "customer_name": "NAME1", "sales_team": "VKGRP",
                "tier": {"from": "KLABC", "as": "code", "table": "tiers"},
                "credit_limit_minor": {"from": "KLIMK", "as": "money", "currency": "WAERS"},
            },
        },
        "supplier": {
            **_ERP_MASTER, "key": "LIFNR", "fields": {"supplier": "LIFNR", "supplier_name": "NAME1"},
        },
        "carrier": {
            **_ERP_MASTER, "key": "LIFNR", "fields": {"carrier": "SORTL", "carrier_name": "NAME1"},
        },
        "price": {
            **_ERP_MASTER, "key": "MATNR",
            "fields": {
                "material": "strip0(MATNR)",
                "list_price_minor": {"from": "KBETR", "as": "money", "currency": "KONWA", "required": True},
            },
        },
    },
}

_WMS_ROW = {
    "occurred_at": "update_time", "sequence": "seq", "message_id": "msg_id", "batch": "batch_no",
    "actor": "operator", "actor_kind": {"from": "operator_type", "table": "actors"}, "device": "device",
    "order_number": "strip_prefix(erp_order, 'SO-')",
}
_WMS_MASTER = {"occurred_at": "update_time", "orders_by": "time", "message_id": "msg_id", "batch": "batch_no"}
_WMS_QUANTITY = {"as": "quantity", "unit": "goods_unit", "units": "goods", "unit_of": "goods_code"}

WMS = {
    "format": 1, "system": "wms", "mapping_version": 2, "zone": ZONE, "orders_by": "sequence",
    "envelope": ["msg_id", "batch_no"],
    "tables": {
        "actors": {"0": "interface", "1": "person", "2": "device"},
        "status": {
            "10": ["logistics", "none"], "20": ["logistics", "picking"], "40": ["logistics", "packed"],
            "50": ["logistics", "shipped"], "60": ["logistics", "shipped"], "90": ["commercial", "cancelled"],
        },
        "inbound": {"1": ["material", "requested"], "4": ["material", "received"]},
    },
    "units": {"goods": {**_PIECES, **_BOXES}},
    "streams": {
        "order": {
            **_WMS_ROW, "key": "dn_code", "status": {"from": "dn_status", "table": "status"},
            "closed": "is_closed", "parent_entity": "order", "parent_key": "main_order",
            "fields": {
                "customer": "strip_prefix(customer_no, 'C')", "material": "strip_prefix(goods_code, 'M')",
                "warehouse": "warehouse", "quantity_m": {**_WMS_QUANTITY, "from": "goods_qty", "required": True},
                "shipped_m": {**_WMS_QUANTITY, "from": "delivery_actual_qty"},
            },
        },
        "receipt": {
            **_WMS_ROW, "key": "asn_code", "status": {"from": "asn_status", "table": "inbound"},
            "fields": {
                "material": "strip_prefix(goods_code, 'M')", "warehouse": "warehouse",
                "quantity_m": {**_WMS_QUANTITY, "from": "goods_qty", "required": True},
                "posted_at": {"from": "inbound_time", "as": "time"},
            },
            "facts": {"material_received": "inbound_time"},
        },
        "shipment": {
            **_WMS_ROW, "key": "ship_code", "status": {"from": "ship_status", "table": "status"},
            "parent_entity": "order", "parent_key": "dn_code",
            "fields": {
                "customer": "strip_prefix(customer_no, 'C')", "material": "strip_prefix(goods_code, 'M')",
                "warehouse": "warehouse", "carrier": "carrier", "waybill": "waybill",
                "quantity_m": {**_WMS_QUANTITY, "from": "goods_qty", "required": True},
                "posted_at": {"from": "ship_time", "as": "time"},
            },
            "facts": {"packed": "pack_time", "shipped": "ship_time"},
        },
        "stock": {
            "key": "join('/', [warehouse, strip_prefix(goods_code, 'M')])", "occurred_at": "snapshot_time",
            "orders_by": "time", "message_id": "msg_id", "batch": "batch_no", "actor": "operator",
            "actor_kind": {"from": "operator_type", "table": "actors"},
            "fields": {
                "material": "strip_prefix(goods_code, 'M')", "warehouse": "warehouse",
                "on_hand_m": {**_WMS_QUANTITY, "from": "onhand", "required": True},
            },
        },
        "material": {
            **_WMS_MASTER, "key": "goods_code",
            "fields": {
                "material": "strip_prefix(goods_code, 'M')", "material_name": "goods_name",
                "pack_m": {"from": "pack_qty", "as": "quantity", "unit": "goods_unit", "units": "goods"},
            },
        },
        "supplier": {
            **_WMS_MASTER, "key": "supplier_no",
            "fields": {"supplier": "supplier_no", "supplier_name": "supplier_name"},
        },
    },
}

CRM = {
    "format": 1, "system": "crm", "mapping_version": 1, "zone": ZONE, "currency": "CNY",
    "orders_by": "version",
    "envelope": ["eventId", "syncBatch"],
    "tables": {
        "tiers": _TIERS, "actors": {"user": "person", "integration": "interface"},
        "stages": {
            "新建": ["commercial", "draft"], "报价": ["commercial", "quoted"],
            "已确认": ["commercial", "confirmed"], "暂停": ["commercial", "held"],
            "已完成": ["commercial", "closed"], "已取消": ["commercial", "cancelled"],
        },
    },
    "units": {"pieces": _PIECES},
    "streams": {
        "order": {
            "key": "id", "order_number": "orderNo", "occurred_at": "lastModified", "version": "revision",
            "message_id": "eventId", "batch": "syncBatch", "actor": "modifiedBy",
            "actor_kind": {"from": "modifiedKind", "table": "actors"},
            "status": {"from": "stage", "table": "stages"},
            "fields": {
                "customer": "strip_prefix(account.id, 'CUST-')", "customer_name": "account.name",
                "tier": {"from": "account.tier", "as": "code", "table": "tiers"}, "sales_team": "team",
                "material": "product", "quantity_m": _quantity("quantity", "quantityUnit", "pieces"),
                "amount_minor": {"from": "amount.value", "as": "money", "currency": "amount.currency"},
                "requested_at": {"from": "requestedDeliveryDate", "as": "time"},
                "promised_at": {"from": "promisedDate", "as": "time"},
            },
        },
        "customer": {
            "key": "id", "occurred_at": "lastModified", "orders_by": "version", "version": "revision",
            "message_id": "eventId", "batch": "syncBatch",
            "fields": {
                "customer": "strip_prefix(id, 'CUST-')", "customer_name": "name", "sales_team": "team",
                "tier": {"from": "tier", "as": "code", "table": "tiers"},
                "credit_limit_minor": {"from": "credit.limit", "as": "money", "currency": "credit.currency"},
            },
        },
        "price": {
            "key": "id", "occurred_at": "lastModified", "orders_by": "version", "version": "revision",
            "message_id": "eventId", "batch": "syncBatch",
            "fields": {
                "material": "product",
                "list_price_minor": {"from": "price.value", "as": "money", "currency": "price.currency",
                                     "required": True},
            },
        },
    },
}

_MES_ROW = {
    "order_number": "strip_prefix(soRef, 'SO')", "line_number": {"from": "soItem"}, "occurred_at": "ts",
    "sequence": "counter", "message_id": "msgId", "batch": "batch", "parent_entity": "order",
    "parent_key": "soRef", "actor_kind": {"from": "source", "table": "actors"},
    "status": {"from": "state", "table": "states"},
}
_MES_FIELDS = {
    "material": "before(product, '-')", "bom_revision": "after(product, '-')", "plant": "plant",
    "quantity_m": _quantity("qty", "uom", "pieces", required=True),
}

MES = {
    "format": 1, "system": "mes", "mapping_version": 1, "zone": "UTC", "orders_by": "sequence",
    "envelope": ["msgId", "batch"],
    "tables": {
        "actors": {"machine": "device", "operator": "person"},
        "states": {
            "PLANNED": ["production", "planned"], "DISPATCHED": ["production", "dispatched"],
            "RUNNING": ["production", "started"], "FA_OK": ["production", "started"],
            "DONE": ["production", "finished"], "IQ_OPEN": ["quality", "inspecting"],
            "NG": ["quality", "rejected"], "OK": ["quality", "released"],
        },
    },
    "units": {"pieces": _PIECES},
    "streams": {
        "work_order": {
            **_MES_ROW, "key": "wo", "device": "station", "actor": "operator", "fields": _MES_FIELDS,
            "facts": {"dispatched": "dispatchedAt", "production_started": "startedAt",
                      "first_article": "firstArticleAt", "production_finished": "doneAt"},
        },
        "inspection": {
            **_MES_ROW, "key": "lot", "actor": "inspector", "fields": _MES_FIELDS,
            "facts": {"qc_released": "releasedAt"},
        },
        "material": {
            "key": "part", "occurred_at": "ts", "orders_by": "time", "message_id": "msgId", "batch": "batch",
            "fields": {"material": "before(part, '-')", "bom_revision": "after(part, '-')", "plant": "plant"},
        },
    },
}

TMS = {
    "format": 1, "system": "tms", "mapping_version": 1, "zone": "UTC", "orders_by": "sequence",
    "envelope": ["callbackId", "pushBatch"],
    "tables": {
        "nodes": {
            "GOT": ["logistics", "shipped"], "DEPARTURE": ["logistics", "in_transit"],
            "ARRIVAL": ["logistics", "in_transit"], "SIGNED": ["logistics", "delivered"],
            "REJECT": ["logistics", "returned"],
        },
    },
    "units": {"pieces": _PIECES},
    "streams": {
        "waybill": {
            "key": "waybillNo", "order_number": "before(custRef, '/')", "parent_entity": "shipment",
            "parent_key": "shipRef", "occurred_at": {"from": "eventTime", "dialect": "epoch_ms"},
            "sequence": "nodeSeq", "message_id": "callbackId", "batch": "pushBatch", "actor": "reporter",
            "status": {"from": "node", "table": "nodes"}, "closed": "signed",
            "fields": {
                "carrier": "carrierCode", "waybill": "waybillNo", "customer": "consignee",
                "quantity_m": _quantity("pcs", "uom", "pieces", required=True),
            },
            "facts": {"in_transit": {"from": "transitTime", "dialect": "epoch_ms"},
                      "delivered": {"from": "signTime", "dialect": "epoch_ms"}},
        },
        "carrier": {
            "key": "carrierCode", "occurred_at": {"from": "eventTime", "dialect": "epoch_ms"}, "orders_by": "time",
            "message_id": "callbackId", "batch": "pushBatch",
            "fields": {"carrier": "carrierCode", "carrier_name": "carrierName"},
        },
    },
}

MAPPINGS = {spec["system"]: spec for spec in (ERP, WMS, CRM, TMS, MES)}
# How the WMS was read before the packing of its parts was changed.
_FORMER = {f"M{part.code}/箱": ["pcs", str(old_pack(part))] for part in MATERIALS}
FORMER = {"wms": {**WMS, "mapping_version": 1, "units": {"goods": {**_PIECES, **_FORMER}}}}
