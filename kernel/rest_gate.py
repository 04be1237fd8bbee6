"""Who gets in over REST, how are bodies read and pages cut? Named by settings, so it imports no view."""
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination, parsers, permissions

from kernel import strict_json
from kernel.access import is_customer
from kernel.errors import Refusal


class HubPermission(permissions.BasePermission):
    """Signed-in staff; a read needs the view permission of the model, a key needs `may_write` for anything else."""

    def has_permission(self, request, view):
        if not request.user or not request.user.is_authenticated or is_customer(request.user):
            return False
        token = request.auth
        if request.method not in permissions.SAFE_METHODS and token is not None and not token.may_write:
            raise exceptions.PermissionDenied(_("This API key may only read."))
        needed = getattr(view, "permission", "")
        return not needed or request.user.has_perm(needed)


class StrictJSONParser(parsers.JSONParser):
    """JSON bodies through the one strict reader; a refusal names line and column."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return strict_json.loads(stream.read())
        except (Refusal, RequestDataTooBig) as error:
            raise exceptions.ParseError(str(error)) from error


class KeysetPagination(pagination.CursorPagination):
    """Keyset pages, newest first; no counting, `page_size` up to 200."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"

    def paginate_queryset(self, queryset, request, view=None):
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, TypeError, OverflowError):  # a cursor somebody made up
            raise exceptions.NotFound(self.invalid_cursor_message) from None
