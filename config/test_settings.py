"""How do tests see the hub? The same settings with a fast password hash and plain static files."""
import os

os.environ.setdefault("ORDERHUB_DEBUG", "1")
os.environ.setdefault("ORDERHUB_PEER_LOOPBACK", "1")
os.environ.setdefault("ORDERHUB_SECRET_KEY", "test-key-for-tests-only-test-key-for-tests-only-0123456789")

from config.settings import *  # noqa: E402, F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
AXES_ENABLED = False
HTTPS = SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] = []  # noqa: F405
