import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reconciliation', '0003_names_of_fields'),
    ]

    operations = [
        migrations.AlterField(
            model_name='profileversion',
            name='profile',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='reconciliation.profile', verbose_name='profile'),
        ),
    ]
