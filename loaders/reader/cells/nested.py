"""Objects that stand as text in the cells of a table: their fields become columns, as nested JSON does.

Crawlers keep what a board answered whole in one cell of a CSV file or a database; pandas writes the
dictionaries of a nested answer as Python prints them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from graphcli.loaders.fields.text import column_named
from graphcli.loaders.reader.batches import (
    MAX_COLUMNS,
    ROW,
    BatchSource,
    RawBatch,
    Sheet,
    unique_headers,
)
from graphcli.loaders.reader.json.forms import line_value
from graphcli.loaders.reader.json.records import flatten

# A column is taken apart where so many of its filled cells are objects.
MOSTLY = 0.9
_OBJECT = r"^\s*\{\s*['\"]"


@dataclass(frozen=True)
class NestedSource(BatchSource):
    """The rows of another source, with the objects in some columns taken apart.

    ``names`` gives for each of these columns the fields and what their own columns are called.
    """

    inner: BatchSource
    names: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``."""
        for batch in self.inner.batches(size):
            frame = batch.frame
            for column, fields in self.names:
                if column in frame.columns:
                    frame = _spread(frame, column, dict(fields))
            yield RawBatch(frame, batch.problems)


def with_objects_apart(sheet: Sheet, sample: pl.DataFrame, kept: Collection[str] = ()) -> Sheet:
    """Give columns of their own to the fields of objects in cells.

    Parameters
    ----------
    sample
        First rows of the sheet; a field that none of them has is not read, as no column could be given to it.
    kept
        Columns that are left as they are.

    Returns
    -------
    Sheet
        The same sheet where no column holds objects.
    """
    found = {}
    columns = [name for name in sample.columns if name != ROW and name not in kept]
    begun = sample.select(column_named(name).str.contains(_OBJECT).any() for name in columns)
    for column in (name for name in columns if begun[name].item()):
        if _holds_objects(sample[column]):
            flat = [flatten({column: value}) for value in map(_object, sample[column]) if value]
            found[column] = list(dict.fromkeys(name for cells in flat for name in cells))
    fields = [field for names in found.values() for field in names]
    if not fields or len(sheet.headers) + len(fields) > MAX_COLUMNS:
        return sheet
    headers = unique_headers([*sheet.headers, *fields])
    renamed = dict(zip(fields, headers[len(sheet.headers) :], strict=True))
    names = tuple((column, tuple((field, renamed[field]) for field in own)) for column, own in found.items())
    return replace(sheet, headers=headers, source=NestedSource(sheet.source, names))


def _holds_objects(cells: pl.Series) -> bool:
    filled = [cell for cell in cells if cell and cell.strip()]
    return sum(bool(_object(cell)) for cell in filled) >= MOSTLY * len(filled)


def _object(cell: str | None) -> dict[str, Any] | None:
    """The object of a cell; none where it is no object, or holds nothing."""
    if not cell or not cell.lstrip().startswith("{"):
        return None
    value = line_value(cell.strip())
    return value if isinstance(value, dict) else None


def _spread(frame: pl.DataFrame, column: str, names: dict[str, str]) -> pl.DataFrame:
    kept: list[str | None] = []
    spread: dict[str, list[str | None]] = {name: [] for name in names.values()}
    for cell in frame[column]:
        value = _object(cell)
        flat = {} if value is None else flatten({column: value})
        kept.append(cell if value is None else None)
        for field, name in names.items():
            spread[name].append(flat.get(field))
    series = [pl.Series(name, cells, dtype=pl.String) for name, cells in spread.items()]
    return frame.with_columns(pl.Series(column, kept, dtype=pl.String), *series)
