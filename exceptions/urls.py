from django.urls import path

from exceptions import file_pages, views

urlpatterns = [
    path("tickets/", views.ticket_list, name="tickets"),
    path("tickets/bulk/", views.ticket_bulk, name="ticket_bulk"),
    path("tickets/<str:number>/", views.ticket_page, name="ticket"),
    path("tickets/<str:number>/files/<int:pk>/", file_pages.ticket_file, name="ticket_file"),
    path("tickets/<str:number>/<slug:verb>/", views.ticket_do, name="ticket_do"),
]
