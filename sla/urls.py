from django.urls import path

from sla import plan_pages, views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("plans/", plan_pages.plan_list, name="plans"),
    path("plans/due/", plan_pages.due_reading, name="due_reading"),
    path("plans/<int:pk>/", plan_pages.plan_page, name="plan"),
    path("plans/<int:pk>/reapply/", plan_pages.plan_reapply, name="plan_reapply"),
]
