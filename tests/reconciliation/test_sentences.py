"""Is what a rule says in words of the trade: no field codes, no UTC, no values of a program, in both languages?"""
import re
from string import Formatter

import pytest

from reconciliation.causes import RULES, codes, people, presence
from reconciliation.causes.registry import Reason, sentence_of
from reconciliation.difference import Difference, Side
from reconciliation.profile_yaml import build_profile
from reconciliation.speech import Speaker, speakers_of, system_label
from reconciliation.values import read_time
from tests.reconciliation import faultset
from tests.reconciliation.comparing import findings_of

pytestmark = pytest.mark.pure
SPEC = {
    "version": 1, "name": "orders", "key": "order_no", "currency": "CNY", "zone": "Asia/Shanghai", "record": "erp",
    "systems": {"erp": {}, "wms2": {}, "crm": {"label": {"en": "CRM", "zh": "客户系统"}}},
    "fields": {"amount_minor": {"type": "money", "label": {"en": "Amount", "zh": "金额"}},
               "quantity_m": {"type": "quantity", "base_unit": "pcs", "label": {"en": "Quantity", "zh": "数量"}},
               "posted_at": {"type": "time", "label": {"en": "Posted", "zh": "过账时间"}},
               "status": {"type": "code", "label": {"en": "Status", "zh": "状态"}}},
}
# What rules hand over, as they hand it over.
BY_FORMAT = {
    "systems": "erp, wms2", "told": "erp CNY, wms2 USD", "time": "2026-11-23T16:30:05Z",
    "when": "2026-11-23T16:30:00Z", "promised": "2026-11-23T16:30:00Z", "date": "2026-11-23", "since": "2026-11-15",
    "span": "+0:07:12", "ahead": "-8:00:00", "seconds": 900, "hours": 50, "number": "143/20", "price": "1234.5",
    "value": "13950", "base": "1/3", "fields": "quantity_m, status", "held": 7, "coding": "utf-8 → gbk",
    "keys": [{"system": "erp", "written": "SO-1", "record": "SO-1"},
             {"system": "wms2", "written": "SO1", "record": "W-07"}], "apart": ["signs"],
    "sums": {"quantity_m": ["10", "9"]},
    "unread": [{"system": "wms2", "raw": "约68", "why": "not_a_number"}],
    "keyless": [{"system": "wms2", "rows": 4, "columns": ["单号"], "file": "八月出库", "numbers": [7, 12]}],
    "surplus": [{"system": "wms2", "rows": 4, "file": "八月出库", "numbers": [7, 12], "cells": ["234", "9"]}],
    "listed": "SO-1-1, SO-1-2", "reason": {"en": "“about 68” is not a number.", "zh": "“约68”不是数字。"},
}
BY_NAME = {"alike": "; 12 others are off alike", "alike_zh": "，另有 12 条同样偏差", "device": " (PDA-07)",
           "by": "payload_hash", "other_event": "promised", "line": "freight", "mapped": "status", "right": "status"}
LEFTOVERS = re.compile(
    r"UTC|\d{4}-\d\d-\d\d|\d[TZ]\b|[+-]\d+:\d\d|\b(erp|wms|crm|None|True|False|null|nan)\b|[{}\[\]]|\b[a-z]+_[a-z_]+\b"
    r"|Fraction|Decimal|\?|  |“”|\(\)|（）|\.\.|。。|, ,|\b(?!20\d\d\b)\d{4,}\b| \.| 。")


def wording(template, rule, kind):
    evidence = {}
    for _text, name, how, _conversion in Formatter().parse(template):
        if name and name != "systems":
            evidence[name] = BY_NAME[name] if how == "word" or name in CLAUSES else BY_FORMAT[how] if how else (
                12 if name in NUMBERS else "M-01")
    return evidence


CLAUSES = {"alike", "alike_zh", "device"}
NUMBERS = {"neighbours", "absent", "expected", "count", "length", "hits", "rows", "places", "lines", "like", "applied",
           "received", "used", "current", "agreeing", "digits_kept"}


class Context:
    def __init__(self, spec=SPEC):
        self.profile = build_profile(spec)
        self.speakers = speakers_of(self.profile, read_time("2026-11-24T00:00:00Z"))


def difference(field):
    return Difference("SO-1", "value", field, {
        n: Side(n, "SO-1", currency={"amount_minor": "CNY"}) for n in ("erp", "crm")})


def of_type(rule):
    names = {"money": "amount_minor", "quantity": "quantity_m", "time": "posted_at"}
    return next((names[t] for t in rule.types if t in names), "status")


SPARE = [getattr(presence, n) for n in ("NOT_YET", "NEVER", "BY_PREFIX", "BY_SOMEBODY", "WITHOUT_REASON")]
SPARE += [people.NAMELESS, codes.BY_PATTERN, codes.KEPT_DIGITS]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.id}-{r.cause}")
def test_every_rule_speaks_in_words_of_the_trade(rule):
    for says in ((), *SPARE):
        evidence = {}
        for template in says or (rule.en, rule.zh):
            evidence |= wording(template, rule, "")
        said = sentence_of(rule, Reason(systems=("wms2",), evidence=evidence, says=says), difference(of_type(rule)),
                           Context())
        for lang, text in said.items():
            assert not LEFTOVERS.search(text), (lang, text, LEFTOVERS.search(text))
        assert said["en"].endswith(".") and said["zh"].endswith("。") and "WMS" in said["zh"] + said["en"]
        assert not re.search(r"\b(?!pcs\b|gbk\b)[a-z]{3,}\b", said["zh"].replace("M-01", "")), said["zh"]


def test_every_sentence_of_the_drawn_faults(tmp_path):
    """The real thing: every cause the fault set brings out, with the evidence the engine found."""
    sources, tables, _truth = faultset.build(1200, 11, per_fault=2)
    causes = {}
    for finding in findings_of(tmp_path, faultset.PROFILE, sources, tables, as_of=faultset.AS_OF):
        for cause in finding["causes"]:
            causes[cause["cause"]] = cause["sentence"]
            for text in cause["sentence"].values():
                bare = re.sub(r"“[^”]*”|\b[A-Z]+[-\w]*\d[-\w]*\b", "", text)
                odd = re.search(
                    r"UTC|\dT\d\d:|\b(erp|wms|crm|None)\b(?!-)|[{}\[\]?]|\b[a-z]+_[a-z]+\b|“”|Fraction",
                    bare)
                assert not odd, text
    assert len(causes) > 25


def test_times_are_those_of_the_plant_and_the_zone_is_named_where_sources_have_several():
    several = {**SPEC["systems"], "wms2": {"zone": "UTC"}}
    en, zh = Context({**SPEC, "systems": several}).speakers.values()
    assert en.time(read_time("2026-11-23T16:30:05Z")) == "24 Nov 00:30:05 (Beijing time)"
    told = Context({**SPEC, "systems": {n: {"zone": "Asia/Shanghai"} for n in ("erp", "wms")}}).speakers
    assert told["en"].time(read_time("2026-11-23T16:30:00Z")) == "24 Nov 00:30"
    assert told["zh"].time(read_time("2025-11-23T16:30:00Z")) == "2025年11月24日 00:30"
    assert zh.time(read_time("2026-11-23T16:30:00Z")) == "11月24日 00:30（北京时间）"


def test_numbers_carry_their_unit_or_currency():
    rule = next(r for r in RULES if r.cause == "TAX_INCLUDED")
    told = sentence_of(rule, Reason(systems=("crm",), evidence={
        "rate": "13%", "wrong": "13950.00", "right": "12345.13"}), difference("amount_minor"), Context())
    assert told["en"] == "CRM differs by tax of 13%: CNY 13,950.00 against CNY 12,345.13."
    assert told["zh"] == "客户系统相差 13% 的税：13,950.00 元，应为 12,345.13 元。"
    rule = next(r for r in RULES if r.cause == "UNIT_FACTOR")
    told = sentence_of(rule, Reason(systems=("wms2",), evidence={"unit": "BOX", "item": "M1", "factor": "36"}),
                       difference("quantity_m"), Context())
    assert told["en"] == "WMS2 counts in another unit: one BOX of M1 is 36 pcs."
    assert told["zh"].endswith("每 BOX 为 36 件。")


def test_systems_are_called_as_people_write_them():
    assert [system_label(n) for n in ("erp", "WMS", "erp_east", "wms2", "tryton", "my-crm")] == [
        "ERP", "WMS", "ERP east", "WMS2", "tryton", "my CRM"]
    assert Speaker(build_profile(SPEC), "zh").systems(("crm", "erp")) == "客户系统、ERP"


def test_a_refusal_is_told_in_the_readers_language():
    rule = next(r for r in RULES if r.cause == "REJECTED_MESSAGE")
    reason = Reason(systems=("erp",), evidence={"said": BY_FORMAT["reason"]})
    assert sentence_of(rule, reason, difference(""), Context()) == {
        "en": "ERP refused the message: “about 68” is not a number.",
        "zh": "ERP 拒收了该消息：“约68”不是数字。"}


def test_keys_written_differently_are_listed_as_each_language_lists():
    rule = next(r for r in RULES if r.cause == "KEY_FORMAT")
    told = sentence_of(rule, Reason(systems=("erp", "wms2"), evidence={"keys": BY_FORMAT["keys"], "apart": ["signs"]}),
                       difference(""), Context())
    assert told["en"].endswith(
        "differently: ERP “SO-1”, WMS2 “SO1” (record W-07); they differ in hyphens and other signs.")
    assert told["zh"].endswith(
        "单号写法不同：ERP “SO-1”，WMS2 “SO1”（记录 W-07），不同之处：短横线等符号。")


@pytest.mark.parametrize("rows,said", [
    ("1,2,x\n1,2,x\n", "a holds the same row 2 times: the compared columns are equal."),
    ("1,2,x\n1,2.0,x\n", "a holds the same row 2 times: the compared columns are equal."),
    ("1,2,x\n1,2,y\n", "a holds it twice as two entries; they differ in: only who entered it and when."),
    ("1,2,x\n1,3,x\n", "a holds it twice as two entries; they differ in: q."),
])
def test_the_same_row_twice_is_no_message_and_nobodys_second_entry(tmp_path, rows, said):
    profile = ("version: 1\nname: t\nkey: k\nsystems: {a: {evidence: {actor: who}}, b: {}}\n"
               "fields: {q: {type: number}}\n")
    found = findings_of(tmp_path, profile, {"a": "k,q,who\n" + rows, "b": "k,q,who\n1,2,x\n"})
    one = next(f for f in found if f["kind"] == "duplicate")
    assert one["causes"][0]["sentence"]["en"] == said
