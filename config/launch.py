"""How does one command bring up a hub? `python -m config.launch demo|run|tryton`.

Each has a folder and database of its own under var/: demo and real data never share one. The secret key is made on
the first start and kept beside the database.
"""
import argparse
import fcntl
import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO_ORDERS = "900"
DEMO_FAULTS = "default"
# What every start does to its database, in this order; tests of an empty hub do the same.
PREPARATION = (
    ("compile_messages",),
    ("migrate", "--verbosity", "0"),
    ("sync_roles",),
    ("sync_schedules",),
)
RUN_PREPARATION = (*PREPARATION, ("sync_reference",))


def _kept_secret(folder, name):
    path = folder / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


def _environment(folder, *, debug, demo):
    try:
        folder.mkdir(parents=True, exist_ok=True)
        secret = _kept_secret(folder, "secret_key")
    except OSError as error:
        sys.exit(f"The hub cannot keep its data in {folder}: {error.strerror}.")
    made = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ORDERHUB_VAR": str(folder),
        "ORDERHUB_DEBUG": "1" if debug else "0",
        "ORDERHUB_DEMO": "1" if demo else "0",
        "ORDERHUB_HTTPS": "0",
        "ORDERHUB_SECRET_KEY": secret,
    }
    # What the caller set wins, but a demo never goes to the database of real data.
    env = {**made, **{k: v for k, v in os.environ.items() if k.startswith("ORDERHUB_")}}
    if demo:
        env["ORDERHUB_VAR"] = str(folder)
        env["ORDERHUB_DEMO"] = "1"
        env["ORDERHUB_DATABASE_URL"] = os.environ.get("ORDERHUB_DEMO_DATABASE_URL", f"sqlite:///{folder}/hub.sqlite3")
        # A demo serves its style sheets from where they lie; without the folder WhiteNoise warns on every start.
        (folder / "staticfiles").mkdir(exist_ok=True)
    return env


def _manage(env, *command):
    done = subprocess.run([sys.executable, str(BASE_DIR / "manage.py"), *command], env={**os.environ, **env})
    if done.returncode:
        sys.exit(done.returncode)


def _become(env, *command):
    os.environ.update(env)
    os.chdir(BASE_DIR)
    os.execv(sys.executable, [sys.executable, str(BASE_DIR / "manage.py"), *command])


def _prepare(env, commands=PREPARATION):
    for command in commands:
        _manage(env, *command)


def demo(port, reset):
    folder = BASE_DIR / "var" / "demo"
    _only_one(folder.with_suffix(".lock"), "make demo is running already, on the same data. End that one first.")
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    env = _environment(folder, debug=True, demo=True)
    started = time.monotonic()
    _prepare(env)
    if not (folder / "seeded").exists():
        print("Building a sample factory …", flush=True)
        _manage(env, "seed_demo", "--orders", os.environ.get("ORDERS", DEMO_ORDERS))
        (folder / "seeded").touch()
    print(f"Ready after {time.monotonic() - started:.0f} s.", flush=True)
    _become(env, "serve", "--port", str(port), "--demo")


def run(port, reset):
    folder = BASE_DIR / "var" / "own"
    if reset:
        sys.exit("make run holds your own data: it is never reset. Move var/own away to start anew.")
    env = _environment(folder, debug=False, demo=False)
    _prepare(env, RUN_PREPARATION)
    _manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    _become(env, "serve", "--port", str(port))


def _only_one(path, said):
    """End here with `said` when another process holds the lock; else hold it until this one ends, exec included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDWR | os.O_CREAT)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(said)


def tryton(port, reset):
    folder = BASE_DIR / "var" / "tryton"
    _only_one(folder.with_suffix(".lock"), "make demo-tryton is running already: one at a time.")
    shutil.rmtree(folder, ignore_errors=True)  # the two Trytons begin anew each time, so must their hub
    env = _environment(folder, debug=True, demo=True)
    _prepare(env)
    _become(env, "demo_tryton", "--port", str(port))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["demo", "run", "tryton"])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true")
    asked = parser.parse_args()
    {"demo": demo, "run": run, "tryton": tryton}[asked.what](asked.port, asked.reset)


if __name__ == "__main__":
    main()
