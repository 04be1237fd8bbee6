"""Do workbooks and csv files carry any text unharmed, and harm nobody?"""

import csv
import hashlib
import io
import re
import time
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.excel import MAX_CHARS, Column, Highlight, SafeWorkbook, csv_text, cut_text, write_csv
from kernel.tables import read_table

pytestmark = pytest.mark.pure

CORPUS = [
    "=1+1",
    '=HYPERLINK("http://evil","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "#N/A",
    "#REF!",
    "{=1}",
    "=",
    "＝1+1",
    "+86 139 0000 0000",
    "-5",
]


def written(rows, columns=("A", "B"), **options):
    highlights = options.pop("highlights", ())
    book = SafeWorkbook(**options)
    book.sheet("Rows", columns, highlights=highlights).extend(rows)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parts(raw):
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def read_back(raw, tmp_path, **options):
    path = tmp_path / "back.xlsx"
    path.write_bytes(raw)
    table = read_table(path, **options)
    return table, [cells for _number, cells in table.rows]


def test_f40_nothing_from_outside_becomes_a_formula_or_an_error(tmp_path):
    raw = written([[text, text] for text in CORPUS], columns=[Column("=A1", "key"), Column("B")])
    xml = parts(raw)["xl/worksheets/sheet1.xml"]
    assert not re.search(r"<f[ >/]", xml)
    assert 't="e"' not in xml
    assert 'quotePrefix="1"' in parts(raw)["xl/styles.xml"]
    table, rows = read_back(raw, tmp_path)
    assert table.header[0] == "=A1"
    assert [row[0] for row in rows] == CORPUS


def test_every_quoted_cell_points_to_a_style_with_the_prefix():
    xml = parts(written([["=1", "plain"]]))
    style = re.search(r'<c r="A2" s="(\d+)"', xml["xl/worksheets/sheet1.xml"])[1]
    formats = re.search(r"<cellXfs.*?</cellXfs>", xml["xl/styles.xml"], re.S)[0]
    assert 'quotePrefix="1"' in re.findall(r"<xf .*?(?:/>|</xf>)", formats, re.S)[int(style)]


def test_one_bad_character_does_not_end_the_sheet(tmp_path):
    _table, rows = read_back(written([["a\x00b\x0bc\ud800d\u202ee", "x"], ["next", "y"]]), tmp_path)
    assert rows == [["a\ufffdb\ufffdc\ufffdd\ufffde", "x"], ["next", "y"]]


def test_long_texts_are_cut_where_everybody_sees_it(tmp_path):
    _table, rows = read_back(written([["x" * 40_000, "y"], ["z" * MAX_CHARS, "y"]]), tmp_path)
    assert len(rows[0][0]) == MAX_CHARS and rows[0][0].endswith("]")
    assert rows[1][0] == "z" * MAX_CHARS


def test_length_counts_as_spreadsheets_count():
    cut = cut_text("😀" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= MAX_CHARS
    assert cut.endswith("]") and "\ufffd" not in cut


def test_values_come_back_as_they_were(tmp_path):
    moment = datetime(2026, 11, 24, 1, 2, 3, 456000, tzinfo=UTC)
    row = [
        "0012",
        7,
        Decimal("-12.50"),
        True,
        moment,
        date(2026, 2, 28),
        "中文 text",
        None,
        12345678901234567,
        Decimal("0.1234567890123456789"),
        -3,
        "_x0041_",
    ]
    columns = [
        Column(f"c{i}", kind)
        for i, kind in enumerate(
            [
                "key",
                "int",
                "money",
                "text",
                "datetime",
                "date",
                "text",
                "text",
                "key",
                "number",
                "int",
                "text",
            ]
        )
    ]
    _table, rows = read_back(written([row], columns, zone="Asia/Shanghai"), tmp_path)
    assert rows == [
        [
            "0012",
            7,
            Decimal("-12.5"),
            True,
            datetime(2026, 11, 24, 9, 2, 3, 456000),
            date(2026, 2, 28),
            "中文 text",
            None,
            "12345678901234567",
            "0.1234567890123456789",
            -3,
            "_x0041_",
        ]
    ]


def test_a_naive_moment_is_taken_as_local(tmp_path):
    _table, rows = read_back(written([[datetime(2026, 1, 1, 8), "x"]], zone="Asia/Shanghai"), tmp_path)
    assert rows[0][0] == datetime(2026, 1, 1, 8)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.text(
            st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"),
            min_size=1,
            max_size=30,
        ).filter(lambda text: text.strip()),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_survives_the_round_trip(tmp_path_factory, texts):
    safe = [re.sub("[\u202a-\u202e\u2066-\u2069]", "\ufffd", text) for text in texts]
    _table, rows = read_back(written([[text, "."] for text in texts]), tmp_path_factory.mktemp("round"))
    assert [row[0] for row in rows] == safe


def test_same_rows_same_bytes():
    rows = [["=1", 1], ["a", Decimal("2.5")]]
    one = written(rows)
    time.sleep(2.1)  # zip stamps have steps of two seconds
    assert hashlib.sha256(one).digest() == hashlib.sha256(written(rows)).digest()


def test_a_full_sheet_goes_on_in_the_next(tmp_path):
    raw = written([[f"SO{n}", n] for n in range(25)], max_rows=10)
    table, rows = read_back(raw, tmp_path)
    assert table.sheets == ["Rows", "Rows (2)", "Rows (3)"]
    assert [len(rows)] + [len(read_back(raw, tmp_path, sheet=name)[1]) for name in table.sheets[1:]] == [
        10,
        10,
        5,
    ]
    assert all(read_back(raw, tmp_path, sheet=name)[0].header == ["A", "B"] for name in table.sheets)


def test_sheet_names_are_made_valid_and_unique():
    book = SafeWorkbook()
    for name in ["a/b:c", "A b c", "History", "", "x" * 40, "x" * 40]:
        book.sheet(name, ["A"])
    book.save(io.BytesIO())
    names = book._book.sheetnames
    assert len({name.casefold() for name in names}) == len(names) == 6
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)


def test_header_is_frozen_filtered_and_highlighted():
    raw = written(
        [["missing", 1]],
        highlights=[Highlight("A", 'mis"sing', across=("B",)), Highlight(formula="{A}<{B}", colour="amber")],
    )
    xml = parts(raw)["xl/worksheets/sheet1.xml"]
    assert 'topLeftCell="A2"' in xml and '<autoFilter ref="A1:B2"' in xml
    assert '<formula>$A2="mis""sing"</formula>' in xml and "<formula>$A2&lt;$B2</formula>" in xml


def test_memory_does_not_grow_with_the_rows():
    def peak(count):
        tracemalloc.start()
        book = SafeWorkbook()
        sheet = book.sheet("Rows", [Column("k", "key"), Column("v"), Column("t", "datetime")])
        for number in range(count):
            sheet.append([f"SO{number}", f"=text {number}", datetime(2026, 1, 1)])
        sheet.finish()
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        book.discard()
        return top

    peak(100)
    small, large = peak(500), peak(4_000)
    assert large - small < 300_000, (small, large)  # 3,500 further rows held in memory would be 2 MB and more


def test_a_failed_workbook_leaves_no_file(tmp_path):
    with pytest.raises(ZeroDivisionError), SafeWorkbook() as book:
        sheet = book.sheet("Rows", ["A"])
        sheet.append(["x"])
        left = sheet._worksheet._writer.out
        raise ZeroDivisionError
    assert not Path(left).exists()


def test_saving_replaces_the_file_whole(tmp_path):
    target = tmp_path / "report.xlsx"
    target.write_bytes(b"old")
    book = SafeWorkbook()
    book.sheet("Rows", ["A"]).append(["x"])
    book.save(target)
    assert [path.name for path in tmp_path.iterdir()] == ["report.xlsx"]
    assert zipfile.is_zipfile(target)


def test_f40_csv_gets_the_apostrophe_and_numbers_do_not(tmp_path):
    target = tmp_path / "out.csv"
    write_csv(target, ["=a", "b"], [[text, -5] for text in CORPUS] + [[" =1", Decimal("-1.5")], ["a\x00b", None]])
    raw = target.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["'=a", "b"]
    assert all(row[0][0] not in "=+-@\t\r#＝" for row in rows)
    assert rows[1][1] == "-5" and rows[-2:] == [["' =1", "-1.5"], ["a\ufffdb", ""]]


@pytest.mark.parametrize(
    "value,expected",
    [
        (None, ""),
        (True, "1"),
        (12, "12"),
        ("ok", "ok"),
        ("-5", "'-5"),
        ("{=1}", "{=1}"),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), "2026-01-01 00:00:00+00:00"),
        (["a"], '["a"]'),
    ],
)
def test_csv_cells(value, expected):
    assert csv_text(value) == expected


def test_links_lead_to_pages_and_run_nothing():
    from kernel.excel import MAX_LINKS, Link

    hub = "https://hub.example/orders/1/"
    raw = written([[Link("007", hub), Link("=1+1", hub)], [Link("x", "javascript:alert(1)"), Link("", hub)]])
    sheet, related = parts(raw)["xl/worksheets/sheet1.xml"], parts(raw)["xl/worksheets/_rels/sheet1.xml.rels"]
    assert related.count(hub) == 2 and "javascript" not in related and "<f" not in sheet
    assert '<hyperlink' in sheet and 'ref="A2"' in sheet and 'ref="B2"' in sheet
    assert MAX_LINKS < 65_530


def test_links_end_where_a_sheet_would_be_too_heavy(monkeypatch):
    from kernel import excel

    monkeypatch.setattr(excel, "MAX_LINKS", 2)
    raw = written([[excel.Link("a", "https://hub.example/")]] * 5)
    assert parts(raw)["xl/worksheets/_rels/sheet1.xml.rels"].count("https://hub.example/") == 2
