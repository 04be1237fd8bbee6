"""How many orders are there to see to?"""
from orders.models import Order


def figures(at):
    cap = 1_000_000
    yield "hub_orders_open", "Orders that are open", {}, Order.objects.open()[:cap].count()
    yield "hub_orders_late", "Orders that are late", {}, Order.objects.late()[:cap].count()
