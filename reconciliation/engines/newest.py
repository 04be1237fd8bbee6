"""What do all engines agree on: which of several rows of one key counts, how many keys show what is usual?"""

SAMPLE = 1000  # keys drawn by the head of their MD5, alike on every engine


def newest_first(sides):
    """Sides of one key, newest first: by version, event, receive time, then content; never by row order."""
    if len(sides) == 1:
        return sides

    def age(side):
        values = tuple(str(v) for _, v in sorted(side.raw.items()))
        return (side.version if side.version is not None else -1, side.event_us or 0, side.received_us or 0,
                side.said, values)
    return sorted(sides, key=age, reverse=True)
