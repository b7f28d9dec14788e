"""CSV and its relatives: separator found by trying, quotes, ragged records, NUL characters."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from graphcli.loaders.reader.batches import (
    MAX_COLUMNS,
    BatchSource,
    Problem,
    RawBatch,
    Sheet,
    frame_of,
    unique_headers,
)
from graphcli.loaders.reader.encodings import Encoding
from graphcli.loaders.reader.paths import shown_name
from graphcli.workspace.errors import DataContractError

SEPARATORS = (",", "\t", ";", "|")
SNIFFED_CHARACTERS = 1 << 18
SNIFFED_RECORDS = 50
# A cell longer than this is a file with a lost quotation mark, not a text.
MAX_CELL = 1 << 26
# Each stray quotation mark costs another pass over the file.
MAX_STRAYS = 20
SHOWN = 200


@dataclass(frozen=True)
class DelimitedSource(BatchSource):
    """The records of one delimited file."""

    path: Path
    encoding: Encoding
    separator: str
    headers: tuple[str, ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all records in batches of at most ``size``."""
        with self.path.open(encoding=self.encoding.name, errors="replace", newline="") as handle:
            records = _records(handle, self.separator, self.encoding.nuls)
            next(records, None)
            first = 1
            while chunk := list(islice(records, size)):
                yield _batch(chunk, first, self.headers)
                first += len(chunk)


def delimited_sheet(path: Path, encoding: Encoding) -> Sheet:
    """Open a delimited text file.

    Raises
    ------
    DataContractError
        It holds no record.
    """
    with path.open(encoding=encoding.name, errors="replace", newline="") as handle:
        sample = handle.read(SNIFFED_CHARACTERS)
        complete = not handle.read(1)
    separator = sniff_separator(sample, complete)
    with path.open(encoding=encoding.name, errors="replace", newline="") as handle:
        header = next(_records(handle, separator, encoding.nuls), None)
    if not isinstance(header, list):
        raise DataContractError(f"{shown_name(path)} holds no record that can be read")
    if len(header) > MAX_COLUMNS:
        raise DataContractError(
            f"{shown_name(path)} has {len(header):,} columns; a table of postings has fewer"
        )
    notices = []
    if encoding.notice:
        notices.append(Problem(None, "", "", encoding.notice, "kept"))
    if encoding.nuls and not encoding.name.startswith(("utf-16", "utf-32")):
        notices.append(Problem(None, "", "", "NUL characters were taken out", "kept"))
    headers = unique_headers(header)
    return Sheet("", headers, DelimitedSource(path, encoding, separator, headers), tuple(notices))


def sniff_separator(sample: str, complete: bool = True) -> str:
    """Choose the separator under which most records have the same, largest number of cells."""
    best, best_score = ",", (0.0, 0)
    for separator in SEPARATORS:
        reader = _records(io.StringIO(sample, newline=""), separator, nuls=True, recover=False)
        widths = [len(record) for record in islice(reader, SNIFFED_RECORDS) if isinstance(record, list)]
        # The sample may end inside a record.
        widths = widths if complete or len(widths) < 2 else widths[:-1]
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        score = (count / len(widths) if width > 1 else 0.0, width)
        if _beats(score, best_score):
            best, best_score = separator, score
    return best


def _beats(score: tuple[float, int], best: tuple[float, int]) -> bool:
    # A clearly steadier separator wins; among about equally steady ones the one that finds more cells.
    if score[0] == 0.0 or score[0] < best[0] - 0.2:
        return False
    return score[0] > best[0] + 0.2 or score[1] > best[1]


def _records(
    handle: io.TextIOBase, separator: str, nuls: bool, recover: bool = True
) -> Iterator[list[str] | csv.Error]:
    """Read records; blank lines are none, and one that cannot be read comes as its error.

    A stray quotation mark makes one record of all that follows it. Where what follows looks like records of
    its own, only the line of the mark is lost.
    """
    limit = csv.field_size_limit(MAX_CELL)
    try:
        first, width = 0, 0
        for _ in range(MAX_STRAYS):
            reader = csv.reader(_lines(handle, first, nuls), delimiter=separator)
            last: list[str] | csv.Error = []
            start = 0
            while True:
                before = reader.line_num
                try:
                    record: list[str] | csv.Error = next(reader)
                except StopIteration:
                    break
                except csv.Error as error:
                    record = error
                if not record:
                    continue
                if last:
                    yield last
                    width = width or (len(last) if isinstance(last, list) else 0)
                last, start = record, before
            several = reader.line_num - start > 1
            if not (recover and several and _is_stray(handle, first + start, separator, width)):
                if last:
                    yield last
                return
            line = next(_lines(handle, first + start, nuls), "")
            yield csv.Error("a quotation mark opens and never closes", line.strip())
            first += start + 1
    finally:
        csv.field_size_limit(limit)


def _lines(handle: io.TextIOBase, first: int, nuls: bool) -> Iterator[str]:
    """Lines of the file from a given one on, counted from zero."""
    if first:
        handle.seek(0)
    lines = islice(handle, first, None)
    return (line.replace("\0", "") for line in lines) if nuls else lines


def _is_stray(handle: io.TextIOBase, start: int, separator: str, width: int) -> bool:
    """Whether the record at line ``start`` never closes, while records follow its first line."""
    closed = csv.reader(chain(_lines(handle, start or 1, nuls=True), ["end"]), delimiter=separator)
    if start == 0 or len(list(islice(closed, 2))) > 1:
        return False
    rest = csv.reader(_lines(handle, start + 1, nuls=True), delimiter=separator)
    widths = [len(record) for record in islice(rest, SNIFFED_RECORDS)]
    return width > 1 and 2 * widths.count(width) > len(widths)


def _batch(chunk: list[list[str] | csv.Error], first: int, headers: tuple[str, ...]) -> RawBatch:
    width = len(headers)
    problems: list[Problem] = []
    numbers = range(first, first + len(chunk))
    if all(type(record) is list and len(record) == width for record in chunk):
        return RawBatch(_frame(numbers, chunk, headers))
    kept: list[list[str]] = []
    rows: list[int] = []
    for row, record in zip(numbers, chunk, strict=True):
        if isinstance(record, csv.Error):
            why, value = record.args[0], (*record.args, "")[1]
            problem = f"cannot be read as a record: {why}"
            problems.append(Problem(row, "", value[:SHOWN], problem, "rejected"))
            continue
        if len(record) != width:
            problems.extend(_ragged(row, record, width))
            record = (record + [""] * width)[:width]
        rows.append(row)
        kept.append(record)
    return RawBatch(_frame(rows, kept, headers), tuple(problems))


def _frame(rows: Sequence[int], records: Sequence[Any], headers: tuple[str, ...]) -> pl.DataFrame:
    columns: Any = zip(*records, strict=True) if records else ((),) * len(headers)
    return frame_of(rows, dict(zip(headers, columns, strict=True)))


def _ragged(row: int, record: list[str], width: int) -> Iterator[Problem]:
    extra = [cell for cell in record[width:] if cell.strip()]
    if extra:
        text = f"{len(record)} cells under {width} headers; those beyond the last header were left out"
        yield Problem(row, "", " | ".join(extra)[:SHOWN], text, "blanked")
    elif len(record) < width and any(cell.strip() for cell in record):
        yield Problem(row, "", "", f"{len(record)} cells under {width} headers; the rest is empty", "kept")
