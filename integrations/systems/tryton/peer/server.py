"""How is one Tryton database served on a free loopback port, and surely stopped again?"""
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from integrations.systems.tryton.peer.environment import copy_database, write_config

START_SECONDS = 60
STOP_SECONDS = 5


class DidNotStart(Exception):
    """trytond ended or stayed deaf; the message holds the end of its log."""


class Server:
    """One trytond over its own copy of a filled database, in `folder`; a context manager.

    `url` is the address for a connection, `key` its REST key. `kill()` is the sudden death (SIGKILL),
    `start()` after it serves the same file on the same port again.
    """

    def __init__(self, peer, role, folder):
        self.peer, self.role, self.folder = peer, role, Path(folder)
        self.key = peer.key(role)
        self.port = None
        self.process = None
        self.database = self.folder / f"{role}.sqlite"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/{self.role}"

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exception):
        self.stop()

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.database.exists():
            copy_database(self.peer.database(self.role), self.database)
        self.port = self.port or _free_port()
        config = self.folder / f"{self.role}.conf"
        write_config(config, self.folder, listen=f"127.0.0.1:{self.port}")
        with open(self.folder / f"{self.role}.log", "ab") as log:
            self.process = subprocess.Popen(
                [str(self.peer.bin / "trytond"), "-c", str(config), "-d", self.role],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=_environment(),
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self._wait_until_it_answers()
        return self

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(STOP_SECONDS)
        self.process = None

    def kill(self):
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def _wait_until_it_answers(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        log = (self.folder / f"{self.role}.log").read_text(errors="replace")
        self.stop()
        raise DidNotStart("\n".join(log.splitlines()[-10:]))


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment():
    return {key: value for key, value in os.environ.items()
            if not key.startswith(("PYTHON", "DJANGO_", "VIRTUAL_ENV", "TRYTON"))}


def _die_with_parent():
    """A hub that is killed outright takes its peers with it (Linux)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
