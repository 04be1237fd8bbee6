"""Where do files that a job writes or reads stand?"""
from pathlib import Path

from django.conf import settings


def exports():
    """The folder of what jobs wrote, made when it is not there."""
    return _folder("exports")


def uploads():
    """The folder of what people dropped, made when it is not there."""
    return _folder("uploads")


def _folder(name):
    found = Path(settings.VAR_DIR) / name
    found.mkdir(parents=True, exist_ok=True)
    return found
