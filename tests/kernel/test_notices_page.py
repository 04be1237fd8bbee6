"""Are a person's notices shown fifty at a time, each of them once?"""
import re
from datetime import timedelta

from kernel.models import Notice
from kernel.roles import sync_roles


def test_notices_are_paged(client, person, at):
    sync_roles(by=None, at=at)
    reader = person("reader", role="order_operations", is_staff=True, language="en")
    Notice.objects.bulk_create(
        Notice(key=f"n{n}", person=reader, kind="x", text_en=f"Notice no. {n}.", text_zh="通知",
               created_at=at - timedelta(minutes=120 - n)) for n in range(120))
    client.force_login(reader)
    seen, address = [], "/notices/"
    while address:
        page = client.get(address).content.decode()
        shown = re.findall(r"Notice no\. (\d+)\.", page)
        assert 0 < len(shown) <= 50
        seen += map(int, shown)
        more = re.search(r'href="(\?before=\d+)"', page)
        address = more and "/notices/" + more[1]
    assert seen == list(range(119, -1, -1))
    assert "No earlier notices." in client.get("/notices/?before=1").content.decode()
