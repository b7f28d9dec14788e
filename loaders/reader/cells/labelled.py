"""Cells that begin with the name of what they hold, ``薪资：10-15K``, down a column: it is taken off.

Tools that take the text of an element take its label along, while the column is called ``字段3``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from graphcli.loaders.fields.text import column_named
from graphcli.loaders.reader.batches import ROW, BatchSource, RawBatch, Sheet
from graphcli.loaders.reader.header_words import fold_name, header_words

# A name is taken off where so many of the filled cells begin with it.
MOSTLY = 0.9
LEAST_CELLS, JUDGED, LONGEST_CELL = 3, 50, 60
_LABEL = r"^\s*[【\[]?\s*([^\s:：【】\[\]{}\"']{2,12})\s*[】\]]?\s*[:：]\s*"


@dataclass(frozen=True)
class LabelledSource(BatchSource):
    """The rows of another source, with the labels in some columns taken off; column → its label."""

    inner: BatchSource
    labels: tuple[tuple[str, str], ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``."""
        for batch in self.inner.batches(size):
            bare = (
                _bare(name, label).alias(name) for name, label in self.labels if name in batch.frame.columns
            )
            yield RawBatch(batch.frame.with_columns(bare), batch.problems)


def with_labels_off(sheet: Sheet, sample: pl.DataFrame, kept: Collection[str] = ()) -> Sheet:
    """Take the label off the cells of columns in which all begin with the same one.

    Parameters
    ----------
    sample
        First rows of the sheet.
    kept
        Columns that a given layout reads as they are.

    Returns
    -------
    Sheet
        The same sheet where no column has labels.
    """
    labels, words = [], _labels()
    for name in sample.columns:
        if name == ROW or name in kept:
            continue
        cells = sample[name].drop_nulls().head(JUDGED)
        # One look at the first cells is enough for most columns.
        if not any(":" in cell or "：" in cell for cell in cells.head(LEAST_CELLS)):
            continue
        cells = cells.filter(cells.str.strip_chars() != "")
        if len(cells) < LEAST_CELLS or _are_texts(cells):
            continue
        found = cells.str.extract(_LABEL, 1).value_counts(sort=True).row(0)
        if found[0] and found[1] >= MOSTLY * len(cells) and fold_name(found[0]) in words:
            labels.append((name, found[0]))
    return replace(sheet, source=LabelledSource(sheet.source, tuple(labels))) if labels else sheet


@cache
def _labels() -> frozenset[str]:
    # 岗位职责 before a short text is its heading, by which duties are told from demands.
    whole = header_words().filter(pl.col("how") == "whole", pl.col("role").fill_null("") != "text")
    return frozenset(whole["word"])


def _are_texts(cells: pl.Series) -> bool:
    """Whether what a text begins with is its heading, and part of it."""
    return bool((cells.str.len_chars() > LONGEST_CELL).any() or cells.str.contains(r"\S\s*\n").any())


def _bare(name: str, label: str) -> pl.Expr:
    cell = column_named(name)
    return pl.when(cell.str.extract(_LABEL, 1) == label).then(cell.str.replace(_LABEL, "")).otherwise(cell)
