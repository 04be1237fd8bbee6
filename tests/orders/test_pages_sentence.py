"""Does the one sentence say how an order stands, in both languages, cut to the reader?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orders.sentence import Facts, compose, compose_for_page, plain

pytestmark = pytest.mark.pure
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")
H = timedelta(hours=1)
LATE = Facts(
    now=NOW,
    zone=ZONE,
    lateness=2,
    late_since=NOW - 6 * H - timedelta(minutes=20),
    node_en="QC release",
    node_zh="质检放行",
    waiting_since=datetime(2026, 11, 24, 1, 40, tzinfo=UTC),
    department_en="quality",
    department_zh="质量部",
    person="李伟",
    answer_due_at=NOW + 2 * H,
    promised_at=datetime(2026, 11, 26, 3, tzinfo=UTC),
    forecast_at=datetime(2026, 11, 27, 3, 0, tzinfo=UTC),
)


def test_a_late_order_in_both_languages():
    assert plain(LATE, "en") == (
        "Late by 6 h 20 min: waiting for QC release since 09:40 (quality, 李伟, answer due 18:00). "
        "Promise 26 Nov, forecast 27 Nov 11:00."
    )
    assert (
        plain(LATE, "zh")
        == "延迟 6小时20分：09:40起等待质检放行（质量部 李伟，须于18:00前处理）。承诺11月26日，预计11月27日 11:00。"
    )


def test_what_made_it_late_is_said_beside_who_must_act_now():
    """It named the department that is waited for, while the hours below were another one's."""
    caused = replace(
        LATE, cause_en="Material received", cause_zh="采购到货", cause_of_en="purchasing", cause_of_zh="采购部")
    assert "answer due 18:00), mostly caused by “Material received” (purchasing). Promise" in plain(caused, "en")
    assert "须于18:00前处理），主要由采购到货延误造成（采购部）。承诺" in plain(caused, "zh")
    assert plain(replace(caused, cause_of_zh=""), "zh").count("采购部") == 0
    assert "采购" not in plain(caused.for_customer(), "zh")


def test_on_paper_every_day_is_a_date():
    """A printed “yesterday 20:35” says nothing the day after."""
    near = replace(LATE, waiting_since=NOW - 24 * H, promised_at=NOW + 20 * H, forecast_at=NOW + 24 * H)
    parts = compose_for_page(near, "zh")
    screen = "".join(part.text for part in parts)
    paper = "".join(part.paper or part.text for part in parts)
    assert "昨天 16:00起" in screen and "承诺明天" in screen and "预计明天 16:00" in screen
    assert "11月23日 16:00起" in paper and "承诺11月25日，预计11月25日 16:00" in paper
    assert "须于11月24日 18:00前" in paper
    delivered = replace(LATE, is_open=False, actual_at=NOW - H)
    assert "".join(part.paper or part.text for part in compose_for_page(delivered, "en")).startswith(
        "Delivered 24 Nov 15:00, within the promise (26 Nov)")
    assert not [part for part in compose_for_page(replace(delivered, actual_at=NOW - 99 * H), "en") if part.paper]


def test_every_fact_leads_to_its_evidence():
    parts = {part.text: part for part in compose(LATE, "en")}
    assert parts["Late by 6 h 20 min"].evidence == "path" and parts["Late by 6 h 20 min"].tone == "late"
    assert parts[" (quality, 李伟, answer due 18:00)"].evidence == "tickets"
    assert parts["forecast 27 Nov 11:00"].tone == "late" and parts[", "].tone == ""


def test_a_customer_reads_neither_person_nor_department_nor_reason():
    for language in ("en", "zh"):
        said = plain(LATE.for_customer(), language)
        assert "李伟" not in said and "质量" not in said and "quality" not in said
        assert "26" in said and "27" in said


@pytest.mark.parametrize(
    ("changes", "en", "zh"),
    [
        ({"commercial": "cancelled"}, "Cancelled.", "已取消。"),
        ({"is_open": False}, "Closed.", "已关闭。"),
        (
            {"is_open": False, "actual_at": datetime(2026, 11, 25, 3, tzinfo=UTC)},
            "Delivered tomorrow 11:00, within the promise (26 Nov).",
            "明天 11:00已交付，在承诺（11月26日）之内。",
        ),
        (
            {"is_open": False, "actual_at": datetime(2026, 11, 26, 6, tzinfo=UTC)},
            "Delivered 3 h late, 26 Nov 14:00 (promise 26 Nov).",
            "11月26日 14:00已交付，比承诺（11月26日）晚3小时。",
        ),
    ],
)
def test_ended_orders(changes, en, zh):
    facts = Facts(**{"now": NOW, "zone": ZONE, "promised_at": LATE.promised_at} | changes)
    assert plain(facts, "en") == en
    assert plain(facts, "zh") == zh


def test_a_held_order_says_so_and_nothing_of_what_would_be_next():
    facts = Facts(
        now=NOW,
        zone=ZONE,
        held_at=NOW - H,
        hold_reason="credit",
        node_en="packing",
        node_zh="包装",
        node_due_at=NOW + H,
    )
    assert plain(facts, "en") == (
        "On hold since 15:00 until released: credit. To be released from hold by whoever may release orders."
        " No date is promised yet."
    )
    assert plain(facts, "zh") == "15:00起冻结，待解除：credit。须由有权限的人员解除冻结。尚无承诺日期。"
    dated = replace(facts, promised_at=LATE.promised_at, forecast_at=LATE.forecast_at, lateness=1)
    for language, end in (("en", "orders. Promise 26 Nov."), ("zh", "解除冻结。承诺11月26日。")):
        said = plain(dated, language)
        assert said.endswith(end) and "packing" not in said and "包装" not in said
    overdue = replace(dated, lateness=2, late_since=NOW - 2 * H, promised_at=NOW - 2 * H, release_by="王芳")
    assert plain(overdue, "en").endswith("To be released from hold by 王芳. Late by 2 h. Promise today.")
    assert plain(overdue, "zh").endswith("须由 王芳 解除冻结。延迟 2小时。承诺今天。")
    done = replace(dated, actual_at=NOW - H)
    assert plain(done, "en").endswith("orders. Delivered today 15:00, within the promise (26 Nov).")


def test_a_hold_that_only_the_status_tells_of_is_one():
    facts = Facts(now=NOW, zone=ZONE, commercial="held", held_by="ERP", release_in="ERP", promised_at=LATE.promised_at)
    assert plain(facts, "en") == "On hold by ERP until released. To be released from hold in ERP. Promise 26 Nov."
    assert plain(facts, "zh") == "已由 ERP 冻结，待解除。须在 ERP 中解除冻结。承诺11月26日。"


HELD = Facts(now=NOW, zone=ZONE, held_at=NOW - H, held_by="王芳", hold_reason="credit", expedited_at=NOW - 2 * H)


@pytest.mark.parametrize(
    ("changes", "en", "zh"),
    [
        (
            {"held_until": NOW + 2 * H, "hold_kind_en": "The customer's answer", "hold_kind_zh": "客户答复"},
            "On hold since 15:00 by 王芳 until 18:00: the customer's answer (credit).",
            "15:00起由 王芳 冻结，至18:00：客户答复（credit）。",
        ),
        (
            {"hold_reason": "Credit limit", "hold_kind_en": "Credit", "hold_kind_zh": "Credit"},
            "On hold since 15:00 by 王芳 until released: Credit limit.",
            "15:00起由 王芳 冻结，待解除：Credit limit。",
        ),
        (
            {"held_until": NOW + 2 * H},
            "On hold since 15:00 by 王芳 until 18:00: credit.",
            "15:00起由 王芳 冻结，至18:00：credit。",
        ),
        (
            {"held_until": NOW - H / 2},
            "On hold since 15:00 by 王芳, was to end 15:30: credit.",
            "15:00起由 王芳 冻结，原定15:30解除：credit。",
        ),
        (
            {"held_by": "ERP", "hold_reason": "", "release_in": "ERP"},
            "On hold since 15:00 by ERP until released. To be released from hold in ERP. Expedited since 14:00.",
            "15:00起由 ERP 冻结，待解除。须在 ERP 中解除冻结。14:00起加急。",
        ),
        (
            {"release_by": "王芳", "release_of_en": "Finance", "release_of_zh": "财务部"},
            "On hold since 15:00 by 王芳 until released: credit. To be released from hold by 王芳 (Finance). Expedited",
            "冻结，待解除：credit。须由 财务部 王芳 解除冻结。14:00起加急",
        ),
        (
            {"expedited_by": "李伟", "expedite_reason": "line stop", "held_at": None},
            "Expedited since 14:00 by 李伟: line stop. On time.",
            "14:00起由 李伟 加急：line stop。正常。",
        ),
    ],
)
def test_a_decision_says_who_why_since_when_and_until_when(changes, en, zh):
    facts = replace(HELD, **changes)
    assert en in plain(facts, "en")
    assert zh in plain(facts, "zh")


def test_a_forecast_that_has_passed_is_not_said_as_one():
    facts = replace(LATE, forecast_at=NOW - H)
    assert plain(facts, "en").endswith("Promise 26 Nov, forecast overdue, new one unknown.")
    assert plain(facts, "zh").endswith("承诺11月26日，预计已过期，新预计未知。")
    assert "15:00" not in plain(facts, "en")
    assert "forecast 16:00" in plain(replace(LATE, forecast_at=NOW), "en").replace("today ", "")


def test_what_has_been_delivered_is_not_forecast_and_what_comes_next_is_said():
    facts = Facts(
        now=NOW, zone=ZONE, promised_at=NOW + 24 * H, actual_at=NOW - 24 * H, forecast_at=NOW - 24 * H,
        node_en="Invoiced", node_zh="开具发票", node_due_at=NOW + H,
    )
    assert plain(facts, "en") == (
        "Delivered yesterday 16:00, within the promise (tomorrow). Next is Invoiced, due 17:00."
    )
    assert plain(facts, "zh") == "昨天 16:00已交付，在承诺（明天）之内。下一节点开具发票，17:00到期。"
    late = replace(facts, lateness=2, late_since=NOW - H)
    assert plain(late, "en") == (
        "Late by 1 h: waiting for Invoiced. Delivered yesterday 16:00, within the promise (tomorrow)."
    )


@pytest.mark.parametrize("lateness", [0, 1])
def test_a_delivered_order_is_not_at_risk_and_its_delay_is_said_once(lateness):
    facts = Facts(
        now=NOW, zone=ZONE, lateness=lateness, promised_at=NOW - 44 * H, actual_at=NOW - 24 * H,
        reason_en="Delivery expected 23 Nov 16:00", node_en="Invoiced", node_zh="开具发票", node_due_at=NOW + H,
    )
    assert plain(facts, "en") == (
        "Delivered 20 h late, yesterday 16:00 (promise 22 Nov). Next is Invoiced, due 17:00."
    )
    assert plain(facts, "zh") == "昨天 16:00已交付，比承诺（11月22日）晚20小时。下一节点开具发票，17:00到期。"
    late = replace(facts, lateness=2, late_since=NOW - H)
    assert plain(late, "en") == (
        "Late by 1 h: waiting for Invoiced. Delivered 20 h late, yesterday 16:00 (promise 22 Nov)."
    )
    assert plain(facts.for_customer(), "en") == "Delivered 20 h late, yesterday 16:00 (promise 22 Nov)."


def test_systems_that_disagree_with_the_node_are_named():
    facts = replace(LATE, ahead="WMS", ahead_says_en="shipped", ahead_says_zh="已发货", behind="MES")
    assert " WMS says shipped, MES has not posted “QC release”." in plain(facts, "en")
    assert "。WMS 称已发货，MES 尚未登记“质检放行”。" in plain(facts, "zh")
    alone = replace(facts, behind="WMS")
    assert " WMS says shipped, “QC release” is not posted." in plain(alone, "en")
    assert "WMS 称已发货，“质检放行”尚未登记。" in plain(alone, "zh")
    assert " WMS says it is done in part." in plain(replace(facts, in_part="WMS"), "en")


INTERNAL = (
    "质检放行", "QC release", "质量部", "quality", "李伟", "WMS", "王芳", "credit", "waiting", "等待", "节点", "next is"
)


@pytest.mark.parametrize(
    ("changes", "en", "zh"),
    [
        ({}, "In production, will be later than promised. Promise 26 Nov, expected 27 Nov.",
         "生产中，将晚于承诺。承诺11月26日，预计11月27日。"),
        ({"promised_at": NOW - 25 * H, "stage": "in_transit"},
         "On the way, late by 1 day 1 h. Promise yesterday, expected 27 Nov.",
         "运输途中，已晚 1天1小时。承诺昨天，预计11月27日。"),
        ({"promised_at": NOW - H, "forecast_at": NOW - H, "stage": "packed"},
         "Being packed, late by 1 h. Promise today, no new date is known yet.",
         "包装中，已晚 1小时。承诺今天，新的日期待定。"),
        ({"forecast_at": NOW + timedelta(minutes=7), "stage": "released"},
         "In production. Promise 26 Nov, expected today.", "生产中。承诺11月26日，预计今天。"),
        ({"held_at": NOW, "held_by": "王芳", "hold_reason": "credit"},
         "On hold. Promise 26 Nov.", "暂停处理。承诺11月26日。"),
        ({"stage": "draft", "forecast_at": None}, "Not confirmed yet. Promise 26 Nov.", "尚未确认。承诺11月26日。"),
        ({"actual_at": NOW - H}, "Delivered today 15:00, within the promise (26 Nov).",
         "今天 15:00已交付，在承诺（11月26日）之内。"),
        ({"ahead": "WMS", "ahead_says_en": "shipped", "behind": "ERP"}, "In production", "生产中"),
    ],
)
def test_a_customer_reads_the_promise_and_the_place_and_nothing_internal(changes, en, zh):
    facts = replace(LATE, **{"stage": "released"} | changes).for_customer()
    assert plain(facts, "en").startswith(en) and plain(facts, "zh").startswith(zh)
    assert not [word for word in INTERNAL for language in ("en", "zh") if word in plain(facts, language)]


def test_a_risk_names_the_node_and_an_overdue_answer_is_called_overdue():
    facts = Facts(
        now=NOW,
        zone=ZONE,
        lateness=1,
        node_en="packing",
        node_zh="包装",
        node_due_at=NOW + H,
        person="王芳",
        answer_due_at=NOW - H,
    )
    assert plain(facts, "en").startswith("At risk: packing is due 17:00 (王芳, answer was due 15:00).")
    assert "已超时" in plain(facts, "zh")


def test_nothing_known_is_still_a_sentence():
    assert (
        plain(Facts(now=NOW, zone=ZONE, commercial="draft"), "en")
        == "Not confirmed yet. No date is promised yet."
    )


PROVISIONAL = Facts(
    now=NOW, zone=ZONE, is_provisional=True, provisional_since=NOW - 3 * H, known_by_en=("WMS",), known_by_zh=("WMS",),
    confirmed_by_en=("ERP",), confirmed_by_zh=("ERP",), promised_at=LATE.promised_at, differences=1,
)


def test_a_provisional_order_says_who_knows_it_and_nothing_of_dates_it_has_no_plan_for():
    assert plain(PROVISIONAL, "en") == (
        "Provisional: only WMS knows this number; ERP has not confirmed it (since 13:00). 1 difference concerns it."
    )
    assert plain(PROVISIONAL, "zh") == "暂定订单：只有 WMS 知道此单号，ERP 尚未确认（13:00起）。有 1 项差异与其有关。"
    assert [part.evidence for part in compose(PROVISIONAL, "en")] == ["says", "differences"]


def test_several_systems_that_know_a_provisional_order_are_all_named():
    facts = replace(PROVISIONAL, known_by_en=("CRM", "TMS", "WMS"), known_by_zh=("CRM", "TMS"), differences=0)
    assert plain(facts, "en") == (
        "Provisional: only CRM, TMS and WMS know this number; ERP has not confirmed it (since 13:00)."
    )
    assert "只有 CRM、TMS 知道此单号" in plain(facts, "zh")


def test_a_held_or_closed_provisional_order_says_that_as_well():
    assert plain(replace(PROVISIONAL, held_at=NOW - H, hold_reason="credit", differences=0), "en").endswith(
        "(since 13:00). On hold since 15:00 until released: credit. "
        "To be released from hold by whoever may release orders."
    )
    assert plain(replace(PROVISIONAL, is_open=False, differences=0), "en").endswith("(since 13:00). Closed.")


def test_a_customer_reads_only_that_it_is_not_confirmed():
    overdue = replace(PROVISIONAL, promised_at=NOW - 3 * H)
    for language, said in (("en", "Not confirmed yet."), ("zh", "尚未确认。")):
        assert plain(overdue.for_customer(), language).startswith(said)
        assert "WMS" not in plain(overdue.for_customer(), language)


def test_a_promise_that_is_too_short_is_the_reason_of_the_risk_and_agrees_with_the_dates():
    facts = replace(
        LATE, lateness=1, is_short=True, node_due_at=NOW + H, answer_due_at=None, person="",
        reason_en="The promise is 9 working hours shorter than the path needs",
        reason_zh="承诺时间比路径所需少 9 小时（工时）",
    )
    assert plain(facts, "en") == (
        "At risk: the promise is 9 working hours shorter than the path needs; next is QC release, due 17:00 (quality). "
        "Promise 26 Nov, forecast 27 Nov 11:00."
    )
    assert plain(facts, "zh") == (
        "有延迟风险：承诺时间比路径所需少 9 小时（工时）；下一节点质检放行，17:00到期（质量部）。"
        "承诺11月26日，预计11月27日 11:00。"
    )


def test_what_is_red_begins_with_its_first_word():
    """The comma before a late forecast was bold and red with it."""
    for language in ("en", "zh"):
        for facts in (LATE, replace(LATE, forecast_at=NOW - H)):
            red = [part.text for part in compose(facts, language) if part.tone]
            assert len(red) == 2 and not [text for text in red if text.lstrip()[0] in ",，"], red
