"""The same answer from tables and from a store, and results written back to a store's nodes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from graphcli.cli import run
from graphcli.graph.analysis.central import central, rank
from graphcli.graph.analysis.clusters import clusters
from graphcli.graph.analysis.communities import membership
from graphcli.graph.analysis.writeback import central_properties, cluster_properties, write_back
from graphcli.graph.stores.push import push

DAY = "2021-06-30"
OPTIONS = {"runs": 3, "samples": 3, "as_of": DAY}
SCOPE = "market"


def test_a_pushed_graph_gives_the_same_rows(embedded_place, planted):
    with embedded_place.open() as store:
        push(planted, store, SCOPE)
        again = store.read_graph()
    for members in (False, True):
        one, two = (clusters(graph, members=members, **OPTIONS) for graph in (planted, again))
        assert one.frame.equals(two.frame)
        assert one.parameters["analysis_run_id"] == two.parameters["analysis_run_id"]
    for measure in ("pagerank", "bridge", "betweenness"):
        one, two = (central(graph, measure=measure, pivots=20, as_of=DAY) for graph in (planted, again))
        assert one.frame.equals(two.frame)


def test_results_stand_on_the_nodes_and_the_next_push_leaves_them(embedded_place, planted):
    found = membership(planted, **OPTIONS)
    ranking = rank(planted, as_of=DAY)
    ids = planted.nodes["Employer"]["id"].to_list()
    read = (
        "MATCH (e:Employer) WHERE e.cluster IS NOT NULL RETURN e.id AS id, e.cluster AS cluster, "
        "e.cluster_stability AS stability, e.pagerank AS pagerank, e.analysis_run_id AS run ORDER BY id"
    )
    with embedded_place.open() as store:
        push(planted, store, SCOPE)
        assert write_back(store, SCOPE, "employers", cluster_properties(found, ids)) == 120
        assert write_back(store, SCOPE, "employers", central_properties(ranking, ids)) == 120
        counts = push(planted, store, SCOPE).frame
        rows = store.read(read)
    assert counts.select("created", "updated", "removed").sum().row(0) == (0, 0, 0)
    assert len(rows) == 120
    cluster_of = dict(found.frame.select("id", "cluster").iter_rows())
    score_of = dict(ranking.frame.select("id", "score").iter_rows())
    for row in rows:
        assert row["cluster"] == cluster_of[row["id"]]
        assert row["pagerank"] == score_of[row["id"]]
        assert row["run"] == ranking.run
        assert 0 <= row["stability"] <= 1


def test_what_no_longer_holds_is_taken_away(embedded_place, planted):
    found = membership(planted, **OPTIONS)
    ids = planted.nodes["Employer"]["id"].to_list()
    emptied = found.frame.filter(found.frame["cluster"] != 1)
    from dataclasses import replace

    with embedded_place.open() as store:
        push(planted, store, SCOPE)
        write_back(store, SCOPE, "employers", cluster_properties(found, ids))
        write_back(store, SCOPE, "employers", cluster_properties(replace(found, frame=emptied), ids))
        rows = store.read("MATCH (e:Employer) WHERE e.cluster IS NOT NULL RETURN count(e) AS n")
    assert rows[0]["n"] == 90


@pytest.mark.neo4j
def test_the_command_reads_a_neo4j_and_answers_as_from_tables(
    neo4j_place, planted, tmp_path, capsys, monkeypatch
):
    with neo4j_place.open() as store:
        push(planted, store, SCOPE)
    address = neo4j_place.address
    monkeypatch.setenv("NEO4J_PASSWORD", address.password)
    common = ["-w", str(tmp_path / "elsewhere")]
    place = ["--uri", address.uri, "--username", address.username, "--as-of", DAY, "--format", "json"]
    assert run([*common, "clusters", "--runs", "3", "--samples", "3", "--write", *place]) == 0
    answer = json.loads(capsys.readouterr().out)
    expected = clusters(planted, **OPTIONS)
    assert answer["rows"] == json.loads(json.dumps(expected.frame.to_dicts()))
    assert answer["parameters"]["analysis_run_id"] == expected.parameters["analysis_run_id"]
    with neo4j_place.open(read_only=True) as store:
        written = store.read("MATCH (e:Employer) RETURN count(e.cluster) AS n")
    assert written[0]["n"] == 120
    assert run([*common, "central", "--top", "5", *place]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["rows"] == json.loads(json.dumps(central(planted, top=5, as_of=DAY).frame.to_dicts()))


def test_a_store_says_what_made_its_graph(embedded_place, planted):
    made = replace(
        planted, run_id="run-1", parameters={"preset": "tiers", "n_unlocated": 3}, notes=("a note",)
    )
    with embedded_place.open() as store:
        push(made.with_build(), store, SCOPE)
        again = store.read_graph()
        counts = push(made.with_build(), store, SCOPE).frame
    assert counts.select("created", "updated", "removed").sum().row(0) == (0, 0, 0)
    assert again.run_id == "run-1"
    assert again.notes[0] == "a note"
    one, two = (clusters(graph, **OPTIONS) for graph in (made, again))
    assert one.run_id == two.run_id
    added = {"store", "scope"}
    assert {name: value for name, value in two.parameters.items() if name not in added} == one.parameters
    assert again.nodes["Build"].is_empty()
