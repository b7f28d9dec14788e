"""From what a user types to the key of an employer, city, region, skill or sector.

A wrong name is answered with the nearest valid ones; nothing is guessed silently.
"""

from __future__ import annotations

import difflib
import math

import polars as pl

from graphcli.graph.facts import Facts
from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.identity import normalise_text

SUGGESTIONS = 3
# difflib compares one pair at a time: with hundreds of thousands of employers only likely ones are tried.
MOST_COMPARED = 2000
# Spellings of one employer that look-alikes are looked up for, and how like a name must be to be shown.
MOST_SPELLINGS = 20
LEAST_LIKENESS = 0.5


def find_employer(text: str, employers: pl.DataFrame, employer_names: pl.DataFrame) -> str:
    """Return the id of the employer with this id, name, alias or raw name.

    Raises
    ------
    UsageError
        No employer is called so (the nearest are named), or several are (their ids are named).
    """
    wanted = text.strip().removeprefix("employer:")
    found = match_employers(wanted, employers, employer_names)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"several employers are called {wanted!r}; name one by its id: {', '.join(found)}")
    near = similar_employers(wanted, employers, employer_names)
    if near:
        raise UsageError(f"no employer called {wanted!r}; did you mean {', '.join(near)}?")
    raise UsageError(
        f"no employer called {wanted!r}; graphcli employers --search TEXT finds names that hold a text"
    )


def match_employers(text: str, employers: pl.DataFrame, employer_names: pl.DataFrame) -> list[str]:
    """Ids of the employers that bear exactly this id or name, sorted; a better kind of match wins."""
    if (employers["employer_id"] == text).any():
        return [text]
    folded = normalise_text(text)
    plain = pl.col("name").str.strip_chars() == text
    english = pl.col("name_en").str.to_lowercase() == folded
    alias = pl.col("aliases").list.eval(pl.element().str.to_lowercase()).list.contains(folded)
    raw = employer_names.filter(pl.col("employer_raw").str.strip_chars() == text)["employer_id"]
    normalised = employer_names.filter(pl.col("normalised") == folded)["employer_id"]
    tries = (
        employers.filter(plain.fill_null(False))["employer_id"],
        raw,
        employers.filter((english | alias).fill_null(False))["employer_id"],
        normalised,
        as_loading_reads(text, employers),
    )
    for ids in tries:
        known = ids.drop_nulls().unique().sort().to_list()
        if known:
            return known
    return []


def as_loading_reads(text: str, employers: pl.DataFrame) -> pl.Series:
    """Ids of the employer that a posting with this raw name would be given, alias table and all."""
    from graphcli.loaders.resolve.employers.resolving import resolve_employers

    read, _ = resolve_employers(pl.DataFrame({"employer_raw": [text], "postings": [1]}))
    return employers.join(read, on="employer_id", how="semi")["employer_id"]


def similar_employers(
    text: str, employers: pl.DataFrame, employer_names: pl.DataFrame, most: int = SUGGESTIONS
) -> list[str]:
    """Names and aliases of employers most like a text: those that hold it, then those that share most."""
    folded = normalise_text(text)
    if not folded:
        return []
    aliases = employers.select(name="aliases").explode("name")
    names = pl.concat([employers.select("name"), aliases]).drop_nulls().unique().sort("name")
    names = names.with_columns(folded=pl.col("name").str.to_lowercase())
    holding = names.filter(pl.col("folded").str.contains(folded, literal=True))
    found = holding.sort(pl.col("name").str.len_chars(), "name")["name"].head(most).to_list()
    pairs = sorted({folded[at : at + 2] for at in range(max(len(folded) - 1, 1))})
    shared = names.with_columns(
        common=pl.sum_horizontal(
            pl.col("folded").str.contains(pair, literal=True).cast(pl.Int32) for pair in pairs[:40]
        )
    )
    likely = shared.filter(pl.col("common") > 0).sort("common", "name", descending=[True, False])
    near = difflib.get_close_matches(text, likely["name"].head(MOST_COMPARED).to_list(), most, 0.5)
    return list(dict.fromkeys(found + near))[:most]


def look_alikes(key: str, employer_names: pl.DataFrame, most: int = 5) -> list[tuple[str, float]]:
    """Other employers whose normalised names hold most of what is rare in the names of an employer.

    Pairs of characters weigh by rarity (log of names over names that hold the pair), so that two firms are
    not alike because both are 科技有限公司.

    Returns
    -------
    Employer ids with their likeness (share of the weight of the employer's pairs, 0 to 1), best first.
    """
    names = employer_names.select("employer_id", "normalised").drop_nulls()
    own = names.filter(pl.col("employer_id") == key)["normalised"].unique().sort()
    others = names.filter(pl.col("employer_id") != key)
    found: dict[str, float] = {}
    for name in own.head(MOST_SPELLINGS):
        pairs = sorted({name[at : at + 2] for at in range(len(name) - 1)})
        if not pairs or others.is_empty():
            continue
        held = others.select(
            pl.col("normalised").str.contains(pair, literal=True).alias(pair) for pair in pairs
        )
        rarity = [math.log((names.height + 1) / (int(held[pair].sum()) + 1)) for pair in pairs]
        if not sum(rarity):
            continue
        weights = [pl.col(pair) * weight for pair, weight in zip(pairs, rarity, strict=True)]
        likeness = held.select(likeness=pl.sum_horizontal(weights) / sum(rarity)).to_series().round(4)
        near = others.with_columns(likeness).filter(pl.col("likeness") >= LEAST_LIKENESS)
        for other, share in near.select("employer_id", "likeness").iter_rows():
            found[other] = max(found.get(other, 0.0), share)
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]


def find_city(text: str, facts: Facts) -> str:
    """Return the adcode of a city, given as ``match_city`` takes it.

    Raises
    ------
    UsageError
        No city is called so, or several are.
    """
    wanted = text.strip().removeprefix("city:")
    found = match_city(wanted, facts)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"several cities are called {wanted!r}; name one by its adcode: {', '.join(found)}")
    names = facts.cities["name"].to_list() + facts.cities["name_en"].drop_nulls().to_list()
    raise unknown_name("city", wanted, names)


def match_city(text: str, facts: Facts) -> list[str]:
    """Adcodes of the cities with an adcode, Chinese name, English name or pinyin.

    Further forms (with 市, former names, counties) are read as place strings of postings are; a name that
    only begins with a city is none of them.
    """
    found = match_rows(text, facts.cities, "adcode", ("name", "name_en", "pinyin"))
    if found:
        return found
    from graphcli.loaders.fields.place_names import is_place
    from graphcli.loaders.resolve.places.resolving import resolve_places

    if not is_place(text, streets=False):
        return []
    place = resolve_places([text]).row(0, named=True)
    known = facts.cities.filter(pl.col("adcode").is_in(place["adcodes"] or []))["adcode"].to_list()
    return known if place["status"] == "city" else []


def find_skill(text: str, facts: Facts) -> str:
    """Return the id of the skill with this id, Chinese name or English name."""
    wanted = text.strip().removeprefix("skill:")
    found = match_rows(wanted, facts.skills, "id", ("name", "name_en"))
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"several skills are called {wanted!r}; name one by its id: {', '.join(found)}")
    columns = [facts.skills[name].drop_nulls().to_list() for name in ("id", "name", "name_en")]
    raise unknown_name("skill", wanted, [name for names in columns for name in names])


def find_sector(text: str, facts: Facts) -> str:
    """Return the id of the sector with this id, Chinese name or English name."""
    wanted = text.strip().removeprefix("sector:")
    found = match_sector(wanted, facts)
    if len(found) == 1:
        return found[0]
    columns = [facts.sectors[name].drop_nulls().to_list() for name in ("id", "name", "name_en")]
    raise unknown_name("sector", wanted, [name for names in columns for name in names])


def match_sector(text: str, facts: Facts) -> list[str]:
    """Ids of the sectors with an id, Chinese or English name; of two of one name the wider: 教育 is P."""
    divided = pl.col("type") == "division"
    wide = match_rows(text, facts.sectors.filter(~divided), "id", ("name", "name_en"))
    return wide or match_rows(text, facts.sectors.filter(divided), "id", ("name", "name_en"))


def find_scheme(text: str, facts: Facts) -> str:
    """Return the name of a region scheme, or fail with the nearest ones."""
    if text not in facts.schemes:
        raise unknown_name("scheme", text, facts.schemes)
    return text


def find_region(text: str, scheme: str, facts: Facts) -> str:
    """Return the ``scheme/region`` id of a region, given as id, name, or ``scheme/region`` of any scheme."""
    wanted = text.strip().removeprefix("region:")
    if (facts.regions["id"] == wanted).any():
        return wanted
    here = facts.regions.filter(pl.col("scheme") == find_scheme(scheme, facts))
    found = match_rows(wanted, here, "id", ("region", "name", "name_en"))
    if len(found) == 1:
        return found[0]
    raise unknown_name(f"region of the scheme {scheme}", wanted, [*here["region"], *here["name"]])


def match_rows(text: str, frame: pl.DataFrame, key: str, names: tuple[str, ...]) -> list[str]:
    """Keys of the rows whose key, or one of whose names, is the text in any case, sorted."""
    if (frame[key] == text).any():
        return [text]
    folded = text.lower()
    same = pl.any_horizontal(pl.col(name).str.to_lowercase() == folded for name in names)
    return frame.filter(same.fill_null(False))[key].unique().sort().to_list()
