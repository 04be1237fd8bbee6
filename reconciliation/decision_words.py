"""What may a row of a report be told to do, in which words, in which columns?

The words are read in every language of the hub: one person's file is another's to bring back.
"""
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACCEPT, ACCEPT_GAP, ASSIGN, FIXED, INVALID, REOPEN, COMMENT = (
    "accept", "accept_gap", "assign", "fixed", "invalid", "reopen", "comment",
)


@dataclass(frozen=True)
class Decision:
    """What is called how, what its row must say beside it, and what comes of it."""

    name: object
    needs: object
    does: object


DECISIONS = {
    ACCEPT: Decision(
        pgettext_lazy("decision in a file", "accept"), _("Reason. Until, if it ends."),
        _("It stays as it is. It opens again when a value changes, or after the day under “Until”.")),
    ACCEPT_GAP: Decision(
        pgettext_lazy("decision in a file", "accept this gap"), _("Reason. Until, if it ends."),
        _("It stays as it is, for numbers and times. It opens again when they are further apart than now.")),
    ASSIGN: Decision(
        pgettext_lazy("decision in a file", "assign"), _("A person under “Assign to”."),
        _("It is that person's work.")),
    FIXED: Decision(
        pgettext_lazy("decision in a file", "fixed"), _("What was done, under “Reason”; may be left empty."),
        _("It is claimed as fixed. The next comparison checks it.")),
    INVALID: Decision(
        pgettext_lazy("decision in a file", "no difference"), _("Reason."),
        _("It is no difference. No comparison opens it any more.")),
    REOPEN: Decision(
        pgettext_lazy("decision in a file", "open again"), _("Reason."),
        _("What somebody had decided is taken back.")),
    COMMENT: Decision(
        pgettext_lazy("decision in a file", "comment only"), _("A comment."),
        _("The comment stands in its history. Nothing else changes.")),
}
MARK = "mark"
COLUMNS = {
    "decision": pgettext_lazy("decision in a file", "Decision"),
    "reason": pgettext_lazy("decision in a file", "Reason"),
    "until": pgettext_lazy("decision in a file", "Until"),
    "person": pgettext_lazy("decision in a file", "Assign to"),
    "comment": pgettext_lazy("decision in a file", "Comment"),
    MARK: pgettext_lazy("decision in a file", "Row mark"),
}


def decision_of(text):
    """The code of a decision as somebody wrote it; "" for none of ours."""
    return _words().get(plain(text), "")


def heading_of(text):
    """Which of COLUMNS a heading is, in whichever language; "" for another's."""
    return _headings().get(plain(text), "")


def _words():
    return _in_all_languages({code: one.name for code, one in DECISIONS.items()})


def _headings():
    return _in_all_languages(COLUMNS)


def _in_all_languages(names):
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {plain(name): code for code, name in names.items()}
    return found


def plain(text):
    """A word as people mean it, whatever the blanks in it and its capitals."""
    return " ".join(str(text).split()).casefold()
