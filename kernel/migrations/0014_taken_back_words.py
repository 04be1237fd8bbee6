"""A message that waits for a later instant may be taken back before it goes out."""
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("kernel", "0013_held_for_working_hours")]

    operations = [
        migrations.AlterField(
            model_name="outboxmessage", name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting"), ("sent", "sent"), ("dead", "given up"), ("held", "held"),
                    ("taken_back", "taken back"),
                ],
                default="waiting", max_length=10, verbose_name="state",
            ),
        ),
    ]
