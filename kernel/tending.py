"""What does the database need to know of its tables, so that it goes on choosing the right index?

PostgreSQL looks by itself. SQLite chooses by what ANALYZE wrote down, and nobody calls it: in a hub that has only ever
been fed live it would take every table for a small one.
"""
from django.db import connection

# Rows looked at per index; and SQLite's flags: all tables, not only those this connection has asked, and really do it.
LOOKED_AT, EVERY_TABLE = 1000, "0x10002"


def tend_database(progress=None):
    """Job: bring SQLite's statistics up to date where a table has grown or shrunk; some milliseconds otherwise."""
    if connection.vendor != "sqlite":
        return {"tended": 0}
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
        cursor.execute(f"PRAGMA optimize = {EVERY_TABLE}")
    return {"tended": 1}
