"""Does the process group come back when a part of it dies, and go when it is told to?"""
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from config.ports import is_free, next_free_port
from config.supervisor import Child

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]

GROUP = """
import sys, time
from pathlib import Path
from config.supervisor import Child, Supervisor
folder = Path(sys.argv[1])
body = "import os,subprocess,sys,time; p=subprocess.Popen(['sleep','300']); " \\
       "open(sys.argv[1],'a').write(f'{os.getpid()} {p.pid}\\\\n'); time.sleep(300)"
children = [Child(name, [sys.executable, "-c", body, str(folder / name)]) for name in ("web", "worker")]
stale = folder / "stale"
Supervisor(children, print, is_stale=lambda name: name == "web" and stale.exists() and not stale.unlink(),
           check_every_s=0.5).run()
"""


@pytest.fixture
def group(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(GROUP), str(tmp_path)], cwd=ROOT)
    yield process, tmp_path
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def lives(folder, name, count, limit_s=10):
    """The [pid, pid of its child] lines of a child, once it has lived `count` times."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        path = folder / name
        lines = path.read_text().splitlines() if path.exists() else []
        if len(lines) >= count:
            return [list(map(int, line.split())) for line in lines]
        time.sleep(0.05)
    raise AssertionError(f"{name} did not live {count} times")


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid, limit_s=5):
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if not is_running(pid):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_f3_a_killed_child_is_back_within_five_seconds_and_its_orphans_are_gone(group):
    _process, folder = group
    [first, orphan] = lives(folder, "worker", 1)[0]
    killed = time.monotonic()
    os.kill(first, signal.SIGKILL)
    lives(folder, "worker", 2)
    assert time.monotonic() - killed < 5
    assert gone(orphan), "the killed child's own child goes on"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_f2_a_child_that_is_up_but_silent_is_replaced(group):
    _process, folder = group
    [first, _other] = lives(folder, "web", 1)[0]
    (folder / "stale").touch()
    lives(folder, "web", 2)
    assert gone(first)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_stopping_leaves_nothing_behind(group):
    process, folder = group
    pids = lives(folder, "web", 1)[0] + lives(folder, "worker", 1)[0]
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert all(gone(pid) for pid in pids)


POLITE = """
import os, signal, subprocess, sys, time
folder = sys.argv[1]
helper = subprocess.Popen(['sleep', '300'])
def stop(number, frame):
    time.sleep(0.3)
    open(folder + '/said', 'w').write('helper ' + ('lives' if helper.poll() is None else 'is dead'))
    helper.terminate()
    raise SystemExit
signal.signal(signal.SIGTERM, stop)
open(folder + '/polite', 'w').write(f'{os.getpid()} {helper.pid}')
while True:
    time.sleep(0.1)
"""
DEAF = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1] + '/deaf', 'w').write(f'{os.getpid()} {os.getpid()}')
time.sleep(300)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_stopping_takes_three_seconds_and_lets_a_leader_send_its_own_home(tmp_path):
    """Ctrl-C took 12 s: told together with its parent, django-q2's sentinel left the parent waiting for it."""
    script = (
        "import sys; from config.supervisor import Child, Supervisor; folder, *codes = sys.argv[1:];"
        "Supervisor([Child(str(n), [sys.executable, '-c', c, folder]) for n, c in enumerate(codes)], print).run()"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path), POLITE, DEAF], cwd=ROOT)
    pids = lives(tmp_path, "polite", 1)[0] + lives(tmp_path, "deaf", 1)[0]
    process.send_signal(signal.SIGINT)
    told = time.monotonic()
    assert process.wait(20) == 0
    assert time.monotonic() - told <= 3
    assert (tmp_path / "said").read_text() == "helper lives"
    assert all(gone(pid) for pid in pids)


def test_a_child_that_dies_young_comes_back_more_slowly_but_within_five_seconds():
    child = Child("web", ["false"])
    for _turn in range(10):
        child.started_at = time.monotonic()
        child.plan_restart()
    assert 1 < child.pause_s < 5


def test_a_taken_port_leads_to_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free("127.0.0.1", port)
        assert next_free_port("127.0.0.1", port) > port
