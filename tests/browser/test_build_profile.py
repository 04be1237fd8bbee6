"""Does somebody with two files and no code reach a published profile, with the keyboard and on a phone?"""

import pytest
from django.core.management import call_command

from config.launch import RUN_PREPARATION
from kernel.access import grant_scope
from kernel.models import Company, Scope, User
from reconciliation.models import ProfileVersion

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def builder(live_server, settings, tmp_path):
    from django.contrib.auth.models import Group

    settings.VAR_DIR = tmp_path / "var"
    for command in RUN_PREPARATION:
        call_command(*command)
    company = Company.objects.first() or Company.objects.create(code="hq", name_en="Works", name_zh="工厂")
    scope = Scope.objects.create(company=company, code="east", name_en="East", name_zh="华东", kind="sales_team")
    user = User.objects.create_user("lin", password="a-long-password-1", is_staff=True, language="en")
    user.groups.add(Group.objects.get(name="order_operations"))
    grant_scope(scope=scope, to=user)
    (tmp_path / "ERP.csv").write_text(
        "\n".join(["单号,数量", *[f"000{n},{n}" for n in range(100, 140)]]), encoding="gb18030")
    (tmp_path / "WMS.csv").write_text(
        "\n".join(["单据,件数", *[f"{n},{n + 3 * (n == 107)}" for n in range(100, 139)]]), encoding="utf-8")
    return [tmp_path / "ERP.csv", tmp_path / "WMS.csv"]


def log_in(page, live_server):
    page.goto(live_server.url + "/login/")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", "a-long-password-1")
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()


def test_from_two_files_to_a_published_profile(page, live_server, builder):
    log_in(page, live_server)
    page.goto(live_server.url + "/profiles/")
    page.press("body", "n")
    page.wait_for_url("**/profiles/new/")
    page.set_input_files("[name=files]", builder)
    page.click("text=Read the files")
    page.wait_for_url("**/profiles/drafts/*/")
    panel = page.locator("#look")
    assert "39 numbers are in all of them" in panel.inner_text() and "1 of them differs" in panel.inner_text()
    assert "107" in panel.inner_text()
    # what is typed is tried at once
    page.fill("[name=absolute_0]", "3")
    panel.get_by_text("and all agree").wait_for()
    page.uncheck("[name=step_strip_zeros]")
    panel.get_by_text("No number is in all of them.").wait_for()
    page.check("[name=step_strip_zeros]")
    panel.get_by_text("and all agree").wait_for()
    page.fill("[name=absolute_0]", "a bit")
    panel.get_by_text("“a bit”").wait_for()
    page.fill("[name=absolute_0]", "2")
    panel.get_by_text("1 of them differs").wait_for()
    page.fill("[name=name_en]", "Orders east")
    page.click("button:has-text('Publish version')")
    page.wait_for_url("**/profiles/orders-east/")
    assert "Version 1" in page.inner_text("main") and "tolerance" in page.text_content("pre")
    assert ProfileVersion.objects.get().number == 1
    # on a phone the same page keeps to its width
    page.set_viewport_size({"width": 390, "height": 844})
    page.click("text=Begin a new version")
    page.wait_for_url("**/profiles/drafts/*/")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert not page.troubles
