"""From a workspace to a file: what the page stands on, which clusters it shows, how it is written."""

from __future__ import annotations

import json
import re

import pytest

from graphcli.graph.analysis import snapshot
from graphcli.graph.analysis.communities import membership
from graphcli.graph.page.write import clusters_of_graph, write_page
from graphcli.workspace.errors import UsageError


@pytest.fixture(scope="module")
def world(make_world):
    return make_world(120)


@pytest.fixture
def filled(folder, world):
    with folder.change("test") as change:
        change.write("sources", world.sources)
        change.write("postings/s1", world.postings)
    return folder


def model_of(path) -> dict:
    text = path.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="model">(.*?)</script>', text, re.DOTALL)
    return json.loads(found[1])


def test_a_page_is_written_with_its_evidence(filled, world, tmp_path):
    written = write_page(filled, world.graph, tmp_path / "new" / "page.html", budget=80)
    assert written.path.stat().st_size == written.size
    assert written.nodes <= 80
    assert written.counted > 0
    model = model_of(written.path)
    assert "run 0123abcd" in model["subtitle"]
    assert "AI: tier broad or inside it" in model["subtitle"]
    assert model["sources"] == ["crawl/2026.csv"]
    assert len(model["clusters"]) >= 3
    employers = [row for row in model["nodes"] if row[1] == "employer"]
    assert all(row[model["node_columns"].index("evidence")] for row in employers)
    assert list(tmp_path.glob("new/.*")) == []


def test_writing_again_gives_the_same_bytes(filled, world, tmp_path):
    first = write_page(filled, world.graph, tmp_path / "a.html").path.read_bytes()
    assert write_page(filled, world.graph, tmp_path / "b.html").path.read_bytes() == first


def test_the_last_clusters_are_shown_where_they_stand_on_the_same_graph(filled, world):
    fine = membership(world.graph, resolution=2.0, runs=3, samples=0)
    snapshot.remember(filled, fine)
    assert clusters_of_graph(filled, world.graph, "ever").run == fine.run
    other = type(world.graph)(world.graph.nodes, world.graph.edges, "another run", world.graph.parameters)
    assert clusters_of_graph(filled, other, "ever").run != fine.run
    selected = {**world.graph.parameters, "city": "310000"}
    other = type(world.graph)(world.graph.nodes, world.graph.edges, world.graph.run_id, selected)
    assert clusters_of_graph(filled, other, "ever").run != fine.run


def test_remembered_clusters_give_the_same_bytes_as_computed_ones(filled, world, tmp_path):
    computed = write_page(filled, world.graph, tmp_path / "a.html").path.read_bytes()
    snapshot.remember(filled, membership(world.graph))
    assert write_page(filled, world.graph, tmp_path / "b.html").path.read_bytes() == computed


def test_a_refused_budget_leaves_an_older_page_alone(filled, world, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("older")
    with pytest.raises(UsageError):
        write_page(filled, world.graph, path, budget=10)
    assert path.read_text() == "older"
