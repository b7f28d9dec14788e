"""Words that name columns, and how names are folded before they are compared: one home for both.

The reader asks only whether a cell names a column; what a word means for a posting is in the same file, for
the recognition of layouts.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import polars as pl

from graphcli.loaders.reference.characters import simplified
from graphcli.loaders.reference.files import Column, read_csv, shipped

PACKAGE = "graphcli.loaders.reader"
# No name of a column is longer; what is compared is cut here.
JUDGED = 200


def fold_name(name: str) -> str:
    """Fold a column's name for comparison: no case, width, script, white space or marks.

    Examples
    --------
    >>> fold_name(" Job_Title "), fold_name("職務名稱")
    ('jobtitle', '职务名称')
    """
    folded = unicodedata.normalize("NFKC", name[:JUDGED]).casefold().translate(simplified())
    return "".join(letter for letter in folded if letter.isalnum())


@lru_cache(maxsize=1)
def header_words() -> pl.DataFrame:
    """Read the words: how (whole or ending), role (null where it has none) and the folded word, in order."""
    columns = [
        Column("how", required=True, choices=("whole", "ending")), Column("role"),
        Column("word", required=True),
    ]  # fmt: skip
    frame = read_csv(shipped(PACKAGE, "header_words.csv"), columns)
    folded = pl.Series("word", [fold_name(word) for word in frame["word"]], dtype=pl.String)
    return frame.select("how", "role", folded)


@lru_cache(maxsize=2)
def words_that(how: str) -> tuple[str, ...]:
    """Folded words that are a whole name, or that end one."""
    return tuple(header_words().filter(pl.col("how") == how)["word"])
