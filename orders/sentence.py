"""Which one sentence says how an order stands? Pure: facts in, parts out, in English or Chinese.

The same sentence heads the order page, the ticket, the notice and the customer's answer, cut to what the reader may
see. Each part names its evidence (an anchor of the order page) and its tone ("late", "risk", "right" or "").
"""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from kernel.moments import say_day, say_duration, say_moment, say_moment_today

ON_TIME, AT_RISK, LATE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known; blank when unknown. Instants are aware; `person` is written as the person writes it."""

    now: datetime
    zone: tzinfo
    lateness: int = ON_TIME
    is_open: bool = True
    commercial: str = "confirmed"
    late_since: datetime | None = None
    node_en: str = ""
    node_zh: str = ""
    waiting_since: datetime | None = None
    node_due_at: datetime | None = None
    reason_en: str = ""
    reason_zh: str = ""
    department_en: str = ""
    department_zh: str = ""
    person: str = ""
    answer_due_at: datetime | None = None
    promised_at: datetime | None = None
    forecast_at: datetime | None = None
    actual_at: datetime | None = None
    held_at: datetime | None = None
    hold_reason: str = ""

    def for_customer(self):
        """Without who is responsible and why: what a customer may read."""
        return replace(
            self,
            department_en="",
            department_zh="",
            person="",
            answer_due_at=None,
            reason_en="",
            reason_zh="",
            hold_reason="",
            waiting_since=None,
        )


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    evidence: str = ""
    tone: str = ""


def compose(facts, language):
    """The sentence as parts in "en" or "zh"; their texts joined are the sentence."""
    words = Chinese(facts) if language == "zh" else English(facts)
    return [part for part in [*_standing(words, facts), *_dates(words, facts)] if part.text]


def plain(facts, language):
    return "".join(part.text for part in compose(facts, language)).strip()


def _standing(words, facts):
    if facts.commercial == "cancelled":
        return [Part(words.cancelled, "timeline")]
    if facts.actual_at and not facts.is_open:
        return words.delivered()
    if not facts.is_open:
        return [Part(words.closed, "timeline")]
    held = words.held() if facts.held_at or facts.commercial == "held" else []
    return [*held, *_course(words, facts)]


def _course(words, facts):
    if facts.lateness == LATE:
        return words.late()
    if facts.lateness == AT_RISK:
        return words.at_risk()
    return words.on_time()


def _dates(words, facts):
    if not facts.is_open or facts.commercial == "cancelled":
        return []
    return words.dates()


def _forecast_tone(facts):
    if not facts.promised_at or not facts.forecast_at or facts.forecast_at <= facts.promised_at:
        return ""
    return "late" if facts.lateness == LATE else "risk"


class Words:
    """The shape of both languages; the subclasses say it."""

    def __init__(self, facts):
        self.facts = facts

    def moment(self, at):
        return say_moment_today(at, self.facts.now, self.facts.zone, self.language)

    def day(self, at):
        return say_day(at, self.facts.now, self.facts.zone, self.language)

    def stretch(self, since):
        return say_duration(self.facts.now - since, self.language)

    def own(self, name):
        facts, other = self.facts, "en" if self.language == "zh" else "zh"
        return getattr(facts, f"{name}_{self.language}") or getattr(facts, f"{name}_{other}")

    def late(self):
        facts = self.facts
        parts = [Part(self.late_by(facts.late_since), "path", "late")]
        if self.own("node"):
            parts.append(Part(self.waiting(self.own("node"), facts.waiting_since), "path"))
        elif self.own("reason"):
            parts.append(Part(self.because(self.own("reason")), "path"))
        return [*parts, Part(self.who(), "tickets"), Part(self.stop)]

    def at_risk(self):
        parts = [Part(self.risk, "path", "risk")]
        if self.own("node") and self.facts.node_due_at:
            parts.append(Part(self.due(self.own("node"), self.facts.node_due_at), "path"))
        elif self.own("reason"):
            parts.append(Part(self.because(self.own("reason")), "path"))
        return [*parts, Part(self.who(), "tickets"), Part(self.stop)]

    def on_time(self):
        if self.facts.commercial in ("draft", "quoted"):
            return [Part(self.unconfirmed, "status"), Part(self.stop)]
        parts = [Part(self.good, "path")]
        if self.own("node") and self.facts.node_due_at:
            parts.append(Part(self.next(self.own("node"), self.facts.node_due_at), "path"))
        return [*parts, Part(self.who(), "tickets"), Part(self.stop)]

    def dates(self):
        facts = self.facts
        if not facts.promised_at and not facts.forecast_at:
            return [Part(self.no_promise, "dates")]
        parts = []
        if facts.promised_at:
            parts.append(Part(self.promise(facts.promised_at), "dates"))
        if facts.forecast_at:
            parts.append(Part(self.forecast(facts.forecast_at, bool(parts)), "dates", _forecast_tone(facts)))
        return [*parts, Part(self.stop)]


class English(Words):
    language = "en"
    cancelled, closed, stop, risk, good = "Cancelled.", "Closed.", ".", "At risk", "On time"
    unconfirmed, no_promise = "Not confirmed yet", " No date is promised yet."

    def late_by(self, since):
        return f"Late by {self.stretch(since)}" if since else "Late"

    def waiting(self, node, since):
        return f": waiting for {node}" + (f" since {self.moment(since)}" if since else "")

    def because(self, reason):
        return f": {reason.rstrip('.')}"

    def due(self, node, at):
        return f": {node} is due {self.moment(at)}"

    def next(self, node, at):
        return f": next is {node}, due {self.moment(at)}"

    def who(self):
        facts = self.facts
        who = [self.own("department"), facts.person]
        if facts.answer_due_at:
            due = self.moment(facts.answer_due_at)
            who.append(f"answer was due {due}" if facts.answer_due_at < facts.now else f"answer due {due}")
        said = ", ".join(word for word in who if word)
        return f" ({said})" if said else ""

    def held(self):
        facts = self.facts
        text = "On hold" + (f" since {self.moment(facts.held_at)}" if facts.held_at else "")
        return [
            Part(
                text + (f": {facts.hold_reason.rstrip('.')}" if facts.hold_reason else "") + ". ", "decisions", "risk"
            )
        ]

    def delivered(self):
        facts = self.facts
        text = f"Delivered {say_moment(facts.actual_at, facts.now, facts.zone, 'en')}"
        if not facts.promised_at:
            return [Part(text + ".", "dates")]
        gap = say_duration(facts.actual_at - facts.promised_at, "en")
        if facts.actual_at > facts.promised_at:
            return [
                Part(text, "dates"),
                Part(f", {gap} after the promise ({self.day(facts.promised_at)}).", "dates", "late"),
            ]
        return [Part(f"{text}, within the promise ({self.day(facts.promised_at)}).", "dates")]

    def promise(self, at):
        return f" Promise {self.day(at)}"

    def forecast(self, at, follows):
        return f", forecast {self.forecast_words(at)}" if follows else f" Forecast {self.forecast_words(at)}"

    def forecast_words(self, at):
        return say_moment(at, self.facts.now, self.facts.zone, "en")


class Chinese(Words):
    language = "zh"
    cancelled, closed, stop, risk, good = "已取消。", "已关闭。", "。", "有延迟风险", "正常"
    unconfirmed, no_promise = "尚未确认", "尚无承诺日期。"

    def late_by(self, since):
        return f"延迟 {self.stretch(since)}" if since else "已延迟"

    def waiting(self, node, since):
        return f"：{self.moment(since)}起等待{node}" if since else f"：等待{node}"

    def because(self, reason):
        return f"：{reason.rstrip('。')}"

    def due(self, node, at):
        return f"：{node}须于{self.moment(at)}前完成"

    def next(self, node, at):
        return f"：下一节点{node}，{self.moment(at)}到期"

    def who(self):
        facts = self.facts
        who = " ".join(word for word in (self.own("department"), facts.person) if word)
        due = ""
        if facts.answer_due_at:
            at = self.moment(facts.answer_due_at)
            due = f"应于{at}前处理，已超时" if facts.answer_due_at < facts.now else f"须于{at}前处理"
        said = "，".join(word for word in (who, due) if word)
        return f"（{said}）" if said else ""

    def held(self):
        facts = self.facts
        text = f"{self.moment(facts.held_at)}起冻结" if facts.held_at else "已冻结"
        return [
            Part(
                text + (f"：{facts.hold_reason.rstrip('。')}" if facts.hold_reason else "") + "。",
                "decisions",
                "risk",
            )
        ]

    def delivered(self):
        facts = self.facts
        text = f"{say_moment(facts.actual_at, facts.now, facts.zone, 'zh')}已交付"
        if not facts.promised_at:
            return [Part(text + "。", "dates")]
        gap = say_duration(facts.actual_at - facts.promised_at, "zh")
        if facts.actual_at > facts.promised_at:
            return [Part(text, "dates"), Part(f"，比承诺（{self.day(facts.promised_at)}）晚{gap}。", "dates", "late")]
        return [Part(f"{text}，在承诺（{self.day(facts.promised_at)}）之内。", "dates")]

    def promise(self, at):
        return f"承诺{self.day(at)}"

    def forecast(self, at, follows):
        said = say_moment(at, self.facts.now, self.facts.zone, "zh")
        return f"，预计{said}" if follows else f"预计{said}"
