from django.urls import path

from sla import views

urlpatterns = [path("board/", views.board, name="board")]
