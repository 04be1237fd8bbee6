"""How are the rows of a large world made and read in a process of their own, ahead of whoever stores them?"""
import multiprocessing
import queue
from itertools import islice

from integrations.mapping_sets import compile_mappings
from integrations.sample_factory.mappings import MAPPINGS
from integrations.unreadable import UnreadableRow

CHUNK, AHEAD = 2_000, 4


def read_ahead(world):
    """Yields ([(Statement, received_at)], [unreadable RawRow], [truth lines]) in order of receipt."""
    context = multiprocessing.get_context("spawn")
    waiting = context.Queue(AHEAD)
    process = context.Process(target=_produce, args=(world, waiting), daemon=True)
    process.start()
    try:
        while (made := _next(waiting, process)) is not None:
            yield made
    finally:
        process.terminate()
        process.join()


def _next(waiting, process):
    """The next chunk; a producer that died is told of rather than waited for."""
    while True:
        try:
            return waiting.get(timeout=5)
        except queue.Empty:
            if not process.is_alive() and waiting.empty():
                raise RuntimeError(f"the simulator ended with {process.exitcode}") from None


def _produce(world, waiting):
    for made in read_in_chunks(world):
        waiting.put(made)
    waiting.put(None)
    waiting.close()
    waiting.join_thread()


def read_in_chunks(world):
    """What `read_ahead` yields, in this process."""
    readers = {system: compile_mappings(spec) for system, spec in MAPPINGS.items()}
    truth = []
    rows = world.rows(None, world.now, truth)
    while some := list(islice(rows, CHUNK)):
        statements, unread = [], []
        for row in some:
            try:
                statements.append((readers[row.system].read(row.entity, row.raw).statement, row.received_at))
            except UnreadableRow:
                unread.append(row)
        told, truth[:] = list(truth), []
        yield statements, unread, told
