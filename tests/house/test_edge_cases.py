"""Does each of the 43 cases that bit other engines name tests of ours that exist?"""
import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "clocks-and-tickets.md"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


@cache
def names_in(path):
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def rows():
    text = PAGE.read_text(encoding="utf-8")
    return {int(number): cells for number, *cells in ROW.findall(text[text.index("## What bit others"):])}


def test_all_43_are_there_each_with_its_rule():
    found = rows()
    assert sorted(found) == list(range(1, 44))
    assert all(rule.strip() for _thread, rule, _tests in found.values())


def test_each_names_tests_that_exist():
    missing = []
    for number, (_thread, _rule, said) in rows().items():
        named = NAMED.findall(said)
        missing += [(number, "none named")] if not named else [
            (number, f"{path}::{name}") for path, name in named if name not in names_in(path)]
    assert not missing, missing
