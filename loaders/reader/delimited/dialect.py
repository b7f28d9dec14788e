"""How a delimited file separates, quotes and escapes, told by trying on its first records."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

SEPARATORS = (",", "\t", ";", "|", "^", "\x01", "\x02", "\x1e", "~", "，")
# Several characters that are one separator; each stands for itself repeated or framed.
LONG_SEPARATORS = ("||", "|||", "@@", "##", "$$", "::", "^^", "~~", "|+|", "!@#", "^|^", "#|#")
# Characters that stand in for a separator of several characters while a file is read.
STAND_INS = ("\x1f", "\x1d", "\x1c", "\x1b")
SNIFFED_RECORDS = 60
# Stands in for a carriage return inside a cell; no text holds this noncharacter.
RETURN = "\ufdd0"
# One at the end of a file ends its last line.
_LONE_RETURN = re.compile(r"\r(?!\n|\Z)")
# A line of names as R writes it: each between quotation marks, a blank between them.
_QUOTED_NAMES = re.compile(r'\ufeff?"(?:[^"\\\n]|\\.)*"(?: "(?:[^"\\\n]|\\.)*")+[ \t]*(?:\r\n|\r|\n)')
LEAST_OF_BLANKS = 0.9
PADS = 0.98
_SEP_LINE = re.compile(r'\ufeff?"?sep=(.)"?[ \t]*(\r\n|\r|\n)', re.I)


@dataclass(frozen=True)
class Dialect:
    """How records are written.

    Attributes
    ----------
    separator
        One character or several.
    stand_in
        The single character put in place of a separator that csv cannot use; empty where there is no need.
    quote, escape
        Quotation mark, and the character that takes the meaning of the next; empty for none.
    padded
        Blanks follow the separators, and quotation marks may come after them.
    said
        The first line only names the separator, as Excel writes it.
    returns
        A carriage return alone is a character of a cell; pandas does not quote cells for it.
    """

    separator: str = ","
    quote: str = '"'
    escape: str = ""
    padded: bool = False
    stand_in: str = ""
    said: bool = False
    returns: bool = False

    @property
    def mark(self) -> str:
        """The single character that separates cells when records are split."""
        return self.stand_in or self.separator

    def reader(self, lines: Iterator[str], strict: bool = False, quoting: bool = True) -> Iterator[list[str]]:
        """A reader of records over lines in which the stand-in has been put."""
        return csv.reader(
            lines,
            delimiter=self.mark,
            quotechar=self.quote or None,
            escapechar=self.escape or None,
            skipinitialspace=self.padded,
            strict=strict,
            quoting=csv.QUOTE_MINIMAL if quoting and self.quote else csv.QUOTE_NONE,
        )

    def prepared(self, text: str) -> str:
        """Text with stand-ins for what csv would not take for a separator or for a part of a cell."""
        if self.stand_in:
            text = text.replace(self.stand_in, " ").replace(self.separator, self.stand_in)
        return self.without_returns(text)

    def without_returns(self, text: str) -> str:
        """Text with stand-ins for carriage returns inside cells."""
        return _LONE_RETURN.sub(RETURN, text) if self.returns and "\r" in text else text

    def restored(self, text: str) -> str:
        """What was written in a cell."""
        if self.returns:
            text = text.replace(RETURN, "\r")
        return text.replace(self.stand_in, self.separator) if self.stand_in else text


def sniff(sample: str, complete: bool = True) -> Dialect:
    """Find the dialect of a text from its beginning.

    Parameters
    ----------
    complete
        Whether the sample is the whole file; else its last record may be cut off.
    """
    said = _SEP_LINE.match(sample)
    if said:
        return replace(_finished(_dialect(said[1], sample), sample[said.end() :], complete), said=True)
    if _QUOTED_NAMES.match(sample) and (blanks := _between_blanks(sample, complete)):
        return blanks
    best, best_score = Dialect(), (0.0, 0)
    for separator in SEPARATORS:
        if separator not in sample or (separator == "\t" and _only_pads(separator, best, sample)):
            continue
        dialect = _with_returns(_dialect(separator, sample), sample, complete)
        score = _score(dialect, sample, complete)
        if separator == "，" and (score[0] < 0.8 or best_score[0] > 0.5):
            continue
        if _beats(score, best_score) and not _only_in_cells(dialect, best, score, best_score, sample):
            best, best_score = dialect, score
    for separator in LONG_SEPARATORS:
        if separator not in sample:
            continue
        dialect = _with_returns(_dialect(separator, sample), sample, complete)
        score = _score(dialect, sample, complete)
        # A doubled mark also separates as a single one, with a blank cell between.
        if separator[0] == best.separator[0] or best_score[1] < 2:
            doubled = score[1] > 1 and score[0] >= best_score[0] - 0.01 and _always(best, separator, sample)
            if doubled or (best_score[1] < 2 and score[0] > 0.6):
                best, best_score = dialect, score
        elif score[0] > best_score[0] + 0.2 and score[1] > 2:
            best, best_score = dialect, score
    return _finished(best, sample, complete)


def _only_pads(mark: str, best: Dialect, sample: str) -> bool:
    """Whether a mark only stands before another, by which boards keep a spreadsheet from reading numbers."""
    ends = [best.separator, f'"{best.separator}', "\r", "\n", '"\r', '"\n']
    return sum(sample.count(f"{mark}{end}") for end in ends) >= PADS * sample.count(mark)


def _between_blanks(sample: str, complete: bool) -> Dialect | None:
    """The dialect of ``write.table`` of R, where the records bear it out; else ``None``.

    A blank separates nothing elsewhere, so only a line of quoted names calls for it.
    """
    dialect = Dialect(" ", escape="\\")
    records = _records(dialect, sample, complete)
    width = len(records[0]) if records else 0
    # Row names have no name over them.
    widths = Counter(len(record) for record in records[1:])
    fits = max(widths[width], widths[width + 1])
    return dialect if width > 1 and fits >= LEAST_OF_BLANKS * max(1, len(records) - 1) else None


def _only_in_cells(
    other: Dialect, best: Dialect, score: tuple[float, int], best_score: tuple[float, int], sample: str
) -> bool:
    """Whether a mark joins the parts of a cell: not even the names of the columns are separated by it.

    ``title,company,terms`` stands over ``会计,甲,本科|3年|语言不限|年龄不限``.
    """
    first = [next(iter(_records(dialect, sample, True)), []) for dialect in (other, best)]
    return len(first[0]) == 1 and len(first[1]) == best_score[1] > 1 and best_score[0] >= score[0]


def _always(single: Dialect, separator: str, sample: str) -> bool:
    """Whether the single mark hardly ever stands outside the long separator."""
    alone = sample.replace(separator, "").count(single.separator)
    return alone <= 0.05 * sample.count(separator)


def _dialect(separator: str, sample: str) -> Dialect:
    if len(separator) == 1 and separator.isascii():
        return Dialect(separator)
    stand_in = next((letter for letter in STAND_INS if letter not in sample), STAND_INS[0])
    return Dialect(separator, stand_in=stand_in)


def _finished(dialect: Dialect, sample: str, complete: bool) -> Dialect:
    """Choose quotation mark, escape and padding for a separator; the plain reading wins a tie."""
    best = dialect = _with_returns(dialect, sample, complete)
    share = _exact(dialect, sample, complete)
    escaped = f"\\{dialect.quote}" in sample or f"\\{dialect.separator}" in sample
    padded = f"{dialect.separator} {dialect.quote}" in sample
    single = f"{dialect.separator}'" in sample and f"'{dialect.separator}" in sample
    tries = []
    if escaped:
        tries.append(replace(dialect, escape="\\"))
    if padded:
        tries.append(replace(dialect, padded=True))
        if escaped:
            tries.append(replace(dialect, padded=True, escape="\\"))
    if single:
        tries.append(replace(dialect, quote="'"))
        if "\\'" in sample:
            tries.append(replace(dialect, quote="'", escape="\\"))
    for other in tries:
        other_share = _exact(other, sample, complete)
        # What is quoted throughout by single marks reads in either way; then the marks are no part of it.
        framed = other.quote == "'" and other_share == share and _framed(sample, other)
        if other_share > share + 0.001 or framed:
            best, share = other, other_share
    return best


def _with_returns(dialect: Dialect, sample: str, complete: bool) -> Dialect:
    """Take lone carriage returns for characters, where lines end otherwise and records stay whole."""
    share = _exact(dialect, sample, complete)
    if "\n" not in sample or not share:
        return dialect
    other = replace(dialect, returns=True)
    lone = _LONE_RETURN.search(sample, 0, len(sample) if complete else len(sample) - 1)
    return other if not lone or _exact(other, sample, complete) >= share else dialect


def _framed(sample: str, dialect: Dialect) -> bool:
    lines = [line for line in sample.split("\n")[1:20] if line.strip()]
    cells = [cell.strip() for line in lines for cell in line.split(dialect.separator)]
    return len(cells) > 1 and all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells)


def _records(dialect: Dialect, sample: str, complete: bool) -> list[list[str]]:
    records = []
    reader = dialect.reader(iter(io.StringIO(dialect.prepared(sample), newline="")))
    try:
        records = [record for record in islice(reader, SNIFFED_RECORDS) if record]
    except csv.Error:
        return records
    # The sample may end inside a record.
    return records if complete or len(records) < 2 else records[:-1]


def _score(dialect: Dialect, sample: str, complete: bool) -> tuple[float, int]:
    """Share of the records that have the commonest number of cells, or at least as many as the first."""
    widths = [len(record) for record in _records(dialect, sample, complete)]
    if not widths:
        return 0.0, 0
    width, count = max(Counter(widths).items(), key=lambda item: (item[1], item[0]))
    share = count / len(widths) if width > 1 else 0.0
    # Texts spilled over their separators make records longer than their header, never shorter.
    header = widths[0]
    spilled = sum(other >= header for other in widths) / len(widths) if header > 2 else 0.0
    if 0.8 * spilled > share:
        return 0.8 * spilled, header
    return share, width


def _exact(dialect: Dialect, sample: str, complete: bool) -> float:
    records = _records(dialect, sample, complete)
    if not records:
        return 0.0
    width = len(records[0])
    return sum(len(record) == width for record in records) / len(records) if width > 1 else 0.0


def _beats(score: tuple[float, int], best: tuple[float, int]) -> bool:
    # A clearly steadier separator wins; among about equally steady ones the one that finds more cells.
    if score[0] == 0.0 or score[0] < best[0] - 0.2:
        return False
    return score[0] > best[0] + 0.2 or score[1] > best[1]
