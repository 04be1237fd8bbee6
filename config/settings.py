"""How is this hub set up? One file; every setting that may differ comes from the environment."""
import os
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.version import VERSION

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")



def strict_bool(name, default):
    """'1', 'true', 'yes', 'on' or their opposites; anything else is named and refused."""
    raw = env.str(name, default="1" if default else "0").strip().lower()
    if raw in ("1", "true", "yes", "on"):
        return True
    if raw in ("0", "false", "no", "off", ""):
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {raw!r}")


def data_folder(given, fallback):
    """The folder of the hub's own files. One that is named must be there: a disk that is not mounted is no new hub."""
    folder = Path(given or fallback)
    try:
        if not given:
            folder.mkdir(exist_ok=True)
        is_there = folder.is_dir()
    except OSError as error:
        raise ImproperlyConfigured(f"ORDERHUB_VAR: the folder {folder} cannot be used: {error.strerror}") from None
    if not is_there:
        raise ImproperlyConfigured(f"ORDERHUB_VAR: there is no folder {folder}. Create it, or name another one.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"ORDERHUB_VAR: the hub may not write to the folder {folder}.")
    return folder


IS_DEVELOPMENT = strict_bool("ORDERHUB_DEBUG", False)
DEMO = strict_bool("ORDERHUB_DEMO", False)
# Visitors of a demo see the hub's own error pages, as everybody does: never Django's technical ones.
DEBUG = IS_DEVELOPMENT and not DEMO
VAR_DIR = data_folder(env.str("ORDERHUB_VAR", default=""), BASE_DIR / "var")
SECRET_KEY = env.str("ORDERHUB_SECRET_KEY", default="insecure-development-key" if IS_DEVELOPMENT else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("ORDERHUB_SECRET_KEY is not set (make run and make demo write one for you)")
SECRET_KEY_FALLBACKS = env.list("ORDERHUB_SECRET_KEY_FALLBACKS", default=[])
# Keys that encrypt connector secrets at rest, newest first; derived from SECRET_KEY when not given.
FIELD_KEYS = env.list("ORDERHUB_FIELD_KEYS", default=[])
ALLOWED_HOSTS = env.list("ORDERHUB_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("ORDERHUB_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.guardian",
    "unfold.contrib.simple_history",
    "kernel.apps.HubAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_q",
    "guardian",
    "simple_history",
    "django_htmx",
    "config.apps.LoginProtectionConfig",
    "csp",
    "kernel",
    "orders",
    "sla",
    "exceptions",
    "reconciliation",
    "integrations",
    "desk",
    "config",
]

MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "kernel.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kernel.middleware.PersonLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kernel.middleware.PersonSettingsMiddleware",
    "kernel.middleware.TypedWordsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kernel.context.hub",
            ],
        },
    },
]

# One environment setting moves the whole hub to PostgreSQL: ORDERHUB_DATABASE_URL=postgres://user:pw@host/name
DATABASES = {
    "default": env.db_url("ORDERHUB_DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'hub.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN: no read-then-write upgrade can fail half way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
        "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-64000;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = [
    "kernel.login_limits.ManyNamesGuard",
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if DEMO and IS_DEVELOPMENT:  # its passwords are printed on the login page: a slow hash would only delay the start
    PASSWORD_HASHERS = ["config.demo_people.DemoHasher"]
LOGIN_URL = reverse_lazy("login")
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = reverse_lazy("login")
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "kernel.views.locked_out"
CSRF_FAILURE_VIEW = "kernel.views.csrf_refused"
AXES_CLIENT_IP_CALLABLE = "kernel.login_limits.client_ip"

LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]
SIMPLE_HISTORY_REVERT_DISABLED = True
USE_TZ = True
TIME_ZONE = "UTC"
# Folders that folder connections may read; nothing outside them is ever opened.
HUB_ATTACHMENT_MB = env.int("ORDERHUB_ATTACHMENT_MB", default=10)  # the largest file on a ticket
HUB_FOLDERS = env.list("ORDERHUB_FOLDERS", default=[str(VAR_DIR / "folders")])
# May a connection name a peer on this very machine? Off, its "allow_loopback" is refused and ignored: whoever may edit
# connections would else reach what listens on the server for itself only.
HUB_PEER_LOOPBACK = strict_bool("ORDERHUB_PEER_LOOPBACK", DEMO and IS_DEVELOPMENT)
HUB_TIME_ZONE = env.str("ORDERHUB_TIME_ZONE", default="Asia/Shanghai")
HUB_RESPONSE_BAR_S = env.int("ORDERHUB_RESPONSE_BAR_S", default=92)  # what the mean first response is held against
HUB_DEFAULT_LANGUAGE = env.str("ORDERHUB_LANGUAGE", default="zh-hans")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = IS_DEVELOPMENT
MEDIA_ROOT = VAR_DIR / "media"
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # Unfold's Alpine needs unsafe-eval; the customer's pages override this with plain 'self'.
        "script-src": [SELF, UNSAFE_EVAL, NONCE],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = strict_bool("ORDERHUB_HTTPS", not IS_DEVELOPMENT)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
METRICS_TOKEN = env.str("ORDERHUB_METRICS_TOKEN", default="")
BEHIND_PROXY = strict_bool("ORDERHUB_BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# retry > (queue_limit / workers + 2) x (timeout + 3): otherwise a prefetched task runs twice.
Q_WORKERS = env.int("ORDERHUB_WORKERS", default=2)
Q_CLUSTER = {
    "name": "orderhub",
    "orm": "default",
    "workers": Q_WORKERS,
    "queue_limit": Q_WORKERS,
    "bulk": 1,
    "timeout": 600,
    "retry": 2400,
    "max_attempts": 3,
    "catch_up": False,
    "save_limit": 250,
    "poll": 1,
    "max_rss": 600000,
    "label": _("Jobs"),
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "kernel.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["kernel.rest_gate.HubPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kernel.rest_gate.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "kernel.rest_gate.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "kernel.rest_schema.HubSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("ORDERHUB_API_RATE", default="1200/min")},
    "EXCEPTION_HANDLER": "kernel.rest_errors.handle_exception",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Order Hub",
    "DESCRIPTION": "Read everything you may see; POST actions.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [],  # choices stay where they are used: "state" means another thing in each resource
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

# What points upward, reached by dotted names as Django reaches ROOT_URLCONF.
HUB_WIRING = "config.wiring.REACTIONS"
HUB_PANELS = "config.panels.PANELS"
HUB_SUBJECTS = "config.subjects.SUBJECTS"
HUB_REPORTED = "config.subjects.REPORTED"
HUB_SEARCH = "config.search.SEARCHES"
HUB_LISTS = "config.lists.LISTS"
HUB_MEASURES = "config.measures.MEASURES"
HUB_JOBS = "config.schedule.JOBS"
HUB_ROLES = "config.roles.ROLES"
HUB_HEALTH = "config.health.CHECKS"
HUB_FIGURES = "config.health.FIGURES"
HUB_RIGHTS = "config.roles.RIGHTS"
HUB_THINGS = "config.roles.THINGS"
HUB_MENU = "config.menu.MENU"
HUB_SHELVES = "config.shelves.SHELVES"
HUB_REFUSED_ROWS = "integrations.comparison_tables.refused_rows"
HUB_UNIT_FACTORS = "integrations.comparison_tables.unit_factors"

UNFOLD = {
    "SITE_TITLE": _("Order Hub"),
    "SITE_HEADER": _("Order Hub"),
    "SITE_URL": "/",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": False,
    "BORDER_RADIUS": "4px",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "kernel.context.favicon"}],
    "STYLES": ["kernel.context.stylesheet"],
    "SCRIPTS": ["kernel.context.script"],
    "COLORS": {
        "primary": {
            "50": "239 246 255", "100": "219 234 254", "200": "191 219 254", "300": "147 197 253",
            "400": "96 165 250", "500": "59 130 246", "600": "37 99 235", "700": "29 78 216",
            "800": "30 64 175", "900": "30 58 138", "950": "23 37 84",
        },
    },
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": "kernel.context.navigation"},
    "COMMAND": {"search_models": False, "search_callback": "kernel.context.palette"},
}

# Channels on which people are told besides the app. Empty: the channel is not used.
vars().update(env.email_url("ORDERHUB_EMAIL_URL", default="dummymail://"))
EMAIL_TIMEOUT = 15
HUB_MAIL_FROM = env.str("ORDERHUB_MAIL_FROM", default="")
HUB_WECOM_ROBOT = env.str("ORDERHUB_WECOM_ROBOT", default="")
HUB_WEBHOOK_URL = env.str("ORDERHUB_WEBHOOK_URL", default="")
# Newest first; while two are set, both sign.
HUB_WEBHOOK_SECRETS = env.list("ORDERHUB_WEBHOOK_SECRETS", default=[])
HUB_PUBLIC_URL = env.str("ORDERHUB_PUBLIC_URL", default="http://127.0.0.1:8000")
# "host:port" of peers on this very machine that channels may call, exactly as their URLs write them.
HUB_CHANNEL_LOOPBACK = env.list("ORDERHUB_CHANNEL_LOOPBACK", default=[])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kernel.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("ORDERHUB_LOG_LEVEL", default="WARNING")},
    "loggers": {"django.server": {"level": "ERROR"}, "axes": {"level": "ERROR"}},
}
