"""Tables that lie on their side: the first column names the fields, every further column is a record.

A form has one posting so, a comparison of offers some. Read as it stands, every name of a field would become
a posting of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

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
from graphcli.loaders.reader.header import LOOKED_AT, cell_kind, is_name
from graphcli.loaders.reader.header_words import fold_name, header_words

LEAST_FIELDS = 3
MOSTLY, HARDLY = 0.7, 0.1
# Days, figures and addresses among the values; a list that explains names of fields has none.
LEAST_TYPED = 0.15
NOTICE = "the table lies on its side: its first column names the fields, each other column is a record"


@dataclass(frozen=True)
class SidewaysSource(BatchSource):
    """The records of a small table, turned upright."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all records in batches of at most ``size``."""
        for start in range(0, len(self.rows), size):
            part = self.rows[start : start + size]
            columns = {name: [row[at] or None for row in part] for at, name in enumerate(self.headers)}
            yield RawBatch(frame_of(range(start + 1, start + 1 + len(part)), columns))


def sideways_sheet(name: str, rows: Sequence[Sequence[str]]) -> Sheet | None:
    """Turn a table that lies on its side; ``None`` where it stands upright or is no small one.

    Parameters
    ----------
    rows
        All rows of the table, or one more than ``LOOKED_AT`` of them.
    """
    table = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if not LEAST_FIELDS <= len(table) <= LOOKED_AT:
        return None
    # A line above that names the form.
    if sum(map(bool, table[0])) == 1 and not is_name(table[0][0]):
        table = table[1:]
    if len(table) < LEAST_FIELDS or max(map(len, table)) > MAX_COLUMNS or not _lies_on_its_side(table):
        return None
    headers = unique_headers(row[0].rstrip(":：") for row in table)
    records = [column for column in zip_longest(*(row[1:] for row in table), fillvalue="") if any(column)]
    source = SidewaysSource(headers, tuple(records))
    return Sheet(name, headers, source, (Problem(None, "", "", NOTICE, "kept"),))


def _lies_on_its_side(table: Sequence[Sequence[str]]) -> bool:
    fields = [row[0] for row in table]
    values = [cell for row in table for cell in row[1:] if cell]
    if not values or len({*fields}) < len(fields) or any(is_name(cell) for cell in table[0][1:]):
        return False
    told = header_words().filter(pl.col("role").is_in(["title", "employer"]))["word"]
    typed = sum(cell_kind(cell) in {"number", "figures", "date", "url"} for cell in values)
    return (
        sum(map(is_name, fields)) >= MOSTLY * len(fields)
        and any(fold_name(field) in told for field in fields)
        and sum(map(is_name, values)) <= HARDLY * len(values)
        and typed >= LEAST_TYPED * len(values)
    )
