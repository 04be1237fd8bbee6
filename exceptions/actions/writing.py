"""What becomes of an article when somebody writes it, or writes down what solved a ticket?"""
import re

from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from exceptions import entries, rights
from exceptions.articles.text import Text, markdown
from exceptions.models import Article
from kernel.errors import Refusal
from kernel.moments import short
from kernel.news import action

FIELDS = ("title_en", "title_zh", "body_en", "body_zh", "causes", "search_words", "is_published")
LANGUAGES = ("zh", "en")
RESERVED = {"new"}


@action
def write_article(*, fields, by, at, article=None, seen=None):
    """Write a new article (`article` None) or another version of one; returns it.

    `fields` are columns by name (FIELDS). `seen` is the version the writer began with: refused when somebody else
    has written meanwhile. An article is whole when one language is; the other may follow.
    """
    rights.must_write(by)
    if article is None:
        article = Article(code=_new_code(fields))
    else:
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        _must_be_newest(article, seen)
    for name in FIELDS:
        if name in fields:
            setattr(article, name, fields[name])
    _must_be_whole(article)
    return _keep(article, by, at)


@action
def draft_article(*, ticket, by, at):
    """An article that nobody sees yet but who writes: what solved this ticket. Returns it, or the one there is."""
    rights.must_write(by)
    if ticket.is_open:
        raise Refusal(_("The ticket is not solved yet."), code="ticket_state")
    known = ticket.drafts.order_by("pk").first()
    if known is not None:
        return known
    language = short(get_language())
    article = Article(
        code=_free_code(slugify(ticket.number)), causes=[ticket.cause or ticket.kind.code], drafted_from=ticket,
        title_en=ticket.title_en[:200], title_zh=ticket.title_zh[:200], is_published=False,
    )
    setattr(article, f"body_{language}", markdown(_told(ticket, language), language))
    return _keep(article, by, at)


def _told(ticket, language):
    """What people wrote on the ticket, in the form of an article."""
    said = ticket.entries.filter(by__isnull=False).exclude(text="").order_by("at", "pk")
    checks = [_line(one.text) for one in said if one.action == entries.COMMENTED]
    solved = [_line(one.text) for one in said if one.action == entries.RESOLVED]
    return Text(
        title="", means=getattr(ticket, f"title_{language}"),
        check=checks or [_("How is it recognised?")], mend=solved or [_("What solves it?")],
        who=ticket.department.name if ticket.department else _("Whose work is it?"),
    )


def _line(text):
    return re.sub(r"\s+", " ", text).strip()


def _keep(article, by, at):
    article._history_user, article._history_date = by, at
    article.save()
    return article


def _must_be_newest(article, seen):
    newest = article.history.order_by("-history_id").first()
    if seen is not None and newest is not None and newest.pk != seen:
        raise Refusal(
            _("%(person)s has changed this article meanwhile. Open it again and put your words in."),
            code="article_changed", person=newest.history_user or _("Somebody"),
        )


def _must_be_whole(article):
    whole = [
        language for language in LANGUAGES
        if getattr(article, f"title_{language}").strip() and getattr(article, f"body_{language}").strip()
    ]
    if not whole:
        raise Refusal(_("An article needs a title and a text, in one language at least."), code="article_empty")


def _new_code(fields):
    return _free_code(slugify(fields.get("title_en") or "")[:50] or "article")


def _free_code(wanted):
    taken = set(Article.objects.filter(code__startswith=wanted).values_list("code", flat=True)) | RESERVED
    numbers = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(code for code in numbers if code not in taken)
