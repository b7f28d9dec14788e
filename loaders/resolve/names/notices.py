"""Words around a name that recruit or praise and belong to no name: 急聘, 2026届校园招聘, 五险一金."""

from __future__ import annotations

import re
from collections.abc import Collection

import polars as pl

from graphcli.loaders.reference.files import Column, read_csv, shipped

EDGES = " ,;:、。-_|/"
# 2026届校招: the year of a drive to recruit, before the word that says so.
_YEAR = re.compile("20[0-9]{2}[年届]?")


def read_notices(stands: str) -> tuple[str, ...]:
    """Read the words that stand ``before`` or ``behind`` a name, the longest first.

    Raises
    ------
    DataContractError
        The reference file breaks its contract.
    """
    words = read_csv(
        shipped("graphcli.loaders.reference", "employer_notices.csv"),
        [
            Column("word", required=True),
            Column("stands", required=True, choices=("before", "behind")),
            Column("source", required=True),
            Column("as_of", required=True),
        ],
    ).filter(pl.col("stands") == stands)
    return tuple(sorted(words["word"].to_list(), key=lambda word: (-len(word), word)))


def only_notices(text: str, words: Collection[str]) -> bool:
    """Whether a text is such words alone, with or without the year.

    Examples
    --------
    >>> only_notices("2026校招 双休", ("校招", "双休"))
    True
    """
    text = _YEAR.sub("", text, count=1) if text.startswith("20") else text
    while word := next((word for word in words if text.startswith(word)), ""):
        text = text[len(word) :].lstrip(EDGES)
    return not text


def without_notice(text: str, words: Collection[str]) -> str:
    """Take off what recruits behind a name.

    Examples
    --------
    >>> without_notice("华为2026届校园招聘", ("校园招聘", "招聘"))
    '华为'
    """
    word = next((word for word in words if text.endswith(word)), "")
    if not word:
        return text
    head = text[: -len(word)].rstrip(EDGES)
    year = head[-5:] if head.endswith(("年", "届")) else head[-4:]
    return head[: -len(year)].rstrip(EDGES) if _YEAR.fullmatch(year) else head
