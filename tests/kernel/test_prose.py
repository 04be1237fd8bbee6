"""Is a text with marks drawn as meant, and can nobody put HTML, pictures or foreign scripts on a page with it?"""
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.articles import seeded_articles
from kernel.templatetags.prose import markdown, plain

pytestmark = pytest.mark.pure
LINK = '<a href="{}" rel="noopener noreferrer nofollow">x</a>'


@pytest.mark.parametrize(("text", "drawn"), [
    ("**Mean <b>**", "<p><strong>Mean &lt;b&gt;</strong></p>"),
    ("one\ntwo", "<p>one<br />two</p>"),
    ("1. one `x`\n2. two", "<ol><li>one <code>x</code></li><li>two</li></ol>"),
    ("# Head\n<script>alert(1)</script>", "<h3>Head</h3><p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ("**含义：**数据*（旧）*已到", "<p><strong>含义：</strong>数据<em>（旧）</em>已到</p>"),
    ("**含义：**WMS", "<p><strong>含义：</strong>WMS</p>"),
    ("3 * 4 * 5", "<p>3 * 4 * 5</p>"),
    ("[x](https://a.b)", f"<p>{LINK.format('https://a.b')}</p>"),
    ("[x](/orders/SO-1/)", f"<p>{LINK.format('/orders/SO-1/')}</p>"),
    ("[x](JavaScript:alert)", "<p>[x](JavaScript:alert)</p>"),
    ("[x](//evil.example)", "<p>[x](//evil.example)</p>"),
    ("![x](https://a.b/p.png)", f"<p>!{LINK.format('https://a.b/p.png')}</p>"),
    ("", ""), (None, ""),
])
def test_drawn(text, drawn):
    assert re.sub(r"\n", "", markdown(text)) == drawn


def test_every_article_of_the_first_day_has_no_mark_left_over():
    for article in seeded_articles():
        for language in ("en", "zh"):
            assert "**" not in markdown(article[f"body_{language}"]) + plain(article[f"body_{language}"])


SIGNS = st.sampled_from(list("<>\"'&()[]!*_`#-+|:/\\ \n\tab中：") + [
    "javascript:", "<script>", "onerror=", "data:text/html,", "[x](", "![", "](", "<a href=", "&#106;avascript:"])
ALLOWED = {"p", "br", "strong", "em", "code", "pre", "ol", "ul", "li", "h3", "h4", "h5", "h6", "blockquote", "hr", "a",
           "table", "thead", "tbody", "tr", "th", "td"}


@given(st.lists(SIGNS, max_size=40).map("".join))
def test_nothing_but_known_marks_comes_out(text):
    drawn = markdown(text)
    for tag, rest in re.findall(r"</?([a-zA-Z0-9]+)([^>]*)>", drawn):
        assert tag in ALLOWED
        for name, value in re.findall(r'([a-zA-Z-]+)="([^"]*)"', rest):
            assert name in {"href", "rel", "title", "class", "start", "style"}, rest
            assert name != "href" or not re.match(r"\s*(javascript|data|vbscript|//)", value.replace("\\", "/"), re.I)
