"""What is done while Python's collector of cycles rests?"""
import gc
from contextlib import contextmanager


@contextmanager
def no_collection():
    """Millions of short-lived rows make no cycles; the collector only looks through them in vain. Also a decorator."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()  # and no collection now: it would look through the whole process after each small comparison
