"""Plans may be for one customer; a published one keeps its customer as it keeps all else."""
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

PLAN = ("code", "version", "kind_id", "tier_id", "customer_id", "name_en", "name_zh", "published_at")
THEN = ("code", "version", "kind_id", "tier_id", "name_en", "name_zh", "published_at")
SAYING = "a published milestone plan does not change"
NODE = f"""CREATE TRIGGER node_stays BEFORE UPDATE ON sla_milestonenode
    WHEN EXISTS (SELECT 1 FROM sla_milestoneplan p WHERE p.id = OLD.plan_id AND p.published_at IS NOT NULL)
    BEGIN SELECT RAISE(ABORT, '{SAYING}'); END"""


def _of(row, names):
    return ", ".join(f"{row}.{name}" for name in names)


def _on_sqlite(names):
    return f"""CREATE TRIGGER plan_stays BEFORE UPDATE ON sla_milestoneplan
        WHEN OLD.published_at IS NOT NULL AND ({_of("OLD", names)}) IS NOT ({_of("NEW", names)})
        BEGIN SELECT RAISE(ABORT, '{SAYING}'); END"""


def _on_postgresql(names):
    return f"""CREATE OR REPLACE FUNCTION hub_plan_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.published_at IS NOT NULL AND ({_of("OLD", names)}) IS DISTINCT FROM ({_of("NEW", names)}) THEN
        RAISE EXCEPTION '{SAYING}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"""


def unguard(apps, schema_editor):
    """SQLite may make a table anew, and forgets its triggers then."""
    if schema_editor.connection.vendor == "sqlite":
        for name in ("plan_stays", "node_stays"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


def _guard(names):
    def guard(apps, schema_editor):
        is_sqlite = schema_editor.connection.vendor == "sqlite"
        for statement in (_on_sqlite(names), NODE) if is_sqlite else (_on_postgresql(names),):
            schema_editor.execute(statement, params=None)
    return guard


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0015_first_kinds_of_hold'),
        ('sla', '0010_where_orders_wait'),
    ]

    operations = [
        migrations.RunPython(unguard, _guard(THEN)),
        migrations.RemoveConstraint(
            model_name='milestoneplan',
            name='plan_in_force_once',
        ),
        migrations.AddField(
            model_name='historicalmilestoneplan',
            name='customer',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='What is agreed with one customer goes before what holds for a tier.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orders.party', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='milestoneplan',
            name='customer',
            field=models.ForeignKey(blank=True, help_text='What is agreed with one customer goes before what holds for a tier.', null=True, on_delete=django.db.models.deletion.PROTECT, to='orders.party', verbose_name='customer'),
        ),
        migrations.AddConstraint(
            model_name='milestoneplan',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Coalesce('kind_id', models.Value(0), output_field=models.BigIntegerField()), django.db.models.functions.comparison.Coalesce('tier_id', models.Value(0), output_field=models.BigIntegerField()), django.db.models.functions.comparison.Coalesce('customer_id', models.Value(0), output_field=models.BigIntegerField()), condition=models.Q(('is_current', True)), name='plan_in_force_once', violation_error_message='Another plan is in force for the same orders; they would not know which to follow.'),
        ),
        migrations.RunPython(_guard(PLAN), unguard),
    ]
