"""A header that a crawler wrote again with other columns, when it was changed and went on with its file."""

from __future__ import annotations

from collections.abc import Sequence

from graphcli.loaders.reader.delimited_records import Record
from graphcli.loaders.reader.header import is_name
from graphcli.loaders.reader.header_words import fold_name

# So many of the names of the first header stand in a wider record that is one again, and so many of the
# names of a record that is not wider stand in the first header.
LEAST_AGAIN, LEAST_KNOWN = 0.8, 0.6
LEAST_NAMES = 3
LONGEST_NAME = 60


class LaterHeads:
    """Knows the last header of another width that was met; the records of its width follow it."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._folded = [fold_name(name) for name in headers]
        self._known = {name for name in self._folded if name}
        self._places: list[int | None] = []
        self._width = 0

    def met(self, record: Sequence[str]) -> str:
        """What is to be said of a record that is such a header; empty for any other."""
        if len(record) == len(self._folded) or not self.is_head(record):
            return ""
        cells = [fold_name(cell) for cell in record]
        self._width = len(record)
        self._places = [cells.index(name) if name in cells else None for name in self._folded]
        return again(record, self._known)

    def is_head(self, record: Sequence[str]) -> bool:
        """Whether a record of another width is a header again."""
        first = fold_name(record[0][:LONGEST_NAME])
        if len(self._known) < LEAST_NAMES or not first:
            return False
        if len(record) > len(self._folded):
            return len(self._known & {*map(fold_name, record)}) >= LEAST_AGAIN * len(self._known)
        return first in self._known and names_columns(record, self._known)

    def follows(self, record: Sequence[str]) -> bool:
        """Whether a record is as wide as the header of another width that was met last."""
        return self._width == len(record)

    def arranged(self, record: Record) -> Record:
        """The cells of a record in the order of the first header."""
        if not self._width or len(record) != self._width:
            return record
        cells = Record("" if place is None else record[place] for place in self._places)
        cells.note, cells.raw = record.note, record.raw
        return cells


def names_columns(cells: Sequence[str], known: set[str]) -> bool:
    """Whether cells are names of columns, most of them known ones and each there once."""
    filled = [cell for cell in cells if cell.strip()]
    folded = [fold_name(cell) for cell in filled]
    hits = sum(name in known for name in folded)
    if hits < LEAST_NAMES or hits < LEAST_KNOWN * len(filled) or len({*folded}) < len(folded):
        return False
    return all(name in known or is_name(cell) for name, cell in zip(folded, filled, strict=True))


def again(cells: Sequence[str], known: set[str]) -> str:
    """Say of a header that came again with other columns what happens to these."""
    further = [cell for cell in cells if (name := fold_name(cell)) and name not in known]
    left_out = f"; there is no column for {', '.join(map(repr, further))}" if further else ""
    return f"the header again, with other columns, which the records below it follow{left_out}"
