"""Which articles answer a question, best first?

Whole numbers over our own index: the same question has the same answer on every database. The terms asked for count
fully, those of the trade that mean the same count a fifth, and a word that no article has stands for those it is
probably a slip of. Terms that nearly every article has are left for the second look, which only the best of the first
get: what a search reads stays small however many articles there are.
"""
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Sum, Value, When

from exceptions.article_index import ALL_OF_THEM, index_changed
from exceptions.models import Article, ArticlePosting, ArticleTerm
from exceptions.slips import is_slip
from exceptions.terms import asked_terms, cause_term, head_of, most_of, rarity
from exceptions.trade_words import alike

FULL, ALIKE = 5, 1  # what a term counts that was asked for, and one that means the same
MOST_ALIKE = 24
ROWS = 3000  # postings read in the first look
SECOND_LOOK = 60  # articles that get a second one
SHORTEST_SLIP, MOST_SLIPS = 4, 3


@dataclass(frozen=True)
class Found:
    """Ids of articles, best first, with their points, and the terms that were looked for.

    `share` says how much of the question an article has.
    """

    points: dict
    full: int
    terms: tuple = ()

    def share(self, pk):
        return self.points[pk] / self.full if self.full else 0


def find_articles(question, user, most=20, cause=""):
    """(articles that this person may read, best first; Found). `cause` narrows to what answers this cause or kind."""
    index_changed()
    found = _points(question, most, cause)
    rows = Article.objects.visible_to(user).filter(is_published=True).in_bulk(list(found.points))
    return [rows[pk] for pk in found.points if pk in rows], found


def _points(question, most, cause):
    asked = asked_terms(question)
    others = alike(asked)[:MOST_ALIKE]
    known = {row.term: row for row in ArticleTerm.objects.filter(
        term__in=[ALL_OF_THEM, *asked, *others, cause_term(cause)], article_count__gt=0)}
    total = known.pop(ALL_OF_THEM, None)
    within = known.pop(cause_term(cause), None)
    if total is None or (cause and within is None):
        return Found({}, 0)
    full = [known[term] for term in asked if term in known]
    full += [row for row in _slips([term for term in asked if term not in known]) if row not in full]
    rest = [known[term] for term in others if term in known and known[term] not in full]
    everything = rarity(total.article_count + 1)
    counted = [*((row, FULL) for row in full), *((row, ALIKE) for row in rest)]
    worth = {row.pk: times * (everything - row.log_count) for row, times in counted}
    first = _rarest([*full, *rest])
    points = _add_up(first, worth, within, SECOND_LOOK)
    if len(first) < len(worth):
        points = _add_up([*full, *rest], worth, within, SECOND_LOOK, among=list(points))
    best = {pk: one for pk, one in list(points.items())[:most] if one}
    return Found(best, _whole(asked, known, everything), tuple(row.term for row, _times in counted))


def _whole(asked, known, everything):
    """The points of an article whose title says all that was asked; words no article has are worth most."""
    rare = {term: everything - (known[term].log_count if term in known else 0) for term in asked}
    return sum(most_of(term) * FULL * rare[term] for term in asked)


def _rarest(rows):
    """The terms of fewest articles, as many as the first look may read, two at least."""
    taken, read = [], 0
    for row in sorted(rows, key=lambda one: (one.article_count, one.term)):
        if len(taken) >= 2 and read + row.article_count > ROWS:
            break
        taken.append(row)
        read += row.article_count
    return taken


def _add_up(rows, worth, within, most, among=None):
    """{id: points} of the best, older articles first among equals."""
    postings = ArticlePosting.objects.filter(term__in=[row.pk for row in rows])
    if within is not None:
        postings = postings.filter(article__in=ArticlePosting.objects.filter(term=within.pk).values("article"))
    if among is not None:
        postings = postings.filter(article__in=among)
    times = Case(*(When(term=row.pk, then=Value(worth[row.pk])) for row in rows), output_field=IntegerField())
    sums = postings.values("article").annotate(points=Sum(F("weight") * times)).order_by("-points", "article")
    return dict(sums.values_list("article", "points")[:most]) if rows else {}


def _slips(terms):
    """Rows of the terms that the unknown ones are probably slips of, those of most articles first."""
    terms = [term for term in terms if len(term) >= SHORTEST_SLIP and term.isascii() and term.isalpha()]
    if not terms:
        return []
    heads = {head_of(term) for term in terms}
    near = ArticleTerm.objects.filter(head__in=heads, article_count__gt=0)
    found = []
    for term in terms:
        meant = [row for row in near if is_slip(term, row.term)]
        found += sorted(meant, key=lambda row: (-row.article_count, row.term))[:MOST_SLIPS]
    return list(dict.fromkeys(found))
