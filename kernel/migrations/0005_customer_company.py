from django.db import migrations, models
from django.db.models import PROTECT

NOTE = "The customer “{code}” is found in {count} companies: the login waits until somebody says which one it is."


def name_the_company(apps, schema_editor):
    """The company where the code is a partner, or the only one. Else the login is closed: it must never see more.

    A cleared code leaves no customer, but somebody who could look around; so the account is not active either, and
    its history says what it was.
    """
    user = apps.get_model("kernel", "User")
    party = apps.get_model("orders", "Party")
    companies = list(apps.get_model("kernel", "Company").objects.order_by("pk").values_list("pk", flat=True)[:2])
    for person in user.objects.exclude(customer_code="").order_by("pk"):
        owners = sorted(set(party.objects.filter(code=person.customer_code).values_list("company_id", flat=True)))
        found = owners if len(owners) == 1 else companies
        if len(found) == 1:
            user.objects.filter(pk=person.pk).update(customer_company_id=found[0])
            continue
        _write(apps, person, NOTE.format(code=person.customer_code, count=len(owners)))
        user.objects.filter(pk=person.pk).update(customer_code="", is_active=False)


def _write(apps, person, text):
    kind, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="kernel", model="user")
    apps.get_model("admin", "LogEntry").objects.create(
        user=person, content_type=kind, object_id=str(person.pk), object_repr=person.username, action_flag=2,
        change_message=text,
    )


class Migration(migrations.Migration):
    """A customer is a code within a company: the same code in another one is somebody else."""

    dependencies = [
        ("kernel", "0004_names_of_fields"),
        ("orders", "0008_names_of_fields"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="customer_company",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=PROTECT, related_name="+", to="kernel.company",
                verbose_name="company of the customer",
            ),
        ),
        migrations.RunPython(name_the_company, migrations.RunPython.noop),
    ]
