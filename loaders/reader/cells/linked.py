"""Cells that are links, as a text or a page writes them: what is shown and where it leads become two columns.

Tables of Markdown and crawlers that keep the source of an element put a title and its address into one cell.
Whoever wrote the file meant both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import polars as pl

from graphcli.loaders.fields.text import column_named, columns_where
from graphcli.loaders.reader.batches import (
    MAX_COLUMNS,
    ROW,
    BatchSource,
    RawBatch,
    Sheet,
    unique_headers,
)

# A column is taken apart where so many of its filled cells are links.
MOSTLY = 0.6
# A picture is no link, and what stands behind one would be lost.
_WRITTEN = (
    r"^\s*(?:[-*+•]\s+|\d+[.)、]\s*)?(?:\*\*|__)?\[([^\[\]]+)\]"
    # Where a link leads: [高级](销售/客服) is none.
    r"\(\s*<?((?:(?i:https?:)?//|www\.|\.{0,2}/|[A-Za-z0-9_.-]+/)[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+\"[^\"]*\")?\s*\)(?:\*\*|__)?\s*$"
)
_MARKED = r"(?is)^\s*<a\s[^<>]*?href\s*=\s*[\"']([^\"'<>]+)[\"'][^<>]*>(.*?)</a>\s*$"
_LEADS_NOWHERE = r"(?i)^(?:javascript|mailto|tel|data|about|blob):|^#"


@dataclass(frozen=True)
class LinksSource(BatchSource):
    """The rows of another source, with links taken apart; column → name of its column of addresses."""

    inner: BatchSource
    names: tuple[tuple[str, str], ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``."""
        for batch in self.inner.batches(size):
            frame = batch.frame
            for column, address in self.names:
                if column in frame.columns:
                    frame = _spread(frame, column, address)
            yield RawBatch(frame, batch.problems)


def with_links_apart(sheet: Sheet, sample: pl.DataFrame, kept: Collection[str] = ()) -> Sheet:
    """Give a column of its own to where the links in cells lead.

    Parameters
    ----------
    sample
        First rows of the sheet.
    kept
        Columns that a given layout reads. Such a column stays whole unless the layout reads its addresses.

    Returns
    -------
    Sheet
        The same sheet where no column holds links.
    """
    columns = [name for name in sample.columns if name != ROW]
    columns = [name for name in columns if name not in kept or address_name(name) in kept]
    # One look for the mark of a link is enough for most files.
    columns = columns_where(sample, columns, _may_be_links)
    if not columns:
        return sheet
    shares = sample.select(_share_of_links(name).alias(name) for name in columns).row(0, named=True)
    found = [name for name, share in shares.items() if share is not None and share >= MOSTLY]
    headers = (*sheet.headers, *map(address_name, found))
    if not found or len(headers) > MAX_COLUMNS or unique_headers(headers) != headers:
        return sheet
    names = tuple((name, address_name(name)) for name in found)
    return replace(sheet, headers=headers, source=LinksSource(sheet.source, names))


def address_name(column: str) -> str:
    """Name the column of addresses as the exports of scrapers do."""
    return f"{column} href"


def _may_be_links(cell: pl.Expr) -> pl.Expr:
    return cell.str.contains_any(["](", "href"], ascii_case_insensitive=True)


def _share_of_links(column: str) -> pl.Expr:
    cell = column_named(column)
    filled = cell.filter(cell.str.strip_chars() != "")
    return (filled.str.contains(_WRITTEN) | filled.str.contains(_MARKED)).mean()


def _spread(frame: pl.DataFrame, column: str, address: str) -> pl.DataFrame:
    """Put what the links of one column show and where they lead apart; any other cell stays as it is."""
    cell = column_named(column)
    leads = pl.coalesce(cell.str.extract(_WRITTEN, 2), cell.str.extract(_MARKED, 1))
    leads = pl.when(~leads.str.contains(_LEADS_NOWHERE)).then(leads)
    shown = pl.coalesce(cell.str.extract(_WRITTEN, 1), cell.str.extract(_MARKED, 2), cell)
    return frame.with_columns(shown.alias(column), leads.alias(address))
