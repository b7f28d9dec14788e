"""A header that a crawler wrote again with further columns, when it was changed and went on with its file."""

from __future__ import annotations

from collections.abc import Sequence

from graphcli.loaders.reader.delimited_records import Record
from graphcli.loaders.reader.header_words import fold_name

# So many of the names of the first header stand in a wider record that is one again.
LEAST_AGAIN = 0.8
LEAST_NAMES = 3


class LaterHeads:
    """Knows the last wider header that was met; the records of its width follow it."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._folded = [fold_name(name) for name in headers]
        self._places: list[int | None] = []
        self._width = 0

    def met(self, record: Sequence[str]) -> str:
        """What is to be said of a record that is such a header; empty for any other."""
        known = {name for name in self._folded if name}
        if len(record) <= len(self._folded) or len(known) < LEAST_NAMES:
            return ""
        cells = [fold_name(cell) for cell in record]
        if len(known & {*cells}) < LEAST_AGAIN * len(known):
            return ""
        self._width = len(record)
        self._places = [cells.index(name) if name in cells else None for name in self._folded]
        further = [cell for cell, name in zip(record, cells, strict=True) if name and name not in known]
        left_out = f"; there is no column for {', '.join(map(repr, further))}" if further else ""
        return f"the header again, with other columns, which the records below it follow{left_out}"

    def arranged(self, record: Record) -> Record:
        """The cells of a record in the order of the first header."""
        if not self._width or len(record) != self._width:
            return record
        cells = Record("" if place is None else record[place] for place in self._places)
        cells.note, cells.raw = record.note, record.raw
        return cells
