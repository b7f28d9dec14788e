"""A worksheet is read as a person reads it, and no workbook costs more than it should."""

from __future__ import annotations

import re
import struct
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.load import load
from graphcli.loaders.reader.batches import ROW
from graphcli.loaders.reader.container import open_container
from graphcli.loaders.reader.workbooks.workbook import cell_text
from graphcli.workspace.errors import DataContractError, UsageError

HEADER = ("职位名称", "公司名称", "工作地点", "薪资")
JOB = ("算法工程师", "甲虚构科技有限公司", "北京", "1.5-2万")


def write(path: Path, **sheets) -> Path:
    """Write worksheets: rows of cells, or a function that fills one."""
    book = xlsxwriter.Workbook(str(path))
    for name, content in sheets.items():
        sheet = book.add_worksheet(name)
        if callable(content):
            content(book, sheet)
            continue
        for at, row in enumerate(content):
            sheet.write_row(at, 0, row)
    book.close()
    return path


def read(path: Path, size: int = 1000, sheet: str | None = None):
    """Rows of the first sheet with their numbers, and all problems."""
    first = open_container(path, sheet=sheet).sheets[0]
    batches = list(first.batches(size))
    rows = [row for batch in batches for row in batch.frame.iter_rows()]
    return first, rows, [problem for batch in batches for problem in batch.problems]


def changed(path: Path, target: Path, member: str, change) -> Path:
    """Copy a zip with one member changed."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename == member else content)
    return target


def test_numbers_days_and_truths_are_the_text_that_a_person_would_type(tmp_path):
    def fill(book, sheet):
        sheet.write_row(0, 0, ("title", "openings", "ratio", "day", "moment", "clock", "open"))
        sheet.write_row(1, 0, ("工程师", 3, 0.1 + 0.2))
        for column, value, shape in (
            (3, datetime(2025, 3, 4), "yyyy-mm-dd"),
            (4, datetime(2025, 3, 4, 10, 11, 12), "yyyy-mm-dd hh:mm:ss"),
            (5, time(9, 30), "hh:mm"),
        ):
            sheet.write_datetime(1, column, value, book.add_format({"num_format": shape}))
        sheet.write_boolean(1, 6, True)

    _, rows, _ = read(write(tmp_path / "a.xlsx", s=fill))
    assert rows == [(1, "工程师", "3", "0.3", "2025-03-04", "2025-03-04 10:11:12", "09:30:00", "TRUE")]


@given(st.one_of(st.floats(-1e300, 1e300), st.integers(-(10**14), 10**14)))
def test_a_number_keeps_its_value(number):
    text = cell_text(float(number))
    assert float(text) == pytest.approx(float(number), rel=1e-14)
    assert not text.endswith(".0")


@given(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)))
def test_a_moment_is_never_off_by_more_than_half_a_second(moment):
    text = cell_text(moment)
    assert abs((datetime.fromisoformat(text) - moment).total_seconds()) <= 0.5
    assert cell_text(moment.date()) == moment.date().isoformat()


def test_blank_rows_are_no_records_but_keep_their_numbers_and_are_told_once(tmp_path):
    def fill(book, sheet):
        for at, row in {4: HEADER, 5: JOB, 7: JOB, 8: JOB}.items():
            sheet.write_row(at, 2, row)
        sheet.write(1, 2, "2025年招聘信息汇总")
        sheet.write_blank(500, 2, None, book.add_format({"bold": True}))
        sheet.write(40, 3, "")

    for size in (1, 2, 1000):
        sheet, rows, problems = read(write(tmp_path / "a.xlsx", s=fill), size)
        assert sheet.headers == HEADER
        assert rows == [(1, *JOB), (3, *JOB), (4, *JOB)]
        assert [(problem.row, problem.problem[:12]) for problem in problems] == [(None, "1 blank rows")]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 7))
def test_every_filled_row_is_read_once_whatever_the_size_of_batches(tmp_path_factory, filled, size):
    path = tmp_path_factory.mktemp("w") / "a.xlsx"
    write(path, s=[HEADER, *(JOB if one else () for one in (*filled, True))])
    batches = list(open_container(path).sheets[0].batches(size))
    assert sum(batch.rows_read for batch in batches) == sum(filled) + 1
    assert all(batch.rows_read <= size for batch in batches)
    kept = [number for batch in batches for number in batch.frame[ROW]]
    assert kept == [at for at, one in enumerate((*filled, True), start=1) if one]


def test_a_merged_cell_stands_for_each_of_its_rows_and_says_so(tmp_path):
    def fill(book, sheet):
        sheet.merge_range(0, 0, 0, 3, "汇总")
        sheet.write_row(1, 0, HEADER)
        for at in range(2, 6):
            sheet.write_row(at, 0, (f"岗位{at}", "", "北京", "1-2万"))
        sheet.merge_range(2, 1, 4, 1, "甲公司")

    sheet, rows, _ = read(write(tmp_path / "a.xlsx", s=fill))
    assert [row[2] for row in rows] == ["甲公司", "甲公司", "甲公司", None]
    assert any("merged" in notice.problem for notice in sheet.notices)


def test_each_worksheet_is_a_source_and_what_is_left_out_is_named(folder, tmp_path):
    path = write(
        tmp_path / "a.xlsx", 北京=[HEADER, JOB], 空=[], 上海=[HEADER, JOB, JOB], 说明=[["导出"], ["示例"]]
    )
    result = load(folder, [path])
    assert sorted(result.frame.select("sheet", "kept").rows()) == [("上海", 2), ("北京", 1)]
    notices = [notice.problem for notice in open_container(path).sheets[0].notices]
    assert any("空" in notice for notice in notices)
    assert read(path, sheet="上海")[0].name == "上海"
    with pytest.raises(UsageError):
        open_container(path, sheet="广州")


def test_legacy_workbooks_read_alike_whatever_they_are_called(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    for at, row in enumerate([(*HEADER, "发布"), (*JOB, date(2025, 3, 4))]):
        for column, cell in enumerate(row):
            style = xlwt.easyxf(num_format_str="YYYY-MM-DD") if isinstance(cell, date) else xlwt.easyxf()
            sheet.write(at, column, cell, style)
    book.save(str(tmp_path / "a.txt"))
    assert read(tmp_path / "a.txt")[1] == [(1, *JOB, "2025-03-04")]


# --- hostile --------------------------------------------------------------------------------------------


def test_a_sheet_of_billions_of_places_is_refused_before_it_is_parsed(tmp_path):
    def fill(book, sheet):
        sheet.write_row(0, 0, HEADER)
        for at in range(30):
            sheet.write(1_048_575 - at, 16_383 - at, "z")

    with pytest.raises(DataContractError, match="places"):
        open_container(write(tmp_path / "a.xlsx", s=fill))


@pytest.mark.parametrize("corner", [(1_048_575, 16_383), (1_048_575, 1), (1_048_575, 300)])
def test_a_cell_far_off_costs_no_records(folder, tmp_path, corner):
    def fill(book, sheet):
        for at, row in enumerate((HEADER, JOB, JOB)):
            sheet.write_row(at, 0, row)
        sheet.write(*corner, "z")

    path = write(tmp_path / "a.xlsx", s=fill)
    sheet, rows, problems = read(path)
    assert [row[:5] for row in rows[:2]] == [(1, *JOB), (2, *JOB)]
    assert len(rows) == 2 + (corner[1] == 1)
    told = [one.problem for one in (*sheet.notices, *problems)]
    assert len(told) == 1
    assert ("1,048,572 blank rows" if corner[1] == 1 else "1048576") in told[0]


def test_a_damaged_sheet_is_named_and_costs_no_other(folder, tmp_path):
    path = write(tmp_path / "a.xlsx", 北京=[HEADER, JOB], 上海=[HEADER, JOB, JOB])
    broken = changed(
        path,
        tmp_path / "b.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda content: content.replace(b"</row>", b"<"),
    )
    result = load(folder, [broken])
    assert result.frame.select("sheet", "kept").rows() == [("上海", 2)]
    assert any("北京" in one.problem and "damaged" in one.problem for one in read(broken)[0].notices)


def test_cells_in_error_are_empty_and_counted_by_column(folder, tmp_path):
    def fill(book, sheet):
        for at, row in enumerate((HEADER, JOB, JOB, JOB), start=1):
            sheet.write_row(at, 1, row)
        sheet.write_formula(2, 3, "=NA()", None, "#N/A")
        sheet.write_formula(3, 3, "=A1/0", None, "#DIV/0!")
        sheet.write(4, 4, "#REF!")

    path = write(tmp_path / "a.xlsx", s=fill)
    sheet, rows, problems = read(path)
    assert [row[3:] for row in rows] == [(None, JOB[3]), (None, JOB[3]), (JOB[2], None)]
    told = [(one.row, one.column, one.problem[-14:]) for one in (*sheet.notices, *problems)]
    assert told == [(None, HEADER[2], "(2 such cells)"), (None, HEADER[3], "(1 such cells)")]
    assert load(folder, [path]).frame["kept"].to_list() == [3]


@pytest.mark.parametrize("name", ["a.xlsx", "a.bin"])
def test_an_encrypted_workbook_has_a_password_whatever_it_is_called(tmp_path, name):
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def entry(called: str, kind: int, child: int = free, start: int = end, size: int = 0) -> bytes:
        raw = called.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<HBBIII", len(raw), kind, 1, free, free, child)
        return raw.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)

    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 62, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    sectors = struct.pack("<128I", table, end, *range(3, 10), end, *[free] * 118)
    entries = entry("Root Entry", 5, child=1) + entry("EncryptedPackage", 2, start=2, size=4096)
    (tmp_path / name).write_bytes(head + sectors + entries.ljust(512, b"\0") + bytes(4096))
    with pytest.raises(DataContractError, match="password") as error:
        open_container(tmp_path / name)
    assert "\n" not in str(error.value)


def test_a_text_that_a_million_cells_share_is_refused_before_it_is_copied(tmp_path):
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (at, at) for at in range(1, 200_000))
    path = write(tmp_path / "a.xlsx", s=[("x" * 30_000,)])
    many = changed(
        path,
        tmp_path / "b.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda content: re.sub(
            b"<sheetData>.*</sheetData>", lambda _: b"<sheetData>" + rows + b"</sheetData>", content
        ),
    )
    with pytest.raises(DataContractError, match="MB"):
        open_container(many)


def test_a_repeated_cell_of_a_spreadsheet_is_counted_before_it_is_written_out(tmp_path):
    cell = '<table:table-cell table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell>'
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    }
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in names.items())
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name='s'>"
        f'<table:table-row table:number-rows-repeated="100000">{cell}</table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    with pytest.raises(DataContractError, match="places"):
        open_container(tmp_path / "a.ods")


def test_a_workbook_that_unpacks_beyond_measure_is_refused(tmp_path):
    path = write(tmp_path / "a.xlsx", s=[HEADER, JOB])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("x", "w") as out:
        for _ in range(401):
            out.write(bytes(1 << 20))
    with pytest.raises(DataContractError, match="400 MB"):
        open_container(path)


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_member_that_is_larger_than_it_says_is_refused(tmp_path, member):
    path = write(tmp_path / "a.xlsx", s=[HEADER, JOB])
    bulk = 3_456_789
    large = changed(path, tmp_path / "b.xlsx", member, lambda content: content.ljust(bulk))
    content = large.read_bytes()
    said = bulk.to_bytes(4, "little")
    assert content.count(said) == 2
    large.write_bytes(content.replace(said, (1000).to_bytes(4, "little")))
    with pytest.raises(DataContractError, match="damaged"):
        open_container(large)


@pytest.mark.parametrize("cut", [30, 600, 3000])
def test_a_damaged_workbook_is_one_line(tmp_path, cut):
    whole = write(tmp_path / "a.xlsx", s=[HEADER, JOB]).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(whole[:cut])
    with pytest.raises(DataContractError) as error:
        open_container(tmp_path / "b.xlsx")
    assert "\n" not in str(error.value)


def test_broken_xml_is_one_line(tmp_path):
    path = write(tmp_path / "a.xlsx", s=[HEADER, JOB])
    broken = changed(
        path,
        tmp_path / "b.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda content: re.sub(b"</row>", b"<", content),
    )
    with pytest.raises(DataContractError, match="workbook") as error:
        open_container(broken)
    assert "\n" not in str(error.value)


def test_a_workbook_of_empty_sheets_says_so(tmp_path):
    with pytest.raises(DataContractError, match="without a filled worksheet"):
        open_container(write(tmp_path / "a.xlsx", s=[], t=[]))
