"""How does a person write and read when a node is due: 6 working h, 3 working days, 48 h before, 2 days?

Rows keep a whole number and its unit, see MilestoneNode. Working time and time of the clock are told apart by words.
"""
import re
import unicodedata

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from kernel.lengths import DAY, read_length
from kernel.moments import say_exact, say_hours, short
from sla.reach import CAL_DAY, CAL_S, WORK_DAY, WORK_S

WORKING = re.compile(r"工作时间|工作日|工作|工时|\b(?:of\s+)?work(?:ing)?(?:\s*days?\b)?(?:\s+time\b)?")
BEFORE = re.compile(r"提前|之前|前|\bbefore\b|\bearlier\b")
AFTER = re.compile(r"之后|后|\bafter\b|\blater\b")
HINT = gettext_lazy("Such as 6 working h, 3 working days, 48 h or 2 days; earlier than the anchor: 48 h before.")
MOST = 2**31 - 1  # what the row's column holds


class Unclear(ValueError):
    """What was typed is no length; `code` says why: no unit, days of work and hours together, or anything else."""

    def __init__(self, code):
        self.code = code
        super().__init__(code)


def write_due(offset, unit, language):
    """As a person would type it: 6 working h, 48 h before, 3个工作日, 提前48小时; "0" at the anchor itself."""
    if not offset:
        return "0"
    length, is_before = _written(abs(offset), unit, language), offset < 0
    if language == "zh":
        return f"提前{length}" if is_before else length
    return f"{length} before" if is_before else length


def _written(n, unit, language):
    if unit in (WORK_DAY, CAL_DAY):
        if language == "zh":
            return f"{n}个工作日" if unit == WORK_DAY else f"{n}天"
        return f"{n} {'working ' if unit == WORK_DAY else ''}{'day' if n == 1 else 'days'}"
    length = say_exact(n, language)
    if unit == CAL_S:
        return length
    return f"工时{length}" if language == "zh" else length.replace(" ", " working ", 1)


def read_due(text):
    """(offset, unit) of what was typed, in either language. Raises Unclear."""
    said = unicodedata.normalize("NFKC", text).strip().lower()
    if re.fullmatch(r"[-+]?0+", said):
        return 0, CAL_S
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", said):
        raise Unclear("no_unit")
    said, before = BEFORE.subn(" ", said)
    said, _after = AFTER.subn(" ", said)
    said, working = WORKING.subn(lambda found: " d " if re.search("日|day", found[0]) else " ", said)
    try:
        days, seconds = read_length(said.replace("个", " ").removeprefix("+"))
    except ValueError:
        raise Unclear("misread") from None
    offset, unit = _in_one_unit(days, seconds, bool(working))
    if abs(offset) > MOST:
        raise Unclear("misread")
    return -abs(offset) if before else offset, unit


def _in_one_unit(days, seconds, is_working):
    if not seconds:
        return days, WORK_DAY if is_working else CAL_DAY
    if is_working and days:
        raise Unclear("mixed")
    return days * DAY + seconds, WORK_S if is_working else CAL_S


def why_unclear(code):
    """The sentence for whoever typed it."""
    if code == "no_unit":
        return _("A number alone says no unit: write 48 h or 2 days, for working time 6 working h or 3 working days.")
    if code == "mixed":
        return _("A working day has no fixed number of hours: write working days or working hours, not both.")
    return HINT


def say_length(offset, unit):
    n = abs(offset)
    if unit == WORK_DAY:
        return ngettext("%(n)s working day", "%(n)s working days", n) % {"n": n}
    if unit == CAL_DAY:
        return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}
    hours = say_hours(n, short(get_language()))
    return _("%(time)s of working time") % {"time": hours} if unit == WORK_S else hours


def say_due(offset, unit, anchor=""):
    """A sentence's part: 48 h before: promise; without `anchor`, an anchor's words, only by how much."""
    if not offset:
        return anchor or _("at the same time")
    time = {"time": say_length(offset, unit), "anchor": anchor}
    if anchor:
        return (_("%(time)s before: %(anchor)s") if offset < 0 else _("%(time)s after: %(anchor)s")) % time
    return (_("%(time)s before") if offset < 0 else _("%(time)s after")) % time
