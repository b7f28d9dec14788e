"""Many postings as one buffer, and the rules on the words that are found in it.

Nothing here runs per row. Postings are laid end to end in one buffer, an automaton finds every pattern in it
(``search``), and word boundaries are read off the bytes beside each hit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graphcli.workspace import tables

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

ROW_END, ZONE_END, TAG_END = "\x01", "\x02", "\x03"
# Letters and digits of full width (and the ideographic space) hide a word from an ASCII pattern; the radicals
# that stand for characters in what was copied out of a PDF (⽹, ⼈, ⾯) hide it from a Chinese one.
FULL_WIDTH = "[０-９Ａ-Ｚａ-ｚ＋＃．　\u00a0\u2f00-\u2fd5]"
# Below this length a digit after a word makes another word (ES6, S3), above it a version (Vue3, Python3).
VERSIONED_LENGTH = 3


@dataclass(frozen=True)
class Document:
    """Postings end to end: the bytes, and where each row's zones end (bytes from the start)."""

    joined: pl.Series
    buffer: NDArray[np.uint8]
    row_start: Positions
    title_end: Positions
    tags_end: Positions

    def rows_of(self, positions: Positions) -> Positions:
        """Row number of each position."""
        return np.searchsorted(self.row_start, positions, side="right") - 1

    def titled(self, positions: Positions) -> Mask:
        """Tell which positions lie in a title."""
        return np.asarray(positions < self.title_end[self.rows_of(positions)])


@dataclass(frozen=True)
class Hits:
    """Where patterns were found: first byte, byte after the last, and the number of the pattern."""

    start: Positions
    end: Positions
    pattern: Positions

    def take(self, keep: Mask | Positions) -> Hits:
        """Return only some hits."""
        return Hits(self.start[keep], self.end[keep], self.pattern[keep])

    def join(self, other: Hits) -> Hits:
        """Return these hits and then the other ones."""
        return Hits(
            np.concatenate([self.start, other.start]),
            np.concatenate([self.end, other.end]),
            np.concatenate([self.pattern, other.pattern]),
        )


def fold_width(column: pl.Expr) -> pl.Expr:
    """Turn full-width letters and digits into ASCII; null becomes empty."""
    text = column.fill_null("")
    # Both branches of a when are computed, so the costly one is given nulls where it is not wanted.
    wide = pl.when(text.str.contains(FULL_WIDTH)).then(text)
    return pl.coalesce(wide.str.normalize("NFKC"), text)


def lay_out(frame: pl.DataFrame) -> Document:
    """Lay postings end to end.

    Parameters
    ----------
    frame
        Columns title, tags (list) and text.
    """
    parts = tables.selected(
        frame,
        title=fold_width(pl.col("title")),
        tags=fold_width(pl.col("tags").list.join(TAG_END, ignore_nulls=True)),
        text=fold_width(pl.col("text")),
    )
    lengths = parts.select(pl.all().str.len_bytes().cast(pl.Int64)).to_numpy()
    # Each zone is closed by one byte, tags are fenced on both sides so that a whole tag can be told.
    row_lengths = lengths.sum(axis=1) + 5
    row_start = np.concatenate([[0], np.cumsum(row_lengths)[:-1]]).astype(np.int64)
    title_end = row_start + lengths[:, 0]
    tags_end = title_end + 3 + lengths[:, 1]
    fenced = pl.concat_str(
        "title",
        pl.lit(ZONE_END + TAG_END),
        "tags",
        pl.lit(TAG_END + ZONE_END),
        "text",
        pl.lit(ROW_END),
    )
    joined = parts.select(text=fenced.str.join(""))["text"]
    content: bytes = joined.cast(pl.Binary).item()
    buffer = np.frombuffer(content, dtype=np.uint8)
    return Document(joined, buffer, row_start, title_end, tags_end)


class Edges:
    """Which patterns need a boundary on which side."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.starts_latin = np.array([_is_latin(text[0]) for text in patterns], dtype=bool)
        self.ends_latin = np.array([_is_latin(text[-1]) for text in patterns], dtype=bool)
        self.versioned = np.array(
            [
                text[-1].isascii() and text[-1].isalpha() and len(text) >= VERSIONED_LENGTH
                for text in patterns
            ],
            dtype=bool,
        )


class Boundaries:
    """What stands beside a hit, read off the buffer.

    A word that begins or ends in an ASCII letter or digit must not run on into another one there: ``java`` is
    not in ``javascript`` but is in ``Java开发``. Chinese words need no boundary.
    """

    def __init__(self, document: Document, edges: Edges) -> None:
        self._bytes = np.concatenate([np.zeros(4, np.uint8), document.buffer, np.zeros(4, np.uint8)])
        self._word = _word_bytes()
        self._edges = edges

    def whole_words(self, hits: Hits) -> Mask:
        """Tell which hits are whole words."""
        before = self._bytes[hits.start + 3]
        after = self._bytes[hits.end + 4]
        digit = (after >= ord("0")) & (after <= ord("9"))
        runs_on = self._word[after] & ~(digit & self._edges.versioned[hits.pattern])
        left = ~self._edges.starts_latin[hits.pattern] | ~self._word[before]
        right = ~self._edges.ends_latin[hits.pattern] | ~runs_on
        return np.asarray(left & right)

    def whole_tags(self, hits: Hits) -> Mask:
        """Tell which hits are a whole tag."""
        fence = ord(TAG_END)
        return np.asarray((self._bytes[hits.start + 3] == fence) & (self._bytes[hits.end + 4] == fence))

    def listed(self, hits: Hits) -> Mask:
        """Tell which hits stand in a list of things, or beside a verb of knowing or a noun of using."""
        return self._beside(hits, before=True) & self._beside(hits, before=False)

    def _beside(self, hits: Hits, *, before: bool) -> Mask:
        offset = hits.start + 3 if before else hits.end + 4
        step = -1 if before else 1
        space = self._bytes[offset] == ord(" ")
        offset = offset + step * space
        near = self._bytes[offset]
        ascii_ok = np.isin(near, LIST_BYTES)
        first = offset - 2 if before else offset
        first = np.clip(first, 0, len(self._bytes) - 3)
        code = _code(self._bytes[first], self._bytes[first + 1], self._bytes[first + 2])
        allowed = LIST_BEFORE if before else LIST_AFTER
        return np.asarray(ascii_ok | np.isin(code, allowed))


def _code(first: NDArray[np.uint8], second: NDArray[np.uint8], third: NDArray[np.uint8]) -> Positions:
    wide = first.astype(np.int64)
    return (wide << 16) | (second.astype(np.int64) << 8) | third.astype(np.int64)


def _codes(characters: str) -> Positions:
    return np.array([int.from_bytes(item.encode("utf-8"), "big") for item in characters], dtype=np.int64)


LIST_BYTES = np.frombuffer(b",/|;:()[]{}&+\n\t\0" + (ROW_END + ZONE_END + TAG_END).encode(), dtype=np.uint8)
LIST_BEFORE = _codes("、，；：（）｜／【】。或和及与悉握通练懂会用解以是语的年")
LIST_AFTER = _codes("、，；：（）｜／【】。或和及与等语开后编工程软设设服研架技相基方任优经")


def _word_bytes() -> Mask:
    table = np.zeros(256, dtype=bool)
    for low, high in (("0", "9"), ("a", "z"), ("A", "Z")):
        table[ord(low) : ord(high) + 1] = True
    return table


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def covered(hits: Hits, owner: Positions, masks: Hits, mask_owner: Positions, size: int) -> Mask:
    """Tell which hits lie inside a mask of the same owner.

    Parameters
    ----------
    owner, mask_owner
        What each hit and each mask stands for.
    size
        Length of the buffer, bytes: keeps the owners apart on one number line.
    """
    if not len(masks.start) or not len(hits.start):
        return np.zeros(len(hits.start), dtype=bool)
    line = size + 1
    start_key = mask_owner * line + masks.start
    order = np.argsort(start_key, kind="stable")
    start_key = start_key[order]
    furthest = np.maximum.accumulate((mask_owner * line + masks.end)[order])
    place = np.searchsorted(start_key, owner * line + hits.start, side="right") - 1
    reached = furthest[np.maximum(place, 0)] >= owner * line + hits.end
    return np.asarray((place >= 0) & reached)
