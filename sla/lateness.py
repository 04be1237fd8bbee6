"""Is an order late or at risk, since when, at which node, why, and what is due next?"""
from zoneinfo import ZoneInfo

from kernel.moments import say_fixed
from orders.models.order import AT_RISK, LATE, ON_TIME
from sla.blocking import held_up_by, is_due_on_hold
from sla.models import Milestone

MOSTLY = 0.5  # the board turns amber from the same share on


def lateness_row(order, milestones, forecast_at, at, short=None, likely=None):
    """The row for orders.actions.keep_due: what the list shows and filters by.

    `milestones` are the order's, in path order, already judged at `at`; `forecast_at` is when delivery is expected
    (in a plan without delivery its end), None where the path does not reach so far;
    `short`: (code of the node that does not fit, working seconds the promise lacks), None where the path fits;
    `likely`: of comparable finished orders the share that would have broken the promise, None where nobody knows.
    While an order is on hold nothing of it is due next, and it is late only by its promise or by what was late before.
    """
    waiting = [one for one in milestones if one.state in (Milestone.WAITING, Milestone.RUNNING, Milestone.LATE)]
    ahead = [one for one in waiting if one.planned_at]
    next_one = min(ahead, key=lambda one: (one.planned_at, one.sequence), default=None)
    row = _row(order, None if order.is_held else next_one, forecast_at)
    return row | _verdict(order, milestones, ahead, forecast_at, at, short, likely) if order.is_open else row


def unplanned_row(order):
    """The row of an order that has no plan: neither late nor at risk, and nothing is due."""
    return _row(order, None, None)


def _row(order, next_one, forecast_at):
    row = {
        "order_id": order.pk, "lateness": ON_TIME, "late_since": None, "late_node": "", "late_reason_en": "",
        "late_reason_zh": "", "next_due_at": next_one.planned_at if next_one else None,
        "next_node": next_one.node.code if next_one else "",
        # The hub's own. What a system forecasts stands on the lines and in the state, and is shown beside it.
        "forecast_at": forecast_at,
    }
    return row


def _verdict(order, milestones, ahead, forecast_at, at, short, likely):
    if order.promised_at and order.ordered_at and order.promised_at < order.ordered_at and not is_delivered(order):
        return _said(LATE, order.promised_at, "", _backwards_words(order))
    late = [one for one in ahead if one.state == Milestone.LATE and not is_due_on_hold(one, order)]
    held_up = held_up_by(milestones)
    late = [one for one in late if one.node.code not in held_up] or late
    if late:
        first = min(late, key=lambda one: (one.late_at, one.sequence))
        return _said(LATE, first.late_at, first.node.code, _late_words(first, order))
    if order.promised_at and order.promised_at < at and not is_delivered(order):
        return _said(LATE, order.promised_at, "", _promise_words(order))
    if order.is_held:
        return {}  # what comes next waits for the release
    if is_delivered(order):
        return {}  # whether it came late is told as a fact; there is no risk of it any more
    if short:
        return _said(AT_RISK, order.ordered_at, short[0], _short_words(short[1]))
    warned = [one for one in ahead if one.warned_at]
    if warned:
        return _said(AT_RISK, warned[0].warned_at, warned[0].node.code, _warned_words(warned[0], order))
    slow = next((one for one in ahead if one.is_slow(at)), None)
    if slow:
        return _said(AT_RISK, slow.slow_at, slow.node.code, _slow_words(slow))
    if order.promised_at and forecast_at and forecast_at > order.promised_at:
        has_delivery = any(one.node.fact == "delivered" for one in milestones)
        return _said(AT_RISK, at, "", _forecast_words(order, forecast_at, has_delivery))
    if likely is not None and likely >= MOSTLY:
        return _said(AT_RISK, at, "", _likely_words(order, likely))
    return {}


def is_delivered(order):
    return "delivered" in order.state.get("facts", {})


def _said(lateness, since, node, words):
    en, zh = words
    return {
        "lateness": lateness, "late_since": since, "late_node": node, "late_reason_en": en[:300],
        "late_reason_zh": zh[:300],
    }


def local_text(moment, order, language):
    """Day and time where the order is made, in "en" or "zh"."""
    zone = ZoneInfo(order.plant.time_zone if order.plant else order.company.time_zone)
    return say_fixed(moment, zone, language)


def _late_words(one, order):
    # On hold it waits for whoever releases it, which the sentence says; the department can do nothing.
    department, when = None if order.is_held else one.node.department, one.planned_at
    en = f"{one.node.name_en} was due {local_text(when, order, 'en')} and is not done"
    zh = f"{one.node.name_zh}应于{local_text(when, order, 'zh')}完成，至今未完成"
    if department:
        en, zh = f"{en}: {department.name_en} must act", f"{zh}，需{department.name_zh}处理"
    if order.held_at:
        en = f"{en} (on hold since {local_text(order.held_at, order, 'en')})"
        zh = f"{zh}（{local_text(order.held_at, order, 'zh')}起冻结）"
    return en, zh


def _promise_words(order):
    en, zh = (local_text(order.promised_at, order, language) for language in ("en", "zh"))
    return f"The promise of {en} has passed without delivery", f"承诺交期{zh}已过，尚未签收"


def _backwards_words(order):
    when, placed = order.promised_at, order.ordered_at
    return (
        f"The promise of {local_text(when, order, 'en')} lies before the order was placed"
        f" ({local_text(placed, order, 'en')})",
        f"承诺交期{local_text(when, order, 'zh')}早于下单时间{local_text(placed, order, 'zh')}",
    )


def _short_words(seconds):
    """By how much working time a promise is too short, in hours; less than one in minutes."""
    hours, minutes = -(-seconds // 3600), max(-(-seconds // 60), 1)
    if seconds < 3600:
        amount, zh = f"{minutes} working minute{'s' if minutes > 1 else ''}", f"{minutes} 分钟（工时）"
    else:
        amount, zh = f"{hours} working hour{'s' if hours > 1 else ''}", f"{hours} 小时（工时）"
    return f"The promise is {amount} shorter than the path needs", f"承诺时间比路径所需少 {zh}"


def _warned_words(one, order):
    en, zh = (local_text(one.planned_at, order, language) for language in ("en", "zh"))
    return f"{one.node.name_en} is due {en} and is not done yet", f"{one.node.name_zh}应于{zh}完成，尚未完成"


def _slow_words(one):
    return (
        f"{one.node.name_en} takes longer than in 19 of 20 comparable orders",
        f"{one.node.name_zh}用时已长于95%的同类订单",
    )


def _likely_words(order, share):
    percent = round(share * 100)
    return (
        f"{percent} of 100 comparable orders took longer from here than the promise of "
        f"{local_text(order.promised_at, order, 'en')} allows",
        f"同类订单中有{percent}%从当前节点起未能赶上承诺交期{local_text(order.promised_at, order, 'zh')}",
    )


def _forecast_words(order, forecast_at, has_delivery):
    (en, said_en), (zh, said_zh) = (
        [local_text(moment, order, language) for moment in (forecast_at, order.promised_at)]
        for language in ("en", "zh")
    )
    what_en, what_zh = ("Delivery", "签收") if has_delivery else ("Its end", "完成")
    return f"{what_en} expected {en}, promised {said_en}", f"预计{zh}{what_zh}，承诺{said_zh}"
