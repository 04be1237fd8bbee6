from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = _("Configuration")
    default = True


class LoginProtectionConfig(AxesConfig):
    """django-axes under a name that says what it does."""

    verbose_name = _("Login protection")
