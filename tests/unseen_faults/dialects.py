"""How each system writes its times and numbers, and what it calls its evidence columns."""

from datetime import UTC, datetime, timedelta, timezone

PLANT = timezone(timedelta(hours=8))


class Raw(str):
    """Text that goes into a file as it stands."""


def at(day, hour=0, minute=0, second=0):
    """A moment of the plant in 2026: day counts from 1 October."""
    return datetime(2026, 10, 1, tzinfo=PLANT) + timedelta(days=day, hours=hour, minutes=minute, seconds=second)


def slashed(moment):
    return moment.astimezone(PLANT).strftime("%Y/%m/%d %H:%M:%S")


def dashed(moment):
    return moment.astimezone(PLANT).strftime("%Y-%m-%d %H:%M:%S")


def epoch_ms(moment):
    return str(int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1)))


def zulu(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def offset(moment):
    return moment.astimezone(PLANT).strftime("%Y-%m-%dT%H:%M:%S+08:00")


def dotted(moment):
    return moment.astimezone(PLANT).strftime("%d.%m.%Y %H:%M:%S")


def chinese(moment):
    return moment.astimezone(PLANT).strftime("%Y年%m月%d日 %H:%M:%S")


CLOCK = {"erp": slashed, "wms": epoch_ms, "crm": zulu, "tms": offset, "tax": dashed}

EVIDENCE = (
    "event",
    "received",
    "created",
    "synced",
    "version",
    "received_version",
    "actor",
    "actor_kind",
    "message_id",
    "payload_hash",
    "batch",
    "item",
    "customer",
    "warehouse",
    "device",
    "order_type",
)

_HEADERS = {
    "erp": "变更时间 接口时间 建单时间 同步时间 版次 已收版次 修改人 修改方式 报文号 报文摘要 批号 "
    "料号 客户号 仓 设备 单据类型",
    "wms": "evt_ms hub_ms made_ms sync_ms rev rev_in usr usr_kind msgid digest load_no sku cust wh rf_gun ord_class",
    "crm": "ModifiedAt ReceivedAt CreatedAt SyncedAt Rev MaxRev ModifiedBy ModifiedVia MessageGuid BodyHash LoadId "
    "PartCode Account Depot Client DealType",
    "tms": "last_scan hub_in booked_at synced_at v v_max operator operator_kind msg_no msg_hash drop_no material "
    "shipper depot scanner svc_type",
    "tax": "op_time recv_time make_time sync_time ver ver_max op_user op_kind req_id req_hash pack_no goods buyer org "
    "terminal kind",
}


def headers(system):
    """Evidence name to the column's name in this system."""
    return dict(zip(EVIDENCE, _HEADERS[system].split(), strict=True))
