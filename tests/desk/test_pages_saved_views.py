"""Are a list's filters kept under a name, shared within a department only, and opened first where somebody wants it?"""
import pytest

from kernel.access import visible
from kernel.errors import Refusal
from kernel.models import Department, SavedView
from kernel.roles import sync_roles
from kernel.saved_views import MOST, cleaned, open_view_first, save_view

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleagues(company, scopes, person, at):
    """Two people of one department and one of another."""
    sync_roles(by=None, at=at)
    ours, theirs = (
        Department.objects.create(company=company, code=code, name_en=code, name_zh=code) for code in ("d1", "d2")
    )
    make = {"role": "warehouse", "is_staff": True, "language": "en"}
    return [person(name, scopes[0], department=home, **make)
            for name, home in (("li", ours), ("wang", ours), ("zhao", theirs))]


def saved(by, at, **more):
    return save_view(**{"listing": "tickets", "name": "Late ones", "query": "tab=all&late=1", "is_shared": False,
                        "by": by, "at": at, **more})


@pytest.mark.pure
def test_filters_are_kept_without_where_one_is_in_the_list():
    assert cleaned("?late=1&page=3&tab=all&q=&before=x&view=") == "late=1&tab=all"


def test_own_views_are_ones_own_and_shared_ones_the_departments(colleagues, at):
    li, wang, zhao = colleagues
    saved(li, at)
    shared = saved(li, at, name="For us", query="tab=department", is_shared=True)
    assert visible(SavedView, li).count() == 2
    assert list(visible(SavedView, wang)) == [shared] and not visible(SavedView, zhao).exists()


def test_the_same_name_again_replaces_and_nonsense_is_refused(colleagues, at):
    li = colleagues[0]
    first = saved(li, at)
    assert saved(li, at, query="tab=mine").pk == first.pk and SavedView.objects.get().query == "tab=mine"
    for wrong, code in ({"name": " "}, "view_name"), ({"query": "page=2"}, "view_blank"), ({"query": "q=" + "x" * 600},
                                                                                         "view_long"):
        with pytest.raises(Refusal) as refused:
            saved(li, at, **wrong)
        assert refused.value.code == code
    SavedView.objects.bulk_create(
        SavedView(owner=li, listing="tickets", name=str(n), query="q=1") for n in range(MOST - 1)
    )
    with pytest.raises(Refusal) as refused:
        saved(li, at, name="one more")
    assert refused.value.code == "view_many"


def test_one_view_opens_first_and_the_whole_list_stays_in_reach(client, colleagues, at):
    li, wang, _zhao = colleagues
    shared = saved(li, at, is_shared=True)
    other = saved(wang, at, name="Mine", query="tab=mine")
    client.force_login(wang)
    assert client.get("/tickets/").status_code == 200
    client.post(f"/views/{shared.pk}/first/")
    assert client.get("/tickets/")["Location"] == "/tickets/?late=1&tab=all"
    assert client.get("/tickets/?tab=all").status_code == 200
    open_view_first(view=other, by=wang, at=at)
    assert list(wang.default_views.all()) == [other], "one at a time"
    client.post(f"/views/{other.pk}/not-first/")
    assert client.get("/tickets/").status_code == 200
    client.force_login(li)
    assert client.get("/tickets/").status_code == 200, "everybody chooses for themselves"


def test_a_view_no_longer_shared_opens_first_no_more(client, colleagues, at):
    li, wang, _zhao = colleagues
    open_view_first(view=saved(li, at, is_shared=True), by=wang, at=at)
    saved(li, at)
    client.force_login(wang)
    assert client.get("/tickets/").status_code == 200


def test_the_lists_name_them_and_offer_to_save_what_is_shown(client, colleagues):
    client.force_login(colleagues[0])
    page = client.get("/orders/?late=late&view=").content.decode()
    assert "Save this view" in page and "also for d1" in page
    sent = {"listing": "orders", "name": "Late <b>", "query": "late=late", "is_shared": "1"}
    client.post("/views/save/", sent)
    client.force_login(colleagues[1])
    page = client.get("/orders/?late=late").content.decode()
    assert 'href="?late=late" aria-current="page" title="li">Late &lt;b&gt;' in page and "Open first" in page
    assert "Remove view" not in page


def test_only_the_owner_removes_and_others_find_nothing(client, colleagues, at):
    li, wang, zhao = colleagues
    view = saved(li, at, is_shared=True)
    client.force_login(zhao)
    assert client.post(f"/views/{view.pk}/remove/").status_code == 404
    client.force_login(wang)
    client.post(f"/views/{view.pk}/remove/")
    assert SavedView.objects.exists()
    client.force_login(li)
    client.post(f"/views/{view.pk}/remove/")
    assert not SavedView.objects.exists()
    assert client.post("/views/save/", {"listing": "nosuch", "name": "x", "query": "a=1"}).status_code == 404
