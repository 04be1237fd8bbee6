"""How is a text with simple marks (Markdown) drawn on a page?

Paragraphs, numbered and dashed lists, headings, **bold** and `code`; everything else stands as it was written. The text
is escaped before anything else is done, so whoever writes articles can put no HTML on other people's pages.
"""
import re
from itertools import groupby

from django import template
from django.utils.html import escape
from django.utils.safestring import mark_safe

register = template.Library()
BOLD, CODE = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"`([^`]+)`")
NUMBERED, DASHED, HEADING = re.compile(r"\d{1,3}[.)] +"), re.compile(r"[-*] +"), re.compile(r"#{1,4} +")


@register.filter
def markdown(text):
    """Safe HTML of a Markdown text."""
    lines = [line.strip() for line in str(text or "").splitlines()]
    return mark_safe("".join(_block(kind, list(some)) for kind, some in groupby(lines, _kind)))  # noqa: S308


def _kind(line):
    if not line:
        return ""
    for kind, mark in (("ol", NUMBERED), ("ul", DASHED), ("h3", HEADING)):
        if mark.match(line):
            return kind
    return "p"


def _block(kind, lines):
    if not kind:
        return ""
    if kind == "p":
        return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"
    mark = {"ol": NUMBERED, "ul": DASHED, "h3": HEADING}[kind]
    texts = [_inline(mark.sub("", line, count=1)) for line in lines]
    if kind == "h3":
        return "".join(f"<h3>{one}</h3>" for one in texts)
    return f"<{kind}>{''.join(f'<li>{one}</li>' for one in texts)}</{kind}>"


def _inline(line):
    return CODE.sub(r"<code>\1</code>", BOLD.sub(r"<b>\1</b>", escape(line)))
