"""What becomes of the words a person types: what of them is kept, what is looked for, what is too long?"""
import re
import unicodedata

from django.utils.translation import ngettext

from kernel.errors import Refusal

# Signs nobody sees, and NUL, which PostgreSQL refuses; tabulator and line ends are text.
# What actions call the words a person types with them → how many characters are kept; REST asks for the same.
LONGEST = {"reason": 300, "title": 300, "note": 4000, "text": 4000}
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def visible_only(text):
    """The text without the signs that nobody sees."""
    return HIDDEN.sub("", text)


def plain(text):
    """A word to look for: full-width letters and digits as the plain ones, no blanks around it."""
    return unicodedata.normalize("NFKC", visible_only(text)).strip()


def fit(text, most):
    """The text, or a Refusal that says how long it is and may be. Nothing is cut in silence."""
    if len(text) > most:
        raise Refusal(
            ngettext(
                "This is too long: %(length)s characters, and at most %(most)s character is kept. Shorten it.",
                "This is too long: %(length)s characters, and at most %(most)s characters are kept. Shorten it.",
                most,
            ), code="too_long", length=f"{len(text):,}", most=f"{most:,}",
        )
    return text


def fit_typed(arguments):
    """Refuse an action whose reason, note or comment is too long. The machine (`by` None) writes its own words."""
    if arguments.get("by") is None:
        return
    for name, most in LONGEST.items():
        text = arguments.get(name)
        if isinstance(text, str):
            fit(text, most)
