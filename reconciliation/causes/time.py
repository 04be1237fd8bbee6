"""Why do two systems give different times: a late posting, a wrong clock, a wrong zone, another event?"""

from __future__ import annotations

from datetime import UTC, timedelta

from reconciliation.causes.pairs import both_ways, number_pairs
from reconciliation.causes.registry import Reason, rule
from reconciliation.causes.world import HOUR, MINUTE
from reconciliation.values import EPOCH, MICRO, local_us, show_time

QUARTER = 15 * MINUTE
DAY = 24 * HOUR
WIDEST = 26 * HOUR


@rule("DATE_ONLY", family="time", precedence=400, types=("time",),
      en="{systems} keeps only the date: {date:date} without a time of day.",
      zh="{systems} 只记录了日期：{date:date}，没有时刻。")
def date_only(one, world):
    for a, b, x, y in both_ways(number_pairs(one, world)):
        zone = zone_of(world, one.field, b.system)
        x_local, y_local = local_us(x, zone), local_us(y, zone)
        if y_local % DAY == 0 and x_local % DAY != 0 and x_local // DAY == y_local // DAY:
            return Reason(systems=(b.system,), evidence={"date": show_time(y_local)[:10], "zone": zone,
                                                         "other_time": show_time(x), "other": a.system})
    return None


@rule("DAY_MONTH_SWAP", family="time", precedence=401, types=("time",),
      en="{systems} has day and month exchanged: read as {swapped:date} it agrees.",
      zh="{systems} 把日和月写反了：按 {swapped:date} 读取即一致。")
def day_month_swap(one, world):
    for _a, b, x, y in both_ways(number_pairs(one, world)):
        zone = zone_of(world, one.field, b.system)
        swapped = _swap(local_us(y, zone))
        limit = world.profile.fields[one.field].tolerance + MINUTE
        if swapped is not None and abs(swapped - local_us(x, zone)) <= limit and abs(x - y) > DAY - limit:
            return Reason(systems=(b.system,), evidence={
                "swapped": show_time(swapped)[:10], "written": show_time(local_us(y, zone))[:10], "zone": zone})
    return None


def _swap(local):
    moment = EPOCH + timedelta(microseconds=local)
    if moment.day > 12 or moment.day == moment.month:
        return None
    return _us(moment.replace(day=moment.month, month=moment.day))


def _us(moment):
    delta = moment.astimezone(UTC) - EPOCH
    return (delta.days * 86_400 + delta.seconds) * MICRO + delta.microseconds


@rule("WRONG_EVENT", family="time", precedence=402, types=("time",),
      en="{systems} gives the time of another event: it is exactly that of “{other_event:word}”.",
      zh="{systems} 填的是另一个节点的时间：与“{other_event:word}”完全相同。")
def wrong_event(one, world):
    for _a, b, x, y in both_ways(number_pairs(one, world)):
        if (local_us(y, zone_of(world, one.field, b.system))) % DAY == 0:
            continue  # midnights coincide by nature
        for name, moment, owner in milestones(one, world):
            if name != one.field and abs(moment - y) < MICRO and abs(moment - x) > MINUTE:
                return Reason(systems=(b.system,), evidence={
                    "other_event": name, "at": show_time(y), "known_from": owner})
    return None


def milestones(one, world):
    """(name, µs, system) of every other instant known of this key, in a fixed order."""
    column = {s: f.columns.get(s) for f in [world.profile.fields[one.field]] for s in one.sides}
    found = []
    for system, side in sorted(one.sides.items()):
        spec = world.profile.systems[system]
        found += [(n, t, system) for n, t in sorted(side.times.items())
                  if spec.times.get(n, "") != column[system]]
        found += [(n, side.us[n], system) for n in ("created", "promised")
                  if side.us.get(n) is not None and spec.evidence.get(n) != column[system]]
    return found + world.milestones(one.key)


@rule("TIMEZONE", family="time", precedence=403, types=("time",),
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


@rule("CLOCK_SKEW", family="time", precedence=404, types=("time",),
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


@rule("LATE_MESSAGE", family="time", precedence=405, types=("time",),
      en="Both agree when it happened ({event:time}), but the message reached {systems} {delay:span} later.",
      zh="双方对发生时间一致（{event:time}），但消息 {delay:span} 后才到达 {systems}。")
def late_message(one, world):
    limit = max(world.profile.fields[one.field].tolerance, world.profile.late_message_s * MICRO, MINUTE)
    for a, b, x, y in both_ways(number_pairs(one, world)):
        if a.event_us is None or b.event_us is None or b.received_us is None or y <= x:
            continue
        if event_is_field(world, one.field, b.system):
            continue
        delay = b.received_us - b.event_us
        if abs(a.event_us - b.event_us) <= limit and delay > limit and abs(y - b.received_us) <= limit:
            return Reason(systems=(b.system,), evidence={
                "event": show_time(b.event_us), "received": show_time(b.received_us), "delay": clock_text(delay)})
    return None


@rule("LATE_POSTING", family="time", precedence=406, types=("time",),
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


def _delay(early, delay, clocks, clocks_zh):
    return {"earlier": early.system, "delay": clock_text(delay), "delay_us": delay,
            "clocks": clocks, "clocks_zh": clocks_zh}


def event_is_field(world, field_name, system):
    """Is the event evidence of the system the very column that is compared?"""
    return world.profile.systems[system].evidence.get("event") == world.profile.fields[field_name].columns.get(system)


def zone_of(world, field_name, system):
    """The zone in which the clock of the system shows times: by that, midnight and the days are told."""
    spec = world.profile.systems[system]
    return world.profile.fields[field_name].zones.get(system, spec.clock_zone or spec.zone)


def clock_text(us):
    """'+8:00:00', '-0:07:12' of a span in µs (whole seconds)."""
    seconds = abs(us) // MICRO
    sign = "-" if us < 0 else "+"
    return f"{sign}{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
