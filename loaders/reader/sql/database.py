"""SQLite files, opened so that nothing in them can be changed or run."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from graphcli.loaders.reader.batches import (
    MAX_CELL,
    MAX_COLUMNS,
    BatchSource,
    Problem,
    RawBatch,
    Sheet,
    frame_of,
    unique_headers,
)
from graphcli.loaders.reader.paths import shown_name
from graphcli.workspace.errors import DataContractError

MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True)
class TableSource(BatchSource):
    """The rows of one table."""

    path: Path
    table: str
    headers: tuple[str, ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``; a damaged page ends the table with a problem."""
        first = 1
        with _connect(self.path) as connection:
            cursor: sqlite3.Cursor | None = None
            while True:
                try:
                    if cursor is None:
                        cursor = connection.execute(f"SELECT * FROM {_quoted(self.table)}")  # noqa: S608
                    rows = cursor.fetchmany(size)
                except sqlite3.Error as error:
                    why = f"the table cannot be read beyond this row: {error}"
                    yield RawBatch(self._frame([], first), (Problem(first, "", "", why, "rejected"),))
                    return
                if not rows:
                    return
                yield RawBatch(self._frame(rows, first))
                first += len(rows)

    def _frame(self, rows: list[tuple[Any, ...]], first: int) -> pl.DataFrame:
        columns = {name: [_text(row[at]) for row in rows] for at, name in enumerate(self.headers)}
        return frame_of(range(first, first + len(rows)), columns)


def database_sheets(path: Path) -> list[Sheet]:
    """List the tables of a SQLite file, sorted by name.

    Raises
    ------
    DataContractError
        The file is damaged or holds no table.
    """
    try:
        with _connect(path) as connection:
            names = [
                row[0]
                for row in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
                    "ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
                )
            ]
            sheets = [_sheet(connection, path, name) for name in names]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        # Names of columns are decoded by the library, which does not ask ``text_factory``.
        raise DataContractError(f"{shown_name(path)} cannot be read as a SQLite database: {error}") from None
    if not sheets:
        raise DataContractError(f"{shown_name(path)} is a SQLite database without a table")
    return sheets


def _sheet(connection: sqlite3.Connection, path: Path, table: str) -> Sheet:
    cursor = connection.execute(f"SELECT * FROM {_quoted(table)} LIMIT 0")  # noqa: S608 - quoted
    headers = unique_headers(column[0] for column in cursor.description[:MAX_COLUMNS])
    log = path.with_name(path.name + "-wal")
    notices: tuple[Problem, ...] = ()
    if log.is_file() and log.stat().st_size:
        text = f"{log.name} holds changes that are not in the database file; they were not read"
        notices = (Problem(None, "", "", text, "kept"),)
    return Sheet(table, headers, TableSource(path, table, headers), notices)


@contextlib.contextmanager
def _connect(path: Path) -> Iterator[sqlite3.Connection]:
    # immutable: no lock, no journal replay, no -wal or -shm file written beside an untrusted database.
    uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL)
        connection.text_factory = _decode
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        yield connection
    finally:
        connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _decode(content: bytes) -> str:
    return content.decode("utf-8", "replace").replace("\0", "")


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return _decode(value)
    if isinstance(value, float):
        short = f"{value:.15g}"
        return short if float(short) == value else repr(value)
    return str(value)
