"""JSON arrays, JSON lines, and objects that hold a list of records; nested values become dotted columns."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from graphcli.loaders.fields.text import storable
from graphcli.loaders.reader.batches import (
    MAX_COLUMNS,
    SHOWN,
    BatchSource,
    Problem,
    RawBatch,
    Sheet,
    frame_of,
)
from graphcli.loaders.reader.encodings import Encoding, open_text
from graphcli.loaders.reader.json.employers import (
    list_of_postings,
    names_employer,
    postings_apart,
    with_postings_apart,
)
from graphcli.loaders.reader.json.forms import (
    DOMINANT,
    LAST_PAGE,
    LEAST_FIELDS,
    captured_answers,
    dominant_list,
    line_value,
    plain_json,
    python_value,
    script_start,
    shell_printed,
    table_records,
    unwrapped,
    without_texts_of_json,
)
from graphcli.loaders.reader.json.large import largest_list
from graphcli.loaders.reader.paths import shown_name
from graphcli.workspace.errors import DataContractError

CHUNK = 1 << 20
# How much of a file tells that it is a log, and the share of its lines that are records then.
LOG_JUDGED, LEAST_AMONG_LINES = 1 << 18, 0.3
SPACE = "\ufeff\0 \t\r\n"
# An item longer than this is no posting, but a quote or bracket that was never closed.
MAX_ITEM = 1 << 25
# A document of more bytes is not held whole: its values take several times as much memory.
LARGEST_WHOLE = 1 << 26
# Places at which reading is tried again after broken items, so that a damaged file ends.
MAX_TRIES = 2_000
NEXT_ITEM = re.compile(r"[}\]]?\s*,\s*(?=\{)|\}\s*(?=\{)|\n(?=\{)")
MAX_DEPTH = 8
# Keys under which exports wrap their list of records.
WRAPPERS = (
    "@graph",
    "rows",
    "data",
    "items",
    "results",
    "records",
    "postings",
    "jobs",
    "list",
    "result",
    "content",
)
# Joins the values of several places or units in one cell.
JOINER = ";"

Record = dict[str, Any] | str  # a record, or why there is none


@dataclass(frozen=True)
class JsonSource(BatchSource):
    """The records of one JSON file; ``form`` is what ``json_form`` said."""

    path: Path
    encoding: Encoding
    form: str

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all records in batches of at most ``size``."""
        readers = {
            "lines": _lines,
            "array": _array,
            "object": _object,
            "objects": _objects,
            "script": _script,
            "shell": _shell,
        }
        records = with_postings_apart(readers[self.form](self.path, self.encoding))
        first = 1
        while chunk := list(islice(records, size)):
            yield record_batch(chunk, first)
            first += len(chunk)


def json_sheet(path: Path, encoding: Encoding, form: str) -> Sheet:
    """Open a JSON file whose form is known.

    Raises
    ------
    DataContractError
        It holds no record that can be read.
    """
    source = JsonSource(path, encoding, form)
    sample = next(source.batches(200), None)
    if sample is None or not sample.frame.height:
        raise DataContractError(f"{shown_name(path)} holds no JSON record that can be read")
    notices = (Problem(None, "", "", encoding.notice, "kept"),) if encoding.notice else ()
    headers = tuple(name for name in sample.frame.columns[1:])
    return Sheet("", headers, source, notices)


def json_form(path: Path, encoding: Encoding) -> str:
    """Tell ``lines``, ``array``, ``object``, ``objects`` (no commas), ``script`` and ``shell`` apart.

    Empty where it is no JSON.
    """
    with open_text(path, encoding, newline=None) as handle:
        start = handle.read(CHUNK).lstrip("\ufeff \t\r\n\0")
    if shell_printed(start):
        return "shell"
    if start.startswith("["):
        return _array_form(start)
    if not start.startswith("{"):
        first_line, _, rest = start.partition("\n")
        script = script_start(start) > 0
        if line_value(first_line.strip(SPACE)) is not None and (rest.strip(SPACE) or not script):
            return "lines"
        return "script" if script else "lines" if _among_log_lines(start) else ""
    if path.suffix.lower() in {".jsonl", ".ndjson", ".jl"}:
        return "lines"
    first_line, _, rest = start.partition("\n")
    if isinstance(_parse(first_line), dict):
        return "lines" if rest.lstrip() else "object"
    if isinstance(line_value(first_line.strip()), dict):
        return "lines"
    if _followed(start):
        return "objects"
    # An object over several lines is one document; lines of broken objects are lines.
    return "lines" if rest.lstrip().startswith("{") else "object"


def _among_log_lines(start: str) -> bool:
    """Whether records stand in lines of their own between those of a log, as Scrapy prints them."""
    lines = [line.strip() for line in start[:LOG_JUDGED].splitlines()[:-1] if line.strip()]
    found = [value for line in lines if line.startswith("{") and (value := line_value(line))]
    known = {name for value in found for name in value}
    alike = sum(_alike(value, known) and len(value) >= LEAST_FIELDS for value in found)
    return alike >= LEAST_FIELDS and alike >= LEAST_AMONG_LINES * len(lines)


def _array_form(start: str) -> str:
    following = start[1:].lstrip()[:1]
    if following == "[":
        return "object"
    if following not in {"{", "]", ""}:
        return ""
    return "object" if re.match(r"\[\s*\{\s*'", start) else "array"


def _followed(start: str) -> bool:
    """Whether one object is followed by another with no comma between."""
    try:
        end = json.JSONDecoder().raw_decode(start)[1]
    except (ValueError, RecursionError):
        return False
    return start[end:].lstrip(SPACE).startswith("{")


def _parse(text: str) -> Any:
    """Parse JSON; a text that explains it where it cannot be parsed."""
    try:
        return json.loads(text)
    except ValueError as error:
        return f"not JSON: {str(error).splitlines()[0]}"
    except RecursionError:
        return "not JSON that can be read: nested too deeply"


def _page(value: Any, text: str, paged: bool) -> list[Any] | None:
    """Give the postings of one answer of a board; crawlers keep the answers as they come, one an item.

    Parameters
    ----------
    paged
        Whether an earlier item was such an answer; then one posting alone is a page as well.
    """
    share = LAST_PAGE if paged else DOMINANT
    if not isinstance(value, dict) or "[" not in text:
        return None
    page = _of_one_employer(value) or dominant_list(value, share)
    return page if page and (paged or len(page) > 1) else None


def _lines(path: Path, encoding: Encoding) -> Iterator[tuple[Record, str]]:
    paged = False
    with open_text(path, encoding, newline="\n") as handle:
        for number, line in enumerate(handle, start=1):
            text = line.strip("\ufeff\0 \t\r\n")
            if not text:
                continue
            value = _parse(text)
            if not isinstance(value, dict):
                other = line_value(text)
                value = value if other is None else other
            if isinstance(value, dict):
                page = _page(value, text, paged)
                paged = paged or page is not None
                yield from _of_list(page) if page else [(value, text)]
            else:
                why = (
                    value if isinstance(value, str) and value.startswith("not JSON") else "not a JSON object"
                )
                yield f"line {number}: {why}", text


def _array(path: Path, encoding: Encoding) -> Iterator[tuple[Record, str]]:
    with open_text(path, encoding, newline=None) as handle:
        yield from _items(handle, "[")


def _objects(path: Path, encoding: Encoding) -> Iterator[tuple[Record, str]]:
    with open_text(path, encoding, newline=None) as handle:
        yield from _items(handle, "")


def _shell(path: Path, encoding: Encoding) -> Iterator[tuple[Record, str]]:
    """Read documents as the shell of MongoDB and its viewers print them."""
    with open_text(path, encoding, newline=None) as handle:
        text = plain_json(handle.read()).lstrip(SPACE)
    yield from _items(io.StringIO(text), "[" if text.startswith("[") else "")


def _items(handle: TextIO, opening: str) -> Iterator[tuple[Record, str]]:
    """Read an array, or objects one after another, item by item: memory does not grow with the file."""
    decoder = json.JSONDecoder()
    buffer, position, ended, count = "", 0, False, 0
    known: set[str] = set()  # fields of the first item, by which the next one is told after a broken one
    lost, tries, paged = False, 0, False
    buffer = handle.read(CHUNK).lstrip("\ufeff\0 \t\r\n")
    position = buffer.find(opening) + len(opening)
    wanted = CHUNK
    while True:
        while position < len(buffer) and buffer[position] in ", \t\r\n\0":
            position += 1
        if position >= len(buffer) and not ended:
            buffer, position = handle.read(wanted), 0
            ended = not buffer
            continue
        if position >= len(buffer):
            if opening:
                yield f"the array breaks off after item {count}", ""
            return
        if buffer[position] == "]" and opening and not lost:
            return
        try:
            value, end = decoder.raw_decode(buffer, position)
        except (ValueError, RecursionError) as error:
            more = "" if ended or _is_broken(error, len(buffer)) else handle.read(wanted)
            if more:
                # Doubling keeps one very long item from being parsed over and over.
                buffer, position, wanted = buffer[position:] + more, 0, wanted * 2
                continue
            if not lost:
                count += 1
                yield f"item {count} cannot be read", buffer[position : position + SHOWN]
            lost = True
            tries += 1
            if tries > MAX_TRIES:
                yield "what follows is too damaged to be read", buffer[position : position + SHOWN]
                return
            if (following := NEXT_ITEM.search(buffer, position + 1)) is None:
                # What is left of the buffer goes with the broken item.
                left = buffer[max(position + 1, len(buffer) - 64) :]
                buffer, position = left + handle.read(CHUNK), 0
                following = NEXT_ITEM.search(buffer)
                if following is None and len(buffer) <= 64:
                    return
            position = following.end() if following else len(buffer) - 1
            continue
        if lost and not _alike(value, known):
            position = end
            continue
        lost = False
        known = known or ({*value} if isinstance(value, dict) else known)
        count += 1
        wanted = CHUNK
        text = buffer[position : min(end, position + SHOWN)]
        page = _page(value, buffer[position:end], paged)
        position = end
        if page:
            paged = True
            yield from _of_list(page)
            continue
        yield (value if isinstance(value, dict) else f"item {count}: not a JSON object"), text


def _is_broken(error: Exception, length: int) -> bool:
    """Whether an item cannot be read, however much more of the file is read."""
    if not isinstance(error, json.JSONDecodeError) or length > MAX_ITEM:
        return True
    return not error.msg.startswith("Unterminated") and error.pos < length - 16


def _alike(value: Any, known: set[str]) -> bool:
    """Whether a value has the fields of the other items, and is no part of a broken one."""
    return isinstance(value, dict) and (not known or len(known & value.keys()) * 2 >= len(known))


def _script(path: Path, encoding: Encoding) -> Iterator[tuple[Record, str]]:
    """Read the first value of a script."""
    with open_text(path, encoding, newline=None) as handle:
        text = handle.read().strip("\ufeff\0 \t\r\n")
    text = text[max(0, script_start(text)) :]
    try:
        value = json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError) as error:
        raise DataContractError(
            f"{shown_name(path)} is a script whose value is not JSON: {str(error).splitlines()[0]}"
        ) from None
    yield from _of_value(path, value)


def _object(path: Path, encoding: Encoding) -> Iterator[tuple[Record, str]]:
    if path.stat().st_size > LARGEST_WHOLE:
        yield from _largest_list(path, encoding)
        return
    with open_text(path, encoding, newline=None) as handle:
        text = handle.read().strip("\ufeff\0 \t\r\n")
    value = _parse(text)
    if isinstance(value, str):
        other = python_value(text)
        value = value if other is None else other
    yield from _of_value(path, value)


def _largest_list(path: Path, encoding: Encoding) -> Iterator[tuple[Record, str]]:
    """Read a document that memory should not hold item by item, where one list makes up most of it."""
    start, share = largest_list(path, encoding)
    if start < 0 or share < DOMINANT:
        size = f"{path.stat().st_size / 1e6:,.0f} MB"
        raise DataContractError(
            f"{shown_name(path)} is one JSON document of {size}, no list of records; write it as JSON lines"
        )
    with open_text(path, encoding, newline=None) as handle:
        while start and (passed := handle.read(min(start, CHUNK))):
            start -= len(passed)
        yield from _items(handle, "[")


def _of_value(path: Path, value: Any) -> Iterator[tuple[Record, str]]:
    if isinstance(value, list) and value:
        value = {"rows": table_records(value) or value}
    if not isinstance(value, dict):
        raise DataContractError(
            f"{shown_name(path)} is {value if isinstance(value, str) else 'no JSON object'}"
        )
    if answers := captured_answers(value):
        yield from _of_list(_postings_of(answers))
        return
    items = table_records(value) or _of_one_employer(value) or _wrapped(value) or dominant_list(value)
    if items is None:
        value = without_texts_of_json(value)
        items = _wrapped(value) or dominant_list(value)
    if items is None:
        yield value, ""
        return
    yield from _of_list(items)


def _of_one_employer(value: dict[str, Any]) -> list[Any] | None:
    """Give the postings of a document that says beside their list whose they are."""
    for one in (value, *(value[key] for key in WRAPPERS if isinstance(value.get(key), dict))):
        name = list_of_postings(one)
        if name and names_employer(one):
            return list(postings_apart(one, name))
    return None


def _postings_of(answers: list[Any]) -> list[Any]:
    """Give the records with the fields of the largest answer: a page also asks for other things."""
    lists = [_wrapped(one) or dominant_list(one) for one in answers if isinstance(one, dict)]
    lists += [one for one in answers if isinstance(one, list)]
    filled = [[item for item in one if isinstance(item, dict)] for one in lists if one]
    largest = max(filled, key=lambda items: sum(map(len, items)), default=[])
    known = {name for item in largest for name in item}
    return [item for items in filled if items and _alike(items[0], known) for item in items]


def _of_list(items: list[Any]) -> Iterator[tuple[Record, str]]:
    for number, item in enumerate(items, start=1):
        record: Record = item if isinstance(item, dict) else f"item {number}: not a JSON object"
        yield record, str(item)[:SHOWN]


def _wrapped(value: dict[str, Any], depth: int = 0) -> list[Any] | None:
    """Give the list of records that an export wraps, also two or more levels deep."""
    inner = [value[key] for key in WRAPPERS if key in value]
    for items in inner:
        if isinstance(items, list) and any(isinstance(item, dict) for item in items):
            return items
    for one in inner:
        found = _wrapped(one, depth + 1) if isinstance(one, dict) and depth < MAX_DEPTH else None
        if found is not None:
            return found
    return None


def record_batch(chunk: list[tuple[Record, str]], first: int) -> RawBatch:
    """Make a batch of records and of those that are none, numbered from ``first``."""
    problems: list[Problem] = []
    rows: list[int] = []
    flat: list[dict[str, str]] = []
    names: dict[str, None] = {}
    for row, (record, text) in enumerate(chunk, start=first):
        if isinstance(record, str):
            problems.append(Problem(row, "", storable(text)[:SHOWN], record, "rejected"))
            continue
        cells = flatten(record)
        fresh = [name for name in cells if name not in names]
        if len(names) + len(fresh) > MAX_COLUMNS:
            left_out = fresh[MAX_COLUMNS - len(names) :]
            problems.append(Problem(row, "", left_out[0], f"{len(left_out)} fields left out", "blanked"))
            fresh = fresh[: MAX_COLUMNS - len(names)]
        names.update(dict.fromkeys(fresh))
        rows.append(row)
        flat.append(cells)
    columns = {name: [cells.get(name) for cells in flat] for name in names}
    return RawBatch(frame_of(rows, columns), tuple(problems))


def flatten(record: dict[str, Any]) -> dict[str, str]:
    """Turn nested values into dotted names and text.

    Lists of objects give the joined distinct values of each field; lists of plain values stay JSON text.

    Examples
    --------
    >>> flatten({"a": {"b": 1}, "c": ["x", "y"], "d": [{"e": "p"}, {"e": "q"}], "f": None})
    {'a.b': '1', 'c': '["x", "y"]', 'd.e': 'p;q'}
    """
    cells: dict[str, list[str]] = {}
    _collect(record, "", 0, cells)
    return {name: JOINER.join(dict.fromkeys(values)) for name, values in cells.items()}


def _collect(value: Any, name: str, depth: int, cells: dict[str, list[str]]) -> None:
    value = unwrapped(value)
    if value is None:
        return
    if isinstance(value, dict) and depth < MAX_DEPTH:
        for key, inner in value.items():
            _collect(
                inner, f"{name}.{storable(key)}" if name else storable(key) or "(no name)", depth + 1, cells
            )
    elif isinstance(value, list) and depth < MAX_DEPTH and any(isinstance(item, dict) for item in value):
        for item in value:
            _collect(item, name, depth + 1, cells)
    else:
        cells.setdefault(name, []).append(cell_text(value))


def cell_text(value: Any) -> str:
    """Write a value as the text of a cell."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        # Scrapers keep the white space between two elements of a page as a text of its own.
        value = [item for item in value if item.strip()]
        if len(value) == 1:
            return storable(value[0])
    return storable(json.dumps(value, ensure_ascii=False))
