"""From selected postings to node and edge tables.

Pure and vectorised: one function builds the stored graph and every filtered view of it, so that a filter can
never disagree with the build. Only what occurs in the postings becomes a node.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphcli.graph.facts import Facts
from graphcli.graph.material import LOCATED, Material, Selected
from graphcli.graph.tables import GraphTables

# How many ids an edge carries; the full set comes from the workspace.
EVIDENCE_IDS = 5
WEIGHT_DECIMALS = 9


def build_graph(selected: Selected, material: Material, facts: Facts) -> GraphTables:
    """Aggregate selected postings to the graph.

    Parameters
    ----------
    selected
        Postings with their employers, places, sectors and weights.
    material
        Employers, what lists claim of them and which may be the same; only employers that post become nodes.
    facts
        Cities, provinces, region schemes, skills and sectors.

    Returns
    -------
    Tables sorted by key: the same postings in any order give the same bytes.
    """
    rows = selected.frame.sort("posting_id")
    hiring = employer_nodes(rows, material.employers)
    present = hiring.select(employer_id="id")
    visits = city_visits(rows, facts)
    wants = skill_wants(rows)
    held = material.claims.join(present, on="employer_id", how="semi")
    edges = {
        "HIRES_IN": hires_in(visits),
        "REQUIRES": requires(wants, hiring),
        "IN_SECTOR_Employer": in_sector(rows),
        "SUBSIDIARY_OF": subsidiaries(material.employers, present),
        "POSSIBLY_SAME": likenesses(material.possibly_same, present),
        **place_edges(visits, facts),
        **affiliation_edges(held),
    }
    nodes = {
        "Employer": hiring,
        **skill_nodes(wants, facts),
        **place_nodes(visits, edges, facts),
        **affiliation_nodes(held),
    }
    groups = facts.skills.join(nodes["Skill"], on="id", how="semi").filter(pl.col("group").is_not_null())
    edges["IN_GROUP"] = groups.select(start="id", end="group")
    nodes["Sector"] = sector_nodes(edges, facts)
    return GraphTables.of(nodes, edges, selected.run_id, selected.parameters, selected.notes)


def counted() -> dict[str, pl.Expr]:
    """Aggregates that every count of postings has."""
    return {"postings": pl.len().cast(pl.Int64), "ai_postings": pl.col("ai").sum().cast(pl.Int64)}


def summed_weight() -> pl.Expr:
    """Sum of weights; rounded, because threads add thirds in any order and the bytes must not tell."""
    return pl.col("weight").sum().round(WEIGHT_DECIMALS)


def evidence() -> pl.Expr:
    """The smallest posting ids of a group; the rows must be sorted by id."""
    return pl.col("posting_id").unique(maintain_order=True).head(EVIDENCE_IDS)


def employer_nodes(rows: pl.DataFrame, employers: pl.DataFrame) -> pl.DataFrame:
    """Employers that post, with their counts."""
    counts = (
        rows.filter(pl.col("employer_id").is_not_null())
        .group_by("employer_id")
        .agg(**counted(), weight=summed_weight(), evidence=evidence())
    )
    named = employers.select("employer_id", "name", "name_en", "kind")
    return counts.join(named, on="employer_id", how="left").rename({"employer_id": "id"})


def city_visits(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """One row for each posting and city: a posting in k places weighs 1/k of its weight in each."""
    placed = rows.filter(pl.col("place_status").is_in(LOCATED)).select(
        "posting_id", "employer_id", "posted_on", "ai", "weight", "adcodes"
    )
    return (
        placed.with_columns(pl.col("weight") / pl.col("adcodes").list.len())
        .explode("adcodes")
        .rename({"adcodes": "adcode"})
        .join(facts.cities.select("adcode", "province"), on="adcode", how="inner", maintain_order="left")
    )


def hires_in(visits: pl.DataFrame) -> pl.DataFrame:
    """Edges from employers to the cities they post jobs in."""
    return (
        visits.filter(pl.col("employer_id").is_not_null())
        .group_by(start="employer_id", end="adcode")
        .agg(
            **counted(),
            weight=summed_weight(),
            first_seen=pl.col("posted_on").min().dt.to_string("iso"),
            last_seen=pl.col("posted_on").max().dt.to_string("iso"),
            evidence=evidence(),
        )
    )


def skill_wants(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each posting and skill it requires."""
    return (
        rows.select("posting_id", "employer_id", "ai", skill=pl.col("skills").list.unique())
        .explode("skill")
        .drop_nulls("skill")
    )


def requires(wants: pl.DataFrame, hiring: pl.DataFrame) -> pl.DataFrame:
    """Edges from employers to the skills their postings require."""
    counts = (
        wants.filter(pl.col("employer_id").is_not_null())
        .group_by(start="employer_id", end="skill")
        .agg(postings=pl.len().cast(pl.Int64), evidence=evidence())
    )
    totals = hiring.select(start="id", total="postings")
    return counts.join(totals, on="start").with_columns(share=pl.col("postings") / pl.col("total"))


def in_sector(rows: pl.DataFrame) -> pl.DataFrame:
    """Edges from employers to the industry that most of their postings name, ties by the smallest id."""
    return (
        rows.filter(pl.col("employer_id").is_not_null() & pl.col("industry").is_not_null())
        .group_by(start="employer_id", end="industry")
        .agg(postings=pl.len().cast(pl.Int64), evidence=evidence())
        .sort("start", "postings", "end", descending=[False, True, False])
        .unique("start", keep="first", maintain_order=True)
    )


def subsidiaries(employers: pl.DataFrame, present: pl.DataFrame) -> pl.DataFrame:
    """Edges from employers to the employers that own them, where both post."""
    owned = employers.filter(pl.col("parent_id").is_not_null()).join(present, on="employer_id", how="semi")
    both = owned.join(present.select(parent_id="employer_id"), on="parent_id", how="semi")
    return both.select(start="employer_id", end="parent_id", source=pl.lit("affiliation lists"))


def likenesses(possibly_same: pl.DataFrame, present: pl.DataFrame) -> pl.DataFrame:
    """Edges between employers whose names may mean one, where both post."""
    first = possibly_same.join(present, on="employer_id", how="semi")
    both = first.join(present.select(other_id="employer_id"), on="other_id", how="semi")
    return both.select("score", "method", start="employer_id", end="other_id")


def place_edges(visits: pl.DataFrame, facts: Facts) -> dict[str, pl.DataFrame]:
    """Edges from cities to their province, and to the regions of every scheme."""
    cities = visits.select("adcode", "province").unique()
    part_of = facts.memberships.join(cities, on="adcode", how="semi")
    return {
        "IN_PROVINCE": cities.drop_nulls().select(start="adcode", end="province"),
        "PART_OF": part_of.select("scheme", "partial", start="adcode", end="id"),
    }


def place_nodes(
    visits: pl.DataFrame, edges: Mapping[str, pl.DataFrame], facts: Facts
) -> dict[str, pl.DataFrame]:
    """Cities with their counts, and the provinces and regions they lie in."""
    counts = visits.group_by("adcode").agg(**counted(), weight=summed_weight())
    provinces = edges["IN_PROVINCE"].select(adcode="end").unique()
    regions = edges["PART_OF"].select(id="end").unique()
    return {
        "City": facts.cities.join(counts, on="adcode"),
        "Province": provinces.join(facts.provinces, on="adcode", how="left"),
        "Region": regions.join(facts.regions, on="id", how="left"),
    }


def skill_nodes(wants: pl.DataFrame, facts: Facts) -> dict[str, pl.DataFrame]:
    """Skills with their counts, and their groups."""
    counts = wants.group_by(id="skill").agg(**counted())
    named = counts.join(facts.skills, on="id", how="left").with_columns(
        pl.coalesce("name", "id").alias("name")
    )
    groups = named.select(id="group", name="group_name", name_en="group_name_en").drop_nulls("id")
    return {"Skill": named, "SkillGroup": groups.sort("id").unique("id", keep="first", maintain_order=True)}


def affiliation_edges(held: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Edges from employers to their affiliations, one for each claim, and from those to the claims' kinds."""
    iso = [pl.col(name).dt.to_string("iso").alias(name) for name in ("valid_from", "valid_to")]
    claimed = held.with_columns(
        *iso, start="employer_id", end="affiliation_id", evidence=pl.concat_list("claim_id")
    )
    kinds = held.select(start="affiliation_id", end="kind").drop_nulls().unique()
    return {"AFFILIATED_WITH": claimed, "IN_SECTOR_Affiliation": kinds}


def affiliation_nodes(held: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What the employers are affiliated with."""
    named = held.select(id="affiliation_id", name="affiliation", type="affiliation_type")
    return {"Affiliation": named.sort("id", "name", "type").unique("id", keep="first", maintain_order=True)}


def sector_nodes(edges: Mapping[str, pl.DataFrame], facts: Facts) -> pl.DataFrame:
    """Sectors that an employer or an affiliation belongs to."""
    used = pl.concat(
        [edges["IN_SECTOR_Employer"].select(id="end"), edges["IN_SECTOR_Affiliation"].select(id="end")]
    )
    return used.unique().join(facts.sectors, on="id", how="left")
