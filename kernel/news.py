"""What happened in this transaction, and who reacts?

An action publishes news inside its transaction; `config/wiring.py` (named by settings.HUB_WIRING) maps news kinds to
reactions. News is gathered per transaction and handed once to each reaction, as a list without repeats, just before
the outermost action's transaction commits: what a reaction writes commits or rolls back with its cause.
"""
import logging
import random
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from threading import local

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils.module_loading import import_string

from kernel.typed import fit_typed

_here = local()
log = logging.getLogger("hub.actions")
MOST_ATTEMPTS = 3
# PostgreSQL's codes: deadlock detected, serialization failure.
DEADLOCKS = ("40P01", "40001")


@dataclass(frozen=True, slots=True)
class News:
    """`kind` names what happened, `key` what it happened to (an id), `at` when it took effect."""

    kind: str
    key: int | str
    at: object = None
    data: tuple = ()


@cache
def _reactions():
    wiring = import_string(settings.HUB_WIRING)
    return {kind: [import_string(name) for name in names] for kind, names in wiring.items()}


def publish(news):
    """Publish one piece of news; only inside an action, because outside nobody would hand it on."""
    gathered = getattr(_here, "gathered", None)
    if gathered is None:
        raise RuntimeError("news is published inside an action only")
    gathered[news.kind][news] = None


@contextmanager
def _gathering():
    if getattr(_here, "gathered", None) is not None:
        yield  # an action called by an action: the outermost hands the news on
        return
    with transaction.atomic():
        _here.gathered = defaultdict(dict)
        try:
            yield
            _hand_on()
        finally:
            _here.gathered = None


def _hand_on():
    # Reactions publish news of their own; the bound stops two that answer each other for ever.
    for _round in range(20):
        gathered, _here.gathered = _here.gathered, defaultdict(dict)
        if not gathered:
            return
        for kind, items in gathered.items():
            for react in _reactions().get(kind, ()):
                react(list(items))
    raise RuntimeError("reactions answer each other without end")


def action(function):
    """Marks a change of state: atomic, and its news is handed on in the same transaction.

    What a person typed with the outermost one must fit (kernel.typed.LONGEST). It is done again when the database ended
    it to break a deadlock: nothing of it had happened.
    """

    @wraps(function)
    def run(**arguments):
        if getattr(_here, "gathered", None) is None:
            fit_typed(arguments)
        for attempt in range(MOST_ATTEMPTS):
            try:
                with _gathering(), transaction.atomic():
                    return function(**arguments)
            except OperationalError as error:
                if attempt + 1 == MOST_ATTEMPTS or not _was_deadlock(error):
                    raise
                log.warning("deadlock in %s, attempt %s", function.__name__, attempt + 1)
                time.sleep(random.uniform(0.01, 0.1) * (attempt + 1))

    return run


def _was_deadlock(error):
    is_outermost = not transaction.get_connection().in_atomic_block
    return is_outermost and getattr(error.__cause__, "sqlstate", "") in DEADLOCKS
