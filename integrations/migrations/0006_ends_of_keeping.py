from datetime import timedelta

from django.db import migrations, models
from django.db.models import F


def set_ends(apps, schema_editor):
    """What was kept without an end gets the one it would get today."""
    apps.get_model("integrations", "ParkedRow").objects.update(keep_until=F("received_at") + timedelta(days=365))
    apps.get_model("integrations", "ImportFile").objects.update(keep_until=F("dropped_at") + timedelta(days=90))


class Migration(migrations.Migration):

    dependencies = [
        ("integrations", "0005_names_of_fields"),
    ]

    operations = [
        migrations.AddField(
            model_name="parkedrow",
            name="message_id",
            field=models.CharField(blank=True, max_length=64, verbose_name="message id"),
        ),
        migrations.AddField(
            model_name="parkedrow",
            name="version",
            field=models.CharField(blank=True, max_length=40, verbose_name="source version"),
        ),
        migrations.AddField(
            model_name="parkedrow",
            name="keep_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="keep until"),
        ),
        migrations.AddField(
            model_name="importfile",
            name="keep_until",
            field=models.DateTimeField(null=True, verbose_name="keep until"),
        ),
        migrations.RunPython(set_ends, migrations.RunPython.noop),
    ]
