"""Which articles may solve a ticket?"""
from exceptions.models import Article

MOST = 3
CONSIDERED = 1000


def articles_for(ticket, subject):
    """The best articles of the causes of the ticket's Subject (or None), then of its own cause, then of its kind.

    Among equals the one that solved more often what it was shown for; a new one counts as one in two.
    """
    wanted = [*(subject.causes if subject else ()), ticket.cause, ticket.kind.code]
    place = {name: number for number, name in reversed(list(enumerate(wanted))) if name}
    found = []
    for article in Article.objects.filter(is_published=True).order_by("code")[:CONSIDERED]:
        places = [place[name] for name in article.causes or [] if name in place]
        if places:
            found.append((min(places), -rate_of(article), article.code, article))
    return [article for *_order, article in sorted(found, key=lambda one: one[:3])[:MOST]]


def rate_of(article):
    """How often it solved, between 0 and 1; without a verdict ½."""
    return (article.solved_count + 1) / (article.solved_count + article.unsolved_count + 2)
