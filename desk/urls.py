from django.urls import path

from desk import setup_pages, views
from desk.files import views as files
from desk.portal import views as portal

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("first-run/", setup_pages.first_run, name="first_run"),
    path("setup/company/", setup_pages.company, name="setup_company"),
    path("files/", files.drop, name="files"),
    path("files/dropped/", files.dropped, name="files_dropped"),
    path("files/<int:pk>/", files.bad_rows, name="files_bad_rows"),
    path("files/<int:first>/<int:second>/", files.match, name="files_match"),
    path("portal/", portal.portal, name="portal"),
    path("portal/<str:number>/", portal.portal_order, name="portal_order"),
]
