"""From files to the graph through the public doors: freshness, stale answers, shuffled and moved files."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from graphcli.cli import cli
from graphcli.graph.build import graph_for
from graphcli.graph.evidence import evidence
from graphcli.graph.looking import cities, employers, postings
from graphcli.graph.select import select_postings
from graphcli.loaders.audit import issues
from graphcli.loaders.load import load
from graphcli.workspace.errors import UsageError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.selection import Selection

HEADER = "职位,城市,公司,学历,经验,技能,薪资,工作描述,行业,职位URL,公司规模,发布时间"


def write_postings(path: Path, numbers: list[int]) -> Path:
    """A file of one board; numbers decide every cell, so the same numbers are the same rows."""
    towns = ["北京", "苏州", "深圳", "广东", "北京·朝阳区"]
    firms = ["星海智能科技有限公司", "云岭机器（苏州）有限公司", "望山航天仪器厂"]
    jobs = ["算法工程师", "焊工", "数据分析师"]
    texts = ["负责深度学习模型训练，熟悉Python和自然语言处理", "焊接与装配", "熟悉SQL与Excel，数据分析"]
    lines = [
        f'{jobs[n % 3]},{towns[n % 5]},{firms[n % 3]},本科,1-3年,"Python,SQL",1-2万,{texts[n % 3]},'
        f"计算机软件,https://www.zhaopin.com/jobdetail/{n}.htm,20-99人,2025-03-{n % 28 + 1:02d}"
        for n in numbers
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8-sig")
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A workspace that was loaded and built once; tests take copies of it."""
    root = tmp_path_factory.mktemp("built")
    made = WorkspaceFolder(root / "workforce")
    load(made, [write_postings(root / "in" / "jobs.csv", [*range(40), 3, 4])])
    graph_for(made)
    return made


@pytest.fixture
def loaded(built, folder):
    shutil.copytree(built.root, folder.root)
    return folder


def graph_files(folder: WorkspaceFolder) -> dict[str, bytes]:
    entries = folder.manifest().entries
    return {
        name: (folder.root / entry.file).read_bytes()
        for name, entry in entries.items()
        if name.startswith("graph/")
    }


def test_shuffled_and_moved_files_give_the_same_bytes_and_run_id(folder, tmp_path):
    numbers = [*range(60), 5, 6, 7]
    load(folder, [write_postings(tmp_path / "one" / "jobs.csv", numbers)])
    graph_for(folder)
    shuffled = random.Random(1).sample(numbers, len(numbers))
    other = WorkspaceFolder(tmp_path / "other")
    halves = [write_postings(tmp_path / "two" / f"{at}.csv", shuffled[at::2]) for at in (0, 1)]
    load(other, halves)
    graph_for(other)
    assert graph_files(folder) == graph_files(other)
    assert folder.manifest().stages["run_id"] == other.manifest().stages["run_id"]


def test_building_again_does_nothing_and_says_nothing(loaded):
    graph_for(loaded)
    before, said = loaded.manifest(), []
    graph_for(loaded, say=said.append)
    assert (loaded.manifest(), said) == (before, [])


def test_new_rows_are_built_on_demand_with_a_line(loaded, tmp_path):
    first = graph_for(loaded)
    load(loaded, [write_postings(tmp_path / "in" / "more.csv", list(range(50, 60)))])
    said: list[str] = []
    second = graph_for(loaded, say=said.append)
    assert any("building the graph" in line for line in said)
    assert first.nodes["Employer"]["postings"].sum() + 10 == second.nodes["Employer"]["postings"].sum()
    assert first.run_id != second.run_id


def test_without_building_the_last_graph_answers_and_is_called_stale(loaded, tmp_path):
    first = graph_for(loaded)
    assert not any("stale" in note for note in graph_for(loaded, no_build=True).notes)
    load(loaded, [write_postings(tmp_path / "in" / "more.csv", list(range(50, 60)))])
    old = graph_for(loaded, no_build=True)
    assert any(note.startswith("stale:") for note in old.notes)
    assert old.nodes["Employer"].equals(first.nodes["Employer"])


def test_while_somebody_writes_the_last_graph_answers(loaded):
    graph_for(loaded)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path\n"
            "from graphcli.workspace.folder import WorkspaceFolder\n"
            "with WorkspaceFolder(Path(sys.argv[1])).change('a long load'):\n"
            "    print('held', flush=True); sys.stdin.read()",
            str(loaded.root),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline().strip() == "held"
        graph = graph_for(loaded)
    finally:
        holder.communicate("")
    assert any("a long load" in note for note in graph.notes)
    assert graph.nodes["Employer"].height == 3


def test_every_row_of_issues_leads_to_evidence(folder, tmp_path):
    path = write_postings(tmp_path / "board.csv", [1, 2, 3])
    with path.open("a", encoding="utf-8") as file:
        file.write("," * HEADER.count(",") + "\n")
    load(folder, [path])
    listed = issues(folder).frame
    assert "rejected" in listed["action"].to_list()
    for row in listed.iter_rows(named=True):
        found = evidence(folder, [row["ref"]]).frame
        assert (found["file"] == row["path"]).all()
        assert found["row"].to_list() == [row["row"]] * found.height
        assert (found["sha256"].str.len_chars() == 64).all()
    rejected = listed.filter(pl.col("action") == "rejected")["ref"][0]
    assert evidence(folder, [rejected]).frame["kind"].to_list() == ["issue"]


def test_an_empty_workspace_names_the_way_out(folder):
    for answer in (graph_for, lambda where: select_postings(where, Selection())):
        with pytest.raises(UsageError, match="graphcli load FILE or graphcli demo"):
            answer(folder)
    assert not folder.root.exists()


def test_a_workspace_without_a_build_is_not_answered_from_nothing(folder, tmp_path):
    load(folder, [write_postings(tmp_path / "in" / "jobs.csv", [1, 2])])
    with pytest.raises(UsageError, match="run graphcli build"):
        graph_for(folder, no_build=True)


def test_a_filtered_graph_is_the_graph_of_the_filtered_postings(loaded):
    chosen = Selection(city="苏州")
    graph, selected = graph_for(loaded, chosen), select_postings(loaded, chosen)
    assert graph.nodes["Employer"]["postings"].sum() == selected.frame.height
    assert graph.run_id == selected.run_id
    assert graph.nodes["City"]["adcode"].to_list() == ["320500"]


def test_the_stored_graph_is_the_one_made_in_memory(loaded):
    stored = graph_for(loaded)
    made = graph_for(loaded, Selection(exclude="望山航天仪器厂"))
    kept = stored.edges["HIRES_IN"].join(made.nodes["Employer"].select(start="id"), on="start", how="semi")
    assert kept.equals(made.edges["HIRES_IN"])


def test_every_command_prints_its_columns(loaded, tmp_path):
    runner = CliRunner()
    promised = {
        "build": ["stage", "n", "seconds"],
        "status": ["item", "value"],
        "postings": [
            *("posting_id", "source_id", "row", "employer_id", "employer", "employer_raw", "title", "city"),
            *(
                "adcodes",
                "place_status",
                "place_raw",
                "posted_on",
                "pay_low",
                "pay_high",
                "tier",
                "skills",
                "url",
            ),
        ],
        "employers": ["id", "name", "postings", "ai_postings", "defense", "surveillance", "n_cities"],
        "cities": ["id", "name", "postings", "ai_postings", "weight", "share", "region"],
        "skills": ["id", "name", "postings", "ai_postings"],
        "sectors": ["id", "name", "postings", "ai_postings"],
        "show 北京": ["field", "value", "source"],
        "evidence city:110000": ["kind", "id", "file", "row", "sha256", "value", "url"],
    }
    for command, columns in promised.items():
        outcome = runner.invoke(cli, ["-w", str(loaded.root), *command.split(), "--format", "json"])
        assert outcome.exit_code == 0, outcome.output
        content = json.loads(outcome.stdout)
        assert set(columns) <= set(content["rows"][0]), command
        assert content["run_id"]
        if command not in {"build", "status"}:
            assert all(row["ref"] is not None for row in content["rows"])
            assert {"preset", "tier", "scheme", "dedupe", "n_unlocated"} <= set(content["parameters"])


def test_answers_are_the_same_twice(loaded):
    for answer in (employers, cities, postings):
        first, second = answer(loaded), answer(loaded)
        assert first.frame.equals(second.frame)
        assert (first.parameters, first.notes) == (second.parameters, second.notes)


def test_a_workspace_that_cannot_be_locked_still_answers(loaded):
    # A folder where the lock file should be: not even the superuser can open it for writing.
    (loaded.root / ".lock").unlink()
    (loaded.root / ".lock").mkdir()
    graph = graph_for(loaded)
    assert graph.nodes["Employer"].height == 3
    assert any("cannot be written" in note for note in graph.notes)
    for command in ("clusters", "central"):
        outcome = CliRunner().invoke(cli, ["-w", str(loaded.root), command])
        assert outcome.exit_code == 0
        assert "the result is not kept" in outcome.stderr


def test_city_shares_of_a_real_crawl_agree_with_plain_arithmetic(folder, shared_data):
    load(folder, [shared_data / "postings" / "zhaopin_zlspider"])
    rows = cities(folder, Selection(dedupe="none")).frame
    counts = dict(rows.select("name", "weight").iter_rows())
    known = {"北京": 1863, "深圳": 1185, "上海": 1024, "西安": 891, "南京": 732, "成都": 685, "武汉": 552}
    for name, expected in known.items():
        assert abs(counts[name] - expected) / 14251 < 0.002
    regions = dict(rows.group_by("region").agg(pl.col("share").sum()).iter_rows())
    assert regions["yrd"] == pytest.approx(0.254, abs=0.002)
    assert regions["prd"] == pytest.approx(0.150, abs=0.002)
    assert regions["bth"] == pytest.approx(0.174, abs=0.002)
    assert postings(folder).frame.height == 13302
