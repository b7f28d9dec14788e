"""What the readers hand out: batches of text cells, and the records that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

# The column that carries the 1-based number of the data record; no raw header can hold a NUL.
ROW = "\0row"
BATCH_ROWS = 50_000
# A table wider than this is not a table of postings, and would only cost memory.
MAX_COLUMNS = 2_000
# A cell longer than this is damage, not a text.
MAX_CELL = 1 << 26
# A problem shows so much of a cell; the file itself holds the rest.
SHOWN = 200


@dataclass(frozen=True)
class Problem:
    """Something that was not read cleanly.

    Attributes
    ----------
    row
        Number of the data record; ``None`` where it concerns the whole file.
    action
        ``kept``, ``blanked`` or ``rejected``.
    """

    row: int | None
    column: str
    value: str
    problem: str
    action: str


@dataclass(frozen=True)
class RawBatch:
    """Some records of one sheet.

    Attributes
    ----------
    frame
        The column ``ROW`` and one text column for each header.
    problems
        Records that could not be read (``rejected``, not in ``frame``) and cells read with a doubt.
    """

    frame: pl.DataFrame
    problems: tuple[Problem, ...] = ()

    @property
    def rows_read(self) -> int:
        """Records met, readable or not."""
        return self.frame.height + sum(problem.action == "rejected" for problem in self.problems)


@dataclass(frozen=True)
class Sheet:
    """One table inside a file: a CSV file has one, a database as many as it has tables.

    Attributes
    ----------
    headers
        Column names, unique, in the order of the file; empty for records that carry their own names.
    batches
        Reads the records from the start, in batches; may be called again.
    notices
        What a reader of the whole file should know, as problems without a row.
    """

    name: str
    headers: tuple[str, ...]
    source: BatchSource
    notices: tuple[Problem, ...] = field(default=())

    def batches(self, size: int = BATCH_ROWS) -> Iterator[RawBatch]:
        """Read the records from the start."""
        return self.source.batches(size)


class BatchSource:
    """Where a sheet's batches come from; every container has its own."""

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all records in batches of at most ``size``."""
        raise NotImplementedError


def unique_headers(names: Iterable[str | None]) -> tuple[str, ...]:
    """Name every column once: blank headers by position, repeated ones by a number.

    Examples
    --------
    >>> unique_headers(["a", "", "a"])
    ('a', 'column 2', 'a (2)')
    """
    seen: dict[str, int] = {}
    unique = []
    for position, raw in enumerate(names, start=1):
        name = (raw or "").replace("\0", "").strip().lstrip("\ufeff").strip() or f"column {position}"
        while name in seen:
            seen[name] += 1
            name = f"{name} ({seen[name]})"
        seen[name] = 1
        unique.append(name)
    return tuple(unique)


def frame_of(rows: Sequence[int], columns: Mapping[str, Sequence[str | None]]) -> pl.DataFrame:
    """Build a batch frame from record numbers and text columns."""
    series = [pl.Series(ROW, rows, dtype=pl.Int64)]
    series.extend(pl.Series(name, cells, dtype=pl.String) for name, cells in columns.items())
    return pl.DataFrame(series)
