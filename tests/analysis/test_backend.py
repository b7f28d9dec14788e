"""networkx's own functions on our networks: same answers, no conversion, clear refusals."""

from __future__ import annotations

import inspect

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.graph.analysis.backend import Backend, convert_from_nx
from graphcli.graph.analysis.backend_info import FUNCTIONS
from graphcli.graph.analysis.network import CSRGraph, network

GRAPHS = st.builds(
    lambda size, edges, seed: nx.gnm_random_graph(size, edges, seed=seed),
    st.integers(1, 20),
    st.integers(0, 50),
    st.integers(0, 10_000),
)
# networkx 3.7 made the measure an argument, and another one than modularity its default.
MODULARITY = (
    {"metric": "modularity"}
    if "metric" in inspect.signature(nx.community.leiden_communities).parameters
    else {}
)


@pytest.fixture(scope="module")
def ours(planted) -> CSRGraph:
    return network(planted, "employers", by="skills")


@pytest.fixture(autouse=True)
def quiet_cache():
    nx.config.warnings_to_ignore.add("cache")
    yield
    nx.config.warnings_to_ignore.discard("cache")


def close(one, other, within=1e-9):
    assert one.keys() == other.keys()
    for node in other:
        assert one[node] == pytest.approx(other[node], abs=within)


def test_every_function_that_is_announced_is_there():
    for name in FUNCTIONS:
        assert callable(getattr(Backend, name))
        assert name in nx.utils.backends._registered_algorithms
    announced = set(nx.utils.backends.backend_info["graphcli"]["functions"])
    offered = {name for name in vars(Backend) if not name.startswith(("_", "convert"))}
    assert announced == offered


def test_a_network_reads_as_a_graph(ours):
    plain = ours.to_networkx()
    assert len(ours) == 120
    assert ours.number_of_edges() == plain.number_of_edges() == ours.size()
    assert ours.size("weight") == pytest.approx(plain.size("weight"))
    assert list(ours) == list(ours.nodes) == list(plain.nodes) == sorted(ours)
    assert dict(ours.nodes(data="name")) == dict(plain.nodes(data="name"))
    assert ours.nodes[ours.ids[0]]["name"].startswith("公司")
    assert {frozenset(edge) for edge in ours.edges} == {frozenset(edge) for edge in plain.edges}
    assert len(list(ours.edges)) == ours.number_of_edges()
    start, end, weight = next(iter(ours.edges(data="weight")))
    assert ours[start][end] == {"weight": weight} == plain[start][end]
    assert ours.has_edge(start, end)
    assert not ours.has_edge(start, start)
    assert set(ours.neighbors(start)) == set(plain.neighbors(start))
    assert dict(ours.degree) == dict(plain.degree)
    assert dict(ours.degree(weight="weight")) == pytest.approx(dict(plain.degree(weight="weight")))
    assert start in ours
    assert [] not in ours
    assert "120 nodes" in repr(ours)


def test_networkx_functions_answer_as_on_a_plain_graph(ours):
    plain = ours.to_networkx()
    close(nx.pagerank(ours, tol=1e-12), nx.pagerank(plain, tol=1e-12))
    close(nx.betweenness_centrality(ours), nx.betweenness_centrality(plain))
    close(nx.betweenness_centrality(ours, k=30, seed=5), nx.betweenness_centrality(plain, k=30, seed=5))
    close(nx.harmonic_centrality(ours), nx.harmonic_centrality(plain))
    close(nx.degree_centrality(ours), nx.degree_centrality(plain))
    assert nx.number_connected_components(ours) == nx.number_connected_components(plain)
    found = nx.community.leiden_communities(ours, seed=1, **MODULARITY)
    assert found == nx.community.leiden_communities(ours, seed=1, **MODULARITY)
    assert sorted(map(len, found), reverse=True) == [30, 30, 30, 30]
    assert nx.community.modularity(ours, found) == pytest.approx(nx.community.modularity(plain, found))


@given(GRAPHS, st.booleans(), st.integers(1, 20))
@settings(max_examples=30, deadline=None)
def test_a_users_own_graph_is_converted_with_its_names_and_weights(graph, normalized, k):
    for number, (start, end) in enumerate(sorted(graph.edges)):
        if number % 3:
            graph[start][end]["weight"] = 1 + number % 4
    graph = nx.relabel_nodes(graph, {node: ("n", str(node)) for node in graph})
    options = {"tol": 1e-12, "max_iter": 1000}
    close(nx.pagerank(graph, backend="graphcli", **options), nx.pagerank(graph, **options))
    k = min(k, len(graph))
    options = {"normalized": normalized, "k": k, "seed": 3}
    one = nx.betweenness_centrality(graph, backend="graphcli", **options)
    other = nx.betweenness_centrality(graph, **options)
    for node in graph:
        assert np.isclose(one[node], other[node], equal_nan=True)
    components = nx.connected_components(graph, backend="graphcli")
    assert sorted(map(sorted, components)) == sorted(map(sorted, nx.connected_components(graph)))
    weighted = nx.Graph()
    weighted.add_nodes_from(graph)
    weighted.add_weighted_edges_from((a, b, d.get("weight", 1)) for a, b, d in graph.edges(data=True))
    assert nx.utils.graphs_equal(convert_from_nx(graph, {"weight": 1}).to_networkx(), weighted)


def test_pagerank_takes_what_networkx_takes():
    graph = nx.DiGraph([("a", "b"), ("b", "c"), ("c", "a"), ("a", "d")])
    for options in (
        {},
        {"alpha": 0.5},
        {"personalization": {"a": 1, "d": 3}},
        {"dangling": {"b": 1}},
        {"nstart": {"a": 1, "b": 2, "c": 1, "d": 1}},
        {"weight": None},
    ):
        close(
            nx.pagerank(graph, backend="graphcli", tol=1e-12, max_iter=500, **options),
            nx.pagerank(graph, tol=1e-12, max_iter=500, **options),
        )
    with pytest.raises(nx.PowerIterationFailedConvergence):
        nx.pagerank(graph, backend="graphcli", max_iter=1, tol=1e-12)


def test_another_measure_than_modularity_is_refused_by_name(ours):
    with pytest.raises(NotImplementedError, match="metric='modularity'"):
        Backend.leiden_communities(ours, seed=1, metric="cpm")


def test_what_is_not_implemented_is_refused_unless_fallback_is_on(ours):
    with pytest.raises(NotImplementedError):
        nx.triangles(ours)
    with pytest.raises(NotImplementedError):
        nx.betweenness_centrality(ours, weight="weight")
    with pytest.raises(NotImplementedError):
        nx.pagerank(nx.MultiGraph([(1, 2), (1, 2)]), backend="graphcli")
    with pytest.raises(NotImplementedError):
        nx.community.leiden_communities(nx.Graph([(1, 1), (1, 2)]), backend="graphcli", **MODULARITY)
    before = nx.config.fallback_to_nx
    nx.config.fallback_to_nx = True
    try:
        assert nx.triangles(ours) == nx.triangles(ours.to_networkx())
    finally:
        nx.config.fallback_to_nx = before


def test_a_partition_of_other_nodes_is_refused(ours):
    with pytest.raises(nx.community.quality.NotAPartition):
        nx.community.modularity(ours, [set(ours.ids[:3])])


def test_networks_of_nothing_are_answered(employers_of):
    empty = network(employers_of({}))
    assert nx.pagerank(empty) == {}
    assert nx.community.leiden_communities(empty, seed=1, **MODULARITY) == []
    assert list(empty.edges) == []
