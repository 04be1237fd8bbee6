"""The knowledge base: searching, reading and writing articles, and one written from a solved ticket."""
from types import SimpleNamespace

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exceptions import actions, rights
from exceptions.actions.writing import FIELDS
from exceptions.article_forms import ArticleForm
from exceptions.article_search import find_articles
from exceptions.knowledge import articles_of, grouped_causes, named_causes
from exceptions.marking import excerpt, marked
from exceptions.models import Article, Ticket
from kernel.errors import Refusal
from kernel.moments import short
from kernel.pages import draw, require, staff_page, whole
from kernel.templatetags.hub import own_words
from kernel.templatetags.prose import plain

VIEW, ADD = "exceptions.view_article", "exceptions.add_article"
PAGE, BEST, VERSIONS = 50, 20, 30


@staff_page(VIEW)
def article_list(request):
    question, cause = request.GET.get("q", "").strip()[:200], request.GET.get("cause", "")[:40]
    page = max(1, min(1000, whole(request.GET.get("page", "")) or 1))
    may_write, drafts = rights.may_write(request.user), request.GET.get("drafts") == "1"
    articles, terms = _found(request.user, question, cause, drafts and may_write, page)
    named = named_causes()
    return draw(
        request, "exceptions/knowledge.html", page_title=_("Knowledge"), question=question, cause=cause,
        drafts=drafts and may_write, rows=[_row(one, terms, named) for one in articles[:PAGE]],
        page=page, next_page=page + 1 if len(articles) > PAGE else 0, groups=grouped_causes(),
        ticket=_ticket(request), may_write=may_write, may_add=request.user.has_perm(ADD),
        draft_count=_drafts(request.user).count() if may_write else 0,
    )


def _found(user, question, cause, drafts, page):
    """(articles, the terms looked for): by a question, by a cause, or those that helped most first."""
    start = (page - 1) * PAGE
    if drafts:
        return list(_drafts(user).order_by("-pk")[start : start + PAGE + 1]), ()
    if question:
        articles, found = find_articles(question, user, most=BEST, cause=cause)
        return articles, found.terms
    if cause:
        return articles_of([cause], user, most=PAGE), ()
    shown = Article.objects.visible_to(user).filter(is_published=True)
    return list(shown.order_by("-solved_count", "code")[start : start + PAGE + 1]), ()


def _drafts(user):
    return Article.objects.visible_to(user).filter(is_published=False)


def _row(article, terms, named):
    return SimpleNamespace(
        article=article, title=marked(own_words(article, "title"), terms),
        text=excerpt(plain(own_words(article, "body")), terms), answers=_answers(article, named),
    )


def _answers(article, named):
    """[(code, name)] of what it answers; its own title again would say nothing."""
    titles = {article.title_en, article.title_zh}
    return [(code, named.get(code, code)) for code in article.causes or [] if named.get(code) not in titles]


def _ticket(request):
    """The ticket somebody came from, if it may be seen."""
    number = request.GET.get("ticket", "")[:20]
    return Ticket.objects.visible_to(request.user).filter(number=number).first() if number else None


@staff_page(VIEW)
def article_page(request, code):
    article = _article(request.user, code)
    may_write = rights.may_write(request.user)
    old = _version(article, request)
    shown, ticket = old or article, _ticket(request)
    languages = [one for one in ("zh", "en") if getattr(shown, f"body_{one}").strip()]
    language = _language(request, languages)
    return draw(
        request, "exceptions/article.html", page_parent=("/knowledge/", _("Knowledge")),
        page_title=getattr(shown, f"title_{language}") or own_words(shown, "title"), article=article, old=old,
        language=language,
        other=next((one for one in languages if one != language), ""), body=getattr(shown, f"body_{language}"),
        answers=_answers(article, named_causes()), ticket=ticket, verdict=_verdict(article, ticket, request.user),
        may_rate=ticket is not None and rights.may_work(ticket, request.user), may_write=may_write,
        source=_source(article, request.user) if may_write else None,
        versions=versions_of(article, request.user)[:VERSIONS] if may_write else [],
    )


def _article(user, code):
    return get_object_or_404(Article.objects.visible_to(user).select_related("drafted_from"), code=code)


def _language(request, languages):
    """The one asked for, the reader's own, or the one there is."""
    wanted = (request.GET.get("in", ""), short(get_language()), *languages, "en")
    return next((one for one in wanted if one in languages), "en")


def _source(article, user):
    tickets = Ticket.objects.visible_to(user)
    return tickets.filter(pk=article.drafted_from_id).first() if article.drafted_from_id else None


def _verdict(article, ticket, user):
    """What this person has said of it for this ticket: True, False, or None."""
    said = ticket and article.verdicts.filter(ticket=ticket, by=user).first()
    return said.is_solved if said else None


def versions_of(article, user):
    """Its versions, newest first. What was drafted from a ticket is for those who see that ticket, until published."""
    found = article.history.select_related("history_user").order_by("-history_id")
    hidden = article.drafted_from_id and _source(article, user) is None
    return found.filter(is_published=True) if hidden else found


def _version(article, request):
    number = whole(request.GET.get("version", ""))
    if not number:
        return None
    require(request.user, rights.WRITE)
    return get_object_or_404(versions_of(article, request.user), pk=number)


@staff_page(ADD)
def article_new(request):
    return _edit(request, None, {"is_published": True, "causes": [request.GET.get("cause", "")[:40]]})


@staff_page(VIEW)
def article_edit(request, code):
    require(request.user, rights.WRITE)
    article = _article(request.user, code)
    newest = article.history.order_by("-history_id").first()
    begun = _version(article, request) or article
    initial = {name: getattr(begun, name) for name in FIELDS}
    return _edit(request, article, {**initial, "seen": newest.pk if newest else None})


def _edit(request, article, initial):
    form = ArticleForm(request.POST or None, initial=initial, kept=article.causes if article else ())
    if request.method == "POST" and form.is_valid() and (written := _write(form, article, request.user)):
        return redirect("article", written.code)
    return draw(
        request, "exceptions/article_form.html", form=form, article=article,
        source=_source(article, request.user) if article else None,
        page_title=own_words(article, "title") if article else _("New article"),
        page_parent=("/knowledge/", _("Knowledge")),
    )


def _write(form, article, by):
    """The written article, or None with the refusal's words at the form."""
    try:
        return actions.write_article(
            article=article, fields=form.columns(), seen=form.cleaned_data["seen"], by=by, at=timezone.now()
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


@require_POST
@staff_page("exceptions.view_ticket")
def ticket_draft(request, number):
    """Write down what solved a ticket: a draft, opened for writing."""
    seen = Ticket.objects.visible_to(request.user).select_related("kind", "department")
    ticket = get_object_or_404(seen, number=number)
    require(request.user, ADD)
    try:
        article = actions.draft_article(ticket=ticket, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("ticket", number)
    return redirect("article_edit", article.code)
