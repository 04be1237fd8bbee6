"""How does a POST call an action: row visible, permission held, body read, done once per Idempotency-Key?"""
import hashlib
from functools import wraps

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, response, serializers
from rest_framework.decorators import action as drf_action
from rest_framework.renderers import JSONRenderer

from kernel import strict_json
from kernel.models import ApiAnswer
from kernel.news import action

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=False,
    description="Same key, same body: the first answer again. Same key, other body: 422.",
)


class NoBody(serializers.Serializer):
    """Nothing to say."""


class Reason(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class KeyUsed(exceptions.APIException):
    status_code = 422
    default_code = "idempotency_key"


def verb(name, *, permission, takes=NoBody):
    """Makes a method (self, row, data, by, at) → row the endpoint POST /<rows>/<id>/<name>/."""

    def make(method):
        @extend_schema(request=takes, parameters=[KEY_HEADER])
        @drf_action(detail=True, methods=["post"], url_path=name, url_name=name)
        @wraps(method)
        def endpoint(self, request, pk=None):
            row = self.get_object()
            if not request.user.has_perm(permission):
                raise exceptions.PermissionDenied
            said = takes(data=request.data)
            said.is_valid(raise_exception=True)

            def work():
                done = method(self, row, said.validated_data, request.user, timezone.now())
                return self.get_serializer(done or row).data

            return response.Response(answer_once(request, work))

        return endpoint

    return make


def answer_once(request, work):
    """`work()` → data, done at most once per person and Idempotency-Key; without a key, simply done."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return work()
    if len(key) > 80 or "\x00" in key:
        raise exceptions.ValidationError({"Idempotency-Key": [_("At most 80 characters.")]})
    same = _hash(request)
    try:
        kept = ApiAnswer.objects.filter(user=request.user, key=key).first()
        return _kept(kept, same) if kept else _first_time(
            user=request.user, key=key, request_hash=same, work=work, at=timezone.now()
        )
    except IntegrityError:  # the same request in another process came first, and is committed by now
        return _kept(ApiAnswer.objects.get(user=request.user, key=key), same)


@action
def _first_time(*, user, key, request_hash, work, at):
    kept = ApiAnswer.objects.create(
        user=user, key=key, request_hash=request_hash, status=200, created_at=at
    )
    kept.body = strict_json.loads(JSONRenderer().render(work()))
    kept.save(update_fields=["body"])
    return kept.body


def _kept(kept, request_hash):
    if kept.request_hash != request_hash:
        raise KeyUsed(_("This Idempotency-Key was used for another request."))
    return kept.body


def _hash(request):
    body = JSONRenderer().render(request.data)
    return hashlib.sha256(b"\n".join([request.path.encode(), body])).hexdigest()
