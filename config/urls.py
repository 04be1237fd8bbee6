"""Which address leads where?"""

from django.contrib import admin
from django.urls import include, path

from kernel import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("api/", include("config.api")),
    path("settings/", include("kernel.settings_urls")),
    path("", include("kernel.urls")),
    path("", include("desk.urls")),
    path("", include("orders.urls")),
    path("", include("sla.urls")),
    path("", include("exceptions.urls")),
    path("", include("reconciliation.urls")),
    path("", include("integrations.urls")),
]

handler403 = "kernel.views.refused"
handler404 = "kernel.views.not_found"
handler500 = "kernel.views.broken"
