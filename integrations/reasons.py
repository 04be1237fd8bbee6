"""What is a reason for parking a row called, in a list, a filter and a message?"""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "NOT_A_ROW": _("not a row of fields"),
    "NO_MAPPING": _("no mapping"),
    "ROW_TOO_LARGE": _("row too large"),
    "MISSING_KEY": _("no record number"),
    "MISSING_VALUE": _("needed value missing"),
    "NO_ZONE": _("time without a zone"),
    "UNREADABLE_TIME": _("unreadable time"),
    "TIME_OUT_OF_RANGE": _("time out of range"),
    "UNREADABLE_NUMBER": _("unreadable number"),
    "NUMBER_TOO_LARGE": _("number too large"),
    "NOT_EXACT": _("too many decimal places"),
    "UNKNOWN_UNIT": _("unknown unit"),
    "UNKNOWN_CURRENCY": _("unknown currency"),
    "STATUS_UNMAPPED": _("unknown status"),
    "CODE_UNMAPPED": _("unknown code"),
    "TOO_LONG": _("text too long"),
    "NOT_YES_OR_NO": _("neither yes nor no"),
    "NOT_TEXT": _("not a single text"),
    "EXPRESSION_FAILED": _("expression does not fit"),
    "UNKNOWN_SYSTEM": _("unknown system"),
    "UNKNOWN_ENTITY": _("unknown kind of record"),
    "UNKNOWN_KIND": _("unknown order kind"),
    "NO_KEY": _("no record number"),
    "NOT_STORABLE": _("characters that cannot be stored"),
    "NOT_A_NUMBER": _("unreadable number"),
    "NOT_AN_INSTANT": _("unreadable time"),
    "UNKNOWN_FACT": _("unknown node"),
    "NO_SCOPE": _("no data scope"),
    "DATABASE": _("refused by the database"),
}


def reason_name(code):
    """In the reader's words. What stands in no list is trouble with the mapping itself."""
    return str(NAMES.get(code, _("error in the mapping")))
