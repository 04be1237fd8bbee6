"""What do all REST endpoints have in common: reading, paging, permission?"""
import json

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, pagination, parsers, permissions


class HubPermission(permissions.BasePermission):
    """Signed in; a read needs the view permission of the model, a token needs `may_write` for anything else."""

    def has_permission(self, request, view):
        if not request.user or not request.user.is_authenticated:
            return False
        token = request.auth
        if request.method not in permissions.SAFE_METHODS and token is not None and not token.may_write:
            raise exceptions.PermissionDenied(_("This API key may only read."))
        needed = getattr(view, "permission", "")
        return not needed or request.user.has_perm(needed)


class StrictJSONParser(parsers.JSONParser):
    """JSON bodies through the one strict reader."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return json.loads(stream.read())
        except (ValueError, RequestDataTooBig) as error:
            raise exceptions.ParseError(str(error)) from error


class KeysetPagination(pagination.CursorPagination):
    """Keyset pages by id, newest first; no counting."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"
