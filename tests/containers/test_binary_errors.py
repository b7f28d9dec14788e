"""Cells in error in .xls and .xlsb are told, as the parser gives an empty text for them and no word."""

from __future__ import annotations

import struct
import zipfile
from collections import Counter

import pytest
import xlwt

from graphcli.loaders.load import load
from graphcli.loaders.reader.workbooks.binary import binary_errors
from graphcli.workspace import tables

HEADER = ("职位名称", "公司名称", "工作地点", "薪资")
NOT_AVAILABLE, BAD_REFERENCE = 0x2A, 0x17


# A short stream lies in small sectors of the compound file, a long one does not.
@pytest.mark.parametrize("records", [3, 600])
def test_cells_in_error_of_an_xls_are_counted_by_column_and_told_at_load(folder, tmp_path, records):
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("说明").write(0, 0, "虚构")
    sheet = book.add_sheet("岗位")
    for at in range(records + 1):
        row = (f"算法工程师{at}", f"甲虚构{at}科技有限公司", "北京", "1.5-2万") if at else HEADER
        for place, cell in enumerate(row[: 4 if at < records else 2]):
            sheet.write(at, place, cell)
    sheet.row(records).set_cell_error(2, NOT_AVAILABLE)
    sheet.row(records).set_cell_error(3, BAD_REFERENCE)
    path = tmp_path / "a.xls"
    book.save(str(path))
    assert binary_errors(path, "xls") == {"岗位": Counter({2: 1, 3: 1})}
    load(folder, [path])
    issues = folder.read_all("issues", tables.ISSUES).to_dicts()
    told = {one["column"]: one["problem"] for one in issues if "in error" in one["problem"]}
    assert sorted(told) == ["工作地点", "薪资"]
    assert "1 such cell" in told["薪资"]


def test_a_formula_that_came_to_an_error_counts_and_one_that_came_to_a_text_does_not(tmp_path):
    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def formula(column: int, result: bytes) -> bytes:
        return record(0x06, struct.pack("<HHH", 1, column, 0) + result + b"\0" * 8)

    name = "岗位".encode("utf-16-le")
    sheet = formula(1, bytes([2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF])) + formula(2, b"\0" * 6 + b"\xff\xff")
    sheet += formula(3, struct.pack("<d", 1.5)) + record(0x0A, b"")
    length = 4 + 8 + len(name)
    bound = record(0x85, struct.pack("<IBBBB", length + 4, 0, 0, 2, 1) + name)
    path = tmp_path / "a.xls"
    path.write_bytes(bound + record(0x0A, b"") + sheet)
    assert binary_errors(path, "xls") == {"岗位": Counter({1: 1})}


def test_cells_in_error_of_an_xlsb_are_counted_by_column(tmp_path):
    def record(kind: int, body: bytes) -> bytes:
        number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return number + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body

    def text(words: str) -> bytes:
        return struct.pack("<I", len(words)) + words.encode("utf-16-le")

    def cell(kind: int, column: int) -> bytes:
        return record(kind, struct.pack("<II", column, 0) + b"\x2a")

    path = tmp_path / "a.xlsb"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", record(156, b"\0" * 8 + text("rId1") + text("岗位")))
        link = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.bin"/></Relationships>'
        archive.writestr("xl/_rels/workbook.bin.rels", link)
        archive.writestr("xl/worksheets/sheet1.bin", cell(7, 0) + cell(3, 2) + cell(11, 2) + cell(2, 3))
    assert binary_errors(path, "xlsb") == {"岗位": Counter({2: 2})}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600])
def test_a_damaged_workbook_has_none(tmp_path, content):
    for form in ("xls", "xlsb"):
        path = tmp_path / f"a.{form}"
        path.write_bytes(content)
        assert binary_errors(path, form) == {}
