"""The made-up market is the same for the same seed, plainly fictional, and as dirty as it says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graphcli.loaders.sample.boards import write_sample
from graphcli.loaders.sample.world import make_world


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    write_sample(make_world(seed=3), tmp_path / "a")
    write_sample(make_world(seed=3), tmp_path / "b")
    write_sample(make_world(seed=4), tmp_path / "c")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


def test_every_employer_is_plainly_fictional():
    world = make_world()
    for employer in (*world.employers, *world.look_alikes):
        assert all("虚构" in spelling for spelling in employer.spellings)


def test_the_files_hold_as_many_records_as_they_say(tmp_path):
    written = {file.path: file for file in write_sample(make_world(), tmp_path)}
    path = "zhaopin/zhaopin_keyword_b.csv"
    with (tmp_path / path).open(encoding="utf-8-sig", newline="") as handle:
        assert sum(1 for _ in csv.reader(handle)) == written[path].rows_read + 1
    for file in written.values():
        assert file.rows_read == file.rejected + len(file.postings)


@pytest.mark.parametrize("claim", ["demo_defense_group", "demo_surveillance_vendors"])
def test_every_list_has_the_members_the_world_says(claim):
    world = make_world()
    members = [employer for employer in world.employers if claim in employer.claims]
    assert len(members) == world.definition["lists"][claim]["count"]
    brands = {employer.name.split("虚构")[1][:2] for employer in members}
    assert brands <= {employer.name.split("虚构")[1][:2] for employer in world.look_alikes}
