"""The lists one looks at: postings, employers, cities, skills and sectors with their counts.

Each is a pure function from the graph or the selected postings to rows, wrapped by one that reads the
workspace. Shares stand over all selected postings, also those without a place or an employer.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import polars as pl

from graphcli.graph.build import graph_from
from graphcli.graph.facts import Facts
from graphcli.graph.flagging import claims_held, employer_flags
from graphcli.graph.freshness import Current, Say, current
from graphcli.graph.material import AFFILIATION_KINDS
from graphcli.graph.select import selected_from
from graphcli.graph.tables import GraphTables
from graphcli.loaders.definitions.labels import LABEL_COLUMNS, sheet_columns
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.result import Result
from graphcli.workspace.selection import Selection

POSTING_COLUMNS: tuple[str, ...] = (
    "posting_id",
    "source_id",
    "row",
    "employer_id",
    "employer",
    "employer_raw",
    "title",
    "city",
    "adcodes",
    "place_status",
    "place_raw",
    "posted_on",
    "pay_low",
    "pay_high",
    "tier",
    "skills",
    "url",
)
# Machines need them, but in a terminal they would push out what a person reads.
POSTING_HIDDEN = (
    "ref",
    "posting_id",
    "source_id",
    "row",
    "employer_id",
    "employer_raw",
    "adcodes",
    "place_status",
    "place_raw",
)
SHEET_HIDDEN = ("tags", "text", *LABEL_COLUMNS)
SHEET_NOTE = (
    "fill in label_tier, label_ai or label_skills and run graphcli labels import FILE; to label without "
    "seeing the answer, --columns posting_id,ref,title,tags,text,label_tier,label_ai,label_skills"
)
OTHER = "other"
# An id of sixteen digits, or coordinates, say nothing to a person in front of a terminal.
HIDDEN = {"employers": ("ref", "id"), "cities": ("ref", "lat", "lon")}


def postings(
    folder: WorkspaceFolder,
    selection: Selection = Selection(),  # noqa: B008 - a frozen value
    *,
    search: str | None = None,
    sample: int | None = None,
    seed: int = 0,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """List canonical postings, sorted by posting id.

    Parameters
    ----------
    search
        Keep postings whose title or employer holds this text, in any case.
    sample
        At most so many postings, drawn with ``seed``; with them come tags, the text cut, and empty
        columns for labels.
    """
    state = current(folder, no_build=no_build, say=say)
    selected = selected_from(state, selection)
    rows = draw(search_postings(selected.frame, search), sample, seed)
    made_by = {**selected.parameters, "search": search, "sample": sample, "seed": seed}
    frame = posting_rows(rows, state.facts)
    notes = selected.notes
    if sample is not None:
        frame = pl.concat([frame, sheet_columns(state.folder, rows)], how="horizontal")
        notes = (*notes, SHEET_NOTE)
    return Result("postings", frame, made_by, notes, selected.run_id, (*POSTING_HIDDEN, *SHEET_HIDDEN))


def search_postings(rows: pl.DataFrame, text: str | None) -> pl.DataFrame:
    """Keep postings whose title or employer holds a text."""
    if not text:
        return rows
    columns = ("title", "employer_raw", "employer")
    return rows.filter(pl.any_horizontal(holds(name, text) for name in columns))


def holds(column: str, text: str) -> pl.Expr:
    """Whether a column holds a text, in any case; an empty cell holds nothing."""
    return pl.col(column).str.to_lowercase().str.contains(text.lower(), literal=True).fill_null(False)


def draw(rows: pl.DataFrame, sample: int | None, seed: int) -> pl.DataFrame:
    """Draw rows at random, the same ones for the same rows and seed, and keep their order."""
    if sample is None or sample >= rows.height:
        return rows
    chosen = random.Random(seed).sample(range(rows.height), sample)  # noqa: S311 - no secret
    return rows[sorted(chosen)]


def posting_rows(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Give postings the columns that the command line promises."""
    names = dict(facts.cities.select("adcode", "name").iter_rows())
    places = pl.col("adcodes").list.join(";")
    cities = pl.col("adcodes").list.eval(pl.element().replace_strict(names, default=None).drop_nulls())
    return rows.with_columns(
        adcodes=places,
        city=cities.list.join(";").replace("", None),
        ref=pl.lit("posting:") + pl.col("posting_id"),
    ).select(*POSTING_COLUMNS, "industry_raw", "sector", "defense", "surveillance", "ai", "weight", "ref")


def employers(
    folder: WorkspaceFolder,
    selection: Selection = Selection(),  # noqa: B008 - a frozen value
    *,
    search: str | None = None,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """List employers, the one with most postings first."""
    state = current(folder, no_build=no_build, say=say)
    graph = graph_from(state, selection)
    frame = employer_rows(graph, employer_flags(state.material, selection.as_of), employer_clusters(folder))
    if search:
        found = names_holding(state, search)
        frame = frame.filter(pl.col("id").is_in(found))
    return answer("employers", frame, graph, selection, search=search)


def names_holding(state: Current, text: str) -> list[str]:
    """Ids of the employers whose name, English name or any raw name holds a text."""
    by_name = state.material.employers.filter(holds("name", text) | holds("name_en", text))["employer_id"]
    by_raw = state.material.employer_names.filter(holds("employer_raw", text))["employer_id"]
    return pl.concat([by_name, by_raw]).drop_nulls().unique().sort().to_list()


def employer_clusters(folder: WorkspaceFolder) -> pl.DataFrame:
    """Cluster of each employer in the snapshot of the last ``clusters`` run; empty where there is none."""
    from graphcli.graph.analysis.snapshot import latest_membership

    members = latest_membership(folder)
    columns = {"id": pl.String, "cluster": pl.Int64}
    return pl.DataFrame(schema=columns) if members is None else members.select(list(columns))


def employer_rows(graph: GraphTables, flags: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Employers with counts, claims and places."""
    hires = graph.edges["HIRES_IN"].join(
        graph.nodes["City"].select(end="adcode", city="name"), on="end", how="left"
    )
    places = (
        hires.sort("weight", "end", descending=[True, False])
        .group_by("start", maintain_order=True)
        .agg(n_cities=pl.len().cast(pl.Int64), city=pl.col("city").first())
    )
    sectors = graph.edges["IN_SECTOR_Employer"].select("start", sector="end")
    return (
        graph.nodes["Employer"]
        .join(flags, left_on="id", right_on="employer_id", how="left")
        .join(places, left_on="id", right_on="start", how="left")
        .join(sectors, left_on="id", right_on="start", how="left")
        .join(clusters, on="id", how="left")
        .with_columns(
            share=share(pl.col("weight"), graph),
            ai_share=pl.col("ai_postings") / pl.col("postings"),
            n_cities=pl.col("n_cities").fill_null(0),
            ref=pl.lit("employer:") + pl.col("id"),
        )
        .sort("postings", "id", descending=[True, False])
        .select(
            "id",
            "name",
            "postings",
            "ai_postings",
            "share",
            *AFFILIATION_KINDS,
            "n_cities",
            "city",
            "cluster",
            "ai_share",
            "sector",
            "kind",
            "name_en",
            "weight",
            "ref",
        )
    )


def cities(
    folder: WorkspaceFolder,
    selection: Selection = Selection(),  # noqa: B008 - a frozen value
    *,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """List cities, the one with most postings first."""
    state = current(folder, no_build=no_build, say=say)
    graph = graph_from(state, selection)
    return answer("cities", city_rows(graph, selection.scheme, state.facts), graph, selection)


def city_rows(graph: GraphTables, scheme: str, facts: Facts) -> pl.DataFrame:
    """Cities with counts, their province, and their region in a scheme."""
    provinces = facts.provinces.select(province="adcode", province_name="name")
    regions = (
        facts.memberships.filter(pl.col("scheme") == scheme)
        .sort("region")
        .group_by("adcode", maintain_order=True)
        .agg(region=pl.col("region").unique(maintain_order=True).str.join(";"))
    )
    return (
        graph.nodes["City"]
        .join(facts.cities.select("adcode", "province"), on="adcode", how="left")
        .join(provinces, on="province", how="left")
        .join(regions, on="adcode", how="left")
        .with_columns(
            share=share(pl.col("weight"), graph),
            ai_share=pl.col("ai_postings") / pl.col("postings"),
            region=pl.col("region").fill_null(OTHER),
            ref=pl.lit("city:") + pl.col("adcode"),
        )
        .sort("postings", "adcode", descending=[True, False])
        .rename({"adcode": "id"})
        .drop("province")
        .rename({"province_name": "province"})
        .select(
            "id",
            "name",
            "postings",
            "ai_postings",
            "weight",
            "share",
            "ai_share",
            "region",
            "province",
            "name_en",
            "lat",
            "lon",
            "ref",
        )
    )


def skills(
    folder: WorkspaceFolder,
    selection: Selection = Selection(),  # noqa: B008 - a frozen value
    *,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """List skills, the one that most postings require first."""
    state = current(folder, no_build=no_build, say=say)
    graph = graph_from(state, selection)
    return answer("skills", skill_rows(graph), graph, selection)


def skill_rows(graph: GraphTables) -> pl.DataFrame:
    """Skills with counts and their group."""
    groups = graph.edges["IN_GROUP"].join(
        graph.nodes["SkillGroup"].select(end="id", group="name"), on="end", how="left"
    )
    hiring = graph.edges["REQUIRES"].group_by(id="end").agg(n_employers=pl.len().cast(pl.Int64))
    total = total_postings(graph)
    return (
        graph.nodes["Skill"]
        .join(groups.select("group", id="start"), on="id", how="left")
        .join(hiring, on="id", how="left")
        .with_columns(
            share=pl.col("postings") / total,
            ai_share=pl.col("ai_postings") / pl.col("postings"),
            n_employers=pl.col("n_employers").fill_null(0),
            ref=pl.lit("skill:") + pl.col("id"),
        )
        .sort("postings", "id", descending=[True, False])
        .select(
            "id",
            "name",
            "postings",
            "ai_postings",
            "share",
            "ai_share",
            "n_employers",
            "group",
            "name_en",
            "ref",
        )
    )


def sectors(
    folder: WorkspaceFolder,
    selection: Selection = Selection(),  # noqa: B008 - a frozen value
    *,
    divisions: bool = False,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """List sectors with the postings of their employers, the largest first.

    Parameters
    ----------
    divisions
        List the divisions of GB/T 4754 instead of its sections.
    """
    state = current(folder, no_build=no_build, say=say)
    graph = graph_from(state, selection)
    placed = of_divisions(selected_from(state, selection).frame) if divisions else of_industries(graph)
    members = pl.concat([placed, claimed_kinds(state, selection.as_of)])
    frame = sector_rows(graph, members, state.facts)
    without = graph.nodes["Employer"].join(placed, left_on="id", right_on="employer_id", how="anti")
    what = "division" if divisions else "industry"
    note = (
        f"an employer's {what} is the one most of its postings name; {without.height:,} employers with "
        f"{without['postings'].sum():,} postings name none that is known; affiliation sectors overlap"
    )
    return answer("sectors", frame, graph, selection, notes=(note,))


def of_industries(graph: GraphTables) -> pl.DataFrame:
    """Employers of each section of GB/T 4754: ``employer_id``, ``id``."""
    return graph.edges["IN_SECTOR_Employer"].select(employer_id="start", id="end")


def of_divisions(rows: pl.DataFrame) -> pl.DataFrame:
    """Employers of each division of GB/T 4754 in the selected postings: ``employer_id``, ``id``."""
    return rows.select("employer_id", id="division").drop_nulls().unique().sort("employer_id")


def claimed_kinds(state: Current, as_of: str) -> pl.DataFrame:
    """Employers by the kinds of claims that hold on the day asked for: ``employer_id``, ``id``."""
    held = claims_held(state.material, as_of)
    return held.select("employer_id", id="kind").drop_nulls().unique()


def sector_rows(graph: GraphTables, members: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Sectors with the counts of their employers."""
    hiring = graph.nodes["Employer"].select("postings", "ai_postings", "weight", employer_id="id")
    counts = (
        members.join(hiring, on="employer_id")
        .group_by("id")
        .agg(pl.col("postings", "ai_postings", "weight").sum(), n_employers=pl.len().cast(pl.Int64))
    )
    return (
        counts.join(facts.sectors, on="id", how="left")
        .with_columns(
            share=share(pl.col("weight"), graph),
            ai_share=pl.col("ai_postings") / pl.col("postings"),
            ref=pl.lit("sector:") + pl.col("id"),
        )
        .sort("postings", "id", descending=[True, False])
        .select(
            "id",
            "name",
            "postings",
            "ai_postings",
            "share",
            "ai_share",
            "n_employers",
            "type",
            "name_en",
            "ref",
        )
    )


def share(weight: pl.Expr, graph: GraphTables) -> pl.Expr:
    """Share of a weight in the weight of all selected postings, 0 to 1."""
    total = graph.parameters.get("total_weight")
    return weight / total if isinstance(total, (int, float)) and total else pl.lit(None, pl.Float64)


def total_postings(graph: GraphTables) -> int:
    """Number of selected postings."""
    total = graph.parameters.get("n_postings")
    return total if isinstance(total, int) else 0


def answer(
    command: str,
    frame: pl.DataFrame,
    graph: GraphTables,
    selection: Selection,
    notes: Sequence[str] = (),
    **further: object,
) -> Result:
    """Put rows together with what made them, and mark small cells where that was asked for."""
    if selection.min_count:
        frame = frame.with_columns(small=pl.col("postings") < selection.min_count)
        notes = (
            *notes,
            f"small marks rows of fewer than {selection.min_count} postings: read no share off them",
        )
    return Result(
        command,
        frame,
        {**graph.parameters, **further},
        (*graph.notes, *notes),
        graph.run_id,
        HIDDEN.get(command, ("ref",)),
    )
