"""Numbers of things as people say them, so that every note counts in the same words."""

from __future__ import annotations


def counted(number: int, what: str, several: str = "") -> str:
    """A number of things, one of them in the singular.

    Parameters
    ----------
    several
        The plural, where it is not ``what`` with an s.

    Examples
    --------
    >>> counted(1, "posting"), counted(1200, "posting"), counted(2, "entry", "entries")
    ('1 posting', '1,200 postings', '2 entries')
    """
    return f"{number:,} {what if number == 1 else several or what + 's'}"
