"""What a reader wants to know of a cluster: its label, its size in postings, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from graphcli.graph.analysis.flags import FLAGS, flag_vectors
from graphcli.graph.analysis.incidence import Incidence, incidence, node_table
from graphcli.graph.analysis.labels import RULES, label_clusters, most_common, over_represented
from graphcli.graph.analysis.partition import Partition
from graphcli.graph.analysis.stability import best_jaccard
from graphcli.graph.tables import GraphTables
from graphcli.workspace.tables import Schema

TOP = 5
DIGITS = 4
# What names a cluster, in this order, but first what it was clustered by.
NAMING = ("skills", "cities", "sectors")

CLUSTERS: Schema = {
    "cluster": pl.Int64,
    "label": pl.String,
    "size": pl.Int64,
    "postings": pl.Int64,
    "ai_postings": pl.Int64,
    "stability": pl.Float64,
    "stability_sampling": pl.Float64,
    "defense": pl.Float64,
    "surveillance": pl.Float64,
    "top_employers": pl.List(pl.String),
    "top_cities": pl.List(pl.String),
    "top_skills": pl.List(pl.String),
    "ref": pl.String,
}


@dataclass(frozen=True)
class _Feature:
    """Postings of the clustered nodes by one other kind, and that kind's names."""

    counts: sparse.csr_array
    names: list[str]


def describe_clusters(
    graph: GraphTables,
    table: Incidence,
    partition: Partition,
    drawn: NDArray[np.int64],
    day: str,
    run: str,
) -> pl.DataFrame:
    """Make one row a cluster, in the order of their numbers.

    Parameters
    ----------
    drawn
        Labels of the bootstrap samples, one row a sample; no row leaves ``stability_sampling`` blank.
    day
        ISO date, or ``ever``: when affiliations must hold.
    run
        The RUN of the rows' ``ref``.
    """
    labels = partition.labels
    numbers = range(1, int(labels.max(initial=0)) + 1)
    features = {kind: _feature(graph, table, kind) for kind in ("employers", "skills", "cities", "sectors")}
    own = node_table(graph, table.of).select(pl.col("postings", "ai_postings").fill_null(0))
    totals = {name: np.bincount(labels.clip(0), weights=own[name].to_numpy()) for name in own.columns}
    stability = best_jaccard(labels, partition.runs)
    sampling = best_jaccard(labels, drawn)
    shares = _flag_shares(graph, features["employers"], labels, day)
    texts = _labels(table, features, labels, numbers)
    rows = [
        {
            "cluster": number,
            "label": texts[number - 1],
            "size": int((labels == number).sum()),
            "postings": int(totals["postings"][number]),
            "ai_postings": int(totals["ai_postings"][number]),
            "stability": _rounded(stability[number]),
            "stability_sampling": _rounded(sampling[number]),
            **{flag: _rounded(shares[flag][number]) for flag in FLAGS},
            "top_employers": _top(features["employers"], labels, number),
            "top_cities": _top(features["cities"], labels, number),
            "top_skills": _telling(table, features["skills"], labels, number),
            "ref": f"cluster:{run}:{number}",
        }
        for number in numbers
    ]
    return pl.DataFrame(rows, schema=dict(CLUSTERS))


def _feature(graph: GraphTables, table: Incidence, kind: str) -> _Feature:
    frame = node_table(graph, kind)
    names = [name or key for key, name in frame.select("id", "name").iter_rows()]
    if kind == table.of:
        weights = frame["postings"].fill_null(1).to_numpy().astype(np.float64)
        return _Feature(sparse.csr_array(sparse.diags_array(weights)), names)
    counts = table.counts if kind == table.by else incidence(graph, table.of, kind).counts
    return _Feature(counts, names)


def _labels(
    table: Incidence, features: dict[str, _Feature], labels: NDArray[np.int64], numbers: range
) -> list[str]:
    words, spare = [], []
    for number in numbers:
        chosen: list[str] = []
        more: list[str] = []
        if table.of in {"skills", "cities"}:
            chosen = _top(features[table.of], labels, number)[:2]
        for kind in sorted(NAMING, key=lambda kind: kind != table.by):
            # Cities and skills have nearly every sector somewhere; only employers are marked by one.
            if kind == table.of or table.of == "skills" or (table.of == "cities" and kind == "sectors"):
                continue
            feature, rule = features[kind], RULES[kind]
            found = [
                feature.names[column] for column in over_represented(feature.counts, labels, number, rule)
            ]
            chosen += found[: rule.most]
            more += found[rule.most :] if kind in {"skills", table.by} else []
        fallback = features[table.by]
        more += [fallback.names[column] for column in most_common(fallback.counts, labels, number)[:TOP]]
        words.append(chosen)
        spare.append(more)
    return label_clusters(list(numbers), words, spare)


def _top(feature: _Feature, labels: NDArray[np.int64], number: int) -> list[str]:
    """Names with the most postings in a cluster, ties by id."""
    held = feature.counts[np.flatnonzero(labels == number)]
    total = np.round(np.bincount(held.indices, weights=held.data, minlength=len(feature.names)), 6)
    order = np.lexsort((np.arange(len(total)), -total))[:TOP]
    return [feature.names[column] for column in order if total[column] > 0]


def _telling(table: Incidence, feature: _Feature, labels: NDArray[np.int64], number: int) -> list[str]:
    """Skills that a cluster has more often than the rest; where none stands out, the most common."""
    if table.of == "skills":
        return _top(feature, labels, number)
    found = over_represented(feature.counts, labels, number, RULES["skills"])
    found = found or most_common(feature.counts, labels, number)
    return [feature.names[column] for column in found[:TOP]]


def _flag_shares(
    graph: GraphTables, employers: _Feature, labels: NDArray[np.int64], day: str
) -> dict[str, NDArray[np.float64]]:
    """Share of each cluster's postings that come from employers with a flag; NaN without postings."""
    vectors = flag_vectors(graph, tuple(node_table(graph, "employers")["id"]), day)
    rows = labels.clip(0)
    total = np.bincount(rows, weights=employers.counts.sum(axis=1))
    return {
        flag: np.divide(
            np.bincount(rows, weights=employers.counts @ vector),
            total,
            out=np.full(len(total), np.nan),
            where=total > 0,
        )
        for flag, vector in vectors.items()
    }


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), DIGITS)
