"""The forms of an exported table: CSV, JSON lines, Excel, SQLite and Parquet, written batch by batch.

Each writer takes frames of one schema and holds one of them at a time. None of them cuts anything: what a
form cannot hold is an error that names a form which can.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from graphcli.loaders.source import merged
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError

BOM = b"\xef\xbb\xbf"
# https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
EXCEL_ROWS = 1_048_576
EXCEL_CELL = 32_767
ASTRAL = "[\U00010000-\U0010ffff]"
SHEET = "postings"
SQL_TYPES: Mapping[object, str] = {pl.Int64: "INTEGER", pl.Float64: "REAL"}

Frames = Iterator[pl.DataFrame]
Writer = Callable[[Frames, Path, tables.Schema], None]


def write_csv(frames: Frames, target: Path, schema: tables.Schema, *, excel: bool = False) -> None:
    """Write RFC 4180 CSV in UTF-8 with ``\\n`` line ends; ``excel`` puts the byte order mark before it."""
    with target.open("wb") as handle:
        if excel:
            handle.write(BOM)
        handle.write((",".join(schema) + "\n").encode("utf-8"))
        for frame in frames:
            frame.write_csv(handle, include_header=False)


def write_jsonl(frames: Frames, target: Path, schema: tables.Schema) -> None:
    """Write one JSON object a line."""
    with target.open("wb") as handle:
        for frame in frames:
            frame.write_ndjson(handle)


def write_parquet(frames: Frames, target: Path, schema: tables.Schema) -> None:
    """Write Parquet with typed dates and numbers."""
    parts: list[Path] = []
    try:
        for frame in frames:
            part = target.with_name(f"{target.name}.{len(parts):05d}.part")
            parts.append(part)
            frame.write_parquet(part, compression="zstd")
        merged(parts, schema, target)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def write_sqlite(frames: Frames, target: Path, schema: tables.Schema) -> None:
    """Write one table ``postings``; days are ISO texts."""
    names = ", ".join(f'"{name}" {SQL_TYPES.get(dtype, "TEXT")}' for name, dtype in schema.items())
    marks = ", ".join("?" * len(schema))
    with closing(sqlite3.connect(target)) as connection:
        # The file is made beside its place and renamed when it is whole: a journal would protect nothing.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"CREATE TABLE {SHEET} ({names})")
        for frame in frames:
            texts = frame.with_columns(pl.col(pl.Date).cast(pl.String))
            connection.executemany(f"INSERT INTO {SHEET} VALUES ({marks})", texts.iter_rows())  # noqa: S608
        connection.commit()


def write_xlsx(frames: Frames, target: Path, schema: tables.Schema, *, rows: int = EXCEL_ROWS) -> None:
    """Write worksheets of at most ``rows`` rows with their header; texts stay texts, days are days.

    Raises
    ------
    UsageError
        A text is longer than a cell can be.
    """
    import xlsxwriter

    book = xlsxwriter.Workbook(str(target), {"constant_memory": True})
    # No clock in the file: the same postings give the same bytes.
    book.set_properties({"created": datetime(2000, 1, 1)})
    try:
        sheets = _Sheets(book, tuple(schema), rows)
        for frame in frames:
            _refuse_long_cells(frame)
            for row in frame.iter_rows():
                sheets.add(row)
    finally:
        book.close()


def _refuse_long_cells(frame: pl.DataFrame) -> None:
    # Excel counts UTF-16 units, of which a character outside the basic plane takes two.
    units = pl.col(pl.String).str.len_chars() + pl.col(pl.String).str.count_matches(ASTRAL)
    longest = frame.select(units.max())
    for name, length in zip(longest.columns, longest.row(0), strict=True):
        if length is not None and length > EXCEL_CELL:
            raise UsageError(
                f"a cell of {name} holds {length:,} characters and an Excel cell at most {EXCEL_CELL:,}; "
                "use --as csv, jsonl, sqlite or parquet"
            )


class _Sheets:
    """The worksheets of one workbook, a new one whenever the last is full."""

    def __init__(self, book: Any, names: tuple[str, ...], rows: int) -> None:
        self._book = book
        self._names = names
        self._rows = rows
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._count = 0
        self._next = rows
        self._sheet: Any = None
        self._open()

    def _open(self) -> None:
        self._count += 1
        self._sheet = self._book.add_worksheet(SHEET if self._count == 1 else f"{SHEET} {self._count}")
        self._sheet.freeze_panes(1, 0)
        for at, name in enumerate(self._names):
            self._sheet.write_string(0, at, name)
        self._next = 1

    def add(self, row: tuple[Any, ...]) -> None:
        """Write one record."""
        if self._next >= self._rows:
            self._open()
        for at, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                self._sheet.write_string(self._next, at, value)
            elif isinstance(value, date):
                self._sheet.write_datetime(self._next, at, value, self._day)
            elif float(f"{value:.15G}") == value:
                self._sheet.write_number(self._next, at, value)
            else:
                # A worksheet keeps fifteen digits of a number.
                self._sheet.write_string(self._next, at, repr(value))
        self._next += 1


WRITERS: Mapping[str, Writer] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "xlsx": write_xlsx,
    "sqlite": write_sqlite,
    "parquet": write_parquet,
}
ENDINGS: Mapping[str, str] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "xlsx",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".parquet": "parquet",
}
