"""A hub at work gets the kinds of hold that a new one is founded with; they are data from then on."""
from django.db import migrations

# code, English, Chinese, is it the customer who is waited for?
HOLDS = [
    ("customer", "The customer's answer", "客户答复", True), ("payment", "The customer's payment", "客户付款", True),
    ("credit", "Credit release", "信用放行", False), ("quality", "Quality decision", "质量判定", False),
    ("material", "Material", "物料", False), ("drawing", "Drawing or specification", "图纸与技术规格", False),
    ("other", "Something else", "其他", False),
]


def add(apps, schema_editor):
    if apps.get_model("orders", "OrderKind").objects.exists():
        apps.get_model("orders", "HoldKind").objects.bulk_create([
            apps.get_model("orders", "HoldKind")(
                code=code, name_en=en, name_zh=zh, waits_for_customer=customer, rank=place * 10
            )
            for place, (code, en, zh, customer) in enumerate(HOLDS, 1)
        ])


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_kinds_of_hold")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
