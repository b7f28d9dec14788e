"""List entries: the one form that every affiliation list has here, ours and imported ones alike.

An entry says that a named source ties a name to an affiliation, for how long, and how sure that is.
Our own lists ship as ``data/<list>.csv``; imported ones lie in the workspace as
``reference/lists/<list>.csv`` in the same form, so that one reader and one set of checks serve both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.loaders.resolve.claims.dates import first_day, last_day
from graphcli.workspace.errors import DataContractError

PACKAGE = "graphcli.loaders.lists"
ALIAS_SEPARATOR = ";"
DAY = r"\d{4}(-\d{2}(-\d{2})?)?"
# How much an entry weighs in a claim's score, by what its author says of it.
CERTAINTY = {"sure": 1.0, "likely": 0.9, "unverified": 0.5}
# A list may also hold names without a kind (civilian universities): shown with their claim, never flagged.
KINDS = ("defense", "surveillance", "trade")
BASES = ("listed", "parent", "subsidiary", "institute", "university", "vendor", "supplier")
AFFILIATION_TYPES = ("conglomerate", "university", "vendor", "list")

COLUMNS: tuple[Column, ...] = (
    Column("id", required=True, unique=True, pattern=r"[a-z0-9][a-z0-9_-]*"),
    Column("name_zh"),
    Column("name"),
    Column("aliases"),
    Column("pattern"),
    Column("affiliation_id", required=True, pattern=r"[a-z0-9][a-z0-9_-]*"),
    Column("affiliation", required=True),
    Column("affiliation_type", required=True, choices=AFFILIATION_TYPES),
    Column("kind", choices=KINDS),
    Column("basis", required=True, choices=BASES),
    Column("parent"),
    Column("source", required=True),
    Column("listed_from", pattern=f"(by )?{DAY}"),
    Column("listed_to", pattern=DAY),
    Column("url", pattern=r"https?://\S+"),
    Column("as_of", pattern=r"\d{4}-\d{2}-\d{2}"),
    Column("certainty", required=True, choices=tuple(CERTAINTY)),
)


@dataclass(frozen=True)
class AffiliationList:
    """One list: its name, where it comes from, and its entries (columns as in ``COLUMNS``, and ``row``)."""

    name: str
    origin: str
    path: Path
    entries: pl.DataFrame

    @property
    def as_of(self) -> date | None:
        """Day of the newest edition that the entries were taken from, where any says."""
        days = self.entries["as_of"].drop_nulls()
        return date.fromisoformat(str(days.max())) if days.len() else None


def lists_folder(reference_folder: Path) -> Path:
    """Where a workspace keeps its imported lists."""
    return reference_folder / "lists"


def load_lists(reference_folder: Path | None = None) -> list[AffiliationList]:
    """Read all lists, ours and the workspace's, sorted by name; an imported one replaces ours of its name.

    Raises
    ------
    DataContractError
        A file breaks the contract; the message names file, row and column.
    """
    lists = {path.stem: ("built-in", path) for path in sorted(shipped(PACKAGE, "data").glob("*.csv"))}
    if reference_folder is not None:
        imported = sorted(lists_folder(reference_folder).glob("*.csv"))
        lists |= {path.stem: ("imported", path) for path in imported}
    return [read_list(path, origin) for _, (origin, path) in sorted(lists.items())]


def read_list(path: Path, origin: str) -> AffiliationList:
    """Read and check one list file.

    Raises
    ------
    DataContractError
        A cell breaks its rule, an entry has neither name nor pattern, a date does not exist, or a file
        that is not ours brings a pattern.
    """
    frame = read_csv(path, COLUMNS).with_row_index("row", offset=1)
    nameless = pl.col("name_zh").is_null() & pl.col("name").is_null() & pl.col("pattern").is_null()
    _refuse(path, frame, nameless, "name_zh", "an entry needs a name or a pattern")
    if origin != "built-in":
        _refuse(path, frame, pl.col("pattern").is_not_null(), "pattern", "only built-in lists match by rule")
    _check_dates(path, frame)
    return AffiliationList(path.stem, origin, path, frame.select("row", *(item.name for item in COLUMNS)))


def newest_edition(reference_folder: Path | None = None) -> date:
    """Return the day that "today" means: the newest edition of any list loaded, never the clock."""
    days = [item.as_of for item in load_lists(reference_folder)]
    return max(day for day in days if day is not None)


def _check_dates(path: Path, frame: pl.DataFrame) -> None:
    for row, listed_from, listed_to, as_of in frame.select(
        "row", "listed_from", "listed_to", "as_of"
    ).iter_rows():
        try:
            start, end = first_day(listed_from), last_day(listed_to)
            first_day(as_of)
        except ValueError as error:
            raise DataContractError(f"{path.name}: row {row}: {error}") from None
        if start and end and end < start:
            raise DataContractError(f"{path.name}: row {row}: listed_to lies before listed_from")


def _refuse(path: Path, frame: pl.DataFrame, broken: pl.Expr, column: str, words: str) -> None:
    found = frame.filter(broken).head(1)
    if found.height:
        raise DataContractError(f"{path.name}: row {found['row'][0]}, column {column!r}: {words}")
