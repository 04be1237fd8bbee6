"""Order lines in ERP, WMS and CRM: quantities, states, codes, names, revisions, the time of entry."""

from datetime import timedelta

from .dialects import at, dotted
from .kit import LAST, Book, declared, evidence_columns
from .world import pieces

NAMES = "event received created synced version received_version actor actor_kind message_id payload_hash batch"
RANK = ["NEW", "RELEASED", "PICKED", "PACKED", "SHIPPED", "DELIVERED", "CLOSED"]
RULE_DAY = at(29)  # the CRM's mapping version 4 holds from here on
CODES = {
    "erp": dict(zip([*RANK, "CANCELLED", "ON_HOLD"], "10 20 30 40 50 60 90 99 15".split(), strict=True)),
    "wms": dict(zip([*RANK, "CANCELLED", "ON_HOLD"], "nw rl pk pa sh dv cl xx hd".split(), strict=True)),
    "crm": dict(
        zip(
            [*RANK, "CANCELLED", "ON_HOLD"],
            "新建 已下达 已拣货 已装箱 已发运 已签收 已完结 已取消 暂停".split(),
            strict=True,
        )
    ),
}
COLUMNS = {
    "erp": {
        "订单": "so",
        "行号": "pos",
        "数量": "quantity",
        "计量单位": "unit",
        "行状态": "status",
        "物料编码": "item",
        "客户名称": "name",
        "图号": "drawing",
        "条码": "barcode",
        "BOM版本": "revision",
        "录入时间": "ordered",
        "客户编码": "customer",
        "映射版本": "mapping_version",
        "单据类别": "kind",
        **evidence_columns("erp", NAMES),
    },
    "wms": {
        "so_line": "key",
        "qty_out": "quantity",
        "uom": "unit",
        "st": "status",
        "sku": "item",
        "consignee": "name",
        "dwg": "drawing",
        "ean": "barcode",
        "bom_rev": "revision",
        "class": "kind",
        "map_v": "mapping_version",
        **evidence_columns("wms", NAMES),
    },
    "crm": {
        "LineRef": "key",
        "Pieces": "quantity",
        "Stage": "status",
        "Part": "item",
        "AccountName": "name",
        "AccountNo": "customer",
        "DrawingNo": "drawing",
        "EAN": "barcode",
        "EnteredAt": ("ordered", dotted),
        "SourceStage": "raw_code",
        "MapVersion": "mapping_version",
        **evidence_columns("crm", NAMES),
    },
}
KEY = ["trim", "nfkc", "upper", "strip_zeros"]
PROFILE = {
    "version": 1,
    "name": {"en": "Order lines", "zh": "订单行"},
    "zone": "Asia/Shanghai",
    "record": "erp",
    "empty": ["NULL", "/"],
    "systems": {
        "erp": {
            "label": "ERP",
            "key": {"columns": ["订单", "行号"], "join": ".", "normalise": KEY},
            "evidence": declared(
                "erp", NAMES, item="物料编码", customer="客户编码", raw_unit="计量单位", mapping_version="映射版本"
            ),
        },
        "wms": {
            "label": "WMS",
            "key": {"columns": ["so_line"], "normalise": KEY, "strip_prefix": ["WM-"]},
            "grace": "45m",
            "scope": [{"column": "class", "not_in": ["SAMPLE"]}],
            "evidence": declared("wms", NAMES, item="sku", raw_unit="uom", mapping_version="map_v"),
        },
        "crm": {
            "label": "CRM",
            "key": {"columns": ["LineRef"], "normalise": KEY},
            "grace": "20m",
            "evidence": declared(
                "crm", NAMES, customer="AccountNo", raw_code="SourceStage", mapping_version="MapVersion"
            ),
        },
    },
    "fields": {
        "quantity": {
            "type": "quantity",
            "columns": {"erp": "数量", "wms": "qty_out", "crm": "Pieces"},
            "unit": {"erp": "计量单位", "wms": "uom"},
            "item": {"erp": "物料编码", "wms": "sku"},
            "base_unit": "PCS",
        },
        "status": {"type": "code", "columns": {"erp": "行状态", "wms": "st", "crm": "Stage"}, "rank": RANK},
        "item": {"type": "text", "columns": {"erp": "物料编码", "wms": "sku", "crm": "Part"}, "xref": "items"},
        "customer": {"type": "text", "columns": {"erp": "客户编码", "crm": "AccountNo"}, "xref": "customers"},
        "customer_name": {"type": "text", "columns": {"erp": "客户名称", "wms": "consignee", "crm": "AccountName"}},
        "drawing": {"type": "text", "columns": {"erp": "图号", "wms": "dwg", "crm": "DrawingNo"}},
        "barcode": {"type": "text", "columns": {"erp": "条码", "wms": "ean", "crm": "EAN"}},
        "bom_revision": {"type": "text", "columns": {"erp": "BOM版本", "wms": "bom_rev"}, "empty": "ignore"},
        "ordered": {
            "type": "time",
            "tolerance": "2m",
            "columns": {"erp": "录入时间", "crm": "EnteredAt"},
            "formats": ["%d.%m.%Y %H:%M:%S"],
        },
    },
}


def codes():
    """The table `codes`: every word, two synonyms, one wrong entry, and the CRM's two mapping versions."""
    rows = [("field", "system", "raw", "canonical", "version", "valid_from", "valid_to")]
    rows += [
        ("status", system, raw, word, "", "", "") for system, words in CODES.items() for word, raw in words.items()
    ]
    rows += [
        ("status", "crm", "已发货", "SHIPPED", "", "", ""),
        ("status", "wms", "sh2", "SHIPPED", "", "", ""),
        ("status", "wms", "pod", "RELEASED", "", "", ""),  # wrong: proof of delivery
        ("status", "crm", "Q55", "SHIPPED", "3", "2026-01-01", "2026-10-30"),
        ("status", "crm", "Q55", "PACKED", "4", "2026-10-30", ""),
    ]
    return rows


def make(seed, orders, world):
    """The clean book and its tables."""
    book = Book("lines", seed, orders, "erp", COLUMNS)
    rng, missing_customers = book.rng, {world.customers[-1].code}
    starts = sorted(at(11, 8 + rng.random() * (LAST - 11 * 24 - 8)) for _ in range(orders))
    for n, event in enumerate(starts):
        event = event.replace(microsecond=0)
        so, pos = str(45100000 + n * 7 + rng.randint(0, 6)), str(10 * rng.randint(1, 9))
        part, customer = rng.choice(world.parts), rng.choice(world.customers[:-1])
        shared = {
            "version": rng.randint(2, 6),
            "created": event - timedelta(hours=rng.randint(3, 30)),
            "part": part,
            "buyer": customer,
            "word": rng.choice(RANK),
            "name": customer.name,
            "drawing": part.drawing,
            "barcode": part.barcode,
            "quantity": pieces(part, rng),
            "kind": "NORM",
            "mapping_version": "4",
        }
        key = f"{so}.{pos}"
        ordered = shared["created"] + timedelta(seconds=rng.randint(0, 3000))
        book.order.append(key)
        for system, lag in (("erp", 0), ("wms", rng.randint(5, 60)), ("crm", rng.randint(10, 100))):
            row = book.add(system, key, event + timedelta(seconds=lag), **shared)
            row.update(
                item=part.crm_code if system == "crm" else part.code,
                status=CODES[system][row["word"]],
                customer=customer.crm_code if system == "crm" else customer.code,
                unit="PCS",
                so=so,
                pos=pos,
                revision=part.revision,
                ordered=ordered + timedelta(seconds=rng.randint(0, 50) * (system == "crm")),
            )
            if system == "wms":
                row["key"] = f"WM-{key}"
                if not part.old_box and rng.random() < 0.3:
                    row.update(unit="BOX", quantity=row["quantity"] // part.box)
            if system == "crm":
                row.update(raw_code=row["status"], mapping_version="4" if event >= RULE_DAY else "3")
    book.tables.update(
        codes=codes(),
        units=world.units(),
        items=world.items(),
        boms=world.boms(),
        customers=[
            ("system", "external", "internal"),
            *(("crm", who.crm_code, who.code) for who in world.customers if who.code not in missing_customers),
        ],
        replacements=[
            ("old", "replacement", "valid_from"),
            *((part.code, f"{part.code}N", "2026-09-01") for part in world.parts[::9]),
        ],
        mappings=[
            ("system", "mapping_version", "valid_from"),
            ("crm", "3", "2026-01-01"),
            ("crm", "4", "2026-10-30"),
            ("erp", "4", "2026-01-01"),
            ("wms", "4", "2026-01-01"),
        ],
    )
    return book
