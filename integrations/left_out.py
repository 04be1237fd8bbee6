"""Which fields did a mapping leave out of rows that went on all the same, how often and why?

A bad optional field never stops a row, so nobody would hear of it: here the newest rows are read again and asked.
"""
from typing import NamedTuple

from django.utils.translation import gettext

from integrations.inbox import opened_row, reader_for
from integrations.models import InboxBatch
from integrations.unreadable import BadMapping, UnreadableRow
from kernel.money import MONEY, may_see_money

ROWS = 1_000  # the newest ones looked at
BATCHES = 50


class LeftOut(NamedTuple):
    """One field of one stream: how often it was left out, with the reason of the first time, in the reader's words."""

    stream: str
    field: str
    count: int
    why: str


def left_out(mapping, viewer, most=ROWS):
    """([LeftOut] by how often, how many rows were read) of the newest kept rows this person may see."""
    try:
        readers = reader_for(mapping)
    except BadMapping:
        return [], 0
    counts, first, looked = {}, {}, 0
    for stream, row in _newest_rows(mapping.system_id, viewer, most):
        looked += 1
        for note in _notes(readers, stream, row):
            key = stream, note.field, note.code
            counts[key] = counts.get(key, 0) + 1
            first.setdefault(key, note)
    shows_money = may_see_money(viewer)
    found = [
        LeftOut(*key[:2], count, _said(first[key])) for key, count in counts.items()
        if shows_money or key[1] not in MONEY
    ]
    return sorted(found, key=lambda one: (-one.count, one.stream, one.field)), looked


def _newest_rows(system_id, viewer, most):
    batches = InboxBatch.objects.visible_to(viewer).filter(connection__system=system_id, purged_at=None).order_by("-id")
    for batch_id in list(batches.values_list("id", flat=True)[:BATCHES]):
        for stream, stored, _moment in InboxBatch.objects.values_list("rows", flat=True).get(pk=batch_id):
            if most <= 0:
                return
            most -= 1
            yield stream, opened_row(stored)


def _notes(readers, stream, row):
    try:
        return readers.read(stream, row).notes
    except UnreadableRow:
        return ()  # it is parked, with its reason


def _said(note):
    sentence = gettext(note.sentence)
    return sentence % note.params if note.params else sentence
