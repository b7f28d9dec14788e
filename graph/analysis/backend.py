"""The networkx backend: networkx calls these functions when a graph is a :class:`CSRGraph`.

networkx passes keyword arguments by position and a seed as ``random.Random``. Functions that are not
here are refused by networkx itself, unless ``nx.config.fallback_to_nx``.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from graphcli.graph.analysis import centrality, partition
from graphcli.graph.analysis.network import CSRGraph

Scores = dict[Hashable, float]
# networkx's default of the randomness in Leiden's refinement; ours is that of graspologic-native.
THETA = 0.01


def convert_from_nx(graph: Any, edge_attrs: Mapping[str, Any] | None = None, **_: Any) -> CSRGraph:
    """Copy a ``networkx.Graph`` or ``DiGraph``, with one edge attribute at most.

    networkx keeps the copy and does not notice ``G[u][v]["weight"] = x``: change weights through
    ``G.add_edge(u, v, weight=x)``.
    """
    if graph.is_multigraph():
        raise NotImplementedError("graphcli's networks hold one edge between two nodes; use nx.Graph(G)")
    if edge_attrs and len(edge_attrs) > 1:
        raise NotImplementedError("graphcli's networks hold one edge attribute")
    weight, default = next(iter((edge_attrs or {"": 1}).items()))
    ids = list(graph)
    index = {node: position for position, node in enumerate(ids)}
    rows = graph._adj.values()
    degrees = np.fromiter((len(row) for row in rows), np.int64, len(ids))
    total = int(degrees.sum())
    columns = np.fromiter((index[node] for node in chain.from_iterable(rows)), np.int32, total)
    values = np.fromiter(
        (edge.get(weight, default) for row in rows for edge in row.values()), np.float64, total
    )
    pointer = np.concatenate([[0], np.cumsum(degrees)])
    matrix = sparse.csr_array((values, columns, pointer), shape=(len(ids), len(ids)))
    matrix.sort_indices()
    return CSRGraph(ids, matrix, weight=weight or "weight", directed=graph.is_directed())


def convert_to_nx(result: Any, **_: Any) -> Any:
    """Turn a :class:`CSRGraph` into a networkx graph; anything else passes."""
    return result.to_networkx() if isinstance(result, CSRGraph) else result


def pagerank(
    G: CSRGraph,  # noqa: N803 - networkx's name
    alpha: float = 0.85,
    personalization: Mapping[Hashable, float] | None = None,
    max_iter: int = 100,
    tol: float = 1e-6,
    nstart: Mapping[Hashable, float] | None = None,
    weight: str | None = "weight",
    dangling: Mapping[Hashable, float] | None = None,
) -> Scores:
    """Rank by PageRank, at least as exactly as networkx: the total error stays below 1e-6 and N · ``tol``.

    networkx stops at N · ``tol``, which on large graphs is too early to rank by.
    """
    from networkx import PowerIterationFailedConvergence

    restart = None if personalization is None else G.vector(personalization)
    if restart is not None and not restart.any():
        raise ZeroDivisionError("personalization sums to zero")
    options: dict[str, Any] = {
        "damping": alpha,
        "personalization": restart,
        "dangling": None if dangling is None else G.vector(dangling),
        "start": None if nstart is None else G.vector(nstart),
        "max_steps": max_iter,
    }
    matrix, limit = G.matrix(weight), max(len(G), 1) * tol
    for tolerance in sorted({min(1e-6, limit), limit}):
        try:
            return G.by_node(centrality.pagerank(matrix, tolerance=tolerance, **options))
        except centrality.NotConvergedError:
            continue
    raise PowerIterationFailedConvergence(max_iter)


def betweenness_centrality(
    G: CSRGraph,  # noqa: N803
    k: int | None = None,
    normalized: bool = True,
    weight: str | None = None,
    endpoints: bool = False,
    seed: Any = None,
) -> Scores:
    """Betweenness by number of edges, exact or from ``k`` pivots drawn as networkx draws them."""
    if weight is not None or endpoints:
        raise NotImplementedError("graphcli counts edges and leaves endpoints out")
    size = len(G)
    sample = None if k is None or k == size else _random(seed).sample(list(G.ids), k)
    pivots = np.arange(size) if sample is None else np.array([G.index_of(node) for node in sample])
    score = centrality.shortest_path_sums(G.matrix(None), pivots).dependency
    if size < 3:
        return G.by_node(score)
    pairs = size - 2 if normalized else (1 if G.is_directed() else 2) / (size - 1) * 1.0
    per_source = np.full(size, size - 1 if sample is None else float(len(pivots)))
    if sample is not None:
        # A pivot is never between itself and others: it was seen by one source less.
        per_source[pivots] -= 1
    with np.errstate(divide="ignore", invalid="ignore"):
        return G.by_node(score / (per_source * pairs))


def harmonic_centrality(
    G: CSRGraph,  # noqa: N803
    nbunch: Any = None,
    distance: str | None = None,
    sources: Any = None,
) -> Scores:
    """Sum of 1/distance from all nodes, by number of edges."""
    if distance is not None or nbunch is not None or sources is not None:
        raise NotImplementedError("graphcli computes harmonic centrality of all nodes by number of edges")
    return G.by_node(centrality.shortest_path_sums(G.matrix(None), np.arange(len(G))).closeness)


def degree_centrality(G: CSRGraph) -> Scores:  # noqa: N803
    """Degree by the largest degree possible."""
    if G.is_directed() or G.has_self_loops:
        raise NotImplementedError("graphcli counts degrees of undirected graphs without loops")
    if len(G) <= 1:
        return dict.fromkeys(G.ids, 1)
    return G.by_node(np.diff(G.adjacency_matrix.indptr) * (1.0 / (len(G) - 1)))


def leiden_communities(
    G: CSRGraph,  # noqa: N803
    weight: str | None = "weight",
    resolution: float = 1,
    max_level: int | None = None,
    seed: Any = None,
    metric: str = "modularity",
    theta: float = THETA,
) -> list[set[Hashable]]:
    """Communities by Leiden and modularity, the largest first; nodes without edges stand alone.

    networkx 3.7 brought ``metric``, with the Potts model as its default, and ``theta``: from there on
    say ``metric="modularity"``; before it modularity is the only measure.
    """
    _need_simple(G)
    if metric != "modularity":
        raise NotImplementedError("graphcli's Leiden maximises modularity; call it with metric='modularity'")
    if max_level is not None or theta != THETA:
        raise NotImplementedError("graphcli's Leiden runs to its end; leave max_level and theta out")
    drawn = _random(seed).getrandbits(32)
    labels = partition.leiden(G.matrix(weight), resolution=resolution, seed=drawn)
    alone = np.flatnonzero(labels == partition.NO_CLUSTER)
    labels[alone] = labels.max(initial=0) + 1 + np.arange(len(alone))
    found: dict[int, set[Hashable]] = {}
    for node, label in zip(G.ids, partition.number_by_size(labels).tolist(), strict=True):
        found.setdefault(label, set()).add(node)
    return [found[label] for label in sorted(found)]


def modularity(
    G: CSRGraph,  # noqa: N803
    communities: Iterable[Iterable[Hashable]],
    weight: str | None = "weight",
    resolution: float = 1,
) -> float:
    """Newman's modularity of a partition of all nodes."""
    from networkx.algorithms.community.quality import NotAPartition

    _need_simple(G)
    groups = [set(group) for group in communities]
    of_node = {node: number for number, group in enumerate(groups) for node in group}
    if sum(map(len, groups)) != len(of_node) or of_node.keys() != set(G.ids):
        raise NotAPartition(G, groups)  # type: ignore[arg-type]
    labels = np.array([of_node[node] for node in G.ids], dtype=np.int64)
    return partition.modularity(G.matrix(weight), labels, resolution)


def connected_components(G: CSRGraph) -> Iterator[set[Hashable]]:  # noqa: N803
    """Iterate over the sets of nodes that are linked."""
    _need_undirected(G)
    _, labels = csgraph.connected_components(G.adjacency_matrix, directed=False)
    found: dict[int, set[Hashable]] = {}
    for node, label in zip(G.ids, labels.tolist(), strict=True):
        found.setdefault(label, set()).add(node)
    yield from found.values()


def number_connected_components(G: CSRGraph) -> int:  # noqa: N803
    """Count the sets of nodes that are linked."""
    _need_undirected(G)
    return int(csgraph.connected_components(G.adjacency_matrix, directed=False)[0])


def _need_undirected(graph: CSRGraph) -> None:
    if graph.is_directed():
        raise NotImplementedError("graphcli answers this for undirected graphs")


def _need_simple(graph: CSRGraph) -> None:
    _need_undirected(graph)
    if graph.has_self_loops:
        raise NotImplementedError("graphcli answers this for graphs without loops")


def _random(seed: Any) -> random.Random:
    if isinstance(seed, random.Random):
        return seed
    # networkx hands over the random module's own generator, or numpy's, where no seed was given.
    if hasattr(seed, "sample") and hasattr(seed, "getrandbits"):
        return seed  # type: ignore[no-any-return]
    return random.Random(seed if isinstance(seed, int) else None)  # noqa: S311 - no secret


class Backend:
    """What networkx's entry point loads: the functions of this module by name."""

    convert_from_nx = staticmethod(convert_from_nx)
    convert_to_nx = staticmethod(convert_to_nx)
    pagerank = staticmethod(pagerank)
    betweenness_centrality = staticmethod(betweenness_centrality)
    harmonic_centrality = staticmethod(harmonic_centrality)
    degree_centrality = staticmethod(degree_centrality)
    leiden_communities = staticmethod(leiden_communities)
    modularity = staticmethod(modularity)
    connected_components = staticmethod(connected_components)
    number_connected_components = staticmethod(number_connected_components)


backend = Backend()
