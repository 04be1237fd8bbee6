"""Is a field that a mapping left out of a good row told on the mapping's page?"""

import pytest

from integrations.actions import receive_batch, work_off_batches
from integrations.left_out import left_out
from integrations.models import Connection, InboxBatch, Mapping
from kernel.models import User
from tests.integrations.test_inbox import SPEC, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def mapping(systems, kinds, scopes, at):
    order = SPEC["streams"]["order"]
    spec = {**SPEC, "streams": {"order": {
        **order, "fields": {**order["fields"], "promised_at": {"from": "promise", "as": "time"}},
    }}}
    mapping = Mapping.objects.create(system=systems["wms"], version=1, spec=spec, published_at=at)
    connection = Connection.objects.create(
        code="wms", name="WMS", kind="upload", system=systems["wms"], scope=scopes[0]
    )
    rows = [row(1, promise="soon"), row(2, promise="later"), row(3, status="99"), row(4), row(5, qty="?")]
    receive_batch(
        connection=connection, stream="order", rows=[("order", one, None) for one in rows], code="b", by=None, at=at
    )
    assert work_off_batches(at=at, limit=5)["parked"] == 1
    return mapping


def test_what_was_left_out_of_good_rows_is_counted_with_its_reason(mapping, person):
    root = person("root", is_superuser=True)
    found, looked = left_out(mapping, root)
    assert looked == 5
    assert [(*one[:3],) for one in found] == [("order", "promised_at", 2), ("order", "status", 1)]
    assert "soon" in found[0].why and "99" in found[1].why
    assert left_out(mapping, root, most=1)[1] == 1


def test_the_mappings_page_tells_it(mapping, client):
    client.force_login(User.objects.create_superuser("root", password="a-long-password-1", language="en"))
    page = client.get(f"/admin/integrations/mapping/{mapping.pk}/change/").content.decode()
    assert "Fields left out" in page and "order · promised_at: 2 ×" in page
    InboxBatch.objects.update(rows=[], purged_at=mapping.published_at)
    page = client.get(f"/admin/integrations/mapping/{mapping.pk}/change/").content.decode()
    assert "No rows are kept to look at." in page


def test_values_of_rows_somebody_may_not_see_and_amounts_are_not_told(mapping, person, scopes):
    order = mapping.spec["streams"]["order"]
    fields = {**order["fields"], "amount_minor": {"from": "promise", "as": "money", "currency": "promise"}}
    mapping.spec = {**mapping.spec, "streams": {"order": {**order, "fields": fields}}}
    names = lambda viewer: {one.field for one in left_out(mapping, viewer)[0]}  # noqa: E731
    assert left_out(mapping, person("far", scopes[1])) == ([], 0)
    assert names(person("near", scopes[0])) == {"promised_at", "status"}
    assert names(person("root", is_superuser=True)) == {"promised_at", "status", "amount_minor"}
