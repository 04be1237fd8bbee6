"""How does the search know what articles say?

An article that was written, hidden or shown again carries an old `indexed_as`; the next search, or the hourly job,
writes its terms. One transaction holds few articles, and the row that counts all of them is locked first, so that two
who index at once do it one after the other.
"""
from django.db import transaction

from exceptions.models import Article, ArticlePosting, ArticleTerm
from exceptions.terms import VERSION, cause_term, head_of, rarity, weights_of
from orders.bulk import in_chunks, insert_rows, update_rows

ALL_OF_THEM = ""
AT_ONCE = 100
FINDS = 0  # the weight of what a posting finds by, without saying anything about it


def index_changed(most=AT_ONCE):
    """Index up to `most` articles that changed since they were indexed; returns how many. One query when none did."""
    if not Article.objects.filter(indexed_as__lt=VERSION).exists():
        return 0
    with transaction.atomic():
        ArticleTerm.objects.get_or_create(term=ALL_OF_THEM)
        ArticleTerm.objects.select_for_update().get(term=ALL_OF_THEM)
        changed = Article.objects.select_for_update(of=("self",)).filter(indexed_as__lt=VERSION)
        articles = list(changed.order_by("pk")[:most])
        if articles:
            _index(articles)
            Article.objects.filter(pk__in=[one.pk for one in articles]).update(indexed_as=VERSION)
    return len(articles)


def index_articles(progress=None):
    """Job: index all that changed, some at a time."""
    done = 0
    while some := index_changed():
        done += some
        if progress:
            progress(done)
    return {"indexed": done}


def weights_for(article):
    """{term: weight} of a published article, {} of a hidden one."""
    if not article.is_published:
        return {}
    causes = [str(one) for one in article.causes or []]
    weights = weights_of(
        [article.title_en, article.title_zh], [*(one.replace("_", " ") for one in causes), article.search_words],
        [article.body_en, article.body_zh],
    )
    return {ALL_OF_THEM: FINDS, **weights, **{cause_term(one): FINDS for one in causes}}


def _index(articles):
    wanted = {one.pk: weights_for(one) for one in articles}
    old = ArticlePosting.objects.filter(article__in=wanted).values_list("term_id", "article_id")
    lost = [term for term, _article in old]
    ArticlePosting.objects.filter(article__in=wanted).delete()
    terms = _terms({term for weights in wanted.values() for term in weights}, lost)
    by_name = {row.term: row for row in terms.values()}
    for pk in lost:
        terms[pk].article_count -= 1
    postings = []
    for article, weights in wanted.items():
        for term, weight in weights.items():
            by_name[term].article_count += 1
            postings.append((by_name[term].pk, article, weight))
    update_rows(ArticleTerm, ("article_count", "log_count"), [
        (row.article_count, rarity(row.article_count), row.pk) for row in sorted(terms.values(), key=lambda row: row.pk)
    ])
    insert_rows(ArticlePosting, ("term", "article", "weight"), postings)


def _terms(names, lost):
    """{id: row} of the terms of these names, made where they are new, and of those that lost an article."""
    known = _read("term", names)
    new = names - {row.term for row in known}
    insert_rows(ArticleTerm, ("term", "head", "article_count", "log_count"), [
        (name, head_of(name), 0, 0) for name in sorted(new)
    ])
    rows = {row.pk: row for row in (*known, *_read("term", new))}
    return rows | {row.pk: row for row in _read("pk", set(lost) - set(rows))}


def _read(field, values):
    some_at_a_time = in_chunks(sorted(values), 500)
    return [row for some in some_at_a_time for row in ArticleTerm.objects.filter(**{f"{field}__in": some})]
