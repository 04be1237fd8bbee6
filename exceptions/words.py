"""How is what happened to a ticket, and why, said on a page?"""
from datetime import datetime

from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from exceptions.entries import ESCALATED, HANDED, PASSED, WORDS
from kernel.moments import say_clock, say_fixed, short
from kernel.templatetags.hub import own_words
from sla.clocks import DUE_LEVEL

# What ended or began the trouble elsewhere: code in an entry's data → sentence.
WHY = {
    "agree": _("The systems agree again."),
    "accepted": _("The difference was accepted as it stands."),
    "invalid": _("It was no difference."),
    "claimed": _("The difference was claimed as fixed; the next comparison checks it."),
    "expected": _("The difference is expected to settle by itself; if it does not, this ticket opens again."),
    "settled": _("No difference of this cause is open any more."),
    "hold": _("The order is on hold, so its time stands still."),
    "released": _("The order is released from hold, so its time goes on."),
    "over": _("Nothing of what it was about is open any more."),
    "still_late": _("The step is still not done in any system a day after this was resolved."),
    "back": _("The difference is open again."),
    "unconfirmed": _("The order is not confirmed, so nothing is planned for it."),
    "cancelled": _("The order was cancelled."),
    "finished": _("The order is finished."),
    "held": _("The order is on hold, nothing of it is due."),
    "done": _("The late steps have been done."),
    "moved": _("What it is about has moved; the ticket went along."),
    "reported": _("Reported once more, and added here."),
}
# What became of what a ticket was about when a person ended the ticket.
SUBJECT = {
    "fixed": _("The difference is claimed as fixed; the next comparison checks it."),
    "accept": _("The difference is accepted as it stands."),
    "leave": _("The difference stays open."),
}

# Why a clock stands still, where no person said it.
PAUSED = {"order_on_hold": _("the order is on hold")}

# Which of a ticket's clocks it was that fired: why people were told.
FIRED = {
    "response": _("No first response in time."),
    "response_before": _("The time for the first response is running out."),
    "response_after": _("Still no first response."),
    "queue": _("Nobody was there to be given it."),
    "before": _("The time to resolve it is running out."),
    "after": _("Not resolved in time."),
}


def of_entry(entry):
    """(word, [sentences]) of one line of a ticket's history."""
    data = entry.data or {}
    said = [
        WHY.get(data.get("why")), SUBJECT.get(data.get("subject")), *_escalation(entry.action, data),
        *_handing_over(entry.action, data), *_held(data, entry.at),
    ]
    return WORDS.get(entry.action, entry.action), [one for one in said if one]


def _escalation(action, data):
    """Why it went to whom: the clock that fired, and who was told of it."""
    if action not in (ESCALATED, PASSED):
        return []
    which, level = data.get("clock", "resolution"), data.get("level", DUE_LEVEL)
    if which == "resolution":
        which = "before" if level < DUE_LEVEL else "after"
    elif which == "response" and level != DUE_LEVEL:
        which = "response_before" if level < DUE_LEVEL else "response_after"
    if action == PASSED:
        return [FIRED.get(which), gettext("Nobody was there to be told.")]
    names = pgettext("between names", ", ").join(data.get("names") or ())
    return [FIRED.get(which), gettext("Told: %(names)s.") % {"names": names} if names else ""]


def _handing_over(action, data):
    if action != HANDED:
        return []
    names = {"before": own_words(data, "from") or gettext("nobody's department"), "after": own_words(data, "to")}
    return [gettext("From %(before)s to %(after)s.") % names]


def _held(data, at):
    """Whose mail and WeCom wait for their working hours, and until when: the bare time when it is the same day."""
    zone, language = get_current_timezone(), short(get_language())
    for until, names in data.get("held") or ():
        until = datetime.fromisoformat(until)
        same_day = until.astimezone(zone).date() == at.astimezone(zone).date()
        yield gettext("Mail and WeCom to %(names)s: held until %(time)s, outside working hours.") % {
            "names": pgettext("between names", ", ").join(names),
            "time": say_clock(until, zone) if same_day else say_fixed(until, zone, language),
        }
