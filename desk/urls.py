from django.urls import path

from desk import setup_pages, views
from desk.calendars import views as calendars
from desk.files import views as files
from desk.portal import views as portal
from desk.profiles import views as profiles

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("first-run/", setup_pages.first_run, name="first_run"),
    path("setup/company/", setup_pages.company, name="setup_company"),
    path("calendars/", calendars.calendar_list, name="calendars"),
    path("calendars/new/", calendars.calendar_new, name="calendar_new"),
    path("calendars/<int:pk>/", calendars.calendar_page, name="calendar"),
    path("calendars/<int:pk>/change/", calendars.calendar_change, name="calendar_change"),
    path("calendars/<int:pk>/import/", calendars.calendar_import, name="calendar_import"),
    path("files/", files.drop, name="files"),
    path("files/dropped/", files.dropped, name="files_dropped"),
    path("files/<int:pk>/", files.bad_rows, name="files_bad_rows"),
    path("files/<int:first>/<int:second>/", files.match, name="files_match"),
    path("profiles/", profiles.profile_list, name="profiles"),
    path("profiles/new/", profiles.new, name="profile_new"),
    path("profiles/drafts/<int:pk>/", profiles.draft, name="profile_draft"),
    path("profiles/drafts/<int:pk>/look/", profiles.look, name="profile_look"),
    path("profiles/drafts/<int:pk>/drop/", profiles.drop, name="profile_drop"),
    path("profiles/try/<int:run>/<str:group>/", profiles.try_fix, name="profile_try"),
    path("profiles/drafts/<int:pk>/yaml/", profiles.draft_yaml, name="profile_draft_yaml"),
    path("profiles/<slug:code>/", profiles.profile, name="profile"),
    path("profiles/<slug:code>/again/", profiles.again, name="profile_again"),
    path("profiles/<slug:code>/compare/", profiles.compare, name="profile_compare"),
    path("profiles/<slug:code>/<int:number>/yaml/", profiles.version_yaml, name="profile_yaml"),
    path("portal/", portal.portal, name="portal"),
    path("portal/<str:number>/", portal.portal_order, name="portal_order"),
]
