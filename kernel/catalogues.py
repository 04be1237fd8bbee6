"""How does a .po become the .mo that is read? By polib, without the gettext programs, and never half written."""
import os
import tempfile
from pathlib import Path

import polib


def stale_catalogues(root):
    """The .po files under `root` whose .mo is missing or older."""
    return [po for po in sorted(Path(root).rglob("*.po")) if not _is_fresh(po.with_suffix(".mo"), po)]


def _is_fresh(compiled, source):
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime


def compile_catalogue(source, target):
    """Write the .mo of `source` to `target`; whoever reads meanwhile sees the old one or the new one."""
    target = Path(target)
    handle, made = tempfile.mkstemp(prefix=".", suffix=".mo", dir=target.parent)
    os.close(handle)
    try:
        polib.pofile(str(source)).save_as_mofile(made)
        os.chmod(made, 0o644)
        os.replace(made, target)
    except BaseException:
        os.unlink(made)
        raise
