from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reconciliation", "0009_runs_without_a_version"),
    ]

    operations = [
        migrations.AddField(
            model_name="difference",
            name="accepted_gap_u",
            field=models.BigIntegerField(blank=True, editable=False, null=True, verbose_name="accepted gap, millionths"),
        ),
    ]
