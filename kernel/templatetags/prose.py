"""How is a text with simple marks (Markdown) drawn on a page?

CommonMark with tables, by markdown-it. HTML in a text stands as it was written, links go to web and mail addresses and
to our own pages only, pictures from elsewhere are links: whoever writes articles can put nothing of foreign on other
people's pages.
"""
import re

from django import template
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from markdown_it.common.utils import isPunctChar, isWhiteSpace
from markdown_it.rules_inline import emphasis

register = template.Library()
# The page's own title is the first heading, its sections are the second.
HIGHEST_HEADING = 3
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
SCHEMES = ("http:", "https:", "mailto:")


def _is_safe(address):
    """A link that says its scheme has one of ours; one without stays in the hub, and `//host` says its host only."""
    scheme, colon, _rest = address.partition(":")
    if colon and not set("/?#") & set(scheme):
        return f"{scheme.lower()}:" in SCHEMES
    return not address.replace("\\", "/").startswith("//")


def _stars(state, silent):
    """As CommonMark reads stars, but that Chinese beside them parts words: `**含义：**数据` is bold up to the colon."""
    start, last = state.pos, len(state.delimiters)
    found = emphasis.tokenize(state, silent)
    if found and state.src[start] == "*" and not silent:
        before = state.src[start - 1] if start else " "
        after = state.src[state.pos] if state.pos < state.posMax else " "
        for one in state.delimiters[last:]:
            one.open = one.open or _may_open(before, after)
            one.close = one.close or _may_open(after, before)
    return found


def _may_open(outer, inner):
    return isPunctChar(inner) and not isWhiteSpace(ord(outer)) and bool(CHINESE.search(outer + inner))


def _reader():
    """Pictures are not drawn: `![x](y)` is a sign of exclamation and a link. A line's end is one."""
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")
    reader.inline.ruler.at("emphasis", _stars)
    reader.validateLink = _is_safe
    return reader


READER = _reader()


@register.filter
def markdown(text):
    """Safe HTML of a Markdown text."""
    tokens = READER.parse(str(text or ""))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, max(HIGHEST_HEADING, int(token.tag[1]) + 1))}"
        for part in token.children or []:
            if part.type == "link_open":
                part.attrSet("rel", "noopener noreferrer nofollow")
    return mark_safe(READER.renderer.render(tokens, READER.options, {}))  # noqa: S308


def plain(text):
    """The words of a Markdown text without its marks, one block a line."""
    blocks = (token for token in READER.parse(str(text or "")) if token.type in ("inline", "fence", "code_block"))
    return "\n".join(_said(block) for block in blocks if block.content.strip())


def _said(block):
    parts = block.children or [block]
    return "".join(" " if part.type in ("softbreak", "hardbreak") else part.content for part in parts)
