"""Where the header of a table stands, if it has one: below titles, over two lines, or not at all.

A header differs from what stands below it: a word over a column of addresses, figures or long texts, values
that recur below against a name that does not. Words that name columns (``header_words.csv``) are a second
vote.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import polars as pl

from graphcli.loaders.reader.batches import unique_headers
from graphcli.loaders.reader.header_words import JUDGED, fold_name, header_words, words_that

# Records that are looked at; a header further down is none.
LOOKED_AT = 40
DEEPEST = 15
LONG = 40
LONGEST_NAME = 30
TYPED = 0.7

_URL = re.compile(r"(https?:)?//|www\.", re.I)
_NUMBER = re.compile(r"[-+]?\d[\d,.]*%?$")
_DATE = re.compile(r"\d{4}\s?[-/.年]\s?\d{1,2}")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z_.\- ]*\d{0,3}$")
_CODED = re.compile(r"[a-z]+(_[a-z0-9]+)+$|[a-z]+([A-Z][a-z0-9]+)+$")

_OF_A_TABLE = re.compile(r"^[A-Za-z_]\w{0,40}\.(?=[A-Za-z_])")
_COUNTED = re.compile(r"(字段|列|field|unnamed:?|column|col)[ _]?\d{1,4}(_\w{1,12})?$", re.IGNORECASE)


@dataclass(frozen=True)
class HeaderGuess:
    """Where the header stands among the first records of a sheet.

    Attributes
    ----------
    index
        Position of the header record, from 0; ``None`` where the sheet has none.
    headers
        Unique names of the columns; ``column 1`` … ``column N`` where there is no header.
    skipped
        Positions of records that are neither header nor data: titles, notes, a second line of the header.
    """

    index: int | None
    headers: tuple[str, ...]
    skipped: tuple[int, ...] = ()

    @property
    def first_record(self) -> int:
        """Position of the first record of data."""
        return max(-1 if self.index is None else self.index, *self.skipped, -1) + 1


def find_header(rows: Sequence[Sequence[str]]) -> HeaderGuess:
    """Find the header among the first records of a sheet.

    Parameters
    ----------
    rows
        The first records, some 30, blank ones among them.

    Returns
    -------
    HeaderGuess
        With no header names at all where there is no filled record.

    Examples
    --------
    >>> find_header([["2024 年导出", ""], ["职位名称", "链接"], ["工程师", "https://e.cn/1"]])
    HeaderGuess(index=1, headers=('职位名称', '链接'), skipped=(0,))
    >>> find_header([["工程师", "https://e.cn/1"], ["会计", "https://e.cn/2"]])
    HeaderGuess(index=None, headers=('column 1', 'column 2'), skipped=())
    """
    table = [[cell.strip()[:JUDGED] for cell in row] for row in rows[:LOOKED_AT]]
    filled = [sum(map(bool, row)) for row in table]
    if not any(filled):
        return HeaderGuess(None, ())
    words = _whole_words()
    first = _first_full(filled)
    index = _candidate(table, filled, first, words)
    if not _is_header(table, index, words):
        return _headerless(table, filled, first)
    names, second = _with_second_line(table, index, words)
    skipped = tuple(sorted({*range(index), *second}))
    names = _with_row_names(names, table[max(index, *second, -1) + 1 :])
    return HeaderGuess(index, unique_headers(names), skipped)


def is_name(cell: str, words: frozenset[str] = frozenset()) -> bool:
    """Whether a cell is a word that names a column."""
    # Hive and joins put the table before the name: t1.job_name.
    cell = _OF_A_TABLE.sub("", cell.strip())
    folded = fold_name(cell)
    if not folded or len(folded) > LONGEST_NAME:
        return False
    if folded in words or folded in _whole_words():
        return True
    if folded.isascii():
        # "Paper size" is a name, "Frontend date engineer" is not: two words or an identifier.
        return (
            folded.endswith(words_that("ending"))
            and len(cell.split()) <= 2
            and bool(_IDENTIFIER.match(cell.strip()))
        )
    return len(folded) <= 8 and folded.endswith(words_that("ending"))


@lru_cache(maxsize=1)
def _whole_words() -> frozenset[str]:
    return frozenset(words_that("whole"))


def _first_full(filled: Sequence[int]) -> int:
    """Position of the first record about as full as most are."""
    counts = sorted(count for count in filled if count)
    usual = counts[len(counts) // 2]
    return next(place for place, count in enumerate(filled) if count >= max(1, 0.6 * usual))


def _candidate(table: list[list[str]], filled: list[int], first: int, words: frozenset[str]) -> int:
    """Position of the record that is the header, if there is one."""
    for place, row in enumerate(table[:DEEPEST]):
        named = sum(is_name(cell, words) for cell in row if cell)
        if named >= 2 and 2 * named >= filled[place] and _plain(row):
            return place
    return first


def _plain(row: list[str]) -> bool:
    """Whether every cell could be a name."""
    return not any(cell_kind(cell) in {"url", "date", "long", "list"} for cell in row)


def cell_kind(cell: str) -> str:
    """Coarse shape of a cell; ``word`` has none in particular."""
    if not cell:
        return "blank"
    if len(cell) >= LONG:
        return "url" if _URL.match(cell) else "long"
    if _URL.match(cell):
        return "url"
    if cell[0] in "[{" and cell[-1] in "]}":
        return "list"
    if _DATE.match(cell):
        return "date"
    if _NUMBER.match(cell):
        return "number"
    if any(letter.isdigit() for letter in cell) and not _IDENTIFIER.match(cell):
        return "figures"
    return "word"


def _is_header(table: list[list[str]], index: int, words: frozenset[str]) -> bool:
    row = table[index]
    if _counts_up(row) or _counted_names(row):
        return True
    # The same record again is a header written twice or a duplicate; it speaks for neither.
    below = [other for other in table[index + 1 :] if any(other) and (other != row or len(row) == 1)]
    named = sum(is_name(cell, words) for cell in row)
    if not below:
        return 2 * named >= sum(map(bool, row)) or all(cell_kind(cell) in {"word", "blank"} for cell in row)
    columns = [[other[place] for other in below if place < len(other)] for place in range(len(row))]
    votes = [
        _vote(cell, place, column, words)
        for place, (cell, column) in enumerate(zip(row, columns, strict=True))
    ]
    score = sum(vote for vote, cell in zip(votes, row, strict=True) if cell)
    # A hundred columns without a name, for texts that spilled over, are one sign and not a hundred.
    score += max(-1.0, sum(vote for vote, cell in zip(votes, row, strict=True) if not cell))
    cells = [cell for cell in row if cell]
    score -= 0.5 * (len(cells) - len(set(cells)))
    return score > 0 or (score == 0 and _plain(row))


def _counts_up(row: list[str]) -> bool:
    """Whether the names are 0, 1, 2 …, as pandas writes them, or 1, 2, 3 …"""
    cells = row[1:] if row and not row[0] and len(row) > 2 else row
    if len(cells) < 2:
        return cells == ["0"]
    return cells in ([str(start + step) for step in range(len(cells))] for start in (0, 1))


def _counted_names(row: list[str]) -> bool:
    """Whether the names only count the columns: ``字段1``, ``Unnamed: 0``, ``field_2``, in any order."""
    cells = [cell for cell in row if cell]
    return len(cells) > 1 and 2 * sum(bool(_COUNTED.match(cell)) for cell in cells) > len(cells)


def _vote(cell: str, place: int, column: list[str], words: frozenset[str]) -> float:
    """What one column says: above 0 for a header, below for a record."""
    filled = [other for other in column if other]
    if not cell:
        # pandas leaves the name of its index blank.
        counts = [other for other in filled if other.isdecimal()]
        return 1.0 if place == 0 and filled and len(counts) == len(filled) else -0.25
    kind = cell_kind(cell)
    vote = 2.0 if is_name(cell, words) else 0.0
    if kind in {"url", "date", "long", "list"} or len(cell) > LONGEST_NAME:
        return -3.0
    if _CODED.match(cell):
        vote += 1.0
    if not filled:
        return vote
    if cell in filled:
        # A name does not stand among its values.
        vote -= 2.0
    kinds = Counter(map(cell_kind, filled))
    digits = kinds["number"] + kinds["figures"] + kinds["date"]
    for typed, count in (
        *((name, kinds[name]) for name in ("url", "long", "list", "date")),
        ("digits", digits),
    ):
        if count >= TYPED * len(filled):
            same = kind in {"number", "figures"} if typed == "digits" else kind == typed
            return vote + (-2.0 if same else 1.5)
    if kind in {"number", "figures"}:
        return vote - 1.0
    lengths = sorted(map(len, filled))
    if lengths[len(lengths) // 2] >= max(8, 3 * len(cell)):
        vote += 0.5
    return vote


def _with_second_line(
    table: list[list[str]], index: int, words: frozenset[str]
) -> tuple[list[str], tuple[int, ...]]:
    """Names of the columns, and the position of a second line of the header if there is one."""
    row = table[index]
    if index + 1 >= len(table) or _counts_up(row):
        return row, ()
    under = table[index + 1]
    cells = [cell for cell in under if cell]
    named = sum(is_name(cell, words) or bool(_CODED.match(cell)) for cell in cells)
    if under == row or not _plain(under) or named < 2 or 2 * named < len(cells):
        return row, ()
    if any(cell_kind(cell) in {"number", "figures"} for cell in cells):
        return row, ()
    if all(row):
        # The same names in a second language.
        return row, (index + 1,)
    names, above = [], ""
    width = max(len(row), len(under))
    top = row + [""] * (width - len(row))
    bottom = under + [""] * (width - len(under))
    repeated = {cell for cell, count in Counter(cells).items() if count > 1}
    for over, name in zip(top, bottom, strict=True):
        above = over or above
        names.append(f"{above} {name}" if name in repeated else name or above)
    return names, (index + 1,)


def _with_row_names(names: list[str], below: list[list[str]]) -> list[str]:
    """R leaves out the name over its row numbers, so that its header is one cell short."""
    starts = [row[0] for row in below if len(row) == len(names) + 1]
    if not starts or len(starts) != len(below) or len(names) < 2 or not any(row[-1] for row in below):
        return names
    numbers = [int(cell) if cell.isdecimal() and len(cell) < 10 else -1 for cell in starts]
    counts_up = numbers[0] in {0, 1} and all(later - number == 1 for number, later in pairwise(numbers))
    # Rows that were picked or sorted keep their numbers; a title or an employer is no number.
    picked = (
        min(numbers) >= 0 and len({*numbers}) == len(numbers) and fold_name(names[0]) in _words_of_texts()
    )
    return ["", *names] if counts_up or picked else names


@lru_cache(maxsize=1)
def _words_of_texts() -> frozenset[str]:
    """Words over what is never a bare number."""
    of_texts = pl.col("role").is_in(["title", "employer", "place", "place_city", "text", "url"])
    return frozenset(header_words().filter(of_texts)["word"])


def _headerless(table: list[list[str]], filled: list[int], first: int) -> HeaderGuess:
    lengths = Counter(len(row) for row, count in zip(table, filled, strict=True) if count)
    enough = 0.2 * sum(lengths.values())
    width = max(lengths, default=1)
    common = [length for length, count in lengths.items() if count >= enough]
    if lengths[width] < enough and common:
        width = max(common)
    # Only a lone cell is a title line; anything else above might be a record.
    titles = [place for place in range(first) if filled[place] <= 1] if width > 2 else []
    skipped = tuple(titles) if titles == list(range(first)) else ()
    return HeaderGuess(None, unique_headers([""] * width), skipped)
