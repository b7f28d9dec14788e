"""From canonical rows to the postings an answer stands on: join, de-duplicate, filter, count what is lost.

Pure: frames in, frames out. Every step's loss is counted, because a share without its denominator is no
finding.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from graphcli.graph.dedupe import deduplicate
from graphcli.graph.facts import Facts
from graphcli.graph.names import find_city, find_employer, find_region, find_scheme, find_sector, find_skill
from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.selection import Selection
from graphcli.workspace.version import __version__

AI_TIERS: Mapping[str, tuple[str, ...]] = {
    "broad": ("broad", "technical", "narrow"),
    "technical": ("technical", "narrow"),
    "narrow": ("narrow",),
}
LOCATED = ("city", "multi")
AFFILIATION_KINDS = ("defense", "surveillance")


@dataclass(frozen=True)
class Material:
    """Everything loaded and resolved that a selection is made from.

    Attributes
    ----------
    postings
        Canonical rows of all sources.
    sources, employers, employer_names, places, industries, claims
        The other canonical tables.
    newest_edition
        Day of the newest list edition: what ``today`` means for claims.
    run_id
        Identity of data and definitions.
    notes
        What a reader must know of the state, such as that it is stale.
    """

    postings: pl.LazyFrame
    sources: pl.DataFrame
    employers: pl.DataFrame
    employer_names: pl.DataFrame
    places: pl.DataFrame
    industries: pl.DataFrame
    claims: pl.DataFrame
    newest_edition: date | None = None
    run_id: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selected:
    """The postings an answer stands on.

    Attributes
    ----------
    frame
        Canonical columns and ``employer_id``, ``employer``, ``employer_kind``, ``place_status``,
        ``adcodes``, ``industry`` (sector its own industry names), ``sector`` (its employer's),
        ``defense``, ``surveillance`` (basis or null), ``ai`` (by preset), ``weight`` (1, or openings);
        sorted by content.
    counts
        The funnel: ``rows``, ``deduplicated``, ``in_window``, ``selected``, ``located``, ``province_only``,
        ``unlocated``, ``with_employer``, ``without_employer``, ``ai``, ``undated_left_out``, ``no_day``,
        ``no_openings``, ``weight`` (openings are whole numbers, so their sum is one).
    notes
        Sentences for the reader.
    run_id
        Identity of data and definitions.
    parameters
        The filters and what they stand for.
    """

    frame: pl.DataFrame
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()
    run_id: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)


def select_rows(
    material: Material,
    facts: Facts,
    selection: Selection,
    cluster_members: frozenset[str] | None = None,
    preset_members: pl.DataFrame | None = None,
) -> Selected:
    """Select postings from what is loaded.

    Parameters
    ----------
    cluster_members
        Employer ids of the cluster that ``selection.cluster`` names.
    preset_members
        For a preset that depends on the whole data: frame ``source_id``, ``row`` of its members.

    Raises
    ------
    UsageError
        A filter names something that does not exist.
    """
    check_names(selection, facts)
    joined = join_entities(material, choose_sources(material.sources, selection.source))
    unique = deduplicate(joined, selection.dedupe)
    rows = with_sectors(with_ai(unique, selection.preset, preset_members))
    rows = with_weight(with_flags(rows, material, selection.as_of), selection.openings)
    windowed, undated = in_window(rows, selection)
    kept = windowed.filter(pl.all_horizontal(filters(material, facts, selection, cluster_members)))
    counts = {
        "rows": joined.height,
        "deduplicated": unique.height,
        "in_window": windowed.height,
        "undated_left_out": undated,
        "selected": kept.height,
        **coverage(kept),
    }
    notes = (*material.notes, *describe(counts, selection, material))
    return Selected(
        kept.drop("source_sha256"), counts, notes, material.run_id, parameters(selection, material, counts)
    )


def check_names(selection: Selection, facts: Facts) -> None:
    """Fail with the nearest valid names where the scheme or the preset does not exist."""
    find_scheme(selection.scheme, facts)
    if selection.preset not in facts.presets:
        raise unknown_name("preset", selection.preset, facts.presets)


def choose_sources(sources: pl.DataFrame, patterns: tuple[str, ...]) -> pl.DataFrame:
    """Sources that any of the patterns names: a board, a source id, or a glob over board or path.

    Raises
    ------
    UsageError
        A pattern names no source.
    """
    if not patterns:
        return sources
    chosen: set[str] = set()
    for pattern in patterns:
        found = [
            row["source_id"]
            for row in sources.select("source_id", "board", "path").iter_rows(named=True)
            if _source_matches(row, pattern)
        ]
        if not found:
            valid = {*sources["board"].drop_nulls(), *sources["path"].drop_nulls()}
            raise unknown_name("source", pattern, valid)
        chosen.update(found)
    return sources.filter(pl.col("source_id").is_in(sorted(chosen)))


def _source_matches(row: Mapping[str, str | None], pattern: str) -> bool:
    path = (row["path"] or "").replace("\\", "/")
    return (
        pattern == row["source_id"]
        or fnmatch.fnmatchcase(row["board"] or "", pattern)
        or fnmatch.fnmatchcase(path, pattern)
        or fnmatch.fnmatchcase("/" + path, "*/" + pattern)
    )


def join_entities(material: Material, sources: pl.DataFrame) -> pl.DataFrame:
    """Join the rows of some sources with their employers, places and industries."""
    origin = sources.select("source_id", "crawled_on", source_sha256="sha256")
    names = material.employer_names.select("employer_raw", "employer_id")
    employers = material.employers.select("employer_id", employer="name", employer_kind="kind")
    places = material.places.select("place_raw", "adcodes", place_status="status")
    industries = material.industries.select("industry_raw", industry="sector")
    return (
        material.postings.join(origin.lazy(), on="source_id", how="inner")
        .join(names.lazy(), on="employer_raw", how="left")
        .join(employers.lazy(), on="employer_id", how="left")
        .join(places.lazy(), on="place_raw", how="left")
        .join(industries.lazy(), on="industry_raw", how="left")
        .with_columns(
            pl.col("place_status").fill_null("unknown"),
            pl.when(pl.col("place_status").is_in([*LOCATED, "province"]))
            .then(pl.col("adcodes").fill_null([]))
            .otherwise(pl.lit([], dtype=pl.List(pl.String)))
            .alias("adcodes"),
        )
        .collect()
    )


def with_ai(rows: pl.DataFrame, preset: str, members: pl.DataFrame | None) -> pl.DataFrame:
    """Add ``ai``: whether the preset counts the posting."""
    if members is not None:
        marked = rows.join(
            members.select("source_id", "row", ai=pl.lit(True)), on=["source_id", "row"], how="left"
        )
        return marked.with_columns(pl.col("ai").fill_null(False))
    if preset == "tiers":
        counted = pl.col("tier").is_in(AI_TIERS["broad"])
    else:
        counted = pl.col("presets").list.contains(preset)
    return rows.with_columns(ai=counted.fill_null(False))


def with_sectors(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``sector``: the industry most of the employer's postings name, else the posting's own."""
    majority = majority_sector(rows).select("employer_id", "sector")
    return rows.join(majority, on="employer_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("sector", "industry").alias("sector")
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


def with_weight(rows: pl.DataFrame, openings: bool) -> pl.DataFrame:
    """Add ``weight``: 1, or the number of openings (1 where a posting names none)."""
    counted = pl.col("openings").fill_null(1).cast(pl.Float64) if openings else pl.lit(1.0)
    return rows.with_columns(weight=counted)


def with_flags(rows: pl.DataFrame, material: Material, as_of: str) -> pl.DataFrame:
    """Add ``defense`` and ``surveillance``: the basis of the employer's claims on the day asked for."""
    empty = [pl.lit(None, pl.String).alias(kind) for kind in AFFILIATION_KINDS]
    if material.claims.is_empty():
        return rows.with_columns(empty)
    if as_of == "posting":
        return _flags_on_own_day(rows, material.claims)
    flags = employer_flags(material, as_of)
    return rows.join(flags, on="employer_id", how="left", maintain_order="left")


def employer_flags(material: Material, as_of: str) -> pl.DataFrame:
    """Flags of every employer as of ``today`` (also for ``posting``), ``ever`` or a day."""
    columns = {"employer_id": pl.String, "defense": pl.String, "surveillance": pl.String}
    if material.claims.is_empty():
        return pl.DataFrame(schema=columns)
    from graphcli.loaders.resolve.claims import flags

    day = as_of if as_of == "ever" else claims_day(material, as_of)
    return flags(material.claims, day).select(list(columns))


def claims_day(material: Material, as_of: str) -> date | str:
    """Day on which employers are judged: never the clock, but the newest list edition."""
    if as_of in {"today", "posting"}:
        return material.newest_edition or "ever"
    return as_of if as_of == "ever" else date.fromisoformat(as_of)


def _flags_on_own_day(rows: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    # Claims change on few days; postings between two such days share one judgement.
    from graphcli.loaders.resolve.claims import flags

    changes = sorted(
        {day for name in ("valid_from", "valid_to") for day in claims[name].drop_nulls().to_list()}
    )
    dated = rows.with_columns(_day=pl.coalesce("posted_on", "crawled_on"))
    dated = dated.with_columns(_period=_period_of(pl.col("_day"), changes))
    periods = dated.drop_nulls("_day").group_by("_period").agg(pl.col("_day").min()).sort("_period")
    tables = [
        flags(claims, day).select("employer_id", *AFFILIATION_KINDS, _period=pl.lit(period, pl.Int64))
        for period, day in periods.iter_rows()
    ]
    if not tables:
        empty = [pl.lit(None, pl.String).alias(kind) for kind in AFFILIATION_KINDS]
        return rows.with_columns(empty)
    judged = dated.join(pl.concat(tables), on=["employer_id", "_period"], how="left", maintain_order="left")
    return judged.drop("_day", "_period")


def _period_of(day: pl.Expr, changes: list[date]) -> pl.Expr:
    # A claim holds on its first and its last day, so the day itself and the day after are both borders.
    if not changes:
        return pl.when(day.is_not_null()).then(pl.lit(0, pl.Int64))
    steps = [(day > change).cast(pl.Int64) + (day >= change).cast(pl.Int64) for change in changes]
    return pl.sum_horizontal(steps, ignore_nulls=False)


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


def filters(
    material: Material, facts: Facts, selection: Selection, cluster_members: frozenset[str] | None
) -> list[pl.Expr]:
    """Filters of a selection, as conditions that a posting must all meet."""
    conditions = [pl.lit(True)]
    if selection.tier != "all":
        conditions.append(tier_condition(selection))
    if selection.city is not None:
        conditions.append(pl.col("adcodes").list.contains(find_city(selection.city, facts)))
    if selection.region is not None:
        conditions.append(region_condition(selection, facts))
    if selection.skill is not None:
        conditions.append(pl.col("skills").list.contains(find_skill(selection.skill, facts)))
    if selection.sector is not None:
        conditions.append(sector_condition(find_sector(selection.sector, facts), material))
    for text, wanted in ((selection.employer, True), (selection.exclude, False)):
        if text is not None:
            key = find_employer(text, material.employers, material.employer_names)
            same = pl.col("employer_id").eq_missing(pl.lit(key))
            conditions.append(same if wanted else ~same)
    if selection.group is not None:
        conditions.append(group_condition(selection.group))
    if cluster_members is not None:
        conditions.append(pl.col("employer_id").is_in(sorted(cluster_members)))
    return [condition.fill_null(False) for condition in conditions]


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


def region_condition(selection: Selection, facts: Facts) -> pl.Expr:
    """Condition of ``--region``: one of the posting's cities, or its whole province, counts in the region."""
    assert selection.region is not None
    region = find_region(selection.region, selection.scheme, facts)
    return in_any(region_codes(region, facts))


def region_codes(region: str, facts: Facts) -> list[str]:
    """Cities, and provinces that lie wholly inside, which count in a region (``scheme/region``)."""
    return facts.memberships.filter(pl.col("id") == region)["adcode"].unique().sort().to_list()


def in_any(codes: Iterable[str]) -> pl.Expr:
    """Whether a posting names any of the cities or provinces."""
    return pl.col("adcodes").list.eval(pl.element().is_in(list(codes))).list.any()


def sector_condition(sector: str, material: Material) -> pl.Expr:
    """Condition of ``--sector``: the employer's industry, or the kind of its claims."""
    if sector in AFFILIATION_KINDS:
        return pl.col(sector).is_not_null()
    claimed = material.claims.filter(pl.col("kind") == sector)["employer_id"].unique().sort().to_list()
    return (pl.col("sector") == sector).fill_null(False) | pl.col("employer_id").is_in(claimed)


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
