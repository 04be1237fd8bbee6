"""Which span of changes does a pull read, and where does it go on after a crash?

A window [since, until) is frozen when it opens and read by immutable id, so that rows changing meanwhile
neither shift pages nor repeat. The next window begins `overlap` before the last one's end: a peer stamps a
row when its transaction starts, and it appears only when that commits.
"""
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# More than this many remembered rows would make the cursor itself a burden; the hub drops repeats anyway.
MEMORY = 2000


@dataclass(frozen=True, slots=True)
class Window:
    """since None = from the beginning; `last` = highest id read so far; `expected` = the peer's own count."""

    since: datetime | None
    until: datetime
    last: int = 0
    got: int = 0
    expected: int = 0

    def read(self, ids):
        """The window after a page with these ids."""
        return replace(self, last=max(ids), got=self.got + len(ids))


def resume(cursor, *, at, overlap_s):
    """(window, is_new): the one left open in the cursor, else the next one up to `at`."""
    left = cursor.get("window")
    if left:
        return Window(moment(left["since"]), moment(left["until"]), left["last"], left["got"],
                      left["expected"]), False
    high = moment(cursor.get("high"))
    return Window(high and high - timedelta(seconds=overlap_s), at), True


def ending(window, until):
    """The window ending at another moment."""
    return replace(window, until=until)


def counted(window, expected):
    """The window knowing how many records the peer itself counts in it."""
    return replace(window, expected=expected)


def open_cursor(cursor, window, seen):
    """The cursor to keep while the window is half read."""
    left = {"since": text(window.since), "until": text(window.until), "last": window.last,
            "got": window.got, "expected": window.expected}
    return {"high": cursor.get("high"), "window": left, "seen": packed(seen)}


def closed_cursor(window, seen, *, overlap_s):
    """The cursor after a whole window: rows that the next overlap will show again are remembered."""
    edge = window.until - timedelta(seconds=overlap_s)
    return {"high": text(window.until), "window": None,
            "seen": packed({key: value for key, value in seen.items() if value[1] >= edge})}


def reopened_cursor(cursor):
    """The cursor that reads the same window anew (it came out short)."""
    return {"high": cursor.get("high"), "window": None, "seen": {}}


def remembered(cursor):
    """{id: (hash, stamp)} of rows read lately."""
    return {key: (value[0], moment(value[1])) for key, value in cursor.get("seen", {}).items()}


def packed(seen):
    newest = sorted(seen.items(), key=lambda item: item[1][1])[-MEMORY:]
    return {key: [digest, text(stamp)] for key, (digest, stamp) in newest}


def moment(written):
    return datetime.fromisoformat(written) if written else None


def text(moment):
    return moment.isoformat() if moment else None
