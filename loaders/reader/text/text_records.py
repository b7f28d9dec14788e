"""Records that a program printed for people: a list a line, blocks of ``name: value``, words between blanks.

None of these forms says how a value that is missing is written; a record that does not have what the others
have is rejected with its number, never shifted into place.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from graphcli.loaders.reader.batches import SHOWN, BatchSource, Problem, RawBatch, Sheet
from graphcli.loaders.reader.delimited.dialect import SEPARATORS
from graphcli.loaders.reader.encodings import Encoding, open_text
from graphcli.loaders.reader.header import LOOKED_AT, find_header
from graphcli.loaders.reader.header_words import fold_name, header_words
from graphcli.loaders.reader.json.forms import python_value
from graphcli.loaders.reader.json.records import CHUNK, Record, cell_text, record_batch
from graphcli.loaders.reader.paths import shown_name
from graphcli.loaders.reader.text.card_blocks import card_blocks, running_cards
from graphcli.loaders.reader.text.headed_blocks import headed_blocks
from graphcli.loaders.reader.text.labels import RULE, form_of, pairs_of
from graphcli.loaders.reader.text.pair_lines import pair_lines
from graphcli.workspace.errors import DataContractError

# So many of the first lines must be of a form.
MOSTLY = 0.95
LEAST_LINES = 3
# So many things that columns hold must be named, on so many of the lines.
LEAST_NAMES, NAMED_LINES = 3, 0.3
BLOCKS = ("blocks", "bracketed", "expanded")
_BLANKS = (re.compile(r"[ \u3000\xa0]{2,}"), re.compile(r"[ \u3000\xa0]+"))
_TAIL = " \t\r\n,;"


@dataclass(frozen=True)
class TextSource(BatchSource):
    """The records of one file.

    Attributes
    ----------
    form
        ``lists``, ``blocks``, ``expanded`` for blocks of psql, ``blanks`` where the gaps are wide, ``blank``
        where they are single.
    names
        Names of the values; for blocks those that the blocks have.
    above
        Lines before the first record: titles and the header. For blocks what stands between them: 2 for a
        rule, 1 for a blank line, 0 for nothing.
    """

    path: Path
    encoding: Encoding
    form: str
    names: tuple[str, ...]
    above: int = 0

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all records in batches of at most ``size``."""
        records = _blocks(self) if self.form in BLOCKS else _rows(self)
        first = 1
        while chunk := list(islice(records, size)):
            yield record_batch(chunk, first)
            first += len(chunk)


def text_sheet(path: Path, encoding: Encoding) -> Sheet | None:
    """Open a file of printed records; ``None`` where it is none.

    Raises
    ------
    DataContractError
        No record of it can be read.
    """
    with open_text(path, encoding, newline=None) as handle:
        start = handle.read(CHUNK)
        whole = not handle.read(1)
    lines = start.lstrip("\ufeff").splitlines()
    lines = lines if whole or len(lines) < 2 else lines[:-1]
    source = (
        _of_rows(path, encoding, lines)
        or _of_blocks(path, encoding, lines)
        or headed_blocks(path, encoding, lines)
        or pair_lines(path, encoding, lines)
        or card_blocks(path, encoding, lines)
        or running_cards(path, encoding, lines, whole)
    )
    if source is None:
        return None
    sample = next(source.batches(200), None)
    if sample is None or not sample.frame.height:
        raise DataContractError(f"{shown_name(path)} holds no record that can be read")
    notices = [encoding.notice] if encoding.notice else []
    headers = tuple(sample.frame.columns[1:])
    if isinstance(source, TextSource) and source.form not in BLOCKS:
        headers = source.names
        if headers[0] == "column 1":
            notices.append("there is no header; the columns are counted")
    return Sheet("", headers, source, tuple(Problem(None, "", "", one, "kept") for one in notices))


def _of_rows(path: Path, encoding: Encoding, lines: Sequence[str]) -> TextSource | None:
    filled = [line for line in lines if line.strip()][:LOOKED_AT]
    if len(filled) < LEAST_LINES:
        return None
    lists = filled[0].lstrip()[:1] in {"[", "("}
    marked = any(mark in line for line in filled for mark in SEPARATORS)
    for form in ("lists",) if lists else ("blanks",) if marked else ("blanks", "blank"):
        rows = [_values(line, form) for line in filled]
        widths = Counter(len(row) for row in rows if row)
        width, count = max(widths.items(), key=lambda one: one[1], default=(0, 0))
        if width < (3 if form == "blank" else 2) or count < MOSTLY * len(filled):
            continue
        guess = find_header([row if len(row) == width else [""] * width for row in rows])
        # Any text has lines of as many words now and then; a header says that it is a table. Marks may be
        # those between cells, with blanks behind them.
        plain = guess.index is not None and not any(
            mark in name for name in guess.headers for mark in SEPARATORS
        )
        if not plain and (form == "blank" or (marked and not lists)):
            continue
        return TextSource(path, encoding, form, guess.headers, guess.first_record)
    return None


def _values(line: str, form: str) -> list[str]:
    """The values of one line; none where it is of another form."""
    if form != "lists":
        return _BLANKS[form == "blank"].split(line.strip())
    text = line.strip().rstrip(_TAIL)
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        value = python_value(text)
    if not isinstance(value, list) or any(isinstance(one, dict) for one in value):
        return []
    return ["" if one is None else cell_text(one) for one in value]


def _rows(source: TextSource) -> Iterator[tuple[Record, str]]:
    with open_text(source.path, source.encoding, newline=None) as handle:
        filled = (line.lstrip("\ufeff") for line in handle if line.strip("\ufeff\0 \t\r\n"))
        for number, line in enumerate(filled):
            if number < source.above:
                continue
            values = _values(line, source.form)
            if len(values) == len(source.names):
                yield dict(zip(source.names, values, strict=True)), line
                continue
            what = f"{len(values)} values where the others have {len(source.names)}" if values else "no list"
            yield f"{what}: which is which cannot be told", line


def _of_blocks(path: Path, encoding: Encoding, lines: Sequence[str]) -> TextSource | None:
    filled = [line for line in lines if line.strip() and not RULE.fullmatch(line)]
    form = form_of(lines)
    # What stands in brackets alone is the title of a notice.
    opened = [line for line in filled if form != "bracketed" or any(v for _, v in pairs_of(line, form))]
    opening = next((name for line in opened[:1] for name, _ in pairs_of(line, form)), "")
    if not opening:
        return None
    roles = _roles()
    counts = Counter(name for line in filled for name, _ in pairs_of(line, form))
    known = {name for name in counts if fold_name(name) in roles}
    told = {roles[fold_name(name)] for name in known}
    # In a text with a few such lines most lines are of another kind.
    named = sum(any(name in known for name, _ in pairs_of(line, form)) for line in filled)
    if not told & {"title", "employer"} or len(told) < LEAST_NAMES or named < NAMED_LINES * len(filled):
        return None
    most = max(counts[name] for name in known)
    names = tuple(name for name, count in counts.items() if name in known or 2 * count > most)
    ends = _ends_of(lines, opening, form)
    return TextSource(path, encoding, form, (opening, *(name for name in names if name != opening)), ends)


def _ends_of(lines: Sequence[str], opening: str, form: str) -> int:
    """What stands before most blocks: 2 for a rule, 1 for a blank line, 0 for nothing."""
    before = []
    gap = 0
    for line in lines:
        if not line.strip() or RULE.fullmatch(line):
            gap = max(gap, 2 if line.strip() else 1)
            continue
        if (pairs_of(line, form) or [("", "")])[0][0] == opening:
            before.append(gap)
        gap = 0
    inner = before[1:]
    return next((end for end in (2, 1) if sum(one >= end for one in inner) > 0.8 * len(inner)), 0)


def _blocks(source: TextSource) -> Iterator[tuple[Record, str]]:
    """Read blocks: one ends where the others end, or where its first name comes again."""
    opening, *others = source.names
    names = {opening, *others}
    roles = _roles() if source.form == "bracketed" else {}
    record: dict[str, list[str]] = {}
    text: list[str] = []
    current, gap = "", False
    with open_text(source.path, source.encoding, newline=None) as handle:
        for line in handle:
            line = line.strip("\ufeff\0\r\n")
            if not line.strip() or RULE.fullmatch(line):
                gap = gap or (bool(line.strip()) if source.above == 2 else source.above == 1)
                continue
            for name, value in pairs_of(line, source.form) or [("", line)]:
                again = name in record and (gap or (name == opening and not source.above))
                again = again or _begins_anew(name, record, roles)
                if record and (again or (gap and (name == opening or source.above == 2))):
                    yield _block(record, text)
                    record, text, current = {}, [], ""
                gap = False
                if name in names and name not in record:
                    record[name], current = [value], name
                elif current:
                    record[current].append(f"{name}：{value}" if name else line.strip())
                elif name:
                    record[name], current = [value], name
                else:
                    yield "a line outside of any record", line
            text.append(line)
    if record:
        yield _block(record, text)


def _roles() -> dict[str, str]:
    return {word: role for role, word in header_words().select("role", "word").drop_nulls("role").iter_rows()}


def _begins_anew(name: str, record: Mapping[str, Sequence[str]], roles: Mapping[str, str]) -> bool:
    """Whether a label tells of another posting: 【岗位】 comes again, or 【公司】 after 【单位】."""
    if not roles or not name:
        return False
    role = roles.get(fold_name(name), "")
    told = {roles.get(fold_name(one), "") for one in record}
    return name in record or (role in {"title", "employer"} and role in told)


def _block(record: dict[str, list[str]], text: Sequence[str]) -> tuple[Record, str]:
    values = {name: _unquoted("\n".join(lines).strip()) for name, lines in record.items()}
    return values, "\n".join(text)[:SHOWN]


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted and value[0] not in value[1:-1] else value
