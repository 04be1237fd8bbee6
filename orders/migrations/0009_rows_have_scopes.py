from django.db import migrations
from django.db.models import OuterRef, Subquery


def give_scopes(apps, schema_editor):
    """A system without a scope gets its company's first, or a new one; rows get their order's or their system's."""
    for system in apps.get_model("orders", "SourceSystem").objects.filter(scope=None).order_by("pk"):
        system.scope = _scope_of(apps, system.company)
        system.save(update_fields=["scope"])
    orders = apps.get_model("orders", "Order").objects.filter(pk=OuterRef("order")).values("scope")
    records = apps.get_model("orders", "SourceRecord").objects.filter(scope=None)
    records.exclude(order=None).update(scope=Subquery(orders))
    systems = apps.get_model("orders", "SourceSystem").objects.filter(pk=OuterRef("system")).values("scope")
    records.update(scope=Subquery(systems))
    apps.get_model("orders", "StockLevel").objects.filter(scope=None).update(scope=Subquery(systems))


def _scope_of(apps, company):
    scope = apps.get_model("kernel", "Scope").objects
    code = "systems" if not scope.filter(code="systems").exists() else f"systems-{company.code}"
    return scope.filter(company=company).order_by("pk").first() or scope.create(
        company=company, code=code, kind="system", name_en="Systems", name_zh="系统"
    )


class Migration(migrations.Migration):
    """What belongs to no scope is seen by nobody: systems, what they said without an order, and stock."""

    dependencies = [
        ("orders", "0008_names_of_fields"),
        ("kernel", "0006_customer_code_with_company"),
    ]

    operations = [
        migrations.RunPython(give_scopes, migrations.RunPython.noop),
    ]
