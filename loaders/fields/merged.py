"""Cells that hold several things, ``1-3年本科`` or ``["3-5年", "本科", "Java"]``, taken apart by content.

What is taken for a role is taken as it stands there, for the reader of that role; nothing is added. What is
of no role asked for is left in ``rest``.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence

import polars as pl

from graphcli.loaders.fields import shapes as shape
from graphcli.loaders.fields.distinct import map_distinct
from graphcli.loaders.fields.place_names import is_place
from graphcli.loaders.fields.shapes import shapes

# Roles that share a column, in the order in which they are taken out: a day before the figures of pay.
ROLES = ("posted_on", "pay", "experience", "openings", "education", "place")
LONGEST_CELL = 200
_LIST = re.compile(r"\s*\[\s*(['\"].*['\"])\s*\]\s*", re.DOTALL)
_BETWEEN_ITEMS = re.compile(r"['\"]\s*,\s*['\"]")
_NOT_INSIDE = r"(?<![\d.a-z])"
_EDGES = " \t\r\n|｜/·•・,，、;；-—:：_+&.。()（）[]【】\x00\u3000\u2028\u2029\x85\xa0"
# What is asked for of nobody: no value of any role, and nothing that is lost.
_LEFT_OPEN = re.compile(r"(?:语言|年龄|性别|专业|户籍|婚姻?)(?:要求)?[:：]?不限")
_PIECES = re.compile(r"[\x00|｜,，、;；\s]+")
_AROUND = {
    "pay": r"(?![\d.a-z年岁人])",
    "experience": "",
    "openings": r"(?![\d.])",
    "education": "",
    "posted_on": r"(?!\d)",
}


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    parts = {
        "posted_on": shape.DATE_PART,
        "pay": shape.PAY_PART,
        "experience": rf"(?:(?:工作)?(?:经验|年限)[:：]?\s*)?{shapes().experience_part}",
        "openings": shape.COUNT,
        "education": rf"(?:学历(?:要求)?[:：]?\s*)?{shapes().education_part}",
    }
    before = {"education": "", "experience": _NOT_INSIDE, "openings": r"(?<![\d.\-])"}
    return {
        role: re.compile(f"{before.get(role, _NOT_INSIDE)}(?:{pattern}){_AROUND[role]}", re.IGNORECASE)
        for role, pattern in parts.items()
    }


def split_merged(cells: pl.Series, roles: Sequence[str]) -> pl.DataFrame:
    """Take cells apart that hold the values of several roles.

    Parameters
    ----------
    roles
        Some of ``ROLES``. Only these are looked for.

    Returns
    -------
    polars.DataFrame
        A text column for each role, null where the cell names none, and ``rest``, null if nothing is.

    Examples
    --------
    >>> split_merged(pl.Series(["1-3年本科"]), ["experience", "education"]).row(0)
    ('1-3年', '本科', None)
    """
    wanted = tuple(role for role in ROLES if role in roles)

    def parse(cell: str) -> tuple[str | None, ...]:
        found, rest = split_cell(cell, wanted)
        return (*(found.get(role) for role in roles), rest)

    schema = dict.fromkeys(roles, pl.String) | {"rest": pl.String}
    return map_distinct(cells, parse, schema)


def split_cell(cell: str, wanted: Sequence[str]) -> tuple[dict[str, str], str | None]:
    """Take one cell apart; give what was found for each role, and what is left."""
    if len(cell) > LONGEST_CELL:
        return {}, cell
    items = items_of(cell)
    if len(items) > 1:
        return _split_items(items, wanted)
    text = _LEFT_OPEN.sub("\0", unicodedata.normalize("NFKC", cell))
    found: dict[str, str] = {}
    for role in wanted:
        hit = _patterns()[role].search(text) if role != "place" else None
        if hit and hit.group().strip():
            found[role] = hit.group().strip(" ,;|/")
            text = f"{text[: hit.start()]}\0{text[hit.end() :]}"
    text = text.strip(_EDGES)
    if "place" in wanted and text:
        place, text = _place_of(text)
        if place:
            found["place"] = place
    rest = " ".join(part for part in text.replace("\0", " ").split() if part.strip(_EDGES))
    return found, rest.strip(_EDGES) or None


def items_of(cell: str) -> list[str]:
    """Give the items of a list of texts as JSON or Python writes it; none where a cell is no such list.

    Examples
    --------
    >>> items_of('["3-5年", "本科"]'), items_of("3-5年")
    (['3-5年', '本科'], [])
    """
    found = _LIST.fullmatch(cell)
    items = _BETWEEN_ITEMS.split(found.group(1)[1:-1]) if found else []
    return [item.strip() for item in items if item.strip()]


def _split_items(items: Sequence[str], wanted: Sequence[str]) -> tuple[dict[str, str], str | None]:
    """Take for each role the first item that is its value as a whole."""
    found: dict[str, str] = {}
    rest = []
    for item in items:
        role = next((role for role in wanted if role not in found and _is_wholly(item, role)), "")
        if role:
            found[role] = item
        else:
            rest.append(item)
    return found, ", ".join(rest) or None


def _is_wholly(item: str, role: str) -> bool:
    text = unicodedata.normalize("NFKC", item)
    return is_place(text, streets=False) if role == "place" else bool(_patterns()[role].fullmatch(text))


def _place_of(text: str) -> tuple[str, str]:
    """Find the piece that is a place; the whole first, as ``北京·海淀 上地`` is one."""
    whole = text.replace("\0", " ").strip(_EDGES)
    apart = bool(re.search(r"\s", whole))
    if "\0" not in text and is_place(whole, streets=not apart):
        return whole, ""
    pieces = [piece.strip(_EDGES) for piece in _PIECES.split(text)]
    at = next((at for at, piece in enumerate(pieces) if piece and is_place(piece)), None)
    if at is None:
        return "", text
    return pieces[at], " ".join(piece for piece in [*pieces[:at], *pieces[at + 1 :]] if piece)


def is_merged(cells: pl.Series) -> pl.Series:
    """Say which distinct cells hold the values of two or more roles, and nothing else."""
    likely = (
        cells.str.contains(r"\d|[一二三五]年|经验|本科|大专|硕士|博士|中专|高中|学历|应届")
        & (cells.str.len_chars() <= 80)
        # No part of a name of a company is the value of a role.
        & ~cells.str.contains("公司|集团")
    )
    positions = likely.fill_null(False).arg_true()
    answers = pl.Series([_holds_several(cell) for cell in cells.gather(positions)], dtype=pl.Boolean)
    none = pl.Series([False] * len(cells), dtype=pl.Boolean)
    return none.scatter(positions, answers) if len(positions) else none


def _holds_several(cell: str) -> bool:
    text = unicodedata.normalize("NFKC", cell)
    if not any(pattern.search(text) for pattern in _patterns().values()):
        # A place alone is one value; to find it costs most.
        return False
    found, rest = split_cell(cell, ROLES)
    return len(found) >= 2 and rest is None
