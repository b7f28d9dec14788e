"""Industry strings of the boards to sections and divisions of GB/T 4754-2017: a table, and nothing guessed.

A string that is not in the table, or that several sections share, stays without a section; one whose activity
spans several divisions of its section stays without a division.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import polars as pl

from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.workspace import tables

REFERENCE = "graphcli.loaders.reference"

# Between industries; a slash or an enumeration comma also stands inside one, so those are tried second.
BETWEEN = re.compile(r"[\s,;|]+")
INSIDE = re.compile(r"[/、丨]+")
BRACKETED = re.compile(r"\([^()]*\)")


class Reading(NamedTuple):
    """Section and division of an industry, each empty where it has none of its own."""

    section: str
    division: str


def sector_table() -> pl.DataFrame:
    """Return all sectors: id, name, name_en, type (industry, division or affiliation).

    An industry is a section of GB/T 4754, such as ``I``; a division lies in one, such as ``I65``.
    """
    columns = [
        Column("id", required=True, unique=True, pattern=r"[A-T](\d\d)?|[a-z]+"),
        Column("name", required=True),
        Column("name_en", required=True),
        Column("type", required=True, choices=("industry", "division", "affiliation")),
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
        One row per distinct string, sorted: industry_raw, sector and division (null where unknown), method
        (``whole``, ``part``, ``majority``, ``first``, ``ambiguous``, ``unknown``), which is the sector's.
    """
    readings = _industry_map()
    rows = [(text, *_read(text, readings)) for text in sorted(set(industries)) if text.strip()]
    return pl.DataFrame(rows, schema=dict(tables.INDUSTRIES), orient="row")


def _read(text: str, readings: Mapping[str, Reading]) -> tuple[str | None, str | None, str]:
    whole = readings.get(_key(text))
    if whole:
        return whole.section or None, whole.division or None, "whole" if whole.section else "ambiguous"
    folded = unicodedata.normalize("NFKC", text)
    found = _lookup(_outside_brackets(folded), readings)
    if not found:
        found = _lookup(INSIDE.split(BRACKETED.sub("", folded)), readings)
    sections = [reading.section for reading in found if reading.section]
    if not sections:
        return None, None, "ambiguous" if found else "unknown"
    votes = Counter(sections)
    winner = max(votes, key=lambda section: (votes[section], -sections.index(section)))
    divisions = {reading.division for reading in found if reading.section == winner}
    division = (divisions.pop() or None) if len(divisions) == 1 else None
    if len(votes) == 1:
        return winner, division, "part" if len(sections) == 1 else "majority"
    ranked = votes.most_common()
    return winner, division, "majority" if ranked[0][1] > ranked[1][1] else "first"


def _lookup(parts: Sequence[str], readings: Mapping[str, Reading]) -> list[Reading]:
    return [readings[_key(part)] for part in parts if _key(part) in readings]


def _outside_brackets(text: str) -> list[str]:
    """Split between industries, but not at commas inside brackets."""
    held = BRACKETED.sub(lambda match: BETWEEN.sub("、", match.group()), text)
    return BETWEEN.split(held)


def _key(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


@cache
def _industry_map() -> dict[str, Reading]:
    columns = [
        Column("industry", required=True, unique=True),
        Column("section", pattern="[A-T]"),
        Column("division", pattern=r"[A-T]\d\d"),
        Column("reason", required=True),
        Column("source", required=True),
        Column("as_of", required=True),
    ]
    table = read_csv(shipped(REFERENCE, "industry_map.csv"), columns)
    rows = table.select("industry", pl.col("section", "division").fill_null("")).rows()
    return {_key(industry): Reading(section, division) for industry, section, division in rows}
