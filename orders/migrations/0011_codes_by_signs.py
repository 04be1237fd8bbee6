from django.db import migrations

from kernel.fields import CodeField, sort_by_signs


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0010_scopes_for_all'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='event',
                    name='identity',
                    field=CodeField(max_length=255, verbose_name='event identity'),
                ),
                migrations.AlterField(
                    model_name='event',
                    name='key',
                    field=CodeField(max_length=80, verbose_name='key'),
                ),
                migrations.AlterField(
                    model_name='event',
                    name='line_number',
                    field=CodeField(blank=True, max_length=20, verbose_name='line'),
                ),
                migrations.AlterField(
                    model_name='event',
                    name='order_number',
                    field=CodeField(blank=True, max_length=60, verbose_name='order number it says'),
                ),
                migrations.AlterField(
                    model_name='event',
                    name='parent_key',
                    field=CodeField(blank=True, max_length=80, verbose_name='key of the parent record'),
                ),
                migrations.AlterField(
                    model_name='externalkey',
                    name='key',
                    field=CodeField(max_length=80, verbose_name='key'),
                ),
                migrations.AlterField(
                    model_name='material',
                    name='code',
                    field=CodeField(max_length=60, verbose_name='code'),
                ),
                migrations.AlterField(
                    model_name='order',
                    name='number',
                    field=CodeField(max_length=60, verbose_name='order number'),
                ),
                migrations.AlterField(
                    model_name='orderline',
                    name='material_code',
                    field=CodeField(blank=True, max_length=60, verbose_name='material code'),
                ),
                migrations.AlterField(
                    model_name='orderline',
                    name='number',
                    field=CodeField(max_length=20, verbose_name='line'),
                ),
                migrations.AlterField(
                    model_name='party',
                    name='code',
                    field=CodeField(max_length=60, verbose_name='code'),
                ),
                migrations.AlterField(
                    model_name='searchterm',
                    name='term',
                    field=CodeField(max_length=60, verbose_name='search word'),
                ),
                migrations.AlterField(
                    model_name='sourcerecord',
                    name='key',
                    field=CodeField(max_length=80, verbose_name='key'),
                ),
                migrations.AlterField(
                    model_name='sourcerecord',
                    name='line_number',
                    field=CodeField(blank=True, max_length=20, verbose_name='line'),
                ),
                migrations.AlterField(
                    model_name='sourcerecord',
                    name='order_number',
                    field=CodeField(blank=True, max_length=60, verbose_name='order number it says'),
                ),
                migrations.AlterField(
                    model_name='sourcerecord',
                    name='parent_key',
                    field=CodeField(blank=True, max_length=80, verbose_name='key of the parent record'),
                ),
                migrations.AlterField(
                    model_name='stocklevel',
                    name='owner',
                    field=CodeField(blank=True, max_length=60, verbose_name='owner'),
                ),
                migrations.AlterField(
                    model_name='stocklevel',
                    name='plant_code',
                    field=CodeField(blank=True, max_length=40, verbose_name='plant as written'),
                ),
                migrations.AlterField(
                    model_name='stocklevel',
                    name='warehouse',
                    field=CodeField(blank=True, max_length=40, verbose_name='warehouse'),
                ),
            ],
            database_operations=[sort_by_signs({
                "orders.Order": ["number"],
                "orders.OrderLine": ["number", "material_code"],
                "orders.SearchTerm": ["term"],
                "orders.SourceRecord": ["key", "order_number", "line_number", "parent_key"],
                "orders.ExternalKey": ["key"],
                "orders.Event": ["identity", "key", "order_number", "line_number", "parent_key"],
                "orders.Party": ["code"],
                "orders.Material": ["code"],
                "orders.StockLevel": ["plant_code", "warehouse", "owner"],
            })],
        ),
    ]
