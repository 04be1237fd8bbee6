"""Which REST resources are there? Each app's api.py exports its routes; they are mounted under /api/v1/."""
from django.http import JsonResponse
from django.urls import include, path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from exceptions.api import ROUTES as EXCEPTIONS
from integrations.api import ROUTES as INTEGRATIONS
from kernel.api import ROUTES as KERNEL
from orders.api import ROUTES as ORDERS
from reconciliation.api import ROUTES as RECONCILIATION
from sla.api import ROUTES as SLA

router = SimpleRouter()
for prefix, viewset in [*ORDERS, *SLA, *EXCEPTIONS, *RECONCILIATION, *INTEGRATIONS, *KERNEL]:
    router.register(prefix, viewset, basename=prefix)


@csrf_exempt
def nothing_here(request):
    return JsonResponse({"detail": _("Not found."), "code": "not_found"}, status=404)


urlpatterns = [
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(
        url_name="api-schema", template_name="kernel/api_docs.html"
    ), name="api-docs"),
    re_path("", nothing_here, name="api-nothing"),
]
