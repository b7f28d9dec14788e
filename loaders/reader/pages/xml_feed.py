"""XML feeds and exports: the element that repeats is the record, what stands inside it are its fields.

Applicant systems publish their postings as feeds (RSS, Atom, ``<jobs><job>``), databases and crawlers export
tables as XML; names differ, the shape does not. The file is read as a stream; a document that declares
entities is refused, for a few lines of them can grow to any size.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers import expat

from graphcli.loaders.reader.batches import SHOWN, BatchSource, Problem, RawBatch, Sheet
from graphcli.loaders.reader.encodings import Encoding, open_text
from graphcli.loaders.reader.json.records import CHUNK, MAX_DEPTH, MAX_ITEM, Record, record_batch
from graphcli.loaders.reader.paths import shown_name
from graphcli.workspace.errors import DataContractError

# As deep as records stand in feeds; what lies deeper is part of a record.
RECORD_DEPTH = 5
# Elements that are looked at to find out which of them is the record.
LOOKED_AT = 200_000
MAX_PATHS = 10_000
# Attributes in which exports of databases name the column that an element holds.
NAMED_BY = ("name", "Name")
# What feeds and exports call a record; only where none of them is there is the shape asked.
RECORDS = frozenset(
    {"job", "jobposting", "item", "entry", "position", "vacancy", "posting", "offer", "row", "record"}
)
_ROOT = re.compile(r"<(?![?!])[^\s/>]")
_PROLOG = re.compile(r"\s*<\?xml\b[^>]*\?>", re.I)

Path_ = tuple[str, ...]


class _RefusedError(Exception):
    """The document asks for something that no export of data needs."""


@dataclass
class _Element:
    """An element inside a record while it is open."""

    name: str
    children: dict[str, Any] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FeedSource(BatchSource):
    """The records of one XML file; ``record`` is the path of the element that repeats."""

    path: Path
    encoding: Encoding
    record: Path_

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all records in batches of at most ``size``."""
        records = _records(self.path, self.encoding, self.record)
        first = 1
        while chunk := list(islice(records, size)):
            yield record_batch(chunk, first)
            first += len(chunk)


def is_feed(start: str) -> bool:
    """Whether a text begins as XML of another kind than a web page or a workbook does.

    Examples
    --------
    >>> is_feed('<?xml version="1.0"?><jobs><job>'), is_feed('<?xml version="1.0"?><html>')
    (True, False)
    """
    text = start.lstrip("\ufeff \t\r\n\0")
    prolog = _PROLOG.match(text)
    if not prolog and not re.match(
        r"<(rss|feed|jobs|source|urlset|mysqldump|resultset|table_data)[\s>]", text
    ):
        return False
    root = _ROOT.search(text, prolog.end() if prolog else 0)
    named = text[root.start() + 1 : root.start() + 60] if root else ""
    return bool(root) and not re.match(r"(html|head|body|table|(\w+:)?Workbook)\b", named, re.I)


def feed_sheet(path: Path, encoding: Encoding) -> Sheet:
    """Open an XML file.

    Raises
    ------
    DataContractError
        Nothing in it repeats or has fields, it is no XML, or it declares entities.
    """
    record = _record_path(path, encoding)
    if record is None:
        raise DataContractError(
            f"{shown_name(path)} is XML without an element that holds a record with fields"
        )
    source = FeedSource(path, encoding, record)
    sample = next(source.batches(200), None)
    headers = tuple(sample.frame.columns[1:]) if sample else ()
    notices = (Problem(None, "", "", encoding.notice, "kept"),) if encoding.notice else ()
    return Sheet("", headers, source, notices)


def safe_parser() -> expat.XMLParserType:
    """Make a parser that resolves nothing and refuses entities."""

    def refuse(*_: object) -> None:
        raise _RefusedError

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.EntityDeclHandler = refuse
    return parser


def fed(path: Path, encoding: Encoding, parser: expat.XMLParserType) -> Iterator[None]:
    """Feed a file to a parser a block at a time.

    Raises
    ------
    DataContractError
        It declares entities.
    xml.parsers.expat.ExpatError
        It is no XML from some place on.
    """
    try:
        with open_text(path, encoding, newline=None) as handle:
            text = handle.read(CHUNK).lstrip("\ufeff \t\r\n\0")
            while text:
                parser.Parse(text.replace("\0", "").encode("utf-8", "replace"), False)
                yield
                text = handle.read(CHUNK)
            parser.Parse(b"", True)
            yield
    except _RefusedError:
        raise DataContractError(
            f"{shown_name(path)} declares entities, which can grow to any size; remove its <!ENTITY …> lines"
        ) from None


def _record_path(path: Path, encoding: Encoding) -> Path_ | None:
    """Find the outermost element that is called a record or repeats, and has fields."""
    counts: Counter[Path_] = Counter()
    fields: dict[Path_, set[str]] = {}
    stack: list[str] = []

    def opened(name: str, attributes: dict[str, str]) -> None:
        stack.append(local_name(name))
        if len(stack) > RECORD_DEPTH + 1 or len(counts) > MAX_PATHS:
            return
        here = tuple(stack)
        counts[here] += 1
        fields.setdefault(here, set()).update(local_name(one) for one in attributes if not _is_plumbing(one))
        if len(stack) > 1:
            fields[here[:-1]].add(next((attributes[key] for key in NAMED_BY if key in attributes), here[-1]))

    parser = safe_parser()
    parser.StartElementHandler = opened
    parser.EndElementHandler = lambda _: stack.pop()
    try:
        for _ in fed(path, encoding, parser):
            if counts.total() > LOOKED_AT:
                break
    except expat.ExpatError as error:
        if not counts:
            raise DataContractError(f"{shown_name(path)} is no XML that can be read: {error}") from None
    held = [here for here, names in fields.items() if len(names) > 1 and len(here) <= RECORD_DEPTH]
    called = [here for here in held if here[-1].lower() in RECORDS]
    repeated = called or [here for here in held if counts[here] > 1]
    if repeated:
        return min(repeated, key=lambda here: (len(here), -counts[here], here))
    # An element of the same depth comes with its fields: the innermost that has several is the one posting.
    return max(
        held, key=lambda here: (len(fields[here]) > 2, len(here), len(fields[here]), here), default=None
    )


def _records(path: Path, encoding: Encoding, record: Path_) -> Iterator[tuple[Record, str]]:
    names: list[str] = []
    open_: list[_Element] = []
    done: list[tuple[Record, str]] = []
    size = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal size
        names.append(local_name(name))
        if not open_ and tuple(names) != record:
            return
        if not open_:
            size = 0
        key = next((attributes[key] for key in NAMED_BY if key in attributes and open_), names[-1])
        others = {
            local_name(one): value
            for one, value in attributes.items()
            if not _is_plumbing(one) and not (one in NAMED_BY and open_)
        }
        open_.append(_Element(key, dict(others)))

    def said(text: str) -> None:
        nonlocal size
        size += len(text)
        if open_ and size <= MAX_ITEM:
            open_[-1].text.append(text)

    def closed(_: str) -> None:
        names.pop()
        if not open_:
            return
        element = open_.pop()
        value = _value(element)
        if open_ and len(open_) <= MAX_DEPTH:
            _add(open_[-1].children, element.name, value)
        elif not open_ and size > MAX_ITEM:
            done.append(("a record longer than any posting", str(value)[:SHOWN]))
        elif not open_:
            done.append((value if isinstance(value, dict) else {"text": value}, str(value)[:SHOWN]))

    parser = safe_parser()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = said
    try:
        for _ in fed(path, encoding, parser):
            yield from done
            done.clear()
    except expat.ExpatError as error:
        yield from done
        shown = str(_value(open_[0]))[:SHOWN] if open_ else ""
        yield f"the XML breaks off or is damaged: {error}; what follows is not read", shown


def _value(element: _Element) -> Any:
    """Give what an element holds: its text, or its fields with its own text among them."""
    text = "".join(element.text).strip()
    if not element.children:
        return text
    return element.children | ({"text": text} if text else {})


def _add(fields: dict[str, Any], name: str, value: Any) -> None:
    """Put a value under its name; several of one name are a list."""
    if name not in fields:
        fields[name] = value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]


def local_name(name: str) -> str:
    """Give a name without the prefix of its namespace."""
    return name.rpartition(":")[2] or name


def _is_plumbing(attribute: str) -> bool:
    """Whether an attribute speaks of XML itself."""
    return attribute.startswith(("xmlns", "xml:", "xsi:"))
