"""What changed in a Tryton since we last looked, so that nothing is lost and little comes twice?"""
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from integrations.mapping import payload_hash
from integrations.systems import window as windows
from integrations.systems.base import Page, RawRow
from integrations.systems.tryton.client import TrytonClient, read_stamp
from integrations.systems.tryton.streams import ENVELOPE, STREAMS
from kernel.outbound import RETRYABLE, PeerError

SKEW_S = 60
DOUBTED = 20  # of so many known records at least half must be there to believe that the others are gone
DATE_HEADER_S = 2  # a Date header has whole seconds and is a moment old


class TrytonConnector:
    """Pulls sales, lines, shipments and invoices. config.options["streams"] may name fewer."""

    kind = "tryton"

    def __init__(self, config):
        self.config = config
        self.client = TrytonClient(config)

    def streams(self):
        return tuple(self.config.options.get("streams") or STREAMS)

    def pull(self, stream, cursor, *, at):
        """Pages of changed rows up to `at`; see systems.base.Connector and systems.window."""
        source = STREAMS[stream]
        window, is_new = windows.resume(cursor, at=at, overlap_s=self.config.overlap_s)
        if is_new:
            window = self._opened(source, window)
        seen = windows.remembered(cursor)
        while rows := self._read(source, window):
            window = window.read([row["id"] for row in rows])
            fresh = [row for row in rows if self._is_news(row, source, seen)]
            is_last = window.got >= window.expected and len(rows) < self.config.page_size
            raws = [RawRow(stream, raw) for row in fresh for raw in split(row, source)]
            unchanged = len(rows) - len(fresh)
            if is_last:
                yield Page(raws, self._closed(window, seen), unchanged)
                return
            yield Page(raws, windows.open_cursor(cursor, window, seen), unchanged)
        yield self._last_page(source, cursor, window, seen)

    def gone(self, stream, keys, *, at):
        """Rows that retract those of `keys`, known to the hub, whose record Tryton has no more.

        Tryton logs deletions of some models only, and its log may be cleaned: so it is asked which ids are there.
        """
        source, known = STREAMS[stream], {}
        for key in keys:
            number, _slash, last = key.rpartition("/")
            if last.isascii() and last.isdecimal():
                known[int(last)] = number
        there = self._there(source, sorted(known))
        is_doubted = len(known) >= DOUBTED and len(there) * 2 < len(known)
        if is_doubted and not self.config.options.get("believe_gone"):
            raise PeerError(RETRYABLE, "gone", _(
                "Of %(known)s records known here only %(there)s can be seen: a right may be missing, so nothing was "
                "taken back."), known=len(known), there=len(there))
        # The peer tells its time in whole seconds, its stamps are finer: what it wrote this second is older still.
        moment = self.client.peer_time + timedelta(seconds=1) if self.client.peer_time else at
        stamp = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
        gone = (record for record in known if record not in there)
        return [RawRow(stream, _gone_row(record, known[record], source, stamp)) for record in gone]

    def _there(self, source, ids):
        rows = self.client.search(source.key_model or source.model, [["id", "in", ids]], ["id"], limit=len(ids)) \
            if ids else []
        return {row["id"] for row in rows}

    def close(self):
        self.client.close()

    def check(self):
        """Sentences saying what is wrong: unreachable, key refused, a model missing, clocks apart."""
        try:
            for stream in self.streams():
                self.client.search(STREAMS[stream].model, [], ["id"], limit=1)
        except PeerError as failure:
            return [f"{stream}: {failure}"]
        skew = self.client.peer_time and abs((self.client.peer_time - datetime.now(UTC)).total_seconds())
        if skew and skew > SKEW_S:
            return [_("The clocks are %(seconds)s s apart.") % {"seconds": round(skew)}]
        return []

    def _opened(self, source, window):
        """The window with the peer's own count. Stamps are of the peer's clock: where that is behind ours, the
        window must end at the peer's now, or what it writes next would fall behind the overlap."""
        expected, peer_time = self._count(source, window), self.client.peer_time
        if peer_time and (window.until - peer_time).total_seconds() > DATE_HEADER_S:
            window = windows.ending(window, peer_time)
            expected = self._count(source, window)
        return windows.counted(window, expected)

    def _last_page(self, source, cursor, window, seen):
        """Nothing more came: the window is whole, unless the peer counts more now and counted more before."""
        if window.got < window.expected and window.got < self._count(source, window):
            alarm = _("Only %(got)s of %(expected)s records came.") % {
                "got": window.got, "expected": window.expected}
            return Page([], windows.reopened_cursor(cursor), alarm=alarm)
        return Page([], self._closed(window, seen))

    def _closed(self, window, seen):
        return windows.closed_cursor(window, seen, overlap_s=self.config.overlap_s)

    def _count(self, source, window):
        return self.client.count(source.model, domain_of(source, window))

    def _read(self, source, window):
        domain = [domain_of(source, window), ["id", ">", window.last]]
        fields = [*source.fields, *(f"{relation}.{stamp}" for relation in source.touched_by
                                    for stamp in ("create_date", "write_date"))]
        rows = self.client.search(source.model, domain, fields, limit=self.config.page_size)
        return self._with_log(rows, source) if rows and source.has_log else rows

    def _with_log(self, rows, source):
        """The rows, each with when it reached its states; without, where the log may not be read."""
        by_name = {f"{source.model},{row['id']}": row for row in rows}
        domain = [["event", "=", "transition"], ["target", "like", "state:%"],
                  ["resource", "in", list(by_name)]]
        try:
            log = self.client.read_all("ir.model.log", domain, ("resource", "target", "create_date"))
        except PeerError as error:
            if error.kind == RETRYABLE:
                raise
            return rows
        for entry in log:
            reached = by_name[entry["resource"]].setdefault("reached", {})
            reached[entry["target"].removeprefix("state:")] = entry["create_date"]
        return rows

    def _is_news(self, row, source, seen):
        """Has this row other content than when it was last read? Remembers it, takes helper stamps off."""
        stamp = newest_stamp(row, source)
        forget_stamps(row, source)
        row["touched_at"] = stamp.isoformat().replace("+00:00", "Z")
        key, digest = str(row["id"]), payload_hash(row, ENVELOPE)[:16]
        is_news = seen.get(key, ("",))[0] != digest
        seen[key] = (digest, stamp)
        return is_news


def _gone_row(record, number, source, stamp):
    """What is left to say of a vanished record: its key, in the words the mapping reads it from."""
    left = {"number": number, "line": {"id": record}} if source.split else {"id": record}
    return left | {"gone": True, "touched_at": stamp}


def domain_of(source, window):
    """Tryton's search words for: this record, or one that it depends on, changed inside the window."""
    spans = [span("", window)] + [span(f"{relation}.", window) for relation in source.touched_by]
    return [list(clause) for clause in source.domain] + [["OR", *spans]]


def span(prefix, window):
    """write_date inside the window, or create_date while write_date is still empty."""
    return ["OR", limits(f"{prefix}write_date", window),
            [[f"{prefix}write_date", "=", None], *limits(f"{prefix}create_date", window)]]


def limits(name, window):
    since = [[name, ">=", window.since]] if window.since else []
    return since + [[name, "<", window.until]]


def newest_stamp(row, source):
    """When this row, or one that it depends on, was last written."""
    stamps = [row.get("write_date") or row.get("create_date")]
    for relation in source.touched_by:
        related = row.get(relation) or []
        for one in related if isinstance(related, list) else [related]:
            stamps.append(one.get("write_date") or one.get("create_date"))
    return max(read_stamp(stamp) for stamp in stamps if stamp)


def forget_stamps(row, source):
    """Take off the stamps that were only asked for to know the newest: they are no content."""
    for relation in source.touched_by:
        if relation not in {name.split(".")[0] for name in source.fields}:
            row.pop(relation, None)
            continue
        related = row.get(relation) or []
        for one in related if isinstance(related, list) else [related]:
            for stamp in ("create_date", "write_date"):
                one.pop(stamp, None)


def split(row, source):
    """One row per element of the split list, each with the record's own fields around it; else the row."""
    if not source.split:
        return [row]
    around = {name: value for name, value in row.items() if name != source.split}
    return [{**around, "line": element} for element in row[source.split] or []]
