"""Workbooks (.xlsx, .xlsb, .xls, .ods): each worksheet is a table, its cells the text a person would type.

A workbook is hostile until it is measured: a few bytes can claim gigabytes of text or billions of cells, so
both are added up before the parser sees the file. A formula counts as the value that was saved with it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any

import polars as pl

from graphcli.loaders.reader.batches import (
    MAX_COLUMNS,
    SHOWN,
    BatchSource,
    Problem,
    RawBatch,
    Sheet,
    frame_of,
)
from graphcli.loaders.reader.footers import LEAST_COLUMNS, UNDER_THE_TABLE, is_footer
from graphcli.loaders.reader.header import LOOKED_AT, find_header
from graphcli.loaders.reader.header_words import fold_name
from graphcli.loaders.reader.paths import shown_name
from graphcli.loaders.reader.sideways import sideways_sheet
from graphcli.loaders.reader.workbooks.binary import binary_errors, has_endless_chain
from graphcli.loaders.reader.workbooks.parts import cells_in_error, column_number, without_far_cells
from graphcli.workspace.errors import DataContractError

# Text inside a workbook, unpacked; the largest worksheets of postings take some 300 MB.
MAX_UNPACKED = 400 << 20
# Each cell gets a copy of the text that it shares with others.
MAX_SHARED = 2 << 30
# The parser holds every cell between the first and the last one, filled or not.
MAX_CELLS = 40_000_000
CHUNK = 1 << 20
# Longest mark that may lie across two chunks.
OVERLAP = 64
# An Excel cell holds no more digits of a number.
EXACT = 1e15
NAMES_SHOWN = 5
# What a formula that came to nothing shows; a copy of its value is a text.
ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)

_XLSX_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]{0,60}?\br=[\"'](\d{1,9})[\"']")
_SHARING = re.compile(rb"\bt=[\"']s[\"'][^>]{0,60}>\s*<(?:\w+:)?v>\s*(\d{1,9})\s*<")
_SHARED_END = re.compile(rb"</(?:\w+:)?si>")
_XLSX_CELL = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,9})[\"']")

ABOVE_A_HEADER = "a line above the header again, not a record"
Cell = int | float | str | bool | date | datetime | time | timedelta
Merges = dict[int, list[tuple[int, int]]]
_STOPS = (KeyboardInterrupt, SystemExit, GeneratorExit)


@dataclass(frozen=True)
class WorksheetSource(BatchSource):
    """The records of one worksheet.

    Attributes
    ----------
    rows
        Gives all rows from the first filled one.
    above
        Rows before the first record: titles, the header.
    merges
        Row at which a cell merged over several rows starts → its column and last row.
    """

    rows: Callable[[], Iterator[list[Any]]] = field(repr=False)
    headers: tuple[str, ...]
    above: int
    merges: Merges = field(repr=False)

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all records in batches of at most ``size``; rows without content are none.

        What was met on the way, blank rows and cells in error, is told once, with the last batch.
        """
        numbers: list[int] = []
        kept: list[list[str | None]] = []
        errors: Counter[int] = Counter()
        told: list[Problem] = []
        blank = last = 0
        for number, cells in self._records():
            for place, cell in enumerate(cells):
                if cell in ERRORS:
                    cells[place] = None
                    errors[place] += 1
            blank, last = blank + number - last - 1, number
            if len(cells) >= LEAST_COLUMNS and is_footer(cells):
                text = next(cell for cell in cells if cell)
                told.append(Problem(number, "", text[:SHOWN], UNDER_THE_TABLE, "rejected"))
                continue
            if kept and len(cells) >= LEAST_COLUMNS and self._is_header(cells) and _is_alone(kept[-1]):
                # The name of the next part of the table stands above its header.
                text = next(cell for cell in kept.pop() if cell)
                told.append(Problem(numbers.pop(), "", text[:SHOWN], ABOVE_A_HEADER, "rejected"))
            numbers.append(number)
            kept.append(cells)
            if len(kept) > size:
                yield self._batch(numbers[:size], kept[:size], [])
                numbers, kept = numbers[size:], kept[size:]
        told += [_in_error(self.headers[place], count) for place, count in sorted(errors.items())]
        if blank:
            text = f"{blank:,} blank rows stand between the records; row numbers count them"
            told.append(Problem(None, "", "", text, "kept"))
        if kept or told:
            yield self._batch(numbers, kept, told)

    def _is_header(self, cells: Sequence[str | None]) -> bool:
        return [fold_name(cell or "") for cell in cells] == [fold_name(name) for name in self.headers]

    def _records(self) -> Iterator[tuple[int, list[str | None]]]:
        """Each filled row below the header with its number."""
        width = len(self.headers)
        running: dict[int, tuple[int, str | None]] = {}
        for at, row in enumerate(self.rows()):
            cells = [cell_text(cell) for cell in row[:width]]
            is_blank = not any(cells)
            for column, (last, value) in list(running.items()):
                if at > last:
                    del running[column]
                elif not cells[column]:
                    cells[column] = value
            for column, last in self.merges.get(at, ()):
                if column < len(cells):
                    running[column] = (last, cells[column])
            if at >= self.above and not is_blank:
                cells.extend([None] * (width - len(cells)))
                yield at - self.above + 1, cells

    def _batch(self, numbers: list[int], kept: list[list[str | None]], problems: list[Problem]) -> RawBatch:
        columns: Any = zip(*kept, strict=True) if kept else ((),) * len(self.headers)
        frame: pl.DataFrame = frame_of(numbers, dict(zip(self.headers, columns, strict=True)))
        return RawBatch(frame, tuple(problems))


def workbook_sheets(path: Path, form: str) -> list[Sheet]:
    """List the filled worksheets of a workbook, in its order.

    Parameters
    ----------
    form
        ``xlsx``, ``xlsb``, ``ods`` or ``xls``; ``locked`` under a password.

    Raises
    ------
    DataContractError
        It is protected by a password, damaged, too large, or nothing is in it.
    """
    import python_calamine

    name = shown_name(path)
    if form == "locked":
        raise _locked(name)
    copy, far = _measure(path, form, name)
    sheets: list[Sheet] = []
    empty: list[str] = []
    damaged: list[str] = []
    if form == "xls" and has_endless_chain(path):
        raise DataContractError(f"{name} is a damaged workbook: its parts lead back to one another")
    try:
        in_error = _cells_in_error(path, form)
        with (
            python_calamine.CalamineWorkbook.from_filelike(copy)
            if copy
            else python_calamine.CalamineWorkbook.from_path(str(path))
        ) as book:
            for one in book.sheets_metadata:
                if one.typ != python_calamine.SheetTypeEnum.WorkSheet:
                    continue
                try:
                    worksheet = book.get_sheet_by_name(one.name)
                except _STOPS:
                    raise
                except BaseException as error:
                    damaged.append(f"{one.name} ({_why(error)})")
                    continue
                hidden = one.visible != python_calamine.SheetVisibleEnum.Visible
                sheet = _sheet(worksheet, hidden, in_error.get(one.name, Counter()), far.get(one.name, ()))
                if sheet is None:
                    empty.append(one.name)
                else:
                    sheets.append(sheet)
    except python_calamine.PasswordError:
        raise _locked(name) from None
    except _STOPS:
        raise
    except BaseException as error:
        # A parser that gives up on a damaged file does not always do so with an Exception.
        raise DataContractError(f"{name} cannot be read as a workbook ({form}): {_why(error)}") from None
    if not sheets and damaged:
        raise DataContractError(f"{name} cannot be read as a workbook ({form}): {', '.join(damaged)}")
    if not sheets:
        raise DataContractError(f"{name} is a workbook without a filled worksheet")
    notices = _left_out("worksheets without a cell, left out", empty, "kept")
    notices += _left_out("worksheets that are damaged, not read; repair the workbook", damaged, "blanked")
    first = sheets[0]
    return [Sheet(first.name, first.headers, first.source, (*first.notices, *notices)), *sheets[1:]]


def _cells_in_error(path: Path, form: str) -> dict[str, Counter[int]]:
    if form == "xlsx":
        return cells_in_error(path)
    # In .ods the text of an error is that of its cell.
    return binary_errors(path, form) if form in {"xls", "xlsb"} else {}


def _locked(name: str) -> DataContractError:
    return DataContractError(
        f"{name} is protected by a password; open it, take the password off, and save it again"
    )


def _why(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _is_alone(cells: Sequence[str | None]) -> bool:
    """Whether a record is one filled cell."""
    return sum(map(bool, cells)) == 1


def _left_out(what: str, names: Sequence[str], action: str) -> list[Problem]:
    if not names:
        return []
    shown = ", ".join(names[:NAMES_SHOWN]) + (" …" if len(names) > NAMES_SHOWN else "")
    return [Problem(None, "", "", f"{what}: {shown}", action)]


def _in_error(header: str, count: int) -> Problem:
    text = f"cells in error, such as #N/A, stand for nothing ({count:,} such cells)"
    return Problem(None, header, "", text, "blanked")


def _sheet(worksheet: Any, hidden: bool, in_error: Counter[int], far: Sequence[str]) -> Sheet | None:
    if worksheet.start is None:
        return None
    top, left = worksheet.start

    def rows() -> Iterator[list[Any]]:
        # The parser hands out the blank rows on top as well.
        return islice(worksheet.iter_rows(), top, None)

    whole = [[cell_text(cell) or "" for cell in row[:MAX_COLUMNS]] for row in islice(rows(), LOOKED_AT + 1)]
    if turned := sideways_sheet(worksheet.name, whole):
        return turned
    guess = find_header(whole[:LOOKED_AT])
    if not guess.headers:
        return None
    above = guess.first_record
    merges = _merges(worksheet, top, left, above)
    notices = []
    if worksheet.width > MAX_COLUMNS:
        text = f"it has {worksheet.width:,} columns; those after the first {MAX_COLUMNS:,} were not read"
        notices.append(text)
    if hidden:
        notices.append("the worksheet is hidden in its workbook; it was read all the same")
    if merges:
        count = sum(map(len, merges.values()))
        notices.append(f"cells merged over several rows stand for each of these rows ({count:,} such cells)")
    source = WorksheetSource(rows, guess.headers, above, merges)
    told = [Problem(None, "", "", text, "kept") for text in notices]
    told += _left_out("cells that lie far from all others, left out", far, "blanked")
    width = len(guess.headers)
    told += [
        _in_error(guess.headers[at - left], in_error[at]) for at in sorted(in_error) if 0 <= at - left < width
    ]
    return Sheet(worksheet.name, guess.headers, source, tuple(told))


def _merges(worksheet: Any, top: int, left: int, above: int) -> Merges:
    """Cells merged downwards among the records: one that also lies over several columns is a title."""
    found: Merges = {}
    for (first_row, first_column), (last_row, last_column) in worksheet.merged_cell_ranges or ():
        inside = first_row - top >= above and first_column >= left
        if inside and last_row > first_row and last_column == first_column:
            found.setdefault(first_row - top, []).append((first_column - left, last_row - top))
    return found


def cell_text(cell: Cell) -> str | None:
    """Write the value of a cell as text: whole numbers without a point, days and moments as in ISO 8601.

    Examples
    --------
    >>> [cell_text(cell) for cell in (3.0, 0.1 + 0.2, True, datetime(2024, 3, 1), "")]
    ['3', '0.3', 'TRUE', '2024-03-01', None]
    """
    if isinstance(cell, str):
        return cell.replace("\0", "") or None
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if abs(cell) < EXACT and cell == int(cell) else f"{cell:.15g}"
    if isinstance(cell, datetime):
        # Moments are fractions of a day, which hit a second only nearly.
        near = cell if cell.year == datetime.max.year else cell + timedelta(microseconds=500_000)
        near = near.replace(microsecond=0)
        return near.date().isoformat() if near.time() == time() else near.isoformat(" ")
    if isinstance(cell, time):
        return cell.isoformat("seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


# --- measuring before anything is parsed ----------------------------------------------------------------


def _measure(path: Path, form: str, name: str) -> tuple[io.BytesIO | None, dict[str, tuple[str, ...]]]:
    """Refuse a workbook that would take more memory than postings do.

    Where a few cells far off are all that is too large, give a copy without them, and name them.

    Raises
    ------
    DataContractError
        It would, or it is no whole file.
    """
    way_out = "save its sheets as CSV and load those"
    if form == "xls":
        if path.stat().st_size > MAX_UNPACKED:
            raise DataContractError(f"{name} is larger than {MAX_UNPACKED >> 20} MB; {way_out}")
        return None, {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(info.file_size for info in members) > MAX_UNPACKED:
                raise DataContractError(
                    f"{name} unpacks to more than {MAX_UNPACKED >> 20} MB, too much for a workbook; {way_out}"
                )
            area = 0
            if form == "xlsx" and _shared(archive) > MAX_SHARED:
                raise DataContractError(
                    f"{name} repeats long texts to more than {MAX_SHARED >> 20} MB; {way_out}"
                )
            for info in members:
                inside = info.filename.lower()
                if form == "xlsx" and inside.endswith(".xml") and "worksheets/" in inside:
                    area += _area(archive.open(info), _XLSX_CELL, _XLSX_ROW)
                elif form == "ods" and inside == "content.xml":
                    area += _repeated(archive.open(info))
                else:
                    # Read once to its end: a member that is larger than it says fails here.
                    for _ in _chunks(archive.open(info)):
                        pass
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise DataContractError(f"{name} is a damaged workbook: {error}") from None
    except Exception as error:
        if isinstance(error, DataContractError | OSError):
            raise
        raise DataContractError(f"{name} is a damaged workbook: {error}") from None
    if area <= MAX_CELLS:
        return None, {}
    near = without_far_cells(path, MAX_CELLS) if form == "xlsx" else None
    if near is None:
        raise DataContractError(f"{name} spreads its cells over more than {MAX_CELLS:,} places; {way_out}")
    return near


def _chunks(handle: IO[bytes]) -> Iterator[bytes]:
    left = b""
    while chunk := handle.read(CHUNK):
        yield left + chunk
        left = chunk[-OVERLAP:]


def _area(handle: IO[bytes], cell: re.Pattern[bytes], row: re.Pattern[bytes]) -> int:
    """Places between the first corner of a worksheet and its last named cell."""
    letters: set[bytes] = set()
    last = 0
    for chunk in _chunks(handle):
        marks = cell.findall(chunk)
        letters.update(mark[0] for mark in marks)
        last = max(last, max((int(mark[1]) for mark in marks), default=0))
        last = max(last, max(map(int, row.findall(chunk)), default=0))
    return last * max((column_number(name) for name in letters), default=1)


def _shared(archive: zipfile.ZipFile) -> int:
    """Bytes of text, at most, once each cell has its own copy of a shared one."""
    texts = [info for info in archive.infolist() if info.filename.lower().endswith("sharedstrings.xml")]
    sizes: list[int] = []
    for info in texts:
        size = 0
        with archive.open(info) as handle:
            while chunk := handle.read(CHUNK):
                ends = [found.end() for found in _SHARED_END.finditer(chunk)]
                for before, end in zip([0, *ends], ends, strict=False):
                    sizes.append(size + end - before)
                    size = 0
                size += len(chunk) - (ends[-1] if ends else 0)
        sizes.append(size)
    longest = max(sizes, default=0)
    total = 0
    for info in archive.infolist():
        if not sizes or "worksheets/" not in info.filename.lower():
            continue
        with archive.open(info) as handle:
            # A chunk's overlap may count a cell twice, which only makes the measure stricter.
            for chunk in _chunks(handle):
                marks = _SHARING.findall(chunk)
                if len(marks) * longest <= CHUNK:
                    total += len(marks) * longest
                    continue
                counts = Counter(map(int, marks))
                total += sum(count * sizes[at] for at, count in counts.items() if at < len(sizes))
    return total


class _Spread:
    """Counts the places of an OpenDocument spreadsheet, where one cell can claim to stand a million times."""

    def __init__(self) -> None:
        self._rows = self._repeats = self._columns = self._wide = self._waiting = 0
        self.places = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take in the start of an element."""
        if name == "table:table":
            self._rows = self._wide = self._waiting = 0
        elif name == "table:table-row":
            self._repeats = _count(attributes.get("table:number-rows-repeated"))
            self._columns = 0
            self._waiting += self._repeats
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self._columns += _count(attributes.get("table:number-columns-repeated"))
            if "office:value-type" in attributes or "table:formula" in attributes:
                self._fill()
        elif name == "text:p":
            self._fill()

    def _fill(self) -> None:
        # Blank rows and cells count once something stands behind them.
        before = self._rows * self._wide
        self._rows, self._waiting = self._rows + self._waiting, 0
        self._wide = max(self._wide, self._columns)
        self.places += self._rows * self._wide - before


def _count(repeated: str | None) -> int:
    return int(repeated) if repeated and repeated.isdecimal() and len(repeated) < 10 else 1


def _repeated(handle: IO[bytes]) -> int:
    """Places that a spreadsheet fills once its repeated cells are written out."""
    from xml.parsers import expat

    spread = _Spread()
    parser = expat.ParserCreate()
    parser.StartElementHandler = spread.start
    while spread.places <= MAX_CELLS and (chunk := handle.read(CHUNK)):
        parser.Parse(chunk, False)
    return spread.places
