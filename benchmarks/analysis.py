"""Ratios of the analysis against plain networkx, on the same made-up market in the same run.

    python benchmarks/analysis.py [EMPLOYERS]

Times are CPU seconds of this process. networkx's projection is its own
``bipartite.weighted_projected_graph``; its communities are Louvain, because it has no Leiden of its own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import networkx as nx
import numpy as np
from scipy import sparse

from graphcli.graph.analysis.backend import leiden_communities
from graphcli.graph.analysis.incidence import Incidence
from graphcli.graph.analysis.network import CSRGraph
from graphcli.graph.analysis.projection import project

Answer = TypeVar("Answer")
SKILLS, SECTORS, PER_EMPLOYER = 600, 20, 6


def made_up_market(employers: int, seed: int = 0) -> Incidence:
    """Employers in sectors; half of an employer's skills are its sector's, half are anybody's, by Zipf."""
    generator = np.random.default_rng(seed)
    sector = generator.integers(SECTORS, size=employers)
    own = SKILLS // SECTORS
    entries = generator.poisson(PER_EMPLOYER, size=employers) + 1
    rows = np.repeat(np.arange(employers), entries)
    zipf = 1 / np.arange(1, SKILLS + 1)
    common = generator.choice(SKILLS, size=len(rows), p=zipf / zipf.sum())
    special = sector[rows] * own + generator.integers(own, size=len(rows))
    columns = np.where(generator.random(len(rows)) < 0.5, common, special)
    counts = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(employers, SKILLS))
    counts.sum_duplicates()
    names = tuple(f"e{number:07}" for number in range(employers))
    return Incidence("employers", "skills", names, tuple(f"s{number:04}" for number in range(SKILLS)), counts)


def seconds(work: Callable[[], Answer]) -> tuple[Answer, float]:
    """Run once and return the answer with its CPU seconds."""
    start = time.process_time()
    answer = work()
    return answer, time.process_time() - start


def report(job: str, ours: float, theirs: float, remark: str) -> None:
    print(f"{job:<28}{ours:>9.3f}{theirs:>11.2f}{theirs / max(ours, 1e-6):>9.0f}x  {remark}")


def main(employers: int) -> None:
    market = made_up_market(employers)
    print(f"{employers:,} employers, {market.counts.nnz:,} employer-skill pairs, networkx {nx.__version__}\n")
    print(f"{'job':<28}{'ours, s':>9}{'networkx, s':>11}{'ratio':>10}")

    two_mode = nx.Graph()
    pairs = market.counts.tocoo()
    two_mode.add_nodes_from(market.ids)
    two_mode.add_edges_from(
        (market.ids[row], market.by_ids[column])
        for row, column in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True)
    )
    projection, ours = seconds(lambda: project(market))
    plain, theirs = seconds(lambda: nx.bipartite.weighted_projected_graph(two_mode, market.ids))
    kept, full = projection.adjacency.nnz // 2, plain.number_of_edges()
    report("projection", ours, theirs, f"{kept:,} edges kept of {full:,}")
    del plain

    network = CSRGraph(projection.ids, projection.adjacency)
    graph = network.to_networkx()
    scores, ours = seconds(lambda: nx.pagerank(network, tol=1e-6 / employers))
    checked, theirs = seconds(lambda: nx.pagerank(graph, tol=1e-6 / employers))
    gap = max(abs(scores[node] - checked[node]) for node in checked)
    report("PageRank", ours, theirs, f"largest difference {gap:.1e}")

    pivots = min(50, employers)
    _, ours = seconds(lambda: nx.betweenness_centrality(network, k=pivots, seed=1))
    _, theirs = seconds(lambda: nx.betweenness_centrality(graph, k=pivots, seed=1))
    report(f"betweenness, {pivots} pivots", ours, theirs, "the same pivots")

    found, ours = seconds(lambda: leiden_communities(network, seed=1))
    louvain, theirs = seconds(lambda: nx.community.louvain_communities(graph, seed=1))
    quality = [nx.community.modularity(network, groups) for groups in (found, louvain)]
    report("communities", ours, theirs, f"modularity {quality[0]:.4f} against {quality[1]:.4f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
