"""In which order do one record's statements stand, and which of them counts?

A stream is all statements of one system about one of its records. It declares what orders it: its version
(compared as numbers where there are numbers), its sequence, or the source's time. Order of arrival never counts.
"""
import json
import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

HUB = "hub"
_PIECES = re.compile(r"[0-9]+|[^0-9]+")


class Said(NamedTuple):
    """One event as the fold sees it. `uid` names it, `replaces` the uid it takes the place of."""

    uid: int | str
    system: str
    entity: str
    key: str
    occurred_at: datetime
    data: dict
    payload_hash: str = ""
    orders_by: str = "time"
    version: str = ""
    sequence: int | None = None
    kind: str = "stated"
    line_number: str = ""
    order_kind: str = ""
    closed: bool | None = None
    retracts: bool = False
    replaces: int | str | None = None
    mapping_version: str = ""
    reason: str = ""


class Stream(NamedTuple):
    """One record: its statements from first to last, and those that tie with the last."""

    said: list
    ties: list

    @property
    def last(self):
        return self.said[-1]


@lru_cache(maxsize=20_000)
def version_key(version):
    """Comparable with any other: "9" < "10", "1.9" < "1.10", "" before all."""
    return tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in _PIECES.findall(version))


def position_of(said, orders_by):
    if orders_by == "version":
        return version_key(said.version)
    if orders_by == "sequence":
        return -1 if said.sequence is None else said.sequence
    return said.occurred_at


def ordering_of(events):
    """What the stream says orders it; a stream that says two things is ordered by time."""
    first = events[0].orders_by
    return first if all(one.orders_by == first for one in events) else "time"


def stream_of(events):
    """The Stream of one record's events, given in any order and with repeats of the same statement."""
    if len(events) == 1:
        return Stream(events, [])
    orders_by = ordering_of(events)
    places = {(position_of(one, orders_by), one.payload_hash) for one in events}
    if len(places) == len(events):
        events = sorted(events, key=lambda one: (position_of(one, orders_by), one.payload_hash))
    else:
        events = sorted(events, key=lambda one: (position_of(one, orders_by), *_content(one)))
    top, last = position_of(events[-1], orders_by), events[-1].payload_hash
    ties = [one for one in events[:-1] if one.payload_hash != last and position_of(one, orders_by) == top]
    return Stream(events, ties)


def _content(said):
    """The last tie-break: payload, then the mapping that read it, then all that it read; a retraction counts last."""
    return (said.payload_hash, version_key(said.mapping_version), said.retracts, json.dumps(said.data, sort_keys=True),
            str(said.closed), said.line_number, said.order_kind, said.kind, said.reason)


def streams_of(events):
    """{(system, entity, key): Stream} of the live records; replaced statements and repeats are left out.

    A record whose last statement retracts it says nothing any more.
    """
    replaced = {one.replaces for one in events if one.replaces is not None and not one.retracts}
    grouped, seen = {}, set()
    for one in events:
        if one.uid in replaced or one.uid in seen:
            continue
        seen.add(one.uid)
        grouped.setdefault((one.system, one.entity, one.key), []).append(one)
    streams = {name: stream_of(grouped[name]) for name in sorted(grouped)}
    return {name: stream for name, stream in streams.items() if not stream.last.retracts}
