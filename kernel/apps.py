from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = _("People and places")

    def ready(self):
        from kernel import checks  # noqa: F401, PLC0415 - registers the system checks
