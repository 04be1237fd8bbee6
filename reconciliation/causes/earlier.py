"""How did rules judge before? Asked only when a stored verdict is reached again; never changed, never asked anew."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from reconciliation.causes.codes import SCIENTIFIC, _same_text
from reconciliation.causes.duplicates import _newer_was_received, _same_payload, is_closed, is_fulfilment
from reconciliation.causes.pairs import both_ways, disagreeing, number_pairs, text_pairs, trusted
from reconciliation.causes.people import NAMELESS
from reconciliation.causes.presence import ENOUGH, NEVER
from reconciliation.causes.registry import Reason, earlier
from reconciliation.causes.state import _stale, is_ended, newest_received
from reconciliation.causes.time import DAY, QUARTER, WIDEST, _delay, clock_text
from reconciliation.causes.world import HOUR, MINUTE
from reconciliation.values import MICRO, show_number, show_time


@earlier("TIMEZONE", id="time.timezone", version=1, precedence=403,
         en="{systems} is {shift:ahead}: another time zone, not a delay{displaced}.",
         zh="{systems} {shift:ahead}：是时区问题，而非延迟{displaced_zh}。")
def timezone(one, world):
    for a, b, x, y in number_pairs(one, world):
        for side, delta in ((b, y - x), (a, x - y)):
            reason = _zone_shift(one, world, side, delta)
            if reason:
                return reason
    return None


def _zone_shift(one, world, side, delta):
    steps = round(delta / QUARTER)
    jitter = world.profile.fields[one.field].tolerance + MINUTE
    rest = abs(delta - steps * QUARTER)
    if not HOUR - jitter <= abs(delta) <= WIDEST or abs(steps) < 4 or rest > jitter:
        return None
    off = world.displacement(side, one.field)
    evidence = {"shift": clock_text(steps * QUARTER), "shift_us": delta, "rest_us": delta - steps * QUARTER}
    if off is None:
        whole_hours = steps % 4 == 0
        return Reason("hypothesis", (side.system,), 1, {**evidence, "displaced": "", "displaced_zh": ""}) \
            if whole_hours and _no_clock(one, world) else None
    if abs(off - delta) > jitter + world.jitter(side, one.field):
        return None
    like, usual = world.same_clock(side, one.field, off)
    stray = abs(usual - steps * QUARTER)
    if stray > (20 * MICRO if like else min(world.jitter(side, one.field), 5 * MINUTE)):
        return None  # the others of this clock show that it is off by another span
    return Reason("certain" if stray <= 2 * MINUTE else "hypothesis", (side.system,), evidence={
        **evidence, "displaced_us": off, "displaced": ", and against the hub's own clock it is off by the same",
        "displaced_zh": "，与本系统的接收时刻相比偏差相同"})


def _no_clock(one, world):
    """Does no side have a receive time to measure its clock against?"""
    return all(world.displacement(s, one.field) is None for s in one.sides.values())


@earlier("CLOCK_SKEW", id="time.clock_skew", version=1, precedence=404,
         en="The clock of {systems}{device} is {shift:ahead}: the record came in when it should{alike}.",
         zh="{systems}{device} 的时钟{shift:ahead}：记录按时收到{alike_zh}。")
def clock_skew(one, world):
    for a, b, x, y in number_pairs(one, world):
        for side, delta in ((b, y - x), (a, x - y)):
            off = world.displacement(side, one.field)
            allowed = world.profile.fields[one.field].tolerance + world.jitter(side, one.field)
            if off is None or abs(off - delta) > allowed or abs(off) <= world.jitter(side, one.field):
                continue
            like, _usual = world.same_clock(side, one.field, off)
            if not like and abs(off) > HOUR:
                continue  # one record far off is not a clock
            device = side.text.get("device", "")
            return Reason("group" if like else "hypothesis", (side.system,), 2 if like else 1, {
                "device": f" ({device})" if device else "", "shift": clock_text(off), "displaced_us": off,
                "like": like, "alike": f"; {like} others are off alike" if like else "",
                "alike_zh": f"，另有 {like} 条同样偏差" if like else ""})
    return None


@earlier("LATE_POSTING", id="time.late_posting", version=1, precedence=406,
         en="{systems} posted {delay:span} after {earlier:systems} had recorded it{clocks}.",
         zh="{systems} 在 {earlier:systems} 记录之后 {delay:span} 才过账{clocks_zh}。")
def late_posting(one, world):
    for a, b, x, y in number_pairs(one, world):
        early, late = (a, b) if x < y else (b, a)
        delay = abs(y - x)
        offs = [world.displacement(s, one.field) for s in (early, late)]
        if None in offs:
            known = [o for o in offs if o is not None]
            if delay <= 7 * DAY and all(abs(o) <= world.jitter(late, one.field) for o in known):
                return Reason("hypothesis", (late.system,), 1, _delay(early, delay, "", ""))
            continue
        allowed = [max(world.jitter(s, one.field), delay // 10) for s in (early, late)]
        if all(abs(o) <= limit for o, limit in zip(offs, allowed, strict=True)):
            return Reason(systems=(late.system,), evidence={
                **_delay(early, delay, "; both clocks are right", "；两边时钟均准"),
                "displaced_us": offs})
    return None


@earlier("OUTAGE", id="presence.outage", version=1, precedence=40,
         en="{systems} took in nothing from {start:time} to {end:time}: {absent} of {expected} expected keys "
            "are absent.",
         zh="{systems} 在 {start:time} 至 {end:time} 期间中断：应有 {expected} 条，缺 {absent} 条。")
def outage(one, world):
    for system in one.absent:
        found = world.outage(system, one.newest_at())
        if found:
            start, end, expected, absent = found
            return Reason("group", (system,), evidence={
                "start": show_time(start * MINUTE), "end": show_time((end + 1) * MINUTE),
                "expected": expected, "absent": absent})
    return None


@earlier("GHOST", id="presence.ghost", version=1, precedence=70,
         en="{present:systems} holds it, but the system of record {systems} never created it.",
         zh="{present:systems} 有此单，但权威系统 {systems} 从未创建。")
def ghost(one, world):
    record = world.profile.record_system
    if not record or record not in one.absent or "other_key" in one.facts or one.facts.get("out_of_scope"):
        return None
    if any(not m.refused for m in world.messages(record, one.key)) \
            or world.outage(record, one.newest_at()):
        return None
    return Reason(systems=(record,), evidence={"present": ", ".join(sorted(one.sides)), "record_system": record})


@earlier("MISSING_MESSAGE", id="presence.missing_message", version=2, precedence=80,
         en="{systems} never got it: it is {age_h:hours} old, and {neighbours} records of the same hours did arrive.",
         zh="{systems} 没有收到：记录产生已 {age_h:hours}，而同时段的 {neighbours} 条都已到达。")
def missing_message(one, world):
    record = world.profile.record_system
    if record in one.absent or "other_key" in one.facts or one.facts.get("out_of_scope"):
        return None
    born, newest = one.newest_event(), one.newest_at()
    for system in one.absent:
        if any(not m.refused for m in world.messages(system, one.key)):
            continue  # the message was taken in: that it is absent has another reason
        if newest is None:
            return Reason("hypothesis", (system,), 1, {"neighbours": 0}, says=NEVER)
        if world.outage(system, newest):
            continue
        near = world.neighbours(system, newest)
        # Without evidence of when the record was made, `newest` is a date that it holds: a day of delivery has no age.
        past = born is not None and born <= world.as_of_us
        age = (world.as_of_us - born) // HOUR if past else 0
        told = near and age
        return Reason("certain" if past and near >= ENOUGH else "hypothesis", (system,), evidence={
            "event": show_time(newest), "neighbours": near, "age_h": age if told else None,
            "grace_s": world.profile.systems[system].grace_s}, says=() if told else NEVER)
    return None


@earlier("PARTIAL_CLOSED", id="duplicates.partial_closed", version=1, precedence=440,
         en="{systems} closed the document short: {done:value} of {ordered:value}.",
         zh="{systems} 短量关单：已完成 {done:value}，应为 {ordered:value}。")
def partial_closed(one, world):
    return _partial(one, world, closed=True)


@earlier("PARTIAL_OPEN", id="duplicates.partial_open", version=1, precedence=441,
         en="{systems} has delivered {done:value} of {ordered:value} so far and the document is still "
         "open{promised:promised}.",
         zh="{systems} 目前完成 {done:value}，应为 {ordered:value}，单据仍未关闭{promised:promised}。")
def partial_open(one, world):
    return _partial(one, world, closed=False)


def _partial(one, world, closed):
    for a, b, x, y in delivery_pairs(one, world):
        backed = is_fulfilment(world, b, y)
        if not 0 <= y < x or is_closed(b) is not closed or backed is None:
            continue
        promised = next((s.us["promised"] for s in (a, b) if s.us.get("promised") is not None), None)
        return Reason("certain" if backed else "hypothesis", (b.system,), 2 if backed else 1, {
            "done": show_number(y), "ordered": show_number(x), "closed": closed,
            "promised": show_time(promised) if promised is not None else "-",
            "due": None if promised is None else promised <= world.as_of_us,
            "shipments": [c.key for c in b.children] or None})
    return None


@earlier("OVER_SHIPMENT", id="duplicates.over_shipment", version=1, precedence=442,
         en="{systems} shipped more than was ordered: {done:value} against {ordered:value}.",
         zh="{systems} 超发：发货 {done:value}，订货 {ordered:value}。")
def over_shipment(one, world):
    for _a, b, x, y in delivery_pairs(one, world):
        if y > x > 0 and is_fulfilment(world, b, y):
            return Reason(systems=(b.system,), evidence={
                "done": show_number(y), "ordered": show_number(x), "shipments": [c.key for c in b.children] or None})
    return None


def delivery_pairs(one, world):
    """[(ordered side, delivering side, x, y)]: what was ordered is said by the system of record, else by the
    authority; where neither holds the field, either way round."""
    pairs = list(both_ways(number_pairs(one, world)))
    orders = world.profile.record_system or trusted(one, world)
    return [p for p in pairs if p[0].system == orders] if any(p[0].system == orders for p in pairs) else pairs


@earlier("REPLAYED_BATCH", id="people.replayed_batch", version=1, precedence=90,
         en="Batch {batch} was sent again to {systems}: the same content had come before in {seen}.",
         zh="批次 {batch} 被重复发送给 {systems}：相同内容此前已随 {seen} 收到。")
def replayed_batch(one, world):
    if one.kind == "value":
        return _replayed_value(one, world)
    for system, copies in sorted(one.copies.items()):
        batches = sorted({c.text.get("batch", "") for c in copies} - {""})
        if len(batches) < 2 or not _same_payload(copies):
            continue
        repeats = {b: world.repeats(system, b) for b in batches}
        batch = max(batches, key=lambda b: (repeats[b], b))
        if repeats[batch] >= 3 and repeats[batch] * 2 >= world.batch_size(system, batch):
            seen = ", ".join(b for b in batches if b != batch)
            return Reason(systems=(system,), evidence={"batch": batch, "seen": seen, "repeated_keys": repeats[batch]})
    return None


def _replayed_value(one, world):
    for system, side in sorted(one.sides.items()):
        digest, batch = side.text.get("payload_hash", ""), side.text.get("batch", "")
        seen = [b for b in world.batches(system, one.key, digest) if b not in (batch, "")] if digest else []
        if seen and batch and _newer_was_received(one, world, system, side):
            return Reason(systems=(system,), evidence={"batch": batch, "seen": ", ".join(seen), "payload_hash": digest})
    return None


@earlier("SCIENTIFIC_NOTATION", id="codes.scientific_notation", version=1, precedence=132,
         en="{systems} holds the code as a spreadsheet number: “{wrong}” instead of “{right}”.",
         zh="{systems} 的编码被表格软件转成了科学计数：“{wrong}”，应为“{right}”。")
def scientific_notation(one, world):
    return _same_text(one, world, lambda x, y: is_scientific(y, x) or is_scientific(x, y), {})


def is_scientific(short, full):
    """Is `short` the E-notation of the digits `full`, rounded to the digits it shows?"""
    if not SCIENTIFIC.match(short.strip()) or not full.strip().isdigit():
        return False
    try:
        value = Decimal(short.strip())
    except InvalidOperation:
        return False
    places = len(short.strip().upper().split("E")[0].replace(".", "").lstrip("+-"))
    rounded = Decimal(f"%.{places - 1}e" % Decimal(full.strip()))
    return value == rounded


@earlier("SUPERSEDED_ITEM", id="codes.superseded_item", version=1, precedence=140,
         en="{systems} still uses the superseded item {old}; its successor is {new}.",
         zh="{systems} 仍在用已被替代的料号 {old}，新料号为 {new}。")
def superseded_item(one, world):
    for a, b, x, y in text_pairs(one, world):
        for old, new, side in ((y, x, b), (x, y, a)):
            if world.successor(old.strip()) == new.strip():
                return Reason(systems=(side.system,), evidence={"old": old.strip(), "new": new.strip()})
    return None


@earlier("XREF_WRONG", id="codes.xref_wrong", version=1, precedence=151,
         en="{systems} takes “{right}” for “{wrong}” in {hits} of {rows} rows: a wrong cross reference.",
         zh="{systems} 把“{right}”当作“{wrong}”，{rows} 行中有 {hits} 行：对照关系有误。")
def xref_wrong(one, world):
    for a, b, x, y in text_pairs(one, world):
        right, wrong = a.values.get(one.field), b.values.get(one.field)
        hits = world.wrong_text(one.field, a.system, right, b.system, wrong)
        rows = world.count(a.system, one.field, x)
        if hits >= 5 and hits * 10 >= rows * 3:
            return Reason("group", (b.system,), evidence={"right": x, "wrong": y, "hits": hits, "rows": rows})
    return None


@earlier("REOPENED", id="state.reopened", version=1, precedence=515,
         en="{systems} opened it again{event:when} after {closed_in:systems} had closed it.",
         zh="{closed_in:systems} 已关闭后，{systems} 又{event:when}重新打开。")
def reopened(one, world):
    field = world.profile.fields[one.field]
    ended = {n: s for n, s in one.sides.items() if is_ended(field, s, one.field)}
    for name, side in sorted(one.sides.items()):
        if name in ended or not side.values.get(one.field):
            continue
        older = sorted(n for n, e in ended.items() if _is_newer(side, e))
        if older:
            return Reason(systems=(name,), evidence={
                "closed_in": ", ".join(older), "event": show_time(side.event_us) if side.event_us else "-",
                "version": side.version})
    return None


def _is_newer(side, other):
    """Newer in one of version and event, older in neither."""
    marks = [(a, b) for a, b in ((side.version, other.version), (side.event_us, other.event_us))
             if a is not None and b is not None]
    return any(a > b for a, b in marks) and all(a >= b for a, b in marks)


@earlier("STALE_STATE", id="state.stale_state", version=1, precedence=520,
         en="{systems} still stands at {held:held}; {ahead:systems} is at {newest:held}, and nothing newer "
            "was received.",
         zh="{systems} 停留在{held:held}；{ahead:systems} 已是{newest:held}，此后未再收到消息。")
def stale_state(one, world):
    field = world.profile.fields[one.field]
    for a, b in both_ways(disagreeing(one, world)):
        if a.version is not None and b.version is not None and world.versions_compare(a.system, b.system):
            if b.version < a.version:
                received = newest_received(world, b, one.key)
                if received is not None and received > b.version:
                    continue
                sure = received is not None or world.has_table("messages")
                return _stale(a, b, b.version, a.version, "certain" if sure else "hypothesis")
        elif field.rank and _ranks_behind(field, a, b, one.field):
            return _stale(a, b, b.values[one.field], a.values[one.field], "hypothesis")
    return None


def _ranks_behind(field, a, b, name):
    """Lower on the declared ladder, and no newer by the clock."""
    ladder = {code: i for i, code in enumerate(field.rank)}
    x, y = ladder.get(a.values.get(name)), ladder.get(b.values.get(name))
    if x is None or y is None or y >= x:
        return False
    return a.event_us is not None and b.event_us is not None and b.event_us < a.event_us


@earlier("MANUAL_EDIT", id="people.manual_edit", version=1, precedence=600,
         en="{actor} changed it by hand in {systems}{changed:when}; {others:systems} got no such message.",
         zh="{actor} {changed:when}在 {systems} 中手工修改；{others:systems} 没有收到相应消息。")
def manual_edit(one, world):
    for a, b in both_ways(disagreeing(one, world)):
        if not b.is_by_person or a.is_by_person or world.edit_share(b.system) > 0.2:
            continue
        changed, synced = b.event_us, b.us.get("synced")
        if synced is not None and changed is not None and changed <= synced:
            continue
        after = synced if synced is not None else a.event_us
        if changed is not None and after is not None and changed <= after:
            continue  # the others have moved since: they know of it
        sure = changed is not None and after is not None and world.edit_share(b.system) <= 0.05
        others = sorted(n for n in one.sides if n != b.system)
        return Reason("certain" if sure else "hypothesis", (b.system,), 2, {
            "actor": b.text.get("actor") or None, "others": ", ".join(others),
            "changed": show_time(changed) if changed is not None else None,
            "last_sync": show_time(synced) if synced is not None else None},
            says=() if b.text.get("actor") else NAMELESS)
    return None
