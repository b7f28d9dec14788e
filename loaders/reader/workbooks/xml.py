"""Workbooks as Excel 2003 writes them in XML: each worksheet is a table, read as a stream.

A row may say at which row it stands, and a cell at which column; what they skip is blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from xml.parsers import expat

from graphcli.loaders.reader.batches import MAX_COLUMNS, Problem, Sheet
from graphcli.loaders.reader.encodings import Encoding
from graphcli.loaders.reader.header import LOOKED_AT, find_header
from graphcli.loaders.reader.json.records import MAX_ITEM
from graphcli.loaders.reader.pages.xml_feed import fed, local_name, safe_parser
from graphcli.loaders.reader.paths import shown_name
from graphcli.loaders.reader.workbooks.workbook import Merges, WorksheetSource, cell_text
from graphcli.workspace.errors import DataContractError

# As many rows as a worksheet of today has; a higher number is no place.
MAX_ROWS = 1 << 20
_PROLOG = re.compile(r"(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>\s*)*", re.S)
_ROOT = re.compile(r"<(?:\w+:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet")


@dataclass
class _Row:
    """A filled row: its worksheet, its place there, and its cells by their column, all from 0."""

    sheet: int
    at: int
    cells: dict[int, str] = field(default_factory=dict)
    merged: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class _Found:
    """What a first pass learns of a worksheet."""

    name: str
    top: int = 0
    left: int = MAX_COLUMNS
    right: int = 0
    first: list[_Row] = field(default_factory=list)
    merged: list[tuple[int, int, int]] = field(default_factory=list)

    def learn(self, row: _Row) -> None:
        if not self.first:
            self.top = row.at
        self.left = min(self.left, *row.cells)
        self.right = max(self.right, *row.cells)
        if row.at - self.top < LOOKED_AT:
            self.first.append(row)
        self.merged += [(row.at, column, last) for column, last in row.merged]


class _Walk:
    """Takes in the elements of a workbook and gives its filled rows."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.done: list[_Row] = []
        self._open: list[str] = []
        self._row = _Row(-1, -1)
        self._column = self._across = 0
        self._kind = ""
        self._text: list[str] = []
        self._size = 0

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Take in the start of an element."""
        said = {local_name(key): value for key, value in attributes.items()}
        name = local_name(name)
        self._open.append(name)
        if name == "Worksheet":
            self.names.append(said.get("Name", ""))
            self._row = _Row(len(self.names) - 1, -1)
        elif name == "Row":
            at = _place(said.get("Index"), self._row.at, MAX_ROWS)
            self._row = _Row(self._row.sheet, at)
            self._column, self._across = -1, 0
        elif name == "Cell":
            self._column = _place(said.get("Index"), self._column + self._across, MAX_COLUMNS)
            self._across = _count(said.get("MergeAcross"))
            if (down := _count(said.get("MergeDown"))) and not self._across:
                self._row.merged.append((self._column, self._row.at + down))
        elif name == "Data":
            self._kind, self._size = said.get("Type", ""), 0
            self._text.clear()

    def said(self, text: str) -> None:
        """Take in text; that of a comment on a cell is none of its own."""
        if "Data" in self._open[-8:] and "Comment" not in self._open[-8:] and self._size <= MAX_ITEM:
            self._text.append(text)
            self._size += len(text)

    def closed(self, name: str) -> None:
        """Take in the end of an element."""
        self._open.pop()
        name = local_name(name)
        if name == "Data" and self._open[-1:] == ["Cell"]:
            text = _typed("".join(self._text), self._kind)
            if text and 0 <= self._column < MAX_COLUMNS:
                self._row.cells[self._column] = text
        elif name == "Row" and self._row.cells and self._row.sheet >= 0 and self._row.at < MAX_ROWS:
            self.done.append(self._row)


@dataclass(frozen=True)
class _Rows:
    """Gives all rows of one worksheet from its first filled one, blank ones among them."""

    path: Path
    encoding: Encoding
    sheet: int
    top: int
    left: int

    def __call__(self) -> Iterator[list[str]]:
        expected = self.top
        try:
            for row in _walked(self.path, self.encoding, _Walk()):
                if row.sheet > self.sheet:
                    return
                if row.sheet < self.sheet:
                    continue
                while expected < row.at:
                    yield []
                    expected += 1
                yield [row.cells.get(at, "") for at in range(self.left, max(row.cells) + 1)]
                expected += 1
        except expat.ExpatError:
            # The notice of the sheet says where the file breaks off.
            return


def is_xml_workbook(start: str) -> bool:
    """Whether a text begins as an Excel 2003 workbook in XML.

    Examples
    --------
    >>> is_xml_workbook('<?xml?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">')
    True
    >>> is_xml_workbook('<?xml?><Workbook xmlns="urn:other">')
    False
    """
    text = start.lstrip("\ufeff \t\r\n\0")
    prolog = _PROLOG.match(text)
    return bool(_ROOT.match(text, prolog.end() if prolog else 0))


def xml_workbook_sheets(path: Path, encoding: Encoding) -> list[Sheet]:
    """List the filled worksheets of a workbook in XML, in its order.

    Raises
    ------
    DataContractError
        Nothing is in it, or it declares entities.
    """
    walk = _Walk()
    found: dict[int, _Found] = {}
    broken = ""
    try:
        for row in _walked(path, encoding, walk):
            found.setdefault(row.sheet, _Found(walk.names[row.sheet])).learn(row)
    except expat.ExpatError as error:
        broken = f"the XML breaks off or is damaged: {error}; what follows is not read"
    sheets = [sheet for at, one in found.items() if (sheet := _sheet(path, encoding, at, one))]
    if not sheets:
        why = f": {broken}" if broken else ""
        raise DataContractError(f"{shown_name(path)} is a workbook without a filled worksheet{why}")
    if encoding.notice:
        sheets[0] = _with_notice(sheets[0], Problem(None, "", "", encoding.notice, "kept"))
    if broken:
        sheets[-1] = _with_notice(sheets[-1], Problem(None, "", "", broken, "blanked"))
    return sheets


def _with_notice(sheet: Sheet, notice: Problem) -> Sheet:
    return Sheet(sheet.name, sheet.headers, sheet.source, (*sheet.notices, notice))


def _sheet(path: Path, encoding: Encoding, at: int, found: _Found) -> Sheet | None:
    columns = range(found.left, found.right + 1)
    first: list[list[str]] = []
    for row in found.first:
        first += [[""] * len(columns)] * (row.at - found.top - len(first))
        first.append([row.cells.get(column, "") for column in columns])
    guess = find_header(first)
    if not guess.headers:
        return None
    merges: Merges = {}
    for row_at, column, last in found.merged:
        if row_at - found.top >= guess.first_record and column >= found.left:
            merges.setdefault(row_at - found.top, []).append((column - found.left, last - found.top))
    notices: tuple[Problem, ...] = ()
    if merges:
        count = sum(map(len, merges.values()))
        text = f"cells merged over several rows stand for each of these rows ({count:,} such cells)"
        notices = (Problem(None, "", "", text, "kept"),)
    rows = _Rows(path, encoding, at, found.top, found.left)
    return Sheet(
        found.name, guess.headers, WorksheetSource(rows, guess.headers, guess.first_record, merges), notices
    )


def _walked(path: Path, encoding: Encoding, walk: _Walk) -> Iterator[_Row]:
    parser = safe_parser()
    parser.StartElementHandler, parser.EndElementHandler = walk.opened, walk.closed
    parser.CharacterDataHandler = walk.said
    try:
        for _ in fed(path, encoding, parser):
            yield from walk.done
            walk.done.clear()
    except expat.ExpatError:
        yield from walk.done
        raise


def _place(index: str | None, before: int, most: int) -> int:
    """Place from 0: the one that is said where it lies ahead, or the next."""
    said = int(index) - 1 if index and index.isdecimal() and len(index) < 10 else -1
    return min(max(said, before + 1), most)


def _count(said: str | None) -> int:
    return int(said) if said and said.isdecimal() and len(said) < 8 else 0


def _typed(text: str, kind: str) -> str | None:
    """Write a value as other workbooks' values are written."""
    try:
        if kind == "Number":
            return cell_text(float(text))
        if kind == "DateTime":
            return cell_text(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        return cell_text(text)
    if kind == "Boolean":
        return {"1": "TRUE", "0": "FALSE"}.get(text.strip(), text)
    return cell_text(text)
