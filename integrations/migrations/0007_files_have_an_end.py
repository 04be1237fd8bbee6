from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0006_ends_of_keeping'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importfile',
            name='keep_until',
            field=models.DateTimeField(verbose_name='keep until'),
        ),
    ]
