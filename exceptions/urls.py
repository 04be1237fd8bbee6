from django.urls import path

from exceptions import article_pages, chain_pages, file_pages, report_pages, routing_preview, views
from kernel.measure_pages import page_of

urlpatterns = [
    path("figures/tickets/", page_of("tickets", "exceptions.view_ticket"), name="ticket_figures"),
    path("tickets/", views.ticket_list, name="tickets"),
    path("tickets/bulk/", views.ticket_bulk, name="ticket_bulk"),
    path("tickets/new/", report_pages.ticket_new, name="ticket_new"),
    path("tickets/new/route/", report_pages.ticket_route, name="ticket_route"),
    path("tickets/<str:number>/", views.ticket_page, name="ticket"),
    path("tickets/<str:number>/files/<int:pk>/", file_pages.ticket_file, name="ticket_file"),
    path("tickets/<str:number>/article/", article_pages.ticket_draft, name="ticket_draft"),
    path("tickets/<str:number>/<slug:verb>/", views.ticket_do, name="ticket_do"),
    path("routing/preview/", routing_preview.routing_preview, name="routing_preview"),
    path("chains/<int:pk>/", chain_pages.chain_page, name="chain"),
    path("chains/<int:pk>/reapply/", chain_pages.chain_reapply, name="chain_reapply"),
    path("knowledge/", article_pages.article_list, name="knowledge"),
    path("knowledge/new/", article_pages.article_new, name="article_new"),
    path("knowledge/<slug:code>/", article_pages.article_page, name="article"),
    path("knowledge/<slug:code>/edit/", article_pages.article_edit, name="article_edit"),
]
