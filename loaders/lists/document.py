"""A list file as read, before anybody knows its form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphcli.workspace.errors import DataContractError


@dataclass(frozen=True)
class Document:
    """Either JSON content, or the header and rows of a CSV; ``name`` is for messages."""

    name: str
    json: Any
    header: tuple[str, ...]
    rows: tuple[Sequence[str], ...]

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the CSV records with their 1-based number.

        Raises
        ------
        DataContractError
            A record is longer or shorter than the header.
        """
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.header):
                raise DataContractError(
                    f"{self.name}: row {number}: {len(row)} cells under {len(self.header)} columns; "
                    "nothing was imported"
                )
            yield number, {name: cell.strip() for name, cell in zip(self.header, row, strict=True)}

    def broken(self, number: int, words: str) -> DataContractError:
        """Build the error for a malformed entry."""
        return DataContractError(f"{self.name}: row {number}: {words}; nothing was imported")
