"""Which ticket goes with a difference or with a group of one cause, and what becomes of it?

One ticket per group of one cause, one per difference that stands alone and matters. A ticket ends when nobody has
to do anything about its differences any more, and opens again with them.
"""
from functools import reduce
from operator import or_

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from exceptions.actions import follow_subject, open_ticket, reopen_ticket, resolve_ticket
from exceptions.merging import goes_on, others_go_on, with_merged
from exceptions.models import Ticket
from kernel.money import is_money
from kernel.news import action
from kernel.pages import whole
from reconciliation.causes.names import cause_name
from reconciliation.models import Difference, DifferenceEntry
from reconciliation.titles import titles_of

DIFFERENCE, GROUP = "difference", "difference_group"  # kinds of subject
LEAST_SEVERITY = 2
LOADED = ("profile__department", "profile__scope", "scope", "order")
# State of a difference → why its ticket ends (exceptions.words.WHY).
WHY = {
    Difference.RESOLVED: "agree", Difference.ACCEPTED: "accepted", Difference.INVALID: "invalid",
    Difference.CLAIMED: "claimed", Difference.EXPECTED: "expected",
}


def rows_of_ticket(ticket):
    """The differences a ticket is about, whoever asks."""
    if ticket.subject_kind == GROUP:
        profile = ticket.evidence.get("profile", "")
        its = Q(group_code=ticket.subject_key) | _left_alone(ticket)
        return Difference.objects.filter(its, profile__code=profile)
    return Difference.objects.filter(pk=whole(ticket.subject_key))


def rows_of_whole(ticket):
    """The differences a ticket and those merged into it are about, whoever asks."""
    ids = [rows_of_ticket(one).values("pk") for one in with_merged(ticket) if one.subject_kind in (DIFFERENCE, GROUP)]
    return Difference.objects.filter(reduce(or_, (Q(pk__in=some) for some in ids), Q(pk__in=[])))


def _left_alone(ticket):
    """When most of a group is mended it is no group any more: what is left of it, without a ticket of its own."""
    own = Ticket.objects.filter(
        subject_kind=DIFFERENCE, subject_key=Cast(OuterRef("pk"), CharField()), state__in=Ticket.OPEN_STATES)
    return Q(
        ~Exists(own), group_code="", cause=ticket.cause, field=ticket.evidence.get("field", ""),
        severity__gte=LEAST_SEVERITY)


def open_tickets_of(rows, at):
    """Open, or open again, what these open differences need."""
    for row in rows:
        if row.group_code:
            _open_group(row, at)
        elif row.severity >= LEAST_SEVERITY:
            _open_single(row, at)


def _open_single(row, at):
    if _is_with_another(DIFFERENCE, str(row.pk), at):
        return
    open_ticket(at=at, **single_of(row))


def single_of(row):
    """What the ticket of one difference is opened with, by the machine or by a person."""
    values = {} if is_money(row.field) else {"values": row.values}
    return {
        "subject_kind": DIFFERENCE, "subject_key": str(row.pk), "scope": row.scope, "order": row.order,
        "kind_code": "stock_difference" if row.profile.code.startswith("stock") else "difference",
        "evidence": {"difference": row.pk, **_of_comparison(row), **values},
        "cause": row.cause, "department": row.profile.department, **titles_of(row),
    }


def _open_group(row, at):
    if _is_with_another(GROUP, row.group_code, at):
        return
    open_ticket(
        subject_kind=GROUP, subject_key=row.group_code, kind_code="difference_group", at=at, scope=row.profile.scope,
        title_en=f"{row.profile.name_en}: {cause_name(row.cause, 'en')} in many records",
        title_zh=f"{row.profile.name_zh}：{cause_name(row.cause, 'zh')}，涉及多条记录",
        evidence=_group_evidence(row), cause=row.cause, department=row.profile.department, for_department=True,
    )


def _group_evidence(row):
    return {"group": row.group_code, **_of_comparison(row)}


def _of_comparison(row):
    """Which comparison found it: by its code for routing, by its name for people; and the field."""
    return {"profile": row.profile.code, "comparison": {"en": row.profile.name_en, "zh": row.profile.name_zh},
            "field": row.field}


def _is_with_another(subject_kind, key, at):
    """The ticket there was opens again; one that was merged leaves the matter to the one that goes on."""
    last = Ticket.objects.filter(subject_kind=subject_kind, subject_key=key).order_by("-id").first()
    if last is None or last.is_open:
        return False
    if last.merged_into_id:
        return last.merged_into.is_open
    reopen_ticket(ticket=last, reason="", why="back", by=None, at=at)
    return False


def close_tickets_of(ids, at):
    """End the tickets of those differences about which nothing is left to do, and of groups without such a one."""
    rows = Difference.objects.select_related("profile").in_bulk(ids)
    for ticket in _open_tickets(DIFFERENCE, [str(pk) for pk in rows]):
        row = rows[int(ticket.subject_key)]
        if row.state in WHY and not others_go_on(ticket):
            said = _last_word(row)
            resolve_ticket(ticket=ticket, note=_note(row, said), by=said and said.by, at=at, why=WHY[row.state])
    told = {(row.profile.code, code) for row in rows.values() for code in (row.group_code, row.cause) if code}
    groups = Ticket.objects.filter(subject_kind=GROUP, state__in=Ticket.OPEN_STATES)
    for ticket in groups.filter(evidence__profile__in={code for code, _said in told}).order_by("pk"):
        profile = ticket.evidence["profile"]
        if {(profile, ticket.subject_key), (profile, ticket.cause)} & told and not _is_owed(ticket):
            resolve_ticket(ticket=ticket, note="", by=None, at=at, why="settled")
    _end_what_goes_on_for(rows, told, at)


def _end_what_goes_on_for(rows, told, at):
    """Tickets into which those of these differences were merged end with the last of the whole."""
    its = Q(subject_kind=DIFFERENCE, subject_key__in=[str(pk) for pk in rows])
    its |= Q(subject_kind=GROUP, evidence__profile__in={code for code, _said in told})
    merged = Ticket.objects.filter(its, merged_into__state__in=Ticket.OPEN_STATES)
    for ticket in Ticket.objects.filter(pk__in=merged.values("merged_into")).order_by("pk"):
        if not goes_on(ticket):
            resolve_ticket(ticket=ticket, note="", by=None, at=at, why="over")


def _is_owed(ticket):
    return rows_of_ticket(ticket).filter(state__in=Difference.WORKING).exists() or others_go_on(ticket)


def _last_word(row):
    """The entry that brought the difference to its state: whose it is, and why."""
    return DifferenceEntry.objects.filter(difference=row).select_related("by").order_by("-pk").first()


def _note(row, said):
    """What a person said on the difference; of money it stays there, where only those read it who may."""
    return said.text if said and said.by_id and not is_money(row.field) else ""


def _open_tickets(subject_kind, keys):
    return Ticket.objects.filter(subject_kind=subject_kind, subject_key__in=keys, state__in=Ticket.OPEN_STATES)


@action
def settle_tickets(*, profile, at):
    """After a run: groups may have been drawn anew, and rows found their order or scope. Returns how many changed.

    It looks at what is, not at what was announced.
    """
    return _settle_groups(profile, at) + _settle_singles(profile, at)


def _settle_groups(profile, at):
    working = Difference.objects.filter(profile=profile, state__in=Difference.WORKING).exclude(group_code="")
    first = {row.group_code: row for row in working.select_related(*LOADED).order_by("-pk")}
    known = set(Ticket.objects.filter(subject_kind=GROUP, subject_key__in=first).values_list("subject_key", flat=True))
    fresh = {code: row for code, row in first.items() if code not in known}
    changed = 0
    for ticket in _of_profile(GROUP, profile).exclude(subject_key__in=first).order_by("pk"):
        code = next((code for code, row in sorted(fresh.items()) if _is_same_trouble(ticket, row)), None)
        if code is None and _is_owed(ticket):
            continue
        if code is None:
            resolve_ticket(ticket=ticket, note="", by=None, at=at, why="settled")
        else:
            follow_subject(ticket=ticket, subject_key=code, evidence=_group_evidence(fresh.pop(code)), at=at)
        changed += 1
    open_tickets_of(fresh.values(), at)
    return changed + len(fresh)


def _is_same_trouble(ticket, row):
    return ticket.cause == row.cause and ticket.evidence.get("field") == row.field


def _settle_singles(profile, at):
    tickets = {int(one.subject_key): one for one in _of_profile(DIFFERENCE, profile)}
    changed = 0
    for row in Difference.objects.filter(pk__in=tickets).select_related(*LOADED).order_by("pk"):
        ticket = tickets[row.pk]
        if ticket.scope_id != row.scope_id or (row.order_id and ticket.order_id != row.order_id):
            follow_subject(ticket=ticket, scope=row.scope, order=row.order, at=at)
            changed += 1
    return changed


def _of_profile(subject_kind, profile):
    return Ticket.objects.filter(
        subject_kind=subject_kind, state__in=Ticket.OPEN_STATES, evidence__profile=profile.code
    )


def tickets_about(row, user):
    """The tickets about it and about its cause, the newest of each, as far as the person sees them."""
    if not user.has_perm("exceptions.view_ticket"):
        return []
    about = [(DIFFERENCE, str(row.pk)), *([(GROUP, row.group_code)] if row.group_code else [])]
    newest = [_of(user).filter(subject_kind=kind, subject_key=key).order_by("-pk").first() for kind, key in about]
    seen = [ticket for ticket in newest if ticket]
    return list(dict.fromkeys(_going_on(seen, user)))


def tickets_of_groups(codes, user):
    """{code of a group: its newest ticket}, as far as the person sees them."""
    if not user.has_perm("exceptions.view_ticket"):
        return {}
    found = {one.subject_key: one for one in _of(user).filter(subject_kind=GROUP, subject_key__in=codes).order_by("pk")}
    return dict(zip(found, _going_on(list(found.values()), user), strict=True))


def _of(user):
    return Ticket.objects.visible_to(user).select_related(
        "assignee", "department", "merged_into__assignee", "merged_into__department")


def _going_on(seen, user):
    """Of those that were merged the ticket that goes on, where the person sees it."""
    goes_on = set(Ticket.objects.visible_to(user).filter(
        pk__in=[one.merged_into_id for one in seen]).values_list("pk", flat=True))
    return [one.merged_into if one.merged_into_id in goes_on else one for one in seen]
