"""Does `make demo` come up with a living factory, and does Ctrl-C stop all of it? Bounded: eight minutes."""
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 480


def _read_until(process, pattern, end):
    """The lines of the demo until one matches; the rest is drained in the background."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        print("demo:", line, end="", flush=True)
        if re.search(pattern, line):
            return lines, re.search(pattern, line)
        if time.monotonic() > end:
            break
    raise AssertionError("the demo did not come up:\n" + "".join(lines))


def _sign_in(url, name, password):
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    page = _get(opener, url + "login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    body = urlencode({"csrfmiddlewaretoken": token, "username": name, "password": password, "next": "/"}).encode()
    opener.addheaders = [("Referer", url)]
    opener.open(url + "login/", body, timeout=20).read()
    return opener


def _get(opener, url):
    for _attempt in range(60):
        try:
            return opener.open(url, timeout=20).read().decode()
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{url} does not answer")


def _wait_for_beat(opener, url):
    for _attempt in range(90):
        try:
            text = opener.open(url + "healthz", timeout=20).read().decode()
            if '"tick"' in text:
                return text
        except OSError:
            pass
        time.sleep(1)
    raise AssertionError("no heartbeat of the ticker")


def main():
    started = time.monotonic()
    end = started + LIMIT_S
    port = "8765"
    process = subprocess.Popen(
        ["make", "demo", f"PORT={port}", "RESET=1"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True, env={**os.environ, "TMPDIR": tempfile.gettempdir()},
    )
    watchdog = threading.Timer(LIMIT_S, lambda: os.killpg(process.pid, signal.SIGKILL))
    watchdog.start()
    try:
        _lines, found = _read_until(process, r"(http://127\.0\.0\.1:\d+/)", end)
        url = found.group(1)
        _lines, account = _read_until(process, r"^\s+(order_operations)\s+(demo-\S+)", end)
        threading.Thread(target=process.stdout.read, daemon=True).start()
        opener = _sign_in(url, account.group(1), account.group(2))
        orders = _get(opener, url + "orders/")
        assert orders.count("/orders/") > 20, "the order list is empty"
        assert "/login/" not in _get(opener, url)[:2000]
        print(_wait_for_beat(opener, url)[:500])
        print(f"demo up and alive after {time.monotonic() - started:.0f} s")
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        watchdog.cancel()
    time.sleep(1)
    left = subprocess.run(["pgrep", "-f", f"127.0.0.1:{port}"], capture_output=True, text=True).stdout.split()
    assert not left, f"still running after Ctrl-C: {left}"
    print("demo smoke: 1 passed, 0 failed")


if __name__ == "__main__":
    sys.exit(main())
