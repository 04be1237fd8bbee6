"""What of a text can a spreadsheet hold, and what of it would it run?"""
import json
import re

from django.utils.translation import gettext_lazy as _

MAX_CHARS = 32_767
CUT = _("…[cut at 32,767 characters]")
# The full-width forms count as the plain ones in spreadsheets set to Chinese or Japanese.
DANGEROUS = tuple("=+-@\t\r#＝＋－＠")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def clean_text(text):
    """The text, with what a spreadsheet cannot hold or what hides other text made visible as U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def cut_text(text, limit=MAX_CHARS):
    """At most `limit` UTF-16 units, as spreadsheets count; the cut ends in a visible marker."""
    if len(text) * 2 <= limit or len(text) + sum(char > "\uffff" for char in text) <= limit:
        return text
    marker = str(CUT)
    raw = text.encode("utf-16-le")[: 2 * (limit - len(marker))]
    return raw.decode("utf-16-le", "ignore") + marker


def as_text(value):
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
    return str(value)
