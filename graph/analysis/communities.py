"""From graph tables to clusters with members, labels and stability: what commands, page and stores use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from graphcli.graph.analysis.describe import describe_clusters
from graphcli.graph.analysis.flags import as_of_day, held
from graphcli.graph.analysis.incidence import FROM_EMPLOYER, KINDS, Incidence, incidence, node_table
from graphcli.graph.analysis.partition import NO_CLUSTER, Partition, consensus, engine
from graphcli.graph.analysis.projection import MAX_PRODUCTS, NEIGHBOURS, bipartite, project
from graphcli.graph.analysis.stability import Network, resampled_labels
from graphcli.graph.tables import GraphTables
from graphcli.workspace.errors import UsageError, unknown_name
from graphcli.workspace.identity import hash_lines

ALGORITHMS = ("leiden", "bipartite")
DIGITS = 4
RUN_LENGTH = 12
CLAIM_COLUMNS = ["claim_id", "kind", "valid_from", "valid_to"]


@dataclass(frozen=True)
class Membership:
    """Clusters and who is in them.

    Attributes
    ----------
    run
        Hash of the parameters and of the graph: the RUN of ``cluster:RUN:n``.
    of, by
        What was clustered, by what.
    frame
        ``id, name, cluster, membership`` of every node in a cluster, sorted by cluster, then id.
    clusters
        One row a cluster, of any size, numbered from 1 by size: ``cluster, label, size, postings,
        ai_postings, stability, stability_sampling, defense, surveillance, top_employers, top_cities,
        top_skills, ref``.
    parameters, notes
        What made it, and what a reader must know.
    """

    run: str
    of: str
    by: str
    frame: pl.DataFrame
    clusters: pl.DataFrame
    parameters: Mapping[str, object]
    notes: tuple[str, ...]
    graph_run_id: str = ""


def membership(
    graph: GraphTables,
    *,
    of: str = "employers",
    by: str = "",
    resolution: float = 1.0,
    seed: int = 0,
    runs: int = 20,
    samples: int = 20,
    algorithm: str = "leiden",
    neighbours: int = NEIGHBOURS,
    max_products: int = MAX_PRODUCTS,
    max_share: float = 1.0,
    as_of: str | date = "today",
    reference_folder: Path | None = None,
) -> Membership:
    """Cluster one kind of node by another.

    Parameters
    ----------
    of, by
        ``employers``, ``skills``, ``cities`` or ``sectors``; an empty ``by`` takes the usual one.
    resolution
        Above 1 gives more and smaller clusters.
    seed
        Of everything that draws.
    runs
        Leiden runs behind the consensus.
    samples
        Bootstrap samples of the postings behind ``stability_sampling``; 0 leaves it blank.
    algorithm
        ``leiden`` on the similarity projection, or ``bipartite``: Leiden on the nodes of both kinds at
        once, without a projection.
    neighbours, max_products, max_share
        Of the projection.
    as_of
        Day on which affiliations are judged: ``today``, ``ever`` or a date.

    Raises
    ------
    UsageError
        A name does not exist, a number is out of range, or the projection is too large.
    """
    if algorithm not in ALGORITHMS:
        raise unknown_name("algorithm", algorithm, ALGORITHMS)
    if resolution <= 0 or runs < 1 or samples < 0:
        raise UsageError("resolution must be above 0, runs at least 1 and samples at least 0")
    table = incidence(graph, of, by)
    day = as_of_day(as_of, reference_folder)
    options: dict[str, Any] = {"neighbours": neighbours, "max_products": max_products, "max_share": max_share}

    def network(counts: Incidence) -> Network:
        if algorithm == "bipartite":
            return bipartite(counts), None
        projection = project(counts, **options)
        return projection.adjacency, projection.profile

    adjacency, alike = network(table)
    partition = consensus(
        adjacency, resolution=resolution, seed=seed, runs=runs, rows=len(table.ids), alike=alike
    )
    drawn = resampled_labels(table, network, samples=samples, seed=seed, resolution=resolution)
    own: dict[str, object] = {
        "of": of,
        "by": table.by,
        "algorithm": algorithm,
        "resolution": resolution,
        "seed": seed,
        "runs": runs,
        "samples": samples,
        **(options if algorithm == "leiden" else {}),
        "as_of": day,
        "engine": engine(),
    }
    run = analysis_run_id(graph, own)
    return Membership(
        run=run,
        of=of,
        by=table.by,
        frame=_members(graph, table, partition),
        clusters=describe_clusters(graph, table, partition, drawn, day, run),
        parameters={
            **graph.parameters,
            **own,
            "analysis_run_id": run,
            "nodes": len(table.ids),
            "edges": adjacency.nnz // 2,
            "modularity": round(partition.modularity, DIGITS),
        },
        notes=(*graph.notes, *_notes(table, partition, day)),
        graph_run_id=graph.run_id,
    )


def analysis_run_id(graph: GraphTables, parameters: Mapping[str, object]) -> str:
    """Hash the parameters and everything in the graph that an analysis reads.

    The graph's content is hashed rather than its run id, so that a graph read back from a store
    answers under the same name.
    """
    lines = [json.dumps(parameters, sort_keys=True, ensure_ascii=False)]
    for kind in KINDS:
        lines.append(node_table(graph, kind).write_csv())
    columns = {"AFFILIATED_WITH": CLAIM_COLUMNS, **{name: ["postings"] for name in FROM_EMPLOYER.values()}}
    for name, wanted in sorted(columns.items()):
        frame = graph.edges[name].select("start", "end", *wanted)
        lines.append(frame.sort(frame.columns).write_csv())
    return hash_lines(lines, length=RUN_LENGTH)


def _members(graph: GraphTables, table: Incidence, partition: Partition) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "id": list(table.ids),
            "cluster": partition.labels,
            "membership": np.round(partition.membership, DIGITS),
        },
        schema={"id": pl.String, "cluster": pl.Int64, "membership": pl.Float64},
    )
    names = node_table(graph, table.of).select("id", "name")
    return (
        frame.filter(pl.col("cluster") != NO_CLUSTER)
        .join(names, on="id", how="left")
        .select("id", "name", "cluster", "membership")
        .sort("cluster", "id")
    )


def _notes(table: Incidence, partition: Partition, day: str) -> list[str]:
    notes = []
    blank = int(table.blank.sum())
    if not table.ids:
        notes.append(f"there are no {table.of} to cluster")
    elif blank:
        notes.append(f"{blank:,} of {len(table.ids):,} {table.of} have no {table.by} and are in no cluster")
    alone = int((partition.labels == NO_CLUSTER).sum()) - blank
    if alone:
        notes.append(f"{alone:,} {table.of} share no {table.by} with any other and are in no cluster")
    if table.left_out:
        notes.append(f"{table.left_out:,} employers that do not give their name are left out")
    if table.estimated:
        notes.append(
            f"postings of {table.of} by {table.by} are estimated through employers: the graph does not "
            f"hold which {table.by} a posting names in which of the employer's {table.of}"
        )
    if table.of in {"skills", "cities"}:
        notes.append(f"a posting counts once for each of its {table.of}")
    notes.append(f"defense and surveillance are shares of postings, by claims {held(day)}")
    return notes
