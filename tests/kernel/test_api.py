"""Does REST give what may be seen, refuse what may not, and do a POST once?"""
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kernel.models import ApiAnswer, ApiToken, JobRun, Scope, User
from kernel.tokens import issue_token
from orders.models import Order
from tests.house.conftest import customer, insider, worlds  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client, insider):  # noqa: F811
    client.force_login(insider)
    return client


@pytest.fixture
def dead_job(db, at):
    return JobRun.objects.create(key="j", kind="j", asked_at=at, state=JobRun.DEAD)


def test_the_list_holds_visible_rows_only(api, worlds):  # noqa: F811
    page = api.get("/api/v1/orders/").json()
    assert [row["id"] for row in page["results"]] == [worlds[0].get(Order).pk]
    assert "count" not in page


def test_a_hidden_row_is_404(api, worlds):  # noqa: F811
    assert api.get(f"/api/v1/orders/{worlds[1].get(Order).pk}/").status_code == 404
    one = api.get(f"/api/v1/orders/{worlds[0].get(Order).pk}/").json()
    assert one["lines"] and one["kind"]


@pytest.mark.parametrize("query", ["amount_minor__gt=1", "customer__credit=1", "ordering=amount_minor", "q=x"])
def test_what_is_not_listed_cannot_be_filtered_or_ordered_by(api, query):
    answer = api.get("/api/v1/orders/?" + query)
    assert answer.status_code == 400 and answer.json()["code"] == "invalid"


@pytest.mark.parametrize("query,status", [
    ("page_size=1000000000", 200), ("cursor=cD1hYmM%3D", 404), ("cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk%3D", 200),
    ("customer=%00", 400), ("stage=" + ",".join("x" * 60), 400), ("created_from=yesterday", 400),
    ("number=" + "x" * 100, 400), ("lateness=9999999999999999999999", 400),
])
def test_strange_parameters_are_answered_calmly(api, query, status):
    assert api.get("/api/v1/orders/?" + query).status_code == status


def test_keyset_pages_reach_every_row_once(api, worlds):  # noqa: F811
    order = worlds[0].get(Order)
    for n in range(7):
        Order.objects.create(
            company=order.company, kind=order.kind, number=f"N{n}", scope=order.scope, created_at=order.created_at
        )
    found, url = [], "/api/v1/orders/?page_size=3"
    while url:
        page = api.get(url).json()
        found += [row["number"] for row in page["results"]]
        url = page["next"]
    assert len(found) == len(set(found)) == 8


def test_without_the_permission_of_the_panel_403(api, insider):  # noqa: F811
    from django.contrib.auth.models import Permission

    insider.user_permissions.remove(Permission.objects.get(codename="view_difference"))
    assert api.get("/api/v1/differences/").status_code == 403


def test_customers_and_strangers_stay_out(client, customer):  # noqa: F811
    assert client.get("/api/v1/orders/").status_code == 401
    client.force_login(customer)
    assert client.get("/api/v1/orders/").status_code == 403


def test_money_needs_leave(api, insider, worlds):  # noqa: F811
    from django.contrib.auth.models import Permission

    order = worlds[0].get(Order)
    Order.objects.filter(pk=order.pk).update(amount_minor=4711, state={"x": {"amount_minor": 4711, "y": 1}})
    url = f"/api/v1/orders/{order.pk}/"
    assert api.get(url).json()["amount_minor"] == 4711
    insider.user_permissions.remove(Permission.objects.get(codename="see_finance"))
    said = api.get(url).json()
    assert said["amount_minor"] is None and said["state"] == {"x": {"y": 1}}


def test_a_refusal_is_409_with_its_sentence(api, at):
    job = JobRun.objects.create(key="k", kind="k", asked_at=at)
    answer = api.post(f"/api/v1/jobs/{job.pk}/retry/", "{}", content_type="application/json")
    assert answer.status_code == 409 and answer.json()["code"] == "job_not_dead" and answer.json()["detail"]


def test_the_same_key_is_done_once(api, dead_job):
    url, head = f"/api/v1/jobs/{dead_job.pk}/retry/", {"Idempotency-Key": "a1"}
    first = api.post(url, "{}", content_type="application/json", headers=head)
    JobRun.objects.filter(pk=dead_job.pk).update(state=JobRun.DEAD, attempts=3)
    second = api.post(url, "{}", content_type="application/json", headers=head)
    assert first.status_code == second.status_code == 200 and first.json() == second.json()
    dead_job.refresh_from_db()
    assert dead_job.state == JobRun.DEAD, "the second call must do nothing"


def test_the_same_key_for_another_request_is_422(api, dead_job):
    head = {"Idempotency-Key": "a1"}
    assert api.post(f"/api/v1/jobs/{dead_job.pk}/retry/", "{}", "application/json", headers=head).status_code == 200
    other = api.post(f"/api/v1/jobs/{dead_job.pk}/retry/", '{"x":1}', "application/json", headers=head)
    assert other.status_code == 422 and other.json()["code"] == "idempotency_key"


def test_a_refused_post_keeps_no_answer(api, at):
    job = JobRun.objects.create(key="k", kind="k", asked_at=at)
    api.post(f"/api/v1/jobs/{job.pk}/retry/", "{}", "application/json", headers={"Idempotency-Key": "b"})
    assert not ApiAnswer.objects.filter(key="b").exists()


@pytest.mark.parametrize("body", [
    "{", '{"a":1,"a":2}', '{"a":NaN}', '"\\ud800"', "[" * 100_000, '{"a":"\\u0000"}', "1e999",
])
def test_bad_bodies_are_400(api, dead_job, body):
    answer = api.post(f"/api/v1/jobs/{dead_job.pk}/retry/", body, content_type="application/json")
    assert answer.status_code == 400, answer.content


# Keys

@pytest.fixture
def key(insider):  # noqa: F811
    now = timezone.now()

    def make(**more):
        return issue_token(user=insider, name="n", by=insider, at=now, **{"days": 1, "may_write": False, **more})

    return make


def ask(client, clear, method="get", url="/api/v1/orders/"):
    return client.generic(
        method.upper(), url, "{}" if method == "post" else "", "application/json",
        headers={"Authorization": f"Bearer {clear}"},
    )


def test_a_key_reads_and_stamps_its_use(client, key, worlds):  # noqa: F811
    row, clear = key()
    assert ask(client, clear).status_code == 200
    row.refresh_from_db()
    assert row.last_used_at and clear not in str(ApiToken.objects.values())


def test_a_reading_key_cannot_write(client, key, dead_job):
    url = f"/api/v1/jobs/{dead_job.pk}/retry/"
    assert ask(client, key()[1], "post", url).status_code == 403
    assert ask(client, key(may_write=True)[1], "post", url).status_code == 200


def test_dead_at_once(client, key, insider):  # noqa: F811
    from kernel.tokens import revoke_token

    row, clear = key()
    revoke_token(token=row, by=insider, at=timezone.now())
    assert ask(client, clear).status_code == 401
    row, clear = key()
    ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ask(client, clear).status_code == 401
    row, clear = key()
    User.objects.filter(pk=insider.pk).update(is_active=False)
    assert ask(client, clear).status_code == 401


def test_a_key_is_shown_once_and_makes_no_other(api, client, key):
    made = api.post("/api/v1/tokens/", {"name": "mine", "days": 3}, content_type="application/json")
    assert made.status_code == 201 and made.json()["token"].startswith("oh_")
    assert made.json()["token"] not in api.get("/api/v1/tokens/").content.decode()
    clear = key(may_write=True)[1]
    client.logout()
    head = {"Authorization": f"Bearer {clear}"}
    more = client.post("/api/v1/tokens/", {"name": "x"}, "application/json", headers=head)
    assert more.status_code == 403


def test_nobody_elses_keys_are_listed(api, worlds):  # noqa: F811
    other = worlds[1].get(ApiToken)
    assert other.pk not in [row["id"] for row in api.get("/api/v1/tokens/").json()["results"]]
    assert api.post(f"/api/v1/tokens/{other.pk}/revoke/", "{}", "application/json").status_code == 404


def test_the_documentation_opens_under_the_policy(api):
    page = api.get(reverse("api-docs"))
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert "<script>" not in page.content.decode()
    assert api.get(reverse("api-schema")).status_code == 200
    assert Scope.objects.exists()
