"""From a raw place string to codes of GB/T 2260, or to a plain statement that it names no one place.

The rule: the string alone counts, and a name is read only where one reading is left. Work is done once
per distinct string, so its cost does not grow with the number of postings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from graphcli.loaders.resolve.places import reading as place_reading
from graphcli.loaders.resolve.places.reading import STREETLIKE, Found, Group
from graphcli.loaders.resolve.places.tables import (
    CITY,
    COUNTY,
    PROVINCE,
    Gazetteer,
    Reading,
    cities_and_provinces,
    gazetteer,
)
from graphcli.workspace.tables import PLACES

SHARED = "several places bear this name"
# The first of these that a string holds decides, where it names no place of China.
STATUS_OF_WORDS = {
    "remote": "remote",
    "abroad": "foreign",
    "nationwide": "nationwide",
    "country": "nationwide",
}


@dataclass(frozen=True)
class Decision:
    """What one place string means.

    Attributes
    ----------
    status
        city, multi, province, foreign, remote, nationwide, ambiguous or unknown.
    adcodes
        Codes of cities (city, multi) or provinces (province); each weighs 1/k.
    method
        How it was read: name, path (a name inside another), latin, lost character, one character off, word,
        namesake (a street or building called after a city), or nothing.
    candidates
        Codes that were considered; for an ambiguous string those that nothing decides between.
    """

    status: str
    adcodes: tuple[str, ...]
    method: str
    candidates: tuple[str, ...] = ()
    note: str = ""


def resolve_places(strings: Sequence[str]) -> pl.DataFrame:
    """Read place strings.

    Parameters
    ----------
    strings
        Raw strings in any order, repeats allowed.

    Returns
    -------
    polars.DataFrame
        The table PLACES: one row per distinct string, sorted by it.

    Examples
    --------
    >>> resolve_places(["上海·黄浦·南京路", "朝阳区"]).select("status", "adcodes").rows()
    [('city', ['310000']), ('ambiguous', [])]
    """
    tables = gazetteer()
    distinct = sorted({text for text in strings if text is not None})
    decisions = [decide(text, tables) for text in distinct]
    return pl.DataFrame(
        {
            "place_raw": distinct,
            "status": [item.status for item in decisions],
            "adcodes": [list(item.adcodes) for item in decisions],
            "method": [item.method for item in decisions],
            "candidates": [list(item.candidates) for item in decisions],
            "note": [item.note or None for item in decisions],
        },
        schema=dict(PLACES),
    )


def city_table() -> pl.DataFrame:
    """List every city that a posting can be placed in.

    Returns
    -------
    polars.DataFrame
        adcode, name, name_en, province (its code), lat, lon (degrees, null where unknown), pinyin;
        sorted by adcode.
    """
    columns = ("adcode", "name", "name_en", "province", "lat", "lon", "pinyin")
    return cities_and_provinces().filter(pl.col("level") == "city").select(columns).sort("adcode")


def province_table() -> pl.DataFrame:
    """List the provinces, municipalities and special regions: adcode, name, name_en; sorted by adcode."""
    frame = cities_and_provinces()
    return (
        frame.filter(pl.col("adcode") == pl.col("province"))
        .select("adcode", "name", "name_en")
        .sort("adcode")
    )


def decide(text: str, tables: Gazetteer) -> Decision:
    """Decide what one raw string means."""
    cleaned = place_reading.clean(text)
    if not cleaned:
        return Decision("unknown", (), "nothing", note="empty")
    found = place_reading.read(cleaned, tables)
    parts = [_decide_group(group, tables) for group in found.groups]
    if not parts:
        return _no_group(found)
    return _together(parts, found)


def _together(parts: Sequence[Decision], found: Found) -> Decision:
    cities = tuple(dict.fromkeys(code for part in parts if part.status == "city" for code in part.adcodes))
    provinces = tuple(
        dict.fromkeys(code for part in parts if part.status == "province" for code in part.adcodes)
    )
    notes = [*dict.fromkeys(part.note for part in parts if part.note), *_beside(found)]
    method = " + ".join(dict.fromkeys(part.method for part in parts))
    undecided = any(part.status == "ambiguous" for part in parts)
    candidates = _codes(code for part in parts for code in part.candidates)
    if undecided or (cities and provinces):
        if not undecided:
            notes.append("a city and a province beside each other")
        return Decision("ambiguous", (), method, candidates, "; ".join(notes))
    status = "multi" if len(cities) > 1 else "city" if cities else "province"
    return Decision(status, cities or provinces, method, candidates, "; ".join(notes))


def _beside(found: Found) -> list[str]:
    notes = []
    if found.foreign:
        notes.append("also abroad: " + ", ".join(dict.fromkeys(found.foreign)))
    meanings = dict.fromkeys(meaning for meaning, _ in found.words if meaning != "country")
    notes += [f"also {meaning}" for meaning in meanings]
    if found.unread:
        notes.append("not read: " + ", ".join(found.unread))
    return notes


def _no_group(found: Found) -> Decision:
    """Judge a string in which no place of China was read."""
    candidates = _codes(
        reading.city or reading.code for token in found.namesakes for reading in token.readings
    )
    if found.foreign:
        return Decision("foreign", (), "name", note=", ".join(dict.fromkeys(found.foreign)))
    meanings = [meaning for meaning, _ in found.words]
    notes = "; ".join(dict.fromkeys(note for _, note in found.words if note))
    for meaning, status in STATUS_OF_WORDS.items():
        if meaning in meanings:
            return Decision(status, (), "word", note=notes)
    if meanings:
        return Decision("unknown", (), "word", note=notes)
    if found.namesakes:
        names = ", ".join(dict.fromkeys(token.text for token in found.namesakes))
        return Decision(
            "ambiguous", (), "namesake", candidates, f"bears the name {names} but need not lie there"
        )
    if any(STREETLIKE.search(text) for text in found.unread):
        return Decision("ambiguous", (), "nothing", note="a street, area or building without its city")
    return Decision("unknown", (), "nothing")


def _decide_group(group: Group, tables: Gazetteer) -> Decision:
    """Choose the one reading of a place, or none."""
    method = _method(group)
    if group.undecided:
        token, note = group.undecided
        codes = _reading_codes((*group.readings, *token.readings))
        return Decision("ambiguous", (), method, codes, note)
    everything = _reading_codes(group.readings)
    alone = group.tokens[0].text if len(group.tokens) == 1 else ""
    folded = alone.casefold()
    if folded in tables.contested:
        return Decision("ambiguous", (), method, everything, SHARED)
    if folded in tables.generic:
        return Decision(
            "ambiguous", (), method, everything, "an everyday word too, and no city stands before it"
        )
    lost = any(token.method == "lost character" for token in group.tokens)
    best = group.readings if lost else _best(group.readings)
    codes = _reading_codes(best)
    if len(codes) > 1:
        return Decision("ambiguous", (), method, codes, SHARED)
    status = "province" if best[0].level == PROVINCE else "city"
    return Decision(status, codes, method, everything, _note(group, best))


def _note(group: Group, best: Sequence[Reading]) -> str:
    # That a name is out of force matters where it alone decided.
    decided_alone = len(group.tokens) == 1
    notes = [item.note for item in best if item.note and (decided_alone or not item.former)]
    if best[0].level == PROVINCE and any(
        item.level == CITY and item.province == best[0].province for item in group.readings
    ):
        notes.append("read as the province, not the city of the same name")
    return "; ".join(dict.fromkeys(notes[:1] if best[0].former else notes))


def _best(readings: Sequence[Reading]) -> list[Reading]:
    """Prefer provinces to cities to counties with their suffix to counties without, names in force first."""
    ranked = [(_rank(reading), reading) for reading in readings]
    top = min(rank for rank, _ in ranked)
    return [reading for rank, reading in ranked if rank == top]


def _rank(reading: Reading) -> tuple[bool, int]:
    return reading.former, reading.level + (reading.level == COUNTY and reading.bare)


def _method(group: Group) -> str:
    methods = [token.method for token in group.tokens]
    if methods[0] != "name":
        return methods[0] if len(methods) == 1 else f"{methods[0]}, path"
    return "name" if len(methods) == 1 else "path"


def _reading_codes(readings: Iterable[Reading]) -> tuple[str, ...]:
    return _codes(reading.city or reading.code for reading in readings)


def _codes(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))
