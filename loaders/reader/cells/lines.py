"""Cells that hold what a page shows of a posting line by line: each line becomes a column.

Browsers that are driven by a script give the text of a whole card: title, pay, place and employer stand
below one another in one cell, or one behind the other with a stroke between.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from graphcli.loaders.fields.kinds import kinds
from graphcli.loaders.fields.tags import tells_of_employer
from graphcli.loaders.fields.text import SPACE
from graphcli.loaders.reader.batches import (
    MAX_COLUMNS,
    ROW,
    BatchSource,
    RawBatch,
    Sheet,
    unique_headers,
)
from graphcli.loaders.reader.header_words import fold_name, header_words

# A column is taken apart where so many of its filled cells are short lines.
MOSTLY = 0.9
LEAST_CELLS = 3
MOST_LINES, LONGEST_LINE = 15, 60
# A line is of a kind where so many cells say so.
LEAST_SHARE = 0.6
# What a line is told by; titles alone stand below one another in no card.
TELLING = (
    "pay", "experience", "education", "date", "company_size", "merged", "place", "employer", "ownership",
    "title",
)  # fmt: skip
PROFILE = "profile"
_RATING = re.compile(r"[0-5](?:\.\d)?\s*[★⭐]?|[★⭐]+")
_STROKE = re.compile(r"\s+[|｜]\s+")
# A title or an employer among the parts; three requirements with strokes between are no card.
LEAST_TOLD_OF_LISTS = 3
LEAST_STROKES, OF_A_CARD = 2, {"title", "employer"}
_LINE_END = re.compile(r"[\r\n\u2028\u2029\x85]+")


@dataclass(frozen=True)
class LinesSource(BatchSource):
    """The rows of another source, with the lines in some columns taken apart; column → names of its lines."""

    inner: BatchSource
    names: tuple[tuple[str, tuple[str, ...]], ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``."""
        for batch in self.inner.batches(size):
            frame = batch.frame
            for column, lines in self.names:
                if column in frame.columns:
                    frame = _spread(frame, column, lines)
            yield RawBatch(frame, batch.problems)


def with_lines_apart(sheet: Sheet, sample: pl.DataFrame, kept: Collection[str] = ()) -> Sheet:
    """Give columns of their own to the lines of cells that show a card of a page.

    Parameters
    ----------
    sample
        First rows of the sheet.
    kept
        Columns that a given layout reads. Such a column stays whole unless the layout reads its lines.

    Returns
    -------
    Sheet
        The same sheet where no column holds cards.
    """
    found: dict[str, tuple[str, ...]] = {}
    lists = _names_of_lists()
    for column in (name for name in sample.columns if name != ROW):
        if column in kept and line_name(column, 1) not in kept:
            continue
        count = _lines_of_cards(sample[column], fold_name(column) in lists)
        if count:
            found[column] = tuple(line_name(column, number) for number in range(1, count + 1))
    names = [name for lines in found.values() for name in lines]
    headers = (*sheet.headers, *names)
    if not names or len(headers) > MAX_COLUMNS or unique_headers(headers) != headers:
        return sheet
    return replace(sheet, headers=headers, source=LinesSource(sheet.source, tuple(found.items())))


@functools.cache
def _names_of_lists() -> frozenset[str]:
    """Folded names of columns whose cells are lists or texts, and whose lines belong together."""
    words = header_words().filter(pl.col("role").is_in(["tags", "perks", "text"]))
    return frozenset(words["word"])


def line_name(column: str, number: int) -> str:
    """Name the column of a line, counted from 1."""
    return f"{column}, line {number}"


def _lines(cell: str) -> list[str]:
    """Give the lines of a card, without what others think of the employer."""
    ends = _LINE_END if _LINE_END.search(cell.strip(SPACE)) or not _has_strokes(cell) else _STROKE
    lines = [line for part in ends.split(cell) if (line := part.strip(SPACE))]
    return [*lines[:1], *(line for line in lines[1:] if not _RATING.fullmatch(line))]


def _has_strokes(cell: str) -> bool:
    return len(_STROKE.findall(cell)) >= LEAST_STROKES


def _short_lines(cell: str) -> list[str]:
    """Give the lines of a card; none where a cell is one line, or a text."""
    lines = _lines(cell)
    short = 2 <= len(lines) <= MOST_LINES and max(map(len, lines)) <= LONGEST_LINE
    return lines if short else []


def _lines_of_cards(cells: pl.Series, named_as_list: bool) -> int:
    """Count the lines of the cards in a column; 0 where it holds none.

    Lines under a name for lists or texts belong together; only a card with strokes is none of either.
    """
    below = cells.str.contains(r"\S\s*[\r\n]\s*\S").any()
    if below and named_as_list:
        return 0
    if not below and not cells.str.contains(r"\s[|｜]\s.*\s[|｜]\s").any():
        return 0
    filled = [cell for cell in cells.drop_nulls() if cell.strip(SPACE)]
    cards = [lines for cell in filled if (lines := _short_lines(cell))]
    if len(cards) < max(LEAST_CELLS, MOSTLY * len(filled)):
        return 0
    count = max(map(len, cards))
    told = {
        kind_of_lines([lines[at] for lines in cards if len(lines) > at], len(cards)) for at in range(count)
    }
    told.discard("")
    least = LEAST_TOLD_OF_LISTS if named_as_list else 2
    return count if len(told) >= least and (below or told & OF_A_CARD) else 0


def kind_of_lines(lines: Sequence[str], cards: int) -> str:
    """Name what the lines at one place of the cards are; empty where they are not of one kind."""
    if len(lines) < LEAST_SHARE * cards:
        return ""
    column = pl.Series(lines)
    shares = kinds(column, TELLING).mean().row(0, named=True)
    if float(tells_of_employer(column)["whole"].mean() or 0.0) >= LEAST_SHARE:  # type: ignore[arg-type]
        return PROFILE
    best = max(TELLING, key=lambda kind: float(shares[kind]))
    return best if float(shares[best]) >= LEAST_SHARE else ""


def _spread(frame: pl.DataFrame, column: str, names: Sequence[str]) -> pl.DataFrame:
    """Put the lines of the cells of one column into columns; a cell that is no card stays where it is."""
    whole: list[str | None] = []
    spread: list[list[str | None]] = [[] for _ in names]
    for cell in frame[column]:
        lines = _short_lines(cell) if cell else []
        whole.append(None if lines else cell)
        # What a longer card holds beyond the others stays together in its last line.
        own = [*lines[: len(names) - 1], "\n".join(lines[len(names) - 1 :])]
        for at, values in enumerate(spread):
            values.append((own[at] if at < len(own) else "") or None)
    series = [pl.Series(name, values, dtype=pl.String) for name, values in zip(names, spread, strict=True)]
    return frame.with_columns(pl.Series(column, whole, dtype=pl.String), *series)
