"""Long names that differ by one slip of the pen: a character wrong, lost, doubled, or two turned round.

Two such texts become equal when one character is left out of each, so each name is filed under itself and
under all that is left of it without one character; only names that meet in a file are looked at closely.
"""

from __future__ import annotations

import re

import polars as pl

# Shorter names differ by one character because they are different names.
SHORTEST = 8
LONGEST = 40
# A file with more names in it is a series (第一分厂, 第二分厂 …), not a slip.
MOST_IN_FILE = 6
# Characters that number or place things: one of them against another is another thing.
_TELLING = re.compile("[0-9〇零一二三四五六七八九十百千东南西北中上下左右前后内外新老大小甲乙丙丁a-z]")


def one_slip_apart(names: pl.DataFrame) -> pl.DataFrame:
    """Find pairs of names that one slip explains.

    Parameters
    ----------
    names
        Columns ``at`` (a number of the name) and ``name``.

    Returns
    -------
    Columns ``first`` and ``second``: the numbers, the smaller first, each pair once, sorted.
    """
    sizes = pl.col("name").str.len_chars()
    long = names.with_columns(size=sizes).filter(pl.col("size").is_between(SHORTEST, LONGEST))
    filed = pl.concat([_file(long, place) for place in range(-1, LONGEST) if place < _longest(long)])
    shared = filed.filter(pl.col("file").is_duplicated()).unique()
    few = shared.filter(pl.len().over("file").is_between(2, MOST_IN_FILE))
    met = few.join(few, on="file", suffix="_right").filter(pl.col("at") < pl.col("at_right"))
    pairs = met.select(first="at", second="at_right").unique().sort("first", "second")
    texts = dict(long.select("at", "name").iter_rows())
    kept = [is_slip(texts[first], texts[second]) for first, second in pairs.iter_rows()]
    return pairs.filter(pl.Series(kept, dtype=pl.Boolean))


def is_slip(first: str, second: str) -> bool:
    """Whether one slip turns a text into the other, and not one that tells two things apart.

    Examples
    --------
    >>> is_slip("上海汉询软件有限公司", "上海汉旬软件有限公司")
    True
    >>> is_slip("汉询软件第一分厂", "汉询软件第二分厂")
    False
    """
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    end = 0
    while end < min(len(first), len(second)) - start and first[-1 - end] == second[-1 - end]:
        end += 1
    one, two = first[start : len(first) - end], second[start : len(second) - end]
    turned = len(one) == len(two) == 2 and one == two[::-1]
    if not turned and max(len(one), len(two)) != 1:
        return False
    return not _TELLING.search(one + two)


def _file(names: pl.DataFrame, place: int) -> pl.DataFrame:
    """File names without the character at a place; at place -1 as they are."""
    text = pl.col("name")
    if place < 0:
        return names.select("at", file=text.hash())
    rest = names.filter(pl.col("size") > place)
    return rest.select("at", file=(text.str.slice(0, place) + text.str.slice(place + 1)).hash())


def _longest(names: pl.DataFrame) -> int:
    size = names["size"].max()
    return int(size) if isinstance(size, int) else 0
