"""Does a database of every released version come to the newest with all its rows, and fold to the same states?"""
from collections import Counter

import pytest
from django.apps import apps as newest
from django.db import transaction

from tests import older
from tests.migrating import empty_database, migrate_to

# What a later version throws away or renames on purpose: {label then: label now, or None}.
MOVED = {}
GROWS = {"sla.PlanRequest"}  # work asked for anew by an upgrade
# Not the fingerprint: a later version may take more into it, and then every order is written once.
STATE = ("stage", "commercial", "logistics", "held_at", "conflict_count", "promised_at", "quantity_m")


@pytest.fixture(scope="module", params=older.files(), ids=lambda path: path.stem)
def upgraded(request, django_db_setup, django_db_blocker):
    """The rows as they were, in a database that is of the newest version now."""
    migrations, rows = older.read(request.param)
    with django_db_blocker.unblock(), empty_database():
        older.load(migrate_to(migrations), rows)
        migrate_to()
        yield rows


def test_there_is_an_older_database():
    assert older.files()


def test_no_row_is_lost(upgraded):
    counted = Counter(MOVED.get(label, label) for label, _said in upgraded)
    found = {label: newest.get_model(label)._base_manager.count() for label in counted if label}
    assert found == {label: max(count, found[label]) if label in GROWS else count
                     for label, count in counted.items() if label}
    assert counted["orders.Event"] > 40 and counted["exceptions.Ticket"] and counted["reconciliation.Difference"]


def test_orders_fold_to_the_states_they_had(upgraded):
    from orders.matching import Kinds
    from orders.models import Order
    from orders.refold import Refolder

    was = {said["id"] for label, said in upgraded
           if label == "orders.Order" and said["state_hash"] and not said["archived_at"]}
    before = {row[0]: row[1:] for row in Order.objects.filter(pk__in=was).values_list("pk", *STATE)}
    assert before.keys() == was and len(was) >= 3
    with transaction.atomic():
        blank = {"state_hash": "", "state": {}, "stage": "draft", "commercial": "draft", "held_at": None}
        Order.objects.filter(pk__in=was).update(**blank)
        Refolder(Kinds()).refold(list(was))
    assert {row[0]: row[1:] for row in Order.objects.filter(pk__in=was).values_list("pk", *STATE)} == before


def test_a_new_row_fits_behind_the_old_ones(upgraded):
    """The counters of the tables stand behind the rows that were loaded."""
    from kernel.models import Company

    assert Company.objects.create(code="later", name_en="Later", name_zh="后来").pk
    Company.objects.filter(code="later").delete()
