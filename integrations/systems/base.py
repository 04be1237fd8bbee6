"""What must a connector to another system offer, whatever that system is?"""
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Protocol

# kind -> dotted name of its connector class; a new kind is one folder and one line here.
KINDS = {
    "tryton": "integrations.systems.tryton.connector.TrytonConnector",
}


@dataclass(frozen=True, slots=True)
class PeerConfig:
    """How to reach one peer; plain values, so that a connector needs no database.

    `secret` is the resolved key and never appears in repr or logs; `overlap_s` is how far a pull looks back
    behind its high-water mark and must exceed the peer's longest transaction; `zone` is the zone of the
    peer's naive timestamps ("" = it must not send naive ones).
    """

    system: str
    base_url: str
    secret: str = field(default="", repr=False)
    zone: str = "UTC"
    overlap_s: int = 120
    page_size: int = 200
    timeout_s: float = 20.0
    allow_loopback: bool = False
    options: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record in the peer's own words. `entity` is ours (order, order_line, shipment, …)."""

    entity: str
    data: dict
    payload_hash: str = ""


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


class PeerFailure(Exception):
    """The peer did not answer as it should. `kind` says what to do next.

    "retry": later, with back-off (`retry_after` seconds when the peer asked for it); "pause": nobody may try
    again before a person has looked (key refused); "refused": this one request is wrong and stays wrong.
    """

    def __init__(self, sentence, kind="retry", code="", retry_after=None):
        super().__init__(sentence)
        self.kind = kind
        self.code = code
        self.retry_after = retry_after


class Connector(Protocol):
    """Reads one peer. Holds no state between calls but what the cursor says."""

    kind: str

    def __init__(self, config: PeerConfig): ...

    def streams(self) -> tuple[str, ...]:
        """Names of what can be pulled; each has a cursor of its own."""

    def pull(self, stream: str, cursor: dict, *, at: datetime) -> Iterator[Page]:
        """Pages of what changed up to `at`. Raises PeerFailure; pages already yielded stay valid."""

    def check(self) -> list[str]:
        """Sentences saying what is wrong with the connection; empty when all is well."""


def connector_for(kind, config):
    """The connector of this kind, made with `config`. KeyError for an unknown kind."""
    module, _, name = KINDS[kind].rpartition(".")
    return getattr(import_module(module), name)(config)


def payload_hash(row, ignore=()):
    """SHA-256 hex of the row's canonical JSON, without the top-level keys in `ignore`."""
    kept = {key: value for key, value in row.items() if key not in ignore}
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
