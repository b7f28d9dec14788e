"""Records with too many or too few cells, put back together where only one way fits.

Texts that were written without quotation marks spill over their separators, and break over lines. Where the
cells behind the text fall back into place — an address under the addresses, a date under the dates — the
text between is joined again. Where several ways fit, what is sure is kept and the rest is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from graphcli.loaders.reader.footers import is_footer
from graphcli.loaders.reader.header import cell_kind
from graphcli.loaders.reader.header_words import fold_name, header_words

TYPED_SHARE = 0.8
LEARNED_FROM = 400
# Values that recur are a vocabulary: another sign of where a column is.
MOST_VALUES = 40
MAX_JOINED = 200
# Lines of one cell that show that texts run on, and headers under which one cell is no record.
LEAST_RUNNING = 3


@dataclass(frozen=True)
class Profile:
    """What is known of the columns of a file, from its first records.

    Attributes
    ----------
    kinds
        Shape of each column's cells; empty where they have none in particular.
    values
        The few values that recur in a column.
    lengths
        Usual number of characters.
    running
        Whether the last column's texts run on in lines of their own below the record.
    text
        Position of the only column that a word for texts stands over; ``None`` where there is no such one.
    """

    kinds: tuple[str, ...]
    values: tuple[frozenset[str], ...]
    lengths: tuple[float, ...]
    running: bool = False
    text: int | None = None

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.kinds)

    def fits(self, place: int, cell: str) -> int:
        """1 where a cell is what its column holds, -1 where it is not, 0 where nobody can say."""
        cell = cell.strip()
        if not cell or not self.typed(place):
            return 0
        if self.kinds[place]:
            return 1 if cell_kind(cell) == self.kinds[place] else -1
        return 1 if cell in self.values[place] else -1

    def typed(self, place: int) -> bool:
        """Whether a column has a shape of its own."""
        return bool(self.kinds[place] or self.values[place])


def learn(records: Sequence[Sequence[str]], names: Sequence[str]) -> Profile:
    """Learn the columns' shapes, counted from the left and, for records that spilled over, from the right."""
    width = len(names)
    exact = [record for record in records if len(record) == width]
    used = exact if len(exact) >= 5 and len(exact) * 10 >= len(records) else records
    used = [record for record in used if len(record) >= width]
    left = [[record[place].strip() for record in used] for place in range(width)]
    shapes = [_shape([cell for cell in cells if cell]) for cells in left]
    if used is not exact:
        # Texts spill over behind the last column that has its shape from the left.
        settled = max((place for place, shape in enumerate(shapes) if any(shape)), default=-1)
        for place in range(settled + 1, width):
            right = [record[len(record) - width + place].strip() for record in used]
            shapes[place] = _shape([cell for cell in right if cell])
    text = _only_text(names)
    if text is not None:
        # That few ends of texts recur is no vocabulary.
        shapes[text] = ("", frozenset())
    kinds = [kind for kind, _ in shapes]
    values = [vocabulary for _, vocabulary in shapes]
    lengths = []
    for cells in left:
        sizes = sorted(len(cell) for cell in cells if cell)
        lengths.append(float(sizes[len(sizes) // 2]) if sizes else 0.0)
    running = bool(used) and not kinds[-1] and _runs_on(records, width)
    return Profile(tuple(kinds), tuple(values), tuple(lengths), running, text)


def _only_text(names: Sequence[str]) -> int | None:
    words = header_words().filter(pl.col("role") == "text")["word"].to_list()
    places = [place for place, name in enumerate(names) if fold_name(name) in words]
    return places[0] if len(places) == 1 else None


def _runs_on(records: Sequence[Sequence[str]], width: int) -> bool:
    """Whether next to all short records are torn off a text, and none stands above all records."""
    short = [record for record in records if len(record) < width]
    torn = sum(_torn_off(record, width) for record in short)
    return (
        width >= LEAST_RUNNING
        and torn >= max(LEAST_RUNNING, TYPED_SHARE * len(short))
        and len(records[0]) >= width
    )


def _torn_off(record: Sequence[str], width: int) -> bool:
    """Whether a short record is one cell alone, or has half a pair of quotation marks in it."""
    if 2 * len(record) > width or is_footer(record):
        return False
    return len(record) == 1 or any(cell.count('"') % 2 for cell in record)


def runs_on(record: Sequence[str], profile: Profile) -> bool:
    """Whether a record goes on with the last text of the record above."""
    return profile.running and _torn_off(record, profile.width)


def _shape(cells: list[str]) -> tuple[str, frozenset[str]]:
    if len(cells) < 2:
        return "", frozenset()
    kind, count = Counter(map(cell_kind, cells)).most_common(1)[0]
    if count >= TYPED_SHARE * len(cells) and kind not in {"word", "long"}:
        return kind, frozenset()
    counted = Counter(cells)
    few = len(cells) >= 10 and len(counted) <= min(MOST_VALUES, len(cells) // 4)
    return "", frozenset(counted) if few and max(map(len, counted)) <= 20 else frozenset()


@dataclass(frozen=True)
class Fitted:
    """A record with as many cells as there are columns.

    Attributes
    ----------
    note
        What was done, empty for nothing; ``lost`` holds cells that found no place.
    column
        Position of the column concerned, ``None`` for several.
    """

    cells: list[str]
    note: str = ""
    lost: str = ""
    column: int | None = None


def fit(record: list[str], profile: Profile, separator: str) -> Fitted:
    """Bring a record to the width of its file."""
    width = profile.width
    end = len(record)
    while end > width and not record[end - 1].strip():
        end -= 1
    record = record[:end]
    if len(record) < width:
        filled = any(cell.strip() for cell in record)
        note = f"{len(record)} cells under {width} headers; the rest is empty" if filled else ""
        return Fitted(record + [""] * (width - len(record)), note)
    if len(record) == width:
        return Fitted(record)
    surplus = len(record) - width
    scores = _scores(record, profile)
    best = max(scores)
    places = [place for place, score in enumerate(scores) if score == best]
    place = _only(places, profile)
    misfit = best < 0 or (best == 0 and not _text_at_end(places, profile))
    if place is None or misfit:
        return _sure_part(record, profile, places, separator)
    text = separator.join(record[place : place + surplus + 1])
    cells = [*record[:place], text, *record[place + surplus + 1 :]]
    return Fitted(
        cells,
        f"{len(record)} cells under {width} headers; a text that spilled over was joined again",
        "",
        place,
    )


def _scores(record: list[str], profile: Profile) -> list[int]:
    """How well the cells fit, for each column that might have spilled over; a misfit weighs three fits."""
    width = profile.width
    shift = len(record) - width
    left = [_weight(profile.fits(place, record[place])) for place in range(width)]
    right = [_weight(profile.fits(place, record[place + shift])) for place in range(width)]
    before, after = 0, sum(right)
    scores = []
    for place in range(width):
        after -= right[place]
        # A column of addresses or dates does not spill over.
        own = -3 if profile.typed(place) else 0
        scores.append(before + after + own)
        before += left[place]
    return scores


def _weight(fits: int) -> int:
    return -3 if fits < 0 else fits


def _only(places: list[int], profile: Profile) -> int | None:
    """The one column that spilled over; of several the one that texts are named over, or the longest."""
    if len(places) == 1:
        return places[0]
    if profile.text in places:
        return profile.text
    by_length = sorted(places, key=lambda place: profile.lengths[place], reverse=True)
    longest, second = profile.lengths[by_length[0]], profile.lengths[by_length[1]]
    return by_length[0] if longest >= 20 and longest >= 2 * second else None


def _text_at_end(places: list[int], profile: Profile) -> bool:
    """Whether, with no column of a shape to go by, one column of long texts explains it."""
    longest = max(profile.lengths, default=0.0)
    return profile.width == 1 or (longest >= 20 and profile.lengths.index(longest) in places)


def _sure_part(record: list[str], profile: Profile, places: list[int], separator: str) -> Fitted:
    """Cells before and behind the doubtful columns; what stands between is named and left out."""
    width, surplus = profile.width, len(record) - profile.width
    first, last = min(places), max(places)
    head = record[:width]
    if last - first == width - 1 and all(profile.fits(place, cell) >= 0 for place, cell in enumerate(head)):
        # Nothing speaks against the cells that stand under a header.
        note = f"{len(record)} cells under {width} headers; those beyond the last header were left out"
        return Fitted(head, note, separator.join(record[width:]))
    sure_end = [record[place + surplus] for place in range(last + 1, width)]
    cells = [*record[:first], *[""] * (last + 1 - first), *sure_end]
    misfits = [place for place, cell in enumerate(cells) if profile.fits(place, cell) < 0]
    for place in misfits:
        cells[place] = ""
    lost = separator.join(record) if misfits else separator.join(record[first : last + 1 + surplus])
    note = f"{len(record)} cells under {width} headers; which belong where cannot be told, they were left out"
    return Fitted(cells, note, lost)


def joined(parts: Sequence[Sequence[str]], profile: Profile) -> list[str] | None:
    """One record out of several short ones that a line break inside a cell has made, or ``None``."""
    cells = list(parts[0])
    for part in parts[1:]:
        cells[-1:] = [f"{cells[-1]}\n{part[0]}", *part[1:]]
    if len(cells) != profile.width:
        return None
    places = range(len(cells))
    if any(profile.fits(place, cells[place]) < 0 for place in places):
        return None
    last = parts[-1]
    alone = sum(profile.fits(place, cell) for place, cell in enumerate(last))
    behind = sum(profile.fits(place, cells[place]) for place in range(len(parts[0]), len(cells)))
    # Lines of nothing but text cannot be records; others must fall into place here and not on their own.
    only_text = all(len(part) == 1 for part in parts[1:])
    return cells if only_text or behind > alone else None
