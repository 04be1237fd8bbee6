from django.db import migrations

from kernel.fields import CodeField, sort_by_signs


class Migration(migrations.Migration):

    dependencies = [
        ('exceptions', '0007_protected_history'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='ticket',
                    name='number',
                    field=CodeField(max_length=20, unique=True, verbose_name='ticket number'),
                ),
                migrations.AlterField(
                    model_name='ticket',
                    name='open_key',
                    field=CodeField(blank=True, editable=False, max_length=240, null=True, unique=True, verbose_name='key while open'),
                ),
                migrations.AlterField(
                    model_name='ticket',
                    name='subject_key',
                    field=CodeField(max_length=160, verbose_name='subject'),
                ),
            ],
            database_operations=[sort_by_signs({
                "exceptions.Ticket": ["number", "subject_key", "open_key"],
            })],
        ),
    ]
