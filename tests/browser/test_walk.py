"""Can every page be read by everybody: no serious violation of axe, no console error, nothing wider than the screen?"""

from datetime import timedelta

import pytest
from django.urls import get_resolver, resolve
from django.utils import timezone

from tests.browser.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOWHERE = "/nowhere/"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def story(db):
    return Story(timezone.now())


def open_as(browser, live_server, client, user, *, width, dark, language):
    client.force_login(user)
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        bypass_csp=False,
        locale="zh-CN" if language == "zh" else "en-GB",
    )
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("console", lambda said: page.troubles.append(said.text) if said.type == "error" else None)
    return page


def troubles_of(page, address):
    """What is wrong with a page: axe's serious findings, complaints of the console, a sideways scroll bar."""
    from axe_playwright_python.sync_playwright import Axe

    told = page.troubles if address != NOWHERE else [said for said in page.troubles if "404" not in said]
    found = [f"console: {said}" for said in told]
    page.troubles.clear()
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        found.append("wider than the screen")
    for one in Axe().run(page, options=RULES).response["violations"]:
        if one["impact"] in ("serious", "critical"):
            found.append(f"{one['id']}: {one['nodes'][0]['html'][:120]}")
    return [f"{address} {said}" for said in found]


@pytest.mark.walk
@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "en"), (390, True, "zh")])
def test_every_staff_page(browser, live_server, client, story, width, dark, language):
    user = story.administrator(language)
    page = open_as(browser, live_server, client, user, width=width, dark=dark, language=language)
    found = []
    for address in story.addresses():
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        found += troubles_of(page, address)
    assert not found, "\n".join(found)


def test_every_page_of_ours_is_walked(story):
    """A page that is added is walked too: each address of the hub that answers a GET stands in the story."""
    walked = {resolve(address.partition("?")[0]).url_name for address in story.addresses() if address != NOWHERE}
    elsewhere = {"login", "logout", "first_run", "portal", "portal_order", "files_match", "api-docs"}
    answers = {"healthz", "readyz", "metrics", "theme", "language", "notice_count", "job_file", "ticket_file",
               "order_count", "profile_yaml", "profile_draft_yaml"}
    parts = {"order_events", "ticket_do", "order_decide", "difference_do", "plan_reapply", "chain_reapply",
             "due_reading", "ticket_route"}
    for pattern in get_resolver().url_patterns:
        for one in getattr(pattern, "url_patterns", [pattern]):
            name = getattr(one, "name", None)
            if not name or pattern.pattern.regex.pattern.startswith(("^admin", "^api")):
                continue
            is_post = "http_method_names" in str(one.callback) or _only_posts(one.callback)
            assert is_post or name in walked | elsewhere | answers | parts, name


def _only_posts(view):
    """Whether `require_POST` stands outside the view."""
    return any("POST" in str(cell.cell_contents) for cell in view.__closure__ or () if type(cell.cell_contents) is list)


@pytest.mark.parametrize("dark", [False, True])
def test_every_settings_page(browser, live_server, client, story, dark):
    user = story.administrator("zh")
    page = open_as(browser, live_server, client, user, width=1440, dark=dark, language="zh")
    found = []
    for address in story.settings_addresses():
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        found += troubles_of(page, address)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("dark", [False, True])
def test_the_portal_and_the_pages_without_a_login(browser, live_server, client, story, dark):
    scheme = "dark" if dark else "light"
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB", color_scheme=scheme)
    page = context.new_page()
    page.troubles = []
    page.goto(live_server.url + "/login/")
    found = troubles_of(page, "/login/")
    page = open_as(browser, live_server, client, story.customer(), width=390, dark=dark, language="en")
    page.goto(live_server.url + "/portal/")
    found += troubles_of(page, "/portal/")
    page.click("a.order")
    found += troubles_of(page, "/portal/SO-1/")
    assert not found, "\n".join(found)


def test_keys_countdown_and_the_count_after_the_rows(browser, live_server, client, story):
    page = open_as(browser, live_server, client, story.administrator("en"), width=1440, dark=False, language="en")
    page.goto(live_server.url + "/orders/")
    page.wait_for_selector("text=4 orders")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.inner_text("tr.at td.number").startswith("SO-2")
    page.keyboard.press("o")
    page.wait_for_url("**/orders/SO-2/")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/tickets/**")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.goto(live_server.url + "/tickets/?tab=all")
    countdown = page.locator("time[data-deadline]").first
    before = countdown.inner_text()
    page.evaluate(
        "at => document.querySelector('time[data-deadline]').dataset.deadline = at",
        (timezone.now() - timedelta(hours=2)).isoformat(),
    )
    page.wait_for_function(
        "before => document.querySelector('time[data-deadline]').textContent !== before", arg=before
    )
    assert "over" in countdown.inner_text()


def test_the_language_switch_changes_the_whole_page(browser, live_server, client, story):
    page = open_as(browser, live_server, client, story.administrator("en"), width=1440, dark=False, language="en")
    page.goto(live_server.url + "/orders/SO-1/")
    assert "Late by" in page.inner_text("main")
    page.click("header .tongue button")
    page.wait_for_selector("html[lang=zh-hans]")
    assert "延迟" in page.inner_text("main")


@pytest.mark.parametrize("dark", [False, True])
def test_the_order_and_a_report_fit_on_a4_whatever_the_screen_is(browser, live_server, client, story, dark):
    a4 = 703  # pixels between the margins
    page = open_as(browser, live_server, client, story.administrator("zh"), width=a4, dark=dark, language="zh")
    for address in ("/orders/SO-1/", f"/runs/{story.run.pk}/"):
        page.goto(live_server.url + address)
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= a4, address
        shades = page.evaluate(
            "[...document.querySelectorAll('main, main th, main td, header.top')]"
            ".map(one => getComputedStyle(one).backgroundColor)"
        )
        assert set(shades) <= {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}, address
        page.emulate_media(media="screen")


def test_a_row_is_taken_and_the_keys_are_told_by_keys_alone(browser, live_server, client, story):
    page = open_as(browser, live_server, client, story.administrator("en"), width=1440, dark=False, language="en")
    page.goto(live_server.url + "/tickets/?tab=all")
    page.keyboard.press("t")
    assert page.url.endswith("/tickets/?tab=all"), "no row is chosen and none stood on"
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("t")
    assert "1 done, 0 not." in page.inner_text("main")
    page.goto(live_server.url + "/tickets/T-1/")
    page.keyboard.press("c")
    page.wait_for_function("document.activeElement.name == 'text'")  # the fold opens first, then its field is focused
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("?")
    assert page.url.endswith("/keyboard/") and "Take ticket" in page.inner_text("main")


def test_a_wall_that_gets_no_news_says_so(browser, live_server, client, story):
    page = open_as(browser, live_server, client, story.administrator("en"), width=1920, dark=True, language="en")
    page.goto(live_server.url + "/board/?wall=1")
    assert "not refreshed" not in page.inner_text("main") and "refreshed " in page.inner_text("main")
    page.evaluate(
        "at => document.querySelector('[data-refreshed]').dataset.refreshed = at",
        (timezone.now() - timedelta(minutes=3)).isoformat(),
    )
    page.wait_for_selector("text=not refreshed since")
