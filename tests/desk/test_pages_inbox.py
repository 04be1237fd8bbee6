"""Does the inbox say what came of a replay, and never act on an empty choice?"""

import pytest

from integrations.actions import receive_batch, work_off_batches
from integrations.models import Connection, InboxBatch, Mapping, ParkedRow
from integrations.reasons import NAMES
from integrations.unreadable import REASONS
from orders.models import Order
from tests.integrations.test_inbox import SPEC, row


@pytest.fixture
def connection(systems, kinds, scopes, at):
    Mapping.objects.create(system=systems["wms"], version=1, spec=SPEC, published_at=at)
    return Connection.objects.create(code="wms", name="WMS", kind="upload", system=systems["wms"], scope=scopes[0])


@pytest.fixture
def parked(connection, systems, at):
    """Four rows parked for three reasons; a second mapping then reads the first of them."""
    rows = [row(1, status="60"), row(2, qty="some"), row(3, qty="few"), {"x": 1}]
    receive_batch(
        connection=connection, stream="order", rows=[("order", one, None) for one in rows], code="b", by=None, at=at
    )
    bare = {**SPEC["streams"]["order"], "status": {"from": "status", "table": "status", "required": True}}
    Mapping.objects.create(
        system=systems["wms"], version=2, spec={**SPEC, "streams": {"order": bare}}, published_at=at
    )
    work_off_batches(at=at, limit=5)
    tables = {"status": {**SPEC["tables"]["status"], "60": ["logistics", "delivered"]}}
    Mapping.objects.create(system=systems["wms"], version=3, spec={**SPEC, "tables": tables}, published_at=at)
    return list(ParkedRow.objects.order_by("position"))


def said(response):
    return response.content.decode()


def test_a_replay_says_how_many_went_through_and_why_the_others_did_not(staff, parked):
    client = staff("integration_engineer")
    page = said(client.post("/inbox/replay/", {"row": [one.pk for one in parked]}, follow=True))
    assert "1 row went through, 3 are parked still." in page
    assert "2 × unreadable number, for example order DN2: “some” is not a number." in page
    assert "1 × no record number" in page
    assert Order.objects.get().number == "SO-1"


def test_rows_that_went_through_before_are_told_apart(staff, parked):
    client = staff("integration_engineer")
    client.post("/inbox/replay/", {"row": [parked[0].pk]})
    page = said(client.post("/inbox/replay/", {"row": [parked[0].pk]}, follow=True))
    assert "0 rows went through, 0 are parked still." in page and "1 row was not parked any more." in page


@pytest.mark.parametrize("chosen", [{}, {"row": ["x", ""]}])
def test_an_empty_choice_is_told_and_nothing_is_done(staff, parked, chosen):
    page = said(staff("integration_engineer").post("/inbox/replay/", chosen, follow=True))
    assert "No row is chosen, so nothing was done." in page
    assert ParkedRow.objects.filter(state="parked").count() == 4
    page = said(staff("department_head", username="head").post("/tickets/bulk/", {"verb": "start"}, follow=True))
    assert "No row is chosen, so nothing was done." in page


def test_the_filter_names_reasons_in_words_and_keeps_the_others_in_sight(staff, parked):
    page = said(staff("integration_engineer").get("/inbox/?reason=MISSING_KEY"))
    assert "unreadable number (2)" in page and "unknown status (1)" in page and "STATUS_UNMAPPED (" not in page
    assert "order <code>DN" not in page  # rows of that reason only


def test_every_reason_a_row_can_be_parked_for_has_a_name():
    of_rows = list(REASONS)[: list(REASONS).index("UNKNOWN_ZONE")]
    assert not set(of_rows) - NAMES.keys()


def test_nothing_parked_in_what_one_may_see_is_not_nothing_parked(staff, parked, scopes):
    """A person of another scope was told that everything could be read, beside a link that was refused."""
    client = staff("order_operations", scopes[1])
    page = said(client.get("/inbox/"))
    assert "No parked row in what you may see." in page and "everything that arrived" not in page
    assert client.get("/connections/").status_code == 403 and "Look at the connections" not in page
    assert "None under this filter." in said(client.get("/inbox/?reason=NO_ZONE"))
    ParkedRow.objects.all().delete()
    page = said(staff("administrator", username="chief").get("/inbox/"))
    assert "everything that arrived could be read" in page and "Look at the connections" in page


def test_the_inbox_tells_reasons_in_the_readers_language_however_they_were_kept(staff, parked):
    for one in parked:
        ParkedRow.objects.filter(pk=one.pk).update(reason_zh=one.reason_en)
    page = said(staff("integration_engineer").get("/inbox/", HTTP_ACCEPT_LANGUAGE="zh-hans"))
    assert "“some” is not a number." in page
    client = staff("integration_engineer", username="reader-zh")
    client.user.language = "zh-hans"
    client.user.save()
    page = said(client.get("/inbox/"))
    assert "“some”不是数字。" in page and "is not a number" not in page


def test_a_batch_is_told_in_words(staff, parked):
    InboxBatch.objects.update(stream="messages")
    page = said(staff("integration_engineer").get("/inbox/"))
    batches = page[page.index("Latest batches"):]
    assert "all messages" in batches and "<code>" not in batches
    page = said(staff("integration_engineer", username="other").get("/inbox/?reason=MISSING_KEY"))
    assert "The record has no number: nothing stands in" in page
