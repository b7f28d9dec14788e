"""Cards copied from a page as text: the lines of a posting below one another, a blank line between postings.

Nothing names the lines. They are columns only where the cards have as many lines as one another and the lines
at one place are of one kind; a card of another length is rejected, as nobody can say which line it lacks.
Without blank lines between them cards are only told in a small file whose lines repeat their kinds from the
first to the last: one line more or less would put the lines of two postings together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import polars as pl

from graphcli.loaders.fields.kinds import kinds
from graphcli.loaders.reader.batches import SHOWN, BatchSource, RawBatch
from graphcli.loaders.reader.cells.lines import OF_A_CARD, kind_of_lines
from graphcli.loaders.reader.encodings import Encoding, open_text
from graphcli.loaders.reader.json.records import Record, record_batch

LEAST_CARDS, JUDGED_CARDS = 3, 40
LEAST_LINES, MOST_LINES, LONGEST_LINE = 3, 15, 60
MOSTLY = 0.8
# So many places of a card must hold one kind of thing each.
LEAST_TOLD = 3
# Kinds that hardly anything else looks like, by which a line that slipped is seen.
_FIRM = ("pay", "experience", "education", "date", "company_size", "employer")
_EDGES = "\ufeff\0 \t\r\n\u3000"


@dataclass(frozen=True)
class CardBlocks(BatchSource):
    """The cards of one file; ``lines`` is what each of them has."""

    path: Path
    encoding: Encoding
    lines: int
    running: bool = False

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all cards in batches of at most ``size``."""
        records, first = self._records(), 1
        while chunk := list(islice(records, size)):
            yield record_batch(chunk, first)
            first += len(chunk)

    def _records(self) -> Iterator[tuple[Record, str]]:
        with open_text(self.path, self.encoding, newline=None) as handle:
            for card in _running(handle, self.lines) if self.running else _cards(handle):
                record: Record = (
                    f"{len(card)} lines where the others have {self.lines}: which is which cannot be told"
                )
                if len(card) == self.lines:
                    record = {f"line {number}": line for number, line in enumerate(card, start=1)}
                yield record, "\n".join(card)[:SHOWN]


def card_blocks(path: Path, encoding: Encoding, lines: Sequence[str]) -> CardBlocks | None:
    """Tell from the first lines of a text whether they are cards; ``None`` where they are not."""
    if "" not in map(str.strip, lines[: MOST_LINES + 2]):
        return None
    cards = list(islice(_cards(lines), JUDGED_CARDS))
    count, cards_alike = Counter(map(len, cards)).most_common(1)[0] if cards else (0, 0)
    enough = cards_alike >= max(LEAST_CARDS, MOSTLY * len(cards))
    if not enough or not LEAST_LINES <= count <= MOST_LINES:
        return None
    alike = [card for card in cards if len(card) == count]
    if max(len(line) for card in alike for line in card) > LONGEST_LINE:
        return None
    told = {kind_of_lines([card[at] for card in alike], len(alike)) for at in range(count)} - {""}
    return CardBlocks(path, encoding, count) if _are_cards(told) else None


def running_cards(path: Path, encoding: Encoding, lines: Sequence[str], whole: bool) -> CardBlocks | None:
    """Tell whether all lines of a text are cards with nothing between them; ``None`` where they are not.

    Parameters
    ----------
    whole
        Whether ``lines`` is all of the file.
    """
    filled = [text for line in lines if (text := line.strip(_EDGES))]
    if not whole or len(filled) < LEAST_CARDS * LEAST_LINES or max(map(len, filled)) > LONGEST_LINE:
        return None
    if any('"' in line for line in filled):
        # Cells of several lines in a table.
        return None
    pays = kinds(pl.Series(filled), ["pay"])["pay"].arg_true().to_list()
    steps = {after - before for before, after in pairwise(pays)}
    if len(pays) < LEAST_CARDS or len(steps) != 1:
        return None
    count = steps.pop()
    if not LEAST_LINES <= count <= MOST_LINES or len(filled) != count * len(pays):
        return None
    told = [kind_of_lines(filled[at::count], len(pays)) for at in range(count)]
    kept = {kind for kind in told if kind}
    return (
        CardBlocks(path, encoding, count, running=True)
        if _are_cards(kept) and _all_alike(filled, told)
        else None
    )


def _all_alike(lines: Sequence[str], told: Sequence[str]) -> bool:
    """Whether no card has at one place what belongs at another."""
    for at, kind in enumerate(told):
        others = [other for other in told if other in _FIRM and other != kind]
        column = pl.Series(lines[at :: len(told)])
        wrong = kinds(column, others).select(pl.any_horizontal(pl.lit(False), pl.all())).to_series()
        own = kinds(column, [kind])[kind] if kind in _FIRM else pl.Series([False] * len(column))
        if (wrong & ~own).any():
            return False
    return True


def _running(lines: Iterator[str], count: int) -> Iterator[list[str]]:
    filled = (text for line in lines if (text := line.strip(_EDGES)))
    while card := list(islice(filled, count)):
        yield card


def _are_cards(told: set[str]) -> bool:
    return len(told) >= LEAST_TOLD and bool(told & OF_A_CARD)


def _cards(lines: Sequence[str] | Iterator[str]) -> Iterator[list[str]]:
    card: list[str] = []
    for line in lines:
        text = line.strip(_EDGES)
        if text:
            card.append(text)
        elif card:
            yield card
            card = []
    if card:
        yield card
