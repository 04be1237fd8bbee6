from django.urls import path

from desk import setup_pages, views
from desk.portal import views as portal

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("first-run/", setup_pages.first_run, name="first_run"),
    path("setup/company/", setup_pages.company, name="setup_company"),
    path("portal/", portal.portal, name="portal"),
    path("portal/<str:number>/", portal.portal_order, name="portal_order"),
]
