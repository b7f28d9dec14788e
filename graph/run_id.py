"""The run id: one short hash of everything that decides the numbers, and of nothing else.

No clock, no path and no row number goes in, so the same rows in any files, order or folder give the same id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import polars as pl

from graphcli.workspace.identity import ID_LENGTH, SEPARATOR
from graphcli.workspace.tables import POSTINGS
from graphcli.workspace.version import __version__

# Lines are hashed in pieces, so that a million rows never stand in memory as one text.
PIECE = 100_000
PLACE_OF_ROW = ("source_id", "row")


def run_id(postings: pl.LazyFrame, frames: Mapping[str, pl.DataFrame], settings: Iterable[str]) -> str:
    """Hash canonical rows, resolved and reference frames, and settings.

    Parameters
    ----------
    postings
        Canonical rows; their source and row number do not count.
    frames
        Resolved entities, claims and reference tables, by name.
    settings
        Further texts that decide numbers, such as the fingerprint of the definitions.
    """
    digest = hashlib.sha256()
    for piece in posting_lines(postings):
        digest.update(piece)
    for name in sorted(frames):
        digest.update(f"{name}\n".encode())
        for piece in frame_lines(frames[name]):
            digest.update(piece)
    for text in (__version__, *settings):
        digest.update(f"{text}\n".encode())
    return digest.hexdigest()[:ID_LENGTH]


def posting_lines(postings: pl.LazyFrame) -> Iterable[bytes]:
    """Yield the rows as sorted lines, one first character of the posting id at a time."""
    rows = postings.select(name for name in POSTINGS if name not in PLACE_OF_ROW)
    if postings.select(pl.len()).collect().item() <= PIECE:
        yield from frame_lines(rows.collect())
        return
    starts = rows.select(pl.col("posting_id").str.head(1).unique().sort()).collect().to_series()
    for start in starts:
        yield from frame_lines(rows.filter(pl.col("posting_id").str.head(1).eq_missing(start)).collect())


def frame_lines(frame: pl.DataFrame) -> Iterable[bytes]:
    """Yield a frame's rows as sorted lines in UTF-8, in pieces."""
    cells = [
        (pl.col(name).list.join(";") if dtype == pl.List(pl.String) else pl.col(name).cast(pl.String))
        .str.replace_all(SEPARATOR, " ", literal=True)
        .fill_null("")
        for name, dtype in frame.schema.items()
    ]
    lines = frame.select(line=pl.concat_str(cells, separator=SEPARATOR)).to_series().sort()
    for at in range(0, len(lines), PIECE):
        yield "".join(f"{line}\n" for line in lines.slice(at, PIECE).to_list()).encode("utf-8")
