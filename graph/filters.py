"""The shared filters as conditions on a posting, and the names in them as keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import polars as pl

from graphcli.graph.facts import Facts
from graphcli.graph.flagging import claims_held
from graphcli.graph.material import AFFILIATION_KINDS, AI_TIERS, Material
from graphcli.graph.names import find_city, find_employer, find_region, find_sector, find_skill
from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.selection import Selection


def in_window(rows: pl.DataFrame, selection: Selection) -> tuple[pl.DataFrame, int]:
    """Keep postings dated inside the window; undated ones are left out and counted."""
    if selection.date_from is None and selection.date_to is None:
        return rows, 0
    kept = rows.filter(pl.col("posted_on").is_not_null())
    undated = rows.height - kept.height
    if selection.date_from is not None:
        kept = kept.filter(pl.col("posted_on") >= selection.date_from)
    if selection.date_to is not None:
        kept = kept.filter(pl.col("posted_on") <= selection.date_to)
    return kept, undated


def named_keys(material: Material, facts: Facts, selection: Selection) -> dict[str, str]:
    """Keys of what the filters name: the city's adcode, the employer's id and so on.

    Raises
    ------
    UsageError
        A name does not exist or means several things.
    """
    finders: dict[str, Callable[[str], str]] = {
        "city": lambda text: find_city(text, facts),
        "region": lambda text: find_region(text, selection.scheme, facts),
        "skill": lambda text: find_skill(text, facts),
        "sector": lambda text: find_sector(text, facts),
        "employer": lambda text: find_employer(text, material.employers, material.employer_names),
        "exclude": lambda text: find_employer(text, material.employers, material.employer_names),
    }
    given = {name: getattr(selection, name) for name in finders}
    return {name: finders[name](text) for name, text in given.items() if text is not None}


def filters(
    material: Material,
    facts: Facts,
    selection: Selection,
    keys: Mapping[str, str],
    cluster_members: frozenset[str] | None,
) -> list[pl.Expr]:
    """Filters of a selection, as conditions that a posting must all meet."""
    conditions: dict[str, Callable[[str], pl.Expr]] = {
        "city": lambda key: pl.col("adcodes").list.contains(key),
        "region": lambda key: in_any(region_codes(key, facts)),
        "skill": lambda key: pl.col("skills").list.contains(key),
        "sector": lambda key: sector_condition(key, claims_held(material, selection.as_of)),
        "employer": lambda key: pl.col("employer_id").eq_missing(pl.lit(key)),
        "exclude": lambda key: pl.col("employer_id").ne_missing(pl.lit(key)),
    }
    wanted = [conditions[name](key) for name, key in keys.items()]
    if selection.tier != "all":
        wanted.append(tier_condition(selection))
    if selection.group is not None:
        wanted.append(group_condition(selection.group))
    if cluster_members is not None:
        wanted.append(pl.col("employer_id").is_in(sorted(cluster_members)))
    return [condition.fill_null(False) for condition in wanted]


def tier_condition(selection: Selection) -> pl.Expr:
    """Condition of ``--tier``: presets other than ``tiers`` know only members and others."""
    if selection.tier not in AI_TIERS:
        raise unknown_name("tier", selection.tier, ["all", *AI_TIERS])
    if selection.preset == "tiers":
        return pl.col("tier").is_in(AI_TIERS[selection.tier])
    if selection.tier != "broad":
        raise UsageError(
            f"the preset {selection.preset} has no tier {selection.tier}; use --tier broad or all"
        )
    return pl.col("ai")


def region_codes(region: str, facts: Facts) -> list[str]:
    """Cities, and provinces that lie wholly inside, which count in a region (``scheme/region``)."""
    return facts.memberships.filter(pl.col("id") == region)["adcode"].unique().sort().to_list()


def in_any(codes: Iterable[str]) -> pl.Expr:
    """Whether a posting names any of the cities or provinces."""
    return pl.col("adcodes").list.eval(pl.element().is_in(list(codes))).list.any()


def sector_condition(sector: str, held: pl.DataFrame) -> pl.Expr:
    """Condition of ``--sector``: the employer's industry or division, or the kind of its claims."""
    if sector in AFFILIATION_KINDS:
        return pl.col(sector).is_not_null()
    claimed = held.filter(pl.col("kind") == sector)["employer_id"].unique().sort().to_list()
    industry = pl.any_horizontal(pl.col("sector", "division") == sector)
    return industry.fill_null(False) | pl.col("employer_id").is_in(claimed)


def group_condition(group: str) -> pl.Expr:
    """Condition of ``--group``: claims of one kind, of both, or of neither."""
    defense, surveillance = (pl.col(kind).is_not_null() for kind in AFFILIATION_KINDS)
    conditions = {
        "defense": defense,
        "surveillance": surveillance,
        "both": defense & surveillance,
        "none": ~(defense | surveillance),
    }
    if group not in conditions:
        raise unknown_name("group", group, conditions)
    return conditions[group]
