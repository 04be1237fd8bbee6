"""How do two ways compare in one run? Turn about, each as often, medians of wall and of CPU time."""
import statistics
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Seconds: median and 95th percentile of the wall clock, median of this process's CPU."""

    p50: float
    p95: float
    cpu: float


def alternate(*ways, runs=40, prepare=None):
    """[Times] of callables that take turns. `prepare(way)` gives the argument of each turn, outside the clock."""
    walls, cpus = [[] for _ in ways], [[] for _ in ways]
    for turn in range(runs + 1):
        for place, way in enumerate(ways):
            given = (prepare(place),) if prepare else ()
            wall, cpu = time.perf_counter(), time.process_time()
            way(*given)
            if turn:  # the first turn warms up
                walls[place].append(time.perf_counter() - wall)
                cpus[place].append(time.process_time() - cpu)
    return [Times(statistics.median(wall), sorted(wall)[int(len(wall) * 0.95)], statistics.median(cpu))
            for wall, cpu in zip(walls, cpus, strict=True)]
