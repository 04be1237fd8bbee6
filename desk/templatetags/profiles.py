"""How are columns, counts and places said on the pages of profiles?"""

from django import template

from desk.profiles.samples import said_column

register = template.Library()


@register.filter
def column_words(name, is_record):
    """A column as people know it: a file's as it is headed, a record's field in words of the trade."""
    return said_column(name) if is_record else name


@register.filter
def at(row, place):
    """What stands at a place of a list; "" beyond its end."""
    return row[place] if place < len(row) else ""


@register.filter
def grouped(count):
    """12,345"""
    return f"{count:,}"
