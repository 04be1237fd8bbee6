"""Which address leads where?"""
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("config.api")),
    path("settings/", include("kernel.settings_urls")),
    path("", include("kernel.urls")),
]
