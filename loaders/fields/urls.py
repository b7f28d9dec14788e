"""Addresses of postings: which are web addresses, and the form in which two of them are the same."""

from __future__ import annotations

import functools
import re

import polars as pl

from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.workspace import tables

PACKAGE = "graphcli.loaders.fields"
# Parameters that say how a reader came, not what is read.
TRACKING = r"(?i)([?&])(?:utm_[a-z]+|spm|from|refer|referer|srccode|preactionid)=[^&#]*"
# An address as the link of a text or a page: [apply](https://…), <a href="https://…">.
_MARKED = (
    r"^\s*\[[^\[\]]*\]\(\s*(\S+?)(?:\s+\"[^\"]*\")?\s*\)\s*$",
    r"(?i)^\s*<a\s[^<>]*href=[\"']([^\"'<>]+)",
)
_WEB = r"(?i)^https?://[^\s/?#]+\.[^\s/?#]+"


def read_urls(cells: pl.Series) -> pl.DataFrame:
    """Read a column of addresses to ``url``, ``problem`` and ``action``.

    An address without a scheme gets one; anything but a web address is blanked, so that no other kind of link
    (``javascript:`` above all) travels on.
    """
    cell = pl.coalesce(*(pl.col("cell").str.extract(pattern, 1) for pattern in _MARKED), pl.col("cell"))
    # Taken from the source of a page, where an ampersand is written so.
    cell = cell.str.replace_all("&amp;", "&", literal=True)
    completed = (
        pl.when(cell.str.starts_with("//")).then(pl.lit("https:") + cell)
        .when(cell.str.contains(r"(?i)^www\.[^\s/]+\.")).then(pl.lit("https://") + cell)
        .otherwise(cell)
    )  # fmt: skip
    is_web = pl.col("completed").str.contains(_WEB) & ~pl.col("completed").str.contains(r"[\s\x00-\x1f]")
    frame = tables.extended(pl.DataFrame({"cell": cells}), completed.alias("completed"))
    wrong = cell.is_not_null() & ~is_web.fill_null(False)
    no_page = is_web & pl.col("completed").str.contains(r"(?i)^https?://[^/?#]+/?$")
    return tables.selected(
        frame,
        pl.when(is_web).then(pl.col("completed")).alias("url"),
        pl.when(wrong).then(pl.lit("no web address"))
        .when(no_page).then(pl.lit("names a site, not the page of a posting")).alias("problem"),
        pl.when(wrong).then(pl.lit("blanked")).when(no_page).then(pl.lit("kept")).alias("action"),
    )  # fmt: skip


def unmarked(cell: str) -> str:
    """Give the address of a link as a text or a page writes it; any other cell as it is.

    Examples
    --------
    >>> unmarked("[投递](https://a.example/1)")
    'https://a.example/1'
    """
    found = next((found for pattern in _MARKED if (found := re.match(pattern, cell))), None)
    return found.group(1) if found else cell


def posting_key(urls: pl.Series) -> pl.Series:
    """Normalise addresses so that two spellings of one page are equal; null where no page is named.

    On a board whose addresses hold the number of the posting, that number alone counts. Elsewhere the scheme,
    the case of the host, a closing slash, tracking parameters and a fragment that names a part of
    the page do not count; a fragment that begins with ``#/`` or ``#!`` is part of the address.
    """
    # In steps: what eight boards ask for would be computed anew for each.
    url = pl.col("url")
    addresses = pl.DataFrame({"url": urls}).select(
        url, bare=url.str.replace(r"(?i)^https?://", "").str.replace(r"#[^/!].*$|#$", "")
    )
    # Both branches of a when are computed, so the costly one is given nulls where it is not wanted.
    asking = pl.when(pl.col("bare").str.contains("[?&]")).then("bare")
    asked = asking.str.replace_all(TRACKING, "$1").str.replace_all(r"[?&]+$", "")
    stripped = addresses.with_columns(bare=pl.coalesce(asked.str.replace_all(r"([?&])&+", "$1"), "bare"))
    parted = stripped.with_columns(host=pl.col("bare").str.extract(r"^([^/?#]+)", 1).str.to_lowercase())
    sited = parted.with_columns(site=pl.col("host").str.extract(r"^([a-z0-9.-]+)(?::|$)", 1))
    site = pl.col("site")
    pages = [
        pl.lit(f"{board}#")
        + pl.when((site == domain) | site.str.ends_with(f".{domain}")).then(url).str.extract(pattern, 1)
        for board, domain, pattern in posting_pages()
    ]
    rest = pl.col("bare").str.replace(r"^[^/?#]+", "").str.replace(r"/$", "")
    plain = pl.when(rest != "").then(pl.col("host") + rest)
    return sited.select(key=pl.coalesce(*pages, plain))["key"]


@functools.cache
def posting_pages() -> tuple[tuple[str, str, str], ...]:
    """Board, domain and pattern of the posting's number, for boards whose addresses hold one."""
    path = shipped(PACKAGE, "posting_pages.csv")
    columns = [Column(name, required=True) for name in ("board", "domain", "pattern", "example")]
    return tuple(
        (board, domain, pattern)
        for board, domain, pattern in read_csv(path, columns).select("board", "domain", "pattern").iter_rows()
    )
