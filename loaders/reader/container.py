"""What kind of file it is, told by its first bytes and not by its name, and the sheets inside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graphcli.loaders.reader import database
from graphcli.loaders.reader.batches import Sheet
from graphcli.loaders.reader.delimited import delimited_sheet
from graphcli.loaders.reader.encodings import Encoding, detect_encoding
from graphcli.loaders.reader.json_records import json_form, json_sheet
from graphcli.loaders.reader.paths import shown_name
from graphcli.workspace.errors import DataContractError, unknown_name

READABLE = "CSV, TSV, JSON, JSON lines and SQLite can be read"
# First bytes of kinds that are often met among crawls and are not read.
FOREIGN = (
    (b"PK\x03\x04", "a zip archive or Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "a legacy Office file (.xls)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"(\xb5/\xfd", "a zstd archive"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
)
HTML_STARTS = ("<!doctype html", "<html", "<?xml")


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
        Only this table of a database.

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
    if start.startswith(database.MAGIC):
        sheets = database.database_sheets(path)
        return Container("sqlite", Encoding("utf-8"), tuple(_chosen(sheets, sheet)))
    for magic, kind in FOREIGN:
        if start.startswith(magic):
            raise DataContractError(f"{shown_name(path)} is {kind}; {READABLE}")
    found = detect_encoding(path, encoding)
    _refuse_other_text(path, start.decode(found.name, "replace"))
    form = json_form(path, found)
    if form:
        return Container(f"json {form}", found, tuple(_chosen([json_sheet(path, found, form)], sheet)))
    return Container("csv", found, tuple(_chosen([delimited_sheet(path, found)], sheet)))


def _refuse_other_text(path: Path, start: str) -> None:
    if start.lstrip("\ufeff \t\r\n").lower().startswith(HTML_STARTS):
        raise DataContractError(f"{shown_name(path)} is an HTML or XML page; {READABLE}")
    control = sum(ord(letter) < 32 and letter not in "\t\r\n\f\v\0" for letter in start)
    if control + start.count("\ufffd") > len(start) * 0.3:
        raise DataContractError(f"{shown_name(path)} is not text; {READABLE}")


def _chosen(sheets: list[Sheet], wanted: str | None) -> list[Sheet]:
    if wanted is None:
        return sheets
    chosen = [sheet for sheet in sheets if sheet.name == wanted]
    if not chosen:
        raise unknown_name("sheet", wanted, [sheet.name for sheet in sheets if sheet.name])
    return chosen
