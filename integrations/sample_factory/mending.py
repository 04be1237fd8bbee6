"""What becomes of a fault that somebody at the source puts right?

From then on the record says what is true: its later messages are right, and where none follows, one more message brings
the right values. Only faults that change what records say are mended; what was never sent twice or under another number
stays as it is.
"""
from integrations.sample_factory.clockwork import HOUR, MINUTE, to_datetime
from integrations.sample_factory.wording import compact_date, compact_time, naive, with_offset, zulu

SOONEST, SPAN = 3 * HOUR, 40 * HOUR
LAG = 40_000
LATEST = SOONEST + SPAN + LAG


def clean_rows(drafts):
    """{serial: row} before anything went wrong."""
    return {draft.serial: dict(draft.row) for draft in drafts}


def mend(plan, drafts, clean, known, drawn, make):
    """Put right, at a moment drawn by `drawn` in [0, 1) after `known` (ms), what `drafts` say otherwise than `clean`.

    `make(draft, received, occurred)` gives one more message like `draft`. Returns that moment, or None when this fault
    cannot be put right by what a record says.
    """
    if any(draft.serial not in clean for draft in drafts):
        return None
    at = known + SOONEST + int(drawn * SPAN)
    wrong = [draft for draft in drafts if draft.row != clean[draft.serial] and _restamp(draft, plan, at) is not None]
    for record in sorted({(one.system, one.entity, one.part) for one in wrong}):
        its = [one for one in drafts if (one.system, one.entity, one.part) == record]
        later = [one for one in its if one.received > at]
        for draft in later:
            draft.row = dict(clean[draft.serial])
        if not later:
            last = max(its, key=lambda one: one.occurred)
            righted = make(last, at + LAG, at)
            righted.row = dict(clean[last.serial])
            righted.row |= _restamp(righted, plan, at)
    return at if wrong else None


def _restamp(draft, plan, at):
    """The fields of a message that say when, in which version and by whom; None where a record is never changed."""
    row = draft.row or {}
    stamps = {
        ("crm", "order"): lambda: {
            "eventId": f"{row.get('eventId')}-C", "lastModified": with_offset(at), "modifiedBy": plan.seller,
            "modifiedKind": "user", "revision": row.get("revision", 0) + 1},
        ("wms", "order"): lambda: {
            "msg_id": f"{row.get('msg_id')}-C", "update_time": naive(at), "operator": plan.keeper, "operator_type": 1,
            "seq": row.get("seq", 0) + 1},
        ("erp", "order"): lambda: {
            "DOCNUM": f"{row.get('DOCNUM')}-C", "AEDAT": compact_date(at), "AEZET": compact_time(at),
            "AENAM": plan.seller, "ZUSTYP": "A", "ZVERSION": f"{int(row.get('ZVERSION', 0)) + 1:06d}"},
        ("mes", "work_order"): lambda: {
            "msgId": f"{row.get('msgId')}-C", "ts": zulu(at), "counter": row.get("counter", 0) + 1},
    }
    make = stamps.get((draft.system, draft.entity))
    return make and make()


def moment_text(at):
    return to_datetime(at // MINUTE * MINUTE).isoformat()
