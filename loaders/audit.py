"""What a load must keep true, and the list of everything that was not read cleanly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from graphcli.loaders.layouts.layout import Layout
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.sources import choose_sources

# A file that was loaded before and now holds less than this share of its rows is rather cut off than updated.
LEAST_KEPT_SHARE = 0.5
# So many files of one board with the same number of records are a page cap, not chance.
CAP_FILES = 3
CAP_LEAST_ROWS = 20


def issues(folder: WorkspaceFolder, source: str | None = None) -> Result:
    """List every cell and record that was not read cleanly.

    Parameters
    ----------
    source
        A source id, board, path or glob over paths; all sources where it is not given.

    Raises
    ------
    UsageError
        No source is called that.
    """
    frame = folder.read_all("issues", tables.ISSUES)
    if source is not None:
        chosen = choose_sources(folder.read("sources", tables.SOURCES), [source])
        frame = frame.filter(pl.col("source_id").is_in(chosen["source_id"].implode()))
    frame = frame.sort("path", "sheet", "row", "column", "problem", nulls_last=False, maintain_order=True)
    row = pl.col("row").cast(pl.String).fill_null("0")
    frame = frame.with_columns(ref=pl.format("row:{}:{}", "source_id", row))
    hidden = ("ref", "source_id", "sheet")
    return Result("issues", frame, {"source": source}, tuple(_summary(frame)), hidden=hidden)


def _summary(frame: pl.DataFrame) -> list[str]:
    """The commonest problems, so that thousands of rows can be judged in a few lines."""
    if frame.is_empty():
        return ["every cell was read cleanly"]
    counts = frame.group_by("column", "problem", "action").len("cells")
    counts = counts.sort(["cells", "column", "problem"], descending=[True, False, False]).head(8)
    return [
        f"{cells:,} × {column + ': ' if column else ''}{problem} ({action})"
        for column, problem, action, cells in counts.iter_rows()
    ]


def check_contract(what: str, layout: Layout, source: Mapping[str, object], before: int | None) -> None:
    """Refuse a source that a known board would not have given.

    Parameters
    ----------
    before
        Rows kept of the same source when it was loaded last; ``None`` where it is new.

    Raises
    ------
    DataContractError
        Too few cells are filled, or most of the rows are gone; ``--accept`` loads it all the same.
    """
    kept = source["kept"]
    assert isinstance(kept, int)
    for field, least in (layout.expect or {}).items():
        share = source[f"{field}_pct"]
        if isinstance(share, float) and share < 100 * least:
            raise DataContractError(
                f"{what}: only {share:.0f} % of the rows have a value for {field}; the layout {layout.name} "
                f"expects at least {100 * least:.0f} %: look with graphcli inspect, or load it with --accept"
            )
    if before and kept < before * LEAST_KEPT_SHARE:
        raise DataContractError(
            f"{what} held {before:,} postings and now holds {kept:,}; if that is right, load it with --accept"
        )


def cap_notes(sources: Sequence[Mapping[str, object]]) -> list[str]:
    """Say where a crawl looks as if it had stopped at a page limit."""
    counts = Counter((source["board"], source["rows_read"]) for source in sources)
    return [
        f"{files} files of {board} hold exactly {rows:,} records each: "
        "the crawl probably stopped at a page cap"
        for (board, rows), files in sorted(counts.items(), key=str)
        if files >= CAP_FILES and isinstance(rows, int) and rows >= CAP_LEAST_ROWS
    ]
