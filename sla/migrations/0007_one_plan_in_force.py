"""Of several plans in force for a kind and tier the one that orders followed stays; those in force are published."""
from django.db import migrations
from django.utils import timezone


def mend(apps, schema_editor):
    seen = set()
    for plan in apps.get_model("sla", "MilestonePlan").objects.filter(is_current=True).order_by("code", "-version"):
        key = (plan.kind_id, plan.tier_id)
        plan.is_current = key not in seen and plan.nodes.exists()
        plan.published_at = plan.published_at or timezone.now()
        plan.save()
        seen |= {key} if plan.is_current else set()


class Migration(migrations.Migration):
    dependencies = [("sla", "0006_plan_open_orders_to_their_end")]
    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
