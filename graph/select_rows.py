"""From canonical rows to the postings an answer stands on: join, de-duplicate, filter, count what is lost.

Pure: frames in, frames out. Every step's loss is counted, because a share without its denominator is no
finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from graphcli.graph.dedupe import deduplicate, rule_counts
from graphcli.graph.facts import Facts
from graphcli.graph.filters import filters, in_window, named_keys
from graphcli.graph.flagging import claims_day, with_flags
from graphcli.graph.material import AI_TIERS, LOCATED, Material, Selected
from graphcli.graph.names import find_scheme
from graphcli.workspace.selection import Selection
from graphcli.workspace.sources import choose_sources
from graphcli.workspace.version import __version__

__all__ = ["Material", "Selected", "select_rows"]


def select_rows(
    material: Material,
    facts: Facts,
    selection: Selection,
    cluster_members: frozenset[str] | None = None,
    adaptive: Callable[[pl.DataFrame], pl.Series] | None = None,
) -> Selected:
    """Select postings from what is loaded.

    Parameters
    ----------
    cluster_members
        Employer ids of the cluster that ``selection.cluster`` names.
    adaptive
        For a preset that must see all postings before it can judge one: judges the de-duplicated rows.

    Raises
    ------
    UsageError
        A filter names something that does not exist.
    """
    find_scheme(selection.scheme, facts)
    joined = join_entities(material, choose_sources(material.sources, selection.source))
    unique = deduplicate(joined, selection.dedupe)
    rows = with_sectors(with_ai(unique, selection.preset, adaptive))
    rows = with_weight(with_flags(rows, material, selection.as_of), selection.openings)
    windowed, undated = in_window(rows, selection)
    keys = named_keys(material, facts, selection)
    kept = windowed
    for condition in filters(material, facts, selection, keys, cluster_members):
        kept = kept.filter(condition)
    counts = {
        "rows": joined.height,
        "deduplicated": unique.height,
        **rule_counts(joined, selection.dedupe),
        "in_window": windowed.height,
        "undated_left_out": undated,
        "selected": kept.height,
        **coverage(kept),
    }
    notes = (*material.notes, *describe(counts, selection, material), *describe_keys(selection, keys, facts))
    made_by = {**parameters(selection, material, counts), "keys": keys}
    return Selected(kept.drop("source_sha256"), counts, notes, material.run_id, made_by)


def join_entities(material: Material, sources: pl.DataFrame) -> pl.DataFrame:
    """Join the rows of some sources with their employers, places and industries."""
    origin = sources.select("source_id", source_crawled_on="crawled_on", source_sha256="sha256")
    names = material.employer_names.select("employer_raw", "employer_id")
    employers = material.employers.select("employer_id", employer="name", employer_kind="kind")
    places = material.places.select("place_raw", "adcodes", place_status="status")
    industries = material.industries.select("industry_raw", industry="sector", part="division")
    return (
        material.postings.join(origin.lazy(), on="source_id", how="inner")
        .join(names.lazy(), on="employer_raw", how="left")
        .join(employers.lazy(), on="employer_id", how="left")
        .join(places.lazy(), on="place_raw", how="left")
        .join(industries.lazy(), on="industry_raw", how="left")
        .with_columns(
            pl.coalesce("crawled_on", "source_crawled_on").alias("crawled_on"),
            pl.col("place_status").fill_null("unknown"),
            pl.when(pl.col("place_status").is_in([*LOCATED, "province"]))
            .then(pl.col("adcodes").fill_null([]))
            .otherwise(pl.lit([], dtype=pl.List(pl.String)))
            .alias("adcodes"),
        )
        .drop("source_crawled_on")
        .collect()
    )


def with_ai(
    rows: pl.DataFrame, preset: str, adaptive: Callable[[pl.DataFrame], pl.Series] | None
) -> pl.DataFrame:
    """Add ``ai``: whether the preset counts the posting."""
    if adaptive is not None:
        return rows.with_columns(adaptive(rows).alias("ai"))
    if preset == "tiers":
        counted = pl.col("tier").is_in(AI_TIERS["broad"])
    else:
        counted = pl.col("presets").list.contains(preset)
    return rows.with_columns(ai=counted.fill_null(False))


def with_sectors(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``sector`` and ``division``: what most of the employer's postings name, else the posting's own."""
    sectors, divisions = majority_sector(rows), majority_division(rows)
    for majority in (sectors, divisions):
        rows = rows.join(majority.drop("postings"), on="employer_id", how="left", maintain_order="left")
    return rows.with_columns(
        sector=pl.coalesce("sector", "industry"),
        division=pl.when(pl.col("employer_id").is_null()).then("part").otherwise("division"),
    )


def majority_sector(rows: pl.DataFrame) -> pl.DataFrame:
    """Industry that most postings of each employer name, ties by the smallest id.

    Returns
    -------
    Frame ``employer_id``, ``sector``, ``postings`` (that name it), sorted by employer.
    """
    named = rows.filter(pl.col("employer_id").is_not_null() & pl.col("industry").is_not_null())
    return (
        named.group_by("employer_id", sector="industry")
        .agg(postings=pl.len().cast(pl.Int64))
        .sort("employer_id", "postings", "sector", descending=[False, True, False])
        .unique("employer_id", keep="first", maintain_order=True)
    )


def majority_division(rows: pl.DataFrame) -> pl.DataFrame:
    """Division that most postings of each employer name within its industry, ties by the smallest id.

    Returns
    -------
    Frame ``employer_id``, ``division``, ``postings`` (that name it), sorted by employer.
    """
    mine = majority_sector(rows).select("employer_id", industry="sector")
    within = rows.join(mine, on=["employer_id", "industry"], how="semi")
    return majority_sector(within.with_columns(industry="part")).rename({"sector": "division"})


def with_weight(rows: pl.DataFrame, openings: bool) -> pl.DataFrame:
    """Add ``weight``: 1, or the number of openings (1 where a posting names none)."""
    counted = pl.col("openings").fill_null(1).cast(pl.Float64) if openings else pl.lit(1.0)
    return rows.with_columns(weight=counted)


def coverage(kept: pl.DataFrame) -> dict[str, int]:
    """Count how many of the selected postings have a place, an employer, an AI tier."""
    sums = kept.select(
        located=pl.col("place_status").is_in(LOCATED).sum(),
        province_only=(pl.col("place_status") == "province").sum(),
        with_employer=pl.col("employer_id").is_not_null().sum(),
        ai=pl.col("ai").sum(),
        no_day=pl.coalesce("posted_on", "crawled_on").is_null().sum(),
        no_openings=pl.col("openings").is_null().sum(),
        weight=pl.col("weight").sum(),
    ).row(0, named=True)
    located, province = int(sums["located"]), int(sums["province_only"])
    return {
        "located": located,
        "province_only": province,
        "unlocated": kept.height - located - province,
        "with_employer": int(sums["with_employer"]),
        "without_employer": kept.height - int(sums["with_employer"]),
        **{name: int(sums[name]) for name in ("ai", "no_day", "no_openings", "weight")},
    }


def describe(counts: Mapping[str, int], selection: Selection, material: Material) -> tuple[str, ...]:
    """Sentences that say what the selection stands on and what it lost."""
    day = claims_day(material, selection.as_of)
    judged = "on each posting's own day" if selection.as_of == "posting" else f"as of {day}"
    notes = [
        f"preset {selection.preset}, tier {selection.tier}, scheme {selection.scheme}, "
        f"{window_text(selection)}, dedupe {selection.dedupe}, claims {judged}",
        f"{counts['rows']:,} rows, {counts['deduplicated']:,} after de-duplication, "
        f"{counts['selected']:,} selected: {counts['ai']:,} AI postings, "
        f"{counts['province_only']:,} with only a province, {counts['unlocated']:,} without a place, "
        f"{counts['without_employer']:,} without an employer",
    ]
    taken = counts["rows"] - counts["deduplicated"]
    if taken:
        notes.append(
            f"de-duplication ({selection.dedupe}) took out {taken:,} rows: {joined_by(counts, selection)}"
        )
    if counts["undated_left_out"]:
        notes.append(f"{counts['undated_left_out']:,} undated postings are outside every window")
    if selection.as_of == "posting" and counts["no_day"]:
        notes.append(
            f"{counts['no_day']:,} postings have neither a date nor a crawl date: no claim applies to them"
        )
    if selection.openings:
        notes.append(
            f"weights are openings; {counts['no_openings']:,} postings name no number and count as 1"
        )
    return tuple(notes)


def joined_by(counts: Mapping[str, int], selection: Selection) -> str:
    """Say by which rule rows were found to be one posting, the strictest first."""
    words = {
        "exact": "equal in every value",
        "url": "of the same address, or else of the same main fields",
        "month": "of the same employer, title and place within a month",
    }
    steps, before = [], counts["rows"]
    for rule, text in words.items():
        left = counts["deduplicated"] if rule == selection.dedupe else counts.get(f"after_{rule}", before)
        if before > left:
            steps.append(f"{before - left:,} {text}")
        before = min(before, left)
        if rule == selection.dedupe:
            break
    return ", ".join(steps)


def describe_keys(selection: Selection, keys: Mapping[str, str], facts: Facts) -> tuple[str, ...]:
    """Say which city or region a name was read as, where it is not its own name."""
    notes = []
    for name, frame, key in (("city", facts.cities, "adcode"), ("region", facts.regions, "id")):
        if name not in keys:
            continue
        found = frame.filter(pl.col(key) == keys[name]).row(0, named=True)
        given = getattr(selection, name)
        if given not in {found["name"], found[key]}:
            notes.append(f"{name} {given} is read as {found['name']} ({found[key]})")
    return tuple(notes)


def window_text(selection: Selection) -> str:
    """Name the window of a selection."""
    start, end = selection.date_from, selection.date_to
    if start is None and end is None:
        return "all dates"
    return f"{start or 'the beginning'} to {end or 'the end'}"


def parameters(selection: Selection, material: Material, counts: Mapping[str, int]) -> dict[str, object]:
    """Everything that decided the numbers."""
    return {
        **selection.parameters(),
        "claims_as_of": str(claims_day(material, selection.as_of)),
        "n_postings": counts["selected"],
        "total_weight": counts["weight"],
        "n_unlocated": counts["unlocated"],
        "n_without_employer": counts["without_employer"],
        "version": __version__,
    }
