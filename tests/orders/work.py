"""How much work is a piece of code for the database? Counted, so that a busy machine changes nothing."""
from dataclasses import dataclass, field

import psycopg
from django.db import connection

STRIDE = 50  # SQLite reports after every so many steps


@dataclass
class Work:
    """SQL statements with parameters, and their work: steps of SQLite's machine, or blocks PostgreSQL touched."""

    statements: list = field(default_factory=list)
    amount: int = 0

    @property
    def texts(self):
        return [sql for sql, _ in self.statements]

    @property
    def uncapped_counts(self):
        return [sql for sql in self.texts if "COUNT(" in sql.upper() and "LIMIT" not in sql.upper()]


def work_of(call):
    """(what the call returns, the Work of its queries)."""
    work, ticks = Work(), [0]

    def note(execute, sql, params, many, context):
        work.statements.append((sql, params))
        return execute(sql, params, many, context)

    def tick():
        ticks[0] += 1
        return 0

    connection.ensure_connection()
    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite:
        connection.connection.set_progress_handler(tick, STRIDE)
    try:
        with connection.execute_wrapper(note):
            found = call()
    finally:
        if is_sqlite:
            connection.connection.set_progress_handler(None, 0)
    work.amount = ticks[0] * STRIDE if is_sqlite else sum(_blocks(*one) for one in work.statements)
    return found, work


def _blocks(sql, params):
    """Shared blocks that the statement hit or read, by running it once more."""
    if not sql.lstrip().upper().startswith(("SELECT", "WITH", "(SELECT")):
        return 0
    with psycopg.ClientCursor(connection.connection) as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql, params)
        plan = cursor.fetchone()[0][0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
