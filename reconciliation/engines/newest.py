"""Which of several rows of one key counts?"""


def newest_first(sides):
    """Sides of one key, newest first: by version, event, receive time, then content; never by row order."""
    if len(sides) == 1:
        return sides

    def age(side):
        values = tuple(str(v) for _, v in sorted(side.raw.items()))
        return (side.version if side.version is not None else -1, side.event_us or 0, side.received_us or 0,
                side.said, values)
    return sorted(sides, key=age, reverse=True)
