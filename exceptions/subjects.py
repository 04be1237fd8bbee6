"""What is a ticket about, is that still open, and what may be decided about it together with the ticket?

A ticket does not know the app that found the trouble. That app tells, through config/subjects.py (named by
settings.HUB_SUBJECTS): subject kind → function (ticket, person) → Subject or None. `person` None is the machine.
"""
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal

LEAVE = "leave"


@dataclass(frozen=True)
class Subject:
    """`sentence` says that it is still open; `choices` are (code, words) of what may become of it.

    `decide(choice, note, by, at)` does one of them; LEAVE needs no doing. `causes` are codes, the likeliest first.
    """

    is_open: bool
    sentence: str = ""
    choices: tuple = ()
    decide: object = field(default=None, compare=False)
    causes: tuple = ()


@cache
def _tellers():
    return {kind: import_string(name) for kind, name in import_string(settings.HUB_SUBJECTS).items()}


def own_subject_of(ticket, person):
    """The Subject of this ticket alone, or None when nobody has anything to say of it."""
    tell = _tellers().get(ticket.subject_kind)
    return tell(ticket, person) if tell else None


def subject_of(ticket, person, merged=None):
    """The Subject as this person may know it, of the ticket and of those merged into it that the person sees.

    `merged`: these, where they are known already.
    """
    if merged is None:
        known = type(ticket).objects.all() if person is None else type(ticket).objects.visible_to(person)
        merged = known.filter(merged_into=ticket).order_by("pk")
    return _together([one for each in (ticket, *merged) if (one := own_subject_of(each, person))])


def _together(found):
    """One Subject of several: open while one of them is, with everything that may become of any of them."""
    causes = tuple(dict.fromkeys(cause for one in found for cause in one.causes))
    opened = [one for one in found if one.is_open]
    if not opened:
        return Subject(False, causes=causes) if found else None
    choices = {code: words for one in opened for code, words in one.choices}
    choices |= {LEAVE: choices.pop(LEAVE)} if LEAVE in choices else {}

    def decide(choice, note, by, at):
        for one in opened:
            if choice in dict(one.choices):
                one.decide(choice, note, by, at)

    return Subject(True, " ".join(str(one.sentence) for one in opened), tuple(choices.items()), decide, causes)


def settle(ticket, choice, note, by, at):
    """Do what `choice` says about the ticket's subject; gives the choice, "" when nothing is left to decide.

    A person who ends a ticket whose subject is open must say what becomes of it; the machine knows.
    """
    subject = subject_of(ticket, by) if by is not None else None
    if subject is None or not subject.is_open:
        return ""
    if choice not in dict(subject.choices):
        raise Refusal(
            _("%(about)s Say what becomes of it: %(choices)s."), code="subject_open", about=subject.sentence,
            choices="; ".join(str(words) for _code, words in subject.choices),
        )
    if choice != LEAVE:
        subject.decide(choice, note, by, at)
    return choice
