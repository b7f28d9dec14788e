"""When two rows are one posting, and which of them stands for it.

Boards repeat a job under many keywords, and crawls overlap. The choice is the reader's, and the row that
survives is chosen by content alone, so that neither the order of rows nor the place of a file decides.
"""

from __future__ import annotations

import polars as pl

from graphcli.workspace.errors import unknown_name
from graphcli.workspace.selection import DEDUPE_RULES
from graphcli.workspace.tables import POSTINGS

# How a day was written says as little about a posting as the day of the crawl.
OF_THE_CRAWL = ("source_id", "row", "crawled_on", "posted_on_raw")
# The id comes first, then the day, so that the earliest sighting of a posting stands for it.
CONTENT: tuple[str, ...] = (
    "posting_id",
    "posted_on",
    *(name for name in POSTINGS if name not in {*OF_THE_CRAWL, "posting_id", "posted_on"}),
)
# Rows of equal content in several files differ only here; a hash of the file decides before its path.
TIES: tuple[str, ...] = ("source_sha256", "row", "source_id")


def sort_by_content(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort postings by what they say, and by where they stand only among equals."""
    return rows.sort([name for name in (*CONTENT, *TIES) if name in rows.columns], nulls_last=True)


def deduplicate(rows: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Keep one row for each posting, sorted by content.

    Parameters
    ----------
    rows
        Canonical postings; rule ``month`` also needs ``employer_id`` and ``adcodes``.
    rule
        ``none`` keeps every row; ``exact`` joins rows whose every canonical value is equal; ``url`` joins
        rows of one posting id; ``month`` joins rows of one employer, title and place within a calendar
        month (undated rows among themselves). A row without employer or title only joins its own id.

    Raises
    ------
    UsageError
        The rule does not exist.
    """
    if rule not in DEDUPE_RULES:
        raise unknown_name("dedupe rule", rule, DEDUPE_RULES)
    ordered = sort_by_content(rows)
    if rule == "none":
        return ordered
    if rule == "exact":
        return ordered.unique(subset=CONTENT, keep="first", maintain_order=True)
    if rule == "url":
        return ordered.unique(subset="posting_id", keep="first", maintain_order=True)
    keys = _month_keys()
    return (
        ordered.with_columns(**keys)
        .unique(subset=list(keys), keep="first", maintain_order=True)
        .drop(list(keys))
    )


def rule_counts(rows: pl.DataFrame, rule: str) -> dict[str, int]:
    """Count what the rules before one would leave (``after_exact``, ``after_url``)."""
    before = DEDUPE_RULES[1 : DEDUPE_RULES.index(rule)] if rule != "none" else ()
    keys = {"exact": list(CONTENT), "url": ["posting_id"]}
    return {f"after_{name}": rows.select(keys[name]).n_unique() for name in before}


def _month_keys() -> dict[str, pl.Expr]:
    anonymous = pl.col("employer_id").is_null() | pl.col("title").is_null()
    cities = pl.col("adcodes").list.sort().list.join(";")
    return {
        "_employer": pl.col("employer_id"),
        "_title": pl.col("title"),
        "_place": pl.when(pl.col("adcodes").list.len() > 0).then(cities).otherwise(pl.col("place_raw")),
        "_month": pl.col("posted_on").dt.truncate("1mo"),
        "_own": pl.when(anonymous).then(pl.col("posting_id")),
    }
