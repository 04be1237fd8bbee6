from django.db import migrations, models


class Migration(migrations.Migration):
    """In a transaction of its own: PostgreSQL changes no table whose rows were written in the same one."""

    dependencies = [
        ("kernel", "0005_customer_company"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                name="customer_code_with_company",
                condition=models.Q(customer_code="", customer_company__isnull=True)
                | (~models.Q(customer_code="") & models.Q(customer_company__isnull=False)),
            ),
        ),
    ]
