"""Which tickets and articles does a term find?"""

from django.utils.translation import gettext as _

from exceptions.article_search import find_articles
from exceptions.models import Ticket
from kernel.hits import Hit
from kernel.templatetags.hub import own_words


def search_tickets(term, user, limit):
    """By ticket number, or by the order's number exactly: titles are not scanned."""
    if not user.has_perm("exceptions.view_ticket") or len(term) < 3:
        return []
    upper, visible = term.upper(), Ticket.objects.visible_to(user).select_related("order")
    found = list(visible.filter(number__gte=upper, number__lt=upper + "\U0010ffff").order_by("-pk")[:limit])
    found = found or list(visible.filter(order__number=upper).order_by("-pk")[:limit])
    return [
        Hit(
            _("Tickets"),
            row.number,
            own_words(row, "title"),
            f"/tickets/{row.number}/",
            "confirmation_number",
            row.number == upper,
        )
        for row in found
    ]


# Beside orders and tickets an article is shown only when it has most of what was typed.
LEAST_SHARE, MOST = 0.4, 3


def search_articles(term, user, limit):
    """By what their texts say, few."""
    if not user.has_perm("exceptions.view_article"):
        return []
    articles, found = find_articles(term, user, most=min(MOST, limit))
    return [
        Hit(_("Knowledge"), own_words(one, "title"), _("Article"), f"/knowledge/{one.code}/", "menu_book")
        for one in articles if found.share(one.pk) >= LEAST_SHARE
    ]
