"""The MISP galaxy of surveillance vendors: English names and synonyms, no dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphcli.loaders.lists.document import Document, Reading
from graphcli.loaders.lists.names import named

TITLE = "the MISP galaxy of surveillance vendors (JSON)"
NAME = "misp_surveillance_vendors"
SOURCE = "MISP galaxy: surveillance vendors"
GALAXY = "surveillance-vendor"


def recognises(document: Document) -> bool:
    """Whether the JSON says that it is this galaxy."""
    return isinstance(document.json, dict) and document.json.get("type") == GALAXY


def read(document: Document, as_of: str | None) -> Reading:
    """Read all entries.

    Raises
    ------
    DataContractError
        An entry lacks its name.
    """
    return Reading(NAME, list(_entries(document, as_of)), len(_values(document)))


def _values(document: Document) -> list[Any]:
    values = document.json.get("values")
    if not isinstance(values, list):
        raise document.broken(0, "no list called 'values'")
    return values


def _entries(document: Document, as_of: str | None) -> Iterator[Mapping[str, str | None]]:
    for number, value in enumerate(_values(document), start=1):
        name = value.get("value") if isinstance(value, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise document.broken(number, "an entry needs 'value' (its name)")
        meta = value.get("meta")
        synonyms = meta.get("synonyms", []) if isinstance(meta, dict) else []
        if not isinstance(synonyms, list):
            raise document.broken(number, "'synonyms' is not a list of texts")
        yield {
            "id": f"misp-{number:04d}",
            **named([name], [text for text in synonyms if isinstance(text, str)]),
            "affiliation_id": "misp_surveillance_vendors",
            "affiliation": "MISP: surveillance vendors",
            "affiliation_type": "vendor",
            "kind": "surveillance",
            "basis": "vendor",
            "source": SOURCE,
            "as_of": as_of,
            "certainty": "likely",
        }
