"""What a calendar said from one change to the next, written once."""
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SAYING = "a version of a calendar does not change"
TRIGGERS = {
    "sqlite": [
        f"""CREATE TRIGGER calendar_version_stays BEFORE UPDATE ON kernel_calendarversion
        BEGIN SELECT RAISE(ABORT, '{SAYING}'); END""",
    ],
    "postgresql": [
        f"""CREATE FUNCTION hub_calendar_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION '{SAYING}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER calendar_version_stays BEFORE UPDATE ON kernel_calendarversion
        FOR EACH ROW EXECUTE FUNCTION hub_calendar_version_stays()""",
    ],
}
AWAY = {
    "sqlite": ["DROP TRIGGER calendar_version_stays"],
    "postgresql": [
        "DROP TRIGGER calendar_version_stays ON kernel_calendarversion", "DROP FUNCTION hub_calendar_version_stays()",
    ],
}


def guard(apps, schema_editor):
    for statement in TRIGGERS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    for statement in AWAY[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0010_saved_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('hours', models.JSONField(verbose_name='hours')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='kernel.workcalendar', verbose_name='work calendar')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='made by')),
            ],
            options={
                'verbose_name': 'calendar version',
                'verbose_name_plural': 'calendar versions',
                'ordering': ['calendar', '-number'],
                'constraints': [models.UniqueConstraint(fields=('calendar', 'number'), name='calendar_version_once')],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
