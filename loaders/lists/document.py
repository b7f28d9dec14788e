"""A list file as read, before anybody knows its form, and what a form makes of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphcli.loaders.resolve.claims.dates import KNOWN_BY, first_day, last_day
from graphcli.workspace.errors import DataContractError

# One entity takes some kilobytes; a line beyond this is damage, or an attempt to fill the memory.
LONGEST_LINE = 32_000_000
LONGEST_QUOTE = 60
_DAY = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:[T ].*)?", re.DOTALL)
_LINK = re.compile(r"https?://\S+")


@dataclass
class Reading:
    """What a form made of a document.

    Attributes
    ----------
    name
        What the list is to be called; empty where the file's own name decides.
    entries
        Entries in the columns of our own lists.
    rows
        Number of records in the document.
    set_aside
        Kind of record → how many became no entry.
    """

    name: str = ""
    entries: list[Mapping[str, str | None]] = field(default_factory=list)
    rows: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Document:
    """JSON content, JSON lines, or the header and rows of a CSV; ``name`` is for messages."""

    name: str
    json: Any
    header: tuple[str, ...]
    rows: tuple[Sequence[str], ...]
    lines: Path | None = None
    encoding: str = "utf-8"

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the CSV records with their 1-based number.

        Raises
        ------
        DataContractError
            A record is longer or shorter than the header.
        """
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.header):
                raise self.broken(number, f"{len(row)} cells under {len(self.header)} columns")
            yield number, {name: cell.strip() for name, cell in zip(self.header, row, strict=True)}

    def objects(self) -> Iterator[tuple[int, Any]]:
        """Yield the values of JSON lines, or of a JSON array, with their 1-based number.

        Raises
        ------
        DataContractError
            A line is no JSON, no UTF-8 or too long.
        """
        if self.lines is None:
            yield from enumerate(self.json, start=1)
            return
        with self.lines.open("rb") as handle:
            for number, line in enumerate(iter(lambda: handle.readline(LONGEST_LINE + 1), b""), start=1):
                if len(line) > LONGEST_LINE:
                    raise self.broken(number, f"longer than {LONGEST_LINE:,} bytes")
                if line.strip():
                    yield number, self._value(number, line)

    def _value(self, number: int, line: bytes) -> Any:
        try:
            return json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except (ValueError, RecursionError) as error:
            raise self.broken(number, f"damaged JSON ({error})") from None

    def broken(self, number: int, words: str) -> DataContractError:
        """Build the error for a malformed entry; number 0 means the head of the file."""
        where = f"row {number}" if number else "head of the file"
        return DataContractError(f"{self.name}: {where}: {words}; nothing was imported")

    def day(self, number: int, column: str, text: str | None) -> str | None:
        """Return a date with the precision it is written in, without the time of day.

        Raises
        ------
        DataContractError
            The text is no date.
        """
        if not text:
            return None
        found = _DAY.fullmatch(text.strip())
        try:
            if found is None or first_day(found[1]) is None:
                raise ValueError
        except ValueError:
            raise self.broken(number, f"{column} {quoted(text)} is no date; write 2021-06-30") from None
        return found[1]

    def check_order(self, number: int, listed_from: str | None, listed_to: str | None) -> None:
        """Refuse an entry that ends before it starts.

        Raises
        ------
        DataContractError
            It does.
        """
        start, end = first_day(listed_from), last_day(listed_to)
        if start and end and end < start:
            raise self.broken(number, f"its end {listed_to} lies before its start {listed_from}")


def quoted(text: str) -> str:
    """Quote a text in a message, cut where it is long."""
    return repr(text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…")


def known_by(day: str | None) -> str | None:
    """Write the start of a listing of which only a day is known on which it already stood there."""
    return f"{KNOWN_BY}{day}" if day else None


def link(*texts: str | None) -> str | None:
    """Return the first text that is an address on the web."""
    return next((text for text in texts if text and _LINK.fullmatch(text)), None)
