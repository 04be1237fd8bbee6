"""Does the data model keep its promises: history stays, numbers fit, texts fit, unique means unique?"""
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import models

from integrations import mapping
from orders.identity import LONGEST, TEXTS, identity_of, other_content
from orders.models import Event, OrderLine, SourceRecord
from orders.statement import Statement
from tests.house.world import our_models

pytestmark = pytest.mark.pure

# What happened and what was said: deleting a neighbour must never take these rows along.
HISTORY = (
    "orders.Event", "orders.SourceRecord", "orders.Order", "exceptions.Ticket", "reconciliation.Difference",
    "reconciliation.Run", "integrations.InboxBatch", "integrations.ParkedRow", "sla.Clock", "kernel.OutboxMessage",
    "kernel.JobRun", "exceptions.TicketEntry", "kernel.ApiToken", "orders.AuthorityRank",
    "reconciliation.ProfileVersion",
)
# Parts of a whole that go with it; the whole itself is never deleted by the hub.
PARTS = {
    "kernel.SavedView.owner",
    "exceptions.ArticlePosting.article", "exceptions.ArticlePosting.term",
    "exceptions.TicketWatcher.ticket", "exceptions.TicketWatcher.person",
    "exceptions.ChainLevel.chain", "exceptions.RoutingRule.kind", "integrations.SyncCursor.connection",
    "kernel.ApiAnswer.user", "kernel.CalendarDay.calendar", "kernel.Notice.person", "orders.BomRevision.material",
    "orders.ExternalKey.order", "orders.OrderLine.order", "orders.OrderShare.order", "orders.OrderShare.person",
    "orders.PartyContact.party", "orders.PartyRole.party", "orders.SearchTerm.order",
    "reconciliation.Basis.difference", "reconciliation.CauseGroup.run", "reconciliation.ComparedKey.record",
    "reconciliation.ComparedKey.version",
    "reconciliation.DecisionRow.file", "reconciliation.DifferenceEntry.difference",
    "reconciliation.Observation.difference", "reconciliation.Observation.run", "sla.ClockFire.clock",
    "sla.ClockSegment.clock", "sla.Milestone.order", "sla.MilestoneNode.plan", "sla.PlanRequest.order",
    # A summary, read anew every few hours.
    "sla.WaitCell.reading", "sla.WaitCell.department", "sla.WaitCell.scope", "sla.WaitCell.plant",
    "sla.WaitCell.order_kind",
}
# Blank on purpose: any number of blanks may stand beside each other.
BLANK_AND_UNIQUE = {
    "exceptions.Ticket.open_key", "exceptions.Ticket.response_clock", "exceptions.Ticket.resolution_clock",
    "exceptions.Ticket.queue_clock",
    "sla.Milestone.clock", "reconciliation.ProfileDraft.published",
}
# Shares and chances, never amounts.
FLOATS = {"reconciliation.CauseGroup.share", "sla.Milestone.late_p"}
# Columns for which a text of a statement has another name.
COLUMN_OF = {"material": "material_code"}


def fields():
    return [(f"{model._meta.label}.{field.name}", field) for model in our_models()
            for field in model._meta.concrete_fields]


def constraints_of(model):
    return [one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]


def test_history_outlives_its_neighbours():
    found = [
        f"{label}.{field.name}" for label in HISTORY for field in apps.get_model(label)._meta.concrete_fields
        if field.is_relation and field.remote_field.on_delete not in (models.PROTECT, models.SET_NULL)
    ]
    assert not found


def test_only_parts_go_with_their_whole():
    found = {name for name, field in fields() if field.is_relation and field.remote_field.on_delete is models.CASCADE}
    assert found <= PARTS, found - PARTS


def test_no_boolean_blinds_a_composite_index():
    """SQLite compiles `late = false` to NOT late and uses no column of the index after it."""
    found = []
    for model in our_models():
        for one in [*model._meta.indexes, *constraints_of(model)]:
            names = [name.lstrip("-") for name in one.fields]
            found += [f"{one.name}.{name}" for name in names if len(names) > 1
                      and isinstance(model._meta.get_field(name), models.BooleanField)]
    assert not found


def test_quantities_and_money_have_64_bits():
    found = [
        name for name, field in fields()
        if name.endswith(("_m", "_minor", "_u")) and not isinstance(field, models.BigIntegerField)
    ]
    assert not found


def test_no_amount_is_kept_as_a_fraction():
    found = {name for name, field in fields() if isinstance(field, models.FloatField | models.DecimalField)}
    assert found <= FLOATS, found - FLOATS


def test_money_has_its_currency_beside_it():
    found = [
        name for name, field in fields() if name.endswith(("_minor", "_price_u"))
        and not any(one.name.endswith("currency") for one in field.model._meta.concrete_fields)
    ]
    assert not found


def test_unique_says_what_it_does_with_blanks():
    """NULLs are all different in UNIQUE on both databases: a nullable column must be meant so, or coalesced."""
    found = {name for name, field in fields() if field.unique and field.null}
    for model in our_models():
        found |= {
            f"{model._meta.label}.{name}" for one in constraints_of(model) if one.condition is None
            for name in one.fields if model._meta.get_field(name).null
        }
    assert found <= BLANK_AND_UNIQUE, found - BLANK_AND_UNIQUE


@pytest.mark.parametrize("model", [Event, SourceRecord])
def test_what_passes_the_door_fits_the_columns(model):
    """SQLite would take a longer text; PostgreSQL would refuse the row."""
    columns = {field.name: field for field in model._meta.concrete_fields if field.get_internal_type() == "CharField"}
    found = {name: columns[name].max_length for name, limit in LONGEST.items()
             if name in columns and columns[name].max_length < limit}
    assert not found


def test_what_lines_say_fits_their_columns():
    columns = {field.name: field for field in OrderLine._meta.concrete_fields}
    for name in ("material", "unit", "currency", "bom_revision"):
        assert columns[COLUMN_OF.get(name, name)].max_length >= TEXTS[name], name


def test_the_mapping_reads_no_more_than_is_kept():
    assert mapping._KEY_LIMIT <= LONGEST["key"]
    assert not {name for name, limit in mapping._TEXT_PARTS.items() if limit > LONGEST[name]}


@pytest.mark.parametrize("parts", [
    {"message_id": "m" * LONGEST["message_id"]},
    {"version": "9" * LONGEST["version"], "orders_by": "version"},
    {"sequence": 2**63 - 1, "orders_by": "sequence"},
    {"observation": 2**63 - 1},
    {},
])
def test_the_longest_identity_fits(parts):
    statement = Statement(
        system="erp", entity="e" * LONGEST["entity"], key="k" * LONGEST["key"],
        occurred_at=datetime(9999, 1, 1, tzinfo=UTC), **parts,
    )
    identity = identity_of(statement, "f" * 64)
    longest = Event._meta.get_field("identity").max_length
    assert len(identity) <= longest
    assert len(other_content(identity, "f" * 64)) <= longest


def test_new_readings_have_names_that_fit():
    assert len(f"r:{'v' * LONGEST['mapping_version']}:{2**63 - 1}") <= Event._meta.get_field("identity").max_length


def test_events_and_records_are_named_by_their_system():
    uniques = {one.name: one.fields for model in (Event, SourceRecord) for one in constraints_of(model)}
    assert uniques["event_once"] == ("system", "identity")
    assert uniques["record_once"] == ("system", "entity", "key")
