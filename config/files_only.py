"""How is `manage.py reconcile` run? It compares files: no secret, no database, and no setting that could be wrong.

Its exit code is an answer (0 equal, 1 differences, 2 could not run), so nothing of the hub's own settings is read:
a hub that is set up wrongly must not look like files that differ.
"""
import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

FAILED = 2
HOME = Path(__file__).resolve().parent.parent
ZONE = "Asia/Shanghai"


def main(arguments):
    """Run the command with the words of the command line; ends the process."""
    try:
        _set_up(arguments)
        from reconciliation.management.commands.reconcile import Command  # noqa: PLC0415 — needs what is set up above
    except (ImportError, OSError, ValueError) as error:
        sys.stderr.write(f"The comparison cannot run: {' '.join(str(error).split())}.\n".replace("..", "."))
        sys.exit(FAILED)
    Command().run_from_argv(arguments)


def _set_up(arguments):
    import django  # noqa: PLC0415 — a missing package is told in a sentence, not by a trace
    from django.conf import settings  # noqa: PLC0415

    from config.version import VERSION  # noqa: PLC0415

    settings.configure(
        VERSION=VERSION, HUB_TIME_ZONE=_zone(), USE_TZ=True, TIME_ZONE="UTC", USE_I18N=True, LANGUAGE_CODE="en",
        LANGUAGES=[("zh-hans", "简体中文"), ("en", "English")], LOCALE_PATHS=_catalogues(arguments),
    )
    django.setup()


def _catalogues(arguments):
    """The folders of translations, compiled first where a fresh copy of the code asks for Chinese."""
    own = HOME / "locale"
    if not any(word.endswith("zh") for word in arguments):
        return [own]
    from kernel.catalogues import compile_catalogue, stale_catalogues  # noqa: PLC0415

    try:
        for source in stale_catalogues(own):
            compile_catalogue(source, source.with_suffix(".mo"))
        return [own]
    except OSError:  # the code lies where nothing may be written
        folder = tempfile.mkdtemp(prefix="reconcile-locale-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        for source in own.rglob("*.po"):
            target = Path(folder, source.relative_to(own)).with_suffix(".mo")
            target.parent.mkdir(parents=True)
            compile_catalogue(source, target)
        return [folder]


def _zone():
    name = os.environ.get("ORDERHUB_TIME_ZONE") or ZONE
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"ORDERHUB_TIME_ZONE names no time zone: “{name[:60]}”") from None
    return name
