"""Saved web pages, and "Excel exports" that are web pages: tables of data and postings for search engines.

Boards describe postings to search engines in scripts (schema.org ``JobPosting`` as JSON-LD). Where a page has
neither, its state is asked (``page_state``), and then the longest list that it shows (``page_lists``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphcli.loaders.reader.batches import (
    MAX_COLUMNS,
    SHOWN,
    BatchSource,
    Problem,
    RawBatch,
    Sheet,
    frame_of,
    unique_headers,
)
from graphcli.loaders.reader.encodings import Encoding, checked_encoding, open_text
from graphcli.loaders.reader.header import find_header
from graphcli.loaders.reader.json.records import MAX_DEPTH, Record, record_batch
from graphcli.loaders.reader.pages.nesting import check_nesting
from graphcli.loaders.reader.pages.page_lists import list_records
from graphcli.loaders.reader.pages.page_state import state_records
from graphcli.loaders.reader.paths import shown_name
from graphcli.workspace.errors import DataContractError, UsageError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# A page is held in memory as a tree, some ten times its size.
MAX_PAGE = 1 << 26
MAX_SPAN = 200
MAX_CELLS = 20_000_000
MAX_NESTING = 60
# Also of an element that somebody copied out of a page.
_START = re.compile(
    r"<(!doctype\s+html|html|head|body|meta|table|style|div|title|script|center|main|section|article|ul|ol|dl)\b",
    re.I,
)
_WITHIN = re.compile(r"<(html|table|body)\b", re.I)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_LETTERED = re.compile("ABC?D?E?F?G?H?I?J?K?L?M?N?O?P?Q?R?S?T?U?V?W?X?Y?Z?(?:AA.*)?")
_SPACE = re.compile(r"[ \t\r\n\f\xa0\u3000]+")
_LINES = re.compile(r" *\0[ \0]*")
_NO_PAGE = re.compile(r"(javascript|mailto|tel|data|about|blob):", re.I)
_BLOCKS = frozenset({"br", "p", "div", "li", "tr", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN = frozenset({"script", "style", "template", "noscript"})
# Names under which web pages declare a narrower encoding than the one they use.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}

CAPTION = "a line over all columns, not a record"
# A cell over so many columns is no value of each of them.
LEAST_SPREAD = 3

# Row and column of a cell → the address that it links to.
Links = dict[tuple[int, int], str]


@dataclass(frozen=True)
class PageTable(BatchSource):
    """The rows of one table of a page; ``captions`` are the places of those that are one cell."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    captions: frozenset[int] = frozenset()

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``."""
        for start in range(0, len(self.rows), size):
            places = range(start, min(start + size, len(self.rows)))
            part = [at for at in places if at not in self.captions]
            columns = {
                name: [self.rows[row][at] or None if at < len(self.rows[row]) else None for row in part]
                for at, name in enumerate(self.headers)
            }
            captions = tuple(
                Problem(at + 1, "", self.rows[at][0][:SHOWN], CAPTION, "rejected")
                for at in places
                if at in self.captions
            )
            yield RawBatch(frame_of([at + 1 for at in part], columns), captions)


@dataclass(frozen=True)
class PagePostings(BatchSource):
    """The postings that a page holds as JSON: described to search engines, or in its state."""

    records: tuple[tuple[Record, str], ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all postings in batches of at most ``size``."""
        for start in range(0, len(self.records), size):
            yield record_batch(list(self.records[start : start + size]), start + 1)


def is_page(start: str) -> bool:
    """Whether a text begins as a web page does.

    Examples
    --------
    >>> is_page("<!DOCTYPE html><html>"), is_page("<?xml version='1.0'?><html>"), is_page("<职位>,公司")
    (True, True, False)
    """
    text = start.lstrip("\ufeff \t\r\n\0")
    if _START.match(text):
        return True
    return text[:5].lower() == "<?xml" or (text.startswith("<!--") and bool(_WITHIN.search(text)))


def page_encoding(path: Path, found: Encoding) -> Encoding:
    """Take the encoding that a page declares where its bytes allow it and are no UTF.

    Pages that a browser saved as UTF-8 often still declare what they were once.
    """
    if found.codec.lower().replace("_", "-").startswith(("utf", "ascii")) or found.steps or found.mixed:
        return found
    with path.open("rb") as handle:
        name = declared_encoding(handle.read(8192))
    if name is None:
        return found
    try:
        codec = checked_encoding(name)
        with path.open(encoding=codec, errors="strict", newline="") as page:
            while page.read(1 << 20):
                pass
    except (UsageError, UnicodeError, LookupError):
        return found
    return Encoding(codec)


def declared_encoding(content: bytes) -> str | None:
    """Give the encoding that a page declares, the wider one where pages use more than they say."""
    declared = _CHARSET.search(content[:8192])
    if declared is None:
        return None
    name = declared[1].decode("ascii", "replace").lower()
    return _WIDER.get(name, name)


def page_sheets(path: Path, encoding: Encoding) -> list[Sheet]:
    """List the postings for search engines and the tables of data of a page, or the records of its state.

    Raises
    ------
    DataContractError
        It has none, or is too large to be held in memory.
    """
    if path.stat().st_size > MAX_PAGE:
        raise too_large(path)
    with open_text(path, encoding, newline=None) as handle:
        sheets = text_sheets(handle.read())
    if not sheets:
        raise nothing_in(path)
    notices = (Problem(None, "", "", encoding.notice, "kept"),) if encoding.notice else ()
    return [Sheet(sheets[0].name, sheets[0].headers, sheets[0].source, notices), *sheets[1:]]


def too_large(path: Path) -> DataContractError:
    """Say that a page cannot be held in memory."""
    return DataContractError(
        f"{shown_name(path)} is a web page of more than {MAX_PAGE >> 20} MB; save its table as CSV"
    )


def nothing_in(path: Path) -> DataContractError:
    """Say that a page holds no postings that can be read."""
    return DataContractError(
        f"{shown_name(path)} is an HTML or XML page without a table of data, schema.org JobPosting or "
        "list of records in its scripts; save the postings it shows as CSV or JSON"
    )


def text_sheets(text: str) -> list[Sheet]:
    """List what the text of a page holds: postings for search engines, tables of data, or else its state."""
    from selectolax.lexbor import LexborHTMLParser

    check_nesting(text)
    tree = LexborHTMLParser(text.replace("\0", ""))
    sheets: list[Sheet] = []
    scripts = tree.css("script")
    if postings := tuple(_postings(scripts)):
        sheets.append(_listed("JobPosting", postings))
    tables = tree.css("table")
    layouts = _layouts(tables)
    for number, table in enumerate(tables, start=1):
        if table.mem_id not in layouts and (data := _data(table)):
            sheets.append(Sheet(f"table {number}", data.headers, data))
    if not sheets and (records := state_records(scripts)):
        sheets.append(_listed("state", records))
    if not sheets and (records := list_records(tree)):
        sheets.append(_listed("list", records))
    if len(sheets) == 1:
        return [Sheet("", sheets[0].headers, sheets[0].source)]
    return sheets


def _listed(name: str, records: tuple[tuple[Record, str], ...]) -> Sheet:
    source = PagePostings(records)
    return Sheet(name, _names(source), source)


def _names(source: PagePostings) -> tuple[str, ...]:
    return tuple(next(source.batches(200)).frame.columns[1:])


def _postings(scripts: list[LexborNode]) -> Iterator[tuple[Record, str]]:
    for script in scripts:
        if "ld+json" not in (script.attributes.get("type") or "").lower():
            continue
        text = (script.text(deep=True) or "").strip().removesuffix(";")
        text = text.removeprefix("//<![CDATA[").removeprefix("<!--").removesuffix("//]]>").removesuffix("-->")
        if "JobPosting" not in text:
            continue
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError) as error:
            yield f"a JobPosting script that is not JSON: {str(error).splitlines()[0]}", text
            continue
        for record in _of_type(value, 0):
            yield record, json.dumps(record, ensure_ascii=False)[:SHOWN]


def _of_type(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Find JobPosting objects at any place: alone, in an array, in ``@graph``, in an ItemList."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _of_type(item, depth + 1)
    elif isinstance(value, dict):
        kind = value.get("@type")
        kinds = kind if isinstance(kind, list) else [kind]
        if "JobPosting" in [str(one).rpartition("/")[2] for one in kinds]:
            yield value
            return
        for inner in value.values():
            yield from _of_type(inner, depth + 1)


def _layouts(tables: list[LexborNode]) -> set[int]:
    """Tables that only lay out a page: around a table that has at least as many rows."""
    height = {table.mem_id: len(_lines(table)) for table in tables}
    layouts = set()
    for table in tables:
        around = table.parent
        for _ in range(MAX_NESTING):
            if around is None:
                break
            if around.tag == "table" and height.get(around.mem_id, 0) <= height[table.mem_id]:
                layouts.add(around.mem_id)
            around = around.parent
    return layouts


def _data(table: LexborNode) -> PageTable | None:
    """Give the rows of a table that holds data, and not the menu of its page."""
    lines = _lines(table)
    rows, heads, links = _grid(lines)
    captions = {at for at in _captions(lines, rows) if at not in heads}
    if heads[:1] == [0] and _LETTERED.fullmatch("".join(rows[0])):
        # A published spreadsheet: its letters over the columns, the header in its first row.
        rows = [("",) * len(rows[0]), *rows[1:]]
        heads = []
    width = max(map(len, rows), default=0)
    rows = [row[:1] if at in captions else row for at, row in enumerate(rows)]
    filled = [at for at, row in enumerate(rows) if any(row)]
    if len(filled) < 2 or not 2 <= width <= MAX_COLUMNS:
        return None
    if heads and heads[-1] < 10 and heads == list(range(heads[0], heads[-1] + 1)):
        names, first = unique_headers(_headed(rows, heads, width)), heads[-1] + 1
    else:
        guess = find_header([[*row, *[""] * (width - len(row))] for row in rows[:40]])
        if guess.index is None and (len(filled) < 3 or width < 3):
            return None
        names, first = guess.headers, guess.first_record
    names = names + tuple(f"column {at + 1}" for at in range(len(names), width))
    data = rows[first : filled[-1] + 1] if filled else []
    if not data:
        return None
    linked = sorted({column for at, column in links if first <= at <= filled[-1] and column < width})
    linked = linked[: MAX_COLUMNS - width]
    # As the exports of scrapers name them; a posting is known by its address.
    names = unique_headers([*names, *(f"{names[column]} href" for column in linked)])
    wide = [
        (*row, *[""] * (width - len(row)), *(links.get((at, column), "") for column in linked))
        for at, row in enumerate(data, start=first)
    ]
    over = frozenset(at - first for at in captions if at >= first)
    return PageTable(names, tuple(wide), over) if len(over) < len(wide) else None


def _headed(rows: list[tuple[str, ...]], heads: list[int], width: int) -> list[str]:
    """Name columns by the rows of ``th``, group names before the names below them."""
    names = []
    full = [rows[at] for at in heads if len(set(filter(None, rows[at]))) > 1] or [rows[heads[-1]]]
    for cells in zip_longest(*full, fillvalue=""):
        names.append(" ".join(dict.fromkeys(filter(None, cells))))
    return names + [""] * (width - len(names))


def _lines(table: LexborNode) -> list[LexborNode]:
    """Give the rows of the table itself, not those of tables inside it."""
    lines = []
    for child in table.iter():
        if child.tag == "tr":
            lines.append(child)
        elif child.tag in {"thead", "tbody", "tfoot"}:
            lines += [inner for inner in child.iter() if inner.tag == "tr"]
    return lines


def _grid(lines: list[LexborNode]) -> tuple[list[tuple[str, ...]], list[int], Links]:
    """Lay out cells that span rows and columns; also give the rows of ``th`` only, and the links."""
    rows: list[tuple[str, ...]] = []
    heads: list[int] = []
    links: Links = {}
    below: dict[int, tuple[int, str]] = {}
    total = 0
    for at, line in enumerate(lines):
        cells = [cell for cell in line.iter() if cell.tag in {"td", "th"}]
        if cells and (all(cell.tag == "th" for cell in cells)):
            heads.append(at)
        row: list[str] = []
        for cell in cells:
            _take_from_above(row, below)
            text = _shown(cell)
            down = _span(cell, "rowspan")
            if link := _link(cell):
                links.update({(at + lower, len(row)): link for lower in range(down)})
            for _ in range(min(_span(cell, "colspan"), MAX_COLUMNS - len(row))):
                if down > 1:
                    below[len(row)] = (down - 1, text)
                row.append(text)
        _take_from_above(row, below)
        rows.append(tuple(row))
        total += len(row)
        if total > MAX_CELLS:
            raise DataContractError(f"a table of the page has more than {MAX_CELLS:,} cells; save it as CSV")
    return rows, heads, links


def _captions(lines: list[LexborNode], rows: list[tuple[str, ...]]) -> list[int]:
    """Rows that are one cell over the whole table: a title, the name of a part, a remark."""
    found = []
    for at, (line, row) in enumerate(zip(lines, rows, strict=True)):
        spread = len(row) >= LEAST_SPREAD and bool(row[0]) and len({*row}) == 1
        if spread and sum(cell.tag in {"td", "th"} for cell in line.iter()) == 1:
            found.append(at)
    return found


def _link(cell: LexborNode) -> str:
    """Give the address of the first link of a cell that leads to another page."""
    for anchor in cell.css("a[href]"):
        address = (anchor.attributes.get("href") or "").strip()
        if address and not address.startswith("#") and not _NO_PAGE.match(address):
            return address
    return ""


def _take_from_above(row: list[str], below: dict[int, tuple[int, str]]) -> None:
    while len(row) in below:
        left, text = below.pop(len(row))
        if left > 1:
            below[len(row)] = (left - 1, text)
        row.append(text)


def _span(cell: LexborNode, name: str) -> int:
    text = (cell.attributes.get(name) or "1").strip()
    return max(1, min(int(text), MAX_SPAN)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _shown(cell: LexborNode) -> str:
    """Give the text of a cell as a browser shows it."""
    parts: list[str] = []
    for node in cell.traverse(include_text=True):
        if node.tag == "-text":
            holder = node.parent
            if holder is None or holder.tag not in _HIDDEN:
                parts.append(_SPACE.sub(" ", node.text(deep=False) or ""))
        elif node.tag in _BLOCKS and parts:
            parts.append("\0")
    return _LINES.sub("\n", re.sub(" +", " ", "".join(parts))).strip()
