"""The state that a page carries for its scripts: what a board shows, as the JSON that it was made from.

Pages that are drawn in the browser hold no table; their postings stand in a script, given to a variable
(``window.__INITIAL_STATE__ = {…}``) or as a document of its own (``<script type="application/json">``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from graphcli.loaders.reader.batches import SHOWN
from graphcli.loaders.reader.json.forms import LAST_PAGE, dominant_list
from graphcli.loaders.reader.json.records import Record

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# Attempts at one script; a library holds thousands of assignments and no state.
MAX_TRIES = 50
_GIVEN = re.compile(
    r"(?:\b(?:window|self|globalThis)\s*(?:\.\s*[\w$]+|\[\s*[\"'][\w$.-]+[\"']\s*\])"
    r"|\b(?:var|let|const)\s+[\w$]+)"
    r"\s*=\s*(?P<parsed>JSON\s*\.\s*parse\s*\(\s*(?=\"))?(?=[\[{\"])"
)
# A value that JSON has not, in the place of one.
_UNDEFINED = re.compile(r'("(?:[^"\\]|\\.)*")|(?<=[:,\[])\s*undefined\b', re.S)


def state_records(scripts: Iterable[LexborNode]) -> tuple[tuple[Record, str], ...]:
    """Give the records of the state: the largest list that makes up most of a script's value."""
    lists = [
        found
        for script in scripts
        for value in _values(script.text(deep=True) or "", script.attributes.get("type") or "")
        if (found := dominant_list({"": value}, LAST_PAGE))
    ]
    best = max(lists, key=lambda items: len(json.dumps(items)), default=[])
    return tuple(
        (
            one if isinstance(one, dict) else "an item of the list that is no record",
            json.dumps(one, ensure_ascii=False)[:SHOWN],
        )
        for one in best
    )


def _values(text: str, kind: str) -> Iterator[Any]:
    if kind.lower().partition(";")[0].strip() == "application/json":
        yield from _read(text.strip(), False)
    elif not kind or "javascript" in kind.lower() or kind.lower() == "module":
        for given in islice(_GIVEN.finditer(text), MAX_TRIES):
            yield from _read(text[given.end() :], bool(given["parsed"]))


def _read(text: str, parsed: bool) -> Iterator[Any]:
    """Read the value at the start of a text; within ``JSON.parse`` it is a text of its own."""
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        if "undefined" not in text:
            return
        yield from _read_plain(_UNDEFINED.sub(lambda found: found[1] or "null", text))
        return
    if parsed and isinstance(value, str):
        yield from _read_plain(value)
    elif isinstance(value, dict | list):
        yield value


def _read_plain(text: str) -> Iterator[Any]:
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict | list):
        yield value
