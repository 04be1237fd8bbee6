"""In which language and zone is this request answered, and under which number is it logged?"""
import uuid
import zoneinfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kernel.logs import request_id
from kernel.typed import HIDDEN, plain, visible_only

SEARCHED = {"q", "s"}  # what words to look for are called in addresses of ours and of the admin
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


class TypedWordsMiddleware:
    """No word of ours holds NUL or another sign nobody sees: pages leave them out once, here, and say so of a form.

    What is looked for is read as its plain letters and digits, too. REST reads strictly itself.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.path.startswith("/api/"):
            return None
        if HIDDEN.search(request.path):
            raise Http404
        request.GET = _cleaned(request.GET)
        request.GET = _with_plain_words(request.GET)
        if request.method == "POST" and (kept := _cleaned(request.POST)) is not request.POST:
            request.POST = kept
            messages.warning(request, _("Signs that nobody can see were left out of what you sent."))
        return None


def _with_plain_words(form):
    if all(plain(word) == word for name in SEARCHED for word in form.getlist(name)):
        return form
    kept = form.copy()
    for name in SEARCHED & form.keys():
        kept.setlist(name, [plain(word) for word in form.getlist(name)])
    return kept


def _cleaned(form):
    """The form itself, or one without hidden signs where it holds some."""
    if not any(HIDDEN.search(word) for name, values in form.lists() for word in (name, *values)):
        return form
    kept = QueryDict(mutable=True)
    for name, values in form.lists():
        kept.setlist(visible_only(name), [visible_only(word) for word in values])
    return kept
