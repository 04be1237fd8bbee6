"""Does time go on as it should, and which steps of the ticker are due?"""
from dataclasses import dataclass, field

JUMP_S = 120
# After a jump forward nothing fires until the clock has kept step for so long; somebody may be setting it.
SETTLE_S = 120
LONGEST_PAUSE_S = 60


@dataclass
class TimeGuard:
    """Compares the wall clock with the monotonic one; both in seconds. `held_until` is monotonic, None: all is well.

    A clock set back needs no guard, since nothing that fired fires again. One set forward would call everything
    late that is not.
    """

    wall: float | None = None
    monotonic: float | None = None
    held_until: float | None = None
    jump_s: float = 0.0

    def look(self, wall, monotonic):
        """Take one reading; True when clocks may fire."""
        if self.wall is not None:
            jump = (wall - self.wall) - (monotonic - self.monotonic)
            if abs(jump) > JUMP_S:
                self.jump_s = jump
                self.held_until = monotonic + SETTLE_S if jump > 0 else None
        self.wall, self.monotonic = wall, monotonic
        if self.held_until is not None and monotonic >= self.held_until:
            self.held_until = None
        return self.held_until is None


@dataclass
class Beat:
    """One step of the ticker: when it is next due (monotonic seconds), and how often it has failed in a row."""

    name: str
    step: object
    every_s: float
    next_at: float = 0.0
    failures: int = 0
    last: dict = field(default_factory=dict)

    def is_due(self, monotonic):
        return monotonic >= self.next_at

    def done(self, began, result):
        """It is due so long after it began, so that what takes a while keeps step with the loop all the same."""
        self.failures, self.last = 0, result
        self.next_at = began + self.every_s

    def failed(self, monotonic):
        """A step that fails comes back more slowly and never holds up the others."""
        self.failures += 1
        self.next_at = monotonic + min(LONGEST_PAUSE_S, self.every_s * 2**min(self.failures, 6))
