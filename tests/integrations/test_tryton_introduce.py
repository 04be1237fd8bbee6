"""Does an empty hub know the two Trytons after one call, and only once after two?"""
from types import SimpleNamespace

import pytest

from integrations.actions.pulling import peer_config
from integrations.mapping_sets import compile_mappings
from integrations.models import Connection, Mapping
from integrations.systems.base import connector_for
from integrations.systems.tryton.peer.introduce import introduce_pair
from kernel.secrets import unseal
from orders.models import AuthorityRank, SourceSystem

pytestmark = pytest.mark.django_db


def server(role, port):
    return SimpleNamespace(role=role, url=f"http://127.0.0.1:{port}/{role}", key=f"key-of-{role}")


def test_two_calls_leave_one_pair_with_the_newest_address(at):
    introduce_pair(erp=server("erp", 1001), wms=server("wms", 1002), by=None, at=at)
    introduce_pair(erp=server("erp", 2001), wms=server("wms", 2002), by=None, at=at)
    assert sorted(SourceSystem.objects.values_list("code", flat=True)) == ["erp", "hub", "wms"]
    assert AuthorityRank.objects.count() == 6
    connection = Connection.objects.get(code="tryton-erp")
    assert connection.config["base_url"] == "http://127.0.0.1:2001/erp"
    assert "key-of-erp" not in connection.secret and unseal(connection.secret) == "key-of-erp"


def test_what_is_stored_makes_a_connector_and_a_mapping(at):
    introduce_pair(erp=server("erp", 1001), wms=server("wms", 1002), by=None, at=at)
    for connection in Connection.objects.all():
        streams = connector_for(connection.kind, peer_config(connection)).streams()
        assert set(streams) == set(compile_mappings(Mapping.objects.get(system=connection.system).spec).readers)
