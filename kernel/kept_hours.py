"""Who hears of it when a department, a plant or the company takes another work calendar?"""
from kernel.news import News, action, publish

TAKEN = "hours.taken"


@action
def tell_of_hours(*, owner, by, at):
    """The row counts by another calendar from now on: what is open follows. In the transaction that writes the row."""
    publish(News(TAKEN, f"{owner._meta.model_name}:{owner.pk}", at, (by.pk if by else None,)))
