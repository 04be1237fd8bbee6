"""Where do a run's differences pile up: which cause, in which system, how severe?"""
from collections import Counter, defaultdict

from reconciliation.listing import blamed_in

MOST = 50_000
WEIGHTS = (3, 2, 1)  # the gravest first
WIDE = 100  # of the longest bar
NAMED = 3  # causes a headline names; the others are summed up


class Picture:
    """Counts of differences by cause × system × severity, and the bars that show them, all on one scale.

    `rows` [(cause, total, [(system, count, bars)])] with `bars` [(severity, count, x, width)]; the most frequent first.
    """

    def __init__(self, found):
        self.cells, causes, self.severities = defaultdict(Counter), Counter(), Counter()
        for cause, verdicts, systems, severity in found.values_list("cause", "causes", "systems", "severity")[:MOST]:
            causes[cause] += 1
            self.severities[severity] += 1
            for system in blamed_in(verdicts, systems):
                self.cells[cause, system][severity] += 1
        self.total = causes.total()
        self.systems = sorted({system for _cause, system in self.cells})
        self.longest = max((cell.total() for cell in self.cells.values()), default=1)
        self.rows = [
            (cause, total, [self._cell(cause, system) for system in self.systems])
            for cause, total in sorted(causes.items(), key=lambda one: (-one[1], one[0]))
        ]

    def _cell(self, cause, system):
        counts, bars, x = self.cells.get((cause, system), Counter()), [], 0.0
        for severity in WEIGHTS:
            if counts[severity]:
                width = round(WIDE * counts[severity] / self.longest, 2)
                bars.append((severity, counts[severity], x, width))
                x = round(x + width, 2)
        return system, counts.total(), bars

    @property
    def named(self):
        """The rows of the causes a headline names."""
        return self.rows[:NAMED]

    @property
    def others(self):
        """(how many differences, of how many causes) the headline sums up."""
        rest = self.rows[NAMED:]
        return sum(total for _cause, total, _cells in rest), len(rest)

    @property
    def top(self):
        """(cause, system, count) of the longest bar, or None."""
        if not self.cells:
            return None
        cause, system = max(sorted(self.cells), key=lambda place: self.cells[place].total())
        return cause, system, self.cells[cause, system].total()

    @property
    def weights(self):
        """[(severity, count)] that occur, the gravest first."""
        return [(weight, self.severities[weight]) for weight in WEIGHTS if self.severities[weight]]
