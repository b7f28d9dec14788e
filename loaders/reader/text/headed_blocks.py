"""Blocks of ``公司：…`` lines under a heading that has no label: ``【Java开发工程师】``, then its lines.

The heading becomes a column that nothing names; whether it is the title is told by what it holds, as in any
table without names. A block with another number of lines without a label is rejected, never guessed at.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from graphcli.loaders.reader.batches import SHOWN, BatchSource, RawBatch
from graphcli.loaders.reader.encodings import Encoding, open_text
from graphcli.loaders.reader.header_words import fold_name, header_words
from graphcli.loaders.reader.json.records import Record, record_batch
from graphcli.loaders.reader.text.labels import RULE, pairs_of

HEADING = "line 1"
LEAST_BLOCKS, JUDGED_BLOCKS, LEAST_NAMES, MOSTLY = 3, 40, 3, 0.8
LONGEST_HEADING = 60
_MARKS = re.compile(r"^(?:#{1,6}\s+|\d{1,4}\s*[.、)）]\s*|[-*•·]\s+)?[【\[《「*]*(.*?)[】\]》」*]*$")


@dataclass(frozen=True)
class HeadedBlocks(BatchSource):
    """The blocks of one file; ``names`` are the labels that the blocks share."""

    path: Path
    encoding: Encoding
    names: frozenset[str]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all blocks in batches of at most ``size``."""
        records, first = self._records(), 1
        while chunk := list(islice(records, size)):
            yield record_batch(chunk, first)
            first += len(chunk)

    def _records(self) -> Iterator[tuple[Record, str]]:
        with open_text(self.path, self.encoding, newline=None) as handle:
            for block in _blocks(handle):
                yield _record(block, self.names), "\n".join(block)[:SHOWN]


def headed_blocks(path: Path, encoding: Encoding, lines: Sequence[str]) -> HeadedBlocks | None:
    """Tell from the first lines of a text whether it is such blocks; ``None`` where it is not."""
    roles = _roles()
    blocks = list(islice(_blocks(lines), JUDGED_BLOCKS))
    counts: Counter[str] = Counter()
    headed = 0
    for block in blocks:
        labels = [name for line in block[1:] for name, _ in pairs_of(line, "blocks")]
        known = {name for name in labels if fold_name(name) in roles}
        is_headed = not pairs_of(block[0], "blocks") and len(block[0]) <= LONGEST_HEADING
        headed += is_headed and len(known) >= LEAST_NAMES
        counts.update(known)
    if headed < max(LEAST_BLOCKS, MOSTLY * len(blocks)):
        return None
    names = frozenset(name for name, count in counts.items() if 2 * count > headed)
    told = {roles[fold_name(name)] for name in names}
    # Where a label names the title, the heading is something else and another form holds.
    alone = "employer" in told and "title" not in told and len(told) >= LEAST_NAMES
    return HeadedBlocks(path, encoding, names) if alone else None


@functools.cache
def _roles() -> dict[str, str]:
    return dict(header_words().select("word", "role").drop_nulls("role").iter_rows())


def _blocks(lines: Sequence[str] | Iterator[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        text = line.strip("\ufeff\0 \t\r\n\u3000")
        if text and not RULE.fullmatch(text):
            block.append(text)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _record(block: Sequence[str], names: frozenset[str]) -> Record:
    bare = 0
    while bare < len(block) and not pairs_of(block[bare], "blocks"):
        bare += 1
    if bare != 1:
        return f"{bare} lines without a name before those with one: which is which cannot be told"
    values: dict[str, list[str]] = {HEADING: [_MARKS.sub(r"\1", block[0]).strip()]}
    current = HEADING
    for line in block[1:]:
        for name, value in pairs_of(line, "blocks") or [("", line)]:
            is_label = name in names or fold_name(name) in _roles()
            # Else it is a colon inside a text.
            if is_label and name not in values:
                values[name], current = [value], name
            else:
                values[current].append(line)
    return {name: "\n".join(lines).strip() for name, lines in values.items()}
