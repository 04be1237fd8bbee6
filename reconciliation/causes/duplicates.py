"""Why are there more rows than there should be, or fewer with the same sum?"""

from __future__ import annotations

from reconciliation.causes.pairs import apart, both_ways, holders, number_pairs, trusted
from reconciliation.causes.registry import Reason, rule
from reconciliation.values import read_flag, show_number, show_time

MESSAGE = ("message_id", "payload_hash", "batch")
NUMBERS = ("quantity", "integer", "number")
# Nothing known of the copies differs, and nothing tells how they came: no message, no person, no time.
SAME_ROW = ("{systems} holds the same row {count} times: the compared columns are equal.",
            "{systems} 中同一行出现 {count} 次，参与对账的各列均相同。")


AGAIN = ("Batch {batch} brought {systems} what it had already taken in with {seen}, and its number is no longer that "
         "of the others{twice}.",
         "批次 {batch} 又把 {systems} 已随 {seen} 收到的内容发来一次，其数值与其他系统不再一致{twice_zh}。")


@rule("REPLAYED_BATCH", family="people", precedence=90, kinds=("duplicate", "value"), version=2,
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
        if not seen or not batch:
            continue
        evidence = {"batch": batch, "seen": ", ".join(seen), "payload_hash": digest}
        if _newer_was_received(one, world, system, side):
            return Reason(systems=(system,), evidence=evidence)
        twice = _applied_twice(one, world, system, digest, batch)
        if twice is not None:
            return Reason("certain" if twice else "hypothesis", (system,), 2 if twice else 1, {
                **evidence, "twice": ": it is twice theirs" if twice else "",
                "twice_zh": "，正好是其两倍" if twice else ""}, AGAIN)
    return None


def _applied_twice(one, world, system, digest, batch):
    """Is the number of `system` twice that of another (True), or another one that a second taking in may have made
    (False)? None where it is no number, where the content was refused before, or where the others have moved on."""
    if world.profile.fields[one.field].type not in NUMBERS or not any(
            m.payload_hash == digest and m.batch not in (batch, "") and not m.refused
            for m in world.messages(system, one.key)):
        return None
    pairs = [(a, b, x, y) for a, b, x, y in both_ways(number_pairs(one, world)) if b.system == system]
    if not pairs or any(a.version is not None and b.version is not None and a.version > b.version
                        and world.versions_compare(a.system, b.system) for a, b, _x, _y in pairs):
        return None
    return any(x and y == 2 * x for _a, _b, x, y in pairs)


def _newer_was_received(one, world, system, side):
    """Between the two sendings of this payload another one came in."""
    hashes = {m.payload_hash for m in world.messages(system, one.key) if not m.refused}
    return bool(hashes - {side.text.get("payload_hash", ""), ""})


@rule("DUPLICATE_MESSAGE", family="duplicates", precedence=100, kinds=("duplicate",),
      en="{systems} took the same message in {count} times (same {by:word}).",
      zh="{systems} 将同一消息处理了 {count} 次（{by:word}相同）。")
def duplicate_message(one, world):
    for system, copies in sorted(one.copies.items()):
        by = _same_payload(copies)
        if by:
            return Reason(systems=(system,), says=() if _came_as_messages(copies) else SAME_ROW, evidence={
                "count": len(copies), "by": by, "message_id": copies[0].text.get("message_id") or None})
    return None


def _came_as_messages(copies):
    return any(c.received_us is not None or any(c.text.get(name) for name in MESSAGE) for c in copies)


def _same_payload(copies):
    """By what two copies are one and the same message, or ""."""
    for by in ("message_id", "payload_hash"):
        given = [c.text.get(by, "") for c in copies]
        if all(given):
            if len(set(given)) < len(given):
                return by
    if any(c.text.get("payload_hash") for c in copies):
        return ""
    identities = [c.said for c in copies]
    return "content" if len(set(identities)) < len(identities) else ""


@rule("DUPLICATE_ENTRY", family="duplicates", precedence=110, kinds=("duplicate",),
      en="{systems} holds it twice as two entries; they differ in: {what:fields}.",
      zh="{systems} 中被重复录入，两次录入的不同之处：{what:fields}。")
def duplicate_entry(one, world):
    for system, copies in sorted(one.copies.items()):
        if not _same_payload(copies):
            different = sorted({f for f in copies[0].values for c in copies[1:]
                                if c.values.get(f) != copies[0].values.get(f)})
            known_apart = different or any(c.text != copies[0].text or c.us != copies[0].us for c in copies[1:])
            return Reason(systems=(system,), says=() if known_apart else SAME_ROW, evidence={
                "what": ", ".join(different) or "evidence only", "count": len(copies), "different_fields": different})
    return None


@rule("DUPLICATE_ENTRY", family="duplicates", precedence=75, kinds=("missing",),
      en="{systems} holds it a second time as {twin}: same customer, item, quantity and day.",
      zh="{systems} 中另有同一客户、物料、数量、日期的单据 {twin}，疑似重复录入。")
def entered_under_another_key(one, world):
    """Another key of the same system: same customer, item, quantity and day; that one everybody knows."""
    twins = world.twins(one.key)
    if not twins or "other_key" in one.facts:
        return None
    system, twin = twins[0]
    chance = world.twin_share()
    sure = chance <= 0.005
    if chance > 0.05:
        return None  # like orders are the rule here
    return Reason("certain" if sure else "hypothesis", (system,), 2, {
        "twin": twin, "same": ["customer", "item", "quantity", "day"], "chance": round(chance, 4)})


@rule("SPLIT_ORDER", family="duplicates", precedence=120, kinds=("cardinality",),
      en="{systems} split the order into {children:listed}; the parts add up to it.",
      zh="{systems} 将该订单拆分为 {children:listed}，合计与原单一致。")
def split_order(one, world):
    fact = one.facts.get("split")
    return Reason(systems=(fact["system"],), evidence={
        "children": ", ".join(fact["children"]), "parent": one.key, "by": fact["by"], "sums": fact["sums"],
    }) if fact and fact["sums"] else None


@rule("PARTS_DIFFER", family="duplicates", precedence=122, kinds=("cardinality",),
      en="{systems} split the order into {children:listed}, but the parts do not add up to it: {apart:sums}.",
      zh="{systems} 将该订单拆分为 {children:listed}，但合计与原单不符：{apart:sums}。")
def parts_differ(one, world):
    fact = one.facts.get("split")
    return Reason(systems=(fact["system"],), evidence={
        "children": ", ".join(fact["children"]), "parent": one.key, "by": fact["by"], "apart": fact["apart"],
    }) if fact and fact["apart"] else None


@rule("MERGED_ORDER", family="duplicates", precedence=121, kinds=("cardinality",),
      en="{systems} delivers it together with others as {merged}; the sums are equal.",
      zh="{systems} 将其与其他订单合并为 {merged}，合计一致。")
def merged_order(one, world):
    fact = one.facts.get("merged")
    return Reason(systems=(fact["system"],), evidence={
        "merged": fact["merged"], "orders": fact["orders"], "by": fact["by"], "sums": fact["sums"]}) if fact else None


@rule("PARTIAL_CLOSED", family="duplicates", precedence=440, types=("quantity", "integer", "number"), version=2,
      en="{systems} closed the document short: {done:value} of {ordered:value}.",
      zh="{systems} 短量关单：已完成 {done:value}，应为 {ordered:value}。")
def partial_closed(one, world):
    return _partial(one, world, closed=True)


@rule("PARTIAL_OPEN", family="duplicates", precedence=441, types=("quantity", "integer", "number"), version=2,
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


@rule("OVER_SHIPMENT", family="duplicates", precedence=442, types=("quantity", "integer", "number"), version=2,
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
    authority; where neither holds the field, either way round. That two of three say what was shipped makes it no
    less an order of more: each is held against the order."""
    field, name = world.profile.fields[one.field], world.profile.record_system or trusted(one, world)
    sides = [s for s in holders(one, world) if s.values.get(field.name) is not None]
    orders = next((s for s in sides if s.system == name), None)
    if orders is None:
        return list(both_ways(number_pairs(one, world)))
    return [(orders, s, orders.values[field.name], s.values[field.name]) for s in sides
            if s is not orders and apart(field, orders, s)]


def is_fulfilment(world, side, value):
    """True: the value is backed by shipment rows or a shipped total; False: only the document's own flag speaks;
    None: the shipped total contradicts the value, so it is not a matter of shipping."""
    if "shipped" in world.profile.systems[side.system].evidence and not side.children:
        return True if side.numbers.get("shipped") == value else None
    return bool(side.children)


def is_closed(side):
    """True, False, or None when the record does not say whether its document is closed."""
    return read_flag(side.text.get("closed", ""))
