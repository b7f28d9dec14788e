"""Answers kept for postings that say the same again: a crawl meets a job under every word it searched for.

To read a posting takes most of the time of a load; to see that it was read before takes next to none.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

# Two hashes of 64 bits: that two of a billion postings agree in both by chance is a matter of 1 in 10^20.
SEEDS = (11, 1_000_003)
KEYS = ("\0a", "\0b")
# Some 60 MB of answers; the oldest go first.
MOST_KEPT = 200_000


class Repeats:
    """Answers of a pure function of title, tags and text, found once for all rows that agree in them.

    Parameters
    ----------
    answer
        Gives one row for each row of a frame with the columns title, tags (list of text) and text.
    most
        Number of answers that are kept from frame to frame.
    """

    def __init__(self, answer: Callable[[pl.DataFrame], pl.DataFrame], most: int = MOST_KEPT) -> None:
        self._answer = answer
        self._most = most
        self._kept: pl.DataFrame | None = None

    def answers(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give the answers for the rows of a frame, in its order."""
        keys = _keys(frame)
        met = frame.with_columns(keys.get_columns())
        fresh = met.unique(KEYS, keep="first", maintain_order=True)
        if self._kept is not None:
            fresh = fresh.join(self._kept.select(KEYS), on=KEYS, how="anti", maintain_order="left")
        made = self._answer(fresh.drop(KEYS))
        made_of = fresh.select(KEYS).hstack(made.get_columns())
        known = made_of if self._kept is None else pl.concat([self._kept, made_of])
        self._kept = known.tail(self._most).rechunk()
        if fresh.height == frame.height:
            return made
        return keys.join(known, on=KEYS, how="left", maintain_order="left").drop(KEYS)


def _keys(frame: pl.DataFrame) -> pl.DataFrame:
    said = frame.select("title", "tags", "text")
    hashes = [said.hash_rows(seed=seed).alias(key) for seed, key in zip(SEEDS, KEYS, strict=True)]
    return pl.DataFrame(hashes)
