"""What a load must keep true, and the list of everything that was not read cleanly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from graphcli.loaders.layouts.layout import Layout
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.sources import choose_sources

# A file that was loaded before and now holds less than this share of its rows is rather cut off than updated.
LEAST_KEPT_SHARE = 0.5
# Boards hold a few absurd values each; more of them than this share is another column.
MOST_OUTSIDE = 0.02
# Fields of ``expect`` whose canonical column has another name.
COLUMN_OF: Mapping[str, str] = {
    "employer": "employer_raw",
    "place": "place_raw",
    "date": "posted_on",
    "pay": "pay_low",
    "industry": "industry_raw",
}


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


def check_contract(
    what: str,
    layout: Layout,
    source: Mapping[str, object],
    before: int | None,
    postings: Sequence[Path] = (),
) -> None:
    """Refuse a source that a known board would not have given.

    What a layout expects stands in its ``expect``: at least so many ``rows``; at least such a share of the
    rows with a value, by role; and ``ranges`` in which the values of a canonical column lie, of which a share
    of ``outside`` (2 % where it is not given) may lie elsewhere.

    Parameters
    ----------
    what
        The file, and the member or sheet, as messages name it.
    source
        Row of the table of sources.
    before
        Rows kept of the same source when it was loaded last; ``None`` where it is new.
    postings
        Parquet files with the rows that were read.

    Raises
    ------
    DataContractError
        A bound is broken, or most of the rows are gone; ``--accept`` loads it all the same.
    """
    kept = source["kept"]
    assert isinstance(kept, int)
    for broken in _broken_bounds(layout, source, kept, postings):
        raise DataContractError(
            f"{what}: {broken} (layout {layout.name}): look with graphcli inspect, or load it with --accept"
        )
    if before and kept < before * LEAST_KEPT_SHARE:
        raise DataContractError(
            f"{what} held {before:,} postings and now holds {kept:,}; if that is right, load it with --accept"
        )


def _broken_bounds(
    layout: Layout, source: Mapping[str, object], kept: int, postings: Sequence[Path]
) -> Iterator[str]:
    expect = dict(layout.expect or {})
    ranges, outside = expect.pop("ranges", {}), expect.pop("outside", MOST_OUTSIDE)
    rows = expect.pop("rows", 0)
    if kept < rows:
        yield f"{kept:,} postings were read and at least {rows:,} are expected"
    for field, share in _filled(expect, source, kept, postings).items():
        if share < expect[field]:
            yield (
                f"only {_percent(share)} of the rows have a value for {field} "
                f"and at least {_percent(expect[field])} are expected"
            )
    for column, (low, high) in ranges.items():
        stray = _share_outside(postings, column, low, high)
        if stray > outside:
            yield (
                f"{_percent(stray)} of the values of {column} lie outside {low} to {high} "
                f"and at most {_percent(outside)} are expected there"
            )


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _filled(
    fields: Iterable[str], source: Mapping[str, object], kept: int, postings: Sequence[Path]
) -> dict[str, float]:
    """Share of rows with a value by field; no shares where there is no row."""
    if not kept:
        return {}
    known = {field: source.get(f"{field}_pct") for field in fields}
    shares = {field: share / 100 for field, share in known.items() if isinstance(share, float)}
    others = [field for field in fields if field not in shares]
    if others and postings:
        counts = _rows(postings).select(pl.col(COLUMN_OF.get(name, name)).count() for name in others)
        shares |= {name: n / kept for name, n in zip(others, counts.collect().row(0), strict=True)}
    return shares


def _share_outside(postings: Sequence[Path], column: str, low: object, high: object) -> float:
    """Share of the values of a column below ``low`` or above ``high``; 0 where there is none."""
    if not postings:
        return 0.0
    least, most = (_bound(column, bound) for bound in (low, high))
    value = pl.col(column)
    stray, filled = (
        _rows(postings)
        .select(stray=((value < least) | (value > most)).sum(), filled=value.count())
        .collect()
        .row(0)
    )
    return stray / filled if filled else 0.0


def _bound(column: str, bound: object) -> pl.Expr:
    if tables.POSTINGS[column] != pl.Date:
        return pl.lit(bound)
    try:
        return pl.lit(date.fromisoformat(str(bound)))
    except ValueError:
        raise DataContractError(
            f"the layout expects {column} about {bound}, and there is no such day"
        ) from None


def _rows(postings: Sequence[Path]) -> pl.LazyFrame:
    return pl.scan_parquet([str(path) for path in postings], glob=False)


def accounts(folder: WorkspaceFolder) -> pl.DataFrame:
    """Count the stored tables of every source against what its load counted.

    Returns
    -------
    polars.DataFrame
        One row a source: ``source_id, path, sheet, rows_read, kept, rejected``, the rows that are stored
        (``postings``, ``texts``, ``rejections``) and ``balanced``: rows read = kept + rejected, in both.
    """
    entries = folder.manifest().entries
    stored = {name: entry.rows for name, entry in entries.items()}
    rejected = (
        folder.scan_all("issues", tables.ISSUES)
        .filter(pl.col("action") == "rejected")
        .group_by("source_id")
        .agg(rejections=pl.len().cast(pl.Int64))
        .collect()
    )
    sources = folder.read("sources", tables.SOURCES)
    ids = sources["source_id"].to_list()
    counted = sources.select("source_id", "path", "sheet", "rows_read", "kept", "rejected").with_columns(
        pl.Series("postings", [stored.get(f"postings/{one}", 0) for one in ids], dtype=pl.Int64),
        pl.Series("texts", [stored.get(f"texts/{one}", 0) for one in ids], dtype=pl.Int64),
    )
    counted = counted.join(rejected, on="source_id", how="left", maintain_order="left")
    counted = counted.with_columns(pl.col("rejections").fill_null(0))
    balanced = (
        (pl.col("rows_read") == pl.col("kept") + pl.col("rejected"))
        & (pl.col("postings") == pl.col("kept"))
        & (pl.col("texts") == pl.col("kept"))
        & (pl.col("rejections") == pl.col("rejected"))
    )
    return counted.with_columns(balanced=balanced).sort("path", "sheet", "source_id")


def account_lines(folder: WorkspaceFolder) -> Iterator[tuple[str, str]]:
    """Say whether every source adds up, and name those that do not."""
    counted = accounts(folder)
    wrong = counted.filter(~pl.col("balanced"))
    if wrong.is_empty():
        yield "accounts", f"rows read = kept + rejected in each of {counted.height:,} sources"
    for row in wrong.iter_rows(named=True):
        yield (
            "accounts",
            f"{row['path']}: {row['rows_read']:,} rows read, {row['kept']:,} kept and "
            f"{row['rejected']:,} rejected, but {row['postings']:,} and {row['rejections']:,} are stored; "
            "load it again",
        )
