"""Does the house stand as it is drawn: floors, gates, small doors, models with a way to their scope?"""
import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from kernel.access import EVERYBODY, HOLDERS, OWN
from tests.house.world import our_models

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "kernel", "orders", "sla", "exceptions", "reconciliation", "integrations", "desk")
SOURCES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts and "__pycache__" not in path.parts
)

# Nobody but superusers sees these rows, and why.
SUPERUSERS_ONLY = {}

# Who alone may know these; what comes in and goes out has a test of its own (test_one_door).
KNOWN_TO = {"guardian": {"kernel/access.py"}, "smtplib": {"integrations/channels/mail.py"}}


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@cache
def trees():
    return [(name_of(path), ast.parse(path.read_text())) for path in SOURCES]


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def run(*command, **env):
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **env}
    )


def tool(name):
    return str(Path(sys.executable).with_name(name))


@pytest.mark.pure
def test_imports_look_down():
    done = run(tool("lint-imports"), "--no-cache")
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.pure
def test_ruff_has_nothing_to_say():
    done = run(tool("ruff"), "check", "--no-cache", "--output-format", "concise", ".")
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.pure
@pytest.mark.parametrize("package", sorted(KNOWN_TO))
def test_some_packages_are_known_to_one_file(package):
    found = {
        f"{name}:{line}" for name, tree in trees() if name not in KNOWN_TO[package]
        for module, line in imports(tree) if module == package or module.startswith(package + ".")
    }
    assert not found


@pytest.mark.pure
def test_no_signals_and_no_generic_foreign_keys():
    found = {
        f"{name}:{line} {module}" for name, tree in trees() for module, line in imports(tree)
        if module.startswith("django.db.models.signals") or module.endswith("GenericForeignKey")
        or module == "django.dispatch.receiver"
    }
    assert not found


@pytest.mark.pure
def test_every_module_says_which_question_it_answers():
    silent = [
        name for name, tree in trees()
        if tree.body and not ast.get_docstring(tree) and not name.endswith(("__init__.py", "apps.py", "urls.py"))
        and "/formats/" not in name
    ]
    assert silent == []


@pytest.mark.pure
def test_no_drawer_for_odds_and_ends():
    assert [name_of(p) for p in SOURCES if p.stem in ("utils", "helpers", "services", "misc", "common")] == []


@pytest.mark.pure
def test_thinking_modules_know_no_django():
    thinking = [
        "kernel/working_time.py", "orders/fold.py", "orders/statement.py", "sla/milestones.py", "sla/clocks.py",
        "reconciliation/plan.py", "reconciliation/groups.py", "reconciliation/pairing.py",
    ]
    found = {
        f"{name}: {module}" for name, tree in trees()
        if name in thinking or name.startswith("reconciliation/causes/")
        for module, _line in imports(tree) if module.split(".")[0] in ("django", "rest_framework")
        and not module.startswith("django.utils.translation")
    }
    assert not found


@pytest.mark.pure
def test_functions_are_small():
    """The feel to aim at: median 7 lines, nine in ten under 25."""
    lengths = sorted(
        node.end_lineno - node.lineno + 1 for _name, tree in trees() for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    )
    assert lengths[len(lengths) // 2] <= 9
    assert lengths[len(lengths) * 9 // 10] <= 25


def test_every_model_has_a_way_to_its_scope():
    for model in our_models():
        path = getattr(model, "scope_path", None)
        if path is None:
            assert model._meta.label in SUPERUSERS_ONLY, f"{model._meta.label} is invisible: say why"
        elif path != EVERYBODY and not path.startswith((HOLDERS, OWN)):
            _follow(model, path)


def _follow(model, path):
    """The path ends at a column of ids of Scope."""
    from kernel.models import Scope

    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    field = model._meta.pk if last == "id" else model._meta.get_field(last.removesuffix("_id"))
    assert model is Scope if last == "id" else field.related_model is Scope, path


def test_every_model_of_rows_has_the_one_verb():
    without = [model._meta.label for model in our_models() if not hasattr(model._default_manager.all(), "visible_to")]
    assert without == ["kernel.User"], "people are looked up by kernel.access.visible"


def test_dotted_names_in_settings_lead_somewhere():
    for name in ("WIRING", "PANELS", "SEARCH", "JOBS", "ROLES", "RIGHTS", "THINGS", "MENU", "HEALTH", "FIGURES"):
        import_string(getattr(settings, f"HUB_{name}"))
    for name in [*import_string(settings.HUB_HEALTH), *import_string(settings.HUB_FIGURES)]:
        import_string(name)
    for names in [*import_string(settings.HUB_WIRING).values(), *import_string(settings.HUB_PANELS).values()]:
        for name in names:
            import_string(name)
    for name in import_string(settings.HUB_SEARCH):
        import_string(name)
    for job in import_string(settings.HUB_JOBS):
        import_string(job.handler)


def test_no_migration_is_missing(db):
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=1)


def test_production_settings_are_clean(tmp_path):
    """`check --deploy` as a real installation would run it."""
    done = run(
        sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING",
        DJANGO_SETTINGS_MODULE="config.settings", ORDERHUB_DEBUG="0", ORDERHUB_VAR=str(tmp_path), ORDERHUB_DEMO="0",
        ORDERHUB_SECRET_KEY="k9!fJ2" * 12, ORDERHUB_HOSTS="hub.example.cn", ORDERHUB_HTTPS="1",
        ORDERHUB_FIELD_KEYS="MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", ORDERHUB_DATABASE_URL="sqlite://:memory:",
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name,value", [
    ("ORDERHUB_DEBUG", "perhaps"), ("ORDERHUB_HTTPS", "2"), ("ORDERHUB_TIME_ZONE", "Mars/Olympus"),
    ("ORDERHUB_LANGUAGE", "xx"),
])
def test_a_wrong_setting_is_named(tmp_path, name, value):
    env = {"DJANGO_SETTINGS_MODULE": "config.settings", "ORDERHUB_SECRET_KEY": "x" * 60, "ORDERHUB_VAR": str(tmp_path)}
    done = run(sys.executable, "manage.py", "check", **{**env, name: value})
    assert done.returncode != 0 and name in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["check", "migrate", "serve"])
def test_a_missing_or_unfit_data_folder_is_one_sentence(tmp_path, command):
    (tmp_path / "file").write_text("x")
    env = {"DJANGO_SETTINGS_MODULE": "config.settings", "ORDERHUB_SECRET_KEY": "x" * 60}
    for folder in (tmp_path / "gone", tmp_path / "file"):
        done = run(sys.executable, "manage.py", command, **env, ORDERHUB_VAR=str(folder))
        assert done.returncode == 1 and done.stdout == ""
        assert done.stderr == f"ORDERHUB_VAR: there is no folder {folder}. Create it, or name another one.\n"
    assert not (tmp_path / "gone").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    from config import settings as module

    monkeypatch.setattr(module.os, "access", lambda path, mode: False)  # whoever runs as root may write everywhere
    with pytest.raises(ImproperlyConfigured, match=f"may not write to the folder {tmp_path}"):
        module.data_folder(str(tmp_path), tmp_path)


def test_a_demo_shows_its_own_page_for_an_unknown_address(tmp_path):
    """Not Django's technical one, which is drawn wherever DEBUG is on."""
    code = (
        "import django; django.setup(); from django.test import Client; "
        "answer = Client(HTTP_ACCEPT_LANGUAGE='en').get('/no/such/page/'); "
        "print(answer.status_code, answer.content.decode())"
    )
    done = run(
        sys.executable, "-c", code, DJANGO_SETTINGS_MODULE="config.settings", ORDERHUB_VAR=str(tmp_path),
        ORDERHUB_DEBUG="1", ORDERHUB_DEMO="1", ORDERHUB_HOSTS="testserver", ORDERHUB_DATABASE_URL="sqlite://:memory:",
    )
    assert done.stdout.startswith("404") and "There is no such page for you" in done.stdout, done.stderr
    assert "URLconf" not in done.stdout
