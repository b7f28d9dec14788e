"""What kind of file it is, told by its first bytes and not by its name, and the sheets inside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graphcli.loaders.reader.batches import Sheet
from graphcli.loaders.reader.columnar import columnar_sheet
from graphcli.loaders.reader.delimited.sheet import delimited_sheet
from graphcli.loaders.reader.encodings import Encoding, detect_encoding
from graphcli.loaders.reader.file_kinds import kind_of
from graphcli.loaders.reader.json.records import json_form, json_sheet
from graphcli.loaders.reader.pages.html_page import is_page, page_encoding, page_sheets
from graphcli.loaders.reader.pages.saved_page import is_saved_page, saved_sheets
from graphcli.loaders.reader.pages.xml_feed import feed_sheet, is_feed
from graphcli.loaders.reader.paths import shown_name
from graphcli.loaders.reader.references import with_references_followed
from graphcli.loaders.reader.sql.database import MAGIC as SQLITE_START
from graphcli.loaders.reader.sql.database import database_sheets
from graphcli.loaders.reader.sql.dump import dump_sheets, is_dump
from graphcli.loaders.reader.text.text_records import text_sheet
from graphcli.loaders.reader.workbooks.workbook import workbook_sheets
from graphcli.loaders.reader.workbooks.xml import is_xml_workbook, xml_workbook_sheets
from graphcli.workspace.errors import DataContractError, unknown_name

READABLE = (
    "CSV, TSV, JSON, JSON lines, XML feeds, workbooks (.xlsx, .xlsb, .xls, .ods), "
    "saved pages (.html, .mhtml), SQL dumps, Parquet, Arrow and SQLite can be read"
)


@dataclass(frozen=True)
class Container:
    """One opened file: its kind, its encoding and its sheets."""

    kind: str
    encoding: Encoding
    sheets: tuple[Sheet, ...]


def open_container(path: Path, encoding: str | None = None, sheet: str | None = None) -> Container:
    """Open a file of postings.

    Parameters
    ----------
    encoding
        Text encoding to use instead of the one that is found.
    sheet
        Only this table of a database or worksheet of a workbook.

    Raises
    ------
    DataContractError
        It is of a kind that cannot be read, empty, or damaged.
    UsageError
        There is no such encoding or sheet.
    """
    try:
        return _open(path, encoding, sheet)
    except OSError as error:
        raise DataContractError(f"{path} cannot be read: {error.strerror or error}") from None


def _open(path: Path, encoding: str | None, sheet: str | None) -> Container:
    with path.open("rb") as handle:
        start = handle.read(4096)
    if not start:
        raise DataContractError(f"{shown_name(path)} is empty")
    if start.startswith(SQLITE_START):
        sheets = database_sheets(path)
        return Container("sqlite", Encoding("utf-8"), tuple(_chosen(with_references_followed(sheets), sheet)))
    kind = kind_of(path)
    if kind.group == "workbook":
        sheets = workbook_sheets(path, kind.name)
        return Container(
            kind.name, Encoding("utf-8"), tuple(_chosen(with_references_followed(sheets), sheet))
        )
    if kind.group == "columnar":
        sheets = [columnar_sheet(path, kind.name)]
        return Container(kind.name, Encoding("utf-8"), tuple(_chosen(sheets, sheet)))
    if kind.group in {"archive", "foreign"}:
        what = f"an archive ({kind.name})" if kind.group == "archive" else kind.name
        raise DataContractError(f"{shown_name(path)} is {what}; {READABLE}")
    name, found, sheets = _text_sheets(path, start, encoding)
    return Container(name, found, tuple(_chosen(with_references_followed(sheets), sheet)))


def _text_sheets(path: Path, start: bytes, encoding: str | None) -> tuple[str, Encoding, list[Sheet]]:
    """Kind, encoding and sheets of a file of text, told by its beginning."""
    found = detect_encoding(path, encoding)
    text = start.decode(found.codec, "replace")
    if is_dump(text):
        return "sql", found, dump_sheets(path, found)
    if is_xml_workbook(text):
        return "xml workbook", found, xml_workbook_sheets(path, found)
    if is_feed(text):
        return "xml", found, [feed_sheet(path, found)]
    if is_saved_page(text):
        return "html", found, saved_sheets(path)
    if is_page(text):
        found = found if encoding else page_encoding(path, found)
        return "html", found, page_sheets(path, found)
    control = sum(ord(letter) < 32 and letter not in "\t\r\n\f\v\0" for letter in text)
    if control + text.count("\ufffd") > len(text) * 0.3:
        raise DataContractError(f"{shown_name(path)} is not text; {READABLE}")
    form = json_form(path, found)
    if form:
        return f"json {form}", found, [json_sheet(path, found, form)]
    printed = text_sheet(path, found)
    if printed is not None:
        return "text", found, [printed]
    return "csv", found, [delimited_sheet(path, found)]


def _chosen(sheets: list[Sheet], wanted: str | None) -> list[Sheet]:
    if wanted is None:
        return sheets
    chosen = [sheet for sheet in sheets if sheet.name == wanted]
    if not chosen:
        raise unknown_name("sheet", wanted, [sheet.name for sheet in sheets if sheet.name])
    return chosen
