"""Files in, findings out: the shortest way for a test to ask the engine something."""
import csv
import io

from reconciliation.engines.duckdb import DuckEngine
from reconciliation.files import compare_files
from reconciliation.findings import finding_of
from reconciliation.lookups import lookups_of
from reconciliation.profile_yaml import load_profile
from reconciliation.values import read_time

AS_OF = "2026-11-24T00:00:00Z"


def csv_text(rows):
    """csv of a list of dicts; columns in order of first appearance."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def loaded_engine(folder, profile, sources, tables, **options):
    """A DuckEngine that has read `sources` {system: list of dicts} and is prepared."""
    folder.mkdir(exist_ok=True)
    engine = DuckEngine(profile, lookups_of(profile, tables), threads=1, **options)
    for name, rows in sources.items():
        path = folder / f"{name}.csv"
        path.write_text(csv_text(rows), encoding="utf-8")
        header = list(rows[0])
        source = type("Source", (), {"path": str(path), "form": "csv", "header": header, "delimiter": ","})
        engine.load(name, engine.read_file(source), header)
    engine.prepare()
    return engine


def outcome_of(folder, profile, sources, tables=None, as_of=AS_OF, **options):
    """Outcome of comparing `sources` {name: csv text or list of dicts} with `tables` of the same form."""
    folder.mkdir(parents=True, exist_ok=True)
    spill = folder / "spill"
    spill.mkdir(exist_ok=True)

    def written(items):
        paths = {}
        for name, content in (items or {}).items():
            paths[name] = folder / f"{name}.csv"
            text = content if isinstance(content, str) else csv_text(content)
            paths[name].write_text(text, encoding="utf-8")
        return paths

    return compare_files(load_profile(profile), profile, written(sources), written(tables),
                         as_of_us=read_time(as_of), spill=spill, threads=1, **options)


def findings_of(*args, **options):
    """The findings (dicts) of `outcome_of`, those only expected left out unless `expected=True`."""
    expected = options.pop("expected", False)
    outcome = outcome_of(*args, **options)
    return [finding_of(d, outcome.profile) for d in outcome.differences if expected or d.state != "expected"]


def short(findings):
    return [(f["key"], f["kind"], f["field"]) for f in findings]
