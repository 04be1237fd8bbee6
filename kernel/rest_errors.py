"""How does a refusal look over REST?"""
from rest_framework import response, status, views

from kernel.errors import Refusal


def handle_exception(error, context):
    """A Refusal becomes 409 with its sentence and code; all else as DRF answers it."""
    if isinstance(error, Refusal):
        return response.Response({"detail": str(error), "code": error.code}, status=status.HTTP_409_CONFLICT)
    return views.exception_handler(error, context)
