"""Which kinds of fault can one order suffer?

Importing this module registers them, the systemic ones of `fault_groups` too.
"""
from integrations.sample_factory import fault_groups
from integrations.sample_factory.catalog import CUSTOMER, CUSTOMERS
from integrations.sample_factory.clockwork import DAY, HOUR, MINUTE, OFFSET, SECOND, to_datetime
from integrations.sample_factory.faults import GROUP_KINDS, REGISTRY, Draft, FaultBook, fault
from integrations.sample_factory.plan import NEVER
from integrations.sample_factory.wording import compact_date, compact_time, naive, plain_yuan, with_offset

__all__ = ["REGISTRY", "Draft", "FaultBook", "fault_groups"]


def lose(drafts):
    """These messages never arrive."""
    for draft in drafts:
        draft.row = None


# presence


@fault("MISSING_MESSAGE", systems=("wms", "crm"))
def _missing(case):
    system = case.draw.choice(("wms", "crm"))
    drafts = case.of(system, "order")
    case.tell(drafts[0], systems=[system])
    lose(drafts)


@fault("REJECTED_MESSAGE", systems=("wms",), parks=True)
def _rejected(case):
    drafts = case.of("wms", "order")
    for draft in drafts:
        draft.row["goods_qty"] = f"约{draft.row['goods_qty']}{draft.row['goods_unit']}"
    case.tell(drafts[0])


@fault("GHOST", systems=("wms",))
def _ghost(case):
    number = case.plan.number + 9_000_000
    drafts = case.of("wms", "order")
    for draft in drafts:
        ghost = case.add(draft, received=draft.received + 40 * SECOND)
        ghost.row |= {"erp_order": f"SO-{number}", "dn_code": f"DN{number}01",
                      "msg_id": f"{draft.row['msg_id']}-G"}
        if draft is drafts[0]:
            case.tell(ghost, key=str(number))


@fault("KEY_FORMAT", systems=("wms",))
def _key_format(case):
    number = case.plan.number
    written = case.draw.choice((f"SO{number}", f"so-{number}", f"SO_{number}", f"SO-{number:010d}"))
    drafts = case.of("wms", "order")
    for draft in drafts:
        draft.row["erp_order"] = written
    case.tell(drafts[0], other_key=written.removeprefix("SO-"))


# duplicates and cardinality


@fault("DUPLICATE_MESSAGE", systems=(), compared=False)
def _duplicate_message(case):
    draft = case.draw.choice([one for one in case.drafts if one.row is not None])
    again = case.add(draft, received=draft.received + 2 * SECOND + int(case.draw.random() * 38 * SECOND))
    case.tell(again, systems=[draft.system])


@fault("DUPLICATE_ENTRY", systems=("wms",))
def _duplicate_entry(case):
    drafts = case.of("wms", "order")
    for draft in drafts:
        twin = case.add(draft, received=draft.received + 6 * MINUTE, occurred=draft.occurred + 5 * MINUTE)
        twin.row |= {"dn_code": f"DN{case.plan.number}02", "msg_id": f"{draft.row['msg_id']}-E",
                     "update_time": naive(twin.occurred), "operator": case.plan.keeper, "operator_type": 1}
        if draft is drafts[0]:
            case.tell(twin)


@fault("SPLIT_ORDER", systems=("wms",))
def _split(case):
    drafts = case.of("wms", "order")
    if drafts[0].row["goods_qty"] < 2:
        return
    for draft in drafts:
        other = case.add(draft, received=draft.received + SECOND)
        _make_child(case.plan, draft, other)
        if draft is drafts[0]:
            case.tell(other, children=[f"{case.plan.number}-1", f"{case.plan.number}-2"])


def _make_child(plan, first, second):
    for name in ("goods_qty", "delivery_actual_qty"):
        whole = first.row[name]
        if whole is not None:
            first.row[name], second.row[name] = whole * 3 // 5, whole - whole * 3 // 5
    for number, draft in enumerate((first, second), 1):
        draft.row |= {"erp_order": f"SO-{plan.number}-{number}", "dn_code": f"DN{plan.number}{number:02d}",
                      "main_order": str(plan.number)}
    second.row["msg_id"] += "-S"


@fault("PARTIAL_CLOSED", field="shipped_m", systems=("wms",))
def _partial_closed(case):
    _ship_other(case, -max(1, int(case.plan.pieces * 0.12)))


@fault("OVER_SHIPMENT", field="shipped_m", systems=("wms",))
def _over_shipment(case):
    _ship_other(case, max(2, int(case.plan.pieces * 0.08)))


def _ship_other(case, pieces):
    """The warehouse counted other pieces at the dock than the ERP closed the order with."""
    shipped, closed = case.of("wms", "order", "shipped"), case.of("erp", "order", "closed")
    if not shipped or not closed:
        return
    row = shipped[0].row
    per_unit = case.plan.lines[0].material.pack if row["goods_unit"] == "箱" else 1
    units = int(pieces / per_unit) or (1 if pieces > 0 else -1)
    row["delivery_actual_qty"] += units
    case.tell(max(closed[0], shipped[0], key=lambda draft: draft.received))


# quantities, money and codes


@fault("UNIT_FACTOR", field="quantity_m", systems=("wms",))
def _unit_factor(case):
    if len(case.plan.lines) > 1:
        return
    drafts = case.of("wms", "order")
    for draft in drafts:
        draft.row["goods_qty"] = case.plan.pieces  # counted in pieces, still called boxes
    case.tell(drafts[0], factor=case.plan.lines[0].material.pack)


def _say_amount(case, fen):
    drafts = case.of("crm", "order")
    for draft in drafts:
        draft.row["amount"] = {**draft.row["amount"], "value": plain_yuan(fen)}
    case.tell(drafts[0])


@fault("ROUNDING", field="amount_minor", systems=("crm",), compared=False)
def _rounding(case):
    _say_amount(case, case.plan.amount + case.draw.choice((-1, 1)))


@fault("DECIMAL_SHIFT", field="amount_minor", systems=("crm",))
def _decimal_shift(case):
    _say_amount(case, case.plan.amount * case.draw.choice((10, 100)))


@fault("TAX_INCLUDED", field="amount_minor", systems=("crm",))
def _tax(case):
    _say_amount(case, (case.plan.amount * 113 + 50) // 100)


@fault("STALE_PRICE", field="amount_minor", systems=("crm",))
def _stale_price(case):
    if len(case.plan.lines) == 1:
        line = case.plan.lines[0]
        _say_amount(case, line.pieces * line.material.old_price)


@fault("CURRENCY_CODE", field="amount_minor", systems=("crm",))
def _currency(case):
    drafts = case.of("crm", "order")
    for draft in drafts:
        draft.row["amount"] = {**draft.row["amount"], "currency": "USD"}
    case.tell(drafts[0])


@fault("MANUAL_EDIT", field="quantity_m", systems=("crm",))
def _manual_edit(case):
    closed = case.of("crm", "order", "closed")
    if not closed:
        return
    occurred = closed[0].occurred + HOUR + int(case.draw.random() * 4 * HOUR)
    edited = case.add(closed[0], received=occurred + 8 * SECOND, occurred=occurred)
    edited.row |= {
        "quantity": edited.row["quantity"] + 7 + int(case.draw.random() * 40), "revision": edited.row["revision"] + 1,
        "lastModified": with_offset(occurred), "modifiedBy": case.plan.seller, "modifiedKind": "user",
        "eventId": f"{edited.row['eventId']}-M",
    }
    case.tell(edited)


@fault("TYPO", field="customer", systems=("wms",))
def _typo(case):
    code = case.plan.customer.code
    swapped = [code[:at] + code[at + 1] + code[at] + code[at + 2:] for at in range(2, len(code) - 1)]
    swapped = [one for one in swapped if one != code and one not in CUSTOMER]
    if swapped:
        _say_customer(case, "wms", case.draw.choice(swapped))


@fault("LEADING_ZERO", field="customer", systems=("wms",))
def _leading_zero(case):
    _say_customer(case, "wms", f"{case.plan.customer.code:0>10}")


@fault("TRUNCATED", field="customer", systems=("crm",))
def _truncated(case):
    _say_customer(case, "crm", case.plan.customer.code[:-1])


def _say_customer(case, system, code):
    drafts = case.of(system, "order")
    for draft in drafts:
        if system == "wms":
            draft.row["customer_no"] = f"C{code}"
        else:
            draft.row["account"] = {**draft.row["account"], "id": f"CUST-{code}"}
    case.tell(drafts[0])


@fault("STALE_BOM", entity="work_order", field="bom_revision", systems=("mes",))
def _stale_bom(case):
    drafts = case.of("mes", "work_order")
    part = case.plan.lines[0].material
    for draft in drafts:
        draft.row["product"] = f"{part.code}-{part.old_revision}"
    if drafts:
        case.tell(drafts[0])


# time


@fault("LATE_POSTING", entity="posting", field="posted_at", systems=("erp",))
def _late_posting(case):
    for draft in case.of("erp", "posting", "receipt"):
        late = 4 * MINUTE + int(case.draw.random() * 86 * MINUTE)
        draft.received += late
        _post_at(draft, draft.occurred + late)
        case.tell(draft)


def _post_at(draft, moment):
    draft.row |= {"BUDAT": compact_date(moment), "CPUTM": compact_time(moment)}


@fault("DATE_ONLY", entity="posting", field="posted_at", systems=("erp",))
def _date_only(case):
    for draft in case.of("erp", "posting", "receipt"):
        if draft.row["CPUTM"] > "000300":  # nearer to midnight nothing differs
            draft.row["CPUTM"] = "000000"
            case.tell(draft)


@fault("DAY_MONTH_SWAP", field="requested_at", systems=("crm",))
def _day_month_swap(case):
    local = to_datetime(case.plan.requested + OFFSET)
    if local.day > 12 or local.day == local.month:
        return
    drafts = case.of("crm", "order")
    written = with_offset(case.plan.requested)
    for draft in drafts:
        draft.row["requestedDeliveryDate"] = f"{written[:5]}{written[8:10]}-{written[5:7]}{written[10:]}"
    case.tell(drafts[0])


@fault("LATE_MESSAGE", entity="shipment", systems=("wms",), compared=False)
def _late_message(case):
    for draft in case.of("wms", "shipment", "shipped")[:1]:
        draft.received += 3 * HOUR + int(case.draw.random() * 6 * HOUR)
        case.tell(draft)


@fault("OUT_OF_ORDER", systems=("erp",), compared=False)
def _out_of_order(case):
    drafts = case.of("erp", "order")
    if case.plan.is_made and len(drafts) > 2:  # the credit check overtaken by the confirmation
        early, late = drafts[1], drafts[2]
        early.received = late.received + MINUTE + int(case.draw.random() * 9 * MINUTE)
        case.tell(early)


# state


@fault("STALE_STATE", field="status", systems=("crm",))
def _stale_state(case):
    for draft in case.of("crm", "order", "closed"):
        case.tell(draft)
        draft.row = None


@fault("CANCELLED_IN_ONE", field="status", systems=("crm",))
def _cancelled_in_one(case):
    confirmed = case.of("crm", "order", "confirmed")
    if not confirmed or case.plan.cancelled != NEVER:
        return
    draft = confirmed[0]
    occurred = draft.occurred + HOUR + int(case.draw.random() * DAY)
    lose([later for later in case.of("crm", "order") if later.occurred >= occurred])
    last = case.of("crm", "order")[-1]
    cancelled = case.add(last, received=occurred + 30 * SECOND, occurred=occurred)
    cancelled.row |= {
        "stage": "已取消", "revision": last.row["revision"] + 1, "lastModified": with_offset(occurred),
        "modifiedBy": case.plan.seller, "modifiedKind": "user", "eventId": f"{last.row['eventId']}-X",
    }
    case.tell(cancelled)


@fault("STATUS_UNMAPPED", field="status", systems=("crm",))
def _status_unmapped(case):
    drafts = [draft for draft in case.of("crm", "order") if draft.word != "created"]
    for draft in drafts:
        draft.row["stage"] = "履约跟进中"
    if drafts:
        case.tell(drafts[0], status_raw="履约跟进中")


# what no rule knows


@fault("OTHER_QUANTITY", cause="UNKNOWN", field="quantity_m", systems=("wms",))
def _other_quantity(case):
    drafts = case.of("wms", "order")
    right = drafts[0].row["goods_qty"]
    wrong = int(right * (0.61 + 0.2 * case.draw.random())) + 3
    for draft in drafts:
        draft.row["goods_qty"] = wrong + (wrong == right) * 2
    case.tell(drafts[0])


@fault("OTHER_AMOUNT", cause="UNKNOWN", field="amount_minor", systems=("crm",))
def _other_amount(case):
    _say_amount(case, int(case.plan.amount * (0.71 + 0.11 * case.draw.random())) + 137)


@fault("OTHER_CUSTOMER", cause="UNKNOWN", field="customer", systems=("crm",))
def _other_customer(case):
    place = CUSTOMERS.index(case.plan.customer)
    _say_customer(case, "crm", CUSTOMERS[(place + 5 + int(case.draw.random() * 25)) % len(CUSTOMERS)].code)


# rows nobody can read: one more message each, which must be parked while everything else goes on


@fault("BAD_QUANTITY", entity="receipt", systems=("wms",), compared=False, parks=True)
def _bad_quantity(case):
    for draft in case.of("wms", "receipt"):
        bad = case.add(draft, received=draft.received + MINUTE)
        bad.row |= {"goods_qty": "约二十", "seq": 2, "msg_id": f"{draft.row['msg_id']}-Q"}
        case.tell(bad)


@fault("BAD_TIME", entity="work_order", systems=("mes",), compared=False, parks=True)
def _bad_time(case):
    for draft in case.of("mes", "work_order")[:1]:
        bad = case.add(draft, received=draft.received + MINUTE)
        bad.row |= {"ts": "2026-13-40T25:61:00Z", "counter": 99, "msgId": f"{draft.row['msgId']}-T"}
        case.tell(bad)


@fault("BAD_KEY", systems=("crm",), compared=False, parks=True)
def _bad_key(case):
    draft = case.of("crm", "order")[0]
    bad = case.add(draft, received=draft.received + MINUTE)
    bad.row |= {"id": None, "revision": 99, "eventId": f"{draft.row['eventId']}-K"}
    case.tell(bad)


def even_faults(rate):
    """Every kind at this rate; the systemic ones, whose groups are large, as rarely as they can be."""
    return {**dict.fromkeys(REGISTRY, rate), **dict.fromkeys(GROUP_KINDS, rate)}
