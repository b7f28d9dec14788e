"""Words around pay in other languages, put into those that pay is read by.

They stand in ``pay_words.csv``; the figures between them are read as everywhere else.
"""

from __future__ import annotations

import functools
import re

from graphcli.loaders.reference.files import Column, read_csv, shipped

PACKAGE = "graphcli.loaders.fields"
_SILENT = "silent"
# Put behind a cell by a column of currencies or by the country of its pages.
_MONEY_BEHIND = re.compile(r"\(?(?<![a-z])[a-z]{3}\)?$|(?<=[a-z])xxx$")


@functools.cache
def _words() -> tuple[tuple[re.Pattern[str], str], ...]:
    columns = [Column(name, required=True) for name in ("pattern", "means", "language")]
    table = read_csv(shipped(PACKAGE, "pay_words.csv"), columns)
    return tuple((re.compile(pattern), means) for pattern, means, _ in table.iter_rows())


@functools.cache
def _any_word() -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for pattern, means in _words() if means != _SILENT))


def without_money_behind(cell: str) -> str:
    """Take a code of a currency off the end of a folded cell.

    Examples
    --------
    >>> [without_money_behind(cell) for cell in ("待遇面議twd", "competitivexxx", "open")]
    ['待遇面議', 'competitive', 'open']
    """
    return _MONEY_BEHIND.sub("", cell)


def is_silent(cell: str) -> bool:
    """Whether a folded cell says in another language that no pay is named."""
    return any(means == _SILENT and pattern.fullmatch(cell) for pattern, means in _words())


def in_known_words(cell: str) -> str:
    """Put the words of other languages in a folded cell into those that pay is read by.

    Examples
    --------
    >>> in_known_words("연봉4,000만원"), in_known_words("2300€parmois")
    ('年薪4,000万원', '2300€/month')
    """
    # One look is enough for most cells.
    if not _any_word().search(cell):
        return cell
    for pattern, means in _words():
        if means != _SILENT:
            cell = pattern.sub(means, cell)
    return cell
