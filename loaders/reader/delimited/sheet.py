"""CSV and its relatives: any separator, quotes or none, ragged records, NUL characters, titles on top.

Blocks of plain records go to Polars; whatever is not plain is read record by record with care, and both
ways give the same batches. Wholly blank lines are nothing, as for csv; a record of blank cells (``,,,``) is
met, counted and rejected as empty.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import polars as pl

from graphcli.loaders.fields.text import column_named, columns_where, contains
from graphcli.loaders.reader.batches import (
    MAX_COLUMNS,
    ROW,
    SHOWN,
    BatchSource,
    Problem,
    RawBatch,
    Sheet,
    frame_of,
    unique_headers,
)
from graphcli.loaders.reader.delimited import fast, repair
from graphcli.loaders.reader.delimited.dialect import RETURN, Dialect, sniff
from graphcli.loaders.reader.delimited.heads import LaterHeads
from graphcli.loaders.reader.delimited.records import Lines, Record, long_cells, split_records
from graphcli.loaders.reader.delimited.repair import Profile
from graphcli.loaders.reader.delimited.rows import Judge
from graphcli.loaders.reader.delimited.stream import Stream
from graphcli.loaders.reader.encodings import Encoding
from graphcli.loaders.reader.header import LOOKED_AT, HeaderGuess, find_header
from graphcli.loaders.reader.paths import shown_name
from graphcli.loaders.reader.sideways import sideways_sheet
from graphcli.workspace.errors import DataContractError

SNIFFED_BYTES = 1 << 18
FIRST_BLOCK = 1 << 21
LEAST_BLOCK, LARGEST_BLOCK = 1 << 17, 1 << 25
_UNNAMED = re.compile(r"(unnamed:? ?\d+(_level_\d+)?)?$", re.I)


@dataclass(frozen=True)
class DelimitedSource(BatchSource):
    """The records of one delimited file.

    Attributes
    ----------
    cells
        Number of cells in a plain record; more than there are headers where the last columns have no name.
    above
        Records that come before the data: titles and the header.
    quick
        Whether plain blocks may go to Polars; the batches are the same without.
    """

    path: Path
    encoding: Encoding
    dialect: Dialect
    headers: tuple[str, ...]
    cells: int
    above: int
    profile: Profile
    quick: bool = True

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all records in batches of at most ``size``."""
        stream = Stream(self.path, self.encoding, self.dialect)
        judge, heads = Judge(self.headers), LaterHeads(self.headers)
        self._pass_header(stream)
        first, block = 1, FIRST_BLOCK
        while stream.fill(block):
            before = len(stream.buffer)
            frame, problems, met = self._quick(stream, first) or self._careful(
                stream, heads, first, block, size
            )
            yield from judge.batches(frame, problems, size)
            used = max(1, before - len(stream.buffer))
            if met:
                # A little less than a batch: a few records over would make a batch of their own.
                block = min(max(LEAST_BLOCK, used * size // met * 19 // 20), LARGEST_BLOCK)
            first += met

    def _pass_header(self, stream: Stream) -> None:
        stream.fill(FIRST_BLOCK)
        lines = Lines(stream.segment(), stream.segment)
        with long_cells():
            for _ in islice(split_records(lines, self.dialect, len(self.headers)), self.above):
                pass
        stream.give_back(lines.rest())

    def _quick(self, stream: Stream, first: int) -> tuple[pl.DataFrame, list[Problem], int] | None:
        marks = stream.marks
        if marks is None or not self.quick or self.profile.running:
            return None
        end = fast.plain_end(stream.buffer, marks, self.cells, stream.ended)
        if not end:
            return None
        width = len(self.headers)
        names = [*self.headers, *(f"\0{place}" for place in range(width, self.cells))]
        frame = fast.read_plain(stream.buffer[:end], marks, names)
        if frame is None:
            return None
        for name in names[width:]:
            if (frame[name].str.strip_chars() != "").any():
                return None
        stream.drop(end)
        frame = frame.select(self.headers)
        frame = self._restored(frame)
        numbers = pl.int_range(first, first + frame.height, dtype=pl.Int64, eager=True).alias(ROW)
        return frame.insert_column(0, numbers), [], frame.height

    def _careful(
        self, stream: Stream, heads: LaterHeads, first: int, block: int, size: int
    ) -> tuple[pl.DataFrame, list[Problem], int]:
        lines = Lines(stream.segment(block), stream.segment)
        rows: list[int] = []
        kept: list[list[str]] = []
        problems: list[Problem] = []
        row = first
        with long_cells():
            for record, parts in _joined(lines, self.dialect, self.profile, heads, size):
                if isinstance(record, csv.Error):
                    why, value = record.args[0], (*record.args, "")[1]
                    problem = f"cannot be read as a record: {why}"
                    problems.append(Problem(row, "", self._shown(value), problem, "rejected"))
                elif again := heads.met(record):
                    problems.append(Problem(row, "", self._shown(" | ".join(record)), again, "rejected"))
                else:
                    rows.append(row)
                    kept.append(self._fitted(heads.arranged(record), parts, row, problems))
                row += 1
        stream.give_back(lines.rest())
        columns = zip(*kept, strict=True) if kept else ((),) * len(self.headers)
        frame = frame_of(rows, dict(zip(self.headers, columns, strict=True)))
        return frame.select(ROW).hstack(self._restored(frame.drop(ROW))), problems, row - first

    def _restored(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Cells as they were written, without what stood in for characters that csv would not take."""
        pairs = [(RETURN, "\r")] if self.dialect.returns else []
        pairs += [(self.dialect.stand_in, self.dialect.separator)] if self.dialect.stand_in else []
        for stand_in, written in pairs:
            frame = frame.with_columns(
                column_named(name).str.replace_all(stand_in, written, literal=True)
                for name in columns_where(frame, frame.columns, contains(stand_in))
            )
        return frame

    def _fitted(self, record: Record, parts: int, row: int, problems: list[Problem]) -> list[str]:
        if record.note:
            problems.append(Problem(row, "", self._shown(record.raw), record.note, "kept"))
        if parts > 1:
            problems.append(
                Problem(row, "", "", f"a record broken over {parts} lines was joined again", "kept")
            )
        fitted = repair.fit(record, self.profile, self.dialect.mark)
        if fitted.note:
            column = "" if fitted.column is None else self.headers[fitted.column]
            action = "blanked" if fitted.lost else "kept"
            problems.append(Problem(row, column, self._shown(fitted.lost), fitted.note, action))
        return fitted.cells

    def _shown(self, text: str) -> str:
        return self.dialect.restored(text)[:SHOWN]


def _joined(
    lines: Lines, dialect: Dialect, profile: Profile, heads: LaterHeads, size: int
) -> Iterator[tuple[Record | csv.Error, int]]:
    """About ``size`` records of a segment, broken ones put together, each with the number of its parts."""
    records = split_records(lines, dialect, profile.width)
    ahead: deque[tuple[Record | csv.Error, list[str]]] = deque()
    settled = met = 0
    while ahead or not lines.at_end():
        if met >= size and not settled:
            break
        if not ahead and not _draw(records, lines, ahead):
            return
        record, _ = ahead.popleft()
        met += 1
        settled = max(0, settled - 1)
        if isinstance(record, csv.Error) or len(record) >= profile.width or profile.width < 3 or settled:
            yield _with_tail(record, dialect, profile, ahead, lambda: _draw(records, lines, ahead))
            continue
        if heads.follows(record) or heads.is_head(record):
            yield record, 1
            continue
        parts, hopeless = _parts(record, profile.width, ahead, lambda: _draw(records, lines, ahead))
        whole = None if hopeless else repair.joined(parts, profile)
        if whole is None:
            # No later start within these parts reaches the width either.
            settled = len(parts) if hopeless else 0
            yield record, 1
            continue
        for _ in parts[1:]:
            ahead.popleft()
        yield Record(whole), len(parts)
    lines.give_back([line for _, taken in ahead for line in taken])


def _with_tail(
    record: Record | csv.Error,
    dialect: Dialect,
    profile: Profile,
    ahead: deque[tuple[Record | csv.Error, list[str]]],
    draw: Callable[[], bool],
) -> tuple[Record | csv.Error, int]:
    """A record with the lines below it on which its last text runs on, and the number of its parts."""
    if not profile.running or isinstance(record, csv.Error) or len(record) < profile.width:
        return record, 1
    parts = 1
    while (ahead or draw()) and parts < repair.MAX_JOINED:
        following, _ = ahead[0]
        if isinstance(following, csv.Error) or not repair.runs_on(following, profile):
            break
        ahead.popleft()
        record[-1] = f"{record[-1]}\n{dialect.mark.join(following)}"
        parts += 1
    return record, parts


def _draw(
    records: Iterator[Record | csv.Error],
    lines: Lines,
    ahead: deque[tuple[Record | csv.Error, list[str]]],
) -> bool:
    """Put one more record at the end of those that were looked at."""
    record = next(records, None)
    if record is not None:
        ahead.append((record, lines.taken))
    return record is not None


def _parts(
    record: Record,
    width: int,
    ahead: deque[tuple[Record | csv.Error, list[str]]],
    draw: Callable[[], bool],
) -> tuple[list[Record], bool]:
    """Short records that may together be one of ``width`` cells, and whether they can never be."""
    parts, total = [record], len(record)
    while total < width:
        if len(parts) >= repair.MAX_JOINED or (len(ahead) < len(parts) and not draw()):
            return parts, True
        following, _ = ahead[len(parts) - 1]
        if isinstance(following, csv.Error) or len(following) >= width:
            return parts, True
        parts.append(following)
        total += len(following) - 1
    return parts, False


def delimited_sheet(path: Path, encoding: Encoding) -> Sheet:
    """Open a delimited text file.

    Raises
    ------
    DataContractError
        It holds no record.
    """
    plain = Stream(path, encoding, Dialect(separator="", quote=""))
    complete = not plain.fill(SNIFFED_BYTES) or (plain.ended and len(plain.buffer) <= SNIFFED_BYTES)
    sample = plain.buffer[:SNIFFED_BYTES].decode("utf-8", "ignore" if not complete else "replace")
    dialect = sniff(sample, complete)
    records = _first_records(sample, dialect, complete)
    if complete and (turned := sideways_sheet("", records[: LOOKED_AT + 1])):
        return replace(turned, notices=(*_of_encoding(encoding), *turned.notices))
    guess = find_header(records)
    if not guess.headers or not any(any(cell.strip() for cell in record) for record in records):
        raise DataContractError(f"{shown_name(path)} holds no record that can be read")
    below = records[guess.first_record :]
    names = _named(guess, records, below)
    if len(names) > MAX_COLUMNS:
        raise DataContractError(
            f"{shown_name(path)} has {len(names):,} columns; a table of postings has fewer"
        )
    profile = repair.learn(below[: repair.LEARNED_FROM], names)
    headers = unique_headers([dialect.restored(name) for name in names])
    source = DelimitedSource(
        path, encoding, dialect, headers, len(guess.headers), guess.first_record, profile
    )
    return Sheet("", headers, source, tuple(_notices(encoding, guess, records, dialect)))


def _first_records(sample: str, dialect: Dialect, complete: bool) -> list[list[str]]:
    text = dialect.prepared(sample)
    if dialect.said:
        text = re.split(r"\r\n|\r|\n", text, maxsplit=1)[-1]
    lines = re.split(r"\r\n|\r|\n", text)[: 2 * LOOKED_AT]
    widths = Counter(
        len(next(dialect.reader(iter([line])), [])) for line in lines if line and len(line) < 1 << 16
    )
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    width = width if 2 * count > sum(widths.values()) else 0
    limit = repair.LEARNED_FROM + LOOKED_AT
    split = split_records(Lines(text, lambda: ""), dialect, width)
    with long_cells():
        records = [[*record] for record in islice(split, limit) if not isinstance(record, csv.Error)]
    # The sample may end inside a record.
    return records if complete or len(records) < 2 or len(records) == limit else records[:-1]


def _named(guess: HeaderGuess, records: list[list[str]], below: list[list[str]]) -> list[str]:
    """Names of the columns without those at the end that only hold what spilled over, or nothing."""
    names = list(guess.headers)
    if guess.index is None:
        return names
    raw = records[guess.index]
    if len(raw) != len(names):
        return names
    named = len(names)
    while named > 1 and _UNNAMED.match(raw[named - 1].strip()) and names[named - 1] != raw[0]:
        named -= 1
    if named == 1 and _UNNAMED.match(raw[0].strip()):
        return names
    unnamed = len(names) - named
    filled = sum(len(record) > named and bool(record[named].strip()) for record in below)
    # One or two columns that are usually filled are columns whose name is missing.
    return names if unnamed <= 2 and 2 * filled > len(below) else names[:named]


def _notices(
    encoding: Encoding, guess: HeaderGuess, records: Sequence[Sequence[str]], dialect: Dialect
) -> Iterator[Problem]:
    yield from _of_encoding(encoding)
    if guess.index is None:
        yield Problem(None, "", "", "there is no header; the columns are counted", "kept")
    for place in guess.skipped:
        text = dialect.restored(dialect.mark.join(records[place])).strip()
        if text:
            yield Problem(None, "", text[:SHOWN], "a line around the header, not a record", "kept")


def _of_encoding(encoding: Encoding) -> Iterator[Problem]:
    if encoding.notice:
        yield Problem(None, "", "", encoding.notice, "kept")
    if encoding.nuls and not encoding.name.startswith(("utf-16", "utf-32")):
        yield Problem(None, "", "", "NUL characters were taken out", "kept")
