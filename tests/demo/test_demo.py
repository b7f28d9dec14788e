"""The demo, run as a stranger runs it, against the truth that was planted in its postings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from math import comb
from pathlib import Path

import pytest

from graphcli.loaders.sample.boards import WrittenFile, write_sample
from graphcli.loaders.sample.world import World, make_world


@dataclass(frozen=True)
class DemoRun:
    """A finished demo, the truth behind it, and a way to ask it."""

    root: Path
    output: str
    world: World
    written: list[WrittenFile]

    def ask(self, *arguments: str) -> list[dict]:
        text = graphcli("-w", self.root / "demo" / "workforce", *arguments, "--format", "json").stdout
        return json.loads(text)["rows"]


def graphcli(*arguments, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "graphcli.cli", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> DemoRun:
    root = tmp_path_factory.mktemp("stranger")
    output = graphcli("demo", cwd=root).stdout
    world = make_world()
    return DemoRun(root, output, world, write_sample(world, tmp_path_factory.mktemp("truth")))


def adjusted_rand_index(left: list, right: list) -> float:
    """Hubert and Arabie (1985)."""
    pairs = sum(comb(n, 2) for n in Counter(zip(left, right, strict=True)).values())
    of_left = sum(comb(n, 2) for n in Counter(left).values())
    of_right = sum(comb(n, 2) for n in Counter(right).values())
    expected = of_left * of_right / comb(len(left), 2)
    return (pairs - expected) / ((of_left + of_right) / 2 - expected)


def test_it_prints_clusters_central_employers_and_what_to_try_next(demo):
    assert "Clusters of employers" in demo.output
    assert "Central employers" in demo.output
    assert "graphcli -w demo/workforce" in demo.output
    assert (demo.root / "demo" / "page.html").stat().st_size > 100_000


def test_every_record_is_accounted_for(demo):
    found = {row["path"]: row for row in demo.ask("load", demo.root / "demo" / "postings")}
    for file in demo.written:
        row = found[file.path]
        assert (row["rows_read"], row["rejected"]) == (file.rows_read, file.rejected), file.path
        assert row["kept"] == len(file.postings)


def test_rejected_records_are_named_with_file_row_and_reason(demo):
    issues = demo.ask("issues")
    rejected = [issue for issue in issues if issue["action"] == "rejected"]
    assert len(rejected) == sum(file.rejected for file in demo.written)
    assert all(issue["path"] and issue["row"] and issue["problem"] for issue in rejected)
    unread_pay = [issue for issue in issues if issue["value"] == "薪资优厚"]
    assert unread_pay
    assert {issue["column"] for issue in unread_pay} <= {"薪资", "pay"}


def test_every_spelling_leads_to_its_employer_and_nobody_is_merged(demo):
    names = {row["raw_name"]: row["employer_id"] for row in demo.ask("resolve")}
    employers = (*demo.world.employers, *demo.world.look_alikes)
    identities = []
    for employer in employers:
        identity = {names[spelling.strip()] for spelling in employer.spellings}
        assert len(identity) == 1, (employer.name, identity)
        identities += identity
    assert len(set(identities)) == len(employers)


def test_places_are_read_and_open_ones_stay_open(demo):
    expected = Counter(posting.place_status for file in demo.written for posting in file.postings)
    found = Counter(row["place_status"] for row in demo.ask("postings", "--dedupe", "none"))
    assert found == expected


def test_tiers_are_what_was_planted(demo):
    expected = {posting.url: posting.tier for file in demo.written for posting in file.postings}
    rows = [row for row in demo.ask("postings") if row["url"]]
    assert len(rows) > 1000
    pairs = [(row["title"], row["tier"], expected[row["url"]]) for row in rows]
    wrong = [(title, found, planted) for title, found, planted in pairs if found != planted]
    assert not Counter(wrong).most_common(5)


def test_claims_fall_on_the_listed_and_on_nobody_else(demo):
    truth = {
        (employer.name, demo.world.definition["lists"][claim]["kind"])
        for employer in demo.world.employers
        for claim in employer.claims
    }
    names = {row["raw_name"]: row["employer"] for row in demo.ask("resolve")}
    expected = {(names[name], kind) for name, kind in truth}
    assert {(row["employer"], row["kind"]) for row in demo.ask("claims")} == expected


def test_one_posting_under_two_keywords_counts_once(demo):
    zhaopin = [
        posting for file in demo.written if file.path.startswith("zhaopin") for posting in file.postings
    ]
    rows = demo.ask("postings", "--source", "zhaopin")
    assert len(rows) == len({posting.url for posting in zhaopin})
    assert len(demo.ask("postings", "--source", "zhaopin", "--dedupe", "none")) == len(zhaopin)


def test_the_planted_clusters_are_found(demo):
    found = {row["name"]: row["cluster"] for row in demo.ask("clusters", "--members", "--min-size", "1")}
    names = {row["raw_name"]: row["employer"] for row in demo.ask("resolve")}
    pairs = [
        (employer.cluster, found[names[employer.name]])
        for employer in demo.world.employers
        if names[employer.name] in found
    ]
    assert len(pairs) >= 0.97 * len(demo.world.employers)
    assert adjusted_rand_index(*map(list, zip(*pairs, strict=True))) > 0.9


def test_central_employers_are_employers(demo):
    rows = demo.ask("central", "--limit", "20")
    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert all("虚构" in row["name"] for row in rows)


def test_every_cluster_leads_back_to_its_postings(demo):
    cluster = demo.ask("clusters")[0]
    rows = demo.ask("evidence", cluster["ref"])
    assert {row["kind"] for row in rows} >= {"posting"}
    assert all(row["file"] and row["row"] and row["sha256"] for row in rows if row["kind"] == "posting")


def test_running_it_again_changes_nothing(demo):
    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in (demo.root / "demo").rglob("*") if path.is_file()}

    before = files()
    assert graphcli("demo", cwd=demo.root).stdout == demo.output
    after = files()
    assert after.keys() == before.keys()
    assert [path for path in before if before[path] != after[path]] == []
