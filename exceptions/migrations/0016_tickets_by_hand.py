from django.db import migrations, models
from django.db.models import Q

# What the hub itself finds, as of this version. Kinds that somebody has added are for people: nothing else opens them.
FOUND_BY_THE_HUB = [
    "difference", "difference_group", "stock_difference", "amount_difference", "parked_rows", "job_dead", "dead_letter",
    "silent_system", "conflict",
]


def keep_findings_apart(apps, editor):
    kinds = apps.get_model("exceptions", "TicketKind").objects
    kinds.filter(Q(code__in=FOUND_BY_THE_HUB) | Q(code__startswith="late_")).update(is_reported=False)


def flag():
    return models.BooleanField(
        default=True, verbose_name="people may open it",
        help_text="Offered to whoever opens a ticket by hand or over REST. Off: only the hub itself opens it.",
    )


class Migration(migrations.Migration):

    dependencies = [("exceptions", "0015_article_index")]

    operations = [
        migrations.AddField("historicalticketkind", "is_reported", flag()),
        migrations.AddField("ticketkind", "is_reported", flag()),
        migrations.RunPython(keep_findings_apart, migrations.RunPython.noop),
    ]
