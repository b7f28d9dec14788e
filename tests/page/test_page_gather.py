"""Gathering: what is drawn, what is counted, and that the two add up to the graph."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import polars as pl
import pytest

from graphcli.graph.page.budget import LINKS_PER_EMPLOYER, Candidate, choose
from graphcli.graph.page.data import REST
from graphcli.graph.page.gather import employer_claims, evidence_rows
from graphcli.graph.tables import GraphTables
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError


def test_a_small_graph_is_drawn_whole(make_world):
    world = make_world(40)
    page = world.page(budget=400)
    assert not [node for node in page.nodes if node.kind == REST]
    assert sum(1 for node in page.nodes if node.kind == "employer") == 40
    assert {row.kind: (row.drawn, row.all) for row in page.coverage}["employer"] == (40, 40)


@pytest.mark.parametrize("budget", [40, 100, 250])
def test_above_the_budget_nothing_vanishes(make_world, budget):
    world = make_world(500)
    page = world.page(budget=budget)
    assert len(page.nodes) <= budget
    stands_for = Counter()
    for node in page.nodes:
        kind = node.ref.split(":")[1] if node.kind == REST else node.kind
        stands_for[kind] += node.stands_for
    labels = {"employer": "Employer", "city": "City", "skill": "Skill"}
    for kind, label in labels.items():
        assert stands_for[kind] == world.graph.nodes[label].height
    for row in page.coverage:
        assert stands_for[row.kind] == row.all


def test_every_link_is_drawn_counted_or_inside_a_summary(make_world):
    world = make_world(300)
    page = world.page(budget=120)
    drawn = Counter()
    for edge in page.edges:
        drawn[edge.relation] += edge.links
    refs = {node.ref for node in page.nodes}
    left_out = sum(node.links_left_out for node in page.nodes if node.kind == "employer")
    skills_drawn = drawn["REQUIRES"] + left_out
    # Links between a hidden employer and a hidden city or skill run between two summaries: still drawn.
    assert skills_drawn == world.graph.edges["REQUIRES"].height
    assert drawn["HIRES_IN"] == world.graph.edges["HIRES_IN"].height
    assert all(edge.start in refs and edge.end in refs for edge in page.edges)
    totals = dict(page.totals)
    parts = [int(value.replace(",", "")) for name, value in page.totals if name.startswith("of them ")][-3:]
    assert sum(parts) == int(totals["Links of the graph"].replace(",", ""))


def test_the_clusters_with_most_employers_drawn_get_the_colours(make_world):
    world = make_world(300)
    backwards = world.clusters.with_columns(cluster=7 - pl.col("cluster")).sort("cluster")
    members = world.members.with_columns(cluster=7 - pl.col("cluster"))
    page = type(world)(world.graph, members, backwards, world.postings, world.sources).page(budget=100)
    count = Counter(node.cluster for node in page.nodes if node.kind == "employer")
    sizes = [count[cluster.number] for cluster in page.clusters]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0


def test_an_employer_shows_its_strongest_skills(make_world):
    world = make_world(30)
    hub = world.graph.nodes["Employer"]["id"][0]
    skills = world.graph.nodes["Skill"]["id"].to_list()
    wide = pl.DataFrame(
        {"start": hub, "end": skill, "postings": rank + 1, "share": 0.1, "evidence": []}
        for rank, skill in enumerate(skills)
    )
    edges = {**world.graph.edges, "REQUIRES": wide}
    graph = GraphTables.of(world.graph.nodes, edges)
    page = type(world)(graph, world.members, world.clusters, world.postings, world.sources).page()
    shown = {edge.end: edge.count for edge in page.edges if edge.relation == "REQUIRES"}
    limit = LINKS_PER_EMPLOYER["REQUIRES"]
    assert sorted(shown.values()) == list(range(len(skills) - limit + 1, len(skills) + 1))
    node = next(node for node in page.nodes if node.ref == f"employer:{hub}")
    assert node.links_left_out == len(skills) - limit


def test_a_quarter_of_the_room_is_kept_for_flagged_employers():
    plain = [Candidate(f"employer:p{index}", 1000 - index) for index in range(500)]
    flagged = [Candidate(f"employer:f{index}", 1, flagged=True) for index in range(200)]
    choice = choose({"employer": plain + flagged}, 100, [])
    drawn = Counter(ref[9] for ref in choice.drawn)
    assert drawn["f"] >= 20
    assert drawn["p"] > drawn["f"]
    assert len(choice.drawn) + len(set(choice.summary_of.values())) <= 100


def test_a_budget_too_small_is_refused():
    with pytest.raises(UsageError, match="--nodes 10"):
        choose({}, 10, [])


def test_claims_are_judged_on_the_day(make_world):
    world = make_world(200)
    past = {
        row["start"] for row in world.graph.edges["AFFILIATED_WITH"].iter_rows(named=True) if row["valid_to"]
    }
    assert past
    one = f"employer:{min(past)}"
    assert [claim.valid for claim in employer_claims(world.graph, date(2026, 6, 8))[one]] == [False]
    assert [claim.valid for claim in employer_claims(world.graph, date(2023, 1, 1))[one]] == [True]
    assert [claim.valid for claim in employer_claims(world.graph, date(2020, 1, 1))[one]] == [False]
    assert [claim.valid for claim in employer_claims(world.graph, None)[one]] == [True]


def test_evidence_names_file_and_row_and_counts_repeats():
    postings = tables.conform(
        pl.DataFrame(
            {
                "source_id": ["b", "a", "a"],
                "row": [9, 4, 2],
                "posting_id": ["p1", "p1", "p2"],
                "title": ["later", "first", "other"],
                "posted_on": [date(2026, 1, 2), None, date(2026, 3, 4)],
                "url": ["https://x.example/1", None, ""],
            }
        ),
        tables.POSTINGS,
    )
    sources = tables.conform(
        pl.DataFrame([{"source_id": "a", "path": "x.zip", "member": "y.csv"}]), tables.SOURCES
    )
    found = evidence_rows(postings.lazy(), sources, ["p1", "p2", "missing"])
    assert sorted(found) == ["p1", "p2"]
    assert (found["p1"].title, found["p1"].source, found["p1"].row, found["p1"].repeats) == (
        "first",
        "x.zip › y.csv",
        4,
        1,
    )
    assert found["p2"].date == "2026-03-04"


def test_the_order_of_rows_changes_nothing(make_world):
    world = make_world(150)
    chance = random.Random(1)

    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        order = list(range(frame.height))
        chance.shuffle(order)
        return frame[order]

    graph = GraphTables.of(
        {name: shuffled(frame) for name, frame in world.graph.nodes.items()},
        {name: shuffled(frame) for name, frame in world.graph.edges.items()},
        world.graph.run_id,
        world.graph.parameters,
        world.graph.notes,
    )
    again = type(world)(
        graph, shuffled(world.members), shuffled(world.clusters), shuffled(world.postings), world.sources
    )
    assert again.page(budget=90) == world.page(budget=90)


def test_skills_follow_the_cluster_they_are_typical_of(make_world):
    page = make_world(200).page()
    groups = ["vision", "language", "control", "data", "robots", "chips"]
    skills = [node for node in page.nodes if node.kind == "skill"]
    planted = [groups.index(node.ref.split(":")[1].split("-")[0]) + 1 for node in skills]
    # The smallest planted cluster has a handful of employers, whose chance picks can outweigh the plan.
    same = sum(node.cluster == number for node, number in zip(skills, planted, strict=True))
    assert same >= 0.9 * len(skills)
