"""Builds those files of the corpus that are containers, byte for byte the same each time.

What they hold is ``postings.csv`` beside this file, or other files of the corpus.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

Maker = Callable[[Path], bytes]
MAKERS: dict[str, Maker] = {}
HEADER = (
    "职位名称", "公司名称", "工作地点", "薪资", "学历要求", "工作经验", "发布时间", "职位链接",
)  # fmt: skip
MACHINE = ("job_name", "company", "city", "salary", "education", "experience", "publish_date", "url")
CREATED = datetime(2025, 3, 20, 10, 11, 12)


def maker(name: str) -> Callable[[Maker], Maker]:
    """Say which file of the corpus a function makes."""

    def keep(function: Maker) -> Maker:
        MAKERS[name] = function
        return function

    return keep


def records(start: int, end: int) -> list[list[str]]:
    """Some postings as cells under ``HEADER``."""
    with Path(__file__).with_name("postings.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))[1:][start:end]


def _csv(start: int, end: int, header: tuple[str, ...] = HEADER) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([header, *records(start, end)])
    return buffer.getvalue().encode()


def _lines(start: int, end: int) -> bytes:
    rows = (dict(zip(MACHINE, record, strict=True)) for record in records(start, end))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _workbook(fill: Callable[[Any], None]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": CREATED})
    fill(book)
    book.close()
    return buffer.getvalue()


def _sheet(book: Any, name: str, rows: list[list[Any]], at: int = 0) -> Any:
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows, start=at):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    return sheet


@maker("title_line.xlsx")
def _title_line(files: Path) -> bytes:
    """A title over all columns, a line of remarks, then the header; days are real dates."""

    def fill(book: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = _sheet(book, "岗位", [list(HEADER), *records(0, 10)], at=2)
        sheet.merge_range(0, 0, 0, 7, "虚构市2025年春季招聘信息汇总", book.add_format({"bold": True}))
        sheet.write(1, 0, "导出时间：2025-03-20 10:11")
        for number, record in enumerate(records(0, 10), start=3):
            sheet.write_datetime(number, 6, datetime.fromisoformat(record[6]), day)

    return _workbook(fill)


@maker("merged_cells.xlsx")
def _merged_cells(files: Path) -> bytes:
    """An employer's cell merged over its three postings, as one does by hand."""

    def fill(book: Any) -> None:
        rows = records(0, 12)
        for number, row in enumerate(rows):
            row[1] = rows[number - number % 3][1]
        sheet = _sheet(book, "Sheet1", [list(HEADER), *rows])
        for number in range(0, 12, 3):
            sheet.merge_range(number + 1, 1, number + 3, 1, rows[number][1])

    return _workbook(fill)


@maker("notes_below.xlsx")
def _notes_below(files: Path) -> bytes:
    """A table with its total and with notes under it, in the column of the titles."""

    def fill(book: Any) -> None:
        below = [["合计", "", "", "", "", "", "", 12], [], ["数据来源：虚构招聘网，仅供示例"]]
        below.append(["备注：1.薪资为税前；2.报名电话见公告。" + "应聘人员须提供学历证明。" * 8])
        _sheet(book, "Sheet1", [list(HEADER), *records(0, 12), *below])

    return _workbook(fill)


@maker("form_sheets.xlsx")
def _form_sheets(files: Path) -> bytes:
    """A form for each posting: fields in the first column, what they hold in the second."""

    def fill(book: Any) -> None:
        for number, row in enumerate(records(0, 3)):
            _sheet(
                book, f"职位{number}", [["岗位信息表"], *([*pair] for pair in zip(HEADER, row, strict=True))]
            )

    return _workbook(fill)


@maker("named_parts.xlsx")
def _named_parts(files: Path) -> bytes:
    """Two parts of a table under each other, each with its name and the header again."""

    def fill(book: Any) -> None:
        parts = [["热门职位"], list(HEADER), *records(0, 5), [], ["普通职位"], list(HEADER), *records(5, 12)]
        _sheet(book, "Sheet1", parts)

    return _workbook(fill)


@maker("many_sheets.xlsx")
def _many_sheets(files: Path) -> bytes:
    """Sheets with different headers, and one of explanations."""

    def fill(book: Any) -> None:
        _sheet(book, "北京", [list(HEADER), *records(0, 8)])
        _sheet(book, "export", [list(MACHINE), *records(8, 16)])
        _sheet(book, "说明", [["本表由虚构爬虫导出"], ["仅供示例"]])
        book.add_worksheet("Sheet4")

    return _workbook(fill)


@maker("really_a_workbook.csv")
def _named_csv(files: Path) -> bytes:
    """A workbook that somebody called .csv."""
    return _workbook(lambda book: _sheet(book, "Sheet1", [list(HEADER), *records(5, 15)]))


@maker("legacy.xls")
def _legacy(files: Path) -> bytes:
    """A workbook of the old kind, days as real dates and openings as numbers."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number, row in enumerate(
        [[*HEADER, "招聘人数"], *([*row, at + 1] for at, row in enumerate(records(3, 13)))]
    ):
        for column, cell in enumerate(row):
            if number and column == 6:
                sheet.write(number, column, date.fromisoformat(cell), day)
            else:
                sheet.write(number, column, cell)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@maker("open_document.ods")
def _open_document(files: Path) -> bytes:
    """A spreadsheet of LibreOffice."""
    from xml.sax.saxutils import escape

    def cell(text: str) -> str:
        return (
            f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
        )

    rows = "".join(
        f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in [HEADER, *records(10, 20)]
    )
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="工作表1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    return _zip(
        {
            "mimetype": kind.encode(),
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


@maker("crawler.sqlite")
def _crawler(files: Path) -> bytes:
    """A crawler's own database: postings, and a log beside them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crawler.sqlite"
        connection = sqlite3.connect(path)
        columns = ", ".join(f'"{name}" TEXT' for name in MACHINE)
        connection.execute(f"CREATE TABLE jobs (id INTEGER PRIMARY KEY, {columns})")
        marks = ", ".join("?" * len(MACHINE))
        connection.executemany(f"INSERT INTO jobs VALUES (NULL, {marks})", records(0, 12))
        connection.execute("CREATE TABLE crawl_log (at TEXT, message TEXT)")
        connection.execute("INSERT INTO crawl_log VALUES ('2025-03-20 10:11:12', 'page 1 ok')")
        connection.commit()
        connection.close()
        return path.read_bytes()


def _frame(start: int, end: int) -> pl.DataFrame:
    frame = pl.DataFrame(records(start, end), schema=list(MACHINE), orient="row")
    words = pl.Series("tags", [["Python", "机器学习"]] * frame.height)
    return frame.with_columns(pl.col("publish_date").str.to_date(), openings=pl.lit(2), tags=words)


@maker("lake.parquet")
def _lake(files: Path) -> bytes:
    """Parquet with days, numbers and lists."""
    buffer = io.BytesIO()
    _frame(0, 12).write_parquet(buffer)
    return buffer.getvalue()


@maker("lake.arrow")
def _arrow(files: Path) -> bytes:
    """The same as an Arrow file."""
    buffer = io.BytesIO()
    _frame(12, 24).write_ipc(buffer)
    return buffer.getvalue()


@maker("crawl.csv.gz")
def _gz(files: Path) -> bytes:
    """A compressed CSV."""
    return gzip.compress(_csv(0, 10), mtime=0)


@maker("crawl.jsonl.bz2")
def _bz2(files: Path) -> bytes:
    """Compressed JSON lines."""
    return bz2.compress(_lines(1, 13))


@maker("crawl.tsv.xz")
def _xz(files: Path) -> bytes:
    """A compressed GB18030 file with tabs."""
    return lzma.compress(_csv(2, 12).decode().replace(",", "\t").encode("gb18030"))


@maker("crawl.csv.zst")
def _zst(files: Path) -> bytes:
    """A CSV under Zstandard."""
    import zstandard

    return zstandard.compress(_csv(3, 13))


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, CREATED.timetuple()[:6]), content)
    return buffer.getvalue()


@maker("crawls.zip")
def _crawls(files: Path) -> bytes:
    """Several crawls in folders, one in an archive of its own, beside rubbish."""
    inner = _zip({"深圳/jobs.jsonl": _lines(8, 14)})
    return _zip(
        {
            "北京/jobs.csv": _csv(0, 8),
            "苏州.csv.gz": gzip.compress(_csv(14, 20, MACHINE), mtime=0),
            "older.zip": inner,
            "__MACOSX/._jobs.csv": b"\x00\x05\x16\x07Mac OS X",
            "README.txt": "虚构的爬取结果".encode(),
        }
    )


@maker("escaping.zip")
def _escaping(files: Path) -> bytes:
    """An archive whose second member wants to be written outside of it."""
    return _zip({"jobs.csv": _csv(1, 9), "../../evil.csv": _csv(9, 12)})


@maker("damaged.zip")
def _damaged(files: Path) -> bytes:
    """An archive whose end was never downloaded."""
    whole = _zip({"jobs.csv": _csv(0, 25)})
    return whole[: len(whole) // 2]


@maker("cut_off.csv.gz")
def _cut_off(files: Path) -> bytes:
    """A compressed file that was cut: what can still be unpacked is read, or it is refused."""
    whole = gzip.compress(_csv(0, 25), mtime=0)
    return whole[: len(whole) - 40]
