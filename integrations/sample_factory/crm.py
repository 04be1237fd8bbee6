"""What does the CRM say of an order, in its own words (nested JSON, ISO times with offset)?"""
from integrations.sample_factory.catalog import TIERS
from integrations.sample_factory.erp import order_words
from integrations.sample_factory.wording import plain_yuan, with_offset

CODE = "crm"
LAG = (20_000, 60_000)
_STAGE = {"created": "新建", "confirmed": "已确认", "held": "暂停", "released": "已确认", "moved": "已确认",
          "cancelled": "已取消", "closed": "已完成"}
SAYS = {("order", word): ("commercial", status) for word, status in (
    ("created", "draft"), ("confirmed", "confirmed"), ("held", "held"), ("released", "confirmed"),
    ("moved", "confirmed"), ("cancelled", "cancelled"), ("closed", "closed"))}
TIER_WORD = {code: written for code, _, _, _, written in TIERS}


def steps(plan):
    """[(occurred, entity, word, part, revision)]: the CRM follows the ERP's header within a minute."""
    delay = 15_000 + plan.lag_seed % 30_000
    return [
        (at + delay, "order", word, 0, place + 1) for place, (at, word) in enumerate(order_words(plan))
    ]


def render(plan, step, envelope):
    """The raw row of one step."""
    at, _, word, _, revision = step
    promised = plan.promised_at(at)
    return {
        **envelope, "id": f"006{plan.index:09d}", "orderNo": str(plan.number), "stage": _STAGE[word],
        "account": {"id": f"CUST-{plan.customer.code}", "name": plan.customer.name,
                    "tier": TIER_WORD[plan.customer.tier]},
        "amount": {"value": plain_yuan(plan.amount), "currency": "CNY"},
        "product": plan.lines[0].material.code if len(plan.lines) == 1 else None,
        "quantity": plan.pieces, "quantityUnit": "件", "owner": plan.seller, "team": plan.team,
        "requestedDeliveryDate": with_offset(plan.requested),
        "promisedDate": with_offset(promised) if promised else None,
        "lastModified": with_offset(at), "modifiedBy": plan.seller if word == "created" else "erp-sync",
        "modifiedKind": "user" if word == "created" else "integration", "revision": revision,
    }


def envelope(place, message, batch):
    """The interface's own fields around a row."""
    return {"eventId": message, "syncBatch": batch}
