"""Whether a whole cell is a place: names of the gazetteer, and streets behind them."""

from __future__ import annotations

import functools
import re

import polars as pl

from graphcli.loaders.resolve.places import latin as place_latin
from graphcli.loaders.resolve.places import reading as place_reading
from graphcli.loaders.resolve.places.resolving import resolve_places
from graphcli.loaders.resolve.places.tables import Gazetteer, gazetteer, has_chinese

LONGEST_PIECE = 16
_BARE_END = re.compile(r"^(?:地区|市区|市内|周边|附近|等地?|郊区|全境|[东南西北中]部|区域)$")
# Austin, TX 78701, US
_OF_A_STATE = re.compile(r"[A-Z][A-Za-z.' -]+, [A-Z]{2}(?: \d{5})?(?:, (?:US|USA|United States))?")
_WORDLIKE = re.compile(r"^[\w\u4e00-\u9fff()（）]+$")
_NO_PIECE = re.compile(
    r"(?:公司|工程师|经理|专员|主管|集团|大学|学院|\d年|本科|大专|硕士|博士|经验|\d[kK万千元人])"
)


@functools.cache
def place_starts() -> pl.Series:
    """Give the first two characters of every Chinese name of a place."""
    tables = gazetteer()
    names = {name[:2] for name in (*tables.chinese, *tables.foreign, *tables.words) if has_chinese(name)}
    return pl.Series(sorted(names), dtype=pl.String)


def are_places(cells: pl.Series) -> pl.Series:
    """Say of each cell whether all of it is a place; distinct cells in, answers in the same order."""
    return pl.Series([is_place(cell) for cell in cells], dtype=pl.Boolean)


def is_place(cell: str, streets: bool = True) -> bool:
    """Say whether all of one cell is a place.

    Parameters
    ----------
    streets
        Streets, areas and buildings may stand behind the names of cities and districts.

    Examples
    --------
    >>> is_place("北京·海淀"), is_place("北京路桥有限公司")
    (True, False)
    """
    tables = gazetteer()
    text = place_reading.clean(cell)
    if _OF_A_STATE.fullmatch(text):
        return bool(resolve_places([text])["status"].item() == "foreign")
    items = [item.strip() for item in place_reading.LIST_MARKS.split(text)[::2]]
    items = [place_reading.AND_OTHERS.sub("", item) for item in items if item]
    return bool(items) and len(items) <= 40 and all(_is_item(item, tables, streets) for item in items)


def _is_item(item: str, tables: Gazetteer, streets: bool) -> bool:
    if " ".join(item.casefold().split()) in tables.words:
        return True
    if not has_chinese(item):
        return _is_latin(item, tables)
    first, *pieces = [piece for piece in place_reading.LEVEL_MARKS.split(item) if piece] or [""]
    if not _is_named(first, tables, streets):
        return False
    return all((streets and _is_piece(piece)) or _is_named(piece, tables, streets) for piece in pieces)


def _is_named(piece: str, tables: Gazetteer, streets: bool) -> bool:
    bare = place_reading.COUNTRY.sub("", piece)
    if bare in tables.chinese or bare in tables.foreign or bare in tables.words:
        return bare not in tables.generic
    tokens, rest = place_reading.glued(bare, tables, ())
    if not tokens:
        return False
    if not rest or not streets:
        return not rest
    short_rest = len(rest) <= LONGEST_PIECE - 4 and bool(place_reading.STREETLIKE.search(rest))
    inside = len(tokens) > 1 and len(rest) <= 6 and not _NO_PIECE.search(rest)
    return bool(_BARE_END.match(rest)) or (short_rest and not _NO_PIECE.search(rest)) or inside


def _is_piece(piece: str) -> bool:
    return len(piece) <= LONGEST_PIECE and bool(_WORDLIKE.match(piece)) and not _NO_PIECE.search(piece)


def _is_latin(item: str, tables: Gazetteer) -> bool:
    if len(item) > 40 or not re.search("[A-Za-z]", item):
        return False
    spelled = place_latin.read(item, tables)
    if not spelled.tokens and not spelled.foreign:
        return False
    if spelled.foreign and not spelled.tokens:
        return place_reading.clean(item).casefold() == item.casefold() and len(item.split()) <= 3
    named = {word.casefold() for token in spelled.tokens for word in place_latin.WORD.findall(token.text)}
    words = {word.casefold() for word in place_latin.WORD.findall(item)}
    return words <= named | place_latin.NOISE
