"""Which of thousands of words stand where in one buffer, with one pass of the automaton.

The automaton of Polars says where words begin but not which ones. A second pass that spells them out costs
as much as the first; the order of the words tells them from a few bytes instead. Among sorted words, the
last one not above the text at a place has every word found there among its prefixes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graphcli.loaders.definitions.skills.hits import Document, Hits, Positions

Words = NDArray[np.uint64]
WORD_BYTES = 8
_EACH = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x80) * _EACH
_LOW = np.uint64(0x7F) * _EACH


class PatternSearch:
    """Find words, overlapping ones too, ASCII letters in either case.

    Parameters
    ----------
    patterns
        Distinct, in lower case, none empty.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._needles = pl.Series(patterns, dtype=pl.String).implode()
        spelled = [pattern.encode("utf-8") for pattern in patterns]
        self._lengths = np.array([len(one) for one in spelled], dtype=np.int64)
        self._order = np.array(sorted(range(len(spelled)), key=spelled.__getitem__), dtype=np.int64)
        ordered = [spelled[number] for number in self._order]
        self._words = -(-max(map(len, ordered), default=1) // WORD_BYTES)
        width = self._words * WORD_BYTES
        self._keys = np.array(ordered, dtype=f"S{width}")
        padded = b"".join(one.ljust(width, b"\0") for one in ordered)
        self._first = np.frombuffer(padded, dtype=">u8").reshape(-1, self._words)[:, 0].astype(np.uint64)
        self._prefixes = _prefixes(ordered)

    def find(self, document: Document) -> Hits:
        """Return every word found, in the order of their ends."""
        found = document.joined.to_frame().select(
            pl.col("text")
            .str.find_many(pl.lit(self._needles), ascii_case_insensitive=True, overlapping=True)
            .explode()
            .drop_nulls()
            .cast(pl.Int64)
        )
        start = found.to_series().to_numpy()
        if not len(start):
            return Hits(start, start, start)
        order = np.argsort(start, kind="stable")
        ordered = start[order]
        is_first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
        first = np.flatnonzero(is_first)
        group = np.cumsum(is_first) - 1
        # Of words that begin at one place the shorter ends first.
        place = np.arange(len(ordered)) - first[group]
        ranks = self._ranks(document.buffer, ordered[first])
        pattern = np.empty(len(start), dtype=np.int64)
        pattern[order] = self._order[self._prefixes[ranks[group], place]]
        return Hits(start, start + self._lengths[pattern], pattern)

    def _ranks(self, buffer: NDArray[np.uint8], starts: Positions) -> Positions:
        """Rank of the last word that is not above the text at each place."""
        padded = np.concatenate([buffer, np.zeros(self._words * WORD_BYTES, np.uint8)])
        # Eight bytes from every place on, as one number each.
        windows = np.ndarray((len(buffer) + 1,), dtype="<u8", buffer=padded, strides=(1,))
        head = _lower(windows[starts]).byteswap()
        ranks = np.searchsorted(self._first, head, side="left")
        shared = np.flatnonzero(self._first[np.minimum(ranks, len(self._first) - 1)] == head)
        if len(shared):
            # Words that begin alike for eight bytes are told apart by all of theirs.
            offsets = starts[shared, None] + WORD_BYTES * np.arange(self._words)
            whole = np.ndarray((len(padded) - WORD_BYTES + 1,), dtype="<u8", buffer=padded, strides=(1,))
            texts = np.ascontiguousarray(_lower(whole[offsets])).view(self._keys.dtype)[:, 0]
            ranks[shared] = np.searchsorted(self._keys, texts, side="right")
        return np.asarray(ranks - 1, dtype=np.int64)


def _lower(words: Words) -> Words:
    """Put the ASCII capitals among the bytes of each number in lower case."""
    bare = words & _LOW
    from_a = bare + (np.uint64(0x80 - ord("A")) * _EACH)
    above_z = bare + (np.uint64(0x80 - ord("Z") - 1) * _EACH)
    capitals = from_a & ~above_z & ~words & _HIGH
    return np.asarray(words | (capitals >> np.uint64(2)))


def _prefixes(ordered: Sequence[bytes]) -> Positions:
    """For each sorted word the words it begins with, itself the last, as ranks; -1 where there is none."""
    chains: list[list[int]] = []
    open_: list[int] = []
    for rank, word in enumerate(ordered):
        while open_ and not word.startswith(ordered[open_[-1]]):
            open_.pop()
        open_.append(rank)
        chains.append(list(open_))
    deepest = max(map(len, chains), default=1)
    table = np.full((len(chains), deepest), -1, dtype=np.int64)
    for rank, chain in enumerate(chains):
        table[rank, : len(chain)] = chain
    return table
