"""Forms in which programs leave JSON: given to a variable, in a log line, by columns, in any wrapper.

Pure functions from texts and values to records; the streams are in ``json_records``.
"""

from __future__ import annotations

import ast
import base64
import json
import re
import warnings
from collections.abc import Callable
from typing import Any

from graphcli.loaders.reader.header import LOOKED_AT, find_header

MAX_DEPTH = 8
# Python's own reader of literals needs much memory for each character.
MAX_LITERAL = 1 << 20
# A wrapper holds next to nothing beside its records.
DOMINANT = 0.8
# What the last page of a board, with a posting or two, still holds.
LAST_PAGE = 0.5
LEAST_FIELDS = 3
# Column for the name of the list that a record stands in.
_LIST_NAME = "(list)"

_SCRIPT = re.compile(
    r"(?:/\*(?:(?!\*/).){0,200}\*/|//[^\n]{0,200}\n|\s|;)*+(?:(?:var|let|const|export\s+default|return)\s+)?"
    r"[\w$][\w$.\[\]\"']{0,100}\s*(?:=|:?\()\s*(?=[\[{])",
    re.S,
)
# MongoDB's names of types, around values in its shell and as only key in its exports.
_SHELL_START = re.compile(r"/\*\s*\d+\s*(?:createdAt:.{0,60})?\*/\s*\{")
_SHELL_CALL = re.compile(
    r"(?P<text>\"(?:[^\"\\]|\\.)*\")|/\*.*?\*/|"
    r"\b(?:new\s+)?(?:ObjectId|ISODate|Date|Number(?:Int|Long|Decimal)|UUID)\("
    r"\s*(?P<value>\"(?:[^\"\\]|\\.)*\"|-?[\d.]+)\s*\)",
    re.S,
)
_TYPE_KEY = re.compile(
    r"\$(?:oid|date|uuid|symbol|number(?:Int|Long|Double|Decimal))"
    r"|(?:string|integer|double|boolean|timestamp|reference|null|array|map)Value"
)
# Those of DynamoDB are so short that what they hold must bear them out.
_OF_LISTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "arrayValue": lambda inner: inner.get("values", []),
    "mapValue": lambda inner: inner.get("fields", {}),
}
_DYNAMO: dict[str, type] = {"S": str, "N": str, "BOOL": bool, "SS": list, "NS": list, "L": list, "M": dict}
_PREFIX = re.compile(r"[^{\[\"'<,]{1,100}[\t :=|>-]\s*(?=\{)")
_TAIL = " \t\r\n,;)"


def script_start(text: str) -> int:
    """Place of the value in ``callback({…})`` or ``var x = […]``; -1 where the text is no such script."""
    found = _SCRIPT.match(text)
    return found.end() if found else -1


def shell_printed(text: str) -> bool:
    """Whether documents are printed as the shell of MongoDB does: counted, or with names of types."""
    if _SHELL_START.match(text):
        return True
    if not text.startswith(("{", "[")):
        return False
    start = text[: 1 << 16]
    return any(found["value"] is not None for found in _SHELL_CALL.finditer(start))


def plain_json(text: str) -> str:
    """The JSON of what the shell of MongoDB prints: values without the names of their types, no comments.

    Examples
    --------
    >>> plain_json('/* 1 */ {"_id": ObjectId("5f"), "n": NumberInt(3), "t": "Date(1)"}')
    ' {"_id": "5f", "n": 3, "t": "Date(1)"}'
    """
    return _SHELL_CALL.sub(lambda found: found["text"] or found["value"] or "", text)


def unwrapped(value: Any) -> Any:
    """The value that exports of MongoDB, Firestore and DynamoDB put under the name of its type.

    Examples
    --------
    >>> unwrapped({"$date": {"$numberLong": "1577836800000"}}), unwrapped({"name": "x"})
    ('1577836800000', {'name': 'x'})
    """
    while isinstance(value, dict) and len(value) == 1:
        ((key, inner),) = value.items()
        if key in {"NULL", "nullValue"}:
            return None
        if not _TYPE_KEY.fullmatch(key) and not isinstance(inner, _DYNAMO.get(key, ())):
            return value
        value = _OF_LISTS[key](inner) if key in _OF_LISTS and isinstance(inner, dict) else inner
    return value


def line_value(text: str) -> Any:
    """Read the object of a line: JSON after an id or a time, or a dictionary as Python prints it.

    Returns ``None`` where there is none.

    Examples
    --------
    >>> line_value('88001:\\t{"title": "会计"}'), line_value("{'title': None}"), line_value("title,pay")
    ({'title': '会计'}, {'title': None}, None)
    """
    found = _PREFIX.match(text)
    body = text[found.end() :] if found else text
    if not body.startswith("{"):
        return None
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(body)
        if isinstance(value, dict) and not body[end:].strip(_TAIL):
            return value
    except (ValueError, RecursionError):
        pass
    value = python_value(body.rstrip(_TAIL))
    return value if isinstance(value, dict) else None


def python_value(text: str) -> Any:
    """Read a Python literal, never run; ``None`` where it is none or too long."""
    if len(text) > MAX_LITERAL or text[:1] not in {"{", "[", "("} or "'" not in text:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python warns of escapes that only it would mind
            value = ast.literal_eval(text)
        # Only what JSON can hold: no bytes, no sets, no numbers that JSON has not.
        return json.loads(json.dumps(value, default=str))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def table_records(value: Any) -> list[Any] | None:
    """Give the records of a table that is written by columns, by an index, or as rows of values."""
    if isinstance(value, list):
        return _rows_of_values(value)
    if not isinstance(value, dict):
        return None
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list) and _names(columns):
        return _zipped(columns, data)
    if visualized := _visualized(value.get("table")):
        return visualized
    inner = list(value.values())
    if len(inner) < 2:
        return None
    if all(isinstance(one, list) and not any(isinstance(cell, dict | list) for cell in one) for one in inner):
        lengths = {len(one) for one in inner}
        if len(lengths) == 1 and lengths != {0}:
            return [dict(zip(value, cells, strict=True)) for cells in zip(*inner, strict=True)]
        return None
    return _of_objects(value) or _of_lists(value)


def _visualized(table: Any) -> list[Any] | None:
    """Give the records of a table as Google's spreadsheets answer: labels, and rows of ``{"v": …}``."""
    columns, rows = (table.get("cols"), table.get("rows")) if isinstance(table, dict) else (None, None)
    if not isinstance(columns, list) or not isinstance(rows, list):
        return None
    names = [str(one.get("label") or one.get("id") or "") for one in columns if isinstance(one, dict)]
    cells = [row.get("c") if isinstance(row, dict) else None for row in rows]
    if len(names) != len(columns):
        return None
    values: list[Any] = [
        [cell.get("v") if isinstance(cell, dict) else None for cell in row] if isinstance(row, list) else row
        for row in cells
    ]
    # Spreadsheets whose header is not told by its form give it as the first row.
    return _zipped(names, values) if any(names) and _names(names) else _rows_of_values(values)


def without_texts_of_json(value: dict[str, Any]) -> dict[str, Any]:
    """Read the values of an answer that are JSON once more, written as a text.

    Examples
    --------
    >>> without_texts_of_json({"code": 0, "data": '[{"title": "会计"}]'})
    {'code': 0, 'data': [{'title': '会计'}]}
    """
    return {key: _read_again(one) for key, one in value.items()}


def _read_again(value: Any) -> Any:
    if isinstance(value, dict):
        return without_texts_of_json(value)
    if not isinstance(value, str) or value.lstrip()[:1] not in {"[", "{"}:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def captured_answers(value: Any) -> list[Any]:
    """Give the JSON answers in what the tools of a browser recorded (a HAR file), in their order."""
    log = value.get("log") if isinstance(value, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    found = []
    for entry in entries if isinstance(entries, list) else ():
        response = entry.get("response") if isinstance(entry, dict) else None
        content = response.get("content") if isinstance(response, dict) else None
        answer = _answer(content) if isinstance(content, dict) else None
        found += [] if answer is None else [answer]
    return found


def _answer(content: dict[str, Any]) -> Any:
    """The JSON of one recorded answer; ``None`` where it is another kind of file."""
    text = content.get("text")
    try:
        if isinstance(text, str) and content.get("encoding") == "base64":
            text = base64.b64decode(text).decode("utf-8")
        is_json = isinstance(text, str) and text.lstrip("\ufeff \r\n")[:1] in {"{", "["}
        return json.loads(text.lstrip("\ufeff")) if text and is_json else None
    except (ValueError, RecursionError):
        return None


def _of_lists(value: dict[str, Any]) -> list[Any] | None:
    """Give the records of several lists, as of cities or keywords, each with the name of its list."""
    wrapped = [[*one.values()] for one in value.values() if isinstance(one, dict)]
    if len(wrapped) == len(value) and len({*map(len, wrapped)}) == 1:
        # {"北京": {"jobs": […]}}
        inner = [[item for item in one if isinstance(item, list)] for one in wrapped]
        if all(len(one) == 1 for one in inner):
            return _of_lists({name: one[0] for name, one in zip(value, inner, strict=True)})
    lists = [one for one in value.values() if one]
    if len(lists) < 2 or not all(isinstance(one, list) and _objects(one) for one in lists):
        return None
    fields = [{*next(item for item in one if isinstance(item, dict))} for one in lists]
    if any(2 * len(known & fields[0]) <= len(known | fields[0]) for known in fields):
        return None
    return [
        {_LIST_NAME: name, **item} if isinstance(item, dict) and _LIST_NAME not in item else item
        for name, one in value.items()
        for item in one or []
    ]


def _of_objects(value: dict[str, Any]) -> list[Any] | None:
    if not all(isinstance(one, dict) and one for one in value.values()):
        return None
    if all(key.isdigit() for key in value):
        return list(value.values())
    keys = next(iter(value.values())).keys()
    if all(key.isdigit() for key in keys) and all(one.keys() == keys for one in value.values()):
        return [{name: cells[key] for name, cells in value.items()} for key in keys]
    return None


def _rows_of_values(rows: list[Any]) -> list[Any] | None:
    if len(rows) < 2 or not all(isinstance(row, list) and len(row) > 1 for row in rows[:2]):
        return None
    lists = [row for row in rows[:LOOKED_AT] if isinstance(row, list)]
    guess = find_header([["" if cell is None else str(cell) for cell in row] for row in lists])
    return _zipped(list(guess.headers), rows[guess.first_record :])


def _names(cells: list[Any]) -> bool:
    return (
        len(cells) > 1
        and all(isinstance(cell, str) and cell for cell in cells)
        and len({*cells}) == len(cells)
    )


def _zipped(names: list[str], rows: list[Any]) -> list[Any]:
    """Give rows of the right length their names; the others stay what they are and are rejected."""
    return [
        dict(zip(names, row, strict=True)) if isinstance(row, list) and len(row) == len(names) else row
        for row in rows
    ]


def dominant_list(value: dict[str, Any], share: float = DOMINANT) -> list[Any] | None:
    """Give the list of objects that makes up this share of a value, whatever its wrappers are called."""
    best: tuple[int, list[Any]] = (0, [])
    total = _leaves(value, 0)
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MAX_DEPTH or not isinstance(one, dict):
            continue
        for inner in one.values():
            if isinstance(inner, list) and _objects(inner):
                best = max(best, (_leaves(inner, 0), inner), key=lambda found: found[0])
            waiting.append((inner, depth + 1))
    return best[1] if best[0] >= share * total and best[1] else None


def _objects(items: list[Any]) -> bool:
    # A record may stand alone within its item: {"job": {…}}.
    sizes = [
        max(len(item), *(len(inner) if isinstance(inner, dict) else 0 for inner in item.values()), 0)
        for item in items
        if isinstance(item, dict)
    ]
    return len(sizes) * 2 > len(items) and sum(sizes) >= LEAST_FIELDS * len(sizes)


def _leaves(value: Any, depth: int) -> int:
    if depth > MAX_DEPTH * 4 or not isinstance(value, dict | list):
        return 1
    return sum(_leaves(one, depth + 1) for one in (value.values() if isinstance(value, dict) else value))
