"""Which kinds of column does the hub have beside Django's own?"""
from django.db import migrations, models


class CodeField(models.CharField):
    """A code, a number or a key: compared sign by sign, whatever language the database server sorts by.

    A range finds what begins with a text, `code >= q and code < q + U+10FFFF`, only where signs have their own
    order. Under a language's order PostgreSQL leaves signs out, or takes small letters for capitals.
    """

    def db_parameters(self, connection):
        found = super().db_parameters(connection)
        if connection.vendor == "postgresql" and not found["collation"]:
            found["collation"] = "C"
        return found


def sort_by_signs(columns):
    """A migration's step: columns {model: [field]}, made as CharField, get the order of a CodeField.

    SQLite compares sign by sign already, and its tables need not be written anew.
    """

    def change(collation):
        def step(apps, editor):
            for name, fields in columns.items() if editor.connection.vendor == "postgresql" else ():
                meta = apps.get_model(name)._meta
                parts = (
                    f'ALTER COLUMN "{field.column}" TYPE varchar({field.max_length}) COLLATE "{collation}"'
                    for field in map(meta.get_field, fields)
                )
                editor.execute(f'ALTER TABLE "{meta.db_table}" {", ".join(parts)}')

        return step

    return migrations.RunPython(change("C"), change("default"))
