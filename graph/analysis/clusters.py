"""The answer to ``graphcli clusters``: one row a cluster, or one row a member."""

from __future__ import annotations

from typing import Any

import polars as pl

from graphcli.graph.analysis.communities import Membership, membership
from graphcli.graph.analysis.incidence import REFERENCES
from graphcli.graph.tables import GraphTables
from graphcli.workspace.result import Result

MIN_SIZE = 5
CAVEATS = (
    "stability is over seeds of the algorithm, stability_sampling over bootstrap samples of the postings; "
    "below 0.5 a cluster dissolves and should not be read as a group",
    "postings are demand, not employment; agency postings hide employers; a listing is a government's "
    "claim, not proof, and defense employers are under-counted on commercial boards",
)


def clusters(
    graph: GraphTables,
    *,
    min_size: int = MIN_SIZE,
    members: bool = False,
    previous: pl.DataFrame | None = None,
    **options: Any,
) -> Result:
    """Cluster employers, skills, cities or sectors and say what each cluster is.

    Parameters
    ----------
    min_size
        Smaller clusters are counted in a note instead of being listed; their numbers stay.
    members
        One row a member instead of one row a cluster.
    previous
        ``id, cluster`` of an earlier run; adds its best overlapping cluster as ``previous``.
    **options
        Those of :func:`graphcli.graph.analysis.communities.membership`: ``of``, ``by``, ``resolution``,
        ``seed``, ``runs``, ``samples``, ``algorithm``, ``as_of`` …
    """
    found = membership(graph, **options)
    return clusters_result(found, min_size=min_size, members=members, previous=previous)


def clusters_result(
    found: Membership,
    *,
    min_size: int = MIN_SIZE,
    members: bool = False,
    previous: pl.DataFrame | None = None,
) -> Result:
    """Turn a membership into the rows that ``graphcli clusters`` prints."""
    listed = found.clusters.filter(pl.col("size") >= min_size)
    small = found.clusters.filter(pl.col("size") < min_size)
    notes = list(found.notes)
    if small.height:
        notes.append(
            f"{small.height:,} clusters with fewer than {min_size} members ({small['size'].sum():,} in all) "
            "are not listed; see --min-size"
        )
    if previous is not None:
        listed = listed.join(best_overlap(found.frame, previous), on="cluster", how="left")
        listed = listed.select("cluster", "previous", pl.exclude("cluster", "previous"))
    frame = listed
    if members:
        kind = REFERENCES[found.of]
        frame = (
            found.frame.join(listed.select("cluster"), on="cluster", how="semi")
            .select("cluster", "id", "name", "membership", ref=pl.lit(f"{kind}:") + pl.col("id"))
            .sort("cluster", "id")
        )
    parameters = {**found.parameters, "min_size": min_size, "members": members}
    return Result("clusters", frame, parameters, (*notes, *CAVEATS), found.graph_run_id)


def best_overlap(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """For each cluster the earlier cluster with the largest Jaccard similarity, ties by its number.

    Parameters
    ----------
    now, before
        ``id, cluster`` of both runs.

    Returns
    -------
    polars.DataFrame
        ``cluster, previous``; clusters without any common member are absent.
    """
    sizes = [frame.group_by("cluster").len() for frame in (now, before)]
    return (
        now.select("id", "cluster")
        .join(before.select("id", previous="cluster"), on="id")
        .group_by("cluster", "previous")
        .agg(pl.len().alias("both"))
        .join(sizes[0].rename({"len": "here"}), on="cluster")
        .join(sizes[1].rename({"cluster": "previous", "len": "there"}), on="previous")
        .with_columns(jaccard=pl.col("both") / (pl.col("here") + pl.col("there") - pl.col("both")))
        .sort("cluster", pl.col("jaccard").round(9), "previous", descending=[False, True, False])
        .group_by("cluster", maintain_order=True)
        .agg(pl.col("previous").first())
    )
