"""The MISP galaxy of surveillance vendors: English names and synonyms, no dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphcli.loaders.lists.document import Document
from graphcli.loaders.lists.entries import ALIAS_SEPARATOR

TITLE = "the MISP galaxy of surveillance vendors (JSON)"
NAME = "misp_surveillance_vendors"
SOURCE = "MISP galaxy: surveillance vendors"
GALAXY = "surveillance-vendor"


def recognises(document: Document) -> bool:
    """Whether the JSON says that it is this galaxy."""
    return isinstance(document.json, dict) and document.json.get("type") == GALAXY


def entries(document: Document, as_of: str | None) -> Iterator[Mapping[str, str | None]]:
    """Yield one entry for each vendor; a synonym counts only with a legal form, since many are bare words.

    Raises
    ------
    DataContractError
        An entry lacks its name.
    """
    values = document.json.get("values")
    if not isinstance(values, list):
        raise document.broken(0, "no list called 'values'")
    for number, value in enumerate(values, start=1):
        name = value.get("value") if isinstance(value, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise document.broken(number, "an entry needs 'value' (its name)")
        meta = value.get("meta")
        synonyms = meta.get("synonyms", []) if isinstance(meta, dict) else []
        if not isinstance(synonyms, list):
            raise document.broken(number, "'synonyms' is not a list of texts")
        kept = [text.strip() for text in synonyms if isinstance(text, str) and len(text.split()) > 1]
        yield {
            "id": f"misp-{number:04d}",
            "name": name.strip(),
            "aliases": ALIAS_SEPARATOR.join(text for text in kept if ALIAS_SEPARATOR not in text) or None,
            "affiliation_id": "misp_surveillance_vendors",
            "affiliation": "MISP: surveillance vendors",
            "affiliation_type": "vendor",
            "kind": "surveillance",
            "basis": "vendor",
            "source": SOURCE,
            "as_of": as_of,
            "certainty": "likely",
        }
