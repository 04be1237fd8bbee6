"""SQLite has one writer: how does long work leave room for the others?"""
import time

from django.db import connection


def rest(began, most):
    """On SQLite, sleep as long as was worked since `began` (time.monotonic()), at most `most` seconds."""
    if connection.vendor == "sqlite":
        time.sleep(min(most, time.monotonic() - began))
