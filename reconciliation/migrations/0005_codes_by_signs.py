from django.db import migrations

from kernel.fields import CodeField, sort_by_signs


class Migration(migrations.Migration):

    dependencies = [
        ('reconciliation', '0004_protected_history'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='difference',
                    name='key',
                    field=CodeField(max_length=120, verbose_name='key'),
                ),
            ],
            database_operations=[sort_by_signs({
                "reconciliation.Difference": ["key"],
            })],
        ),
    ]
