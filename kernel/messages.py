"""Which texts does a person see, in our code and in the packages' code, and which lack a translation?

Extraction in pure Python (ast for modules, Django's own templatize for templates), so that the check runs without
the gettext programs.
"""
import ast
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

OURS = ("config", "kernel", "orders", "sla", "exceptions", "reconciliation", "integrations", "desk")
# Packages whose texts reach a page. Their own zh_Hans or Django's catalogue answers for some of their texts.
PACKAGES = (
    "django", "unfold", "django_q", "axes", "guardian", "rest_framework", "django_filters", "drf_spectacular",
    "simple_history",
)
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
SKIP = {"migrations", "tests", "node_modules", "locale"}


@dataclass(frozen=True, order=True)
class Message:
    """One text: `context` and `plural` may be blank; `where` is file and line, for the translator."""

    text: str
    plural: str = ""
    context: str = ""
    where: str = ""

    @property
    def key(self):
        return (self.context, self.text)


def _literal(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _called(node, aliases):
    function = node.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return aliases.get(name, name)


def _aliases(tree):
    """{name it is called by: its own} of what the source imports for translating under another name."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        one.asname: one.name for node in imports if node.module == "django.utils.translation"
        for one in node.names if one.asname
    }


def _of_call(node, where, aliases):
    name, given = _called(node, aliases), [_literal(argument) for argument in node.args]
    if name in PLAIN and given and given[0]:
        return Message(given[0], where=where)
    if name in PLURAL and len(given) >= 2 and given[0] and given[1]:
        return Message(given[0], plural=given[1], where=where)
    if name in CONTEXT and len(given) >= 2 and given[1]:
        return Message(given[1], context=given[0] or "", where=where)
    return None


def of_source(source, where):
    """The messages of one Python source text."""
    found, tree = [], ast.parse(source)
    aliases = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            message = _of_call(node, f"{where}:{node.lineno}", aliases)
            if message:
                found.append(message)
    return found


_CALL = re.compile(
    r"\b(?:gettext|ngettext|pgettext|npgettext|_)\((?:[^()'\"]|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")*\)"
)


def of_template(source, where):
    """The messages of one template, through Django's own templatize."""
    found = []
    for call in _CALL.finditer(re.sub(r"\bu(?=['\"])", "", templatize(source, origin=where))):
        try:
            tree = ast.parse(call.group(0).strip())
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                message = _of_call(node, where, {})
                if message:
                    found.append(message)
    return found


def of_folder(folder, name):
    """Every message of a folder of modules and templates, first seen first, one per (context, text)."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        inside = path.relative_to(folder)
        if SKIP.intersection(inside.parts) or path.suffix not in (".py", ".html", ".txt"):
            continue
        source = path.read_text(encoding="utf-8", errors="replace")
        read = of_source if path.suffix == ".py" else of_template
        for message in read(source, f"{name}/{inside}"):
            found.setdefault(message.key, message)
    return list(found.values())


def of_package(name):
    """The messages of an installed package."""
    spec = importlib.util.find_spec(name)
    return of_folder(Path(spec.origin).parent, name) if spec else []


def answered_by(catalogues):
    """The keys that .mo/.po catalogues answer."""
    known = set()
    for path in catalogues:
        book = polib.mofile(str(path)) if path.suffix == ".mo" else polib.pofile(str(path))
        known |= {(entry.msgctxt or "", entry.msgid) for entry in book if entry.msgstr or entry.msgstr_plural}
    return known


def catalogues_of(name):
    """The zh_Hans catalogues that Django loads for a package."""
    spec = importlib.util.find_spec(name)
    if not spec:
        return []
    root = Path(spec.origin).parent
    return list(root.rglob("locale/zh_Hans/LC_MESSAGES/django.mo"))
