"""The two commands as a user types them, on a workspace with postings."""

from __future__ import annotations

import json

import pytest

from graphcli.cli import run
from graphcli.graph.analysis import snapshot


@pytest.fixture
def ask(loaded, capsys):
    def run_command(*arguments: str):
        code = run(["-w", str(loaded.root), *arguments])
        output = capsys.readouterr()
        return code, output.out, output.err

    return run_command


def rows(text: str):
    return json.loads(text)["rows"]


def test_clusters_are_printed_kept_and_usable_as_a_filter(ask, loaded):
    code, text, _ = ask("clusters", "--format", "json", "--min-size", "2")
    assert code == 0
    found = rows(text)
    assert [row["size"] for row in found] == [6, 6]
    assert {row["top_cities"][0] for row in found} == {"杭州", "苏州"}
    members = snapshot.cluster_members(loaded, found[0]["ref"])
    assert len(members) == 6
    code, text, _ = ask("employers", "--cluster", "1", "--format", "json")
    assert code == 0
    assert {row["id"] for row in rows(text)} == members


def test_the_same_command_gives_the_same_bytes(ask):
    for command in (["clusters"], ["clusters", "--members"], ["central"], ["central", "--measure", "bridge"]):
        first = ask(*command, "--format", "json")[1]
        assert first == ask(*command, "--format", "json")[1]


def test_an_earlier_run_is_matched_by_its_name(ask):
    text = ask("clusters", "--format", "json", "--min-size", "2")[1]
    earlier = json.loads(text)["parameters"]["analysis_run_id"]
    code, text, _ = ask("clusters", "--seed", "7", "--match", earlier, "--min-size", "2", "--format", "json")
    assert code == 0
    assert [row["previous"] for row in rows(text)] == [1, 2]
    code, _, error = ask("clusters", "--match", "abc")
    assert code == 2
    assert earlier in error or "no cluster run called 'abc'" in error


def test_central_ranks_and_names_what_it_did(ask):
    code, text, _ = ask("central", "--top", "3", "--format", "json")
    assert code == 0
    answer = json.loads(text)
    assert [row["rank"] for row in answer["rows"]] == [1, 2, 3]
    assert answer["parameters"]["measure"] == "pagerank"
    assert answer["parameters"]["network"].startswith("overlap")
    assert any("share of a random walk" in note for note in answer["notes"])


def test_filters_narrow_what_is_clustered(ask):
    text = ask("clusters", "--city", "杭州", "--min-size", "1", "--format", "json")[1]
    assert sum(row["size"] for row in rows(text)) == 6


def test_a_store_is_not_filtered(ask):
    code, out, error = ask("clusters", "--uri", "bolt://127.0.0.1:1", "--tier", "broad")
    assert code == 2
    assert not out
    assert "a store holds counts, not postings" in error


def test_the_environment_does_not_turn_analysis_away_from_the_workspace(ask, monkeypatch):
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    code, text, _ = ask("clusters", "--min-size", "2", "--format", "json")
    assert code == 0
    assert len(rows(text)) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["clusters", "--of", "employer"],
        ["clusters", "--of", "skills", "--by", "skills"],
        ["clusters", "--resolution", "0"],
        ["clusters", "--max-products", "1"],
        ["central", "--measure", "eigenvector"],
        ["central", "--measure", "bridge", "--between", "defense", "--of", "cities"],
    ],
)
def test_what_does_not_fit_ends_with_exit_2_and_one_line(ask, arguments):
    code, out, error = ask(*arguments)
    assert code == 2
    assert not out
    assert "Traceback" not in error


def test_an_empty_workspace_says_what_to_do(tmp_path, capsys):
    assert run(["-w", str(tmp_path / "none"), "clusters"]) in {1, 2}
    assert "load" in capsys.readouterr().err
