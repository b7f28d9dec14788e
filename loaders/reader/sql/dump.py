"""SQL dumps read as text, never run: the rows of INSERT and COPY statements, a sheet for each table.

MySQL (mysqldump, Navicat), PostgreSQL and the ``.dump`` of SQLite. The file is scanned in pieces, so that
memory does not grow with it; a broken row costs itself and what stands before the next row that can be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graphcli.loaders.reader.batches import (
    MAX_COLUMNS,
    SHOWN,
    BatchSource,
    Problem,
    RawBatch,
    Sheet,
    frame_of,
)
from graphcli.loaders.reader.encodings import Encoding, open_text
from graphcli.loaders.reader.header_words import fold_name, header_words
from graphcli.loaders.reader.paths import shown_name
from graphcli.loaders.reader.sql.scan import Scanner, SqlRow, starts_as_sql
from graphcli.workspace.errors import DataContractError

# 薪资，单位为元: what a comment says of the name before.
_ENDS_A_NAME = re.compile(r"[\s,，;；:：(（/|]")


@dataclass
class _Table:
    """What a first pass learns of a table."""

    columns: dict[str, None] = field(default_factory=dict)
    width: int = 0
    rows: int = 0

    def learn(self, row: SqlRow) -> None:
        self.rows += 1
        if row.values is None:
            return
        if row.columns:
            self.columns.update(dict.fromkeys(row.columns))
        else:
            self.width = max(self.width, len(row.values))

    def headers(self) -> tuple[str, ...]:
        names = [name for name in self.columns if name][:MAX_COLUMNS]
        return tuple(names) or tuple(f"column {at}" for at in range(1, min(self.width, MAX_COLUMNS) + 1))


@dataclass(frozen=True)
class DumpSource(BatchSource):
    """The rows of one table of a dump.

    Attributes
    ----------
    headers, columns
        Names that are shown, and those that the statements use.
    first
        Whether it takes the rows of which no table is known, too.
    """

    path: Path
    encoding: Encoding
    table: str
    headers: tuple[str, ...]
    columns: tuple[str, ...]
    first: bool

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``."""
        at = {name: place for place, name in enumerate(self.columns)}
        rows: list[int] = []
        cells: list[list[str | None]] = []
        problems: list[Problem] = []
        number = 0
        for row in _rows(self.path, self.encoding):
            if row.table != self.table and not (self.first and not row.table):
                continue
            number += 1
            if row.values is None:
                problems.append(Problem(number, "", row.text[:SHOWN], row.problem, "rejected"))
            else:
                rows.append(number)
                cells.append(self._placed(row, at))
            if len(rows) + len(problems) >= size:
                yield self._batch(rows, cells, problems)
                rows, cells, problems = [], [], []
        if rows or problems:
            yield self._batch(rows, cells, problems)

    def _placed(self, row: SqlRow, at: dict[str, int]) -> list[str | None]:
        line: list[str | None] = [None] * len(self.headers)
        for place, value in enumerate(row.values or ()):
            where = at.get(row.columns[place]) if row.columns else place
            if where is not None and where < len(line):
                line[where] = value
        return line

    def _batch(self, rows: list[int], cells: list[list[str | None]], problems: list[Problem]) -> RawBatch:
        columns = {name: [line[at] for line in cells] for at, name in enumerate(self.headers)}
        return RawBatch(frame_of(rows, columns), tuple(problems))


def is_dump(start: str) -> bool:
    """Whether a text begins as an SQL dump does: with an SQL statement, after any comments.

    Examples
    --------
    >>> is_dump("-- saved\\nINSERT INTO `jobs` VALUES (1)")
    True
    >>> is_dump("set,title,company")
    False
    """
    return starts_as_sql(start)


def dump_sheets(path: Path, encoding: Encoding) -> list[Sheet]:
    """List the tables of a dump that have rows, in the order of their first row.

    Raises
    ------
    DataContractError
        No statement of it gives a row.
    """
    tables: dict[str, _Table] = {}
    with open_text(path, encoding, newline="") as handle:
        scanner = Scanner(handle)
        for row in scanner.rows():
            tables.setdefault(row.table, _Table()).learn(row)
    named = [name for name, table in tables.items() if name and table.headers()]
    if not named:
        raise DataContractError(
            f"{shown_name(path)} is an SQL dump without rows; export the table with its data (INSERT or COPY)"
        )
    lost = sum(table.rows for name, table in tables.items() if name and name not in named)
    notices = [Problem(None, "", "", encoding.notice, "kept")] if encoding.notice else []
    if lost:
        text = f"{lost} statements of other tables cannot be read"
        notices.append(Problem(None, "", "", text, "kept"))
    sheets = []
    for position, name in enumerate(named):
        columns = tables[name].headers()
        headers = _told_by_comments(columns, scanner.comments.get(name, {}))
        source = DumpSource(path, encoding, name, headers, columns, first=position == 0)
        sheets.append(Sheet(name, headers, source, tuple(notices) if position == 0 else ()))
    return sheets


def _told_by_comments(columns: tuple[str, ...], comments: Mapping[str, str]) -> tuple[str, ...]:
    """Name columns by their comments where these say what the names do not: c1, ``COMMENT '职位名称'``."""
    words = {*header_words().drop_nulls("role")["word"]}
    names = list(columns)
    for place, column in enumerate(columns):
        said = _ENDS_A_NAME.split(comments.get(column, "").strip())[0]
        if said and fold_name(column) not in words and fold_name(said) in words and said not in names:
            names[place] = said
    return tuple(names)


def _rows(path: Path, encoding: Encoding) -> Iterator[SqlRow]:
    with open_text(path, encoding, newline="") as handle:
        yield from Scanner(handle).rows()
