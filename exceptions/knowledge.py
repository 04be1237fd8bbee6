"""Which articles may solve a ticket or a difference, and what do they answer?"""
from django.utils.translation import gettext as _

from exceptions.article_index import index_changed
from exceptions.article_search import find_articles
from exceptions.articles import seeded_articles
from exceptions.models import Article, ArticlePosting, TicketKind
from exceptions.terms import cause_term
from kernel.templatetags.hub import own_words

MOST = 3
CONSIDERED = 200
# How much of a person's words an article has to have before it is suggested unasked.
LEAST_SHARE = 0.35


def articles_for(ticket, subject, user):
    """The best articles of the causes of the ticket's Subject (or None), then of its own cause, then of its kind.

    Among equals the one that solved more often what it was shown for; a new one counts as one in two. What a person
    opened in words of their own is answered by those words as well.
    """
    found = articles_of([*(subject.causes if subject else ()), ticket.cause, ticket.kind.code], user)
    if len(found) < MOST and ticket.opened_by_id:
        found += [one for one in _by_words(own_words(ticket, "title"), user) if one not in found]
    return found[:MOST]


def articles_of(names, user, most=MOST):
    """The best articles of these causes and kinds, those of the first name first."""
    index_changed()
    names = list(dict.fromkeys(name for name in names if name))
    place = {cause_term(name): number for number, name in enumerate(names)}
    places = {}
    found = ArticlePosting.objects.filter(term__term__in=place).order_by("-article__solved_count", "article")
    for term, article in found.values_list("term__term", "article")[:CONSIDERED]:
        places[article] = min(place[term], places.get(article, len(place)))
    rows = Article.objects.visible_to(user).filter(pk__in=places, is_published=True)
    return sorted(rows, key=lambda one: (places[one.pk], -rate_of(one), one.code))[:most]


def _by_words(words, user):
    articles, found = find_articles(words, user, most=MOST)
    return [one for one in articles if found.share(one.pk) >= LEAST_SHARE]


def rate_of(article):
    """How often it solved, between 0 and 1; without a verdict ½."""
    return (article.solved_count + 1) / (article.solved_count + article.unsolved_count + 2)


def named_causes():
    """{code: name in the reader's language} of everything an article may answer."""
    seeded = {code: own_words(article, "title") for article in seeded_articles() for code in article["causes"]}
    return {**seeded, **named_kinds()}


def named_kinds():
    return {kind.code: own_words(kind, "name") for kind in TicketKind.objects.order_by("code")}


def grouped_causes():
    """[(heading, [(code, name)])] for a choice: causes of differences, kinds of tickets."""
    kinds, named = named_kinds(), named_causes()
    causes = {code: name for code, name in named.items() if code not in kinds}
    return [(_("Causes of differences"), _by_name(causes)), (_("Kinds of tickets"), _by_name(kinds))]


def _by_name(named):
    return sorted(named.items(), key=lambda one: str(one[1]))
