"""Leiden, consensus, numbering and stability on networks whose communities are known."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graphcli.graph.analysis.incidence import Incidence, incidence
from graphcli.graph.analysis.partition import consensus, leiden, modularity, number_by_size
from graphcli.graph.analysis.projection import project
from graphcli.graph.analysis.stability import best_jaccard, resampled_labels


def rand_index(one, other) -> float:
    """Adjusted Rand index (Hubert & Arabie 1985)."""
    table = np.zeros((max(one) + 1, max(other) + 1))
    np.add.at(table, (np.asarray(one), np.asarray(other)), 1)

    def pairs(x):
        return (x * (x - 1) / 2).sum()

    both, rows, columns = pairs(table), pairs(table.sum(1)), pairs(table.sum(0))
    expected = rows * columns / pairs(np.array([float(len(one))]))
    return (both - expected) / ((rows + columns) / 2 - expected)


def planted_labels(graph):
    names = graph.nodes["Employer"].sort("id")["name"].to_list()
    return [int(name.removeprefix("公司").split("-")[0]) for name in names]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_groups_are_found(market, seed):
    graph = market(groups=6, size=25, noise=0.08, seed=seed)
    network = project(incidence(graph)).adjacency
    assert rand_index(consensus(network, runs=10).labels, planted_labels(graph)) > 0.95


def test_consensus_depends_less_on_the_seed_than_one_run(market):
    graph = market(groups=8, size=20, skills_per_group=5, noise=0.15, seed=5)
    network = project(incidence(graph)).adjacency

    def agreement(runs):
        found = [consensus(network, seed=seed, runs=runs).labels for seed in (0, 100, 200, 300)]
        return np.mean([rand_index(found[i], found[j]) for i in range(4) for j in range(i)])

    assert agreement(20) >= agreement(1)
    assert agreement(20) > 0.9


def test_one_seed_gives_one_answer(planted):
    network = project(incidence(planted)).adjacency
    first = consensus(network, seed=3)
    again = consensus(network, seed=3)
    assert (first.labels == again.labels).all()
    assert (first.membership == again.membership).all()


def test_nodes_without_edges_are_in_no_cluster():
    network = sparse.csr_array(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=float))
    assert leiden(network)[2] == -1
    found = consensus(network, runs=3)
    assert found.labels.tolist() == [1, 1, -1]
    assert np.isnan(found.membership[2])
    assert found.membership[0] == 1


def test_what_is_alike_is_never_parted():
    # A ring of rings, where modularity alone would cut the long ring of like nodes into arcs.
    rows = [[1, 0]] * 60 + [[1, 1]] * 5
    counts = sparse.csr_array(np.array(rows, dtype=float))
    ids = tuple(f"e{index:02}" for index in range(len(rows)))
    projection = project(Incidence("employers", "skills", ids, ("java", "plc"), counts), neighbours=4)
    for seed in range(5):
        labels = leiden(projection.adjacency, seed=seed, resolution=3.0, alike=projection.profile)
        assert len(set(labels[:60].tolist())) == 1
    found = consensus(projection.adjacency, runs=5, alike=projection.profile)
    assert len(set(found.labels[:60].tolist())) == 1


def test_higher_resolution_gives_more_clusters(planted):
    network = project(incidence(planted)).adjacency
    coarse, fine = (consensus(network, resolution=r, runs=5).labels.max() for r in (0.2, 4.0))
    assert coarse < fine


@given(st.lists(st.integers(-1, 6), min_size=1, max_size=40))
def test_numbers_go_by_size_then_by_smallest_member(labels):
    numbered = number_by_size(labels).tolist()
    assert [old == -1 for old in labels] == [new == -1 for new in numbered]
    clusters = {}
    for node, label in enumerate(numbered):
        if label != -1:
            clusters.setdefault(label, []).append(node)
    order = [(-len(clusters[n]), clusters[n][0]) for n in range(1, len(clusters) + 1)]
    assert order == sorted(order)
    assert len({(a, b) for a, b in zip(labels, numbered, strict=True)}) == len(set(labels))


@given(st.integers(0, 10_000), st.floats(0.3, 3))
@settings(max_examples=25, deadline=None)
def test_modularity_is_that_of_networkx(seed, resolution):
    graph = nx.gnm_random_graph(20, 40, seed=seed)
    labels = np.arange(20) % 4
    groups = [set(np.flatnonzero(labels == number).tolist()) for number in range(4)]
    expected = nx.community.modularity(graph, groups, resolution=resolution)
    matrix = nx.to_scipy_sparse_array(graph, dtype=float)
    assert modularity(matrix, labels + 1, resolution) == pytest.approx(expected)


def test_jaccard_of_a_broken_cluster_is_that_of_its_largest_part():
    labels = np.array([1, 1, 1, 1, 2, 2, -1])
    run = np.array([[5, 5, 5, 0, 7, 7, 7]])
    found = best_jaccard(labels, run)
    assert found[1] == pytest.approx(3 / 4)
    # The node in no cluster is left out of the comparison.
    assert found[2] == 1


def test_jaccard_leaves_out_what_a_run_did_not_draw():
    found = best_jaccard(np.array([1, 1, 1, 2]), np.array([[4, 4, -1, 0], [-1, -1, -1, 0]]))
    assert found[1] == 1
    assert found[2] == 1


def test_clear_groups_survive_resampling_and_noise_does_not(market):
    def stability(noise):
        graph = market(groups=4, size=25, noise=noise, seed=3)
        table = incidence(graph)
        labels = consensus(project(table).adjacency, runs=5).labels
        drawn = resampled_labels(table, lambda counts: (project(counts).adjacency, None), samples=5, seed=1)
        return np.nanmean(best_jaccard(labels, drawn)[1:])

    assert stability(0.02) > 0.9
    assert stability(0.6) < 0.6
