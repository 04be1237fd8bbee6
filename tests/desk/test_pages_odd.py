"""Do odd addresses and forms get a plain answer, never a broken page?"""

import pytest

ODD = ("²", "٣", "9" * 40, "-1", "1e3", "'", "", "None", "%00")
ADDRESSES = (
    "/orders/?before={}",
    "/orders/?q={}",
    "/orders/{}/",
    "/orders/?due={}&sort={}",
    "/tickets/?page={}&order={}&tab={}",
    "/tickets/{}/",
    "/differences/?before={}&order={}&profile={}",
    "/jobs/?before={}",
    "/inbox/?before={}&state={}",
    "/board/?node={}&within={}",
    "/search/?q={}",
    "/runs/?x={}",
)


@pytest.mark.parametrize("odd", ODD)
def test_odd_addresses(staff, odd):
    client = staff("integration_engineer")
    for address in ADDRESSES:
        response = client.get(address.replace("{}", odd))
        assert response.status_code in (200, 302, 400, 404), address


@pytest.mark.parametrize("odd", ODD[:-1])
def test_odd_forms(staff, odd):
    client = staff("department_head")
    for address, given in (
        ("/tickets/bulk/", {"ticket": odd, "verb": "assign", "to": odd}),
        ("/notices/read/", {"notice": odd}),
        ("/orders/excel/", {"q": odd, "due": odd}),
        ("/language/", {"language": odd, "next": odd}),
        ("/theme/", {"theme": odd}),
    ):
        assert client.post(address, given).status_code in (204, 302, 400, 404), address


def test_a_ticking_deadline_keeps_the_words_it_was_drawn_with(settings):
    from django.utils.translation import gettext, override

    script = (settings.BASE_DIR / "static" / "hub_page.js").read_text()
    for language in ("en", "zh-hans"):
        with override(language):
            for words in ("%(time)s over", "in %(time)s"):
                before, after = gettext(words).split("%(time)s")
                assert (f'"{before}" + said' if before else f'said + "{after}"') in script, (language, words)
