"""Cells that are set in bold, as tables of Markdown write it: the stars around a name are no part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from graphcli.loaders.fields.text import column_named, columns_where
from graphcli.loaders.reader.batches import ROW, BatchSource, RawBatch, Sheet

# Around the whole cell only: 2**3 and **急聘** 司机 stay as they are.
_BOLD = r"^\s*(?:\*\*([^*\s](?:[^*]*[^*\s])?)\*\*|__([^_\s](?:[^_]*[^_\s])?)__)\s*$"


@dataclass(frozen=True)
class PlainSource(BatchSource):
    """The rows of another source, with the marks of bold taken off the cells of some columns."""

    inner: BatchSource
    columns: tuple[str, ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``."""
        for batch in self.inner.batches(size):
            there = [name for name in self.columns if name in batch.frame.columns]
            plain = (_plain(column_named(name)).alias(name) for name in there)
            yield replace(batch, frame=batch.frame.with_columns(plain))


def with_emphasis_off(sheet: Sheet, sample: pl.DataFrame) -> Sheet:
    """Take the marks of bold off cells; the same sheet where no column has any.

    Parameters
    ----------
    sample
        First rows of the sheet.
    """
    names = [name for name in sample.columns if name != ROW]
    found = columns_where(sample, names, lambda cell: cell.str.contains(_BOLD))
    return replace(sheet, source=PlainSource(sheet.source, tuple(found))) if found else sheet


def _plain(cell: pl.Expr) -> pl.Expr:
    return pl.coalesce(cell.str.extract(_BOLD, 1), cell.str.extract(_BOLD, 2), cell)
