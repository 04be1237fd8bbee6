from django.urls import path

from reconciliation import day_pages, decision_pages, views

urlpatterns = [
    path("runs/", views.run_list, name="runs"),
    path("runs/calendar/", day_pages.calendar, name="run_calendar"),
    path("runs/start/<slug:code>/", views.run_start, name="run_start"),
    path("runs/<int:pk>/", views.run_page, name="run"),
    path("runs/<int:pk>/excel/", views.run_excel, name="run_excel"),
    path("runs/<int:pk>/decisions/", decision_pages.decisions_drop, name="decisions_drop"),
    path("decisions/<int:pk>/", decision_pages.decisions, name="decisions"),
    path("decisions/<int:pk>/apply/", decision_pages.decisions_apply, name="decisions_apply"),
    path("differences/", views.difference_list, name="differences"),
    path("differences/bulk/", views.difference_bulk, name="difference_bulk"),
    path("differences/<int:pk>/", views.difference_page, name="difference"),
    path("differences/<int:pk>/check/", views.difference_check, name="difference_check"),
    path("differences/<int:pk>/match/", views.difference_match, name="difference_match"),
    path("differences/<int:pk>/<slug:verb>/", views.difference_do, name="difference_do"),
]
