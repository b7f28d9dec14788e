"""Unified social credit codes (GB 32100-2015) in cells: told by their shape and check character alone.

A code is one legal person for life, whatever it is called. A code with a wrong check character is a slip of
somebody's pen and is refused.
"""

from __future__ import annotations

import unicodedata

import polars as pl

# GB 32100-2015, table 1: digits and capitals without I, O, S, V, Z stand for 0 to 30.
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18
_BASE = 3
NO_CODE = "no unified social credit code: length, characters or check character are wrong"
# Where so many cells are codes, the column is one of codes, whatever stands over it.
LEAST_CODES = 0.8


def credit_code(text: str) -> str | None:
    """Return a code in its written form, or None where the text is no valid one.

    Examples
    --------
    >>> credit_code(" 91350100m000100y43 ")
    '91350100M000100Y43'
    >>> credit_code("91350100M000100Y44") is None
    True
    """
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(code) != _LENGTH or any(char not in _CHARACTERS for char in code) or not code[2:8].isdigit():
        return None
    size = len(_CHARACTERS)
    total = sum(_CHARACTERS.index(char) * pow(_BASE, place, size) for place, char in enumerate(code[:-1]))
    return code if _CHARACTERS[-total % size] == code[-1] else None


def parse_credit_code(text: str) -> tuple[str | None, str | None]:
    """Read a cell of a column of codes: the code, or the problem with it."""
    code = credit_code(text)
    return code, None if code else NO_CODE


def are_codes(cells: pl.Series) -> bool:
    """Say whether the filled cells of a column are codes, but for a few."""
    filled = cells.drop_nulls()
    least = LEAST_CODES * len(filled)
    # Most columns hold no cell of this length, and cost one look.
    if not len(filled) or (filled.str.strip_chars().str.len_chars() == _LENGTH).sum() < least:
        return False
    codes = [cell for cell in filled.unique() if credit_code(cell)]
    return filled.is_in(codes).sum() >= least
