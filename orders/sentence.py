"""Which one sentence says how an order stands? Pure: facts in, parts out, in English or Chinese.

The same sentence heads the order page, the ticket, the notice and the customer's answer, cut to what the reader may
see. Each part names its evidence (an anchor of the order page) and its tone ("late", "risk", "right" or "").
"""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from kernel.moments import say_day, say_duration, say_lasting, say_lasting_day, say_moment, say_moment_today

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
    is_short: bool = False  # the reason of the risk: the promise leaves less time than the path needs
    department_en: str = ""
    department_zh: str = ""
    person: str = ""
    cause_en: str = ""  # the node that made it late, where that is not the one it waits for, and whose it was
    cause_zh: str = ""
    cause_of_en: str = ""
    cause_of_zh: str = ""
    answer_due_at: datetime | None = None
    promised_at: datetime | None = None
    forecast_at: datetime | None = None
    actual_at: datetime | None = None
    stage: str = ""
    held_at: datetime | None = None
    held_until: datetime | None = None
    held_by: str = ""
    hold_kind_en: str = ""  # what is waited for
    hold_kind_zh: str = ""
    hold_reason: str = ""
    # Who must release it: a person of ours and their department, or a system.
    release_by: str = ""
    release_of_en: str = ""
    release_of_zh: str = ""
    release_in: str = ""
    expedited_at: datetime | None = None
    expedited_by: str = ""
    expedite_reason: str = ""
    # A system whose status lies beyond the open node, what it says, and who has not posted that node.
    ahead: str = ""
    ahead_says_en: str = ""
    ahead_says_zh: str = ""
    behind: str = ""
    in_part: str = ""  # the system that says the open node of a part only
    is_provisional: bool = False
    provisional_since: datetime | None = None
    known_by_en: tuple = ()
    known_by_zh: tuple = ()
    confirmed_by_en: tuple = ()
    confirmed_by_zh: tuple = ()
    differences: int = 0  # open ones that concern a provisional order
    owner: str = ""  # the order that a provisional one probably is, or is a part of
    owner_link: str = ""
    is_part: bool = False
    place: str = ""  # where the order is, in a customer's words; blank for staff
    on_paper: bool = False  # read another day: dates, never today or tomorrow

    @property
    def is_held(self):
        return bool(self.held_at) or self.commercial == "held"

    def for_customer(self):
        """What a customer may read: how the promise stands and where the order is. Nothing of how we work."""
        known = {
            "place": "asked" if self.is_provisional else PLACES.get(self.stage, "prepared"),
            "lateness": _against_promise(self),
            "held_at": self.held_at or (self.now if self.commercial == "held" else None),
        }
        told = ("now", "zone", "is_open", "commercial", "promised_at", "forecast_at", "actual_at")
        return Facts(**{name: getattr(self, name) for name in told} | known)


# The stages of an order, as a customer knows them.
PLACES = {"draft": "asked", "quoted": "asked"} | {
    stage: place
    for place, stages in {
        "made": ("dispatched", "started", "finished", "inspecting", "rejected", "released"),
        "packed": ("picking", "packed"),
        "shipped": ("shipped",),
        "way": ("in_transit",),
        "delivered": ("delivered",),
        "returned": ("returned",),
    }.items()
    for stage in stages
}


def _against_promise(facts):
    """Late is what was promised and has not come; a late step of our own is none of the customer's."""
    if not facts.promised_at or facts.actual_at or not facts.is_open or facts.is_provisional:
        return ON_TIME
    if facts.promised_at < facts.now:
        return LATE
    is_risky = not facts.is_held and facts.forecast_at and facts.forecast_at > facts.promised_at
    return AT_RISK if is_risky else ON_TIME


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    evidence: str = ""
    tone: str = ""
    link: str = ""  # another page, where the evidence stands there
    paper: str = ""  # the text for paper, where that is another one


def compose(facts, language):
    """The sentence as parts in "en" or "zh"; their texts joined are the sentence."""
    words = Chinese(facts) if language == "zh" else English(facts)
    return [part for part in [*_standing(words, facts), *_dates(words, facts)] if part.text]


def compose_for_page(facts, language):
    """As `compose`, each part with its text for paper."""
    papers = compose(replace(facts, on_paper=True), language)
    return [
        replace(part, paper=paper.text if paper.text != part.text else "")
        for part, paper in zip(compose(facts, language), papers, strict=True)
    ]


def plain(facts, language):
    return "".join(part.text for part in compose(facts, language)).strip()


def _standing(words, facts):
    if not facts.is_provisional:
        return _state(words, facts)
    rest = _state(words, facts)
    return [*words.provisional(), *([Part(words.gap)] if rest else []), *rest]


def _state(words, facts):
    if facts.commercial == "cancelled":
        return [Part(words.cancelled, "timeline")]
    if facts.actual_at and not facts.is_open:
        return words.delivered()
    if not facts.is_open:
        return [Part(words.closed, "timeline")]
    if facts.place:
        return words.customer()
    held = words.held() if facts.is_held else []
    urgent = words.expedited() if facts.expedited_at else []
    if facts.is_provisional:
        return _in_turn(words, held, urgent)
    return [*_in_turn(words, held, urgent, _course(words, facts)), *words.disagreement()]


def _in_turn(words, *sayings):
    """The parts of those that say something, a gap between one and the next."""
    said = [parts for parts in sayings if parts]
    return [part for place, parts in enumerate(said) for part in ([Part(words.gap)] if place else []) + parts]


def _course(words, facts):
    if facts.is_held:  # nothing is due next, and nothing is expected, until it is released
        return words.late_while_held() if facts.lateness == LATE else []
    if _is_just_delivered(facts):
        return [*words.delivered(), *words.after_delivery()]
    if facts.lateness == LATE:
        return words.late()
    if facts.lateness == AT_RISK:
        return words.at_risk()
    return words.on_time()


def _dates(words, facts):
    if not facts.is_open or facts.commercial == "cancelled" or facts.is_provisional:
        return []
    if _is_just_delivered(facts):
        return []
    return [Part(words.gap), *words.delivered()] if facts.actual_at else words.dates()


def _is_just_delivered(facts):
    """Delivered, and nothing after it is late: then the delivery is the news, and its dates are said with it."""
    return facts.actual_at and facts.lateness != LATE and not facts.place and not facts.is_held


def _forecast_tone(facts):
    if not facts.promised_at or not facts.forecast_at or facts.forecast_at <= facts.promised_at:
        return ""
    return "late" if facts.lateness == LATE else "risk"


class Words:
    """The shape of both languages; the subclasses say it."""

    def __init__(self, facts):
        self.facts = facts

    def moment(self, at):
        return self.said(say_lasting if self.facts.on_paper else say_moment_today, at)

    def day(self, at):
        return self.said(say_lasting_day if self.facts.on_paper else say_day, at)

    def day_and_time(self, at):
        return self.said(say_lasting if self.facts.on_paper else say_moment, at)

    def said(self, say, at):
        return say(at, self.facts.now, self.facts.zone, self.language)

    def expected(self, at):
        """A customer is told the day: minutes that move while a node waits are no news to rely on."""
        return self.day(at) if self.facts.place else self.day_and_time(at)

    def stretch(self, since):
        return say_duration(self.facts.now - since, self.language)

    def own(self, name):
        facts, other = self.facts, "en" if self.language == "zh" else "zh"
        return getattr(facts, f"{name}_{self.language}") or getattr(facts, f"{name}_{other}")

    def provisional(self):
        """Who knows the order, who has not confirmed it, and how many differences say why."""
        facts = self.facts
        known, confirming = self.own("known_by"), self.own("confirmed_by")
        since = f"{self.moment(facts.provisional_since)}" if facts.provisional_since else ""
        parts = [Part(self.only_known(self.listed(known), self.listed(confirming), since), "says", "risk")]
        if facts.owner:
            parts.append(Part(self.belongs(facts.owner, facts.is_part), "strays", "risk", facts.owner_link))
        if facts.differences:
            parts.append(Part(self.concerns(facts.differences), "differences", "risk"))
        return parts

    def late(self):
        facts = self.facts
        parts = [Part(self.late_by(facts.late_since), "path", "late")]
        if self.own("node"):
            parts.append(Part(self.waiting(self.own("node"), facts.waiting_since), "path"))
        elif self.own("reason"):
            parts.append(Part(self.because(self.own("reason")), "path"))
        cause = Part(self.caused_by(self.own("cause"), self.own("cause_of")) if self.own("cause") else "", "held")
        return [*parts, Part(self.who(), "tickets"), cause, Part(self.stop)]

    def at_risk(self):
        parts = [Part(self.risk, "path", "risk")]
        if self.facts.is_short and self.own("reason"):
            parts.append(Part(self.because(self.own("reason")), "path", "risk"))
            if self.own("node") and self.facts.node_due_at:
                parts.append(Part(self.and_next(self.own("node"), self.facts.node_due_at), "path"))
        elif self.own("node") and self.facts.node_due_at:
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

    def after_delivery(self):
        """Whether it was on time has been said with the delivery; what remains is what comes next."""
        if not self.own("node") or not self.facts.node_due_at:
            return []
        return [
            Part(self.gap),
            Part(self.then(self.own("node"), self.facts.node_due_at), "path"),
            Part(self.who(), "tickets"),
            Part(self.stop),
        ]

    def dates(self):
        facts = self.facts
        if not facts.promised_at and (facts.is_held or not facts.forecast_at):
            return [Part(self.no_promise, "dates")]
        parts = []
        if facts.promised_at:
            parts.append(Part(self.promise(facts.promised_at), "dates"))
        if facts.is_held:
            return [*parts, Part(self.stop)]
        if facts.forecast_at and facts.forecast_at < facts.now:
            parts += self.toned(self.overtaken(bool(parts)), "late")
        elif facts.forecast_at:
            parts += self.toned(self.forecast(facts.forecast_at, bool(parts)), _forecast_tone(facts))
        return [*parts, Part(self.stop)]

    def toned(self, text, tone):
        """What is red or amber begins with its first word, not with the comma before it."""
        comma = next((one for one in (", ", "，") if text.startswith(one)), "")
        return [Part(comma), Part(text.removeprefix(comma), "dates", tone)]

    def held(self):
        facts = self.facts
        until = self.until(facts.held_until) if facts.held_until else self.until_released
        text = self.hold(self.since(facts.held_at), facts.held_by, until)
        said = Part(text + self.why(self.kind_and_reason(facts.hold_reason)), "decisions", "risk")
        return [said, Part(self.gap), Part(self.release(), "decisions")]

    def kind_and_reason(self, reason):
        """What is waited for, then why; once where somebody wrote the same words."""
        kind = self.own("hold_kind")
        return reason if not kind or reason.casefold().startswith(kind.casefold()) else self.both(kind, reason)

    def late_while_held(self):
        return [Part(self.late_by(self.facts.late_since), "path", "late"), Part(self.stop)]

    def expedited(self):
        facts = self.facts
        text = self.urgent(self.since(facts.expedited_at), facts.expedited_by)
        return [Part(text + self.why(facts.expedite_reason), "decisions")]

    def disagreement(self):
        facts = self.facts
        if facts.in_part:
            return [Part(self.partly(facts.in_part), "status")]
        if not facts.ahead:
            return []
        behind = facts.behind if facts.behind != facts.ahead else ""
        return [Part(self.odds(facts.ahead, self.own("ahead_says"), behind, self.own("node")), "status", "risk")]

    def customer(self):
        facts, place = self.facts, self.places[self.facts.place]
        if facts.held_at:
            return [Part(self.paused)]
        if facts.actual_at:
            return []
        if facts.lateness == LATE:
            return [Part(place), Part(self.behind_promise(facts.promised_at), "", "late"), Part(self.stop)]
        if facts.lateness == AT_RISK:
            return [Part(place), Part(self.will_be_late, "", "risk"), Part(self.stop)]
        return [Part(place + self.stop)]


class English(Words):
    language = "en"
    cancelled, closed, stop, risk, good = "Cancelled.", "Closed.", ".", "At risk", "On time"
    gap, unconfirmed, no_promise = " ", "Not confirmed yet", " No date is promised yet."
    until_released, paused, will_be_late = " until released", "On hold.", ", will be later than promised"
    places = {
        "asked": "Not confirmed yet", "prepared": "In preparation", "made": "In production",
        "packed": "Being packed", "shipped": "Shipped", "way": "On the way", "delivered": "Delivered in part",
        "returned": "Returned",
    }

    def listed(self, names):
        return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))

    def only_known(self, known, confirming, since):
        verb = "know" if " and " in known else "knows"
        have = "have" if " and " in confirming else "has"
        who = f"{confirming} {have} not confirmed it" if confirming else "nobody has confirmed it"
        return f"Provisional: only {known} {verb} this number; {who}" + (f" (since {since})." if since else ".")

    def belongs(self, number, is_part):
        return f" It is probably {'a part of order' if is_part else 'order'} {number}."

    def concerns(self, count):
        return f" {count} difference concerns it." if count == 1 else f" {count} differences concern it."

    def late_by(self, since):
        return f"Late by {self.stretch(since)}" if since else "Late"

    def waiting(self, node, since):
        return f": waiting for {node}" + (f" since {self.moment(since)}" if since else "")

    def because(self, reason):
        said = reason.rstrip(".")
        return f": {said[0].lower() + said[1:] if said.startswith('The ') else said}"

    def caused_by(self, node, of):
        return f", mostly caused by “{node}”" + (f" ({of})" if of else "")

    def and_next(self, node, at):
        return f"; next is {node}, due {self.moment(at)}"

    def due(self, node, at):
        return f": {node} is due {self.moment(at)}"

    def next(self, node, at):
        return f": next is {node}, due {self.moment(at)}"

    def then(self, node, at):
        return f"Next is {node}, due {self.moment(at)}"

    def who(self):
        facts = self.facts
        who = [self.own("department"), facts.person]
        if facts.answer_due_at:
            due = self.moment(facts.answer_due_at)
            who.append(f"answer was due {due}" if facts.answer_due_at < facts.now else f"answer due {due}")
        said = ", ".join(word for word in who if word)
        return f" ({said})" if said else ""

    def since(self, at):
        return f" since {self.moment(at)}" if at else ""

    def hold(self, since, who, until):
        return f"On hold{since}" + (f" by {who}" if who else "") + until

    def release(self):
        facts, of = self.facts, f" ({self.own('release_of')})" if self.own("release_of") else ""
        if facts.release_in:
            return f"To be released from hold in {facts.release_in}."
        return f"To be released from hold by {facts.release_by or 'whoever may release orders'}{of}."

    def urgent(self, since, who):
        return f"Expedited{since}" + (f" by {who}" if who else "")

    def until(self, at):
        return f", was to end {self.moment(at)}" if at < self.facts.now else f" until {self.moment(at)}"

    def both(self, kind, reason):
        kind = kind if kind[1:2].isupper() else kind[:1].lower() + kind[1:]
        return f"{kind} ({reason.rstrip('.')})" if reason else kind

    def why(self, reason):
        return (f": {reason.rstrip('.')}" if reason else "") + "."

    def odds(self, system, status, behind, node):
        late = f"{behind} has not posted “{node}”" if behind else f"“{node}” is not posted"
        return f" {system} says {status}, {late}."

    def partly(self, system):
        return f" {system} says it is done in part."

    def behind_promise(self, since):
        return f", late by {self.stretch(since)}"

    def overtaken(self, follows):
        words = "no new date is known yet" if self.facts.place else "forecast overdue, new one unknown"
        return f", {words}" if follows else f" {words[0].upper()}{words[1:]}"

    def delivered(self):
        facts = self.facts
        at = self.day_and_time(facts.actual_at)
        if not facts.promised_at:
            return [Part(f"Delivered {at}.", "dates")]
        if facts.actual_at > facts.promised_at:
            gap = say_duration(facts.actual_at - facts.promised_at, "en")
            return [
                Part(f"Delivered {gap} late", "dates", "late"),
                Part(f", {at} (promise {self.day(facts.promised_at)}).", "dates"),
            ]
        return [Part(f"Delivered {at}, within the promise ({self.day(facts.promised_at)}).", "dates")]

    def promise(self, at):
        return f" Promise {self.day(at)}"

    def forecast(self, at, follows):
        word = "expected" if self.facts.place else "forecast"
        said = self.expected(at)
        return f", {word} {said}" if follows else f" {word.capitalize()} {said}"


class Chinese(Words):
    language = "zh"
    cancelled, closed, stop, risk, good = "已取消。", "已关闭。", "。", "有延迟风险", "正常"
    gap, unconfirmed, no_promise = "", "尚未确认", "尚无承诺日期。"
    until_released, paused, will_be_late = "，待解除", "暂停处理。", "，将晚于承诺"
    places = {
        "asked": "尚未确认", "prepared": "备货中", "made": "生产中", "packed": "包装中", "shipped": "已发货",
        "way": "运输途中", "delivered": "部分已签收", "returned": "已退回",
    }

    def listed(self, names):
        return "、".join(names)

    def only_known(self, known, confirming, since):
        who = f"{confirming} 尚未确认" if confirming else "尚无系统确认"
        return f"暂定订单：只有 {known} 知道此单号，{who}" + (f"（{since}起）。" if since else "。")

    def belongs(self, number, is_part):
        return f"很可能是订单 {number} 的一部分。" if is_part else f"很可能就是订单 {number}。"

    def concerns(self, count):
        return f"有 {count} 项差异与其有关。"

    def late_by(self, since):
        return f"延迟 {self.stretch(since)}" if since else "已延迟"

    def waiting(self, node, since):
        return f"：{self.moment(since)}起等待{node}" if since else f"：等待{node}"

    def because(self, reason):
        return f"：{reason.rstrip('。')}"

    def caused_by(self, node, of):
        return f"，主要由{node}延误造成" + (f"（{of}）" if of else "")

    def and_next(self, node, at):
        return f"；下一节点{node}，{self.moment(at)}到期"

    def due(self, node, at):
        return f"：{node}须于{self.moment(at)}前完成"

    def next(self, node, at):
        return f"：下一节点{node}，{self.moment(at)}到期"

    def then(self, node, at):
        return f"下一节点{node}，{self.moment(at)}到期"

    def who(self):
        facts = self.facts
        who = " ".join(word for word in (self.own("department"), facts.person) if word)
        due = ""
        if facts.answer_due_at:
            at = self.moment(facts.answer_due_at)
            due = f"应于{at}前处理，已超时" if facts.answer_due_at < facts.now else f"须于{at}前处理"
        said = "，".join(word for word in (who, due) if word)
        return f"（{said}）" if said else ""

    def since(self, at):
        return f"{self.moment(at)}起" if at else "已"

    def hold(self, since, who, until):
        return since + (f"由 {who} " if who else "") + "冻结" + until

    def release(self):
        facts = self.facts
        if facts.release_in:
            return f"须在 {facts.release_in} 中解除冻结。"
        who = " ".join(filter(None, [self.own("release_of"), facts.release_by]))
        return f"须由 {who} 解除冻结。" if who else "须由有权限的人员解除冻结。"

    def urgent(self, since, who):
        return since + (f"由 {who} " if who else "") + "加急"

    def until(self, at):
        return f"，原定{self.moment(at)}解除" if at < self.facts.now else f"，至{self.moment(at)}"

    def both(self, kind, reason):
        return f"{kind}（{reason.rstrip('。')}）" if reason else kind

    def why(self, reason):
        return (f"：{reason.rstrip('。')}" if reason else "") + "。"

    def odds(self, system, status, behind, node):
        late = f"{behind} 尚未登记“{node}”" if behind else f"“{node}”尚未登记"
        return f"{system} 称{status}，{late}。"

    def partly(self, system):
        return f"{system} 称只完成了一部分。"

    def behind_promise(self, since):
        return f"，已晚 {self.stretch(since)}"

    def overtaken(self, follows):
        words = "新的日期待定" if self.facts.place else "预计已过期，新预计未知"
        return f"，{words}" if follows else words

    def delivered(self):
        facts = self.facts
        text = f"{self.day_and_time(facts.actual_at)}已交付"
        if not facts.promised_at:
            return [Part(text + "。", "dates")]
        if facts.actual_at > facts.promised_at:
            gap = say_duration(facts.actual_at - facts.promised_at, "zh")
            return [Part(text, "dates"), Part(f"，比承诺（{self.day(facts.promised_at)}）晚{gap}。", "dates", "late")]
        return [Part(f"{text}，在承诺（{self.day(facts.promised_at)}）之内。", "dates")]

    def promise(self, at):
        return f"承诺{self.day(at)}"

    def forecast(self, at, follows):
        said = self.expected(at)
        return f"，预计{said}" if follows else f"预计{said}"
