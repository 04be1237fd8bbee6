"""Can people search, read, judge and write articles on pages and over REST, and only those who may?"""
import pytest
from django.contrib.auth.models import Permission

from exceptions.actions import comment_ticket, draft_article, resolve_ticket, write_article
from exceptions.marking import excerpt, marked
from exceptions.models import Article
from exceptions.terms import asked_terms
from kernel.access import grant_scope
from kernel.errors import Forbidden, Refusal
from kernel.models import User
from tests.exceptions.test_tickets import opened, reference, worker  # noqa: F401

RIGHTS = ("view_article", "view_ticket")
WRITES = (*RIGHTS, "add_article", "change_article")


@pytest.fixture
def made(person, scopes):
    def make(username, *rights, scope=scopes[0]):
        user = person(username, scope, is_staff=True, language="en")
        user.user_permissions.set(Permission.objects.filter(codename__in=rights))
        return User.objects.get(pk=user.pk)
    return make


@pytest.fixture
def article(db):
    return Article.objects.create(
        code="kiln", title_en="Kiln too cold", title_zh="窑温过低", body_en="Look.\n\n1. Call **the** stoker",
        body_zh="先看温度。\n\n1. 找司炉", causes=["late_production"],
    )


@pytest.fixture
def solved(opened, worker, at):  # noqa: F811
    keeper = worker("keeper", "quality")
    ticket = opened(kind="late_quality", title_en="Gauge gone", title_zh="量具丢失")
    comment_ticket(ticket=ticket, text="Cupboard 4\nis empty", by=keeper, at=at)
    return resolve_ticket(ticket=ticket, note="Borrowed one from line 2", by=keeper, at=at)


def page_of(client, user, url):
    client.force_login(user)
    return client.get(url).content.decode()


def test_a_search_marks_the_words_and_keeps_the_ticket(client, made, article, opened):  # noqa: F811
    ticket = opened()
    page = page_of(client, made("a", *RIGHTS), f"/knowledge/?q=the+stoker+of+a+kiln&ticket={ticket.number}")
    assert "<mark>Kiln</mark> too cold" in page and "<mark>stoker</mark>" in page
    assert f"/knowledge/kiln/?ticket={ticket.number}" in page
    assert "/knowledge/new/" not in page and "drafts" not in page
    user = made("b", *RIGHTS)
    User.objects.filter(pk=user.pk).update(language="zh-hans")
    client.force_login(User.objects.get(pk=user.pk))
    page = client.get("/knowledge/?q=窑温", headers={"accept-language": "zh-hans"}).content.decode()
    assert "<mark>窑温</mark>过低" in page


def test_the_article_is_read_in_either_language_and_judged_for_a_ticket(client, made, article, opened):  # noqa: F811
    ticket, reader = opened(), made("a", *RIGHTS, "work_ticket", "work_any_ticket")
    page = page_of(client, reader, "/knowledge/kiln/")
    assert "<strong>the</strong>" in page and "?in=zh" in page and "/helped/" not in page
    assert "找司炉" in page_of(client, reader, "/knowledge/kiln/?in=zh")
    address = f"/knowledge/kiln/?ticket={ticket.number}"
    assert "/helped/" in page_of(client, reader, address)
    for verb, counts in (("helped", (1, 0)), ("helped", (1, 0)), ("no-help", (0, 1))):
        answer = client.post(f"/tickets/{ticket.number}/{verb}/", {"article": "kiln", "next": address})
        article.refresh_from_db()
        assert answer.url == address and (article.solved_count, article.unsolved_count) == counts
    assert "You said: it did not solve this." in page_of(client, reader, address)


def test_writing_keeps_versions_and_the_old_text_can_be_taken_up(client, made, article):
    writer = made("a", *WRITES)
    page = page_of(client, writer, "/knowledge/kiln/edit/")
    seen = article.history.first().pk
    assert f'name="seen" value="{seen}"' in page
    said = {"title_en": "Kiln far too cold", "body_en": "Fire.", "causes": ["late_production"], "is_published": "on",
            "seen": seen, "search_words": "oven"}
    assert client.post("/knowledge/kiln/edit/", said).status_code == 302
    article.refresh_from_db()
    assert article.title_en == "Kiln far too cold" and article.body_zh == "" and article.search_words == "oven"
    newest = article.history.first()
    assert newest.history_user == writer and article.history.count() == 2
    page = page_of(client, writer, f"/knowledge/kiln/?version={seen}")
    assert "stoker" in page and "not the one of today" in page
    assert "stoker" in page_of(client, writer, f"/knowledge/kiln/edit/?version={seen}")
    again = client.post("/knowledge/kiln/edit/", said)
    assert again.status_code == 200 and "has changed this article meanwhile" in again.content.decode()
    assert article.history.count() == 2


def test_an_article_needs_one_whole_language_and_gets_a_code_of_its_own(client, made, article):
    writer = made("a", *WRITES)
    client.force_login(writer)
    assert "in one language at least" in client.post("/knowledge/new/", {"title_en": "Kiln"}).content.decode()
    for title, code in (("Kiln", "kiln-2"), ("Kiln!", "kiln-3"), ("New", "new-2"), ("窑", "article")):
        answer = client.post("/knowledge/new/", {"title_en": title, "body_en": "x", "is_published": "on"})
        assert answer.url == f"/knowledge/{code}/"
        assert client.get(answer.url).status_code == 200


def test_who_may_not_write_is_told_so(client, made, article, at):
    reader = made("a", *RIGHTS)
    client.force_login(reader)
    for url in ("/knowledge/new/", "/knowledge/kiln/edit/"):
        assert client.get(url).status_code == client.post(url, {"title_en": "x", "body_en": "x"}).status_code == 403
    assert client.get("/knowledge/kiln/?version=1").status_code == 403
    with pytest.raises(Forbidden):
        write_article(article=article, fields={"title_en": "x"}, by=reader, at=at)
    article.refresh_from_db()
    assert article.title_en == "Kiln too cold"


def test_an_article_is_written_from_a_solved_ticket(client, made, solved, at):
    writer = made("writer", *WRITES)
    assert "Write an article from it" in page_of(client, writer, f"/tickets/{solved.number}/")
    answer = client.post(f"/tickets/{solved.number}/article/")
    draft = Article.objects.get(drafted_from=solved)
    assert answer.url == f"/knowledge/{draft.code}/edit/" and not draft.is_published
    assert (draft.title_en, draft.title_zh, draft.causes) == ("Gauge gone", "量具丢失", ["late_quality"])
    assert "1. Cupboard 4 is empty" in draft.body_en and "1. Borrowed one from line 2" in draft.body_en
    assert draft.history.first().history_user == writer
    client.post(f"/tickets/{solved.number}/article/")
    assert Article.objects.filter(drafted_from=solved).count() == 1
    assert "Gauge gone" not in page_of(client, writer, "/knowledge/?q=gauge")
    assert "Gauge gone" in page_of(client, writer, "/knowledge/?drafts=1")


def test_an_open_ticket_gives_no_article(client, made, opened, at):  # noqa: F811
    ticket, writer = opened(), made("writer", *WRITES)
    assert "Write an article" not in page_of(client, writer, f"/tickets/{ticket.number}/")
    assert client.post(f"/tickets/{ticket.number}/article/").url == f"/tickets/{ticket.number}/"
    with pytest.raises(Refusal):
        draft_article(ticket=ticket, by=writer, at=at)
    assert not Article.objects.filter(drafted_from=ticket).exists()


def test_a_draft_tells_nobody_of_a_ticket_who_may_not_see_it(client, made, solved, scopes, at):
    writer, other, reader = made("writer", *WRITES), made("other", *WRITES, scope=scopes[1]), made("reader", *RIGHTS)
    draft = draft_article(ticket=solved, by=writer, at=at)
    address = f"/knowledge/{draft.code}/"
    for user in (other, reader):
        client.force_login(user)
        assert client.get(address).status_code == 404 and client.get(address + "edit/").status_code in (403, 404)
        assert "Gauge gone" not in page_of(client, user, "/knowledge/?drafts=1")
    write_article(article=draft, fields={"body_en": "Look in the store.", "is_published": True}, by=writer, at=at)
    page = page_of(client, other, address)
    assert "Look in the store" in page and solved.number not in page
    first = draft.history.order_by("history_id").first().pk
    assert f"?version={first}" not in page and client.get(f"{address}?version={first}").status_code == 404
    grant_scope(scope=scopes[0], to=other)
    page = page_of(client, User.objects.get(pk=other.pk), address)
    assert solved.number in page and f"?version={first}" in page


def test_words_of_a_person_find_articles_for_the_ticket(made, article, opened, at):  # noqa: F811
    from exceptions.knowledge import articles_for

    reader = made("a", *RIGHTS)
    said = opened(kind="other", title_en="The kiln is cold again", title_zh="The kiln is cold again", by=reader)
    found = opened(kind="other", key="2", title_en="The kiln is cold again", title_zh="x")
    assert article in articles_for(said, None, reader) and article not in articles_for(found, None, reader)


def test_rest_searches_and_narrows(client, made, article):
    client.force_login(made("a", *RIGHTS))
    Article.objects.create(code="hid", title_en="Kiln", title_zh="", body_en="x", body_zh="", is_published=False)
    found = client.get("/api/v1/articles/search/?q=cold+kiln").json()
    assert [one["code"] for one in found] == ["kiln"]
    narrowed = client.get("/api/v1/articles/?cause=late_production").json()["results"]
    assert [one["code"] for one in narrowed] == ["kiln"]
    assert client.get("/api/v1/articles/?cause=TIMEZONE").json()["results"] == []


def test_the_menu_search_finds_articles_that_say_most_of_it(client, made, article):
    client.force_login(made("a", *RIGHTS))
    assert "/knowledge/kiln/" in client.get("/search/?q=kiln+cold").content.decode()
    assert "/knowledge/kiln/" not in client.get("/search/?q=cold+invoice+of+a+customer").content.decode()


@pytest.mark.pure
@pytest.mark.parametrize(("text", "question", "hits"), [
    ("Invoices were posted late", "invoice posting", ["Invoices", "posted"]),
    ("数量相差固定倍数", "数量差倍数", ["数量", "倍数"]),
    ("含税与不含税", "税", ["税", "税"]),
    ("ＷＭＳ too", "wms", ["ＷＭＳ"]),
    ("<b>x</b>", "nothing", []),
])
def test_what_was_looked_for_is_marked(text, question, hits):
    pieces = marked(text, asked_terms(question))
    assert [piece for piece, is_hit in pieces if is_hit] == hits and "".join(piece for piece, _hit in pieces) == text


@pytest.mark.pure
def test_the_line_that_says_most_is_shown():
    text = "One line.\n" + "x " * 100 + "the kiln is cold " + "y " * 100 + "\nA kiln."
    shown = "".join(piece for piece, _hit in excerpt(text, asked_terms("cold kiln")))
    assert "the kiln is cold" in shown and len(shown) < 150 and shown.startswith("…") and shown.endswith("…")
    assert excerpt("", ["x"]) == []
