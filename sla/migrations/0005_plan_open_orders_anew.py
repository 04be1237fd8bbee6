"""Open orders are planned anew: provisional ones lose nodes and clocks, too short promises get dates in order."""
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
    dependencies = [("sla", "0004_names_of_fields"), ("orders", "0013_provisional_orders")]
    operations = [migrations.RunPython(ask, migrations.RunPython.noop, elidable=True)]
