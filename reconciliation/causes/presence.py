"""Why does a system not have this key, or have one that nobody else knows?"""

from __future__ import annotations

from reconciliation.causes.registry import Reason, rule
from reconciliation.causes.world import HOUR, MINUTE
from reconciliation.rounded import is_cut
from reconciliation.values import show_time

ENOUGH = 3  # neighbours that arrived, for saying that this one was lost and not merely slow
TEST_PREFIXES = ("TEST", "DEMO", "TMP", "测试", "演示")
NOT_YET = ("The record is from {event:time}, and {systems} has not reported up to then: it may still be on its way.",
           "该记录产生于 {event:time}，{systems} 的数据尚未报到该时刻，可能仍在途中。")
NEVER = ("{systems} never got it, though it is past its time.", "{systems} 没有收到，且已超过应到时间。")
BY_PREFIX = ("The number {prefix}… is one for trials; {systems} never created it.",
             "单号以 {prefix} 开头，属试验单据；{systems} 从未创建过它。")
BY_SOMEBODY = ("It was entered by hand outside the workflow; {systems} holds it alone.",
               "该单据由人工在流程之外录入，只有 {systems} 中有。")
WITHOUT_REASON = ("{systems} refused the message and gave no reason.", "{systems} 拒收了该消息，未说明原因。")


@rule("IN_TRANSIT", family="presence", precedence=10, kinds=("missing", "value", "cardinality"),
      en="The record is from {event:time} and {systems} may take {grace_s:seconds} to follow: it may still be "
         "on its way.",
      zh="该记录产生于 {event:time}，{systems} 有 {grace_s:seconds} 的宽限，可能仍在途中。")
def in_transit(one, world):
    if one.state != "expected":
        return None
    systems = one.absent or tuple(sorted(one.sides))
    newest = one.newest_event()
    grace = max(world.profile.systems[n].grace_s for n in systems)
    return Reason(systems=systems, says=() if grace else NOT_YET, evidence={
        "event": show_time(newest), "as_of": show_time(world.as_of_us), "grace_s": grace,
        "watermarks": {n: show_time(w) for n in systems if (w := world.watermarks.get(n)) is not None} or None})


@rule("OUT_OF_SCOPE", family="presence", precedence=20, kinds=("missing",),
      en="{systems} does hold the key, but the filter of this comparison leaves it out there and not elsewhere.",
      zh="{systems} 中其实有该单号，但被对账范围条件排除，而其他系统没有排除。")
def out_of_scope(one, world):
    outside = tuple(one.facts.get("out_of_scope", ()))
    return Reason(systems=outside, evidence={"held_out_of_scope_by": list(outside)}) if outside else None


@rule("REJECTED_MESSAGE", family="presence", precedence=30, kinds=("missing", "value"),
      en="{systems} refused the message: {said:reason}.", zh="{systems} 拒收了该消息：{said:reason}。")
def rejected_message(one, world):
    for system in one.absent or sorted(one.sides):
        messages = world.messages(system, one.key)
        refused = [m for m in messages if m.refused]
        if not refused:
            continue
        last = refused[-1]
        later = [m for m in messages if not m.refused and m.at_us > last.at_us]
        if later or (one.kind == "value" and not _concerns(last, one, system)):
            continue
        return Reason(systems=(system,), says=() if last.error else WITHOUT_REASON, evidence={
            "error": last.error or "-", "said": {"en": last.error, "zh": last.error_zh or last.error},
            "message_id": last.message_id or None,
            "refused_at": show_time(last.at_us) if last.at_us else None, "version": last.version or None})
    return None


def _concerns(message, one, system):
    """Is the refused message newer than what the system holds? By version, else by time."""
    side = one.sides[system]
    if message.version.isdigit() and side.version is not None:
        return int(message.version) > side.version
    held = side.received_us or side.event_us
    return bool(message.at_us and held and message.at_us > held)


@rule("OUTAGE", family="presence", precedence=40, kinds=("missing",), version=2,
      en="{systems} took in nothing from {start:time} to {end:time}: {absent} of {expected} expected keys are absent.",
      zh="{systems} 在 {start:time} 至 {end:time} 期间中断：应有 {expected} 条，缺 {absent} 条。")
def outage(one, world):
    for system in one.absent:
        found = world.outage(system, expected_at(one, world, system))
        if found:
            start, end, expected, absent = found
            return Reason("group", (system,), evidence={
                "start": show_time(start * MINUTE), "end": show_time((end + 1) * MINUTE),
                "expected": expected, "absent": absent})
    return None


def expected_at(one, world, system):
    """When the record was due in a system: its earliest time where every key is held, else anywhere. As outages are
    counted (plan.presence_sql)."""
    told = [(world.profile.systems[n].complete, side.at_us) for n, side in one.sides.items()
            if n != system and side.at_us is not None]
    complete = [at for is_complete, at in told if is_complete]
    return min(complete or [at for _, at in told], default=None)


@rule("OUTSIDE_WORKFLOW", family="presence", precedence=60, kinds=("missing",),
      en="{why} entered it outside the workflow; only {systems} holds it.",
      zh="该单据由 {why} 在流程之外录入，只有 {systems} 中有。")
def outside_workflow(one, world):
    record = world.profile.record_system
    prefixes = world.profile.outside_prefixes or TEST_PREFIXES
    prefix = next((p for p in prefixes if one.key.upper().startswith(p.upper())), "")
    if prefix:
        return Reason(systems=one.absent, evidence={"why": prefix + "…", "prefix": prefix}, says=BY_PREFIX)
    if record in one.absent:
        makers = sorted(n for n, s in one.sides.items()
                        if s.is_by_person and world.person_share(n) < 0.5)
        if makers:
            side = one.sides[makers[0]]
            actor = side.text.get("actor")
            return Reason(systems=tuple(makers), says=() if actor else BY_SOMEBODY, evidence={
                "why": actor or "person", "actor_kind": "person", "made_in": makers})
    return None


ROUNDED = ("{systems} has no such number. It looks like a longer one that a spreadsheet has cut: look for the document "
           "in {present:systems} under its full number.",
           "{systems} 中没有该单号。它像是被表格软件截断的长单号，请在 {present:systems} 中按完整单号查找。")


@rule("GHOST", family="presence", precedence=70, kinds=("missing",), version=2,
      en="{present:systems} holds it, but the system of record {systems} never created it.",
      zh="{present:systems} 有此单，但权威系统 {systems} 从未创建。")
def ghost(one, world):
    record = world.profile.record_system
    if not record or record not in one.absent or "other_key" in one.facts or one.facts.get("out_of_scope"):
        return None
    if any(not m.refused for m in world.messages(record, one.key)) \
            or world.outage(record, expected_at(one, world, record)):
        return None
    evidence = {"present": ", ".join(sorted(one.sides)), "record_system": record}
    if is_cut(one.key):
        return Reason("hypothesis", (record,), 1, evidence, ROUNDED)
    return Reason(systems=(record,), evidence=evidence)


@rule("MISSING_MESSAGE", family="presence", precedence=80, kinds=("missing",), version=3,
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
        if world.outage(system, expected_at(one, world, system)):
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
