"""Place strings in pinyin or English: ``beijing chaoyang``, ``Xi'an``, ``Shanghai, China``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from graphcli.loaders.resolve.places.tables import (
    CITY,
    COUNTY,
    PROVINCE,
    Gazetteer,
    Reading,
    Token,
    latin_key,
)

WORD = re.compile(r"[^\W_]+(?:['’`][^\W_]+)*")
NOISE = frozenset(
    {
        "area",
        "asia",
        "autonomous",
        "c",
        "china",
        "chn",
        "city",
        "cn",
        "county",
        "district",
        "greater",
        "mainland",
        "metropolitan",
        "municipality",
        "new",
        "of",
        "p",
        "prc",
        "prefecture",
        "province",
        "qu",
        "r",
        "region",
        "sar",
        "sheng",
        "shi",
        "the",
        "town",
        "xian",
    }
)
# A word that stays a place's name where nothing stands before it.
NOISE_AFTER_A_NAME = frozenset({"xian", "shi", "qu", "sheng"})
STREET = frozenset(
    {
        "airport",
        "ave",
        "avenue",
        "bank",
        "blvd",
        "boulevard",
        "bridge",
        "building",
        "center",
        "centre",
        "college",
        "dadao",
        "hospital",
        "hotel",
        "jie",
        "lane",
        "lu",
        "mansion",
        "park",
        "plaza",
        "rd",
        "road",
        "square",
        "st",
        "station",
        "street",
        "tower",
        "university",
    }
)
DIRECTION = frozenset(
    {
        "bei",
        "central",
        "dong",
        "e",
        "east",
        "middle",
        "n",
        "nan",
        "north",
        "s",
        "south",
        "w",
        "west",
        "xi",
        "zhong",
    }
)
LONGEST = 5


@dataclass
class Spelled:
    """What one Latin item holds."""

    tokens: list[Token] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    namesakes: list[Token] = field(default_factory=list)


def read(item: str, gazetteer: Gazetteer) -> Spelled:
    """Read one item of a list in Latin letters, the longest names first."""
    words = WORD.findall(item)
    spelled = Spelled()
    whole = gazetteer.foreign_latin.get(latin_key(item))
    if whole:
        spelled.foreign.append(whole)
        return spelled
    position, complete = 0, True
    while position < len(words):
        length = _read_one(words, position, spelled, gazetteer)
        if not length:
            complete = False
            break
        position += length
    first = spelled.tokens[0] if spelled.tokens else None
    if first and not complete and all(reading.level == COUNTY for reading in first.readings):
        # A county's pinyin before words that are no names is too often something else.
        spelled.namesakes.append(first)
        spelled.tokens.clear()
    return spelled


def _read_one(words: list[str], position: int, spelled: Spelled, gazetteer: Gazetteer) -> int:
    """Take the name or noise word at a position; say how many words it had, 0 where it is neither."""
    word = words[position].casefold()
    if spelled.tokens and word in NOISE_AFTER_A_NAME:
        return 1
    for length in range(min(LONGEST, len(words) - position), 0, -1):
        text = " ".join(words[position : position + length])
        key = latin_key(text)
        readings = gazetteer.latin.get(key) or (_without_suffix(key, gazetteer) if length == 1 else ())
        if readings:
            token = Token(text, readings, "latin")
            if _is_street(words[position + length :]):
                spelled.namesakes.append(token)
                return 0
            spelled.tokens.append(token)
            return length
        if key in gazetteer.foreign_latin:
            spelled.foreign.append(gazetteer.foreign_latin[key])
            return length
    return 1 if word in NOISE else 0


def _without_suffix(key: str, gazetteer: Gazetteer) -> tuple[Reading, ...]:
    """Read ``beijingshi`` or ``nanshanqu``."""
    for suffix, levels in (
        ("sheng", {PROVINCE}),
        ("shi", {CITY, COUNTY}),
        ("xian", {COUNTY}),
        ("qu", {COUNTY}),
    ):
        readings = gazetteer.latin.get(key.removesuffix(suffix), ()) if key.endswith(suffix) else ()
        fitting = tuple(reading for reading in readings if reading.level in levels)
        if fitting:
            return fitting
    return ()


def _is_street(following: list[str]) -> bool:
    folded = [word.casefold().rstrip(".") for word in following[:2]]
    if folded and folded[0] in DIRECTION:
        folded = folded[1:]
    return bool(folded) and folded[0] in STREET
