from django.urls import path

from kernel.measure_pages import page_of
from sla import plan_pages, views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/excel/", views.board_excel, name="board_excel"),
    path("figures/", page_of("attainment", "sla.view_milestone"), name="figures"),
    path("figures/bottlenecks/", page_of("bottlenecks", "sla.view_milestone"), name="bottlenecks"),
    path("figures/bottlenecks/read/", views.waits_read, name="waits_read"),
    path("plans/", plan_pages.plan_list, name="plans"),
    path("plans/due/", plan_pages.due_reading, name="due_reading"),
    path("plans/<int:pk>/", plan_pages.plan_page, name="plan"),
    path("plans/<int:pk>/reapply/", plan_pages.plan_reapply, name="plan_reapply"),
]
