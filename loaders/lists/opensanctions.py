"""OpenSanctions data: FollowTheMoney entities as JSON lines, and ``targets.simple.csv``.

An organisation becomes one entry for each programme that lists it. The dates stand in entities of their own
(schema Sanction) that point at it; where none is given, it was listed by the day it was first seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphcli.loaders.lists.document import Document, Reading, known_by, link, quoted
from graphcli.loaders.lists.names import named
from graphcli.loaders.lists.programs import Program, program_called
from graphcli.workspace.identity import stable_hash

PUBLISHER = "OpenSanctions"
# The schemata of FollowTheMoney that mean a body that may post a job; LegalEntity where nobody knows more.
ORGANISATIONS = frozenset({"Company", "Organization", "PublicBody", "LegalEntity"})
SANCTION = "Sanction"
UNLISTED = "{} that no list names"
# A mere link to somebody listed is no listing.
_NO_LISTING = frozenset({"sanction.linked", "role.rca", "role.pep"})
NEEDED = frozenset({"id", "schema", "properties"})
_SIMPLE_HEADER = frozenset({"id", "schema", "name", "aliases", "countries", "sanctions", "dataset"})
_OTHER_NAMES = ("alias", "previousName", "abbreviation")


@dataclass(frozen=True)
class _Entity:
    """One entity; ``number`` is the row it stands in."""

    number: int
    id: str
    schema: str
    top: Mapping[str, Any]
    properties: Mapping[str, Any]

    def texts(self, document: Document, key: str) -> list[str]:
        """Return the values of a property, nested entities left out.

        Raises
        ------
        DataContractError
            The property is no list, or holds numbers.
        """
        values = self.properties.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str | dict) for value in values):
            raise document.broken(self.number, f"{key!r} is not a list of texts")
        return [value.strip() for value in values if isinstance(value, str) and value.strip()]


@dataclass(frozen=True)
class _Listing:
    """Under which programme, since when and until when an organisation is listed.

    Where no start is given, ``known_by`` is a day by which it was listed.
    """

    program: Program
    known_by: str | None
    start: str | None = None
    end: str | None = None
    url: str | None = None


class Entities:
    """FollowTheMoney entities, one on each line or in an array."""

    TITLE = "OpenSanctions and FollowTheMoney entities as JSON lines"

    def recognises(self, document: Document) -> bool:
        """Whether the first value is an entity."""
        if document.lines is not None:
            return True
        first = document.json[0] if isinstance(document.json, list) and document.json else None
        return isinstance(first, dict) and first.keys() >= NEEDED

    def read(self, document: Document, as_of: str | None) -> Reading:
        """Read all entities, then join the organisations with the sanctions that point at them.

        Raises
        ------
        DataContractError
            A line is no entity, an organisation has no name, or a date is none.
        """
        reading = Reading()
        bodies: dict[str, _Entity] = {}
        listings: dict[str, list[_Listing]] = {}
        datasets: set[str] | None = None
        for entity in _entities(document):
            reading.rows += 1
            if own := _datasets(entity):
                datasets = own if datasets is None else datasets & own
            if entity.schema == SANCTION:
                _remember(document, entity, listings)
            elif entity.schema not in ORGANISATIONS:
                reading.set_aside[entity.schema] += 1
            elif entity.id in bodies:
                reading.set_aside["repeated entity"] += 1
            else:
                bodies[entity.id] = _with_name(document, entity)
                _remember_nested(document, entity, listings)
        for body in bodies.values():
            made = _body_entries(document, body, listings.get(body.id, ()), as_of)
            reading.entries += made
            if not made:
                reading.set_aside[UNLISTED.format(body.schema)] += 1
        shared = sorted(datasets or ())
        reading.name = _list_name(shared[0] if len(shared) == 1 else "")
        return reading


class SimpleTargets:
    """The table ``targets.simple.csv``: one row for each target, without the dates of its listings."""

    TITLE = "OpenSanctions targets.simple.csv"

    def recognises(self, document: Document) -> bool:
        """Whether the CSV has the table's columns."""
        return set(document.header) >= _SIMPLE_HEADER

    def read(self, document: Document, as_of: str | None) -> Reading:
        """Yield one entry for each organisation and programme.

        Raises
        ------
        DataContractError
            A row is too short, has no name, or a date is none.
        """
        reading = Reading()
        shared: set[str] | None = None
        for number, row in document.records():
            reading.rows += 1
            titles = _split(row["dataset"])
            shared = set(titles) if shared is None else shared & set(titles)
            if row["schema"] not in ORGANISATIONS:
                reading.set_aside[row["schema"] or "row without a schema"] += 1
                continue
            if not row["name"]:
                raise document.broken(number, "'name' is empty")
            first_seen, last_seen = (
                document.day(number, column, row.get(column)) for column in ("first_seen", "last_seen")
            )
            edition = as_of or _whole(last_seen)
            programs = _split(row.get("program_ids", "")) or titles or [PUBLISHER]
            # Of several lists nobody knows which one it was first seen on.
            seen = first_seen if len(programs) == 1 else edition
            listings = [_Listing(program_called(text), seen) for text in programs]
            names = named([row["name"]], _split(row["aliases"]))
            reading.entries += _entries(row["id"], names, listings, edition)
        only = sorted(shared or ())
        reading.name = _list_name(only[0] if len(only) == 1 else "")
        return reading


def _entities(document: Document) -> Iterator[_Entity]:
    for number, value in document.objects():
        yield _entity(document, number, value)


def _entity(document: Document, number: int, value: Any) -> _Entity:
    top = value if isinstance(value, dict) else {}
    identity, schema, properties = (top.get(key) for key in ("id", "schema", "properties"))
    named_well = all(isinstance(text, str) and text.strip() for text in (identity, schema))
    if named_well and isinstance(properties, dict):
        return _Entity(number, str(identity).strip(), str(schema).strip(), top, properties)
    raise document.broken(number, "an entity needs 'id', 'schema' and 'properties'")


def _with_name(document: Document, entity: _Entity) -> _Entity:
    if not entity.texts(document, "name"):
        raise document.broken(entity.number, f"{quoted(entity.id)} is a {entity.schema} without a name")
    return entity


def _datasets(entity: _Entity) -> set[str]:
    found = entity.top.get("datasets")
    return {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()


def _remember(document: Document, sanction: _Entity, listings: dict[str, list[_Listing]]) -> None:
    owners = sanction.texts(document, "entity")
    found = _listings(document, sanction)
    for owner in owners:
        listings.setdefault(owner, []).extend(found)


def _remember_nested(document: Document, body: _Entity, listings: dict[str, list[_Listing]]) -> None:
    """Take the sanctions that ``targets.nested.json`` puts inside the entity."""
    values = body.properties.get("sanctions", [])
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict):
            found = _listings(document, _entity(document, body.number, value))
            listings.setdefault(body.id, []).extend(found)


def _listings(document: Document, sanction: _Entity) -> list[_Listing]:
    def texts(key: str) -> list[str]:
        return sanction.texts(document, key)

    def days(key: str) -> list[str]:
        return [day for text in texts(key) if (day := document.day(sanction.number, key, text))]

    start = min(days("listingDate") or days("startDate"), default=None)
    end = max(days("endDate"), default=None)
    document.check_order(sanction.number, start, end)
    described = [*(texts("program") or texts("authority")), *sorted(_datasets(sanction)), PUBLISHER]
    programs = [program_called(text) for text in texts("programId")] or [program_called(*described)]
    seen, url = _seen(document, sanction, "first_seen"), link(*texts("sourceUrl"), *texts("programUrl"))
    return [_Listing(program, seen, start, end, url) for program in programs]


def _seen(document: Document, entity: _Entity, key: str) -> str | None:
    text = entity.top.get(key)
    return document.day(entity.number, key, text) if isinstance(text, str) else None


def _body_entries(
    document: Document, body: _Entity, listings: Iterable[_Listing], as_of: str | None
) -> list[Mapping[str, str | None]]:
    found = list(listings)
    if not found and _is_listed(document, body):
        described = [*body.texts(document, "programId"), *sorted(_datasets(body)), PUBLISHER]
        found = [_Listing(program_called(*described), _seen(document, body, "first_seen"))]
    own = link(*body.texts(document, "sourceUrl"))
    names = named(
        body.texts(document, "name"), [text for key in _OTHER_NAMES for text in body.texts(document, key)]
    )
    dated = [item if item.url else replace(item, url=own) for item in found]
    return _entries(body.id, names, dated, as_of or _whole(_seen(document, body, "last_seen")))


def _is_listed(document: Document, body: _Entity) -> bool:
    topics = body.texts(document, "topics")
    if topics and set(topics) <= _NO_LISTING:
        return False
    return body.top.get("target") is not False


def _entries(
    identity: str,
    names: Mapping[str, str | None],
    listings: Iterable[_Listing],
    as_of: str | None,
) -> list[Mapping[str, str | None]]:
    """One entry for each programme and start; of several ends the open one, else the last, counts."""
    best: dict[str, _Listing] = {}
    for item in listings:
        key = stable_hash(identity, item.program.affiliation_id, item.start or "")
        held = best.get(key)
        if held is None or (held.end or "~") < (item.end or "~"):
            best[key] = item
    return [
        {
            "id": f"os-{key}",
            **names,
            **item.program.columns(),
            "source": f"{item.program.source} (published by {PUBLISHER})",
            "listed_from": item.start or known_by(item.known_by or as_of),
            "listed_to": item.end,
            "url": item.url,
            "as_of": as_of,
        }
        for key, item in best.items()
    ]


def _split(cell: str) -> list[str]:
    return [text.strip() for text in cell.split(";") if text.strip()]


def _whole(day: str | None) -> str | None:
    return day if day and re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) else None


def _list_name(dataset: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", dataset.casefold()).strip("_")[:40]
    return f"opensanctions_{slug}" if slug else "opensanctions"


ENTITIES = Entities()
SIMPLE_TARGETS = SimpleTargets()
