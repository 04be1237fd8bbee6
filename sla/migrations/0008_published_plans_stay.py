"""Published plans never change, and one at most is in force for a kind and tier."""
import django.db.models.functions.comparison
from django.db import migrations, models

# What a published version says. Whether it is in force may change, and so may rows of history.
PLAN = ("code", "version", "kind_id", "tier_id", "name_en", "name_zh", "published_at")
SAYING = "a published milestone plan does not change"


def _of(row):
    return ", ".join(f"{row}.{name}" for name in PLAN)


TRIGGERS = {
    "sqlite": [
        f"""CREATE TRIGGER plan_stays BEFORE UPDATE ON sla_milestoneplan
        WHEN OLD.published_at IS NOT NULL AND ({_of("OLD")}) IS NOT ({_of("NEW")}) BEGIN SELECT RAISE(ABORT, '{SAYING}'); END""",
        f"""CREATE TRIGGER node_stays BEFORE UPDATE ON sla_milestonenode
        WHEN EXISTS (SELECT 1 FROM sla_milestoneplan p WHERE p.id = OLD.plan_id AND p.published_at IS NOT NULL)
        BEGIN SELECT RAISE(ABORT, '{SAYING}'); END""",
    ],
    "postgresql": [
        f"""CREATE FUNCTION hub_plan_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.published_at IS NOT NULL AND ({_of("OLD")}) IS DISTINCT FROM ({_of("NEW")}) THEN
        RAISE EXCEPTION '{SAYING}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$""",
        f"""CREATE FUNCTION hub_node_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM sla_milestoneplan p WHERE p.id = OLD.plan_id AND p.published_at IS NOT NULL) THEN
        RAISE EXCEPTION '{SAYING}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$""",
        """CREATE TRIGGER plan_stays BEFORE UPDATE ON sla_milestoneplan
        FOR EACH ROW EXECUTE FUNCTION hub_plan_stays()""",
        """CREATE TRIGGER node_stays BEFORE UPDATE ON sla_milestonenode
        FOR EACH ROW EXECUTE FUNCTION hub_node_stays()""",
    ],
}
AWAY = {
    "sqlite": ["DROP TRIGGER plan_stays", "DROP TRIGGER node_stays"],
    "postgresql": [
        "DROP TRIGGER plan_stays ON sla_milestoneplan", "DROP TRIGGER node_stays ON sla_milestonenode",
        "DROP FUNCTION hub_plan_stays()", "DROP FUNCTION hub_node_stays()",
    ],
}


def guard(apps, schema_editor):
    for statement in TRIGGERS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    for statement in AWAY[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def _or_none(name):
    return django.db.models.functions.comparison.Coalesce(
        name, models.Value(0), output_field=models.BigIntegerField()
    )


class Migration(migrations.Migration):
    dependencies = [("sla", "0007_one_plan_in_force")]
    operations = [
        migrations.AddConstraint(
            model_name="milestoneplan",
            constraint=models.UniqueConstraint(
                _or_none("kind_id"), _or_none("tier_id"), condition=models.Q(("is_current", True)),
                name="plan_in_force_once",
                violation_error_message=(
                    "Another plan is in force for this kind and tier; orders would not know which to follow."
                ),
            ),
        ),
        migrations.RunPython(guard, unguard),
    ]
