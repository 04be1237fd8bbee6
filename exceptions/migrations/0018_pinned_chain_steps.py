"""Every ticket keeps the steps its clock goes by; those there are get what their kind's chain says now."""
from django.db import migrations, models


def fill(apps, schema_editor):
    """Until now the chain was read when a level fired, so its steps of now are those they have gone by."""
    kinds, tickets = apps.get_model("exceptions", "TicketKind"), apps.get_model("exceptions", "Ticket")
    levels = apps.get_model("exceptions", "ChainLevel")
    for kind in kinds.objects.exclude(chain=None):
        steps = [
            {"number": one.number, "offset_s": one.offset_s, "target": one.target, "role": one.role,
             "person": one.person_id}
            for one in levels.objects.filter(chain=kind.chain_id).order_by("offset_s", "number")
        ]
        tickets.objects.filter(kind=kind, chain_steps=[]).update(chain_steps=steps)


class Migration(migrations.Migration):

    dependencies = [("exceptions", "0017_programs_are_no_people")]

    operations = [
        migrations.AddField(
            model_name="ticket", name="chain_steps",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="escalation steps"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
