"""The Python door, on the demo's workspace, as the README shows it."""

from __future__ import annotations

import json
import subprocess
import sys

import networkx as nx
import pytest

from graphcli import Workspace, open_workspace
from graphcli.graph.demo import run_demo
from graphcli.workspace.errors import UsageError
from graphcli.workspace.folder import WorkspaceFolder


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    root = tmp_path_factory.mktemp("api")
    run_demo(WorkspaceFolder(root / "workforce"), root)
    return open_workspace(root / "workforce")


def rows_of_command(workspace: Workspace, *arguments: str) -> list[dict]:
    command = [sys.executable, "-m", "graphcli.cli", "-w", str(workspace.folder.root), *arguments]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["rows"]


def test_clusters_answer_as_the_command_does(workspace):
    frame = workspace.clusters(by="skills")
    assert frame.to_dict("records") == rows_of_command(workspace, "clusters", "--by", "skills")
    assert frame.attrs["parameters"]["seed"] == 0
    assert frame.attrs["run_id"]


def test_filters_are_those_of_the_command_line(workspace):
    frame = workspace.cities(tier="broad", source="zhaopin")
    command = rows_of_command(workspace, "cities", "--tier", "broad", "--source", "zhaopin")
    assert frame["id"].tolist() == [row["id"] for row in command]
    with pytest.raises(UsageError, match="did you mean tier"):
        workspace.cities(teir="broad")


def test_networkx_takes_the_network(workspace):
    network = workspace.network("employers", by="skills")
    ranks = nx.pagerank(network)
    assert len(ranks) == len(network)
    assert sum(ranks.values()) == pytest.approx(1)


def test_listings_and_evidence_agree(workspace):
    first = workspace.employers().iloc[0]
    evidence = workspace.evidence(first["ref"])
    assert (evidence["kind"] == "posting").sum() >= first["postings"]
    assert len(workspace.postings(employer=first["id"])) == first["postings"]
    assert len(workspace.claims(as_of="ever")) == 11
    assert not workspace.show(first["name"]).empty
    assert not workspace.issues().empty
    assert not workspace.skills().empty
    assert not workspace.sectors().empty
    assert not workspace.central("strength").empty


@pytest.mark.usefixtures("engine")
def test_cypher_runs_on_the_embedded_engine(workspace):
    assert workspace.push()["created"].sum() > 0
    assert not workspace.push()[["created", "updated", "removed"]].to_numpy().any()
    frame = workspace.query("MATCH (e:Employer) RETURN count(e) AS n")
    assert frame["n"].tolist() == [len(workspace.employers())]
    with pytest.raises(UsageError):
        workspace.query("MATCH (e:Employer) DETACH DELETE e")


def test_the_page_is_written(workspace, tmp_path):
    path = workspace.page(tmp_path / "page.html", title="A page")
    assert "Content-Security-Policy" in path.read_text(encoding="utf-8")


def test_a_source_is_forgotten(workspace):
    before = len(workspace.postings(dedupe="none"))
    workspace.forget("lagou")
    assert len(workspace.postings(dedupe="none")) < before


def test_a_pair_is_judged_and_the_judgement_taken_back(workspace):
    pair = workspace.possibly_same().iloc[0]
    names = pair["name"], pair["other_name"]
    before = set(workspace.employers()["id"])
    assert workspace.judge("same", *names, by="a reviewer")["verdict"].tolist() == ["same"]
    assert len(workspace.employers()) == len(before) - 1
    workspace.undo_judgement(*names)
    assert set(workspace.employers()["id"]) == before
    with pytest.raises(UsageError, match="verdict"):
        workspace.judge("perhaps", *names)
