from django.urls import path

from orders import views

urlpatterns = [
    path("orders/", views.order_list, name="orders"),
    path("orders/count/", views.order_count, name="order_count"),
    path("orders/excel/", views.order_excel, name="order_excel"),
    path("orders/<str:name>/", views.order_page, name="order"),
    path("orders/<str:name>/events/", views.order_events, name="order_events"),
    path("orders/<str:name>/<slug:verb>/", views.order_decide, name="order_decide"),
]
