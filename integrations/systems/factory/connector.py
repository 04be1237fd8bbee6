"""What has one system of the sample factory sent since we last looked?"""
from datetime import datetime

from integrations.sample_factory.world import World, tick
from integrations.systems.base import Page, RawRow

STREAM = "messages"


class FactoryConnector:
    """Pulls one system's share of the world that config.options["world"] describes (see `world_options`)."""

    kind = "factory"

    def __init__(self, config):
        self.config = config

    def streams(self):
        return (STREAM,)

    def pull(self, stream, cursor, *, at):
        """Pages of what was received after the cursor's `until` and not after `at`; the first pull starts at now."""
        world = world_of(self.config.options["world"])
        since = datetime.fromisoformat(cursor.get("until") or self.config.options["world"]["now"])
        rows = []
        for row in tick(world, since, at):
            if row.system != self.config.system:
                continue
            # A page ends between two moments, so that its cursor splits no moment in two.
            if len(rows) >= self.config.page_size and row.received_at != rows[-1].received_at:
                yield Page([RawRow(one.entity, one.raw) for one in rows], _until(rows[-1].received_at))
                rows = []
            rows.append(row)
        yield Page([RawRow(one.entity, one.raw) for one in rows], _until(max(since, at)))

    def check(self):
        return []

    def close(self):
        """Nothing is open."""


def _until(moment):
    return {"until": moment.isoformat()}


def world_options(*, orders, seed, now, faults, days, mended=0.0):
    """The options of a connection from which `world_of` makes the same world again."""
    return {"orders": orders, "seed": seed, "now": now.isoformat(), "faults": faults, "days": days, "mended": mended}


def world_of(options):
    """The World of these options."""
    return World(
        options["orders"], options["seed"], datetime.fromisoformat(options["now"]), options.get("faults"),
        options.get("days", 30), mended=options.get("mended", 0.0),
    )
