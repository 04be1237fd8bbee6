

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0008_names_of_fields'),
        ("reconciliation", "0005_codes_by_signs"),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='folded_keys',
            field=models.JSONField(default=list, verbose_name='keys told with others'),
        ),
        migrations.AddField(
            model_name='run',
            name='is_full',
            field=models.BooleanField(default=True, verbose_name='full'),
        ),
        migrations.AddField(
            model_name='run',
            name='tables_hash',
            field=models.CharField(blank=True, max_length=64, verbose_name='hash of the tables'),
        ),
        migrations.CreateModel(
            name='ComparedKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(verbose_name='system')),
                ('k', models.CharField(blank=True, max_length=400, verbose_name='key')),
                ('lot', models.CharField(blank=True, max_length=8, verbose_name='lot')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='orders.sourcerecord', verbose_name='source record')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='reconciliation.profileversion', verbose_name='profile version')),
            ],
            options={
                'verbose_name': 'compared key',
                'verbose_name_plural': 'compared keys',
                'indexes': [models.Index(fields=['version', 'place', 'k'], name='compared_key'), models.Index(fields=['version', 'place', 'lot'], name='compared_key_lot')],
                'constraints': [models.UniqueConstraint(fields=('version', 'place', 'record'), name='compared_key_once')],
            },
        ),
    ]
