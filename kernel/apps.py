from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = _("People and places")

    def ready(self):
        from kernel import checks  # noqa: F401, PLC0415 - registers the system checks


class HubAdminConfig(admin_apps.SimpleAdminConfig):
    """The admin with a site of our own. Django looks for one default per module, hence no name at the top."""

    default = False
    default_site = "kernel.admin_site.HubAdminSite"

    def ready(self):
        super().ready()
        self.module.autodiscover()
