"""Did an article solve a ticket?"""
from django.db.models import Count, Q

from exceptions import rights
from exceptions.models import Article, ArticleVerdict
from kernel.news import action


@action
def rate_article(*, article, ticket, is_solved, by, at):
    """Keep a person's verdict on an article for a ticket, the latest one; returns the article with its counts."""
    rights.must_work(ticket, by)
    article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    ArticleVerdict.objects.update_or_create(
        article=article, ticket=ticket, by=by, defaults={"is_solved": is_solved, "at": at}
    )
    counts = article.verdicts.aggregate(
        solved=Count("pk", filter=Q(is_solved=True)), unsolved=Count("pk", filter=Q(is_solved=False))
    )
    article.solved_count, article.unsolved_count = counts["solved"], counts["unsolved"]
    article.save(update_fields=["solved_count", "unsolved_count"])
    return article
