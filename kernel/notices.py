"""Which of my notices have I read?"""
from kernel.models import Notice
from kernel.news import action


@action
def read_notices(*, person, ids, by, at):
    """Mark the person's own notices as read; returns how many were not before."""
    return Notice.objects.filter(person=person, pk__in=ids, read_at=None).update(read_at=at)
