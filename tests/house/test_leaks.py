"""Does any door tell a person of one scope about rows of another? Every address there is, walked as two people.

Both worlds hold a row of every model, marked in every text. The insider has every right there is and one scope; the
customer has one party. What they get may hold no mark of the other world, and a hidden row is 404 at every door.
"""
import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from config.api import router
from exceptions.models import Ticket
from integrations.models import ParkedRow
from kernel.models import Notice, User
from orders.models import Order
from reconciliation.models import Difference
from tests.house import doors
from tests.house.conftest import HIDDEN, SEEN
from tests.house.world import OURS, is_for_all_scopes, is_shared, our_models

pytestmark = pytest.mark.django_db
FINE = {200, 204, 301, 302, 400, 403, 404, 405, 409, 415}


@pytest.fixture
def inside(client, insider):
    client.force_login(insider)
    return client


def tells(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace") + str(dict(response.headers))


def knock(client, url, method="get", status=None, **more):
    answer = getattr(client, method)(url, **more)
    assert answer.status_code in (status or FINE), f"{method} {url}: {answer.status_code}"
    text = tells(answer)
    assert HIDDEN not in text, f"{method} {url} tells of the other scope: …{_around(text)}…"
    return answer


def _around(text):
    at = text.index(HIDDEN)
    return text[max(0, at - 120): at + 60]


def hidden_rows(worlds):
    """(model, row) of everything that only the other world owns."""
    return [(model, worlds[1].get(model)) for model in our_models() if not is_shared(model)]


def test_every_address_is_known_to_the_walk():
    unknown = []
    for route, name, _pattern in doors.every_route():
        last = name.rsplit(":", 1)[-1]
        known = (
            route.startswith("static") or last in doors.PUBLIC | doors.API_FIXED or name in doors.PAGES
            or (name.startswith("admin:") and (last in doors.ADMIN_FIXED or _is_model_page(last)))
            or (route.startswith("api/v1/") and _is_resource(last)) or (route.startswith("admin/") and not last)
        )
        if not known:
            unknown.append(f"{route} ({name})")
    assert unknown == [], "add a row to tests/house/doors.py"


def _is_model_page(last):
    labels = {f"{m._meta.app_label}_{m._meta.model_name}" for m in admin.site._registry}
    ends = ("changelist", "add", "history", "delete", "change", "simple_history", "do")
    return any(last == f"{label}_{end}" for label in labels for end in ends)


def _is_resource(last):
    return any(last.startswith(f"{prefix}-") for prefix, _viewset, _base in router.registry)


def test_admin_lists_and_pages(inside, worlds):
    for model in [m for m in admin.site._registry if m._meta.app_label in OURS]:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        knock(inside, reverse(f"{base}_changelist"), status={200})
        for search in (HIDDEN[:4], "7q"):
            knock(inside, reverse(f"{base}_changelist") + f"?q={search}")
        knock(inside, reverse(f"{base}_add"), status={200, 403})
        own = worlds[0].get(model)
        seen = {404} if is_for_all_scopes(model) else {200}
        knock(inside, reverse(f"{base}_change", args=[own.pk]), status=seen)
        knock(inside, reverse(f"{base}_history", args=[own.pk]), status=seen)


def test_admin_pages_of_hidden_rows(inside, worlds):
    for model, row in hidden_rows(worlds):
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for what in ("change", "history"):
            knock(inside, reverse(f"{base}_{what}", args=[row.pk]), status={404})
        knock(inside, reverse(f"{base}_change", args=[row.pk]), "post", status={403, 404})
        knock(inside, reverse(f"{base}_delete", args=[row.pk]), status={403, 404})
        for one in getattr(admin.site._registry[model], "buttons", ()):
            knock(inside, reverse(f"{base}_do", args=[row.pk, one.name]), "post", status={404})
        if hasattr(model, "history") and row.history.exists():
            version = row.history.latest().pk
            knock(inside, reverse(f"{base}_simple_history", args=[row.pk, version]), status={404})


def test_admin_autocomplete(inside):
    """The door answers for every foreign key of every registered model, offered in a form or not."""
    from django.db.models import ForeignKey

    asked = 0
    for model in admin.site._registry:
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey):
                query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name,
                         "field_name": field.name}
                for term in ("", HIDDEN[:4]):
                    answer = knock(inside, reverse("admin:autocomplete"), data={**query, "term": term})
                    asked += answer.status_code == 200
    assert asked > 20, "the walk must get answers"


def test_admin_foreign_keys_cannot_be_posted(inside, worlds):
    """Every settings form, posted with the hidden row in every foreign key that has one."""
    from django.db.models import ForeignKey

    for model in [m for m in admin.site._registry if m._meta.app_label in OURS]:
        own = worlds[0].get(model)
        body = {}
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and not is_shared(field.related_model):
                body[field.name] = worlds[1].get(field.related_model).pk
        if not body:
            continue
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[own.pk])
        knock(inside, url, "post", data=body)
        again = type(own)._default_manager.get(pk=own.pk)
        assert all(getattr(again, name + "_id") != key for name, key in body.items()), model


def test_admin_start_pages(inside):
    for name in ("index", "password_change", "jsi18n"):
        knock(inside, reverse(f"admin:{name}"))
    for app in OURS:
        try:
            knock(inside, reverse("admin:app_list", args=[app]))
        except NoReverseMatch:
            continue


def test_rest_lists(inside, worlds):
    for prefix, viewset, _base in router.registry:
        page = knock(inside, f"/api/v1/{prefix}/", status={200})
        if not is_shared(viewset.model):
            ids = {row["id"] for row in page.json()["results"]}
            assert worlds[0].get(viewset.model).pk in ids or viewset.model.__name__ == "Article", prefix
            assert worlds[1].get(viewset.model).pk not in ids, prefix
        for field in viewset.ordering_fields:
            knock(inside, f"/api/v1/{prefix}/?ordering={field}", status={200})


def test_rest_filters_do_not_tell(inside, worlds):
    """Every filter, with the other world's words in it: an empty page, and the same for a word that is nowhere."""
    for prefix, viewset, _base in router.registry:
        for name in getattr(getattr(viewset, "filterset_class", None), "base_filters", {}):
            answers = [
                knock(inside, f"/api/v1/{prefix}/", data={name: value})
                for value in (f"{HIDDEN}-{name}", f"nowhere-{name}")
            ]
            assert answers[0].status_code == answers[1].status_code
            if answers[0].status_code == 200:
                assert answers[0].json()["results"] == answers[1].json()["results"] == [], (prefix, name)


def test_rest_rows_and_verbs_of_hidden_rows(inside, worlds):
    for prefix, viewset, _base in router.registry:
        if is_shared(viewset.model):
            continue
        row = worlds[1].get(viewset.model)
        knock(inside, f"/api/v1/{prefix}/{row.pk}/", status={404})
        for extra in viewset.get_extra_actions():
            knock(inside, f"/api/v1/{prefix}/{row.pk}/{extra.url_path}/", "post", status={404},
                  data={}, content_type="application/json")


def test_a_ticket_for_one_department_is_seen_by_that_one_only(inside, worlds, insider):
    """Its people see it, of whatever scope; before, every other test here has found nothing of it."""
    ticket = worlds[1].get(Ticket)
    assert ticket.for_department and insider.department_id != ticket.department_id
    for entry in (ticket, ticket.entries.get()):
        assert not type(entry).objects.visible_to(insider).filter(pk=entry.pk).exists()
    knock(inside, reverse("ticket", args=[ticket.number]), status={404})
    User.objects.filter(pk=insider.pk).update(department=ticket.department)
    assert HIDDEN in tells(inside.get(f"/api/v1/tickets/{ticket.pk}/"))
    assert inside.get(reverse("ticket", args=[ticket.number])).status_code == 200


@pytest.mark.parametrize(("verb", "body"), [
    ("merge", {"into": "{number}"}), ("split", {"title": "{number}"}), ("reopen", {"reason": "{number}"}),
])
def test_verbs_of_an_own_ticket_name_no_hidden_one(inside, worlds, verb, body):
    """Over REST and on the page: the hidden ticket's number changes nothing there and is told as one that is not."""
    own, hidden = (world.get(Ticket) for world in worlds)
    before = Ticket.objects.filter(pk=hidden.pk).values().get()
    answers = []
    for number in (hidden.number, "T-nowhere"):
        said = {name: text.format(number=number) for name, text in body.items()}
        answer = inside.post(f"/api/v1/tickets/{own.pk}/{verb}/", said, content_type="application/json")
        answers.append(answer.status_code)
        knock(inside, f"/api/v1/tickets/{hidden.pk}/{verb}/", "post", status={404}, data=said,
              content_type="application/json")
    assert verb != "merge" or answers == [400, 400]
    inside.post(reverse("ticket_do", args=[own.number, verb]), {"text": "x", "into": hidden.number})
    knock(inside, reverse("ticket_do", args=[hidden.number, verb]), "post", status={404}, data={"text": "x"})
    assert Ticket.objects.filter(pk=hidden.pk).values().get() == before
    own.refresh_from_db()
    assert own.merged_into_id is None


def test_rest_rows_of_one_own_world(inside, worlds):
    for prefix, viewset, _base in router.registry:
        knock(inside, f"/api/v1/{prefix}/{worlds[0].get(viewset.model).pk}/", status={200, 404})


def test_the_mark_would_be_seen(inside, worlds, insider):
    """The walk has teeth: with a grant on the other scope the mark appears."""
    from kernel.access import grant_scope
    from kernel.models import Scope

    grant_scope(scope=worlds[1].get(Scope), to=insider)
    assert HIDDEN in tells(inside.get("/api/v1/orders/"))
    assert HIDDEN in tells(inside.get(reverse("admin:orders_order_changelist")))


def test_the_customer_gets_in_nowhere_else(client, customer, worlds):
    client.force_login(customer)
    for model in admin.site._registry:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(url).status_code in (302, 403)
    for prefix, viewset, _base in router.registry:
        for world in worlds:
            answer = client.get(f"/api/v1/{prefix}/{world.get(viewset.model).pk}/")
            assert answer.status_code in (403, 404)
    assert SEEN not in tells(client.get(reverse("admin:index"), follow=True))


def test_custom_pages(inside, worlds):
    """Own rows open, hidden rows are 404, read or written; lists tell nothing, whatever they are asked."""
    for name, knocks in doors.PAGES.items():
        for url, is_own in doors.addresses(name, knocks, worlds):
            hidden = not is_own and name not in doors.OPEN_TO_STAFF
            knock(inside, url, status={404, 405} if hidden else FINE)
            if not knocks:
                for asked in doors.ASKED:
                    knock(inside, url + asked)


def test_posts_to_hidden_rows(inside, worlds):
    for name, knocks in doors.PAGES.items():
        for url, is_own in doors.addresses(name, knocks, worlds):
            if not is_own and name not in doors.OPEN_TO_STAFF:
                knock(inside, url, "post", status={404, 405}, data={"reason": "x", "text": "x"})


def test_posts_naming_hidden_rows(inside, worlds):
    """Bulk forms and replays: the hidden row's number in every field a form may have."""
    for name, knocks in doors.PAGES.items():
        if knocks or name in ("setup_company", "first_run"):
            continue
        for model in (Order, Ticket, Difference, ParkedRow, Notice):
            row = worlds[1].get(model)
            body = dict.fromkeys(("id", "pk", "ids", "row", "rows", "ticket", "tickets", "notice", "parked"), row.pk)
            before = model.objects.filter(pk=row.pk).values().get()
            knock(inside, reverse(name), "post", data=body)
            assert model.objects.filter(pk=row.pk).values().get() == before, (name, model)


def test_the_customer_sees_own_orders_and_nothing_else(client, customer, worlds):
    client.force_login(customer)
    own, other = (world.get(Order).number for world in worlds)
    assert own in tells(knock(client, reverse("portal"), status={200}))
    knock(client, reverse("portal_order", args=[own]), status={200})
    knock(client, reverse("portal_order", args=[other]), status={404})
    portal = {"portal", "portal_order", *doors.PUBLIC}
    for name, knocks in doors.PAGES.items():
        for url, _is_own in doors.addresses(name, knocks, worlds):
            if name not in portal:
                for method in ("get", "post"):
                    answer = knock(client, url, method, status={302, 403, 404, 405})
                    assert SEEN not in tells(answer), url


def test_signed_out_everything_asks_to_sign_in(client, worlds):
    for name, knocks in doors.PAGES.items():
        for url, _is_own in doors.addresses(name, knocks, worlds):
            answer = client.get(url)
            assert answer.status_code in (302, 401, 403, 404, 405), url
            assert SEEN not in answer.content.decode()
