"""Centralities against networkx and against their definitions."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graphcli.graph.analysis import centrality
from graphcli.graph.analysis.central import MEASURES, central
from graphcli.graph.analysis.incidence import incidence
from graphcli.graph.analysis.projection import weighted_profiles
from graphcli.workspace.errors import UsageError

GRAPHS = st.tuples(st.integers(1, 25), st.integers(0, 60), st.integers(0, 10_000))
DAY = "2021-06-30"


def weighted(size, edges, seed):
    graph = nx.gnm_random_graph(size, edges, seed=seed)
    for number, (start, end) in enumerate(sorted(graph.edges)):
        graph[start][end]["weight"] = 1 + number % 5
    return graph, nx.to_scipy_sparse_array(graph, nodelist=range(size), dtype=float, format="csr")


@given(GRAPHS)
@settings(max_examples=40, deadline=None)
def test_pagerank_is_that_of_networkx(shape):
    graph, matrix = weighted(*shape)
    expected = nx.pagerank(graph, tol=1e-14, max_iter=1000)
    found = centrality.pagerank(matrix, tolerance=1e-13, max_steps=1000)
    assert found == pytest.approx([expected[node] for node in range(len(graph))], abs=1e-9)
    assert found.sum() == pytest.approx(1)


@given(GRAPHS)
@settings(max_examples=40, deadline=None)
def test_betweenness_and_harmonic_are_those_of_networkx(shape):
    graph, matrix = weighted(*shape)
    size = len(graph)
    between = centrality.betweenness(matrix, k=size, seed=0).score
    expected = nx.betweenness_centrality(graph)
    assert between == pytest.approx([expected[node] for node in range(size)], abs=1e-12)
    near = centrality.harmonic(matrix, k=size, seed=0).score * max(size - 1, 1)
    expected = nx.harmonic_centrality(graph)
    assert near == pytest.approx([expected[node] for node in range(size)], abs=1e-9)


def test_more_pivots_than_a_batch_change_nothing():
    graph, matrix = weighted(150, 400, 3)
    expected = nx.betweenness_centrality(graph)
    found = centrality.betweenness(matrix, k=150, seed=0).score
    assert found == pytest.approx([expected[node] for node in range(150)], abs=1e-12)


def test_intervals_of_a_sample_mostly_hold_the_truth():
    graph, matrix = weighted(200, 600, 4)
    for measure, exact in (
        (centrality.betweenness, nx.betweenness_centrality(graph)),
        (centrality.harmonic, {node: x / 199 for node, x in nx.harmonic_centrality(graph).items()}),
    ):
        truth = np.array([exact[node] for node in range(200)])
        top = np.argsort(-truth)[:50]
        hits = []
        for seed in range(20):
            found = measure(matrix, k=80, seed=seed)
            assert (found.low <= found.score).all()
            assert (found.score <= found.high).all()
            hits.append(((found.low <= truth) & (truth <= found.high))[top].mean())
        assert 0.8 < np.mean(hits) < 1


def test_pagerank_says_when_it_did_not_settle():
    _, matrix = weighted(20, 40, 1)
    with pytest.raises(centrality.NotConvergedError, match="within 2 steps"):
        centrality.pagerank(matrix, tolerance=1e-12, max_steps=2)


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=8))
@settings(max_examples=50, deadline=None)
def test_strength_by_group_is_the_sum_over_pairs(rows):
    profiles = np.array(rows, dtype=float)
    groups = np.array([index % 3 - 1 for index in range(len(rows))])
    found = centrality.group_strength(sparse.csr_array(profiles), groups)
    for i in range(len(rows)):
        for group in range(int(groups.max()) + 1):
            pairs = [j for j in range(len(rows)) if groups[j] == group and j != i]
            assert found[i, group] == pytest.approx(sum(profiles[i] @ profiles[j] for j in pairs))


def test_participation_is_zero_in_one_group_and_largest_when_even():
    found = centrality.participation(np.array([[4.0, 0, 0], [1, 1, 0], [1, 1, 1], [0, 0, 0]]))
    assert found == pytest.approx([0, 1 / 2, 2 / 3, 0])


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("of", ["employers", "skills", "cities"])
def test_every_measure_ranks_every_kind(planted, measure, of):
    frame = central(planted, measure=measure, of=of, pivots=20, as_of=DAY).frame
    assert frame.columns[:11] == [
        "rank", "id", "name", "score", "low", "high", "cluster", "city", "defense", "surveillance",
        "postings",
    ]  # fmt: skip
    assert frame["rank"].to_list() == list(range(1, frame.height + 1))
    assert frame["score"].to_list() == sorted(frame["score"], reverse=True)
    assert frame["score"].is_finite().all()
    assert frame["ref"][0].startswith({"employers": "employer:", "skills": "skill:", "cities": "city:"}[of])


def test_the_employer_that_joins_two_groups_is_the_bridge(employers_of):
    left = {f"l{n}": {"java": 5, f"x{n % 3}": 2, "sql": 3} for n in range(6)}
    right = {f"r{n}": {"plc": 5, f"y{n % 3}": 2, "cad": 3} for n in range(6)}
    graph = employers_of({**left, **right, "middle": {"java": 5, "sql": 3, "plc": 5, "cad": 3}})
    for measure in ("bridge", "betweenness"):
        assert central(graph, measure=measure, as_of=DAY).frame["name"][0] == "middle"


def test_only_the_overlap_with_the_other_side_bridges_defense_and_commerce(planted):
    frame = central(planted, measure="bridge", between="defense", as_of=DAY).frame
    flagged = frame.filter(frame["defense"].is_not_null())
    assert flagged.height == 1
    # All overlap of the one defense employer is with commerce: it spans no two groups.
    assert flagged["participation"][0] == 0
    profiles = weighted_profiles(incidence(planted).counts, "overlap")
    assert frame["score"].max() < central(planted, measure="strength", as_of=DAY).frame["score"].max()
    assert profiles.nnz


def test_claims_count_on_the_day_asked_for(planted):
    for day, expected in (("2021-06-30", 1), ("2019-12-31", 0), ("2023-01-01", 0), ("ever", 1)):
        assert central(planted, as_of=day).frame["defense"].drop_nulls().len() == expected


def test_intervals_are_blank_where_nothing_is_sampled(planted):
    assert central(planted, as_of=DAY).frame["low"].null_count() == 120
    assert central(planted, measure="betweenness", pivots=500, as_of=DAY).frame["high"].null_count() == 120
    sampled = central(planted, measure="betweenness", pivots=50, as_of=DAY)
    assert sampled.frame["high"].null_count() == 0
    assert sampled.parameters["pivots"] == 50
    assert any("50 sampled pivots" in note for note in sampled.notes)


def test_top_cuts_and_says_so(planted):
    result = central(planted, top=7, as_of=DAY)
    assert result.frame.height == 7
    assert "the first 7 of 120" in result.notes[0]


def test_agencies_are_ranked_only_on_demand(planted):
    import polars as pl

    from graphcli.graph.tables import GraphTables

    employers = planted.nodes["Employer"].with_columns(
        kind=pl.when(pl.int_range(pl.len()) < 5).then(pl.lit("agency")).otherwise(pl.lit("employer"))
    )
    graph = GraphTables.of({**planted.nodes, "Employer": employers}, planted.edges)
    without = central(graph, as_of=DAY)
    assert without.frame.height == 115
    assert any("5 staffing agencies" in note for note in without.notes)
    assert central(graph, as_of=DAY, agencies=True).frame.height == 120


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measure": "page-rank"}, "did you mean pagerank"),
        ({"between": "defence", "measure": "bridge"}, "did you mean defense"),
        ({"pivots": 0}, "--pivots"),
        ({"top": 0}, "--top"),
        ({"measure": "bridge", "between": "defense", "of": "skills"}, "only employers have affiliations"),
    ],
)
def test_wrong_parameters_name_the_way_out(planted, options, message):
    with pytest.raises(UsageError, match=message):
        central(planted, as_of=DAY, **options)
