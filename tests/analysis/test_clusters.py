"""`clusters` end to end on graph tables: truth found, order of rows without effect, odd graphs answered."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.graph.analysis.central import central
from graphcli.graph.analysis.clusters import best_overlap, clusters
from graphcli.graph.analysis.communities import membership
from graphcli.graph.tables import GraphTables
from graphcli.workspace.errors import UsageError
from graphcli.workspace.output import render

DAY = "2021-06-30"
COLUMNS = [
    "cluster", "label", "size", "postings", "ai_postings", "stability", "stability_sampling", "defense",
    "surveillance", "top_employers", "top_cities", "top_skills", "ref",
]  # fmt: skip


def shuffled(graph: GraphTables, seed: int) -> GraphTables:
    """The same graph with the rows of every table in another order, past the sorting of `of`."""
    nodes = {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in graph.nodes.items()}
    edges = {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in graph.edges.items()}
    return replace(graph, nodes=nodes, edges=edges)


def test_the_planted_market_is_described(planted):
    result = clusters(planted, runs=5, samples=5, as_of=DAY)
    frame = result.frame
    assert frame.columns == COLUMNS
    assert frame["size"].to_list() == [30, 30, 30, 30]
    assert frame["cluster"].to_list() == [1, 2, 3, 4]
    assert frame["postings"].sum() == planted.nodes["Employer"]["postings"].sum()
    assert frame["stability"].min() > 0.95
    assert frame["stability_sampling"].min() > 0.8
    for row in frame.iter_rows(named=True):
        group = row["top_employers"][0].removeprefix("公司").split("-")[0]
        assert all(name.startswith(f"公司{group}-") for name in row["top_employers"])
        own = {f"技能s{int(group) * 8 + number:03}" for number in range(8)}
        assert set(row["top_skills"]) <= own
        assert row["top_cities"][0] == f"城市{group}"
        words = row["label"].split(" · ")
        assert set(words[:2]) <= own
        assert words[2:] == [f"城市{group}", f"行业{'ABCD'[int(group)]}"]
    assert result.run_id == "market"
    for name in ("seed", "resolution", "runs", "engine", "as_of", "neighbours", "analysis_run_id"):
        assert name in result.parameters


def test_shares_are_of_postings_on_the_day(planted):
    employers = planted.nodes["Employer"]
    first = planted.edges["AFFILIATED_WITH"]["start"][0]
    own = employers.filter(pl.col("id") == first)["postings"][0]
    frame = clusters(planted, runs=2, samples=0, as_of=DAY).frame
    shares = frame.filter(pl.col("defense") > 0)
    assert shares.height == 1
    assert shares["defense"][0] == pytest.approx(own / shares["postings"][0], abs=1e-4)
    assert frame["surveillance"].sum() == 0
    assert clusters(planted, runs=2, samples=0, as_of="2024-01-01").frame["defense"].sum() == 0


@given(st.integers(0, 2**31))
@settings(max_examples=8, deadline=None)
def test_the_order_of_rows_changes_no_byte(planted, seed):
    other = shuffled(planted, seed)
    options = {"runs": 4, "samples": 3, "as_of": DAY}
    for members in (False, True):
        one, two = (clusters(graph, members=members, **options) for graph in (planted, other))
        assert render(one, "json") == render(two, "json")
    for measure in ("pagerank", "betweenness", "bridge"):
        one, two = (central(graph, measure=measure, pivots=20, as_of=DAY) for graph in (planted, other))
        assert render(one, "json") == render(two, "json")


def test_members_are_those_of_the_listed_clusters(planted):
    frame = clusters(planted, runs=3, samples=0, members=True, as_of=DAY).frame
    assert frame.columns[:4] == ["cluster", "id", "name", "membership"]
    assert frame.height == 120
    assert frame["membership"].is_between(0, 1).all()
    assert frame["ref"][0] == f"employer:{frame['id'][0]}"


def test_small_clusters_are_counted_in_a_note(employers_of):
    big = {f"a{n}": {"java": 1, f"x{n % 4}": 1, "sql": 1} for n in range(8)}
    graph = employers_of({**big, "b1": {"plc": 1}, "b2": {"plc": 1}, "none": {}})
    result = clusters(graph, runs=3, samples=0, min_size=3, as_of=DAY)
    assert result.frame["size"].to_list() == [8]
    assert any("1 clusters with fewer than 3 members (2 in all)" in note for note in result.notes)
    assert any("1 of 11 employers have no skills" in note for note in result.notes)
    assert clusters(graph, runs=3, samples=0, min_size=1, as_of=DAY).frame["size"].to_list() == [8, 2]


@pytest.mark.parametrize(
    ("rows", "sizes"),
    [
        ({}, []),
        ({"a": {}}, []),
        ({"a": {"java": 3}}, []),
        ({"a": {"java": 3}, "b": {}}, []),
        ({"a": {"java": 3}, "b": {"plc": 1}}, []),
        ({"a": {"java": 3}, "b": {"java": 1}}, [2]),
        ({f"e{n}": {"java": 1} for n in range(40)}, [40]),
        ({f"e{n}": {"java": n + 1, "sql": 40 - n} for n in range(30)}, None),
    ],
    ids=["empty", "no skill", "alone", "alone and blank", "nothing shared", "pair", "all same", "one line"],
)
@pytest.mark.parametrize("algorithm", ["leiden", "bipartite"])
def test_odd_graphs_are_answered(employers_of, rows, sizes, algorithm):
    graph = employers_of(rows)
    result = clusters(graph, min_size=2, runs=4, samples=3, algorithm=algorithm, as_of=DAY)
    if sizes is not None and (algorithm == "leiden" or sizes):
        assert result.frame["size"].to_list() == sizes
    assert result.frame["label"].n_unique() == result.frame.height
    assert render(result, "json")
    for measure in ("pagerank", "strength", "betweenness", "harmonic", "bridge"):
        ranked = central(graph, measure=measure, as_of=DAY).frame
        assert ranked.height == sum(1 for wanted in rows.values() if wanted)


def test_the_bipartite_way_finds_the_planted_groups_too(planted):
    result = clusters(planted, algorithm="bipartite", runs=5, samples=0, as_of=DAY)
    assert result.frame["size"].to_list() == [30, 30, 30, 30]
    assert result.parameters["algorithm"] == "bipartite"
    assert "neighbours" not in result.parameters


@pytest.mark.parametrize(
    ("of", "by"), [("skills", ""), ("cities", "skills"), ("employers", "cities"), ("sectors", "skills")]
)
def test_other_kinds_cluster_too(planted, of, by):
    result = clusters(planted, of=of, by=by, min_size=1, runs=3, samples=2, as_of=DAY)
    assert result.frame.columns == COLUMNS
    assert result.frame.height
    assert result.parameters["by"] == by or (of, result.parameters["by"]) == ("skills", "employers")


def test_skills_of_one_group_fall_into_one_cluster(planted):
    members = clusters(planted, of="skills", runs=3, samples=0, min_size=1, members=True, as_of=DAY).frame
    of_skill = dict(members.filter(pl.col("id").str.starts_with("s")).select("id", "cluster").iter_rows())
    groups = [{of_skill[f"s{group * 8 + number:03}"] for number in range(8)} for group in range(4)]
    assert all(len(group) == 1 for group in groups)
    assert len(set.union(*groups)) == 4


def test_anonymous_employers_are_left_out(planted):
    employers = planted.nodes["Employer"].with_columns(
        kind=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("anonymous")).otherwise(pl.col("kind"))
    )
    graph = GraphTables.of({**planted.nodes, "Employer": employers}, planted.edges)
    result = clusters(graph, runs=2, samples=0, as_of=DAY)
    assert result.frame["size"].sum() == 119
    assert any("do not give their name" in note for note in result.notes)


def test_an_earlier_run_is_matched_by_overlap():
    now = pl.DataFrame({"id": list("abcdefg"), "cluster": [1, 1, 1, 2, 2, 3, 3]})
    before = pl.DataFrame({"id": list("abcdexy"), "cluster": [7, 7, 7, 4, 4, 9, 9]})
    assert best_overlap(now, before).rows() == [(1, 7), (2, 4)]


def test_the_answer_shows_the_earlier_number(planted):
    first = membership(planted, runs=2, samples=0, as_of=DAY)
    before = first.frame.select("id", pl.col("cluster") + 10)
    frame = clusters(planted, runs=2, samples=0, previous=before, as_of=DAY).frame
    assert (frame["previous"] == frame["cluster"] + 10).all()


def test_the_run_names_parameters_and_content(planted, market):
    def run(graph, **options):
        return membership(graph, runs=2, samples=0, as_of=DAY, **options).run

    assert run(planted) == run(replace(planted, run_id="elsewhere"))
    assert len({run(planted), run(planted, seed=1), run(planted, resolution=2.0), run(market(seed=9))}) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"algorithm": "leidn"}, "did you mean leiden"),
        ({"resolution": 0.0}, "above 0"),
        ({"runs": 0}, "at least 1"),
        ({"of": "employer"}, "did you mean employers"),
        ({"as_of": "yesterday"}, "write posting, today, ever or a date"),
        ({"max_products": 10}, "--max-products"),
    ],
)
def test_wrong_parameters_name_the_way_out(planted, options, message):
    with pytest.raises(UsageError, match=message):
        clusters(planted, **{"as_of": DAY, **options})
