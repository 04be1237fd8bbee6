from django.urls import path

from kernel import job_pages, measure_pages, saved_view_pages, views

urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("language/", views.set_language, name="language"),
    path("theme/", views.set_theme, name="theme"),
    path("keyboard/", views.shortcuts, name="shortcuts"),
    path("notices/", views.notices, name="notices"),
    path("notices/count/", views.notice_count, name="notice_count"),
    path("notices/read/", views.read_notices, name="read_notices"),
    path("views/save/", saved_view_pages.save, name="saved_view_new"),
    path("views/<int:pk>/<slug:verb>/", saved_view_pages.do, name="saved_view_do"),
    path("figures/excel/", measure_pages.figures_excel, name="figures_excel"),
    path("jobs/", job_pages.jobs, name="jobs"),
    path("jobs/<int:pk>/", job_pages.job, name="job"),
    path("jobs/<int:pk>/file/", job_pages.job_file, name="job_file"),
    path("jobs/<int:pk>/retry/", job_pages.job_retry, name="job_retry"),
]
