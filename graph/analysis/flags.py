"""Which employers are defense or surveillance as of a day, from the claims that the graph carries.

The rule itself stands in ``loaders.resolve.claims``; here the graph's relationships are put into its
terms, so that a graph read from a store is judged as the workspace is.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graphcli.graph.tables import GraphTables
from graphcli.workspace import tables

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

    Raises
    ------
    UsageError
        It is none of these.
    """
    from graphcli.loaders.resolve.claims import matching as claims

    return EVER if as_of == EVER else claims.as_of_day(as_of, reference_folder).isoformat()


def held(day: str) -> str:
    """Say in words when claims must hold."""
    return "of any date" if day == EVER else f"that hold on {day}"


def flag_bases(graph: GraphTables, day: str) -> pl.DataFrame:
    """Employers with a claim that holds on ``day`` (ISO, or ``ever``), with the bases of the claims.

    Returns
    -------
    polars.DataFrame
        ``id, defense, surveillance``: text where the flag holds, else null; sorted by id.
    """
    from graphcli.loaders.resolve.claims import matching as claims

    named = graph.nodes["Affiliation"].select(end="id", affiliation="name", affiliation_type="type")
    dates = [pl.col(name).replace("", None).str.to_date(strict=False) for name in ("valid_from", "valid_to")]
    made = graph.edges["AFFILIATED_WITH"].with_columns(dates).join(named, on="end", how="left")
    found = claims.flags(
        tables.conform(made.rename({"start": "employer_id", "end": "affiliation_id"}), tables.CLAIMS), day
    )
    return found.select("employer_id", *FLAGS).rename({"employer_id": "id"}).sort("id")


def flag_vectors(graph: GraphTables, ids: tuple[str, ...], day: str) -> dict[str, NDArray[np.float64]]:
    """For each flag a vector over employer ids: 1 where it holds, else 0."""
    rows = pl.DataFrame({"id": list(ids)}, schema={"id": pl.String}).join(
        flag_bases(graph, day), on="id", how="left", maintain_order="left"
    )
    return {flag: rows[flag].is_not_null().to_numpy().astype(np.float64) for flag in FLAGS}
