from django.urls import path

from integrations import views

urlpatterns = [
    path("connections/", views.connections, name="connections"),
    path("connections/<slug:code>/pull/", views.connection_pull, name="connection_pull"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/replay/", views.inbox_replay, name="inbox_replay"),
]
