"""The quick way through a delimited file: a block that provably holds only plain records goes to Polars.

The proof looks at marks alone: quotation marks open and close at the edges of cells, every record has the
same number of separators, there is no lone carriage return. Whatever fails it is read record by record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

NEWLINE, RETURN = 10, 13
WINDOW = 1 << 19
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Marks:
    """The single bytes that mean something; ``quote`` and ``escape`` may be empty.

    ``returns``: a carriage return alone is a character like any other.
    """

    separator: bytes
    quote: bytes
    escape: bytes
    returns: bool = False


def plain_end(block: bytes, marks: Marks, width: int, last: bool) -> int:
    """Length of the part of a block that holds only whole, plain records of ``width`` cells; 0 for none.

    Parameters
    ----------
    last
        Whether the file ends with the block, so that its last record needs no line end.
    """
    if last and not block.endswith(b"\n"):
        block += b"\n"
    if block.startswith((b"\n", BOM)) or (marks.escape and marks.escape in block):
        return 0
    codes = np.frombuffer(block, dtype=np.uint8)
    if b"\r" in block and not _returns_are_plain(codes, marks):
        return 0
    ends = _places(codes, NEWLINE)
    # The mark of a second file that was put behind the first.
    starts = ends[ends < codes.size - 1] + 1
    if (codes[starts] == BOM[0]).any() and b"\n" + BOM in block:
        return 0
    separators = _places(codes, marks.separator[0])
    if marks.quote and marks.quote in block:
        quotes = _places(codes, marks.quote[0])
        if not _quotes_at_edges(codes, quotes, marks):
            return 0
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
        separators = separators[np.searchsorted(quotes, separators) % 2 == 0]
    if not ends.size:
        return 0
    separators = separators[: np.searchsorted(separators, ends[-1])]
    counts = np.diff(np.searchsorted(separators, ends), prepend=0)
    if not (counts == width - 1).all() or (width == 1 and _has_blank_line(codes, ends)):
        return 0
    return int(ends[-1]) + 1


def _returns_are_plain(codes: np.ndarray, marks: Marks) -> bool:
    """Whether carriage returns end lines, or are characters that Polars leaves in their cells."""
    returns = _places(codes, RETURN)
    # What comes behind the last byte is not known; it is no line end that counts here.
    behind = codes[returns[returns < codes.size - 1] + 1]
    if marks.returns:
        # Polars takes a carriage return from the end of any cell.
        return not (behind == marks.separator[0]).any()
    return returns[-1] < codes.size - 1 and bool((behind == NEWLINE).all())


def _places(codes: np.ndarray, code: int) -> np.ndarray:
    """Positions of a byte; window by window, so that what is compared stays in the cache."""
    found = [
        np.flatnonzero(codes[start : start + WINDOW] == code) + start
        for start in range(0, codes.size, WINDOW)
    ]
    return np.concatenate(found)


def _quotes_at_edges(codes: np.ndarray, quotes: np.ndarray, marks: Marks) -> bool:
    """Whether each opening mark starts a cell and each closing one ends it."""
    edge = np.zeros(256, dtype=bool)
    edge[[marks.separator[0], NEWLINE, marks.quote[0]]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    if opening[0] == 0:
        opening = opening[1:]
    if not edge[codes[opening - 1]].all():
        return False
    edge[RETURN] = True
    # The block may break off inside a quoted cell, or right behind its closing mark.
    if closing.size and closing[-1] == codes.size - 1:
        closing = closing[:-1]
    return bool(edge[codes[closing + 1]].all())


def _has_blank_line(codes: np.ndarray, ends: np.ndarray) -> bool:
    lengths = np.diff(ends, prepend=-1)
    returns = codes[ends - 1] == RETURN
    return bool(((lengths == 1) | ((lengths == 2) & returns)).any())


def read_plain(block: bytes, marks: Marks, names: list[str]) -> pl.DataFrame | None:
    """Read records that ``plain_end`` has vouched for; ``None`` where Polars sees them otherwise."""
    quoted = bool(marks.quote) and marks.quote in block
    try:
        frame = pl.read_csv(
            block,
            has_header=False,
            schema=dict.fromkeys(names, pl.String),
            separator=marks.separator.decode(),
            quote_char=marks.quote.decode() if quoted else None,
            infer_schema=False,
            empty_string_is_null=False,
            missing_columns="raise",
            extra_columns="raise",
        )
    except pl.exceptions.PolarsError:
        return None
    # Columns that are cut into chunks otherwise than the numbers of their records trip some expressions.
    return frame.rechunk()
