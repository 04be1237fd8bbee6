"""What may be done with many differences at once, and does the picture of a run count what its links list?"""
import pytest
from django.contrib.messages import get_messages

from reconciliation.models import Difference
from reconciliation.picture import Picture
from tests.reconciliation.test_report_of_run import roles, run  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(client, run, person, scopes, roles):  # noqa: F811
    user = person("worker", *scopes[:1], role="order_operations", is_staff=True, language="en")
    client.force_login(user)
    return user


def post(client, verb, *keys, **more):
    rows = Difference.objects.filter(key__in=keys)
    answer = client.post("/differences/bulk/", {"verb": verb, "difference": [row.pk for row in rows], **more})
    assert answer.status_code == 302
    return " ".join(str(one) for one in get_messages(answer.wsgi_request))


def states(*keys):
    return [Difference.objects.get(key=key).state for key in keys]


def test_the_page_offers_them_with_a_box_a_row(client, worker, run):  # noqa: F811
    text = client.get(f"/runs/{run.pk}/").content.decode()
    assert text.count('name="difference"') == 5, "the one that may settle by itself stands apart"
    assert 'data-all="difference"' in text and "Accept differences" in text
    assert f'name="next" value="/runs/{run.pk}/"' in text
    Difference.objects.update(state="accepted")
    assert 'name="difference"' not in client.get(f"/runs/{run.pk}/").content.decode()


def test_none_chosen_is_said_and_nothing_done(client, worker):
    assert "No row is chosen" in post(client, "accept", reason="fine")
    assert not Difference.objects.filter(state="accepted").exists()


def test_many_are_assigned_accepted_claimed(client, worker):
    assert "2 done, 0 not." in post(client, "assign", "007", "T-1", to=worker.pk)
    assert Difference.objects.filter(assignee=worker, state="assigned").count() == 2
    assert "1 done" in post(client, "fixed", "007", note="posted again") and states("007") == ["claimed_fixed"]
    assert "2 done" in post(client, "accept", "T-1", "C-2", reason="agreed")
    assert states("T-1", "C-2") == ["accepted", "accepted"]
    assert Difference.objects.get(key="C-2").entries.get().text == "agreed"


def test_both_halves_are_said_and_a_reason_once(client, worker):
    Difference.objects.filter(key__in=["C-2", "T-1"]).update(state="resolved")
    said = post(client, "fixed", "007", "C-2", "T-1")
    assert "1 done, 2 not." in said and said.count("not open any more") == 1 and "C-2" in said and "T-1" in said
    assert "0 done, 1 not." in (said := post(client, "accept", "0012")) and "Say why" in said


def test_hidden_rows_and_missing_rights_stay_out(client, worker, person, scopes):
    assert "Choose differences" in post(client, "fixed", "SOUTH", note="x") and states("SOUTH") == ["open"]
    assert "Choose a person" in post(client, "assign", "007", to="0")
    assert "Choose differences" in post(client, "explode", "007")
    client.force_login(person("reader", *scopes, role="auditor", is_staff=True, language="en"))
    row = Difference.objects.get(key="007")
    assert "Who decides about differences" in post(client, "accept", row.key, reason="x") and states("007") == ["open"]


def test_a_bar_for_each_severity_on_one_scale(run, worker):  # noqa: F811
    picture = Picture(Difference.objects.all())
    cells = {(cause, system): bars for cause, _n, row in picture.rows for system, _count, bars in row}
    assert picture.total == 7 and picture.weights == [(3, 5), (2, 1), (1, 1)]
    assert cells["UNIT_FACTOR", "wms"] == [(3, 2, 0.0, 100.0)] and cells["TIMEZONE", "crm"] == [(1, 1, 0.0, 50.0)]
    assert picture.top == ("UNIT_FACTOR", "wms", 2)
    assert Picture(Difference.objects.none()).top is None


def test_the_picture_is_read_out_in_words(client, worker, run):  # noqa: F811
    text = client.get(f"/runs/{run.pk}/").content.decode()
    assert 'aria-label="high 1"' in text and 'aria-label="low 1"' in text and "?severity=3" in text
    assert len(client.get(f"/runs/{run.pk}/?severity=1").context["differences"]) == 1
