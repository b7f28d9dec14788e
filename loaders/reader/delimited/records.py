"""Records out of lines with care: quotation marks that never close cost a line, never the file.

Every line is read once, but for those that a stray mark swallowed, which are read again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from graphcli.loaders.reader.batches import MAX_CELL
from graphcli.loaders.reader.delimited.dialect import Dialect

# A record that runs over more lines than this is a stray quotation mark.
MAX_LINES = 2_000
MAX_CHARACTERS = 1 << 24
JUDGED_LINES = 8
STRAY = "a quotation mark opens and never closes"


@contextmanager
def long_cells() -> Iterator[None]:
    """Let csv read cells as long as texts get; it refuses them otherwise."""
    limit = csv.field_size_limit(MAX_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


class Record(list[str]):
    """The cells of one record, and what was done to read them."""

    note = ""
    raw = ""


class Lines:
    """Lines of a text that comes in segments; lines can be given back."""

    def __init__(self, segment: str, more: Callable[[], str]) -> None:
        self._text = io.StringIO(segment, newline="")
        self._more = more
        self._returned: list[str] = []
        self.taken: list[str] = []
        self._size = 0
        self._drawn = 0
        self._own: int | None = None

    def begin(self) -> None:
        """Start a new record."""
        self.taken = []
        self._size = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_LINES or self._size > MAX_CHARACTERS:
            raise StopIteration
        if self._returned:
            line = self._returned.pop()
        else:
            line = self._text.readline()
            if not line:
                line = self._next_segment()
            self._drawn += 1
        self.taken.append(line)
        self._size += len(line)
        # A second file may have been put behind the first, mark and all.
        return line[1:] if line.startswith("\ufeff") else line

    def _next_segment(self) -> str:
        segment = self._more()
        if not segment:
            raise StopIteration
        if self._own is None:
            self._own = self._drawn
        self._text = io.StringIO(segment, newline="")
        return self._text.readline()

    def give_back(self, lines: list[str]) -> None:
        """Let these lines come again."""
        self._returned.extend(reversed(lines))

    def at_end(self) -> bool:
        """Whether the first segment is used up."""
        if self._own is not None:
            return self._drawn - len(self._returned) >= self._own
        if self._returned:
            return False
        place = self._text.tell()
        ended = not self._text.read(1)
        self._text.seek(place)
        return ended

    def rest(self) -> str:
        """What was drawn from the segments and not used."""
        return "".join(reversed(self._returned)) + self._text.read()


def split_records(lines: Lines, dialect: Dialect, width: int) -> Iterator[Record | csv.Error]:
    """Read records; blank lines are none, and a line that cannot be read comes as its error.

    Parameters
    ----------
    width
        Cells of the header; 0 where it is not known yet.
    """
    reader = dialect.reader(lines)
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            if not lines.taken:
                return
            continue
        except csv.Error as error:
            yield csv.Error(str(error), "".join(lines.taken[:1]).strip())
            continue
        if not cells:
            continue
        if len(cells) < width and len(lines.taken) == 1 and dialect.quote and dialect.quote in lines.taken[0]:
            bare = _without_mark(lines.taken[0], dialect, width)
            yield bare if isinstance(bare, Record) and not _closes(lines.taken, dialect) else Record(cells)
            continue
        if len(lines.taken) > 1 and _is_stray(lines.taken, cells, dialect, width):
            first, *swallowed = lines.taken
            lines.give_back(swallowed)
            lines.taken = [first]
            yield _without_mark(first, dialect, width)
            continue
        yield Record(cells)


def _is_stray(taken: list[str], cells: list[str], dialect: Dialect, width: int) -> bool:
    """Whether a record over several lines is one line with a lost mark, and records below it."""
    if width < 2:
        return False
    if len(cells) == width and len(taken) < MAX_LINES and _closes(taken, dialect):
        return False
    judged = taken[1 : JUDGED_LINES + 1]
    whole = sum(
        len(_one(line, dialect)) == width or len(_one(line, dialect, quoting=False)) == width
        for line in judged
    )
    return 2 * whole > len(judged)


def _closes(taken: list[str], dialect: Dialect) -> bool:
    try:
        return len(list(dialect.reader(iter(taken), strict=True))) == 1
    except csv.Error:
        return False


def _one(line: str, dialect: Dialect, quoting: bool = True) -> list[str]:
    with suppress(csv.Error):
        return next(dialect.reader(iter([line]), quoting=quoting), [])
    return []


def _without_mark(line: str, dialect: Dialect, width: int) -> Record | csv.Error:
    """A line whose quotation mark is taken for none, where that gives a whole record."""
    bare = line.rstrip("\r\n")
    for cells in (_one(bare + dialect.quote, dialect), _one(bare, dialect, quoting=False)):
        if len(cells) == width:
            record = Record(
                cell.removeprefix(dialect.quote) if cell.count(dialect.quote) == 1 else cell for cell in cells
            )
            record.note, record.raw = f"{STRAY}; it was left out", bare
            return record
    return csv.Error(STRAY, bare.strip())
