"""Which employers are defense or surveillance as of a day, and what share of postings that makes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graphcli.graph.tables import GraphTables
from graphcli.workspace.errors import UsageError

FLAGS = ("defense", "surveillance")
EVER = "ever"


def as_of_day(as_of: str | date, reference_folder: Path | None = None) -> str:
    """Turn ``today``, ``posting``, ``ever`` or a date into the day that employers are judged on.

    ``today`` is the newest edition of any list, never the clock. Clusters and ranks are of employers,
    so ``posting`` is read as ``today`` too.

    Returns
    -------
    str
        An ISO date, or ``ever``.
    """
    if isinstance(as_of, date):
        return as_of.isoformat()
    if as_of == EVER:
        return EVER
    if as_of in {"today", "posting"}:
        from graphcli.loaders.resolve.claims import newest_edition

        return newest_edition(reference_folder).isoformat()
    try:
        return date.fromisoformat(as_of).isoformat()
    except ValueError:
        raise UsageError(f"as_of {as_of!r}: write posting, today, ever or a date as 2021-04-30") from None


def held(day: str) -> str:
    """Say in words when claims must hold."""
    return "of any date" if day == EVER else f"that hold on {day}"


def flag_bases(graph: GraphTables, day: str) -> pl.DataFrame:
    """Employers with a claim that holds on ``day`` (ISO, or ``ever``), with the bases of the claims.

    Returns
    -------
    polars.DataFrame
        ``id, defense, surveillance``: the distinct bases, sorted and joined by ``;``, or empty.
    """
    claims = graph.edges["AFFILIATED_WITH"].filter(pl.col("kind").is_in(FLAGS))
    if day != EVER:
        begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
        end = pl.col("valid_to")
        claims = claims.filter(begun & (end.is_null() | (end == "") | (end >= day)))
    basis = pl.col("basis").fill_null("listed")
    return (
        claims.group_by(id="start")
        .agg(basis.filter(pl.col("kind") == flag).unique().sort().str.join(";").alias(flag) for flag in FLAGS)
        .sort("id")
    )


def flag_vectors(graph: GraphTables, ids: tuple[str, ...], day: str) -> dict[str, NDArray[np.float64]]:
    """For each flag a vector over employer ids: 1 where it holds, else 0."""
    rows = pl.DataFrame({"id": list(ids)}, schema={"id": pl.String}).join(
        flag_bases(graph, day), on="id", how="left", maintain_order="left"
    )
    return {flag: (rows[flag].fill_null("") != "").to_numpy().astype(np.float64) for flag in FLAGS}
