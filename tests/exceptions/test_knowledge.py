"""Does the knowledge base answer every cause and kind, the right one first, and does it learn?"""
import re

import pytest

from exceptions.actions import rate_article, resolve_ticket
from exceptions.articles import seeded_articles, superseded
from exceptions.knowledge import articles_for
from exceptions.models import Article, ArticleVerdict, Ticket
from exceptions.seed import KINDS, seed_exceptions
from exceptions.subjects import subject_of
from reconciliation.causes import RULES
from reconciliation.causes.names import NAMES
from reconciliation.models import Difference
from tests.exceptions.test_tickets import opened, reference  # noqa: F401
from tests.exceptions.test_tickets import worker as worker_of  # noqa: F401
from tests.reconciliation.test_run_comparison import profile, say  # noqa: F401
from tests.reconciliation.test_tickets_of_differences import single, worker  # noqa: F401

ARTICLES = seeded_articles()
SOME = ("TYPO", "SIGN", "TIMEZONE", "OUTAGE")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.pure
def test_every_cause_and_every_kind_has_an_article():
    answered = {name for one in ARTICLES for name in one["causes"]}
    wanted = set(NAMES) | {rule.cause for rule in RULES} | {code for code, *_rest in KINDS}
    assert wanted - answered == set() and answered - wanted == set()
    assert len({one["code"] for one in ARTICLES}) == len(ARTICLES)


@pytest.mark.pure
@pytest.mark.parametrize("article", ARTICLES, ids=lambda one: one["code"])
def test_an_article_says_what_it_means_how_to_check_how_to_mend_and_who(article):
    for language, heads in (("en", ("What it means", "How to check", "How to mend", "Who")),
                            ("zh", ("含义", "如何核查", "如何处理", "由谁处理"))):
        body = article[f"body_{language}"]
        lines = [line for line in body.splitlines() if line.strip()]
        assert 6 <= len(lines) <= 12, (language, len(lines))
        assert all(f"**{head}" in body for head in heads)
        assert len(article[f"title_{language}"]) <= 60
    assert not CHINESE.search(article["body_en"] + article["title_en"])
    assert all(CHINESE.search(line) for line in article["body_zh"].splitlines() if line.strip())
    assert not re.search(r"[,;!?]", article["body_zh"]), "full-width punctuation in Chinese"
    assert article["body_en"].count("\n1. ") == article["body_zh"].count("\n1. ") == 2


@pytest.mark.pure
def test_no_advice_stands_in_two_articles():
    steps = [line for one in ARTICLES for line in one["body_en"].splitlines() if re.match(r"\d\. .{60,}", line)]
    assert len(steps) == len(set(steps)) > 40


@pytest.fixture
def reader(person):
    return person("reader")


def codes(ticket, reader):
    return [one.code for one in articles_for(ticket, subject_of(ticket, None), reader)]


@pytest.mark.django_db
def test_the_cause_goes_before_the_kind(opened, reader):  # noqa: F811
    ticket = opened(kind="difference", cause="TIMEZONE")
    assert codes(ticket, reader) == ["timezone", "difference"]
    assert codes(opened(key="2", kind="late_quality"), reader) == ["late-quality"]


@pytest.mark.django_db
def test_the_causes_a_difference_has_now_go_before_the_one_it_was_opened_with(worker, single, reader):  # noqa: F811
    row, ticket = single
    Difference.objects.filter(pk=row.pk).update(
        cause="UNIT_FACTOR", causes=[{"cause": "UNIT_FACTOR"}, {"cause": "DECIMAL_SHIFT"}])
    Ticket.objects.filter(pk=ticket.pk).update(cause="TYPO")
    assert codes(Ticket.objects.get(pk=ticket.pk), reader) == ["unit-factor", "decimal-shift", "typo"]


@pytest.mark.django_db
def test_what_solved_more_often_goes_first_and_hidden_ones_do_not_go(opened, worker_of, at, reader):  # noqa: F811
    ticket, keeper = opened(kind="late_quality"), worker_of("a", "quality")
    better = Article.objects.create(code="a-new-one", title_en="x", title_zh="x", body_en="x", body_zh="x",
                                    causes=["late_quality"])
    Article.objects.create(code="hidden", title_en="x", title_zh="x", body_en="x", body_zh="x",
                           causes=["late_quality"], is_published=False)
    old = Article.objects.get(code="late-quality")
    assert codes(ticket, reader) == ["a-new-one", "late-quality"]
    rate_article(article=better, ticket=ticket, is_solved=False, by=keeper, at=at)
    assert codes(ticket, reader) == ["late-quality", "a-new-one"]
    rate_article(article=old, ticket=ticket, is_solved=True, by=keeper, at=at)
    assert codes(ticket, reader) == ["late-quality", "a-new-one"]


@pytest.mark.django_db
def test_a_person_has_one_verdict_per_ticket_the_latest(opened, worker_of, at):  # noqa: F811
    ticket, keeper, other = opened(kind="late_quality"), worker_of("a", "quality"), worker_of("b", "quality")
    article = Article.objects.get(code="late-quality")
    for by, is_solved in ((keeper, True), (keeper, False), (other, True)):
        article = rate_article(article=article, ticket=ticket, is_solved=is_solved, by=by, at=at)
    assert (article.solved_count, article.unsolved_count) == (1, 1) and ArticleVerdict.objects.count() == 2


@pytest.mark.django_db
def test_naming_the_article_when_solving_counts_for_it(opened, worker_of, at):  # noqa: F811
    ticket, keeper = opened(kind="late_quality"), worker_of("a", "quality")
    resolve_ticket(ticket=ticket, note="measured again", by=keeper, at=at, article="late-quality")
    assert Article.objects.get(code="late-quality").solved_count == 1


@pytest.mark.django_db
def test_the_page_shows_three_and_takes_the_verdict(single, worker, client, reader):  # noqa: F811
    row, ticket = single
    client.force_login(worker())
    Difference.objects.filter(pk=row.pk).update(causes=[{"cause": one} for one in SOME])
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert page.count("/helped/") == 3 and "<strong>What it means.</strong>" in page
    first = articles_for(ticket, subject_of(ticket, None), reader)[0]
    client.post(f"/tickets/{ticket.number}/helped/", {"article": first.code})
    client.post(f"/tickets/{ticket.number}/no-help/", {"article": "never-heard-of"})
    first.refresh_from_db()
    assert (first.solved_count, first.unsolved_count) == (1, 0)
    assert "You said: it solved this." in client.get(f"/tickets/{ticket.number}/").content.decode()


@pytest.mark.pure
def test_advice_is_drawn_in_the_page_s_own_ink():
    """A class that the layout has rules for of its own (prose) made it grey on black."""
    from pathlib import Path

    template = Path("exceptions/templates/exceptions/ticket.html").read_text()
    assert 'class="advice"' in template and 'class="prose"' not in template
    assert ".hub .advice{max-width:70ch;font-size:13px;color:var(--h-ink)}" in Path("static/hub.css").read_text()


@pytest.fixture
def older(db, monkeypatch):
    """Articles as an earlier version seeded them: one without a successor of its code, one with."""
    made = {code: Article.objects.create(code=code, title_en="old", title_zh="旧", body_en=code, body_zh=code,
                                         causes=["late_quality"]) for code in ("first-article", "parked-rows")}
    monkeypatch.setattr(superseded, "SEEDED", {
        code: superseded.fingerprint_of(one) for code, one in made.items()})
    return made


def test_an_untouched_article_of_an_earlier_version_gives_way(older, opened, reader):  # noqa: F811
    seed_exceptions()
    gone, renewed = (Article.objects.get(pk=one.pk) for one in older.values())
    assert not gone.is_published and renewed.is_published
    today = next(one for one in ARTICLES if one["code"] == "parked-rows")
    assert {name: getattr(renewed, name) for name in today} == today
    assert codes(opened(kind="late_quality"), reader) == ["late-quality"]
    assert superseded.retire_superseded({one["code"]: one for one in ARTICLES}) == 0


def test_an_article_somebody_wrote_or_kept_stays(older, person):
    rewritten, kept = older.values()
    rewritten.body_en = "our own words"
    rewritten.save()
    kept._history_user = person("editor")
    kept.save()
    seed_exceptions()
    for one in (rewritten, kept):
        one.refresh_from_db()
        assert one.is_published and one.title_en == "old"


@pytest.mark.pure
def test_the_earlier_articles_are_known_by_what_they_said():
    assert len(superseded.SEEDED) == 21 and all(len(one) == 16 for one in superseded.SEEDED.values())
