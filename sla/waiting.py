"""How many waits, of how many orders, how long in all, in the middle, and in nine of ten? Pure.

Seconds are whole seconds by the wall clock. The median of an even number of waits is the mean of the two in the
middle, cut to the second; P90 is the shortest wait that at least nine of ten do not exceed.
"""
from array import array
from heapq import heappush, heappushpop, nlargest

KEPT = 20
MOST = 2**32 - 1


class Waits:
    """Waits of one kind between two nodes, gathered order by order: those of one order are given one after another."""

    __slots__ = ("cases", "last", "longest", "seconds")

    def __init__(self):
        self.seconds, self.cases, self.last, self.longest = array("I"), 0, None, []

    def add(self, order_id, seconds):
        seconds = min(max(seconds, 0), MOST)
        self.seconds.append(seconds)
        self.cases += order_id != self.last
        self.last = order_id
        if len(self.longest) < KEPT:
            heappush(self.longest, (seconds, order_id))
        elif (seconds, order_id) > self.longest[0]:
            heappushpop(self.longest, (seconds, order_id))

    def figures(self):
        return figures(self.seconds, self.cases)

    def in_order(self):
        return sorted(self.seconds)

    def longest_first(self):
        return [list(one) for one in sorted(self.longest, reverse=True)]


def figures(seconds, cases):
    """{count, cases, sum_s, median_s, p90_s} of waits in any order; the last two None where there is none."""
    row = sorted(seconds)
    return {
        "count": len(row), "cases": cases, "sum_s": sum(row), "median_s": median(row), "p90_s": p90(row),
    }


def median(row):
    """Of a sorted row."""
    half = len(row) // 2
    if not row:
        return None
    return row[half] if len(row) % 2 else (row[half - 1] + row[half]) // 2


def p90(row):
    """Of a sorted row."""
    return row[(len(row) * 9 + 9) // 10 - 1] if row else None


def longest_of(rows, most=KEPT):
    """The longest of several `longest_first` lists; an order stands in it once, with its longest wait."""
    best = {}
    for seconds, order_id in (one for row in rows for one in row):
        best[order_id] = max(seconds, best.get(order_id, 0))
    return nlargest(most, ((seconds, order_id) for order_id, seconds in best.items()))
