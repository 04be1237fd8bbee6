"""Addresses of people, roles and keys, under /settings/."""
from django.urls import path

from kernel import people_pages, token_pages

urlpatterns = [
    path("people/", people_pages.people_list, name="settings-people"),
    path("people/new/", people_pages.person_new, name="settings-person-new"),
    path("people/<int:pk>/", people_pages.person_page, name="settings-person"),
    path("people/<int:pk>/leave/", people_pages.person_leave, name="settings-person-leave"),
    path("people/<int:pk>/return/", people_pages.person_return, name="settings-person-return"),
    path("people/<int:pk>/password/", people_pages.person_password, name="settings-person-password"),
    path("people/<int:pk>/administrator/", people_pages.person_administrator, name="settings-person-administrator"),
    path("roles/", people_pages.roles_page, name="settings-roles"),
    path("keys/", token_pages.tokens_page, name="settings-tokens"),
    path("keys/<int:pk>/revoke/", token_pages.token_revoke, name="settings-token-revoke"),
]
