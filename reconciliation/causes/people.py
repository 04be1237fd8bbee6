"""Did a person or a changed rule make the difference?"""

from __future__ import annotations

from reconciliation.causes.pairs import both_ways, disagreeing
from reconciliation.causes.registry import Reason, rule
from reconciliation.values import show_time


@rule("RULE_CHANGE", family="people", precedence=210,
      en="{systems} was read with mapping version {used}; {current} was in force by then.",
      zh="{systems} 是按映射版本 {used} 读取的，而当时生效的是 {current}。")
def rule_change(one, world):
    for a, b in disagreeing(one, world):
        for side in (b, a):
            used = side.text.get("mapping_version", "")
            dated = world.mapping_versions(side.system)
            at = side.received_us if side.received_us is not None else side.event_us
            current = dated.at(at) if dated and at is not None else None
            if used and current and used != current:
                return Reason(systems=(side.system,), evidence={
                    "used": used, "current": current, "read_at": show_time(at)})
    return None


NAMELESS = ("Somebody changed it by hand in {systems}{changed:when}; {others:systems} got no such message.",
            "有人{changed:when}在 {systems} 中手工修改；{others:systems} 没有收到相应消息。")


@rule("MANUAL_EDIT", family="people", precedence=600, version=2,
      en="{actor} changed it by hand in {systems}{changed:when}; {others:systems} got no such message.",
      zh="{actor} {changed:when}在 {systems} 中手工修改；{others:systems} 没有收到相应消息。")
def manual_edit(one, world):
    for a, b in both_ways(disagreeing(one, world)):
        if not b.is_by_person or a.is_by_person or world.edits_are_usual(b.system):
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
