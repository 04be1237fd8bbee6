"""How do web, worker and ticker live and die together?

Every child leads a process group of its own and is killed by group, because a killed django-q2 sentinel leaves
orphans that go on executing. A dead child is started again within five seconds, whatever its exit code was. A worker
that is up but silent (its canary is stale) is replaced too: "process is up" means nothing.
"""
import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
LONGEST_PAUSE_S = 4.0
# Who stops the hub is back at the prompt within three seconds. First each child's leader is told, which sends its own
# home in order: a django-q2 cluster whose sentinel is told as well waits for it for ever. Then everybody is told, and a
# job gives its row back. Who is still there then is killed, which loses nothing: truth is rows.
LEADER_S = 1.5
ALL_S = 1.0


def _die_with_parent():
    """The child is told when the supervisor itself is killed; Linux only, elsewhere a no-op."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    except (OSError, AttributeError):
        pass


class Child:
    """One program of the group, started again when it dies."""

    def __init__(self, name, command, env=None):
        self.name, self.command, self.env = name, command, env
        self.process = None
        self.started_at = 0.0
        self.pause_s = 0.2
        self.next_start_at = 0.0

    def start(self):
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command, env={**os.environ, **(self.env or {})}, start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def signal_leader(self, number):
        if self.is_alive():
            self.process.send_signal(number)

    def signal_group(self, number):
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def plan_restart(self):
        """Kill what is left of the group; come back at once, then more slowly when it dies young, never over 4 s."""
        self.signal_group(signal.SIGKILL)
        lived = time.monotonic() - self.started_at
        self.pause_s = 0.2 if lived > 30 else min(LONGEST_PAUSE_S, self.pause_s * 2)
        self.next_start_at = time.monotonic() + self.pause_s
        self.process = None


class Supervisor:
    """Keeps children alive until told to stop. `is_stale(name)` says that a child is up but silent."""

    def __init__(self, children, say, is_stale=lambda name: False, check_every_s=20.0):
        self.children, self.say, self.is_stale = children, say, is_stale
        self.check_every_s = check_every_s
        self.stopping = False

    def run(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for child in self.children:
            child.start()
        next_check = time.monotonic() + self.check_every_s
        while not self.stopping:
            time.sleep(0.2)
            self._revive()
            if time.monotonic() >= next_check:
                self._replace_silent()
                next_check = time.monotonic() + self.check_every_s
        self._end()

    def _stop(self, number, frame):
        self.stopping = True

    def _revive(self):
        for child in self.children:
            if child.process is not None and not child.is_alive():
                self.say(f"{child.name} ended ({child.process.returncode}); starting it again")
                child.plan_restart()
            if child.process is None and time.monotonic() >= child.next_start_at:
                child.start()

    def _replace_silent(self):
        for child in self.children:
            if child.is_alive() and self.is_stale(child.name):
                self.say(f"{child.name} is up but silent; starting it again")
                child.plan_restart()

    def _end(self):
        for tell, longest_s in ((Child.signal_leader, LEADER_S), (Child.signal_group, ALL_S)):
            for child in self.children:
                tell(child, signal.SIGTERM)
            self._wait(longest_s)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
        self._wait(0.2)

    def _wait(self, longest_s):
        end = time.monotonic() + longest_s
        while time.monotonic() < end and any(child.is_alive() for child in self.children):
            time.sleep(0.05)
