"""Cells that only say that they hold what the one above holds, ``同上`` or ``↳``: read as that cell.

Lists that people keep by hand write the employer once and a mark below it. Whoever wrote the mark meant the
cell above; an empty cell is none and stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from graphcli.loaders.fields.text import column_named, columns_where
from graphcli.loaders.reader.batches import ROW, SHOWN, BatchSource, Problem, RawBatch, Sheet
from graphcli.loaders.reader.footers import marks_of_repetition


@dataclass(frozen=True)
class DittoSource(BatchSource):
    """The rows of another source, with such cells of some columns filled from above."""

    inner: BatchSource
    columns: tuple[str, ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``; what stands above may be in the batch before."""
        above: dict[str, str | None] = {}
        for batch in self.inner.batches(size):
            frame, problems = batch.frame, list(batch.problems)
            for column in self.columns:
                if column in frame.columns and frame.height:
                    frame, found = _filled(frame, column, above)
                    problems += found
            yield RawBatch(frame, tuple(problems))


def with_dittos_filled(sheet: Sheet, sample: pl.DataFrame) -> Sheet:
    """Fill cells that only point at the one above; the same sheet where no column has any.

    Parameters
    ----------
    sample
        First rows of the sheet.
    """
    names = [name for name in sample.columns if name != ROW]
    found = columns_where(sample, names, _is_mark)
    return replace(sheet, source=DittoSource(sheet.source, tuple(found))) if found else sheet


def _is_mark(cell: pl.Expr) -> pl.Expr:
    return cell.str.strip_chars().str.to_lowercase().is_in(pl.Series(marks_of_repetition()).implode())


def _filled(
    frame: pl.DataFrame, column: str, above: dict[str, str | None]
) -> tuple[pl.DataFrame, list[Problem]]:
    """Fill one column of a batch, and say in which rows."""
    cells = frame.select(
        ROW,
        cell=column_named(column),
        marked=_is_mark(column_named(column)).fill_null(False),
    )
    # An empty cell above is what the mark points at.
    kept = pl.when(~pl.col("marked")).then(pl.col("cell").fill_null(""))
    filled = cells.select(kept.forward_fill().fill_null(above.get(column) or "").alias("cell"))["cell"]
    above[column] = filled[-1]
    read = pl.when(cells["marked"]).then(pl.lit(filled)).otherwise(pl.lit(cells["cell"]))
    read = pl.when(read != "").then(read)
    marked = cells.filter(pl.col("marked"))
    problems = [
        Problem(row, column, cell[:SHOWN], "says that it is as above, and is read so", "kept")
        for row, cell in marked.select(ROW, "cell").iter_rows()
    ]
    return frame.with_columns(read.alias(column)), problems
