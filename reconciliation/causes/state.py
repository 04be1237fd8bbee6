"""Why are the systems in different states: an unmapped word, a lost or late message, a cancellation?"""

from __future__ import annotations

from reconciliation.causes.pairs import both_ways, disagreeing
from reconciliation.causes.registry import Reason, rule
from reconciliation.difference import whole
from reconciliation.values import read_flag, show_time

CANCELLED = {"cancelled", "canceled", "void", "voided", "已取消", "取消", "作废", "cancel"}
ENDED = {"closed", "delivered", "paid", "completed", "complete", "finished", "done", "已关闭", "已完成", "关闭"}
FAMILY = "state"


@rule("STATUS_UNMAPPED", family="state", precedence=200, types=("code",),
      en="The map does not know the code “{raw}” of {systems}.", zh="映射表中没有 {systems} 的代码“{raw}”。")
def status_unmapped(one, world):
    field = world.profile.fields[one.field]
    for _a, b in disagreeing(one, world) + [(y, x) for x, y in disagreeing(one, world)]:
        raw = b.raw.get(one.field)
        unread = raw and b.values.get(one.field) is None
        if unread or (raw and not world.knows_code(field, b.system, raw)):
            return Reason(systems=(b.system,), evidence={
                "raw": raw.strip(), "mapping_version": b.text.get("mapping_version") or None,
                "rows_with_code": world.count(b.system, one.field, raw)})
    return None


@rule("STATUS_MISMAPPED", family="state", precedence=201, types=("code",),
      en="The code “{raw}” of {systems} is mapped to “{mapped:word}”, but in {hits} of {rows} rows "
         "the others say “{right:word}”.",
      zh="{systems} 的代码“{raw}”被映射为“{mapped:word}”，但 {rows} 行中有 {hits} 行其他系统为“{right:word}”。")
def status_mismapped(one, world):
    for a, b in both_ways(disagreeing(one, world)):
        raw, right = b.raw.get(one.field), a.values.get(one.field)
        if not raw:
            continue
        hits = world.wrong_code(one.field, b.system, raw, right)
        rows = world.count(b.system, one.field, raw)
        if hits >= 5 and hits * 100 >= rows * 95:
            return Reason("group", (b.system,), evidence={
                "raw": raw, "mapped": b.values.get(one.field), "right": right, "hits": hits, "rows": rows})
    return None


@rule("OUT_OF_ORDER", family="state", precedence=500,
      en="{systems} applied version {applied} although version {received} had already been received.",
      zh="{systems} 已收到版本 {received}，却又应用了版本 {applied}：消息乱序。")
def out_of_order(one, world):
    for _a, b in both_ways(disagreeing(one, world)):
        applied, newest = b.version, newest_received(world, b, one.key)
        if applied is not None and newest is not None and applied < newest:
            return Reason(systems=(b.system,), evidence={"applied": applied, "received": newest})
    return None


def newest_received(world, side, key):
    """Highest version the system is known to have received for the key: from its record or the message log."""
    known = [whole(m.version) for m in world.messages(side.system, key) if not m.refused]
    known.append(whole(side.text.get("received_version")))
    known = [v for v in known if v is not None]
    return max(known) if known else None


@rule("CANCELLED_IN_ONE", family="state", precedence=510, types=("code",),
      en="{systems} has cancelled it; not so {others:systems}.", zh="{systems} 已取消，而 {others:systems} 没有。")
def cancelled_in_one(one, world):
    cancelled = sorted(n for n, s in one.sides.items() if str(s.values.get(one.field)).lower() in CANCELLED)
    others = sorted(n for n, s in one.sides.items() if s.values.get(one.field) and n not in cancelled)
    if not cancelled or not others:
        return None
    return Reason(systems=tuple(cancelled), evidence={
        "others": ", ".join(others), "others_say": {n: one.sides[n].values[one.field] for n in others}})


@rule("REOPENED", family="state", precedence=515, types=("code",), version=2,
      en="{systems} opened it again{event:when} after {closed_in:systems} had closed it.",
      zh="{closed_in:systems} 已关闭后，{systems} 又{event:when}重新打开。")
def reopened(one, world):
    field = world.profile.fields[one.field]
    ended = {n: s for n, s in one.sides.items() if is_ended(field, s, one.field)}
    for name, side in sorted(one.sides.items()):
        if name in ended or not side.values.get(one.field):
            continue
        newer = {n: sure for n, e in ended.items() if (sure := _is_newer(world, side, e)) is not None}
        if newer:
            sure, older = any(newer.values()), sorted(newer)
            return Reason("certain" if sure else "hypothesis", (name,), 2 if sure else 1, {
                "closed_in": ", ".join(older), "event": show_time(side.event_us) if side.event_us else "-",
                "version": side.version})
    return None


def is_ended(field, side, name):
    value = str(side.values.get(name)).lower()
    if value in CANCELLED:
        return False
    return value in ENDED or bool(field.rank and value == field.rank[-1].lower()) or \
        (read_flag(side.text.get("closed", "")) is True and bool(side.values.get(name)))


def _is_newer(world, side, other):
    """True by its version; False by an event later than usual alone; None when it is not newer, or older in one."""
    versions = side.version is not None and other.version is not None
    if versions and side.version != other.version:
        older = side.event_us is not None and other.event_us is not None and side.event_us < other.event_us
        return True if side.version > other.version and not older else None
    return False if world.is_later(side, other) else None


@rule("STALE_STATE", family="state", precedence=520, version=2,
      en="{systems} still stands at {held:held}; {ahead:systems} is at {newest:held}, and nothing newer was received.",
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
        elif field.rank and _ranks_behind(field, world, a, b, one.field):
            return _stale(a, b, b.values[one.field], a.values[one.field], "hypothesis")
    return None


def _stale(a, b, held, newest, confidence):
    return Reason(confidence, (b.system,), 2, {
        "held": held, "newest": newest, "ahead": a.system,
        "last_event": show_time(b.event_us) if b.event_us is not None else None})


def _ranks_behind(field, world, a, b, name):
    """Lower on the declared ladder, and older by more than one system is usually behind the other."""
    ladder = {code: i for i, code in enumerate(field.rank)}
    x, y = ladder.get(a.values.get(name)), ladder.get(b.values.get(name))
    if x is None or y is None or y >= x:
        return False
    return world.is_later(a, b)
