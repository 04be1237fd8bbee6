"""Can every page be read by everybody: no serious violation of axe, no console error, nothing wider than the screen?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
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

    found = [f"console: {said}" for said in page.troubles]
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


def test_the_portal_and_the_pages_without_a_login(browser, live_server, client, story):
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB").new_page()
    page.troubles = []
    page.goto(live_server.url + "/login/")
    found = troubles_of(page, "/login/")
    page = open_as(browser, live_server, client, story.customer(), width=390, dark=False, language="en")
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
