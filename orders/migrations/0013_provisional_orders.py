from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0012_lists_by_flag'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('identity', 'provisional')), fields=['-created_at', '-id'], name='order_provisional_new'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('identity', 'provisional')), fields=['scope', '-created_at', '-id'], name='order_scope_provisional_new'),
        ),
    ]
