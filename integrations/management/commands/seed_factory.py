"""How is a hub filled with the sample factory's orders, as its systems would have sent them?"""
import json
import time
from collections import Counter
from datetime import UTC, datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integrations.actions.receiving import receive_batch
from integrations.actions.working_off import work_off_batch
from integrations.inbox import Reader
from integrations.models import Connection, SyncCursor
from integrations.sample_factory.ahead import read_ahead
from integrations.sample_factory.clockwork import to_ms
from integrations.sample_factory.fault_kinds import even_faults
from integrations.sample_factory.introduce import introduce_factory
from integrations.sample_factory.truth import expected
from integrations.systems.factory.connector import STREAM, world_of, world_options
from orders.actions import load_history

SIZE = 500
DEFAULT_RATE = 0.003


def read_faults(text):
    """{kind: rate} from "default", "none", "all=0.01" or "TYPO=0.01,TIMEZONE=0.02"; ValueError says what is wrong."""
    if text in ("", "none"):
        return {}
    if text == "default":
        return even_faults(DEFAULT_RATE)
    faults = {}
    for part in text.split(","):
        kind, mark, rate = part.partition("=")
        if not mark or not 0 <= float(rate) <= 1:
            raise ValueError(part)
        faults.update(even_faults(float(rate)) if kind == "all" else {kind.strip().upper(): float(rate)})
    return faults


def _told_once(truth):
    """What concerns stock is told in every span that shows it; the first time counts."""
    first = {}
    for line in truth:
        first.setdefault(json.dumps({**line, "known_at": None}, sort_keys=True), line)
    return list(first.values())


class Feed:
    """Rows on their way into the hub, in batches of one system each."""

    def __init__(self, doors, prefix, at):
        self.doors, self.prefix, self.at = doors, prefix, at
        self.readers = {code: Reader(door.system_id) for code, door in doors.items()}
        self.waiting, self.counts, self.number = {code: [] for code in doors}, Counter(), 0

    def take(self, row):
        rows = self.waiting[row.system]
        rows.append((row.entity, row.raw, row.received_at))
        if len(rows) >= SIZE:
            self.flush(row.system)

    def flush(self, system):
        """Through the inbox, as a pull or a push of the real system would go."""
        rows, self.waiting[system] = self.waiting[system], []
        if not rows:
            return
        self.number += 1
        batch = receive_batch(
            connection=self.doors[system], stream=STREAM, rows=rows, code=f"{self.prefix}-{system}-{self.number}",
            by=None, at=self.at,
        )
        done = work_off_batch(batch=batch, reader=self.readers[system], at=self.at)
        self.counts.update(rows=len(rows), new=done.new, duplicates=done.duplicates, parked=done.parked)

    def close(self):
        for system in self.doors:
            self.flush(system)


class Command(BaseCommand):
    help = "Feed the hub with the sample factory: five systems, relative to now, with faults whose truth is kept."

    def add_arguments(self, parser):
        parser.add_argument("--orders", type=int, default=900)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--faults", default="default", help="default, none, all=RATE or KIND=RATE,…")
        parser.add_argument("--days", type=int, default=30, help="over how many days the orders came in")
        parser.add_argument("--mended", type=float, default=0.0,
                            help="the share of single faults that are put right at the source within two days")
        parser.add_argument("--now", help="ISO time with offset at which the world stands; the present by default")
        parser.add_argument("--after", help="ISO time with offset: what was received until then is there already")
        parser.add_argument("--until", help="ISO time with offset: only what was received until then; by default all")
        parser.add_argument("--backfill", action="store_true", help="in bulk, one fold per order at the end")
        parser.add_argument("--no-live", action="store_true", help="the connections are not pulled afterwards")

    def handle(self, *, orders, seed, faults, days, mended, now, after, until, backfill, no_live, **options):
        now = self._moment("--now", now) or timezone.now()
        self.after, self.until = self._moment("--after", after), self._moment("--until", until)
        if backfill and (after or until):
            raise CommandError("--backfill is for all there is, without --after and --until")
        try:
            made = world_options(orders=orders, seed=seed, now=now, faults=read_faults(faults), days=days,
                                 mended=mended)
            world = world_of(made)
        except ValueError as error:
            raise CommandError(f"--faults: {error}") from None
        at = self.until or timezone.now()
        doors = introduce_factory(by=None, at=at)
        truth, began = [], time.monotonic()
        way = self._load if backfill else self._feed
        prefix = f"factory-{seed}-{orders}-{int((self.until or now).timestamp())}"
        counts = way(world, doors, truth, prefix, at)
        took = time.monotonic() - began
        self._keep(made, world, truth)
        self._go_on(doors, made, self.until or now, at, live=not no_live)
        self.stdout.write(
            f"{counts['rows']} rows in {took:.1f} s ({counts['rows'] / took:.0f}/s): {counts['new']} events, "
            f"{counts['duplicates']} repeats, {counts['parked']} parked, {len(truth)} planted faults"
        )

    def _moment(self, name, text):
        if not text:
            return None
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise CommandError(f"{name} needs an offset, as in 2026-11-24T18:00:00+08:00")
        return moment.astimezone(UTC)

    def _feed(self, world, doors, truth, prefix, at):
        feed = Feed(doors, prefix, at)
        after, until = self.after and to_ms(self.after), to_ms(self.until) if self.until else world.now
        for row in world.rows(after, until, truth):
            feed.take(row)
        feed.close()
        return feed.counts

    def _load(self, world, doors, truth, prefix, at):
        """In bulk; only the rows that nobody can read go through the inbox, to be parked there."""
        feed, rows = Feed(doors, prefix, at), Counter()

        def readable():
            for chunk, unread, told in read_ahead(world):
                truth.extend(told)
                rows["rows"] += len(chunk)
                for row in unread:
                    feed.take(row)
                yield from chunk

        loaded = load_history(statements=readable(), by=None, at=at)
        feed.close()
        feed.counts.update(rows, new=loaded.new, duplicates=loaded.duplicates, parked=len(loaded.refused))
        return feed.counts

    def _keep(self, made, world, truth):
        """World, truth and expected states beside the database, for those who check the hub."""
        folder = settings.VAR_DIR / "factory"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "world.json").write_text(json.dumps(made, indent=1), encoding="utf-8")
        if self.after and (folder / "truth.jsonl").exists():
            before = [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]
            truth = _told_once(before + truth)
        for name, lines in (("truth", truth), ("expected", expected(world))):
            with open(folder / f"{name}.jsonl", "w", encoding="utf-8") as stream:
                stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def _go_on(self, doors, made, until, at, live):
        """From here on the connections are pulled like any other."""
        for door in doors.values():
            Connection.objects.filter(pk=door.pk).update(
                config={"base_url": "", "page_size": SIZE, "options": {"world": made}}, is_active=live,
                every_s=60, next_pull_at=at if live else None, last_success_at=at,
            )
            SyncCursor.objects.update_or_create(
                connection=door, stream=STREAM, defaults={"position": {"until": until.isoformat()}, "moved_at": at})
