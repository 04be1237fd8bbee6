"""How soon do people answer and solve tickets, by department, kind, person and week, and how many within the target?

Of tickets opened in the asked weeks, from the opening, by the wall clock. Only what people did counts: a note of the
machine, or of a program's account or key (kernel.actors), is no answer, and what one of these ended has no time to
solution, it is only counted. Within the
target are those whose clock, in working time, had not run out; it is a share of those that were due.
"""
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from exceptions.entries import RESOLVED
from exceptions.models import Ticket, TicketEntry, TicketKind
from exceptions.rights import EVERY
from kernel.measures import (
    LONG,
    NUMBER,
    SHARE,
    TIME,
    Head,
    Row,
    Seconds,
    Share,
    Shown,
    Table,
    Tile,
    choices_among,
    period,
    span_of,
    trend_of,
    week_code,
    week_name,
    week_starts,
    week_words,
)
from kernel.models import Department, Plant, User
from orders.bulk import in_chunks
from sla.waiting import figures

SLOWEST = 50
ANSWER, SOLUTION = "answer", "solution"


@dataclass(frozen=True, slots=True)
class Told:
    """One ticket: `answer_s` and `solution_s` None where no person has; `*_kept` None where it is not due yet."""

    number: str
    title_en: str
    title_zh: str
    kind: str
    department: str
    opened_at: datetime
    answer_s: int | None
    answer_kept: bool | None
    answered_by: int | None
    solution_s: int | None
    solution_kept: bool | None
    solved_by: int | None
    by_machine: bool


def ticket_figures(user, asked, now):
    """The Shown of the page, for what this person may see."""
    people = named_people(user)
    found, names = told(user, asked, now), _names()
    if people is not None and "person" in asked:
        found = [one for one in found if asked["person"] in (str(one.answered_by), str(one.solved_by))]
    answers, solutions = summary(found, ANSWER), summary(found, SOLUTION)
    by_week = _by_week(found, asked, now)
    tables = [
        _weeks(by_week, asked, now),
        _split(_("By department"), _("Department"), "department", found, names, asked),
        _split(_("By kind"), _("Kind"), "kind", found, names, asked),
    ]
    if people is not None:
        tables.append(_by_person(found, people, asked))
    tables.append(_slowest(found))
    return Shown(
        sentence=_sentence(found, answers, asked, now), tables=[one for one in tables if one.rows], as_of=now,
        tiles=_tiles(found, answers, solutions), trend=_trend(by_week), choices=_choices(names),
        named={"person": (people or {}).get(asked.get("person")), "week": week_words(asked, now)},
        notes=[_("what people did, by the clock; the target is in working time")],
    )


def named_people(user):
    """{id as text: name} of those whose figures this person may see; None: nobody's.

    Order operations look after everybody, a head after the people of the department.
    """
    if not user.is_superuser and not user.has_perm(EVERY):
        heads = Department.objects.filter(head=user)
        found = User.objects.filter(department__in=heads, is_machine=False)
        return {str(one.pk): str(one) for one in found} or None
    return {str(one.pk): str(one) for one in User.objects.filter(is_staff=True, is_machine=False)}


# --- one ticket at a time -------------------------------------------------------------------------------


def told(user, asked, now):
    """[Told, …] of the visible tickets opened in the asked weeks, oldest first; not those merged into another."""
    start, end = span_of(asked, now)
    found = Ticket.objects.visible_to(user).filter(opened_at__gte=start, opened_at__lt=end, merged_into=None)
    paths = {"plant": "order__plant__code", "kind": "kind__code", "department": "department__code"}
    found = found.filter(**{paths[name]: asked[name] for name in paths if name in asked})
    rows = list(found.order_by("opened_at", "pk").values(
        "pk", "number", "title_en", "title_zh", "kind__code", "department__code", "opened_at", "first_response_at",
        "resolved_at", "response_clock__late_at", "resolution_clock__late_at",
    ))
    answered, solved, by_programs = _by_whom(rows)
    return [
        _told(row, answered.get(row["pk"]), solved.get(row["pk"]), row["pk"] in by_programs) for row in rows
    ]


def _told(row, answered_by, solved_by, by_program):
    answer_s = None if by_program else _between(row["opened_at"], row["first_response_at"])
    is_by_person = row["resolved_at"] is not None and solved_by is not None
    solution_s = _between(row["opened_at"], row["resolved_at"]) if is_by_person else None
    by_machine = row["resolved_at"] is not None and not is_by_person
    return Told(
        row["number"], row["title_en"], row["title_zh"], row["kind__code"], row["department__code"] or "",
        row["opened_at"], answer_s, _kept(answer_s, row["response_clock__late_at"], by_machine), answered_by,
        solution_s, _kept(solution_s, row["resolution_clock__late_at"], by_machine),
        solved_by if is_by_person else None, by_machine,
    )


def _between(start, end):
    return None if end is None else max(int((end - start).total_seconds()), 0)


def _kept(seconds, late_at, by_machine):
    """Within its target? None while nobody can say: not done and not late, or ended by the machine before anybody."""
    if seconds is None:
        return False if late_at and not by_machine else None
    return late_at is None


def _by_whom(rows):
    """({ticket id: who answered first}, {ticket id: who solved it last, None for the machine or a program}, ids).

    The ids are of tickets whose first answer a program gave: its account was a person's when the answer was noted.
    """
    first = {row["pk"]: row["first_response_at"] for row in rows}
    answered, solved, programs = {}, {}, set()
    for ids in in_chunks(first):
        entries = TicketEntry.objects.filter(ticket__in=ids).order_by("at", "pk")
        told = entries.values_list("ticket_id", "at", "by_id", "action", "by_machine", "by__is_machine")
        for ticket_id, at, by, action, *by_program in told:
            if by is not None and at == first[ticket_id]:
                if any(by_program):
                    programs.add(ticket_id)
                else:
                    answered.setdefault(ticket_id, by)
            if action == RESOLVED:
                solved[ticket_id] = None if any(by_program) else by
    return answered, solved, programs - answered.keys()


# --- many tickets ---------------------------------------------------------------------------------------


def summary(found, which):
    """{count, median_s, p90_s, mean_s, kept: Share} of the answers or of the solutions of these tickets."""
    seconds = [one for ticket in found if (one := getattr(ticket, f"{which}_s")) is not None]
    due = [one for ticket in found if (one := getattr(ticket, f"{which}_kept")) is not None]
    mean = round(sum(seconds) / len(seconds)) if seconds else None
    return figures(seconds, len(seconds)) | {"mean_s": mean, "kept": Share(sum(due), len(due))}


def _cells(found):
    answers, solutions = summary(found, ANSWER), summary(found, SOLUTION)
    return (
        len(found),
        answers["count"], Seconds(answers["median_s"]), Seconds(answers["p90_s"]), answers["kept"].of, answers["kept"],
        solutions["count"], Seconds(solutions["median_s"]), Seconds(solutions["p90_s"]), solutions["kept"].of,
        solutions["kept"],
    )


def _heads(first):
    return (
        Head(first), Head(_("Tickets"), NUMBER),
        Head(_("Answered"), NUMBER), Head(_("Answer, median"), TIME), Head(_("Answer, nine of ten"), TIME),
        Head(_("Answers due"), NUMBER), Head(_("Answered in time"), SHARE),
        Head(_("Solved"), NUMBER), Head(_("Solution, median"), TIME), Head(_("Solution, nine of ten"), TIME),
        Head(_("Solutions due"), NUMBER), Head(_("Solved in time"), SHARE),
    )


def _by_week(found, asked, now):
    """[(when a week began, the tickets opened in it), …], oldest first."""
    starts = week_starts(asked, now)
    return [(start, [one for one in found if start <= one.opened_at < end])
            for start, end in zip(starts, [*starts[1:], now], strict=True)]


def _weeks(by_week, asked, now):
    rows = [
        Row((week_name(start, now), *_cells(some)), {"week": week_code(start)},
            is_on=asked.get("week") == week_code(start))
        for start, some in by_week if some
    ]
    return Table(_("By week"), _heads(_("Week from Monday")), rows[::-1])


def _split(title, first, part, found, names, asked):
    groups = defaultdict(list)
    for one in found:
        groups[getattr(one, part)].append(one)
    rows = [
        Row((names[part].get(code, code) or _("none said"), *_cells(some)), {part: code} if code else {},
            is_on=asked.get(part) == code)
        for code, some in sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    ]
    return Table(title, _heads(first), rows)


def _by_person(found, people, asked):
    """Each answer stands with who gave it, each solution with who solved it; the tickets are those of either."""
    answered, solved = defaultdict(list), defaultdict(list)
    for one in found:
        answered[str(one.answered_by)].append(one)
        solved[str(one.solved_by)].append(one)
    rows = []
    for pk in sorted(people, key=people.get):
        both = {one.number for one in (*answered.get(pk, ()), *solved.get(pk, ()))}
        if both:
            cells = (len(both), *_cells(answered.get(pk, []))[1:6], *_cells(solved.get(pk, []))[6:])
            rows.append(Row((people[pk], *cells), {"person": pk}, is_on=asked.get("person") == pk))
    return Table(_("By person"), _heads(_("Person")), rows)


def _slowest(found):
    late = sorted((one for one in found if one.answer_s is not None), key=lambda one: (-one.answer_s, one.number))
    zh = (get_language() or "").startswith("zh")
    rows = [
        Row((one.number, one.title_zh if zh else one.title_en, Seconds(one.answer_s), Seconds(one.solution_s)),
            address=reverse("ticket", args=[one.number]))
        for one in late[:SLOWEST]
    ]
    heads = (Head(_("Ticket")), Head(_("What"), LONG), Head(_("Answer"), TIME), Head(_("Solution"), TIME))
    return Table(_("Slowest answers"), heads, rows)


def _sentence(found, answers, asked, now):
    within = period(asked, now)
    if not found:
        return _("%(period)s: no ticket was opened under this filter.") % {"period": within}
    if not answers["count"]:
        return _("%(period)s: %(count)s tickets were opened, none was answered by a person.") % {
            "period": within, "count": f"{len(found):,}"}
    return _(
        "%(period)s: people answered %(count)s of %(of)s tickets, on average after %(mean)s; the bar is %(bar)s."
    ) % {
        "period": within, "count": f"{answers['count']:,}", "of": f"{len(found):,}", "mean": Seconds(answers["mean_s"]),
        "bar": Seconds(settings.HUB_RESPONSE_BAR_S),
    }


def _tiles(found, answers, solutions):
    machine = sum(one.by_machine for one in found)
    return [
        Tile(Seconds(answers["mean_s"]), _("mean first answer, of %(count)s") % {"count": f"{answers['count']:,}"}),
        Tile(answers["kept"], _("answered in time, of %(count)s due") % {"count": f"{answers['kept'].of:,}"}),
        Tile(Seconds(solutions["median_s"]), _("median solution, of %(count)s") % {"count": f"{solutions['count']:,}"}),
        Tile(solutions["kept"], _("solved in time, of %(count)s due") % {"count": f"{solutions['kept'].of:,}"}),
        Tile(f"{machine:,}", _("ended by themselves")),
    ]


def _trend(by_week):
    return trend_of(
        _("answered in time by week, from %(first)s of %(first_of)s to %(last)s of %(last_of)s"),
        [summary(some, ANSWER)["kept"] for _start, some in by_week],
    )


def _names():
    return {
        "kind": {one.code: one.name for one in TicketKind.objects.order_by("code")},
        "department": {one.code: one.name for one in Department.objects.order_by("code")},
        "plant": {one.code: one.name for one in Plant.objects.order_by("code")},
    }


def _choices(names):
    labels = (("plant", _("any plant")), ("kind", _("any kind")), ("department", _("any department")))
    return choices_among(names, labels)
