import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0007_protected_tokens'),
        ('orders', '0009_rows_have_scopes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='authorityrank',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ranks', to='orders.authorityversion', verbose_name='authority version'),
        ),
        migrations.AlterField(
            model_name='sourcerecord',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='kernel.scope', verbose_name='scope'),
        ),
        migrations.AlterField(
            model_name='sourcesystem',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='kernel.scope', verbose_name='scope'),
        ),
        migrations.AlterField(
            model_name='stocklevel',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='kernel.scope', verbose_name='scope'),
        ),
    ]
