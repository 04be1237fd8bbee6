"""What must a connector to another system offer, whatever that system is?

Trouble is kernel.outbound.PeerError; its `kind` says what to do: "retryable" again later, with back-off;
"auth" pause the connection until a person has looked; "refused", "permanent" will not get better by trying.
"""
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Protocol

from kernel.outbound import Policy, loopback_of

MAX_ANSWER = 16 * 1024 * 1024

# kind -> dotted name of its connector class; a new kind is one folder and one line here.
KINDS = {
    "folder": "integrations.systems.folder.connector.FolderConnector",
    "factory": "integrations.systems.factory.connector.FactoryConnector",
    "tryton": "integrations.systems.tryton.connector.TrytonConnector",
}


@dataclass(frozen=True, slots=True)
class PeerConfig:
    """How to reach one peer; plain values, so that a connector needs no database.

    `secret` is the resolved key and never appears in repr or logs; `overlap_s` is how far a pull looks back
    behind its high-water mark and must exceed the peer's longest transaction; `networks` are the private
    networks (CIDR) it may be in; `options` are the kind's own, for Tryton {"streams": [names]}.
    """

    system: str
    base_url: str
    secret: str = field(default="", repr=False)
    overlap_s: int = 120
    page_size: int = 200
    deadline_s: float = 20.0
    networks: tuple[str, ...] = ()
    allow_loopback: bool = False
    options: dict = field(default_factory=dict)

    def policy(self):
        """Where this peer may live and what an answer may cost."""
        here = loopback_of(self.base_url, wanted=self.allow_loopback)
        return Policy(deadline_s=self.deadline_s, max_bytes=MAX_ANSWER, networks=self.networks, loopback=here)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record in the peer's own words, of the mapping's stream of that name."""

    stream: str
    data: dict


@dataclass(frozen=True, slots=True)
class Page:
    """One bite of a pull, to be stored together with `cursor` in a single transaction.

    `rows` are the changed ones; `unchanged` counts those that were read again and were the same.
    `alarm` is "" or a reason why this window cannot be trusted (the cursor then starts it anew).
    """

    rows: list[RawRow]
    cursor: dict
    unchanged: int = 0
    alarm: str = ""


class Connector(Protocol):
    """Reads one peer. Holds no state between calls but what the cursor says."""

    kind: str

    def __init__(self, config: PeerConfig): ...

    def streams(self) -> tuple[str, ...]:
        """Names of what can be pulled; each has a cursor of its own."""

    def pull(self, stream: str, cursor: dict, *, at: datetime) -> Iterator[Page]:
        """Pages of what changed up to `at`. Raises PeerError; pages already yielded stay valid."""

    def gone(self, stream: str, keys: list[str], *, at: datetime) -> list[RawRow]:
        """Optional, for peers that do not tell of deletions: rows that retract those of `keys` no longer there."""

    def check(self) -> list[str]:
        """Sentences saying what is wrong with the connection; empty when all is well."""

    def close(self):
        """Let go of the network connection."""


def connector_for(kind, config):
    """The connector of this kind, made with `config`. KeyError for an unknown kind."""
    module, _, name = KINDS[kind].rpartition(".")
    return getattr(import_module(module), name)(config)

