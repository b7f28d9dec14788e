"""ASPI's China Defence Universities Tracker, in the JSON form of the MISP galaxy.

Military and security institutions, the Seven Sons and the conglomerates count as the tracker files them.
Its civilian and police universities carry a claim without a kind: shown, but nobody is called defense
because of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphcli.loaders.lists.document import Document, Reading
from graphcli.loaders.lists.entries import ALIAS_SEPARATOR

TITLE = "ASPI's China Defence Universities Tracker (MISP galaxy JSON)"
NAME = "aspi_china_defence_universities"
SOURCE = "China Defence Universities Tracker, ASPI"
GALAXY = "china-defence-universities"
# Category → (id, affiliation, type, kind, basis).
CATEGORIES: Mapping[str, tuple[str, str, str, str | None, str]] = {
    "Military": ("aspi_military", "ASPI tracker: military", "university", "defense", "university"),
    "Seven sons of national defence": (
        "aspi_seven_sons", "ASPI tracker: Seven Sons", "university", "defense", "university",
    ),
    "Defence industry conglomerate": (
        "aspi_conglomerates", "ASPI tracker: defence industry", "conglomerate", "defense", "parent",
    ),
    "Security": ("aspi_security", "ASPI tracker: security", "university", None, "university"),
    "Civilian": ("aspi_civilian", "ASPI tracker: civilian", "university", None, "university"),
}  # fmt: skip
_NAME = re.compile(r"^(?P<english>.+?)\s*[(（](?P<chinese>[^()（）]*[\u4e00-\u9fff].*)[)）]\s*$")
_COMPANY = re.compile(r"[(（]([^()（）]*(?:[(（][^()（）]*[)）])?[^()（）]*公司)[)）]")
_HAS_CHINESE = re.compile("[\u4e00-\u9fff]")
# Shorter ones (北大, 南师, 九院) and Latin initials (BIT, CSU) are shared by too many.
_SHORTEST_ALIAS = 4


def recognises(document: Document) -> bool:
    """Whether the JSON says that it is the tracker."""
    return isinstance(document.json, dict) and document.json.get("type") == GALAXY


def read(document: Document, as_of: str | None) -> Reading:
    """Read one entry for each institution and for each company it names as its own.

    Raises
    ------
    DataContractError
        An entry lacks its name or has a category that the tracker does not define.
    """
    return Reading(NAME, list(_entries(document, as_of)), len(_values(document)))


def _values(document: Document) -> list[Any]:
    values = document.json.get("values")
    if not isinstance(values, list):
        raise document.broken(0, "no list called 'values'")
    return values


def _entries(document: Document, as_of: str | None) -> Iterator[Mapping[str, str | None]]:
    for number, value in enumerate(_values(document), start=1):
        yield from _institution(document, number, value, as_of)


def _institution(
    document: Document, number: int, value: Any, as_of: str | None
) -> Iterator[Mapping[str, str | None]]:
    meta = value.get("meta") if isinstance(value, dict) else None
    if not isinstance(meta, dict) or not isinstance(value.get("value"), str) or not value["value"].strip():
        raise document.broken(number, "an entry needs 'value' (its name) and 'meta'")
    categories = _texts(document, number, meta, "categories")
    if len(categories) != 1 or categories[0] not in CATEGORIES:
        raise document.broken(number, f"category {categories} is none of {', '.join(CATEGORIES)}")
    group, affiliation, kind_of, kind, basis = CATEGORIES[categories[0]]
    english, chinese, aliases = _names(value["value"], _texts(document, number, meta, "aliases"))
    common: dict[str, str | None] = {
        "affiliation_id": group,
        "affiliation": affiliation,
        "affiliation_type": kind_of,
        "kind": kind,
        "source": f"{SOURCE}: {categories[0]}",
        "url": next((link for link in _texts(document, number, meta, "refs") if _is_link(link)), None),
        "as_of": as_of,
        "certainty": "sure",
    }
    identity = f"aspi-{number:03d}"
    yield common | {
        "id": identity,
        "name_zh": chinese,
        "name": english,
        "aliases": ALIAS_SEPARATOR.join(aliases) or None,
        "basis": basis,
    }
    companies = [
        found[1].strip()
        for text in _texts(document, number, meta, "subsidiaries")
        if not text.startswith("[") and (found := _COMPANY.search(text)) and _HAS_CHINESE.search(found[1])
    ]
    for position, company in enumerate(companies, start=1):
        yield common | {
            "id": f"{identity}-{position}",
            "name_zh": company,
            "parent": identity,
            "basis": "subsidiary",
        }


def _names(title: str, aliases: list[str]) -> tuple[str, str | None, list[str]]:
    found = _NAME.match(title.strip())
    english, chinese = (found["english"], found["chinese"]) if found else (title.strip(), None)
    fit = [text for text in aliases if _HAS_CHINESE.search(text) and len(text) >= _SHORTEST_ALIAS]
    chinese = chinese or next(iter(fit), None)
    safe = [text for text in fit if text != chinese and ALIAS_SEPARATOR not in text]
    return english, chinese, sorted(set(safe))


def _texts(document: Document, number: int, meta: Mapping[str, Any], key: str) -> list[str]:
    texts = meta.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise document.broken(number, f"{key!r} is not a list of texts")
    return [text.strip() for text in texts if text.strip()]


def _is_link(text: str) -> bool:
    return re.fullmatch(r"https?://\S+", text) is not None
