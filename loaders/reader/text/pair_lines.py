"""Records of one line that name each of their values: ``title=…;company=…``, ``职位：…，公司：…``, logs.

Programs print them where nobody asked for a table. A value goes on until the next name that the lines share,
so that a comma or an equals sign inside it does not cut it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from graphcli.loaders.reader.batches import SHOWN, BatchSource, RawBatch
from graphcli.loaders.reader.encodings import Encoding, open_text
from graphcli.loaders.reader.header import LOOKED_AT
from graphcli.loaders.reader.header_words import fold_name, header_words
from graphcli.loaders.reader.json.records import Record, record_batch

# Names that so many of the first lines have, on so many of the lines.
SHARED, MOSTLY = 0.5, 0.8
LEAST_LINES = LEAST_NAMES = 3
JUDGED = 2_000
SEPARATORS = ("[;；]", "[|｜]", r"\t", "[,，]", "&", r"\s")
MARKS = ("=(?!=)", "[:：](?!//)")
# The number of a line, or the mark of a list.
_BEFORE = r"^\s*(?:(?:\d{1,6}\s*[、.．)）]|\[\d{1,6}\]|[-*•·])\s*)?"
_NAME, _WORD = r"[^\W\d][\w .\-/()（）]{0,29}?", r"[^\W\d][\w.]{0,29}"
_LEVELS, _TIMES, OF_THE_LOG = {"level", "lvl", "severity"}, {"time", "ts", "timestamp", "date"}, "log time"
_STARTS = re.compile(rf"{_BEFORE}{_NAME}\s*(?:{'|'.join(MARKS)})")
_EDGES = " \t\r\n,，;；|｜&"


@dataclass(frozen=True)
class PairLines(BatchSource):
    """The records of one file; ``pattern`` finds the names of values in a line."""

    path: Path
    encoding: Encoding
    pattern: re.Pattern[str]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all records in batches of at most ``size``."""
        records, first = self._records(), 1
        while chunk := list(islice(records, size)):
            yield record_batch(chunk, first)
            first += len(chunk)

    def _records(self) -> Iterator[tuple[Record, str]]:
        with open_text(self.path, self.encoding, newline=None) as handle:
            for line in handle:
                text = line.strip("\ufeff\0\r\n")
                if text.strip():
                    yield _record(text, self.pattern) or "a line that names no value", text[:SHOWN]


def pair_lines(path: Path, encoding: Encoding, lines: Sequence[str]) -> PairLines | None:
    """Tell from the first lines of a text how its records name their values; ``None`` where they do not."""
    filled = [line[:JUDGED] for line in lines if line.strip()][:LOOKED_AT]
    # One look is enough for most files: a header names no value.
    if len(filled) < LEAST_LINES or not any(map(_STARTS.match, filled[:LEAST_LINES])):
        return None
    best: tuple[int, re.Pattern[str]] | None = None
    for separator in SEPARATORS:
        for mark in MARKS:
            found = _pattern(filled, separator, mark)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
    return None if best is None else PairLines(path, encoding, best[1])


def _pattern(lines: Sequence[str], separator: str, mark: str) -> tuple[int, re.Pattern[str]] | None:
    """Count the names that lines share under a separator and a mark, with the pattern that finds them."""
    name = _WORD if separator == r"\s" else _NAME
    every = re.compile(rf"(?:{_BEFORE}|{separator}\s*)({name})\s*{mark}")
    found = [list(every.finditer(line)) for line in lines]
    # A line of a table may hold pairs too, but none at its start.
    if sum(bool(one) and one[0].start() == 0 for one in found) < MOSTLY * len(lines):
        return None
    counts = Counter(name for one in found for name in {hit[1] for hit in one})
    known = {name for name, count in counts.items() if count >= SHARED * len(lines)}
    shared = [sum(hit[1] in known for hit in one) for one in found]
    if not _tells_of_postings(known) or sum(count >= LEAST_NAMES for count in shared) < MOSTLY * len(lines):
        return None
    names = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    return sum(shared), re.compile(rf"(?:{_BEFORE}|{separator}\s*)({names})\s*{mark}\s*")


def _tells_of_postings(names: set[str]) -> bool:
    folded = {fold_name(name) for name in names}
    words = header_words().select("word", "role").drop_nulls("role")
    told = {role for word, role in words.iter_rows() if word in folded}
    return len(told) >= LEAST_NAMES and bool(told & {"title", "employer"})


def _record(line: str, pattern: re.Pattern[str]) -> dict[str, str]:
    found = list(pattern.finditer(line))
    # The time beside a level is that of the log, not of the posting.
    in_log = any(one[1] in _LEVELS for one in found)
    ends = [*(one.start() for one in found[1:]), len(line)][: len(found)]
    record: dict[str, str] = {}
    for one, end in zip(found, ends, strict=True):
        value = line[one.end() : end].strip(_EDGES)
        framed = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        name = OF_THE_LOG if in_log and one[1] in _TIMES else one[1]
        record.setdefault(name, value[1:-1] if framed else value)
    return record
