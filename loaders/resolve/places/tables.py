"""The gazetteer: the place tables of ``loaders/reference`` as one lookup from a spelling to its readings.

A spelling may have several readings. Which of them a string means is decided in ``reading``; here
nothing is preferred, so that a name that several cities share stays shared.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from graphcli.loaders.reference.characters import simplified
from graphcli.loaders.reference.files import Column, read_csv, shipped

ADCODE = r"\d{6}"
REFERENCE = "graphcli.loaders.reference"
CHINESE = re.compile("[\u3400-\u9fff]")

PROVINCE, CITY, COUNTY = 0, 1, 2


class Reading(NamedTuple):
    """One thing that a spelling can mean.

    ``level`` is PROVINCE, CITY (a prefecture or a municipality) or COUNTY; ``city`` is the code that a
    posting gets, empty for a province. ``bare`` marks a spelling without its suffix, ``former`` a name
    that is no longer in force; ``note`` goes out with every place that was read through it.
    """

    code: str
    level: int
    city: str
    province: str
    bare: bool
    former: bool = False
    note: str = ""


class Token(NamedTuple):
    """A stretch of a string with the readings it may have, and how they were found."""

    text: str
    readings: tuple[Reading, ...]
    method: str


@dataclass(frozen=True)
class Gazetteer:
    """All spellings with their readings, and the words that are no place.

    Attributes
    ----------
    chinese, latin
        Spelling → readings; Latin spellings are folded by :func:`latin_key`.
    foreign, foreign_latin
        Spelling → English name of the place abroad.
    foreign_letters
        Letters of a state abroad, as they stand behind a town → its name.
    words
        Word → (meaning, note): nationwide, remote, abroad, elsewhere, country.
    contested, generic, weak_starts
        Names that stand for no city alone, because well-known places share them or because they are everyday
        words; and all of these together with names that other names often start with.
    counties_of
        City → codes of its counties; a city without any (东莞) knows districts that the tables do not.
    names
        Adcode → short Chinese name.
    longest
        Length of the longest Chinese spelling.
    without
        (position, spelling less the character there) → spellings, for strings with one damaged character.
    """

    chinese: Mapping[str, tuple[Reading, ...]]
    latin: Mapping[str, tuple[Reading, ...]]
    foreign: Mapping[str, str]
    foreign_latin: Mapping[str, str]
    foreign_letters: Mapping[str, str]
    words: Mapping[str, tuple[str, str]]
    contested: frozenset[str]
    generic: frozenset[str]
    weak_starts: frozenset[str]
    counties_of: Mapping[str, frozenset[str]]
    names: Mapping[str, str]
    longest: int
    without: Mapping[tuple[int, str], tuple[str, ...]]


def latin_key(text: str) -> str:
    """Fold a Latin spelling to letters and digits: case, accents, apostrophes, hyphens and spaces go.

    Examples
    --------
    >>> latin_key("Xi'an"), latin_key("Lüliang") == latin_key("lvliang")
    ('xian', True)
    """
    folded = text.casefold()
    if folded.isascii():
        return "".join(filter(str.isalnum, folded)).replace("v", "u")
    folded = unicodedata.normalize("NFKD", folded)
    kept = "".join(char for char in folded if char.isalnum() and not unicodedata.combining(char))
    return kept.replace("v", "u")


@functools.cache
def divisions() -> pl.DataFrame:
    """Read the divisions in force: adcode, name, short, level, city, pinyin, source, as_of."""
    return read_csv(
        shipped(REFERENCE, "places.csv"),
        [
            Column("adcode", required=True, pattern=ADCODE, unique=True),
            Column("name", required=True),
            Column("short", required=True),
            Column("level", required=True, choices=("province", "city", "county")),
            Column("city", pattern=ADCODE),
            Column("pinyin", required=True),
            Column("source", required=True),
            Column("as_of", required=True),
        ],
    )


@functools.cache
def cities_and_provinces() -> pl.DataFrame:
    """Read names, English names and coordinates of provinces and of the cities a posting can be placed in."""
    frame = read_csv(
        shipped(REFERENCE, "places_cities.csv"),
        [
            Column("adcode", required=True, pattern=ADCODE, unique=True),
            Column("name", required=True),
            Column("name_en", required=True),
            Column("level", required=True, choices=("province", "city")),
            Column("province", required=True, pattern=ADCODE),
            Column("lat", pattern=r"-?\d+(\.\d+)?"),
            Column("lon", pattern=r"-?\d+(\.\d+)?"),
            Column("pinyin", required=True),
            Column("as_of", required=True),
        ],
    )
    return frame.with_columns(pl.col("lat", "lon").cast(pl.Float64))


@functools.cache
def gazetteer() -> Gazetteer:
    """Build the lookup from the shipped tables; they do not change while a process runs."""
    words = _words()
    current = divisions()
    chinese, latin = _Spellings(), _Spellings()
    _add_divisions(chinese, latin, current)
    _add_extra(chinese, latin)
    _add_former(chinese)
    contested = frozenset(word for word, meaning, _ in words if meaning == "contested")
    foreign, foreign_latin = _foreign(chinese, latin, contested)
    counties = current.filter(pl.col("level") == "county").group_by("city").agg("adcode")
    spellings, latin_spellings = chinese.frozen(), latin.frozen()
    return Gazetteer(
        chinese=spellings,
        latin=latin_spellings,
        foreign=foreign,
        foreign_latin=foreign_latin,
        foreign_letters=_foreign_letters(),
        words={word: (meaning, note) for word, meaning, note in words if meaning in MEANINGS},
        contested=contested,
        generic=frozenset(word for word, meaning, _ in words if meaning == "generic"),
        weak_starts=frozenset(word for word, meaning, _ in words if meaning not in MEANINGS),
        counties_of={city: frozenset(codes) for city, codes in counties.iter_rows()},
        names=dict(cities_and_provinces().select("adcode", "name").iter_rows()),
        longest=max(len(spelling) for spelling in spellings),
        without=_without_one(spellings),
    )


def _without_one(spellings: Iterable[str]) -> dict[tuple[int, str], tuple[str, ...]]:
    found: dict[tuple[int, str], list[str]] = {}
    for spelling in sorted(spellings):
        for position in range(len(spelling)):
            found.setdefault((position, spelling[:position] + spelling[position + 1 :]), []).append(spelling)
    return {key: tuple(values) for key, values in found.items()}


MEANINGS = ("nationwide", "remote", "abroad", "elsewhere", "country")


class _Spellings:
    """Collect readings by spelling, each reading once."""

    def __init__(self) -> None:
        self._readings: dict[str, list[Reading]] = {}

    def __contains__(self, spelling: str) -> bool:
        return spelling in self._readings

    def add(self, spelling: str, reading: Reading) -> None:
        known = self._readings.setdefault(spelling, [])
        if all((reading.code, reading.level) != (other.code, other.level) for other in known):
            known.append(reading)

    def drop(self, spelling: str, code: str) -> None:
        self._readings[spelling] = [item for item in self._readings[spelling] if item.code != code]

    def frozen(self) -> dict[str, tuple[Reading, ...]]:
        return {spelling: tuple(sorted(readings)) for spelling, readings in self._readings.items()}


def _add_divisions(chinese: _Spellings, latin: _Spellings, current: pl.DataFrame) -> None:
    names = set(current["name"])
    english = dict(cities_and_provinces().select("adcode", "name_en").iter_rows())
    for code, name, short, pinyin, city in current.select(
        "adcode", "name", "short", "pinyin", "city"
    ).iter_rows():
        reading = Reading(code, _level(code), city or "", code[:2] + "0000", bare=False)
        chinese.add(name, reading)
        if short != name:
            chinese.add(short, reading._replace(bare=True))
        if (long := _plain_long_name(name, short)) not in names:
            chinese.add(long, reading)
        latin.add(latin_key(pinyin), reading._replace(bare=True))
        if code in english:
            latin.add(latin_key(english[code]), reading._replace(bare=True))
    # Shaanxi is spelled with two a because Shanxi is another province.
    latin.drop("shanxi", "610000")


def _plain_long_name(name: str, short: str) -> str:
    """Write an autonomous unit as people do: 延边州, 长阳县; other names as they are."""
    for ending, plain in (("自治州", "州"), ("自治县", "县"), ("自治旗", "旗")):
        if name.endswith(ending) and not short.endswith(plain):
            return short + plain
    return name


def _level(code: str) -> int:
    if code.endswith("0000"):
        return CITY if code[:2] in {"11", "12", "31", "50", "71", "81", "82"} else PROVINCE
    return CITY if code.endswith("00") else COUNTY


def _add_extra(chinese: _Spellings, latin: _Spellings) -> None:
    frame = read_csv(
        shipped(REFERENCE, "places_extra.csv"),
        [
            Column("name", required=True, unique=True),
            Column("kind", required=True, choices=("zone", "province", "city", "county")),
            Column("code", required=True, pattern=ADCODE),
            Column("note"),
            Column("source", required=True),
            Column("as_of", required=True),
        ],
    )
    levels = {"province": PROVINCE, "city": CITY, "county": COUNTY, "zone": COUNTY}
    for name, kind, code, note in frame.select("name", "kind", "code", "note").iter_rows():
        bare = name[-1] not in "市区县省"
        city = "" if kind == "province" else code
        reading = Reading(code, levels[kind], city, code[:2] + "0000", bare=bare, note=note or "")
        if name.isascii():
            latin.add(latin_key(name), reading)
        else:
            chinese.add(name, reading)


# Short forms of names that went out of use before this year are too old to be meant.
OLDEST_SHORT = "1999"


def _add_former(chinese: _Spellings) -> None:
    frame = read_csv(
        shipped(REFERENCE, "places_former.csv"),
        [
            Column("name", required=True),
            Column("short", required=True),
            Column("former_code", required=True, pattern=ADCODE),
            Column("city", required=True, pattern=ADCODE),
            Column("last_seen", required=True, pattern=ADCODE),
        ],
    )
    in_force = set(chinese.frozen())
    # The latest first: a name that had several codes keeps its last.
    newest = frame.sort("last_seen", "former_code", descending=True).unique(
        ["name", "city"], keep="first", maintain_order=True
    )
    rows = newest.select("name", "short", "former_code", "level", "city", "last_seen").iter_rows()
    for name, short, code, level, city, last_seen in rows:
        rank = CITY if level == "city" else COUNTY
        note = f"{name} is no longer in force; last in the tables of {last_seen[:4]}"
        reading = Reading(city if rank == CITY else code, rank, city, city[:2] + "0000", False, True, note)
        if name not in in_force:
            chinese.add(name, reading)
        if short != name and short not in in_force and last_seen >= OLDEST_SHORT:
            chinese.add(short, reading._replace(bare=True))


def _foreign(
    chinese: _Spellings, latin: _Spellings, contested: frozenset[str]
) -> tuple[dict[str, str], dict[str, str]]:
    spelled: dict[str, str] = {}
    folded: dict[str, str] = {}
    for file in ("foreign_extra.csv", "foreign_places.csv"):
        frame = read_csv(
            shipped(REFERENCE, file),
            [Column("name", required=True), Column("names", required=True), Column("source", required=True)],
        )
        for name, names in frame.select("name", "names").iter_rows():
            for spelling in names.split(";"):
                if has_chinese(spelling):
                    # As cells are read; a city of Korea may be a city of Zhejiang then, and is left out.
                    written = spelling.translate(simplified())
                    if written not in chinese and written not in contested:
                        spelled.setdefault(written, name)
                elif latin_key(spelling) not in latin:
                    folded.setdefault(latin_key(spelling), name)
    for name in _foreign_states()["name"]:
        if latin_key(name) not in latin:
            folded.setdefault(latin_key(name), name)
    return spelled, folded


def _foreign_states() -> pl.DataFrame:
    return read_csv(
        shipped(REFERENCE, "foreign_states.csv"),
        [
            Column("letters", pattern="[A-Z]{2,3}", unique=True),
            Column("name", required=True, unique=True),
            Column("country", required=True, pattern="[A-Z]{2}"),
            Column("source", required=True),
            Column("as_of", required=True),
        ],
    )


def _foreign_letters() -> dict[str, str]:
    return dict(_foreign_states().drop_nulls("letters").select("letters", "name").iter_rows())


def has_chinese(text: str) -> bool:
    """Whether a text holds a Chinese character."""
    return CHINESE.search(text) is not None


def _words() -> Iterable[tuple[str, str, str]]:
    frame = read_csv(
        shipped(REFERENCE, "places_words.csv"),
        [
            Column("word", required=True, unique=True),
            Column("meaning", required=True, choices=(*MEANINGS, "contested", "generic", "prefix")),
            Column("note"),
            Column("source", required=True),
        ],
    )
    return [
        (word, meaning, note or "")
        for word, meaning, note in frame.select("word", "meaning", "note").iter_rows()
    ]
