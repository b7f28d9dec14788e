"""Puts clusters and centralities on the nodes of a store, so that Cypher can use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from graphcli.graph.analysis.central import Ranking
from graphcli.graph.analysis.communities import Membership
from graphcli.graph.analysis.incidence import KINDS
from graphcli.graph.schema import node_label
from graphcli.graph.stores.statements import write_properties

if TYPE_CHECKING:
    from graphcli.graph.stores.contract import Store

BATCH = 2000


def cluster_properties(found: Membership, ids: list[str]) -> pl.DataFrame:
    """``key, cluster, cluster_stability, analysis_run_id`` of every node; null takes an old value away."""
    stability = found.clusters.select("cluster", cluster_stability="stability")
    return (
        pl.DataFrame({"key": ids}, schema={"key": pl.String})
        .join(found.frame.select(key="id", cluster="cluster"), on="key", how="left")
        .join(stability, on="cluster", how="left")
        .with_columns(analysis_run_id=pl.when(pl.col("cluster").is_not_null()).then(pl.lit(found.run)))
        .sort("key")
    )


def central_properties(ranking: Ranking, ids: list[str]) -> pl.DataFrame:
    """``key``, a property named as the measure, and ``analysis_run_id`` of every node."""
    return (
        pl.DataFrame({"key": ids}, schema={"key": pl.String})
        .join(ranking.frame.select("score", key="id"), on="key", how="left")
        .rename({"score": ranking.measure})
        .with_columns(
            analysis_run_id=pl.when(pl.col(ranking.measure).is_not_null()).then(pl.lit(ranking.run))
        )
        .sort("key")
    )


def write_back(store: Store, scope: str, of: str, properties: pl.DataFrame) -> int:
    """Set properties on the nodes of a scope in batches; nodes that the store lacks are passed over.

    Returns
    -------
    int
        Number of nodes that were given a value.
    """
    text = write_properties(node_label(KINDS[of]))
    for batch in _batches(properties):
        store.write(text, {"scope": scope, "rows": batch})
    return int(properties.drop_nulls("analysis_run_id").height)


def _batches(properties: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    for part in properties.iter_slices(BATCH):
        rows = part.to_dicts()
        yield [{"key": row.pop("key"), "properties": row} for row in rows]
