from django.db import migrations

from kernel.fields import CodeField, sort_by_signs


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0007_protected_tokens'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='user',
                    name='customer_code',
                    field=CodeField(blank=True, help_text='Set for customers only: the party whose orders this person may look up.', max_length=60, verbose_name='customer'),
                ),
            ],
            database_operations=[sort_by_signs({
                "kernel.User": ["customer_code"],
            })],
        ),
    ]
