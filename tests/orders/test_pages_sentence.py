"""Does the one sentence say how an order stands, in both languages, cut to the reader?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orders.sentence import Facts, compose, plain

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


def test_every_fact_leads_to_its_evidence():
    parts = {part.text: part for part in compose(LATE, "en")}
    assert parts["Late by 6 h 20 min"].evidence == "path" and parts["Late by 6 h 20 min"].tone == "late"
    assert parts[" (quality, 李伟, answer due 18:00)"].evidence == "tickets"
    assert parts[", forecast 27 Nov 11:00"].tone == "late"


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
            "Delivered 26 Nov 14:00, 3 h after the promise (26 Nov).",
            "11月26日 14:00已交付，比承诺（11月26日）晚3小时。",
        ),
    ],
)
def test_ended_orders(changes, en, zh):
    facts = Facts(**{"now": NOW, "zone": ZONE, "promised_at": LATE.promised_at} | changes)
    assert plain(facts, "en") == en
    assert plain(facts, "zh") == zh


def test_a_held_order_says_so_first_and_goes_on():
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
        "On hold since 15:00: credit. On time: next is packing, due 17:00. No date is promised yet."
    )
    assert plain(facts, "zh") == "15:00起冻结：credit。正常：下一节点包装，17:00到期。尚无承诺日期。"


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
