"""A header that came again with other columns, when a crawler was changed and went on with its file."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence

from graphcli.loaders.reader.delimited.records import Record
from graphcli.loaders.reader.header import is_name
from graphcli.loaders.reader.header_words import fold_name, header_words

# So many of the names of the first header stand in a wider record that is one again, and so many of the
# names of a record that is not wider stand in the first header.
LEAST_AGAIN, LEAST_KNOWN = 0.8, 0.6
LEAST_NAMES = 3
LONGEST_NAME = 60


class Columns:
    """The columns of a first header: where a later one that means them has them."""

    def __init__(self, headers: Sequence[str]) -> None:
        self.folded = [fold_name(name) for name in headers]
        self.known = {name for name in self.folded if name}
        self._roles = _only_once([_roles().get(name, "") for name in self.folded])

    def begins(self, cell: str) -> bool:
        """Whether a cell may be the first of a header."""
        name = fold_name(cell[:LONGEST_NAME])
        return bool(name) and (name in self.known or name in _roles())

    def places(self, cells: Sequence[str]) -> list[int | None]:
        """Position in a later header of each column of the first one: by its name, else by what it means."""
        names = [fold_name(cell) for cell in cells]
        roles = _only_once([_roles().get(name, "") for name in names])
        found: list[int | None] = []
        for name, role in zip(self.folded, self._roles, strict=True):
            if name and name in names:
                found.append(names.index(name))
            else:
                at = roles.index(role) if role and role in roles else None
                found.append(None if at is not None and names[at] in self.known else at)
        return found

    def named_by(self, cells: Sequence[str]) -> bool:
        """Whether cells are names of columns, most of them of these, and each there once."""
        filled = [at for at, cell in enumerate(cells) if cell.strip()]
        hits = {place for place in self.places(cells) if place is not None}
        if len(hits) < LEAST_NAMES or len(hits) < LEAST_KNOWN * len(filled):
            return False
        folded = [fold_name(cells[at]) for at in filled]
        return len({*folded}) == len(folded) and all(at in hits or is_name(cells[at]) for at in filled)

    def again(self, cells: Sequence[str]) -> str:
        """Say of a header that came again with other columns what happens to these."""
        places = self.places(cells)
        further = [cell for at, cell in enumerate(cells) if cell.strip() and at not in places]
        left_out = f"; there is no column for {', '.join(map(repr, further))}" if further else ""
        return f"the header again, with other columns, which the records below it follow{left_out}"


class LaterHeads:
    """Knows the last header of another width that was met; the records of its width follow it."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._columns = Columns(headers)
        self._count = len(headers)
        self._places: list[int | None] = []
        self._width = 0

    def met(self, record: Sequence[str]) -> str:
        """What is to be said of a record that is such a header; empty for any other."""
        if len(record) == self._count or not self.is_head(record):
            return ""
        self._width = len(record)
        self._places = self._columns.places(record)
        return self._columns.again(record)

    def is_head(self, record: Sequence[str]) -> bool:
        """Whether a record of another width is a header again."""
        known = self._columns.known
        if len(known) < LEAST_NAMES or not self._columns.begins(record[0]):
            return False
        if len(record) > self._count:
            return len(known & {*map(fold_name, record)}) >= LEAST_AGAIN * len(known)
        return self._columns.named_by(record)

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


@functools.cache
def words_of_roles() -> tuple[str, ...]:
    """Words that name columns of postings, folded as Chinese cells mostly are of themselves."""
    return tuple(word for word in _roles() if not word.isascii())


@functools.cache
def _roles() -> dict[str, str]:
    """Folded word → role; a city is a place here, as a header has one of them."""
    rows = header_words().select("word", "role").drop_nulls("role").iter_rows()
    return {word: "place" if role == "place_city" else role for word, role in rows if role != "other"}


def _only_once(roles: Sequence[str]) -> list[str]:
    counts = Counter(roles)
    return [role if counts[role] == 1 else "" for role in roles]
