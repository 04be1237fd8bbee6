"""How does the product look today? `make pictures` seeds a factory of its own and takes the README's pictures."""
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from config.ports import next_free_port

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "pictures"
TARGET = ROOT / "docs" / "pictures"
CHROMIUM = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# name, person, page, language, width, height, scheme; ORDER is the late order that is open longest.
PICTURES = [
    ("order", "sales", "ORDER", "zh-CN", 1440, 900, "light"),
    ("order-english-dark", "sales", "ORDER", "en-US", 1440, 900, "dark"),
    ("home", "order_operations", "/", "zh-CN", 1440, 900, "light"),
    ("orders", "order_operations", "/orders/?late=late", "zh-CN", 1440, 900, "light"),
    ("run", "finance", "RUN", "zh-CN", 1440, 900, "light"),
    ("board", "planner", "/board/", "zh-CN", 1440, 900, "light"),
    ("order-phone", "service", "ORDER", "zh-CN", 390, 844, "light"),
]


def _environment():
    FOLDER.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "ORDERHUB_VAR": str(FOLDER),
        "ORDERHUB_DEBUG": "1", "ORDERHUB_DEMO": "1", "ORDERHUB_HTTPS": "0", "ORDERHUB_SECRET_KEY": "only-for-pictures",
        "ORDERHUB_DATABASE_URL": f"sqlite:///{FOLDER}/hub.sqlite3",
    }


def _seed(env):
    if (FOLDER / "seeded").exists():
        shutil.rmtree(FOLDER)
        FOLDER.mkdir()
    for command in (["compile_messages"], ["migrate", "-v0"], ["sync_roles"], ["seed_demo", "--orders", "500"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
    (FOLDER / "seeded").touch()


def _links(page, pattern):
    links = page.eval_on_selector_all("a[href]", "found => found.map(one => one.getAttribute('href'))")
    return [link for link in links if re.fullmatch(pattern, link or "")]


def _resolve(page, base, path):
    if path == "ORDER":
        page.goto(f"{base}/orders/?late=late")
        return _links(page, r"/orders/[^/?]+/")[-1]
    if path == "RUN":
        page.goto(f"{base}/runs/")
        return max(dict.fromkeys(_links(page, r"/runs/\d+/")), key=lambda run: _differences_on(page, base + run))
    return path


def _differences_on(page, address):
    page.goto(address)
    return len(_links(page, r"/differences/\d+/"))


def _take(browser, base, name, person, path, language, width, height, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=language, color_scheme=scheme,
    )
    page = context.new_page()
    page.goto(f"{base}/login/")
    page.fill("input[name=username]", person)
    page.fill("input[name=password]", f"demo-{person}")
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()
    page.goto(base + _resolve(page, base, path))
    page.wait_for_timeout(900)
    page.screenshot(path=str(TARGET / f"{name}.png"))
    context.close()


def main():
    env = _environment()
    _seed(env)
    port = next_free_port("127.0.0.1", 8300)
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}",
         "--worker-class", "gthread", "--threads", "4"], cwd=ROOT, env=env,
    )
    time.sleep(4)
    TARGET.mkdir(parents=True, exist_ok=True)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
            for picture in PICTURES:
                _take(browser, f"http://127.0.0.1:{port}", *picture)
                print("took", picture[0])
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


if __name__ == "__main__":
    main()
