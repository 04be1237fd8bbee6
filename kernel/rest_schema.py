"""Which answers can every REST endpoint give, beside what was asked for?"""
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers


class Problem(serializers.Serializer):
    """Every answer that is not what was asked for."""

    detail = serializers.CharField()
    code = serializers.CharField()
    fields_ = serializers.DictField(required=False)

    def get_fields(self):
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found


class HubSchema(AutoSchema):
    """Adds the answers every endpoint can give."""

    def _get_response_bodies(self, *args, **kwargs):
        found = super()._get_response_bodies(*args, **kwargs)
        for status in ("400", "401", "403", "404", "405", "409", "415", "422", "429"):
            found.setdefault(status, self._get_response_for_code(Problem, status))
        return found


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "kernel.tokens.TokenAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "An API key: oh_…"}
