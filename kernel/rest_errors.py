"""How does a refusal look over REST?"""
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, response, status, views

from kernel.errors import Forbidden, Refusal


def handle_exception(error, context):
    """Always {detail, code}, and {fields} for a body that does not fit. A Refusal is 409, a Forbidden 403."""
    if isinstance(error, Refusal):
        is_forbidden = isinstance(error, Forbidden)
        code = status.HTTP_403_FORBIDDEN if is_forbidden else status.HTTP_409_CONFLICT
        return response.Response({"detail": str(error), "code": error.code}, status=code)
    if isinstance(error, Http404):
        error = exceptions.NotFound()  # Django's own words name the model, in English
    answer = views.exception_handler(error, context)
    if answer is not None:
        answer.data = _said(error, answer.data)
    return answer


def _said(error, data):
    if isinstance(error, exceptions.ValidationError):
        fields = data if isinstance(data, dict) else {"body": data}
        return {"detail": _("The request does not fit."), "code": "invalid", "fields": fields}
    detail = data.get("detail", "") if isinstance(data, dict) else ""
    return {"detail": str(detail), "code": getattr(detail, "code", None) or "error"}
