"""How are times, quantities, money and marks written on a page?"""

import re
from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel import jobs, moments
from kernel.heartbeats import loop_name

register = template.Library()
PLACES = {"JPY": 0, "KRW": 0, "KWD": 3}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
SIGNS = {"CNY": "¥", "USD": "US$", "EUR": "€", "JPY": "JP¥", "GBP": "£", "HKD": "HK$"}


def _time(at, text, **attributes):
    """An instant as `text`. On paper words that are true today only stand as its date; hub.css swaps them."""
    full = timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S %Z")
    zone, language = timezone.get_current_timezone(), moments.short(get_language())
    paper = attributes.get("paper") or moments.say_lasting(at, timezone.now(), zone, language)
    data = attributes.get("deadline")
    if data:
        return format_html(
            '<time datetime="{}" title="{}" data-deadline="{}" data-paper="{}"><span>{}</span></time>',
            at.isoformat(), full, data, paper, text,
        )
    if text == paper:
        return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), full, text)
    return format_html(
        '<time datetime="{}" title="{}" data-paper="{}"><span>{}</span></time>', at.isoformat(), full, paper, text
    )


def _instant(value):
    """An aware datetime from a datetime or an ISO string ending in Z; None when it is neither."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and value:
        try:
            found = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


@register.filter
def moment(value, empty="—"):
    """今天 16:00 / 26 Nov 11:00, with the full time as its title."""
    at = _instant(value)
    if at is None:
        return value or empty
    language = moments.short(get_language())
    return _time(at, moments.say_moment(at, timezone.now(), timezone.get_current_timezone(), language))


@register.filter
def stamp(value):
    """As `moment`, for as of when a page is true: on paper with its year."""
    zone, language, now = timezone.get_current_timezone(), moments.short(get_language()), timezone.now()
    return _time(value, moments.say_moment(value, now, zone, language), paper=moments.say_stamp(value, zone, language))


@register.filter
def day(value, empty="—"):
    at = _instant(value)
    if at is None:
        return value or empty
    zone, language, now = timezone.get_current_timezone(), moments.short(get_language()), timezone.now()
    paper = moments.say_lasting_day(at, now, zone, language)
    return _time(at, moments.say_day(at, now, zone, language), paper=paper)


@register.filter
def deadline(value):
    """How long until an instant, or how long past it; hub.js keeps it ticking."""
    at = _instant(value)
    if at is None:
        return "—"
    left = at - timezone.now()
    said = moments.say_duration(left, moments.short(get_language()))
    text = _("%(time)s over") % {"time": said} if left.total_seconds() < 0 else _("in %(time)s") % {"time": said}
    return _time(at, text, deadline=at.astimezone(UTC).isoformat())


@register.filter
def over(due, until):
    """How long past `due` it was at `until`, or is now; it counts no further."""
    said = moments.say_duration((until or timezone.now()) - due, moments.short(get_language()))
    return _("%(time)s over") % {"time": said}


@register.filter
def ago(value):
    at = _instant(value)
    if at is None:
        return _("never")
    said = moments.say_duration(timezone.now() - at, moments.short(get_language()))
    return _time(at, _("%(time)s ago") % {"time": said})


@register.filter
def span(value):
    """How long it has been since an instant, without "ago"."""
    at = _instant(value)
    return "" if at is None else moments.say_duration(timezone.now() - at, moments.short(get_language()))


@register.filter
def duration(seconds):
    return "—" if seconds is None else moments.say_duration(seconds, moments.short(get_language()))


@register.filter
def quantity(thousandths):
    """Thousandths of the base unit as a number: 480, 1,250.5."""
    if not isinstance(thousandths, int) or isinstance(thousandths, bool):
        return "—" if thousandths in (None, "") else thousandths
    whole, rest = divmod(abs(thousandths), 1000)
    text = f"{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")
    return f"-{text}" if thousandths < 0 else text


@register.simple_tag
def money(minor, currency):
    """Minor units with their currency beside: ¥1,234.50. Never added up across currencies."""
    if minor is None:
        return "—"
    places = PLACES.get(currency, 2)
    whole, rest = divmod(abs(minor), 10**places)
    text = f"{SIGNS.get(currency, currency + ' ')}{whole:,}" + (f".{rest:0{places}d}" if places else "")
    return f"-{text}" if minor < 0 else text


@register.filter
def own_words(row, field):
    """`field_zh` or `field_en` of a row or dict, as the reader reads."""
    language = moments.short(get_language())
    other = "en" if language == "zh" else "zh"
    read = row.get if isinstance(row, dict) else lambda name: getattr(row, name, "")
    return read(f"{field}_{language}") or read(f"{field}_{other}") or ""


@register.filter
def unstopped(text):
    """A sentence or title as a part of another sentence: without its own full stop."""
    return str(text).rstrip("。. ")


@register.filter
def first_line(text):
    """The first line of a long text: of an error what went wrong, without where in the code."""
    return next((line for line in str(text or "").splitlines() if line.strip()), "")


@register.filter
def exact(value):
    """A compared value: instants to the second in the reader's zone, everything else as it is."""
    if isinstance(value, str) and INSTANT.fullmatch(value):
        local = timezone.localtime(_instant(value))
        day = moments.say_date(local, timezone.localtime().year, moments.short(get_language()))
        return f"{day} {local:%H:%M:%S}"
    return value


@register.filter
def job_name(kind):
    return jobs.job_name(kind)


@register.filter
def loop(name):
    return loop_name(name)


@register.filter
def item(mapping, key):
    return (mapping or {}).get(key, "")


@register.inclusion_tag("kernel/mark.html")
def lateness_mark(lateness, late_since=None):
    """Late is a mark beside a status, never a status: a shape, a word and a colour."""
    return {"lateness": lateness, "late_since": late_since}


@register.simple_tag
def icon(name):
    return format_html('<span class="material-symbols-outlined" aria-hidden="true">{}</span>', name)


@register.filter
def capped(count, cap=10_000):
    """10,000+ when a capped count reached its cap."""
    return f"{cap:,}+" if count > cap else f"{count:,}"


@register.filter
def attr(row, name):
    return getattr(row, name, "")
