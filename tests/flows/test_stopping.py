"""Does the whole hub, as `make demo` and `make run` start it, stop within three seconds of Ctrl-C?"""
import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from config.ports import next_free_port

ROOT = Path(__file__).resolve().parents[2]


def session_of(pid):
    """The session of a process that runs; None of one that is gone or only waits to be buried."""
    try:
        state, _parent, _group, session = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:4]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else int(session)


def below(parent):
    """Every process that runs in a session led by a child of `parent`."""
    leaders = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    everybody = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]
    return [pid for pid in everybody if session_of(pid) in {int(leader) for leader in leaders}]


def until(holds, limit_s=60):
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not come about")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ctrl_c_stops_web_worker_and_ticker_within_three_seconds(transactional_db, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("one database is enough: processes are stopped, not rows written")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(tmp_path / "hub.sqlite3")])
    took = [stopped_after(tmp_path)]
    while took[-1] > 3 and len(took) < 3:  # a machine that is busy with other tests is given another try
        took.append(stopped_after(tmp_path))
    assert took[-1] <= 3, took


def stopped_after(folder):
    """Start a hub on this database as people do, press Ctrl-C; the seconds until it was gone, all of it."""
    env = {
        **os.environ, "ORDERHUB_DATABASE_URL": f"sqlite:///{folder}/hub.sqlite3", "ORDERHUB_VAR": str(folder),
        "ORDERHUB_SECRET_KEY": "x" * 50, "ORDERHUB_DEBUG": "1", "ORDERHUB_HTTPS": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    port = next_free_port("127.0.0.1", 18000 + os.getpid() % 9000)
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with (folder / "said").open("w") as said:
        hub = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True, stdout=said, stderr=said)
    try:
        browser = until(lambda: asked(port))
        # Web and its worker; cluster, sentinel, monitor, pusher and two workers; the ticker.
        found = until(lambda: len(pids := below(hub.pid)) >= 9 and pids)
        hub.send_signal(signal.SIGINT)
        told = time.monotonic()
        assert hub.wait(20) == 0
        took = time.monotonic() - told
        browser.close()
    finally:
        if hub.poll() is None:
            hub.kill()
    assert not [pid for pid in found if session_of(pid)], "somebody stayed"
    text = (folder / "said").read_text()
    assert text.rstrip().endswith("stopped") and "Traceback" not in text, text
    return took


def asked(port):
    """A browser that has a page and keeps its connection open; None as long as nobody answers."""
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        browser.request("GET", "/healthz")
        browser.getresponse().read()
    except OSError:
        return None
    return browser
