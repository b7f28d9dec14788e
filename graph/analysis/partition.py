"""Communities of a similarity network: Leiden, and the consensus of many runs of it.

One run depends on its seed; the consensus of runs hardly does. What still differs between runs is
shown, never hidden: per member here, per cluster in ``stability``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

ITERATIONS = 5
KEEP_ABOVE = 0.5
NO_CLUSTER = -1
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Partition:
    """A consensus of runs.

    Attributes
    ----------
    labels
        Cluster of each node, numbered from 1 by size and then by the smallest node; -1 for nodes
        without any edge.
    runs
        The labels of the runs behind it, one row a run.
    membership
        For each node the share of its cluster's members that the runs find it together with, on
        average; 0 to 1, NaN without a cluster.
    modularity
        Newman's modularity of ``labels`` at the resolution used.
    """

    labels: Labels
    runs: NDArray[np.int64]
    membership: NDArray[np.float64]
    modularity: float


def engine() -> str:
    """Name and version of the engine, for the parameters of an answer."""
    return f"graspologic-native {version('graspologic-native')}"


def leiden(
    adjacency: sparse.csr_array,
    *,
    resolution: float = 1.0,
    seed: int = 0,
    iterations: int = ITERATIONS,
    alike: Labels | None = None,
) -> Labels:
    """Run Leiden once by modularity (Traag, Waltman & van Eck 2019, doi:10.1038/s41598-019-41695-z).

    Parameters
    ----------
    adjacency
        Symmetric, with sorted indices.
    resolution
        Above 1 gives more and smaller communities.
    iterations
        Full cycles, each from the result of the one before.
    alike
        Nodes with the same number (not -1) are one node with the sum of their links, so that no run
        can part them.

    Returns
    -------
    numpy.ndarray
        A label for each node; -1 for nodes without an edge.
    """
    import graspologic_native

    size = adjacency.shape[0]
    labels = np.full(size, NO_CLUSTER, dtype=np.int64)
    if not adjacency.nnz:
        return labels
    joined, node = _contract(adjacency, alike)
    if joined.nnz:
        _, found = graspologic_native.leiden_csr(
            joined.indptr.astype(np.int64),
            joined.indices.astype(np.int32),
            joined.data.astype(np.float64),
            joined.shape[0],
            resolution=resolution,
            iterations=iterations,
            seed=seed,
        )
        whole = np.full(joined.shape[0], NO_CLUSTER, dtype=np.int64)
        whole[np.fromiter(found.keys(), np.int64, len(found))] = np.fromiter(
            found.values(), np.int64, len(found)
        )
        labels = whole[node]
    # Nodes that are linked only among their like are a community; the engine saw them as one lone node.
    within = (np.diff(joined.indptr) == 0)[node]
    labels[within] = labels.max(initial=NO_CLUSTER) + 1 + node[within]
    labels[np.diff(adjacency.indptr) == 0] = NO_CLUSTER
    return labels


def _contract(
    adjacency: sparse.csr_array, alike: Labels | None
) -> tuple[sparse.csr_array, NDArray[np.int64]]:
    """Join nodes that are alike; the joined network has no loops. Second, each node's new number."""
    size = adjacency.shape[0]
    if alike is None:
        return adjacency, np.arange(size)
    number = alike.copy()
    single = np.flatnonzero(number < 0)
    number[single] = number.max(initial=-1) + 1 + np.arange(len(single))
    # By first member, so that what is numbered alike elsewhere is numbered alike here.
    _, first, node = np.unique(number, return_index=True, return_inverse=True)
    place = np.empty(len(first), dtype=np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    node = place[node]
    entries = adjacency.tocoo()
    ends = node[entries.row], node[entries.col]
    between = ends[0] != ends[1]
    joined = sparse.csr_array(
        (entries.data[between], (ends[0][between], ends[1][between])), shape=(len(first), len(first))
    )
    joined.sum_duplicates()
    return joined, node


def consensus(
    adjacency: sparse.csr_array,
    *,
    resolution: float = 1.0,
    seed: int = 0,
    runs: int = 20,
    rows: int | None = None,
    alike: Labels | None = None,
) -> Partition:
    """Cluster by the agreement of several runs.

    The share of the runs that put both ends of an edge together replaces its weight, edges below one
    half are dropped, and what is left is clustered again (after Lancichinetti & Fortunato 2012,
    doi:10.1038/srep00336, restricted to existing edges). A node that loses all its edges joins the
    cluster that its neighbours are most strongly in.

    Parameters
    ----------
    seed
        The runs use ``seed``, ``seed + 1`` …
    runs
        Number of runs; 1 is a plain Leiden.
    rows
        Answer only for the first so many nodes, such as one side of a bipartite network.
    alike
        Nodes that belong together whatever the runs say; see :func:`leiden`.
    """
    found = np.stack(
        [
            leiden(adjacency, resolution=resolution, seed=seed + run, alike=alike)
            for run in range(max(runs, 1))
        ]
    )
    labels = found[0]
    if runs > 1 and adjacency.nnz:
        labels = _agree(adjacency, found, resolution, seed, alike)
    quality = modularity(adjacency, labels, resolution)
    labels, found = number_by_size(labels[:rows]), found[:, :rows]
    return Partition(labels, found, membership_strength(labels, found), quality)


def _agree(
    adjacency: sparse.csr_array,
    found: NDArray[np.int64],
    resolution: float,
    seed: int,
    alike: Labels | None,
) -> Labels:
    rows = np.repeat(np.arange(adjacency.shape[0]), np.diff(adjacency.indptr))
    together = (found[:, rows] == found[:, adjacency.indices]).mean(axis=0)
    kept = sparse.csr_array(
        (np.where(together >= KEEP_ABOVE, together, 0.0), adjacency.indices, adjacency.indptr),
        shape=adjacency.shape,
        copy=True,
    )
    kept.eliminate_zeros()
    labels = leiden(kept, resolution=resolution, seed=seed, alike=alike)
    return _join_strays(adjacency, labels)


def _join_strays(adjacency: sparse.csr_array, labels: Labels) -> Labels:
    """Give nodes that lost all their edges the label with the largest edge weight around them."""
    degree = np.diff(adjacency.indptr)
    joined = labels.copy()
    strays = np.flatnonzero((labels == NO_CLUSTER) & (degree > 0))
    for node in strays:
        part = slice(adjacency.indptr[node], adjacency.indptr[node + 1])
        around, weight = labels[adjacency.indices[part]], adjacency.data[part]
        around, weight = around[around != NO_CLUSTER], weight[around != NO_CLUSTER]
        if len(around):
            totals = np.bincount(around, weights=weight)
            joined[node] = int(np.argmax(np.round(totals, 9)))
    # Only strays around: each is a cluster of its own.
    alone = np.flatnonzero((joined == NO_CLUSTER) & (degree > 0))
    joined[alone] = joined.max(initial=NO_CLUSTER) + 1 + np.arange(len(alone))
    return joined


def number_by_size(labels: Sequence[int] | Labels) -> Labels:
    """Number clusters from 1, the largest first, ties by their smallest node; -1 stays.

    Examples
    --------
    >>> number_by_size([7, 3, 3, -1, 7, 9]).tolist()
    [1, 2, 2, -1, 1, 3]
    """
    labels = np.asarray(labels, dtype=np.int64)
    held = np.flatnonzero(labels != NO_CLUSTER)
    if not len(held):
        return labels.copy()
    _, first, inverse, counts = np.unique(
        labels[held], return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -counts))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    numbered = np.full(len(labels), NO_CLUSTER, dtype=np.int64)
    numbered[held] = rank[inverse]
    return numbered


def membership_strength(labels: Labels, runs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean share of a node's cluster that the runs find it together with; NaN without a cluster."""
    strength = np.zeros(len(labels))
    held = labels != NO_CLUSTER
    size = np.bincount(labels[held], minlength=1)
    for run in runs:
        both = held & (run != NO_CLUSTER)
        width = int(run.max(initial=0)) + 1
        cell = labels[both] * width + run[both]
        strength[both] += np.bincount(cell)[cell] / size[labels[both]]
    strength /= max(len(runs), 1)
    strength[~held] = np.nan
    return strength


def modularity(adjacency: sparse.csr_array, labels: Labels, resolution: float = 1.0) -> float:
    """Newman's modularity of a partition; nodes labelled -1 count as clusters of one node.

    ``Q = Σ_c (w_c / 2m - resolution · (k_c / 2m)²)`` with w_c twice the weight inside, k_c the strength
    (Newman 2004, doi:10.1103/PhysRevE.69.066133).
    """
    total = float(adjacency.data.sum())
    if not total:
        return 0.0
    labels = labels.copy()
    alone = labels == NO_CLUSTER
    labels[alone] = labels.max(initial=0) + 1 + np.arange(int(alone.sum()))
    rows = np.repeat(np.arange(adjacency.shape[0]), np.diff(adjacency.indptr))
    inside = adjacency.data[labels[rows] == labels[adjacency.indices]].sum()
    strength = np.bincount(labels[rows], weights=adjacency.data)
    return float(inside / total - resolution * ((strength / total) ** 2).sum())
