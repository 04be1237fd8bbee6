"""Why do two systems give different times: a late posting, a wrong clock, a wrong zone, another event?"""

from __future__ import annotations

from datetime import UTC, timedelta

from reconciliation.causes.pairs import both_ways, number_pairs, trusted
from reconciliation.causes.registry import Reason, rule
from reconciliation.causes.world import HOUR, MINUTE, SAME_CLOCK, STEADY
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


ALIKE = ("; {like} others of its records then are off alike", "，同期另有 {like} 条记录同样偏差")


@rule("TIMEZONE", family="time", precedence=403, types=("time",), version=2,
      en="{systems} is {shift:ahead}: another time zone, not a delay{displaced}.",
      zh="{systems} {shift:ahead}：是时区问题，而非延迟{displaced_zh}。")
def timezone(one, world):
    for side, other, delta in shifts(one, world):
        reason = _zone_shift(one, world, side, other, delta)
        if reason:
            return reason
    return None


def shifts(one, world):
    """(side, other, how much later the side gives the time): of each pair first the one thought to be wrong."""
    for a, b, x, y in number_pairs(one, world):
        yield b, a, y - x
        yield a, b, x - y


def _zone_shift(one, world, side, other, delta):
    steps, jitter = round(delta / QUARTER), world.profile.fields[one.field].tolerance + MINUTE
    if not HOUR - jitter <= abs(delta) <= WIDEST or abs(steps) < 4 or abs(delta - steps * QUARTER) > jitter:
        return None
    evidence = {"shift": clock_text(steps * QUARTER), "shift_us": delta, "rest_us": delta - steps * QUARTER}
    clock = world.clock(side, one.field)
    if clock is None or clock[1] > STEADY:
        return _zone_of_many(one, world, side, other, delta, evidence)
    off, stray = clock
    if abs(off - delta) > jitter + stray:
        return None
    like, usual = world.same_clock(side, one.field, off)
    rest = abs(usual - steps * QUARTER)
    if rest > (20 * MICRO if like else min(stray, 5 * MINUTE)):
        return None  # the others of this clock show that it is off by another span
    if not like and steps % 4:
        return None  # most zones are whole hours apart: of one record alone a quarter or half is chance
    return Reason("certain" if rest <= 2 * MINUTE else "hypothesis", (side.system,), evidence={
        **evidence, "displaced_us": off, "displaced": ", and against the hub's own clock it is off by the same",
        "displaced_zh": "，与本系统的接收时刻相比偏差相同"})


def _zone_of_many(one, world, side, other, delta, evidence):
    """Without a receive time only many alike tell a zone from a slip: the same whole quarters off, near in time."""
    theirs, steps = world.clock(other, one.field), round(delta / QUARTER)
    if theirs and abs(theirs[0]) > theirs[1]:
        return None
    like, usual, is_share, _most = world.shifted_alike(side, other, one.field, delta)
    gap = world.usual_gap(side.system, other.system, one.field)
    if like < SAME_CLOCK or abs(usual - (gap[0] if gap else 0) - steps * QUARTER) > _rest_of(steps):
        return None
    proven = is_share and (theirs is not None or trusted(one, world) == other.system)
    return Reason("group" if proven else "hypothesis", (side.system,), 2 if proven else 1, {
        **evidence, "like": like, "displaced": ALIKE[0].format(like=like), "displaced_zh": ALIKE[1].format(like=like)})


def _rest_of(steps):
    """How far the median of a few may stray from a zone's span: most zones are whole hours apart."""
    return 2 * MINUTE if steps % 4 else 5 * MINUTE


@rule("CLOCK_SKEW", family="time", precedence=404, types=("time",), version=2,
      en="The clock of {systems}{device} is {shift:ahead}: the record came in when it should{alike}.",
      zh="{systems}{device} 的时钟{shift:ahead}：记录按时收到{alike_zh}。")
def clock_skew(one, world):
    for side, other, delta in shifts(one, world):
        clock = world.clock(side, one.field)
        reason = _skew(one, world, side, delta, clock) if clock else _skew_of_many(one, world, side, other, delta)
        if reason:
            return reason
    return None


def _skew(one, world, side, delta, clock):
    off, stray = clock
    if abs(off - delta) > world.profile.fields[one.field].tolerance + stray or abs(off) <= stray:
        return None
    like, _usual = world.same_clock(side, one.field, off)
    if not like and (abs(off) > HOUR or _event_is_right(world, side, off)):
        return None  # one record far off is not a clock, nor one time beside another of the same record that is right
    return _skewed(side, off, like, "group" if like else "hypothesis", {"displaced_us": off})


def _event_is_right(world, side, off):
    event = world.reading(side, "event")
    return event is not None and abs(event[0]) <= event[1] < abs(off)


CONSTANT = ("{systems}{device} is {shift:ahead}{alike}: its clock, as far as can be told without receive times.",
            "{systems}{device} {shift:ahead}{alike_zh}：没有接收时刻可核对，看来是时钟偏差。")


def _skew_of_many(one, world, side, other, delta):
    """Without a receive time: the same span off, again and again, is a clock rather than people being late."""
    theirs = world.clock(other, one.field)
    if abs(delta) > 12 * HOUR or (theirs and abs(theirs[0]) > theirs[1]):
        return None
    like, usual, _share, is_most = world.shifted_alike(side, other, one.field, delta)
    if like < SAME_CLOCK or not is_most:
        return None
    return _skewed(side, usual, like, "hypothesis", {"shift_us": delta}, CONSTANT)


def _skewed(side, off, like, confidence, evidence, says=()):
    device = side.text.get("device", "")
    return Reason(confidence, (side.system,), 2 if confidence == "group" else 1, {
        "device": f" ({device})" if device else "", "shift": clock_text(off), **evidence,
        "like": like, "alike": f"; {like} others are off alike" if like else "",
        "alike_zh": f"，另有 {like} 条同样偏差" if like else ""}, says)


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


@rule("LATE_POSTING", family="time", precedence=406, types=("time",), version=2,
      en="{systems} posted {delay:span} after {earlier:systems} had recorded it{clocks}.",
      zh="{systems} 在 {earlier:systems} 记录之后 {delay:span} 才过账{clocks_zh}。")
def late_posting(one, world):
    for a, b, x, y in number_pairs(one, world):
        early, late = (a, b) if x < y else (b, a)
        delay = abs(y - x)
        clocks = [_stands_right(one, world, side, delay) for side in (early, late)]
        if False in clocks or _is_planned(one, world, early, late):
            continue
        if None not in clocks:
            return Reason(systems=(late.system,), evidence={
                **_delay(early, delay, "; both clocks are right", "；两边时钟均准"),
                "displaced_us": [world.displacement(side, one.field) for side in (early, late)]})
        if delay <= 7 * DAY and not _is_whole_hours(one, world, early, late, delay):
            return Reason("hypothesis", (late.system,), 1, _delay(early, delay, "", ""))
    return None


def _stands_right(one, world, side, delay):
    """Did the record reach the hub when its time says so? None where nothing tells a delay of this size."""
    own = world.reading(side, one.field)
    for told in (own, world.reading(side, "event")):
        if told and told[1] < delay and abs(told[0]) > max(told[1], delay // 10):
            return False
    return True if own and own[1] < delay else None


def _is_planned(one, world, early, late):
    """A day on both sides, or a time still to come when the hub heard of it, is a plan: nobody has posted anything."""
    if all(local_us(s.values[one.field], zone_of(world, one.field, s.system)) % DAY == 0 for s in (early, late)):
        return True
    heard = [s.received_us if s.received_us is not None else world.as_of_us for s in (early, late)]
    return any(s.values[one.field] > at + HOUR for s, at in zip((early, late), heard, strict=True))


def _is_whole_hours(one, world, early, late, delay):
    """Whole hours may be a delay, a zone, or the wrong half of a day: no one can tell without the clocks."""
    gap = world.usual_gap(late.system, early.system, one.field)
    band = max(MINUTE, min(6 * gap[1], 10 * MINUTE)) if gap else MINUTE
    return delay >= HOUR - band and abs(delay - round(delay / HOUR) * HOUR) <= band


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
