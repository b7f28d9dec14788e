"""Dates of claims with the precision of their source, read so that no claim holds longer than it surely did.

``2021-06`` as a start is the last day of that month, as an end the first; ``by 2021-12`` was known by
then; and what an edition lists, it lists by its own day. An unknown start or end stays unknown.
"""

from __future__ import annotations

import calendar
from datetime import date

KNOWN_BY = "by "


def first_day(text: str | None) -> date | None:
    """Return the first day on which a claim that starts so surely holds.

    Raises
    ------
    ValueError
        The text is no date.

    Examples
    --------
    >>> first_day("2021-06"), first_day("by 2021-12"), first_day("2024-01-31")
    (datetime.date(2021, 6, 30), datetime.date(2021, 12, 31), datetime.date(2024, 1, 31))
    """
    if not text:
        return None
    year, month, day = _parts(text.removeprefix(KNOWN_BY))
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def start_day(listed_from: str | None, as_of: str | None) -> date | None:
    """Return the first day on which an entry surely holds that stands in the list's edition of ``as_of``.

    Whatever the precision of its start, an entry holds by the day of the edition in which it was read.

    Examples
    --------
    >>> start_day("2026-06", "2026-06-08"), start_day("2026-05", "2026-06-08")
    (datetime.date(2026, 6, 8), datetime.date(2026, 5, 31))
    """
    start, edition = first_day(listed_from), first_day(as_of)
    if not start or not edition or not listed_from:
        return start
    earliest = last_day(listed_from.removeprefix(KNOWN_BY))
    return edition if earliest and earliest <= edition < start else start


def last_day(text: str | None) -> date | None:
    """Return the last day on which a claim that ends so surely holds.

    Raises
    ------
    ValueError
        The text is no date.

    Examples
    --------
    >>> last_day("2025-01"), last_day(None)
    (datetime.date(2025, 1, 1), None)
    """
    if not text:
        return None
    year, month, day = _parts(text)
    return date(year, month or 1, day or 1)


def _parts(text: str) -> tuple[int, int, int]:
    pieces = text.split("-")
    if not 1 <= len(pieces) <= 3 or not all(piece.isascii() and piece.isdigit() for piece in pieces):
        raise ValueError(f"{text!r} is no date; write 2021, 2021-06 or 2021-06-30")
    year, month, day = (int(piece) for piece in (*pieces, "0", "0")[:3])
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        raise ValueError(f"{text!r} is no date; write 2021, 2021-06 or 2021-06-30") from None
    return year, month, day
