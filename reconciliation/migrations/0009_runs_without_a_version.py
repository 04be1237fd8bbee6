import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reconciliation", "0008_profile_drafts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="run",
            name="version",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                to="reconciliation.profileversion", verbose_name="profile version",
            ),
        ),
    ]
