"""Does Tryton (GPL-3) stay a program beside the hub: nothing of it imported, nothing of it a dependency?"""
import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "integrations/systems/tryton/peer/seed.py"


def imported(path):
    """Dotted names a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_the_script_that_trytons_own_interpreter_runs_imports_tryton():
    guilty = []
    for path in ROOT.rglob("*.py"):
        if ".venv" in path.parts or path == SEED:
            continue
        guilty += [f"{path.name}: {name}" for name in imported(path)
                   if re.match(r"(trytond|proteus)\b", name) or name.endswith("tryton.peer.seed")]
    assert guilty == []
    assert any(name.startswith("proteus") for name in imported(SEED))


def test_tryton_is_no_dependency_of_the_hub():
    declared = "".join((ROOT / name).read_text() for name in ("pyproject.toml", "constraints.txt"))
    assert not re.search(r"^\W*(trytond|proteus)", declared, re.MULTILINE)
