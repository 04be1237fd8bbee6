from django.db import migrations

from kernel.fields import CodeField, sort_by_signs


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0007_files_have_an_end'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='inboxbatch',
                    name='code',
                    field=CodeField(max_length=64, unique=True, verbose_name='batch'),
                ),
                migrations.AlterField(
                    model_name='parkedrow',
                    name='batch',
                    field=CodeField(max_length=64, verbose_name='batch'),
                ),
                migrations.AlterField(
                    model_name='parkedrow',
                    name='key',
                    field=CodeField(blank=True, max_length=80, verbose_name='key'),
                ),
                migrations.AlterField(
                    model_name='parkedrow',
                    name='order_number',
                    field=CodeField(blank=True, max_length=60, verbose_name='order number it says'),
                ),
            ],
            database_operations=[sort_by_signs({
                "integrations.InboxBatch": ["code"],
                "integrations.ParkedRow": ["batch", "key", "order_number"],
            })],
        ),
    ]
