"""The US Consolidated Screening List: many lists of one government in one file, as JSON or as CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphcli.loaders.lists.document import Document, Reading, known_by, link, quoted
from graphcli.loaders.lists.names import named
from graphcli.loaders.lists.programs import program_called
from graphcli.workspace.identity import stable_hash

TITLE = "the US Consolidated Screening List (JSON or CSV)"
NAME = "us_consolidated_screening_list"
ORGANISATION_TYPES = frozenset({"", "entity", "organization", "company"})
# Some of its lists give no type; who is born or has a nationality is a person.
_PERSONAL = ("dates_of_birth", "places_of_birth", "nationalities", "citizenships")
_HEADER = frozenset({"source", "name", "type", "alt_names", "start_date", "end_date", "source_list_url"})
_LETTERS = re.compile(r"\(([^()]{2,20})\)")


def recognises(document: Document) -> bool:
    """Whether the JSON holds results of screening, or the CSV has their columns."""
    if document.header:
        return set(document.header) >= _HEADER
    results = document.json.get("results") if isinstance(document.json, dict) else None
    first = results[0] if isinstance(results, list) and results else None
    return isinstance(first, dict) and first.keys() >= {"source", "name"}


def read(document: Document, as_of: str | None) -> Reading:
    """Read one entry for each organisation on each of the lists.

    Raises
    ------
    DataContractError
        A record has no name or no source, holds something else than texts, or a date is none.
    """
    reading = Reading(NAME)
    seen: set[str | None] = set()
    for number, record in _records(document):
        reading.rows += 1
        kind = _text(document, number, record, "type").casefold()
        personal = any(record.get(key) for key in _PERSONAL)
        if kind not in ORGANISATION_TYPES or (not kind and personal):
            reading.set_aside[kind or "individual"] += 1
            continue
        entry = _entry(document, number, record, as_of)
        if entry["id"] in seen:
            reading.set_aside["repeated record"] += 1
            continue
        seen.add(entry["id"])
        reading.entries.append(entry)
    return reading


def _records(document: Document) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if document.header:
        yield from document.records()
        return
    for number, record in enumerate(document.json["results"], start=1):
        if not isinstance(record, dict):
            raise document.broken(number, "a record is no object")
        yield number, record


def _entry(
    document: Document, number: int, record: Mapping[str, Any], as_of: str | None
) -> Mapping[str, str | None]:
    name, source = (_text(document, number, record, key) for key in ("name", "source"))
    if not name or not source:
        raise document.broken(number, f"{'name' if not name else 'source'!r} is empty")
    start, end = (
        document.day(number, key, _text(document, number, record, key)) for key in ("start_date", "end_date")
    )
    document.check_order(number, start, end)
    program = program_called(source, *_LETTERS.findall(source))
    notice = _text(document, number, record, "federal_register_notice")
    identity = stable_hash(source, name, start or "", notice, length=12)
    return {
        "id": f"csl-{identity}",
        **named([name], _texts(document, number, record, "alt_names")),
        **program.columns(),
        "source": f"{program.source} ({notice})" if notice else program.source,
        "listed_from": start or known_by(as_of),
        "listed_to": end,
        "url": link(*(_text(document, number, record, key) for key in _LINKS)),
        "as_of": as_of,
    }


_LINKS = ("source_list_url", "source_information_url")


def _text(document: Document, number: int, record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise document.broken(number, f"{key!r} is no text but {quoted(str(value))}")
    return " ".join(value.split())


def _texts(document: Document, number: int, record: Mapping[str, Any], key: str) -> list[str]:
    value = record.get(key)
    if isinstance(value, str):
        return [text.strip() for text in value.split(";")]
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise document.broken(number, f"{key!r} is not a list of texts")
    return value
