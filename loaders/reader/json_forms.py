"""Forms in which programs leave JSON: given to a variable, in a log line, by columns, in any wrapper.

Pure functions from texts and values to records; the streams are in ``json_records``.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any

MAX_DEPTH = 8
# Python's own reader of literals needs much memory for each character.
MAX_LITERAL = 1 << 20
# A wrapper holds next to nothing beside its records.
DOMINANT = 0.8
LEAST_FIELDS = 3

_SCRIPT = re.compile(
    r"(?:/\*.{0,200}?\*/|\s|;)*(?:(?:var|let|const|export\s+default|return)\s+)?"
    r"[\w$][\w$.\[\]\"']{0,100}\s*(?:=|:?\()\s*(?=[\[{])",
    re.S,
)
_PREFIX = re.compile(r"[^{\[\"'<,]{1,100}[\t :=|>-]\s*(?=\{)")
_TAIL = " \t\r\n,;)"


def script_start(text: str) -> int:
    """Place of the value in ``callback({…})`` or ``var x = […]``; -1 where the text is no such script."""
    found = _SCRIPT.match(text)
    return found.end() if found else -1


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
    if len(text) > MAX_LITERAL or text[:1] not in {"{", "["} or "'" not in text:
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
    inner = list(value.values())
    if len(inner) < 2:
        return None
    if all(isinstance(one, list) and not any(isinstance(cell, dict | list) for cell in one) for one in inner):
        lengths = {len(one) for one in inner}
        if len(lengths) == 1 and lengths != {0}:
            return [dict(zip(value, cells, strict=True)) for cells in zip(*inner, strict=True)]
        return None
    return _of_objects(value)


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
    if len(rows) < 2 or not isinstance(rows[0], list) or not _names(rows[0]):
        return None
    return _zipped(rows[0], rows[1:])


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


def dominant_list(value: dict[str, Any]) -> list[Any] | None:
    """Give the list of objects that makes up nearly all of a value, whatever its wrappers are called."""
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
    return best[1] if best[0] >= DOMINANT * total and best[1] else None


def _objects(items: list[Any]) -> bool:
    sizes = [len(item) for item in items if isinstance(item, dict)]
    return len(sizes) * 2 > len(items) and sum(sizes) >= LEAST_FIELDS * len(sizes)


def _leaves(value: Any, depth: int) -> int:
    if depth > MAX_DEPTH * 4 or not isinstance(value, dict | list):
        return 1
    return sum(_leaves(one, depth + 1) for one in (value.values() if isinstance(value, dict) else value))
