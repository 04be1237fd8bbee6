"""What are kinds, states, severities and the like of a difference called, on pages and in workbooks?"""
from django.utils.translation import gettext_lazy as _

KINDS = {
    "missing": _("missing"), "duplicate": _("duplicate"), "value": _("different value"),
    "cardinality": _("different number of records"), "unreadable": _("unreadable"),
}
STATES = {
    "expected": _("expected"), "open": _("open"), "assigned": _("assigned"), "claimed_fixed": _("claimed fixed"),
    "resolved": _("resolved"), "accepted": _("accepted"), "invalid": _("invalid"),
}
SEVERITIES = {"low": _("low"), "medium": _("medium"), "high": _("high")}
BY_WEIGHT = {1: SEVERITIES["low"], 2: SEVERITIES["medium"], 3: SEVERITIES["high"]}  # as a stored difference has it
CONFIDENCES = {"certain": _("certain"), "group": _("supported by its group"), "hypothesis": _("hypothesis")}
TYPES = {
    "quantity": _("quantity"), "money": _("amount"), "integer": _("whole number"), "number": _("number"),
    "time": _("time"), "code": _("code"), "text": _("text"),
}
TABLES = {"codes": _("codes"), "units": _("units"), "items": _("item numbers"), "customers": _("customer numbers")}
