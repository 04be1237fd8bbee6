"""Mail and WeCom wait for the working hours of their reader; what stops the hub itself does not."""
from django.db import migrations, models


def exempt(apps, schema_editor):
    kinds = apps.get_model("exceptions", "TicketKind")
    kinds.objects.filter(code__in=("job_dead", "silent_system"), severity=1).update(any_hour=True)


def field():
    return models.BooleanField(
        default=False, verbose_name="mail and WeCom at any hour",
        help_text="Else they are held until the person's working hours begin; inside the hub one is told at once.",
    )


class Migration(migrations.Migration):

    dependencies = [("exceptions", "0018_pinned_chain_steps")]

    operations = [
        migrations.AddField(model_name="ticketkind", name="any_hour", field=field()),
        migrations.AddField(model_name="historicalticketkind", name="any_hour", field=field()),
        migrations.RunPython(exempt, migrations.RunPython.noop, elidable=True),
    ]
