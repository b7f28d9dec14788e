"""What is kept in a workspace: by name, by number, and only whole."""

from __future__ import annotations

import polars as pl
import pytest

from graphcli.graph.analysis import snapshot
from graphcli.graph.analysis.central import rank
from graphcli.graph.analysis.communities import membership
from graphcli.workspace.errors import UsageError

DAY = "2021-06-30"


@pytest.fixture(scope="module")
def found(planted):
    return membership(planted, runs=2, samples=0, as_of=DAY)


def test_before_the_first_run_there_is_nothing_and_filters_say_what_to_do(folder):
    assert snapshot.latest_membership(folder) is None
    assert snapshot.latest_clusters(folder) is None
    assert snapshot.latest_central(folder) is None
    with pytest.raises(UsageError, match="run graphcli clusters first"):
        snapshot.cluster_members(folder, "1")
    with pytest.raises(UsageError, match="run graphcli clusters first"):
        snapshot.members_of_run(folder, "abc")


def test_what_was_kept_is_read_back(folder, found):
    snapshot.remember(folder, found)
    assert snapshot.latest_membership(folder).equals(found.frame)
    assert snapshot.latest_clusters(folder).equals(found.clusters)
    assert snapshot.latest_parameters(folder, found.run)["seed"] == 0


def test_keeping_the_same_again_changes_nothing(folder, found):
    snapshot.remember(folder, found)
    before = folder.manifest()
    snapshot.remember(folder, found)
    assert folder.manifest() == before


def test_a_cluster_is_found_by_number_and_by_reference(folder, found, planted):
    snapshot.remember(folder, found)
    other = membership(planted, runs=2, samples=0, seed=5, as_of=DAY)
    snapshot.remember(folder, other)
    third = set(found.frame.filter(pl.col("cluster") == 3)["id"])
    assert snapshot.cluster_members(folder, f"cluster:{found.run}:3") == third
    latest = set(other.frame.filter(pl.col("cluster") == 3)["id"])
    assert snapshot.cluster_members(folder, "3") == latest
    assert snapshot.members_of_run(folder, found.run).equals(found.frame)


def test_skills_do_not_take_the_place_of_employers(folder, found, planted):
    snapshot.remember(folder, found)
    snapshot.remember(folder, membership(planted, of="skills", runs=2, samples=0, as_of=DAY))
    assert snapshot.latest_run(folder) == found.run
    assert snapshot.latest_membership(folder, "skills")["id"][0].startswith(("s", "common"))


@pytest.mark.parametrize("text", ["99", "x", "cluster:nothing:1", "cluster:1"])
def test_a_cluster_that_is_not_there_is_named(folder, found, text):
    snapshot.remember(folder, found)
    with pytest.raises(UsageError):
        snapshot.cluster_members(folder, text)


def test_ranks_are_kept(folder, planted):
    ranking = rank(planted, as_of=DAY)
    snapshot.remember(folder, ranking)
    kept = snapshot.latest_central(folder)
    assert kept.columns == ["rank", "id", "name", "score"]
    assert kept["id"].to_list() == ranking.frame["id"].to_list()
