"""The answer to ``graphcli central``: nodes by how central they are, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from graphcli.graph.analysis import centrality
from graphcli.graph.analysis.communities import analysis_run_id, membership
from graphcli.graph.analysis.flags import FLAGS, as_of_day, flag_bases, held
from graphcli.graph.analysis.incidence import REFERENCES, Incidence, incidence, node_table
from graphcli.graph.analysis.partition import engine
from graphcli.graph.analysis.projection import (
    MAX_PRODUCTS,
    NEIGHBOURS,
    project,
    weighted_profiles,
    without_common,
)
from graphcli.graph.tables import GraphTables
from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.result import Result

# Measure → what its score is.
MEASURES = {
    "pagerank": "share of a random walk along overlaps (damping 0.85)",
    "strength": "share of the overlap of all pairs that is with this node",
    "betweenness": "share of shortest paths between others that lead through the node",
    "harmonic": "mean of 1/distance to the other nodes",
    "bridge": "strength times participation (spread over groups), as a share of all strength",
}
BETWEEN = ("clusters", *FLAGS)
# Measures over all pairs of nodes need no choice of nearest neighbours.
ALL_PAIRS = ("strength", "bridge")
SAMPLED = ("betweenness", "harmonic")
PIVOTS = 512
SCORE_DIGITS = 12
CAVEATS = (
    "central means that many others ask for the same skills, weighted by how rare they are: a fact about "
    "demand in these postings, not about the firm",
    "postings are demand, not employment; a listing is a government's claim, not proof",
)


@dataclass(frozen=True)
class Ranking:
    """Scores of every ranked node, and what made them.

    Attributes
    ----------
    run
        Hash of the parameters and of the graph.
    frame
        The columns of ``graphcli central``, the most central first.
    """

    run: str
    measure: str
    of: str
    frame: pl.DataFrame
    parameters: Mapping[str, object]
    notes: tuple[str, ...]
    graph_run_id: str = ""


def central(graph: GraphTables, *, top: int | None = None, **options: Any) -> Result:
    """Rank employers, skills, cities or sectors by how central they are.

    Parameters
    ----------
    top
        Only so many rows; all by default.
    **options
        Those of :func:`rank`: ``measure``, ``of``, ``by``, ``seed``, ``pivots``, ``between`` …
    """
    return central_result(rank(graph, **options), top)


def central_result(ranking: Ranking, top: int | None = None) -> Result:
    """Turn a ranking into the rows that ``graphcli central`` prints."""
    if top is not None and top < 1:
        raise UsageError("--top must be at least 1")
    frame = ranking.frame if top is None else ranking.frame.head(top)
    notes = list(ranking.notes)
    if frame.height < ranking.frame.height:
        notes.insert(0, f"the first {frame.height:,} of {ranking.frame.height:,} ranked {ranking.of}")
    parameters = {**ranking.parameters, "top": top}
    # Only sampled measures have bounds; two empty columns would push out what a person reads.
    bounds = () if frame["low"].count() else ("low", "high")
    hidden = ("ref", "id", *bounds)
    return Result("central", frame, parameters, (*notes, *CAVEATS), ranking.graph_run_id, hidden)


def rank(
    graph: GraphTables,
    *,
    measure: str = "pagerank",
    of: str = "employers",
    by: str = "",
    seed: int = 0,
    pivots: int = PIVOTS,
    between: str = "clusters",
    agencies: bool = False,
    similarity: str = "overlap",
    neighbours: int = NEIGHBOURS,
    max_products: int = MAX_PRODUCTS,
    max_share: float = 1.0,
    as_of: str | date = "today",
    reference_folder: Path | None = None,
) -> Ranking:
    """Score every node and describe it.

    The network links nodes by ``overlap``: how much they ask for together (see
    :func:`graphcli.graph.analysis.projection.project`). The cosine that clusters stand on would call
    the most typical profile central, often an employer with one posting.

    Parameters
    ----------
    measure
        A key of ``MEASURES``. ``strength`` and ``bridge`` are over all pairs, the others over the
        ``neighbours`` nearest.
    pivots
        Nodes from which ``betweenness`` and ``harmonic`` follow the shortest paths; ``low`` and
        ``high`` are the normal interval of that sample.
    between
        For ``bridge``: ``clusters``, or ``defense`` or ``surveillance`` against the rest.
    agencies
        Rank staffing agencies too; they are always in the network.

    Raises
    ------
    UsageError
        A name does not exist, or a number is out of range.
    """
    _check(measure, of, pivots, between)
    table = incidence(graph, of, by)
    day = as_of_day(as_of, reference_folder)
    choice: dict[str, Any] = {"neighbours": neighbours, "max_products": max_products, "max_share": max_share}
    clusters = membership(graph, of=of, by=table.by, seed=seed, samples=0, as_of=day, **choice)
    own: dict[str, object] = {
        "measure": measure,
        "of": of,
        "by": table.by,
        "network": f"{similarity}, all pairs" if measure in ALL_PAIRS else f"{similarity}, nearest",
        **choice,
        "seed": seed,
        **({"pivots": min(pivots, len(table.ids))} if measure in SAMPLED else {}),
        **({"between": between} if measure == "bridge" else {}),
        "agencies": agencies,
        "as_of": day,
        "engine": f"scipy; clusters by {engine()}",
    }
    if measure in ALL_PAIRS:
        profiles = weighted_profiles(without_common(table.counts, max_share), similarity)
        groups = _groups(graph, table, clusters.frame, between if measure == "bridge" else "", day)
        scores = _all_pairs(profiles, groups, bridge=measure == "bridge")
    else:
        scores = _nearest(project(table, similarity=similarity, **choice).adjacency, measure, pivots, seed)
    scored = _describe(graph, table, clusters.frame, day).with_columns(
        pl.Series(name, scores[name], pl.Float64) if name in scores else pl.lit(None, pl.Float64).alias(name)
        for name in ("score", "low", "high", "participation")
    )
    frame = _ranked(scored, of, agencies, bridge=measure == "bridge")
    run = analysis_run_id(graph, own)
    return Ranking(
        run=run,
        measure=measure,
        of=of,
        frame=frame,
        parameters={**graph.parameters, **own, "analysis_run_id": run, "cluster_run_id": clusters.run},
        notes=(*graph.notes, *_notes(table, scored, measure, pivots, day, agencies)),
        graph_run_id=graph.run_id,
    )


def _check(measure: str, of: str, pivots: int, between: str) -> None:
    if measure not in MEASURES:
        raise unknown_name("measure", measure, MEASURES)
    if between not in BETWEEN:
        raise unknown_name("grouping to bridge", between, BETWEEN)
    if pivots < 1:
        raise UsageError("--pivots must be at least 1")
    if between != "clusters" and of != "employers":
        raise UsageError(f"only employers have affiliations; bridge {of} between clusters")


def _nearest(
    adjacency: sparse.csr_array, measure: str, pivots: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    if measure == "pagerank":
        size = max(adjacency.shape[0], 1)
        return {"score": centrality.pagerank(adjacency, tolerance=1e-6 / size, max_steps=1000)}
    estimate = (centrality.betweenness if measure == "betweenness" else centrality.harmonic)(
        adjacency, k=pivots, seed=seed
    )
    if pivots >= adjacency.shape[0]:
        return {"score": estimate.score}
    return {"score": estimate.score, "low": estimate.low, "high": estimate.high}


def _groups(
    graph: GraphTables, table: Incidence, members: pl.DataFrame, between: str, day: str
) -> NDArray[np.int64]:
    """Group of each row: its cluster, whether it has the flag, or the same for all."""
    rows = pl.DataFrame({"id": list(table.ids)}, schema={"id": pl.String})
    if between in FLAGS:
        flagged = (
            flag_bases(graph, day)
            .filter(pl.col(between).is_not_null())
            .select("id", group=pl.lit(1, pl.Int64))
        )
    elif between == "clusters":
        flagged = members.select("id", group="cluster")
    else:
        return np.where(table.blank, -1, 0)
    group = rows.join(flagged, on="id", how="left", maintain_order="left")["group"].fill_null(0)
    return np.where(table.blank, -1, group.to_numpy())


def _all_pairs(
    profiles: sparse.csr_array, groups: NDArray[np.int64], *, bridge: bool
) -> dict[str, NDArray[np.float64]]:
    by_group = centrality.group_strength(profiles, groups)
    strength = by_group.sum(axis=1)
    share = strength / strength.sum() if strength.any() else strength
    if not bridge:
        return {"score": share}
    spread = centrality.participation(by_group)
    return {"score": share * spread, "participation": spread}


def _describe(graph: GraphTables, table: Incidence, members: pl.DataFrame, day: str) -> pl.DataFrame:
    """One row a node, in the order of the table: name, cluster, main city, affiliations, postings."""
    frame = node_table(graph, table.of).with_columns(blank=pl.Series(table.blank, dtype=pl.Boolean))
    frame = frame.join(members.select("id", "cluster"), on="id", how="left", maintain_order="left")
    if table.of == "cities":
        frame = frame.with_columns(city=pl.col("name"))
    else:
        frame = frame.join(_main_city(graph, table), on="id", how="left", maintain_order="left")
    if table.of != "employers":
        return frame.with_columns(
            *(pl.lit(None, pl.String).alias(flag) for flag in FLAGS), kind=pl.lit(None, pl.String)
        )
    kinds = graph.nodes["Employer"].select("id", "kind")
    frame = frame.join(flag_bases(graph, day), on="id", how="left", maintain_order="left")
    return frame.join(kinds, on="id", how="left", maintain_order="left")


def _main_city(graph: GraphTables, table: Incidence) -> pl.DataFrame:
    """The city with the most postings of each node, ties by adcode."""
    counts = incidence(graph, table.of, "cities").counts.tocoo()
    names = node_table(graph, "cities")["name"]
    pairs = pl.DataFrame(
        {"i": counts.row, "j": counts.col, "n": np.round(counts.data, 6)},
        schema={"i": pl.Int64, "j": pl.Int64, "n": pl.Float64},
    )
    first = (
        pairs.sort("i", "n", "j", descending=[False, True, False])
        .group_by("i", maintain_order=True)
        .agg(pl.col("j").first())
    )
    ids = pl.Series(list(table.ids), dtype=pl.String)
    return pl.DataFrame({"id": ids.gather(first["i"]), "city": names.gather(first["j"])})


def _ranked(scored: pl.DataFrame, of: str, agencies: bool, *, bridge: bool) -> pl.DataFrame:
    kept = scored.filter(~pl.col("blank"))
    if not agencies:
        kept = kept.filter((pl.col("kind") != "agency").fill_null(value=True))
    extra = ["participation"] if bridge else []
    numbers = ["score", "low", "high", *extra]
    return (
        kept.with_columns(pl.col(numbers).round(SCORE_DIGITS))
        .sort("score", "id", descending=[True, False])
        .with_row_index("rank", offset=1)
        .with_columns(pl.col("rank").cast(pl.Int64), ref=pl.lit(f"{REFERENCES[of]}:") + pl.col("id"))
        .select(
            "rank",
            "id",
            "name",
            *numbers[:3],
            "cluster",
            "city",
            *FLAGS,
            "postings",
            "ai_postings",
            *extra,
            "kind",
            "ref",
        )
    )


def _notes(
    table: Incidence, scored: pl.DataFrame, measure: str, pivots: int, day: str, agencies: bool
) -> list[str]:
    notes = [f"score is the {MEASURES[measure]}"]
    blank = int(table.blank.sum())
    if not table.ids:
        notes.append(f"there are no {table.of} to rank")
    elif blank:
        notes.append(f"{blank:,} of {len(table.ids):,} {table.of} have no {table.by} and are not ranked")
    hidden = scored.filter(~pl.col("blank") & (pl.col("kind") == "agency")).height
    if hidden and not agencies:
        notes.append(f"{hidden:,} staffing agencies are in the network but not ranked; see --agencies")
    if table.left_out:
        notes.append(f"{table.left_out:,} employers that do not give their name are left out")
    if measure in SAMPLED and pivots < len(table.ids):
        notes.append(
            f"low and high are 1.96 standard errors around the mean of {pivots:,} sampled pivots; for "
            "betweenness far below the top they are too narrow, because few paths decide it"
        )
    if table.of == "employers":
        notes.append(f"defense and surveillance name the basis of claims {held(day)}")
    return notes
