"""The real Tryton pair that tests talk to: built once per machine, started once per test module."""
from types import SimpleNamespace

import pytest

from integrations.systems.base import PeerConfig, connector_for
from integrations.systems.tryton.peer.environment import NoPackages, prepare
from integrations.systems.tryton.peer.server import Server
from integrations.systems.tryton.peer.staff import SalesDesk, Warehouse
from integrations.systems.tryton.streams import WAREHOUSE_STREAMS


@pytest.fixture(scope="session")
def tryton():
    """The built peer; skipped when its packages cannot be had, failing for every other reason."""
    try:
        return prepare()
    except NoPackages as error:
        pytest.skip(f"NO REAL TRYTON TESTED: its packages are not in the cache and cannot be had. {error}")


@pytest.fixture(scope="module")
def pair(tryton, tmp_path_factory):
    """ERP and WMS, running: .erp .wms (Server), .desk .erp_dock .dock (their people)."""
    folder = tmp_path_factory.mktemp("tryton")
    with Server(tryton, "erp", folder) as erp, Server(tryton, "wms", folder) as wms:
        yield SimpleNamespace(
            erp=erp, wms=wms, desk=SalesDesk(erp), erp_dock=Warehouse(erp), dock=Warehouse(wms))


def connect(server, **settings):
    """A connector to a running Server, as the hub would have it."""
    streams = {"options": {"streams": list(WAREHOUSE_STREAMS)}} if server.role == "wms" else {}
    known = {"system": server.role, "base_url": server.url, "secret": server.key, "allow_loopback": True}
    return connector_for("tryton", PeerConfig(**known | streams | settings))


def pull_all(connector, stream, cursor, at):
    """(rows, cursor, pages) of one whole pull."""
    pages = list(connector.pull(stream, cursor, at=at))
    assert not [page.alarm for page in pages if page.alarm]
    return [row for page in pages for row in page.rows], pages[-1].cursor, pages
