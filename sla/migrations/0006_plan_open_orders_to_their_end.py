"""Open orders are planned anew: what is expected of an order is its delivery, and a delivered or held one has no risk."""
from django.db import migrations
from django.utils import timezone

CHUNK = 500


def ask(apps, schema_editor):
    order, request = apps.get_model("orders", "Order"), apps.get_model("sla", "PlanRequest")
    planned = apps.get_model("sla", "Milestone").objects.order_by().values("order")
    at, last = timezone.now(), 0
    while True:
        rows = order.objects.filter(pk__gt=last, is_open=1, pk__in=planned).order_by("pk")
        some = list(rows.values_list("pk", flat=True)[:CHUNK])
        if not some:
            return
        request.objects.bulk_create(
            [request(order_id=pk, asked_at=at) for pk in some], ignore_conflicts=True
        )
        last = some[-1]


class Migration(migrations.Migration):
    dependencies = [("sla", "0005_plan_open_orders_anew"), ("orders", "0013_provisional_orders")]
    operations = [migrations.RunPython(ask, migrations.RunPython.noop, elidable=True)]
