from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0008_codes_by_signs'),
        ('orders', '0011_codes_by_signs'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('lateness', 2)), fields=['scope', 'stage', '-created_at', '-id'], name='order_scope_stage_late'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('lateness', 1)), fields=['-created_at', '-id'], name='order_risk_new'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('lateness', 1)), fields=['scope', '-created_at', '-id'], name='order_scope_risk'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('open_tickets__gt', 0)), fields=['-created_at', '-id'], name='order_tickets_new'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('open_tickets__gt', 0)), fields=['scope', '-created_at', '-id'], name='order_scope_tickets'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('open_differences__gt', 0)), fields=['-created_at', '-id'], name='order_differences_new'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('open_differences__gt', 0)), fields=['scope', '-created_at', '-id'], name='order_scope_differences'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('conflict_count__gt', 0)), fields=['-created_at', '-id'], name='order_conflicts_new'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('conflict_count__gt', 0)), fields=['scope', '-created_at', '-id'], name='order_scope_conflicts'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('held_at__isnull', False)), fields=['-created_at', '-id'], name='order_held_new'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('held_at__isnull', False)), fields=['scope', '-created_at', '-id'], name='order_scope_held'),
        ),
    ]
