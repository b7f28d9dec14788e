"""Parsing each distinct string once: the cost of a field does not grow with the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl


def map_distinct(
    cells: pl.Series, parse: Callable[[str], tuple[Any, ...]], schema: Mapping[str, Any]
) -> pl.DataFrame:
    """Parse a text column value by value.

    Parameters
    ----------
    cells
        Text; null stays null in every result column.
    parse
        Gives one value for each column of ``schema``.

    Returns
    -------
    polars.DataFrame
        As many rows as ``cells``, in the same order.
    """
    distinct = cells.drop_nulls().unique()
    parsed = [parse(value) for value in distinct]
    table = pl.DataFrame(parsed, schema=dict(schema), orient="row")
    keys = table.with_columns(distinct.cast(pl.String).alias("\0key"))
    looked_up = pl.DataFrame({"\0key": cells}, schema={"\0key": pl.String})
    return looked_up.join(keys, on="\0key", how="left", maintain_order="left").drop("\0key")
