"""How far clusters can be trusted: would other seeds, or another sample of postings, find them again?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graphcli.graph.analysis.incidence import Incidence
from graphcli.graph.analysis.partition import NO_CLUSTER, Labels, leiden

# Fewer than for the answer: what more would add is far below the noise of the samples.
ITERATIONS = 2
# A network, and for each node a number that nodes which are just alike share (None: none are).
Network = tuple[sparse.csr_array, Labels | None]


def best_jaccard(labels: Labels, runs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean over runs of each cluster's Jaccard similarity with its best match in the run.

    Nodes that a run knows nothing of (-1) are left out of that run's comparison (Hennig 2007,
    doi:10.1016/j.csda.2006.11.025: above .75 stable, below .5 dissolved).

    Parameters
    ----------
    labels
        Clusters numbered from 1; -1 for none.
    runs
        Labels of the runs, one row a run.

    Returns
    -------
    numpy.ndarray
        At index c the stability of cluster c, 0 to 1; NaN where there is no such cluster or run.
    """
    clusters = int(labels.max(initial=0)) + 1
    total = np.zeros(clusters)
    seen = np.zeros(clusters)
    for run in runs:
        both = (labels != NO_CLUSTER) & (run != NO_CLUSTER)
        if not both.any():
            continue
        width = int(run[both].max()) + 1
        table = sparse.coo_array(
            (np.ones(int(both.sum())), (labels[both], run[both])), shape=(clusters, width)
        ).tocsr()
        rows = np.repeat(np.arange(clusters), np.diff(table.indptr))
        own = np.bincount(labels[both], minlength=clusters)
        other = np.bincount(run[both], minlength=width)
        jaccard = table.data / (own[rows] + other[table.indices] - table.data)
        best = np.zeros(clusters)
        np.maximum.at(best, rows, jaccard)
        total += best
        seen += own > 0
    return np.where(seen > 0, total / np.maximum(seen, 1), np.nan)


def resampled_labels(
    table: Incidence,
    network: Callable[[Incidence], Network],
    *,
    samples: int,
    seed: int = 0,
    resolution: float = 1.0,
) -> NDArray[np.int64]:
    """Cluster bootstrap samples of the postings.

    Each count is drawn anew from a Poisson distribution with the count as its mean, the limit of
    drawing postings with replacement (Hanley & MacGibbon 2006, doi:10.1016/j.cmpb.2006.04.006). The
    counts are drawn apart from each other, because the graph does not hold which skills stood in one
    posting: with several skills a posting this overstates the noise somewhat.

    Parameters
    ----------
    network
        Makes the network to be clustered, whose first nodes are the rows of the table, and says which
        nodes are alike.
    samples
        Number of bootstrap samples.
    seed
        Of the numpy generator that draws; the samples are clustered with ``seed``, ``seed + 1`` …

    Returns
    -------
    numpy.ndarray
        Labels, one row a sample; -1 for rows that drew nothing.
    """
    generator = np.random.default_rng(seed)
    rows = len(table.ids)
    found = np.full((samples, rows), NO_CLUSTER, dtype=np.int64)
    for sample in range(samples):
        drawn = sparse.csr_array(table.counts, copy=True)
        drawn.data = generator.poisson(drawn.data).astype(np.float64)
        drawn.eliminate_zeros()
        adjacency, alike = network(replace(table, counts=drawn))
        found[sample] = leiden(
            adjacency, resolution=resolution, seed=seed + sample, alike=alike, iterations=ITERATIONS
        )[:rows]
    return found
