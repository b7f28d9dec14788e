"""The named queries: one ``.cypher`` file each, whose header says what it answers and what it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from graphcli.workspace.errors import DataContractError, UsageError, unknown_name

TYPES = ("text", "integer", "number", "boolean", "date", "employer", "city", "skill", "skillgroup")
# The one value of a date that is no date: the newest edition of the lists behind the claims.
TODAY = "today"

_HEADER = re.compile(r"//\s*(title|question|parameter|example):\s*(.+)")
_PARAMETER = re.compile(
    r"(?P<name>[a-z][a-z_]*)\s+(?P<type>[a-z]+)(?:\s*=\s*(?P<default>.*?))?\s+--\s+(?P<meaning>.+)"
)
_USED = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True)
class Parameter:
    """What a query takes.

    Attributes
    ----------
    type
        One of `TYPES`; ``employer``, ``city``, ``skill`` and ``skillgroup`` take a name or an id.
    default
        Text of the default, None where the parameter must be given.
    """

    name: str
    type: str
    default: str | None
    meaning: str


@dataclass(frozen=True)
class Query:
    """One named query."""

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    example: str
    text: str


@cache
def catalogue() -> Mapping[str, Query]:
    """Read all named queries, sorted by name.

    Raises
    ------
    DataContractError
        A file breaks the rules of the header.
    """
    found = sorted(
        (item for item in files("graphcli.queries").iterdir() if item.name.endswith(".cypher")),
        key=lambda item: item.name,
    )
    return {
        item.name.removesuffix(".cypher"): parse(item.name.removesuffix(".cypher"), item.read_text("utf-8"))
        for item in found
    }


def find_query(name: str) -> Query:
    """Find a query by name, or fail with the nearest names."""
    queries = catalogue()
    if name not in queries:
        raise unknown_name("query", name, queries)
    return queries[name]


def parse(name: str, content: str) -> Query:
    """Read one query file: header lines ``// key: value``, then the statement.

    Raises
    ------
    DataContractError
        A part of the header is missing, double or malformed, or parameters and statement do not agree.
    """
    header: dict[str, list[str]] = {"title": [], "question": [], "parameter": [], "example": []}
    body: list[str] = []
    for line in content.splitlines():
        match = _HEADER.match(line)
        if match and not body:
            header[match[1]].append(match[2].strip())
        elif line.strip() and not line.startswith("//"):
            body.append(line)
    for key in ("title", "question", "example"):
        if len(header[key]) != 1:
            raise DataContractError(f"{name}.cypher: the header must have exactly one {key}")
    parameters = tuple(_parameter(name, text) for text in header["parameter"])
    text = "\n".join(body) + "\n"
    used, declared = set(_USED.findall(text)), {item.name for item in parameters} | {"scope"}
    if used != declared:
        raise DataContractError(
            f"{name}.cypher: header and statement disagree about {', '.join(sorted(used ^ declared))}"
        )
    return Query(name, header["title"][0], header["question"][0], parameters, header["example"][0], text)


def values(query: Query, given: Mapping[str, str]) -> dict[str, Any]:
    """Turn texts from the command line into the values of a query's parameters.

    Raises
    ------
    UsageError
        A name is unknown, a value is missing or does not fit its type.
    """
    names = {item.name for item in query.parameters}
    for name in given:
        if name not in names:
            raise unknown_name(f"parameter of {query.name}", name, names)
    return {item.name: _value(query, item, given.get(item.name, item.default)) for item in query.parameters}


def _parameter(name: str, text: str) -> Parameter:
    match = _PARAMETER.fullmatch(text)
    if not match or match["type"] not in TYPES:
        raise DataContractError(
            f"{name}.cypher: write a parameter as 'name type = default -- meaning', not {text!r}"
        )
    return Parameter(match["name"], match["type"], match["default"], match["meaning"])


def _value(query: Query, parameter: Parameter, text: str | None) -> Any:
    if text is None:
        raise UsageError(
            f"the query {query.name} needs {parameter.name} ({parameter.meaning}); such as: {query.example}"
        )
    try:
        return _CONVERSIONS.get(parameter.type, str)(text)
    except ValueError:
        raise UsageError(
            f"{parameter.name}={text!r} does not fit: it must be {_WANTED[parameter.type]}"
        ) from None


def _boolean(text: str) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def _date(text: str) -> str:
    return text if text == TODAY else date.fromisoformat(text).isoformat()


_CONVERSIONS: Mapping[str, Any] = {"integer": int, "number": float, "boolean": _boolean, "date": _date}
_WANTED = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date as 2021-04-30, or today",
}
