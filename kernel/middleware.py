"""In which language and zone is this request answered, and under which number is it logged?"""
import uuid
import zoneinfo

from django.conf import settings
from django.core.exceptions import BadRequest
from django.utils import timezone, translation

from kernel.logs import request_id

LANGUAGE_COOKIE = "django_language"
LANGUAGES = dict(settings.LANGUAGES)


class RequestIdMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.number = uuid.uuid4().hex[:10]
        token = request_id.set(request.number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = request.number
        return response


def _asked_language(request):
    cookie = request.COOKIES.get(LANGUAGE_COOKIE)
    if cookie in LANGUAGES:
        return cookie
    if request.headers.get("Accept-Language"):
        return translation.get_language_from_request(request)
    return settings.HUB_DEFAULT_LANGUAGE


class PersonLocaleMiddleware:
    """Language by cookie, then browser; the person's own choice overrides it once we know who asks."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        translation.activate(_asked_language(request))
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.setdefault("Content-Language", translation.get_language())
        return response


class PersonSettingsMiddleware:
    """The person's own language, and the hub's zone; runs after authentication."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = getattr(request.user, "language", "")
        if language in LANGUAGES:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(zoneinfo.ZoneInfo(settings.HUB_TIME_ZONE)):
            return self.get_response(request)


class NoNulMiddleware:
    """No word of ours holds NUL, and PostgreSQL refuses it: pages answer 400 once, here. REST reads strictly itself."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.path.startswith("/api/"):
            return None
        forms = (request.GET, request.POST) if request.method == "POST" else (request.GET,)
        words = [request.path, *(word for form in forms for values in form.lists() for word in (values[0], *values[1]))]
        if any("\x00" in word for word in words):
            raise BadRequest("NUL")
        return None
