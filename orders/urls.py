from django.urls import path

from orders import order_page, views

urlpatterns = [
    path("orders/", views.order_list, name="orders"),
    path("orders/count/", views.order_count, name="order_count"),
    path("orders/excel/", views.order_excel, name="order_excel"),
    path("orders/<str:name>/", order_page.order_page, name="order"),
    path("orders/<str:name>/events/", order_page.order_events, name="order_events"),
    path("orders/<str:name>/<slug:verb>/", order_page.order_decide, name="order_decide"),
]
