"""What does a database of an older version hold? `python -m tests.older FILE` writes a small one of this version.

One line a row, as text that either database can load: made once for every release, kept beside this file, and never
written again. tests/flows/test_upgrade.py brings each of them to the newest.
"""
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent
OURS = ("kernel", "orders", "sla", "exceptions", "reconciliation", "integrations")
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def files():
    return sorted(FOLDER.glob("*.jsonl"))


def build():
    """One of everything, and orders that systems spoke of and people decided about."""
    from kernel.models import User
    from orders.actions import hold_order, join_orders, record_events
    from orders.models import Order, OrderKind, SourceSystem
    from sla.seed import seed_hold_kinds
    from tests.browser.story import Story
    from tests.orders.speech import life

    story = Story(AT)
    story.customer()
    root = story.administrator("zh")
    seed_hold_kinds()
    OrderKind.objects.create(code="urgent", name_en="urgent", name_zh="加急")
    for code in ("crm", "tms"):
        SourceSystem.objects.create(
            company=story.company, code=code, role=code, name_en=code, name_zh=code, scope=story.scope
        )
    for number in ("SO-1001", "SO-1002", "SO-1003", "SO-10O3"):
        told = life(number, until=99 if number == "SO-1001" else 9)
        record_events(statements=told, by=None, at=AT)
    found = {order.number: order for order in Order.objects.filter(event_count__gt=0)}
    hold_order(order=found["SO-1002"], kind="credit", reason="Credit", by=root, at=AT)
    join_orders(order=found["SO-1003"], other=found["SO-10O3"], reason="One order", by=root, at=AT + timedelta(1))
    User.objects.update(password="!")  # nobody logs in here, and a hash is nobody's business


def write(path):
    """The first line names the newest migration of each app, every other one model and a row by column."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    leaves = dict(node for node in MigrationLoader(connection).graph.leaf_nodes() if node[0] in OURS)
    with open(path, "w") as stream:
        stream.write(json.dumps(leaves, sort_keys=True) + "\n")
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label in OURS and not _is_framework(model):
                for row in model._base_manager.order_by("pk"):
                    stream.write(json.dumps([model._meta.label, _said(row)], ensure_ascii=False) + "\n")


def _is_framework(model):
    """Rows that point to permissions and kinds of content, whose ids are another database's own."""
    names = {field.related_model and field.related_model._meta.app_label for field in model._meta.concrete_fields
             if field.is_relation}
    return bool(names & {"auth", "contenttypes"})


def _said(row):
    return {field.attname: _plain(field.value_from_object(row)) for field in row._meta.concrete_fields}


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def read(path):
    """({app: migration}, [(label of the model, {column: value})])."""
    head, *rows = path.read_text().splitlines()
    return json.loads(head), [json.loads(row) for row in rows]


def load(apps, rows):
    """Write the rows into the tables of that version; `apps` are as they were then."""
    from django.core.management.color import no_style
    from django.db import connection, transaction

    by_model = {}
    for label, said in rows:
        model = apps.get_model(label)
        values = {field.attname: _value(field, said[field.attname]) for field in model._meta.concrete_fields}
        by_model.setdefault(model, []).append(model(**values))
    with transaction.atomic(), connection.cursor() as cursor:
        for model, made in by_model.items():
            model._base_manager.all().delete()
            model._base_manager.bulk_create(made)
        for sql in connection.ops.sequence_reset_sql(no_style(), list(by_model)):
            cursor.execute(sql)


def _value(field, said):
    """As the column takes it: instants stand as text; a JSON column holds what was said."""
    return said if said is None or field.get_internal_type() == "JSONField" else field.to_python(said)
