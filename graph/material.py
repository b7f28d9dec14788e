"""What a selection is made from, and what it gives: the two values that pass between the pure steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

AI_TIERS: Mapping[str, tuple[str, ...]] = {
    "broad": ("broad", "technical", "narrow"),
    "technical": ("technical", "narrow"),
    "narrow": ("narrow",),
}
LOCATED = ("city", "multi")
AFFILIATION_KINDS = ("defense", "surveillance")


@dataclass(frozen=True)
class Material:
    """Everything loaded and resolved that a selection is made from.

    Attributes
    ----------
    postings
        Canonical rows of all sources.
    sources, employers, employer_names, places, industries, claims, possibly_same
        The other canonical tables.
    newest_edition
        Day of the newest list edition: what ``today`` means for claims.
    run_id
        Identity of data and definitions.
    notes
        What a reader must know of the state, such as that it is stale.
    """

    postings: pl.LazyFrame
    sources: pl.DataFrame
    employers: pl.DataFrame
    employer_names: pl.DataFrame
    places: pl.DataFrame
    industries: pl.DataFrame
    claims: pl.DataFrame
    possibly_same: pl.DataFrame
    newest_edition: date | None = None
    run_id: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selected:
    """The postings an answer stands on.

    Attributes
    ----------
    frame
        Canonical columns and ``employer_id``, ``employer``, ``employer_kind``, ``place_status``,
        ``adcodes``, ``industry`` (sector its own industry names), ``sector`` (its employer's),
        ``defense``, ``surveillance`` (basis or null), ``ai`` (by preset), ``weight`` (1, or openings);
        sorted by content.
    counts
        The funnel: ``rows``, ``deduplicated``, ``in_window``, ``selected``, ``located``, ``province_only``,
        ``unlocated``, ``with_employer``, ``without_employer``, ``ai``, ``undated_left_out``, ``no_day``,
        ``no_openings``, ``weight`` (openings are whole numbers, so their sum is one).
    notes
        Sentences for the reader.
    run_id
        Identity of data and definitions.
    parameters
        The filters and what they stand for.
    """

    frame: pl.DataFrame
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()
    run_id: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
