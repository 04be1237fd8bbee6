"""Does one demo run at a time, and start without warnings?"""
import os
import subprocess
import sys

import pytest

from config import launch

pytestmark = pytest.mark.pure
HOLD = "import sys, time; from config.launch import _only_one; from pathlib import Path; " \
       "_only_one(Path(sys.argv[1]), 'busy'); print('held', flush=True); time.sleep(60)"


def test_a_second_demo_says_that_one_runs_already(tmp_path, monkeypatch):
    """The second one migrated and seeded the database of the first under its feet."""
    (tmp_path / "config").mkdir()
    monkeypatch.setattr(launch, "BASE_DIR", tmp_path)
    lock = tmp_path / "var" / "demo.lock"
    first = subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(SystemExit) as ended:
            launch.demo(8000, reset=True)
        assert "make demo is running already" in ended.value.code  # a text: exit code 1
    finally:
        first.kill()
        first.wait()


def test_a_demo_has_the_folder_its_server_looks_for(tmp_path, monkeypatch):
    monkeypatch.delenv("ORDERHUB_VAR", raising=False)
    env = launch._environment(tmp_path / "demo", debug=True, demo=True)
    assert os.path.isdir(os.path.join(env["ORDERHUB_VAR"], "staticfiles"))
