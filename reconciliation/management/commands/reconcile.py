"""Compare files of two or more systems by a profile: how many differences, why, where to look first?"""

import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext

from reconciliation.engines.elsewhere import ENGINES
from reconciliation.errors import CannotRun, gettext_noop
from reconciliation.files import compare_files
from reconciliation.findings import write_findings
from reconciliation.profile_yaml import load_profile
from reconciliation.report import write_report
from reconciliation.summary import summary_lines
from reconciliation.values import Unreadable, read_time

EQUAL, DIFFERENT, FAILED = 0, 1, 2
LANGUAGES = {"en": "en", "zh": "zh-hans"}


class Command(BaseCommand):
    """Exit 0 equal, 1 differences, 2 could not run. Needs no database."""

    help = "Compare files of two or more systems by a profile (docs/profile.md). No order in the hub is needed."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("profile", help="the profile, a YAML file")
        parser.add_argument("--source", action="append", default=[], metavar="NAME=FILE")
        parser.add_argument("--table", action="append", default=[], metavar="NAME=FILE")
        parser.add_argument("--as-of", default="", metavar="ISO", help="the moment that counts as now")
        parser.add_argument("--out", default="", metavar="FILE.xlsx")
        parser.add_argument("--findings", default="", metavar="FILE.jsonl")
        parser.add_argument("--lang", choices=sorted(LANGUAGES), default="en")
        parser.add_argument("--engine", choices=ENGINES, default="duckdb", help="where rows are held together")
        parser.add_argument("--database", default=os.environ.get("ORDERHUB_DATABASE_URL", ""), metavar="URL",
                            help="the server of the engine postgres; nothing stays there")
        parser.add_argument("--memory", default="", help="limit for the engine, such as 1GB")
        parser.add_argument("--threads", type=int, default=0)

    def handle(self, *args, **options):
        with translation.override(LANGUAGES[options["lang"]]):
            try:
                code = self.compare(options)
            except CannotRun as trouble:
                self.stderr.write(gettext(trouble.sentence) % trouble.params if trouble.params
                                  else gettext(trouble.sentence))
                code = FAILED
            except Exception:  # whatever went wrong, 1 would claim that there are differences
                self.stderr.write(traceback.format_exc())
                self.stderr.write(gettext("The comparison stopped on an error of the program (above)."))
                code = FAILED
        sys.exit(code)

    def compare(self, options):
        sources, tables = pairs(options["source"], "--source"), pairs(options["table"], "--table")
        refuse_to_overwrite(options, [options["profile"], *sources.values(), *tables.values()])
        profile_text = read_text(options["profile"])
        profile = load_profile(profile_text)
        as_of = moment_of(options["as_of"])
        with tempfile.TemporaryDirectory(prefix="reconcile-") as spill:
            outcome = compare_files(
                profile, profile_text, sources, tables, as_of_us=as_of, spill=spill, step=self.step,
                **{name: options[name] for name in ("engine", "database", "memory", "threads")},
            )
        if options["findings"]:
            with writable(options["findings"]) as stream:
                write_findings(outcome.differences, profile, stream)
        if options["out"]:
            write_report(outcome, options["out"], options["lang"])
        for line in summary_lines(outcome, options["lang"]):
            self.stdout.write(line)
        return DIFFERENT if outcome.open else EQUAL

    def step(self, name):
        if self.stderr.isatty():
            self.stderr.write(f"… {gettext(name)}")


def pairs(items, option):
    """{name: path} of NAME=FILE arguments."""
    result = {}
    for item in items:
        name, equals, path = item.partition("=")
        if not (name and equals and path):
            raise CannotRun(gettext_noop("%(option)s wants NAME=FILE, not “%(value)s”."), option=option, value=item)
        if name in result:
            raise CannotRun(gettext_noop("%(option)s names “%(name)s” twice."), option=option, name=name)
        result[name] = path
    return result


def read_text(path):
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotRun(gettext_noop("The profile “%(path)s” is not UTF-8 text."), path=path) from error
    except OSError as error:
        raise CannotRun(gettext_noop("There is no file “%(path)s”."), path=path) from error


def refuse_to_overwrite(options, read):
    """What is written must not take the place of what is read, nor of the other file that is written."""
    targets = {option: options[option.lstrip("-")] for option in ("--out", "--findings") if options[option.lstrip("-")]}
    for option, target in targets.items():
        if any(is_same_file(target, path) for path in read):
            raise CannotRun(gettext_noop("%(option)s would overwrite “%(path)s”, which is compared. Name another "
                                         "file."), option=option, path=target)
    if len(targets) > 1 and is_same_file(*targets.values()):
        raise CannotRun(gettext_noop("--out and --findings name the same file: “%(path)s”."), path=targets["--out"])


def is_same_file(one, other):
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them is not there
        return os.path.realpath(one) == os.path.realpath(other)


def writable(path):
    try:
        return open(path, "w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise CannotRun(gettext_noop("“%(path)s” cannot be written."), path=path) from error


def moment_of(text):
    """UTC µs of --as-of; now without it."""
    if not text:
        return int(datetime.now(UTC).timestamp()) * 1_000_000
    try:
        return read_time(text)
    except Unreadable as error:
        raise CannotRun(gettext_noop("--as-of is not an ISO time: “%(value)s”."), value=text) from error
