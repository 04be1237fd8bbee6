"""How is a field that holds one of the hub's own codes shown in the admin: by its word, in lists, rows and filters?

An admin names such fields: `coded = {"stage": STAGES}`. The table is {code: word}, or a function of the code.
"""

from django.contrib.admin.filters import AllValuesFieldListFilter


def say(table, code):
    """The word for a code, in the reader's language; the code itself when it has none."""
    return str(table(code) if callable(table) else table.get(code, code)) if code else ""


def column(field, table):
    """A list column for `field`: a function of the row."""

    def show(row):
        return say(table, getattr(row, field.name)) or None

    show.__name__ = f"said_{field.name}"
    show.short_description = field.verbose_name
    show.admin_order_field = field.name
    return show


def filter_for(table):
    """Django's filter by every value there is, each called by its word."""

    class CodedFilter(AllValuesFieldListFilter):
        def choices(self, changelist):
            first, *others = super().choices(changelist)
            return [first, *({**one, "display": say(table, one["display"])} for one in others)]

    return CodedFilter


def choices_of(table, value=None):
    """[(code, word)] of a table for a select, with the present value where the table does not know it."""
    known = [(code, str(name)) for code, name in table.items()]
    return known if value in (None, "", *table) else [*known, (value, value)]
