"""Who tries too many passwords? Asked before any password is hashed, since hashing is what costs.

django-axes locks one name from one address after AXES_FAILURE_LIMIT wrong words; the guard here stops an address that
tries many names.
"""
from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.utils import timezone

MOST_FROM_ONE_ADDRESS = 60
WINDOW = timedelta(minutes=15)


def client_ip(request):
    """The address of the caller. Behind a proxy it is the last one named, which the proxy itself wrote."""
    if settings.BEHIND_PROXY:
        named = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
        return named or request.META.get("REMOTE_ADDR", "")
    return request.META.get("REMOTE_ADDR", "")


class ManyNamesGuard:
    """An authentication backend that never says yes."""

    def authenticate(self, request, **credentials):
        if request is not None and settings.AXES_ENABLED and _failures(client_ip(request)) >= MOST_FROM_ONE_ADDRESS:
            raise PermissionDenied("too many attempts from this address")
        return None


def _failures(address):
    recent = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=timezone.now() - WINDOW)
    return recent.aggregate(n=Sum("failures_since_start"))["n"] or 0
