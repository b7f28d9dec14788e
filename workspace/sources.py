"""Which sources a pattern means: the one reading of ``--source``, ``issues`` and ``forget``."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

import polars as pl

from graphcli.workspace.errors import unknown_name


def choose_sources(sources: pl.DataFrame, patterns: Sequence[str]) -> pl.DataFrame:
    """Keep the sources that any pattern names; all of them where there is no pattern.

    Parameters
    ----------
    sources
        The table ``SOURCES``.
    patterns
        Each a board, a source id, a path, or a glob over boards and paths (also over the end of a path).

    Raises
    ------
    UsageError
        A pattern names no source.
    """
    if not patterns:
        return sources
    chosen: set[str] = set()
    for pattern in patterns:
        found = {
            source_id
            for source_id, board, path in sources.select("source_id", "board", "path").iter_rows()
            if _matches(source_id, board or "", path or "", pattern)
        }
        if not found:
            valid = {*sources["board"].drop_nulls(), *sources["path"].drop_nulls()}
            raise unknown_name("source", pattern, valid)
        chosen |= found
    return sources.filter(pl.col("source_id").is_in(sorted(chosen)))


def _matches(source_id: str, board: str, path: str, pattern: str) -> bool:
    # An exact name comes first: a path may hold characters that a glob would read as its own.
    if pattern in {source_id, board, path}:
        return True
    slashed = path.replace("\\", "/")
    return (
        fnmatch.fnmatchcase(board, pattern)
        or fnmatch.fnmatchcase(slashed, pattern)
        or fnmatch.fnmatchcase("/" + slashed, "*/" + pattern)
    )
