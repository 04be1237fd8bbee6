"""What does `manage.py reconcile` answer, by its exit code, its files and on one screen?"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.reconciliation import faultset
from tests.reconciliation.comparing import csv_text
from tests.reconciliation.test_files import ERP, PROFILE, TABLES, WMS

pytestmark = pytest.mark.pure
AS_OF = "2026-11-24T00:00:00Z"
HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def files(tmp_path):
    for name, text in {"p.yaml": PROFILE, "erp.csv": ERP, "wms.csv": WMS, "codes.csv": TABLES["codes"],
                       "units.csv": TABLES["units"]}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(files, *more, sources=("erp=erp.csv", "wms=wms.csv"), capsys=None):
    arguments = [str(files / "p.yaml"), "--as-of", AS_OF, "--threads", "1"]
    for source in sources:
        name, path = source.split("=")
        arguments += ["--source", f"{name}={files / path}"]
    arguments += ["--table", f"codes={files / 'codes.csv'}", "--table", f"units={files / 'units.csv'}", *more]
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", *arguments)
    return ended.value.code


def test_differences_exit_1_and_fit_one_screen(files, capsys):
    assert run(files) == 1
    out = capsys.readouterr().out
    assert "7 differences in 5 keys" in out and len(out.splitlines()) <= 24 and "Look here first" in out


def test_equal_files_exit_0(files, capsys):
    (files / "wms.csv").write_text(ERP.replace("order_no,qty,uom,sku,amt,st,changed", "doc,q,u,sku,amt,st,t")
                                   .replace("NaN", "1"), encoding="utf-8")
    (files / "erp.csv").write_text(ERP.replace("NaN", "1"), encoding="utf-8")
    (files / "codes.csv").write_text("field,raw,canonical\nstatus,NEW,confirmed\n", encoding="utf-8")
    assert run(files) == 0
    assert "No differences." in capsys.readouterr().out


@pytest.mark.parametrize(("change", "said"), [
    (lambda f: (f / "p.yaml").write_text("version: 2"), "version: 1"),
    (lambda f: (f / "p.yaml").write_text("{"), "not readable YAML"),
    (lambda f: (f / "p.yaml").write_text(PROFILE.replace("column: amt", "column: total")), "total"),
    (lambda f: (f / "p.yaml").write_text(PROFILE.replace("type: money", "type: cash")), "fields.amount.type"),
    (lambda f: (f / "p.yaml").write_text(PROFILE.replace("grace: 15m", "graze: 15m")), "graze"),
    (lambda f: (f / "wms.csv").unlink(), "wms.csv"),
    (lambda f: (f / "wms.csv").write_text('doc,q\n"A1,3\n'), "quotation mark"),
    (lambda f: (f / "units.csv").write_text("item,unit,factor\nS1,BOX,many\n"), "many"),
    (lambda f: (f / "units.csv").write_text("item,unit,factor\nS1,BOX,0\n"), "“BOX” the factor 0"),
    (lambda f: (f / "units.csv").write_text("item,unit,factor\nS1,BOX,-12\n"), "the factor -12"),
    (lambda f: (f / "p.yaml").write_text(PROFILE.replace("base_unit: PCS", "base_unit: PCS, factors: {BOX: 0}")),
     "fields.quantity.factors: the factor of “BOX”"),
])
def test_what_cannot_run_exits_2_with_a_sentence(files, capsys, change, said):
    change(files)
    assert run(files) == 2
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err and len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("option", ["--out", "--findings"])
@pytest.mark.parametrize("name", ["erp.csv", "units.csv", "p.yaml", "linked.csv"])
def test_what_is_read_is_never_overwritten(files, capsys, option, name):
    (files / "linked.csv").symlink_to(files / "wms.csv")
    before = {path.name: path.read_bytes() for path in files.iterdir()}
    assert run(files, option, str(files / "." / name)) == 2
    said = capsys.readouterr().err
    assert f"{option} would overwrite" in said and name in said
    assert {path.name: path.read_bytes() for path in files.iterdir()} == before


def test_rows_with_more_cells_than_the_header_are_told(files, capsys):
    from openpyxl import load_workbook

    cut = "A1,1,234,PCS,S1,100.00,10,2026-11-01 10:00:00\nA2,2,PCS,S1,100.00,10,2026-11-01 10:00:00\n"
    (files / "wms.csv").write_text(WMS.splitlines()[0] + "\n" + cut, encoding="utf-8")
    (files / "units.csv").write_text("item,unit,factor\nS1,BOX,1,200\nS1,PAL,5\n,P,5\n", encoding="utf-8")
    run(files, "--out", str(files / "r.xlsx"), "--findings", str(files / "f.jsonl"))
    said = capsys.readouterr().out
    assert "units.csv: Row 2: The row has more cells than the header: 200. 1 more note is on the sheet" in said
    found = [json.loads(line) for line in (files / "f.jsonl").read_text(encoding="utf-8").splitlines()]
    (row,) = [f for f in found if f["field"] == "row"]
    assert (row["key"], row["kind"], row["values"], row["systems"]) == ("", "unreadable", {"wms": 1}, ["wms"])
    (cause,) = row["causes"]
    assert cause["cause"] == "UNREADABLE" and cause["sentence"]["en"].startswith(
        "WMS: row 2 of “wms.csv” has more cells than the header (“2026-11-01 10:00:00”).")
    assert cause["sentence"]["zh"].startswith("WMS：文件“wms.csv”第 2 行的单元格多于表头（“2026-11-01 10:00:00”）。")
    assert not [f for f in found if f["key"] == "A2" and f["kind"] == "missing"]  # the good rows go on
    notes = [[c.value for c in r][1:] for r in load_workbook(files / "r.xlsx")["Parameters"].iter_rows(min_row=2)
             if r[0].value == "Read with a note"]
    assert notes == [["wms", "Row 2: The row has more cells than the header: 2026-11-01 10:00:00."],
                     ["table:units", "Row 2: The row has more cells than the header: 200."]]


def test_workbook_and_findings_are_two_files(files, capsys):
    assert run(files, "--out", str(files / "r"), "--findings", str(files / "." / "r")) == 2
    assert "name the same file" in capsys.readouterr().err and not (files / "r").exists()


def test_wrong_names_exit_2(files, capsys):
    assert run(files, sources=("erp=erp.csv",)) == 2 and "wms" in capsys.readouterr().err
    assert run(files, "--source", "tms=x") == 2 and "tms" in capsys.readouterr().err
    assert run(files, "--as-of", "soon") == 2 and "soon" in capsys.readouterr().err
    assert run(files, "--table", f"things={files / 'codes.csv'}") == 2 and "things" in capsys.readouterr().err


def test_the_same_run_gives_the_same_bytes(files):
    digests = []
    for name in ("a", "b"):
        run(files, "--out", str(files / f"{name}.xlsx"), "--findings", str(files / f"{name}.jsonl"))
        digests.append([hashlib.sha256((files / f"{name}.{end}").read_bytes()).hexdigest()
                        for end in ("xlsx", "jsonl")])
    assert digests[0] == digests[1]


def test_findings_keep_their_format(files):
    run(files, "--findings", str(files / "f.jsonl"))
    lines = (files / "f.jsonl").read_text(encoding="utf-8").splitlines()
    for finding in map(json.loads, lines):
        assert list(finding)[:8] == ["v", "key", "kind", "field", "values", "state", "causes", "group"]
        assert finding["v"] == 1
        for cause in finding["causes"]:
            assert set(cause) >= {"cause", "rule", "version", "confidence", "evidence", "sentence"}


def test_every_form_of_file_gives_the_same_findings(files):
    import duckdb
    from openpyxl import Workbook

    def findings(wms):
        run(files, "--findings", str(files / "f.jsonl"), sources=("erp=erp.csv", f"wms={wms}"))
        return (files / "f.jsonl").read_text(encoding="utf-8")

    plain = findings("wms.csv")
    named = WMS.replace(",10,", ",已确认,")
    (files / "codes.csv").write_text("field,system,raw,canonical\nstatus,erp,NEW,confirmed\n"
                                     "status,wms,已确认,confirmed\nstatus,wms,10,confirmed\n", encoding="utf-8")
    (files / "gb.csv").write_bytes(named.encode("gb18030"))
    (files / "sig.csv").write_bytes(b"\xef\xbb\xbf" + named.encode())
    book = Workbook()
    for line in WMS.splitlines():
        book.active.append([cell.strip('"') for cell in line.split(",")])
    book.save(files / "wms.xlsx")
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{files / 'wms.csv'}', all_varchar = true)) TO '{files / 'wms.parquet'}'")
    for other in ("gb.csv", "sig.csv", "wms.xlsx", "wms.parquet"):
        assert findings(other) == plain, other


def test_the_workbook_is_complete_and_runs_nothing(files):
    evil = WMS + "=1+1,1,PCS,S1,1,10,2026-11-01 10:00:00\n'007,1,PCS,S1,1,10,2026-11-01 10:00:00\n" \
                 "0012,1,PCS,S1,1,10,2026-11-01 10:00:00\n"
    (files / "wms.csv").write_text(evil, encoding="utf-8")
    run(files, "--out", str(files / "r.xlsx"))
    from openpyxl import load_workbook

    book = load_workbook(files / "r.xlsx")
    assert book.sheetnames == ["Summary", "Groups", "Differences", "Unmatched", "Mapping gaps", "Parameters"]
    keys = [row[0].value for row in book["Unmatched"].iter_rows(min_row=2)]
    assert {"=1+1", "0012"} <= set(keys) and all(isinstance(k, str) for k in keys)
    assert book["Differences"].freeze_panes == "B2" and book["Differences"].auto_filter.ref
    said = {row[0].value: row[2].value for row in book["Parameters"].iter_rows(min_row=2)}
    assert said["As of"] == AS_OF and said["Tolerance"]
    digests = {row[2].value for row in book["Parameters"].iter_rows(min_row=2) if row[0].value == "SHA-256"}
    assert hashlib.sha256((files / "wms.csv").read_bytes()).hexdigest() in digests
    with zipfile.ZipFile(files / "r.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_a_chinese_report_differs_in_words_only(files):
    run(files, "--out", str(files / "zh.xlsx"), "--lang", "zh")
    from openpyxl import load_workbook

    texts = {str(c.value) for row in load_workbook(files / "zh.xlsx").worksheets[2].iter_rows() for c in row}
    assert any("过账" in text for text in texts) and "A2" in texts


def test_a_large_drawn_set_ends_on_one_screen(tmp_path, capsys):
    sources, tables, _truth = faultset.build(700, 3, per_fault=1)
    (tmp_path / "p.yaml").write_text(faultset.PROFILE, encoding="utf-8")
    arguments = []
    for option, items in (("--source", sources), ("--table", tables)):
        for name, rows in items.items():
            (tmp_path / f"{option}{name}.csv").write_text(csv_text(rows), encoding="utf-8")
            arguments += [option, f"{name}={tmp_path / f'{option}{name}.csv'}"]
    with pytest.raises(SystemExit):
        call_command("reconcile", str(tmp_path / "p.yaml"), *arguments, "--as-of", faultset.AS_OF)
    assert len(capsys.readouterr().out.splitlines()) <= 24


def in_a_shell(files, *more, program=HOME / "manage.py", **environment):
    """(exit code, stdout, stderr) of `python manage.py reconcile …` with nothing in the environment but this."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        [sys.executable, str(program), "reconcile", str(files / "p.yaml"), "--as-of", AS_OF,
         "--source", f"erp={files / 'erp.csv'}", "--source", f"wms={files / 'wms.csv'}",
         "--table", f"codes={files / 'codes.csv'}", "--table", f"units={files / 'units.csv'}", *more],
        cwd=files, env={**kept, **environment}, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("environment", [
    {},
    {"ORDERHUB_SECRET_KEY": ""},
    {"ORDERHUB_DEBUG": "perhaps", "ORDERHUB_HTTPS": "?"},
    {"ORDERHUB_DATABASE_URL": "nonsense://x", "ORDERHUB_VAR": "/nowhere/at/all"},
    {"DJANGO_SETTINGS_MODULE": "no.such.settings", "ORDERHUB_WORKERS": "many"},
])
def test_files_are_compared_whatever_the_settings_of_the_hub(files, environment):
    code, out, err = in_a_shell(files, "--out", str(files / "r.xlsx"), "--lang", "zh", **environment)
    assert (code, err) == (1, "") and "差异" in out and (files / "r.xlsx").stat().st_size > 5000


def a_fresh_copy(folder):
    """The code as it comes out of version control: no catalogue is compiled."""
    for name in ("config", "kernel", "orders", "reconciliation", "locale"):
        shutil.copytree(HOME / name, folder / name,
                        ignore=shutil.ignore_patterns("__pycache__", "*.mo", "migrations", "templates"))
    return shutil.copy(HOME / "manage.py", folder)


@pytest.mark.parametrize("is_writable", [True, False])
def test_a_fresh_copy_speaks_chinese(files, tmp_path_factory, is_writable):
    home = tmp_path_factory.mktemp("copy")
    program, catalogues = a_fresh_copy(home), home / "locale" / "zh_Hans" / "LC_MESSAGES"
    if not is_writable:
        (catalogues / "django.mo").mkdir()  # nothing can be put there, whoever runs this
        os.utime(catalogues / "django.mo", (0, 0))
    code, out, err = in_a_shell(files, "--lang", "zh", program=program)
    assert (code, err) == (1, "") and "差异" in out and "全部" in out and "differences" not in out
    code, out, err = in_a_shell(files, "--lang", "zh", "--source", "tms=x", program=program)
    assert (code, out) == (2, "") and "对账方案没有系统：tms" in err
    assert sorted(p.name for p in catalogues.iterdir()) == ["django.mo", "django.po"]


REFUSED = {"twice": ["--source", "erp=x"], "no name": ["--source", "erp"], "no moment": ["--as-of", "soon"],
           "no table": ["--table", "things=codes.csv"], "no place": ["--out", "/nowhere/at/all/r.xlsx"],
           "no file": ["--table", "rates=rates.csv"], "overwritten": ["--out", "erp.csv"]}


@pytest.mark.parametrize("why", REFUSED)
def test_a_refusal_is_told_in_the_language_asked_for(files, capsys, monkeypatch, why):
    monkeypatch.chdir(files)
    assert run(files, *REFUSED[why], "--lang", "zh") == 2
    said = capsys.readouterr().err
    assert re.search("[\u4e00-\u9fff]", said) and not re.search("[a-z]+ [a-z]+ [a-z]+", said)


def test_what_is_wrong_around_it_exits_2_with_one_sentence(files):
    code, out, err = in_a_shell(files, ORDERHUB_TIME_ZONE="Mars/Olympus")
    assert (code, out) == (2, "") and "Mars/Olympus" in err and len(err.splitlines()) == 1
    code, _out, err = in_a_shell(files, "--engine")
    assert code == 2 and "Traceback" not in err
    assert in_a_shell(files, "--out", "/nowhere/at/all/r.xlsx")[0] == 2
