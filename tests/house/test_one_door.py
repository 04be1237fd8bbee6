"""Does everything foreign come in, and everything outbound go out, through the one door that checks it?"""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]
APPS = [
    "config",
    "kernel",
    "orders",
    "sla",
    "exceptions",
    "reconciliation",
    "integrations",
    "desk",
    "planning",
    "insights",
]

# What may be imported or called, and where; "why" is for the reader who wants to add a line.
ONLY_IN = {
    "httpx": {"kernel/outbound.py"},
    "httpcore": {"kernel/outbound.py", "kernel/checked_sockets.py"},
    "requests": set(),
    "urllib3": set(),
    "aiohttp": set(),
    "urllib.request": set(),
    "http.client": set(),
    "ftplib": set(),
    "telnetlib": set(),
    "pickle": set(),
    "marshal": set(),
    "openpyxl.load_workbook": set(),
    "pandas.read_excel": set(),
    "csv.reader": {"kernel/csv_reader.py"},
    "csv.DictReader": set(),
    "zipfile.ZipFile": {
        "kernel/excel.py",  # writes
        "kernel/sheet_child/book.py",  # in the child with limits
        "kernel/backup.py",
        "kernel/restore.py",  # our own archive, by an administrator's hand
        "exceptions/file_kinds.py",  # the names of the parts only: nothing is unpacked
    },
    "json.loads": {
        "integrations/management/commands/seed_factory.py",  # the truth it wrote itself
        "kernel/strict_json.py",
        "kernel/xlsx_reader.py",
        "kernel/sheet_child/__main__.py",  # what our own child says
        "kernel/backup.py",
        "kernel/restore.py",  # our own archive
        "integrations/inbox.py",  # rows we packed ourselves, after they came through a door
        "integrations/systems/tryton/peer/seed.py",
        "integrations/systems/tryton/peer/environment.py",
    },
}
OWN_PROCESS = "integrations/systems/tryton/peer/"  # runs beside the hub, on machines of the tests


def sources():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def names_used(tree):
    """(dotted name, line) of imports and of attributes of imported modules."""
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules[alias.asname or alias.name.partition(".")[0]] = alias.name
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield f"{modules[node.value.id]}.{node.attr}", node.lineno


def forbidden(name):
    """The rule that covers this name: itself or a package it lies in."""
    parts = name.split(".")
    return next((rule for rule in (".".join(parts[:n]) for n in range(len(parts), 0, -1)) if rule in ONLY_IN), None)


def violations(files):
    for path, tree in files:
        for name, line in names_used(tree):
            rule = forbidden(name)
            if rule and path not in ONLY_IN[rule] and not path.startswith(OWN_PROCESS):
                yield f"{path}:{line} uses {name}"


def test_no_second_door():
    assert sorted(set(violations(sources()))) == []


def test_the_doors_named_here_exist():
    named = {path for paths in ONLY_IN.values() for path in paths}
    assert {path for path in named if not (ROOT / path).exists()} <= {"kernel/backup.py"}


@pytest.mark.parametrize(
    "code",
    [
        "import httpx",
        "from httpx import Client",
        "import requests.sessions",
        "from urllib.request import urlopen",
        "import urllib.request",
        "from openpyxl import load_workbook",
        "import openpyxl\nopenpyxl.load_workbook('x')",
        "import json\njson.loads(body)",
        "from json import loads",
        "import csv as c\nc.reader(x)",
        "import pandas as pd\npd.read_excel(x)",
    ],
)
def test_the_rule_would_notice(code):
    assert list(violations([("orders/new.py", ast.parse(code))]))


@pytest.mark.parametrize(
    "code",
    [
        "import json\njson.dumps(x)",
        "from urllib.parse import urlsplit",
        "import csv\ncsv.writer(x)",
        "from openpyxl import Workbook",
        "from kernel import outbound, strict_json\nstrict_json.loads(x)",
    ],
)
def test_the_rule_is_not_in_the_way(code):
    assert not list(violations([("orders/new.py", ast.parse(code))]))
