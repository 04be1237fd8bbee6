"""Does the spreadsheet gate read what people send, flag what is doubtful, and refuse what would hurt?"""

import io
import time
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from kernel.csv_reader import _decodes
from kernel.tables import TableRefusal, read_table, sheet_names, with_limits

pytestmark = pytest.mark.pure

HEADER = ["订单号", "数量", "备注"]


def csv_file(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "in.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def everything(path, **options):
    table = read_table(path, **options)
    return table, list(table.rows)


def refusal_of(path, **options):
    with pytest.raises(TableRefusal) as caught:
        everything(path, **options)
    return caught.value


def sheet_xml(rows, top=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{top}<worksheet xmlns="http://schemas.openxmlformats.org/'
        f'spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    )


def raw_xlsx(path, sheet, *, styles="", extra=(), workbook_pr=""):
    """A workbook written by hand, for what no library writes. `sheet` is text or an iterator of bytes."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="r">{workbook_pr}<sheets>'
            '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="rId1" '
            'Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        if styles:
            archive.writestr("xl/styles.xml", styles)
        for name, body in extra:
            archive.writestr(name, body)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for piece in [sheet.encode()] if isinstance(sheet, str) else sheet:
                part.write(piece)
    return path


def text_row(number, *texts):
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{cells}</row>'


# --- F31: csv -------------------------------------------------------------------------------------------

TEXT = '订单号;数量;备注\r\n0012;1,5;"第一行\n第二行"\r\n\r\n0013;2;ok\r\n'
ROWS = [(2, ["0012", "1,5", "第一行\n第二行"]), (4, ["0013", "2", "ok"])]


@pytest.mark.parametrize(
    "encoding,shown",
    [
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
    ],
)
def test_f31_encoding_shown_and_row_numbers_right(tmp_path, encoding, shown):
    table, rows = everything(csv_file(tmp_path, TEXT, encoding))
    assert (table.encoding, table.delimiter, table.header) == (shown, ";", HEADER)
    assert rows == ROWS
    assert ("encoding_guessed" in table.counts) == (encoding == "gb18030")


@pytest.mark.parametrize("written,encoding", [
    ("数".encode(), "utf-8"), ("数".encode("gb18030"), "gb18030"), (b"\xe61", ""), (b"\x81a", "gb18030")])
def test_a_character_on_the_edge_of_what_is_read_at_once(tmp_path, written, encoding):
    head = b"no,note\n"
    body = head + b"1," + b"a" * ((1 << 20) - len(head) - 3)  # the next byte is the last of the first piece
    path = tmp_path / "edge.csv"
    path.write_bytes(body + written + b"\n" + b"2,plain\n" * (1 << 17))
    assert [_decodes(path, name) for name in ("utf-8", "gb18030")] == [encoding == "utf-8", encoding == "gb18030"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_f31_utf16_without_a_mark(tmp_path, encoding):
    text = "order;quantity;remark\r\n" + "A12;1;x\r\n" * 50
    table, rows = everything(csv_file(tmp_path, text, encoding))
    assert table.encoding == encoding and len(rows) == 50


def test_f31_bytes_of_no_encoding_are_refused(tmp_path):
    assert refusal_of(csv_file(tmp_path, b"a,b\n\x81\xff\xff\xff,1\n")).code == "table.encoding"


def test_f31_a_person_may_name_the_encoding(tmp_path):
    path = csv_file(tmp_path, "名称,b\n甲,1\n", "utf-8-sig")
    assert everything(path, encoding="UTF8")[0].header == ["名称", "b"]
    assert everything(csv_file(tmp_path, "名称,b\n甲,1\n", "gbk"), encoding="GB2312")[0].header == ["名称", "b"]
    assert refusal_of(path, encoding="ascii").code == "table.encoding"
    assert refusal_of(path, encoding="klingon").code == "table.encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_f31_delimiters_are_found(tmp_path, delimiter):
    lines = [["order", "sum", "at"], ["A1", "1.5", "2026-01-01 08:00"], ["A2", "2.5", "x"]]
    table, rows = everything(csv_file(tmp_path, "\n".join(delimiter.join(line) for line in lines)))
    assert table.delimiter == delimiter and table.header == lines[0] and rows[0][1] == lines[1]


def test_f31_the_first_line_may_name_the_delimiter(tmp_path):
    table, rows = everything(csv_file(tmp_path, "sep=|\r\na|b\r\n1,5|2,5\r\n"))
    assert table.header == ["a", "b"] and rows == [(3, ["1,5", "2,5"])]


def test_f31_nul_is_refused_with_its_row(tmp_path):
    refusal = refusal_of(csv_file(tmp_path, b"a,b\n1,2\n3,\x004\n"))
    assert refusal.code == "table.nul" and refusal.params["row"] == 3 and "3" in str(refusal)


def test_f31_unclosed_quote_is_refused_with_the_row_where_it_opens(tmp_path):
    refusal = refusal_of(csv_file(tmp_path, 'a,b\n1,2\n"x\n\ny",4\n5,"six\n7,8\n9,10\n'))
    assert refusal.code == "table.unclosed_quote" and refusal.params["row"] == 4


def test_f31_unclosed_quote_in_a_large_file_is_called_so_too(tmp_path):
    text = 'a,b\n1,"open\n' + "3,4\n" * 50_000
    refusal = refusal_of(csv_file(tmp_path, text))
    assert refusal.code == "table.unclosed_quote" and refusal.params["row"] == 2


def test_f31_text_after_a_closing_quote_is_refused(tmp_path):
    refusal = refusal_of(csv_file(tmp_path, 'a,b\n1,"x"y\n'))
    assert refusal.code == "table.bad_quote" and refusal.params["row"] == 2


@pytest.mark.parametrize("size", [110_000, 200_000, 20_000_000])
def test_f31_a_field_of_200_kb_is_refused(tmp_path, size):
    refusal = refusal_of(csv_file(tmp_path, "a,b\n1,2\n3," + "x" * size + "\n"))
    assert refusal.code == "table.long_field" and refusal.params["row"] == 3


# --- F32: bombs -----------------------------------------------------------------------------------------


def test_f32_a_cell_of_1_5_gb_is_refused_by_what_the_zip_declares(tmp_path):
    def pieces():
        yield b'<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>'
        for _ in range(1500):
            yield b" " * (1 << 20)
        yield b"</t></is></c></row></sheetData></worksheet>"

    path = raw_xlsx(tmp_path / "bomb.xlsx", pieces())
    assert path.stat().st_size < 10_000_000
    began = time.monotonic()
    assert refusal_of(path).code == "table.zip_bomb"
    assert time.monotonic() - began < 15


def test_f32_a_long_cell_below_the_ratio_is_refused_while_reading(tmp_path):
    sheet = sheet_xml(text_row(1, "a", "b") + text_row(2, "x" * 200_000, "y"))
    assert refusal_of(raw_xlsx(tmp_path / "long.xlsx", sheet)).code == "table.long_cell"


def test_f32_reading_stops_after_200_blank_rows(tmp_path):
    blanks = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 60_000))
    sheet = sheet_xml(text_row(1, "a", "b") + text_row(2, "x", "y") + blanks + text_row(60_000, "far", "away"))
    began = time.monotonic()
    table, rows = everything(raw_xlsx(tmp_path / "blank.xlsx", sheet))
    assert rows == [(2, ["x", "y"])] and table.counts["stopped_at_blank"] == 1
    assert time.monotonic() - began < 15


def test_f32_199_blank_rows_are_a_gap_not_the_end(tmp_path):
    sheet = sheet_xml(text_row(1, "a", "b") + text_row(2, "x", "y") + text_row(202, "z", "w"))
    assert everything(raw_xlsx(tmp_path / "gap.xlsx", sheet))[1] == [(2, ["x", "y"]), (202, ["z", "w"])]


def test_f32_one_cell_at_the_far_corner(tmp_path):
    corner = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'
    began = time.monotonic()
    table, rows = everything(
        raw_xlsx(tmp_path / "corner.xlsx", sheet_xml(text_row(1, "a", "b") + text_row(2, "x", "y") + corner))
    )
    assert rows == [(2, ["x", "y"])] and table.counts["stopped_at_blank"] == 1
    assert time.monotonic() - began < 15


def test_f32_a_far_column_is_flagged_not_padded(tmp_path):
    wide = (
        '<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c>'
        '<c r="XFD2" t="inlineStr"><is><t>far</t></is></c></row>'
    )
    table, rows = everything(raw_xlsx(tmp_path / "wide.xlsx", sheet_xml(text_row(1, "a", "b") + wide)))
    assert rows == [(2, ["x", None])]
    assert [(note.row, note.detail) for note in table.notes if note.code == "far_column"] == [(2, "XFD2")]


def test_f32_entities_are_refused(tmp_path):
    top = '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    sheet = sheet_xml('<row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row>', top)
    assert refusal_of(raw_xlsx(tmp_path / "entities.xlsx", sheet)).code == "table.entities"


def test_f32_the_child_may_not_take_more_memory_than_given(tmp_path):
    rows = "".join(f"<si><t>{n:0>400}</t></si>" for n in range(150_000))
    path = raw_xlsx(
        tmp_path / "memory.xlsx",
        sheet_xml(text_row(1, "a", "b") + text_row(2, "1", "2")),
        extra=[("xl/sharedStrings.xml", f"<sst>{rows}</sst>")],
    )
    assert refusal_of(path, limits=with_limits(memory_bytes=48 << 20)).code == "table.memory"
    assert everything(path)[1] == [(2, ["1", "2"])]


def test_f32_the_child_may_not_take_more_time_than_given(tmp_path):
    rows = "".join(text_row(n, "a", "b") for n in range(1, 500_000))
    path = raw_xlsx(tmp_path / "slow.xlsx", sheet_xml(rows))
    assert refusal_of(path, limits=with_limits(seconds=1)).code == "table.time"


def test_leaving_early_ends_the_child(tmp_path):
    path = raw_xlsx(tmp_path / "big.xlsx", sheet_xml("".join(text_row(n, "a", "b") for n in range(1, 30_000))))
    table = read_table(path)
    next(table.rows)
    table.close()
    assert not [child for child in psutil.Process().children() if "sheet_child" in " ".join(child.cmdline())]


# --- F33: cells -----------------------------------------------------------------------------------------

STYLES = (
    '<styleSheet><numFmts><numFmt numFmtId="165" formatCode="00000"/></numFmts><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


def one_cell(tmp_path, cell, **options):
    row = f'<row r="2"><c t="inlineStr"><is><t>k</t></is></c>{cell}</row>'
    sheet = sheet_xml(text_row(1, "key", "value") + row)
    table, rows = everything(raw_xlsx(tmp_path / "cell.xlsx", sheet, styles=STYLES, **options))
    return rows[0][1][1], {note.code for note in table.notes if (note.row, note.column) == (2, 2)}


@pytest.mark.parametrize(
    "serial,style,value,flags",
    [
        ("59", 1, date(1900, 2, 28), set()),
        ("61", 1, date(1900, 3, 1), set()),
        ("60", 1, 60, {"serial_60"}),
        ("-1", 1, -1, {"serial_out_of_range"}),
        ("0", 1, 0, {"serial_out_of_range"}),
        ("2958465", 1, date(9999, 12, 31), set()),
        ("2958466", 1, 2958466, {"serial_out_of_range"}),
        ("1E+300", 1, None, None),
        ("46000", 1, date(2025, 12, 9), set()),
        ("46000.333333333336", 2, datetime(2025, 12, 9, 8), set()),
        ("0.75", 3, "18:00:00", set()),
        ("123", 4, "00123", {"zero_padded"}),
        ("12345678901234567", 0, 12345678901234567, {"digits_lost"}),
        ("1.2345678901234568E+16", 0, 12345678901234568, {"digits_lost"}),
        ("0.30000000000000004", 0, Decimal("0.3"), set()),
        ("1E-07", 0, Decimal("0.0000001"), set()),
        ("NaN", 0, None, {"bad_number"}),
    ],
)
def test_f33_numbers_and_dates(tmp_path, serial, style, value, flags):
    got, notes = one_cell(tmp_path, f'<c r="B2" s="{style}"><v>{serial}</v></c>')
    if flags is None:
        assert notes
    else:
        assert (got, type(got), notes) == (value, type(value), flags)


def test_f33_serials_of_1904(tmp_path):
    options = {"workbook_pr": '<workbookPr date1904="1"/>'}
    assert one_cell(tmp_path, '<c r="B2" s="1"><v>0</v></c>', **options)[0] == date(1904, 1, 1)
    assert one_cell(tmp_path, '<c r="B2" s="1"><v>60</v></c>', **options)[0] == date(1904, 3, 1)


def test_f33_a_1904_file_of_another_writer(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["订单", "日期"])
    book.active.append(["A1", date(2026, 11, 24)])
    book.save(tmp_path / "mac.xlsx")
    assert everything(tmp_path / "mac.xlsx")[1] == [(2, ["A1", date(2026, 11, 24)])]


def test_f33_formula_without_stored_value_is_flagged(tmp_path):
    assert one_cell(tmp_path, '<c r="B2"><f>A1+1</f></c>') == (None, {"formula_without_value"})
    assert one_cell(tmp_path, '<c r="B2"><f>A1+1</f><v></v></c>') == (None, {"formula_without_value"})
    assert one_cell(tmp_path, '<c r="B2"><f>A1+1</f><v>7</v></c>') == (7, set())
    assert one_cell(tmp_path, '<c r="B2" t="str"><f>""</f><v></v></c>') == (None, set())


def test_f33_error_cells_are_flagged(tmp_path):
    assert one_cell(tmp_path, '<c r="B2" t="e"><v>#N/A</v></c>') == (None, {"error_value"})


@pytest.mark.parametrize("text", ["2026-11-24", "24/11/2026", "00123", "12345678901234567", "1.20", " x "])
def test_f33_texts_stay_as_they_stand(tmp_path, text):
    assert one_cell(tmp_path, f'<c r="B2" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>') == (
        text,
        set(),
    )


# --- shape ----------------------------------------------------------------------------------------------


def workbook(tmp_path, *rows, name="in.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def test_title_rows_are_skipped(tmp_path):
    table, rows = everything(
        workbook(
            tmp_path,
            ["销售订单导出 2026"],
            [None, "打印时间", None],
            [],
            HEADER,
            ["A1", 5, None],
            ["A2", 6, "x"],
        )
    )
    assert (table.header, table.header_row) == (HEADER, 4)
    assert rows == [(5, ["A1", 5, None]), (6, ["A2", 6, "x"])] and table.counts["title_rows"] == 1


def test_names_twice_and_names_missing(tmp_path):
    table, rows = everything(workbook(tmp_path, ["key", "sum", "sum"], ["A", 1, 2, 3], ["B", 1, 2, 3]))
    assert table.header[:3] == ["key", "sum", "sum (2)"] and len(table.header) == 4
    assert rows[0][1] == ["A", 1, 2, 3]
    assert table.counts["duplicate_header"] == 1 and table.counts["nameless_column"] == 1


def test_one_row_with_too_many_cells_is_flagged(tmp_path):
    table, rows = everything(csv_file(tmp_path, "a,b\n1,2\n3,4,5\n6,7\n8\n"))
    assert rows[1] == (3, ["3", "4"]) and rows[-1] == (5, ["8", None])
    assert [(note.row, note.code, note.detail) for note in table.notes if note.row == 3] == [(3, "extra_cells", "5")]


def test_f33_a_number_that_a_spreadsheet_shortened_is_flagged(tmp_path):
    table, rows = everything(csv_file(tmp_path, "order,weight\n4.50012E+16,1E+3\nSE+12,x\n"))
    assert rows[0][1] == ["4.50012E+16", "1E+3"]
    assert [(note.row, note.column, note.detail) for note in table.notes] == [(2, 1, "4.50012E+16")]


def test_hidden_sheets_are_skipped_and_named(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Hidden"
    book.active.sheet_state = "hidden"
    for name in ("Orders", "More"):
        book.create_sheet(name).append(["a", "b"])
        book[name].append([name, 1])
    book.save(tmp_path / "sheets.xlsx")
    table, rows = everything(tmp_path / "sheets.xlsx")
    assert table.name == "Orders" and rows[0][1][0] == "Orders"
    assert table.counts["hidden_sheets"] == table.counts["other_sheets"] == 1
    assert everything(tmp_path / "sheets.xlsx", sheet="More")[1][0][1][0] == "More"
    assert sheet_names(tmp_path / "sheets.xlsx") == ["Orders", "More"]
    assert refusal_of(tmp_path / "sheets.xlsx", sheet="Hidden").code == "table.no_such_sheet"


def test_rich_text_and_phonetics(tmp_path):
    shared = (
        '<sst><si><r><t>ab</t></r><r><t>c</t></r><rPh sb="0" eb="1"><t>xyz</t></rPh></si>'
        "<si><t>line_x000D_\nnext</t></si></sst>"
    )
    sheet = sheet_xml(text_row(1, "k", "v") + '<row r="2"><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>')
    path = raw_xlsx(tmp_path / "rich.xlsx", sheet, extra=[("xl/sharedStrings.xml", shared)])
    assert everything(path)[1] == [(2, ["abc", "line\r\nnext"])]


@pytest.mark.parametrize(
    "raw,code",
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_excel"),
        (b"<!DOCTYPE html><html><table></table>", "html"),
        (b"\xef\xbb\xbf  <html>", "html"),
        (b'<?xml version="1.0"?><svg/>', "html"),
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04 no zip at all", "not_xlsx"),
    ],
)
def test_f40_files_that_are_not_what_their_name_says(tmp_path, raw, code):
    path = tmp_path / "orders.xlsx"
    path.write_bytes(raw)
    assert refusal_of(path).code == "table." + code


def test_a_zip_of_something_else(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    (tmp_path / "x.xlsx").write_bytes(stream.getvalue())
    assert refusal_of(tmp_path / "x.xlsx").code == "table.not_xlsx"


def test_missing_large_and_cut_files(tmp_path):
    assert refusal_of(tmp_path / "none.csv").code == "table.missing"
    path = workbook(tmp_path, HEADER, *[[f"A{n}", n, "x"] for n in range(500)])
    assert refusal_of(path, limits=with_limits(file_bytes=100)).code == "table.too_large"
    path.write_bytes(path.read_bytes()[:-300])
    assert refusal_of(path).code == "table.not_xlsx"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8), min_size=2, max_size=2),
        min_size=1,
        max_size=6,
    )
)
def test_csv_round_trip_of_any_text(tmp_path_factory, rows):
    import csv

    path = tmp_path_factory.mktemp("any") / "x.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([["key", "value"], *rows])
    _table, got = everything(path, delimiter=",")
    assert [cells for _number, cells in got] == [
        [cell if cell.strip() else None for cell in row] for row in rows if any(cell.strip() for cell in row)
    ]


@pytest.mark.parametrize("start,code", [
    (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "pdf"), (b"\n%PDF-1.7\nplain,text\n", "pdf"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture"), (b"\xff\xd8\xff\xe0\0\x10JFIF", "picture"),
    (b"GIF89a,1", "picture"), (b"\x1f\x8b\x08\0\0", "not_a_table"), (b"{\\rtf1\\ansi a,b}", "not_a_table"),
    (b"SQLite format 3\0", "not_a_table"), (b"a\x01\x02\x03,b\x04\x05\n\x06,\x07\n", "not_a_table"),
])
def test_what_is_no_table_is_refused(tmp_path, start, code):
    assert refusal_of(csv_file(tmp_path, start)).code == "table." + code


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.csv", "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert refusal_of(tmp_path / "in.csv").code == "table.not_xlsx"


@pytest.mark.parametrize("text,encoding", [
    ("订单号,数量\n丁一,\u4e01\n", "utf-16-le"), ("订单号,数量\nSO1,5\n", "utf-16"), ("单号\t数\nA\x1b,1\n", "gb18030"),
    ("k,q\nA1,1\n\x1a", "utf-8"), ("%PDF-nummer,q\nA1,1\n"[1:], "utf-8"),
])
def test_what_is_text_stays_a_table(tmp_path, text, encoding):
    assert read_table(csv_file(tmp_path, text, encoding), encoding="utf-16-le" if encoding == "utf-16-le" else None)
