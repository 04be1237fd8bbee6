"""How does one comparison of files run from profile to explained differences?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from kernel.collector import no_collection
from reconciliation.detect import Detection
from reconciliation.engines.duckdb import CsvTrouble
from reconciliation.engines.elsewhere import engine_named
from reconciliation.errors import CannotRun, gettext_noop
from reconciliation.explain import explain
from reconciliation.fingerprints import LONGEST
from reconciliation.keyless import locate_keyless
from reconciliation.lookups import lookups_of
from reconciliation.rounded import mark_rounded
from reconciliation.sources import copy_to_parquet, open_source
from reconciliation.surplus import surplus_rows


@dataclass(slots=True)
class Outcome:
    """Everything a report says about one run. `inputs` {name: SourceFile}, `rows` {system: rows read}.

    `heard` the systems whose file has rows with a key, `held` those of the keys asked about that any file has.
    """

    profile: object
    as_of_us: int
    differences: list
    groups: list
    gaps: list
    inputs: dict
    rows: dict
    profile_sha256: str
    engine: str = "duckdb"
    notes: list = field(default_factory=list)
    heard: set = field(default_factory=set)
    held: set = field(default_factory=set)

    @property
    def open(self):
        return [d for d in self.differences if d.state != "expected"]

    @property
    def expected(self):
        return [d for d in self.differences if d.state == "expected"]

    def covers(self, key, systems):
        """Has this run looked at what an earlier one said of `key`? Files of another month say nothing about it."""
        return set(systems) <= self.heard and (not key or key in self.held)


@no_collection()
def compare_files(profile, profile_text, sources, tables, *, as_of_us, spill, engine="duckdb", database="",
                  memory="", threads=0, step=lambda name: None, keeps=False, asked=()):
    """Outcome of comparing `sources` {source name: path} with `tables` {table name: path} beside them.

    `engine` names where (engines/elsewhere.py), `database` the server of the engine postgres. `spill` is a folder for
    temporary files. `step` is told what happens now, `keeps` as in explain. `asked` are keys (the first LONGEST
    characters of each) of which it is to be known whether any file holds them. Raises CannotRun.
    """
    wanted = {s.source for s in profile.systems.values()}
    _same_names(wanted, set(sources))
    step(gettext_noop("reading"))
    inputs = {}
    for name, system in profile.systems.items():
        inputs[name] = open_source(sources[system.source], spill, sheet=system.sheet, encoding=system.encoding)
    profile = replace(profile, systems={n: s.without_absent(inputs[n].header) for n, s in profile.systems.items()})
    beside = {name: open_source(path, spill) for name, path in sorted(tables.items())}
    at_work = engine_named(engine, profile, database=database, memory=memory, threads=threads, spill=str(spill))
    try:
        at_work.lookups = lookups_of(profile, {n: _rows_of(at_work, beside, n, spill) for n in beside})
        for name, source in inputs.items():
            inputs[name] = _load(at_work, name, source, spill)
        step(gettext_noop("comparing"))
        at_work.prepare()
        detection = Detection(profile, at_work, as_of_us)
        differences = detection.run()
        locate_keyless(profile, inputs, differences)
        differences += surplus_rows(inputs)
        mark_rounded(inputs, differences)
        step(gettext_noop("explaining"))
        groups, gaps = explain(profile, at_work, detection, differences, keeps=keeps)
        rows = {n: loaded.rows for n, loaded in at_work.loaded.items()}
        heard, held = at_work.heard(), at_work.held(set(asked), LONGEST)
    finally:
        at_work.close()
    digest = hashlib.sha256(profile_text.encode()).hexdigest()
    inputs.update({f"table:{n}": s for n, s in beside.items()})
    return Outcome(profile, as_of_us, differences, groups, gaps, inputs, rows, digest, engine, heard=heard, held=held)


def _same_names(wanted, given):
    missing, extra = sorted(wanted - given), sorted(given - wanted)
    if missing:
        raise CannotRun(gettext_noop("No file is given for: %(names)s. Use --source NAME=FILE."),
                        names=", ".join(missing))
    if extra:
        raise CannotRun(gettext_noop("The profile has no system for: %(names)s. It has: %(choices)s."),
                        names=", ".join(extra), choices=", ".join(sorted(wanted)))


def _rows_of(engine, beside, name, spill):
    try:
        return engine.rows_of(beside[name])
    except CsvTrouble:
        beside[name] = copy_to_parquet(beside[name], spill)
        return engine.rows_of(beside[name])


def _load(engine, system, source, spill):
    spec = engine.profile.systems[system]
    try:
        engine.load(system, engine.read_file(source), source.header)
        return source
    except CsvTrouble:
        copied = copy_to_parquet(source, spill, sheet=spec.sheet, encoding=spec.encoding)
        engine.load(system, engine.read_file(copied), copied.header)
        return copied
