"""Does a flow survive the death of its process at any statement? Fork, die at point k, start again, look.

A point lies before and after every SQL statement and every COMMIT. The child that reaches point k ends with
`os._exit`, as by kill -9: no handler runs, the database sees a connection that is gone. Then the flow is run again to
its end, and invariants are read from the database and from a peer: a file to which sends are appended.

SQLite: every case starts from a copy of a prepared file. PostgreSQL: from saved copies of the prepared tables.
"""
import gc
import os
import shutil
import tempfile
import traceback
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, connections

DIED = 137


@dataclass
class Flow:
    """`prepare()` makes the state before; `run(peer)` does the work and may be run again; `broken(peer)` lists what
    is wrong afterwards ([] when nothing is). They are called in children: they share nothing but the database.
    """

    prepare: object
    run: object
    broken: object


@dataclass
class Result:
    points: int = 0
    cases: int = 0
    resent: int = 0
    broken: list = field(default_factory=list)


class Peer:
    """The world outside: what was sent, in order, kept in a file that survives its writer."""

    def __init__(self, path):
        self.path = path

    def take(self, text):
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{text}\n".encode())
        os.close(handle)

    @property
    def taken(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path) as file:
            return file.read().split("\n")[:-1]


class Points:
    """Counts the points of a run, and ends the process at number `die_at` (0: never)."""

    def __init__(self, die_at=0):
        self.count, self.die_at = 0, die_at

    def pass_one(self):
        self.count += 1
        if self.count == self.die_at:
            os._exit(DIED)

    def watch(self, execute, sql, params, many, context):
        self.pass_one()
        result = execute(sql, params, many, context)
        self.pass_one()
        return result

    def install(self):
        commit = connection._commit

        def counted_commit():
            self.pass_one()
            commit()
            self.pass_one()

        connection._commit = counted_commit
        connection.execute_wrappers.append(self.watch)


class Harness:
    """Runs cases of one flow; a context manager that leaves the database as it found it."""

    def __init__(self, flow):
        self.flow = flow
        gc.freeze()  # children do not copy pages just because the collector touches them
        self.folder = tempfile.mkdtemp(prefix="hub-crash-")
        self.is_sqlite = connection.vendor == "sqlite"
        self.template = os.path.join(self.folder, "template.sqlite3")
        self.case_file = os.path.join(self.folder, "case.sqlite3")

    def __enter__(self):
        if self.is_sqlite:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [self.template])
            shutil.copy(self.template, self.case_file)
            self._child(self.flow.prepare)
            self._child(_checkpoint)
            shutil.move(self.case_file, self.template)
        else:
            connection.close()
            self._child(self._save)
            self.restoring = self._restoring(_tables())
            connection.close()
        return self

    def __exit__(self, *_):
        if not self.is_sqlite:
            self._child(lambda: _execute(";".join([*_emptying(), "DROP SCHEMA saved CASCADE"])))
        gc.unfreeze()
        shutil.rmtree(self.folder, ignore_errors=True)

    def count_points(self):
        """How many points an undisturbed run has; it must end whole."""
        self._reset()
        peer = self._peer()
        read, write = os.pipe()

        def run():
            points = Points()
            points.install()
            self.flow.run(peer)
            os.write(write, str(points.count).encode())

        self._child(run)
        os.close(write)
        with os.fdopen(read) as pipe:
            points = int(pipe.read())
        wrong = self._look(peer)
        assert not wrong, f"broken without any crash: {wrong}"
        if not self.is_sqlite:
            self.restoring = self._restoring(_full_tables())  # no case fills more tables than a whole run
            connection.close()
        return points

    def sweep(self, *, singles=1, pairs=0, until_broken=False):
        """Every `singles`-th point alone, every `pairs`-th with every `pairs`-th of the second run. → Result."""
        result = Result(points=self.count_points())
        cases = [(first, 0) for first in range(1, result.points + 1, singles)]
        if pairs:
            some = range(1, result.points + 1, pairs)
            cases += [(first, second) for first in some for second in some]
        for first, second in cases:
            self._case(result, first, second)
            if until_broken and result.broken:
                break
        return result

    def _case(self, result, first, second):
        self._reset()
        peer = self._peer()
        died = self._run_until(peer, first)
        assert died, f"point {first} was never reached"
        if second:
            self._run_until(peer, second)
        wrong = self._look(peer, run_first=True)
        result.cases += 1
        sent = peer.taken
        result.resent += len(sent) > len(set(sent))
        if wrong:
            result.broken.append(((first, second), wrong))

    def _run_until(self, peer, point):
        """True when the run died at `point`; a run that fails in any other way is an error."""

        def run():
            Points(point).install()
            self.flow.run(peer)

        return self._child(run, may_die=True) == DIED

    def _look(self, peer, run_first=False):
        """What is broken, after the run that nothing disturbs (in the same process: forking costs)."""
        read, write = os.pipe()

        def look():
            if run_first:
                self.flow.run(peer)
            os.write(write, "\n".join(map(str, self.flow.broken(peer))).encode()[:4000])

        self._child(look)
        os.close(write)
        with os.fdopen(read) as pipe:
            return [line for line in pipe.read().split("\n") if line]

    def _peer(self):
        path = os.path.join(self.folder, "peer")
        if os.path.exists(path):
            os.remove(path)
        return Peer(path)

    def _reset(self):
        if self.is_sqlite:
            for end in ("-wal", "-shm"):
                if os.path.exists(self.case_file + end):
                    os.remove(self.case_file + end)
            shutil.copyfile(self.template, self.case_file)
        else:
            self._child(lambda: _execute(self.restoring))

    def _save(self):
        """Prepare once and keep a copy of every table that has rows, and of every sequence."""
        _execute(";".join([*_emptying(), *(f"ALTER SEQUENCE {one} RESTART" for one in _sequences())]))
        self.flow.prepare()
        copies = (f"CREATE TABLE saved.{name} AS TABLE public.{name}" for name in _full_tables())
        _execute(";".join(["CREATE SCHEMA saved", *copies]))

    def _restoring(self, tables):
        """One text of SQL that brings the prepared state back; foreign keys are not looked at meanwhile."""
        saved = [row[0] for row in _rows("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'saved'")]
        return ";".join([
            *_emptying(tables), *(f"INSERT INTO public.{t} OVERRIDING SYSTEM VALUE TABLE saved.{t}" for t in saved),
            "SET session_replication_role = origin",
        ])

    def _child(self, work, may_die=False):
        """Run `work` in a forked process with a connection of its own; returns its exit code."""
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                self._take_connection()
                work()
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert code in ((0, DIED) if may_die else (0,)), f"child ended with {code}"
        return code

    def _take_connection(self):
        """Forget the parent's connection without closing it, and open one to this case's database."""
        mine = connections["default"]
        mine.connection = None
        mine.in_atomic_block, mine.savepoint_ids, mine.run_on_commit = False, [], []
        mine.needs_rollback, mine.closed_in_transaction, mine.atomic_blocks = False, False, []
        if self.is_sqlite:
            mine.settings_dict["NAME"] = self.case_file
            mine.is_in_memory_db = lambda: False


def _execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _value(sql):
    return _rows(sql)[0][0]


def _tables():
    return [
        connection.ops.quote_name(model._meta.db_table) for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.app_label != "contenttypes" and model._meta.label != "auth.Permission"
    ]


def _sequences():
    return [row[0] for row in _rows(
        "SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'"
        " AND sequencename NOT LIKE 'django_%' AND sequencename NOT LIKE 'auth_permission%'"
    )]


def _full_tables():
    return [name for name in _tables() if _value(f"SELECT EXISTS (SELECT FROM {name})")]


def _emptying(tables=None):
    return [
        "SET session_replication_role = replica", *(f"DELETE FROM {name}" for name in tables or _tables())
    ]


def _checkpoint():
    # Everything back into the one file, so that copying it is enough.
    _execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
