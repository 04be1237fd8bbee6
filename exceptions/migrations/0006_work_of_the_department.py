from django.db import migrations, models


def mark_groups(apps, schema_editor):
    """Tickets about one cause of many differences have always told of no single row."""
    tickets = apps.get_model("exceptions", "Ticket").objects
    tickets.filter(subject_kind="difference_group", order=None).update(for_department=True)


class Migration(migrations.Migration):

    dependencies = [
        ('exceptions', '0005_names_of_fields'),
    ]

    operations = [
        migrations.AddField(
            model_name='ticket',
            name='for_department',
            field=models.BooleanField(default=False, editable=False, verbose_name='for the whole department'),
        ),
        migrations.RunPython(mark_groups, migrations.RunPython.noop, elidable=True),
    ]
