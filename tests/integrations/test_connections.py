"""May a connection name a peer on this very machine, and are its settings fields with values?"""

import pytest

from integrations.actions.pulling import peer_config
from integrations.admin import ConnectionForm
from integrations.models import Connection
from kernel.outbound import Peer, PeerError

pytestmark = pytest.mark.django_db
HERE = {"base_url": "http://127.0.0.1:9/", "allow_loopback": True}


@pytest.fixture
def filled(systems, scopes):
    def filled(config):
        return ConnectionForm({
            "code": "t", "name": "T", "kind": "tryton", "system": systems["wms"].pk, "scope": scopes[0].pk,
            "config": config, "every_s": 60,
        })

    return filled


@pytest.mark.parametrize("is_open", [True, False])
def test_loopback_is_the_operators_to_open(filled, settings, is_open):
    settings.HUB_PEER_LOOPBACK = is_open
    form = filled('{"allow_loopback": true}')
    assert form.is_valid() == is_open, form.errors
    assert filled('{"allow_loopback": false}').is_valid()
    if not is_open:
        assert "ORDERHUB_PEER_LOOPBACK=1" in form.errors["config"][0]


def test_settings_that_are_no_fields_are_refused(filled):
    assert "fields with values" in filled("[1]").errors["config"][0]


@pytest.mark.parametrize("is_open,kind", [(True, "retryable"), (False, "refused")])
def test_what_a_connection_says_of_itself_opens_nothing(systems, scopes, settings, is_open, kind):
    """Switched off, the field is as if it were not there, however it came into the row."""
    settings.HUB_PEER_LOOPBACK = is_open
    row = Connection(code="t", kind="tryton", system=systems["wms"], scope=scopes[0], config=HERE)
    with Peer(peer_config(row).policy()) as peer, pytest.raises(PeerError) as failure:
        peer.get(HERE["base_url"])
    assert failure.value.kind == kind
