import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exceptions', '0006_work_of_the_department'),
    ]

    operations = [
        migrations.AlterField(
            model_name='ticketentry',
            name='ticket',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='exceptions.ticket', verbose_name='ticket'),
        ),
    ]
