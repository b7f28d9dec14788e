"""Industry strings of the boards to sections of GB/T 4754-2017: a table of readings, and nothing guessed.

A string that is not in the table, or that several sections share, stays without a section.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.workspace import tables

REFERENCE = "graphcli.loaders.reference"

# Between industries; a slash or an enumeration comma also stands inside one, so those are tried second.
BETWEEN = re.compile(r"[\s,;|]+")
INSIDE = re.compile(r"[/、丨]+")
BRACKETED = re.compile(r"\([^()]*\)")


def sector_table() -> pl.DataFrame:
    """Return all sectors: id, name, name_en, type (industry or affiliation)."""
    columns = [
        Column("id", required=True, unique=True, pattern="[A-T]|[a-z]+"),
        Column("name", required=True),
        Column("name_en", required=True),
        Column("type", required=True, choices=("industry", "affiliation")),
        Column("source", required=True),
        Column("as_of", required=True),
    ]
    table = read_csv(shipped(REFERENCE, "sectors.csv"), columns)
    return table.select("id", "name", "name_en", "type")


def resolve_sectors(industries: Sequence[str]) -> pl.DataFrame:
    """Read industry strings.

    The whole string is looked up first, then its parts. Several parts vote; of equal votes the section named
    first wins.

    Parameters
    ----------
    industries
        Strings as the boards wrote them; repeats and blanks are ignored.

    Returns
    -------
    polars.DataFrame
        One row per distinct string, sorted: industry_raw, sector (null where unknown), method (``whole``,
        ``part``, ``majority``, ``first``, ``ambiguous``, ``unknown``).
    """
    readings = _industry_map()
    rows = [(text, *_read(text, readings)) for text in sorted(set(industries)) if text.strip()]
    return pl.DataFrame(rows, schema=dict(tables.INDUSTRIES), orient="row")


def _read(text: str, readings: Mapping[str, str]) -> tuple[str | None, str]:
    whole = _key(text)
    if whole in readings:
        return (readings[whole] or None, "whole" if readings[whole] else "ambiguous")
    folded = unicodedata.normalize("NFKC", text)
    found = _lookup(_outside_brackets(folded), readings)
    if not found:
        found = _lookup(INSIDE.split(BRACKETED.sub("", folded)), readings)
    sections = [section for section in found if section]
    if not sections:
        return None, "ambiguous" if found else "unknown"
    votes = Counter(sections)
    winner = max(votes, key=lambda section: (votes[section], -sections.index(section)))
    if len(votes) == 1:
        return winner, "part" if len(sections) == 1 else "majority"
    ranked = votes.most_common()
    return winner, "majority" if ranked[0][1] > ranked[1][1] else "first"


def _lookup(parts: Sequence[str], readings: Mapping[str, str]) -> list[str]:
    return [readings[_key(part)] for part in parts if _key(part) in readings]


def _outside_brackets(text: str) -> list[str]:
    """Split between industries, but not at commas inside brackets."""
    held = BRACKETED.sub(lambda match: BETWEEN.sub("、", match.group()), text)
    return BETWEEN.split(held)


def _key(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


@cache
def _industry_map() -> dict[str, str]:
    columns = [
        Column("industry", required=True, unique=True),
        Column("section", pattern="[A-T]"),
        Column("reason", required=True),
        Column("source", required=True),
        Column("as_of", required=True),
    ]
    table = read_csv(shipped(REFERENCE, "industry_map.csv"), columns)
    return {_key(industry): section or "" for industry, section in table.select("industry", "section").rows()}
