"""Stable identities: the same thing has the same id in any file, row order, machine and year.

Every id is the start of a SHA-256 over its parts, joined by a separator that cannot occur in them.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

SEPARATOR = "\x1f"
ID_LENGTH = 16


def stable_hash(*parts: str, length: int = ID_LENGTH) -> str:
    """Hash text parts to hexadecimal digits.

    Examples
    --------
    >>> stable_hash("a", "b") == stable_hash("a", "b")
    True
    >>> stable_hash("a", "b") == stable_hash("ab")
    False
    """
    joined = SEPARATOR.join(part.replace(SEPARATOR, " ") for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def stable_hashes(texts: pl.Series) -> pl.Series:
    """Hash each text of a column as ``stable_hash`` hashes it alone; null stays null.

    Parts joined by ``SEPARATOR`` are hashed as ``stable_hash`` hashes them apart.
    """
    import polars as pl

    # Bytes come out of a column without being made text first, which takes longer than to hash them.
    digests = [
        None if content is None else hashlib.sha256(content).hexdigest()[:ID_LENGTH]
        for content in texts.cast(pl.Binary).to_list()
    ]
    return pl.Series(texts.name, digests, dtype=pl.String)


def hash_lines(lines: Iterable[str], length: int = ID_LENGTH) -> str:
    """Hash a sequence of lines in the order given, in constant memory."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode("utf-8", "surrogatepass"))
        digest.update(b"\n")
    return digest.hexdigest()[:length]


def normalise_text(text: str) -> str:
    """Fold width and case and squeeze white space, so that look-alike spellings compare equal.

    Examples
    --------
    >>> normalise_text("  ＡＢＣ（北京）  有限 公司 ")
    'abc(北京) 有限 公司'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
