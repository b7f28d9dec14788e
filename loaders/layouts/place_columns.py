"""Places that stand in several columns: country, province, city and district, put together to one string.

Which level a column holds is said by the word over it and by its cells: under 区域 or ``region`` stands a
whole place in one file and the district beside a city in the next. What is joined is spelled as the reader
of places reads it: ``广东省·深圳市·南山区`` from the largest down, ``San Jose, California, US`` up from the
smallest.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from graphcli.loaders.fields.text import filled_cells
from graphcli.loaders.layouts.layout import Alternative
from graphcli.loaders.resolve.places import reading as place_reading
from graphcli.loaders.resolve.places.resolving import resolve_places
from graphcli.loaders.resolve.places.tables import CITY, PROVINCE, gazetteer, has_chinese

# Roles of header words that are parts of a place, the largest first.
LEVELS = ("place_country", "place_province", "place_city", "place_district")
DOWN, UP = "·", ", "
# Provinces of GB/T 2260 that have money of their own (ISO 4217).
UNKNOWN_MONEY = "XXX"
MONEY = {"71": "TWD", "81": "HKD", "82": "MOP"}
MOSTLY, HARDLY = 0.5, 0.2


def place_alternatives(roles: Mapping[str, Sequence[str]], sample: pl.DataFrame) -> tuple[Alternative, ...]:
    """Say how the place of a posting is read from the columns that name it or a part of it.

    Parameters
    ----------
    roles
        ``place`` and the levels → columns, most telling first.

    Returns
    -------
    tuple of Alternative
        A whole place comes first where it names more than its city, else the parts joined; the other columns
        follow, for records where these are empty.
    """
    whole = list(roles.get("place", ()))
    parts = {level: list(roles[level]) for level in LEVELS if roles.get(level)}
    every = [*whole, *(column for columns in parts.values() for column in columns)]
    held = {column: _held(sample[column]) if column in sample.columns else Counter() for column in every}
    for level, columns in parts.items():
        # 北京-海淀区 under 城市 is a whole place.
        moved = [column for column in columns if _share(held[column], "path") >= MOSTLY]
        whole += moved
        parts[level] = [column for column in columns if column not in moved]
    whole.sort(key=lambda column: [_share(held[column], kind) >= MOSTLY for kind in ("list", "street")])
    _take_parts(whole, parts, held)
    chosen = {level: found[0] for level, found in parts.items() if found}
    joined = _joined(chosen, sample)
    # A street without its city comes after a column that names the city.
    known = joined is not None or "place_city" in chosen
    full = [
        column
        for column in whole
        if _share(held[column], "path") >= MOSTLY
        or not (joined or (known and _share(held[column], "street") >= MOSTLY))
    ]
    rest = [column for column in every if column not in full and column not in chosen.values()]
    # The larger a part is the less it says alone.
    alone = [] if joined else [chosen[level] for level in reversed(LEVELS[1:]) if level in chosen]
    rest = [column for column in rest if column not in parts.get("place_country", ())]
    singles = [[Alternative((column,)) for column in some] for some in (full, alone, rest)]
    return (*singles[0], *([joined] if joined else ()), *singles[1], *singles[2])


@functools.cache
def named_twice() -> frozenset[str]:
    """Names that are a province's and that of another city in it, such as 吉林."""
    return frozenset(
        name
        for name, readings in gazetteer().chinese.items()
        if {reading.code for reading in readings if reading.level == PROVINCE}
        and any(reading.level == CITY and not reading.code.endswith("0000") for reading in readings)
    )


def currency_of(places: Sequence[Alternative], sample: pl.DataFrame) -> str:
    """Name the money of figures that do not name it, where most places have money of their own.

    Taiwan, Hong Kong and Macau have one each; elsewhere abroad it is not known (``XXX`` of ISO 4217), nor in
    a file without a word of Chinese that names no place in China. Empty where the places lie in the mainland.
    """
    columns = [column for one in places[:1] for column in one.columns if column in sample.columns]
    cells = [cell for column in columns for cell in filled_cells(sample[column])]
    found = Counter(_province(cell) for cell in cells)
    for code, money in MONEY.items():
        if found[code] >= MOSTLY * len(cells) > 0:
            return money
    status = Counter(resolve_places(cells)["status"]) if cells else Counter()
    home = sum(status[name] for name in ("city", "multi", "province", "nationwide", "ambiguous"))
    elsewhere = status["foreign"] > home or (not home and not _speaks_chinese(sample))
    return UNKNOWN_MONEY if elsewhere else ""


def _speaks_chinese(sample: pl.DataFrame) -> bool:
    cells = (cell for name in sample.columns for cell in (name, *sample[name].drop_nulls().to_list()))
    return any(has_chinese(str(cell)) for cell in cells)


def _province(cell: str) -> str:
    """First two digits of the code of the province that a cell starts with."""
    text = place_reading.COUNTRY.sub("", place_reading.clean(cell))
    tokens, _ = place_reading.glued(text, gazetteer(), ())
    codes = {reading.province[:2] for token in tokens[:1] for reading in token.readings}
    return codes.pop() if len(codes) == 1 else ""


def _take_parts(whole: list[str], parts: dict[str, list[str]], held: Mapping[str, Counter[str]]) -> None:
    """Take columns under words for a whole place for the part of it that their cells plainly are."""
    for name in ("city", "district", "province"):
        level = f"place_{name}"
        beside = [other for other in LEVELS[1:] if other != level and parts.get(other)]
        beside += [
            column
            for column in whole
            for other in ("city", "district")
            if other != name and _is_mostly(held[column], other)
        ]
        fits = [column for column in whole if _is_mostly(held[column], name)]
        if fits and beside and not parts.get(level):
            parts[level] = fits[:1]
            whole.remove(fits[0])


def _joined(columns: Mapping[str, str], sample: pl.DataFrame) -> Alternative | None:
    """Join the parts of a place; ``None`` where there are no two of them."""
    names = [columns[level] for level in LEVELS[1:] if level in columns]
    cells = [cell for name in names if name in sample.columns for cell in filled_cells(sample[name])]
    latin = bool(cells) and sum(map(has_chinese, cells)) < HARDLY * len(cells)
    country = columns.get("place_country")
    if country and names and (latin or _abroad(sample, country)):
        names.insert(0, country)
    if len(names) < 2:
        return None
    return Alternative(tuple(reversed(names) if latin else names), joiner=UP if latin else DOWN)


def _abroad(sample: pl.DataFrame, column: str) -> bool:
    """Whether a column of countries names others beside China."""
    words = gazetteer().words
    cells = filled_cells(sample[column]).unique().to_list() if column in sample.columns else []
    return any(words.get(place_reading.clean(cell).casefold(), ("",))[0] != "country" for cell in cells)


def _share(held: Counter[str], *names: str) -> float:
    return sum(held[name] for name in names) / max(1, held.total())


def _is_mostly(held: Counter[str], name: str) -> bool:
    # A municipality is a province and a city.
    both = ("municipality",) if name != "district" else ()
    return _share(held, name) > 0 and _share(held, name, *both) >= MOSTLY and _share(held, "path") <= HARDLY


def _held(cells: pl.Series) -> Counter[str]:
    """Count what the cells of a column name: a part of a place, a path of several, or nothing known."""
    return Counter(_level(cell) for cell in filled_cells(cells))


def _level(cell: str) -> str:
    tables = gazetteer()
    first = place_reading.LIST_MARKS.split(place_reading.clean(cell))[0]
    text = place_reading.COUNTRY.sub("", first.strip())
    if cell.startswith("["):
        return "list"
    if not has_chinese(text):
        return "latin"
    readings = tables.chinese.get(text, ())
    if not readings:
        return "path" if _names_a_city(text) else "street"
    if any(reading.level == CITY and reading.code.endswith("0000") for reading in readings):
        return "municipality"
    levels = {reading.level for reading in readings if not reading.former} or {readings[0].level}
    if CITY in levels:
        return "city"
    return "province" if PROVINCE in levels else "district"


def _names_a_city(text: str) -> bool:
    """Whether a city stands at the start of a longer string."""
    tables = gazetteer()
    first, *more = [piece for piece in place_reading.LEVEL_MARKS.split(text) if piece] or [""]
    tokens, rest = place_reading.glued(first, tables, ())
    large = [reading for token in tokens for reading in token.readings if reading.level == CITY]
    return bool(large) and bool(more or rest or len(tokens) > 1)
