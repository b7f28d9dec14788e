"""The stage: made once, remade when an input changes, and readable while somebody else writes."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from graphcli.cli import cli
from graphcli.loaders.resolve.listing import claims, find_employer, names
from graphcli.loaders.resolve.stage import ensure_resolved
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError, WorkspaceLockedError
from graphcli.workspace.folder import WorkspaceFolder

HOLD_LOCK = """
import sys, time
from pathlib import Path
from graphcli.workspace.lock import writer_lock
with writer_lock(Path(sys.argv[1]) / ".lock", "holding", 5):
    print("held", flush=True)
    time.sleep(60)
"""


def write_postings(
    folder: WorkspaceFolder, source: str, employers: list[str | None], day: date | None = None
):
    size = len(employers)
    postings = pl.DataFrame(
        {
            "source_id": [source] * size,
            "row": list(range(1, size + 1)),
            "employer_raw": employers,
            "place_raw": ["北京"] * size,
            "posted_on": [day] * size,
        },
        schema_overrides={"employer_raw": pl.String, "posted_on": pl.Date},
    )
    known = folder.read("sources", tables.SOURCES)
    source_row = pl.DataFrame(
        {"source_id": [source], "board": [f"board_{source}"], "path": [f"{source}/a.csv"]}
    )
    with folder.change("test") as change:
        change.write(f"postings/{source}", tables.conform(postings, tables.POSTINGS))
        change.write("sources", pl.concat([known, tables.conform(source_row, tables.SOURCES)]))


def test_empty_workspace_resolves_to_nothing_and_writes_nothing(folder: WorkspaceFolder):
    assert ensure_resolved(folder).employers.is_empty()
    assert not folder.exists()


def test_written_once_and_redone_when_postings_change(folder: WorkspaceFolder):
    write_postings(folder, "one", ["华为技术有限公司", "华为", None, "  "])
    said: list[str] = []
    first = ensure_resolved(folder, say=said.append)
    assert first.employers["name"].to_list() == ["华为技术有限公司"]
    assert first.claims.height == 4
    before = folder.manifest()
    assert ensure_resolved(folder, say=said.append).employers.equals(first.employers)
    assert folder.manifest() == before
    write_postings(folder, "two", ["汉询软件有限公司"])
    assert ensure_resolved(folder, no_build=True).employers.height == 1
    assert ensure_resolved(folder, no_build=True).stale
    assert ensure_resolved(folder).employers.height == 2


def test_redone_when_a_list_is_imported(folder: WorkspaceFolder, tmp_path: Path):
    write_postings(folder, "one", ["汉询软件有限公司"])
    assert ensure_resolved(folder).claims.is_empty()
    path = tmp_path / "own.csv"
    path.write_text(
        "id,name_zh,affiliation_id,affiliation,affiliation_type,kind,basis,source\n"
        "a-1,汉询软件有限公司,own,Own list,list,surveillance,supplier,own work\n",
        encoding="utf-8",
    )
    outcome = CliRunner().invoke(cli, ["-w", str(folder.root), "lists", "import", str(path)])
    assert outcome.exit_code == 0, outcome.output
    found = ensure_resolved(folder).claims
    assert found.select("kind", "basis", "list_row").rows() == [
        ("surveillance", "supplier", "reference/lists/own.csv:1")
    ]


def test_same_bytes_from_any_split_of_the_rows(tmp_path: Path):
    rows = ["华为", "汉询软件有限公司", "汉询软件有限公司成都分公司", "中国电科14所", "某公司"]
    one, two = WorkspaceFolder(tmp_path / "one"), WorkspaceFolder(tmp_path / "two")
    write_postings(one, "a", rows)
    write_postings(two, "b", rows[::-1][:2])
    write_postings(two, "c", rows[::-1][2:])
    first, second = ensure_resolved(one), ensure_resolved(two)
    for name in ("employers", "employer_names", "places", "claims"):
        assert getattr(first, name).equals(getattr(second, name))


def test_reader_answers_from_the_last_tables_while_another_process_writes(folder: WorkspaceFolder):
    write_postings(folder, "one", ["华为"])
    ensure_resolved(folder)
    write_postings(folder, "two", ["汉询软件有限公司"])
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, str(folder.root)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        said: list[str] = []
        resolved = ensure_resolved(folder, say=said.append)
        assert resolved.stale
        assert resolved.employers.height == 1
        assert any(line.startswith("stale") for line in said)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    assert ensure_resolved(folder).employers.height == 2


def test_names_of_one_source_are_counted_there(folder: WorkspaceFolder):
    write_postings(folder, "one", ["华为", "华为", None])
    write_postings(folder, "two", ["华为", "汉询软件有限公司"])
    result = names(folder, sources=["two*"])
    assert sorted(result.frame.select("raw_name", "postings").rows()) == [
        ("华为", 1),
        ("汉询软件有限公司", 1),
    ]
    assert "0 postings without an employer's name" in result.notes
    assert names(folder).frame["postings"].sum() == 4
    assert "1 posting without an employer's name" in names(folder).notes
    with pytest.raises(UsageError, match="no source called"):
        names(folder, sources=["three"])


def test_employer_is_found_by_any_of_its_names(folder: WorkspaceFolder):
    write_postings(folder, "one", ["华为技术有限公司成都分公司", "汉询软件有限公司"])
    resolved = ensure_resolved(folder)
    wanted = resolved.employers.filter(pl.col("name") == "华为技术有限公司")["employer_id"][0]
    for text in (wanted, f"employer:{wanted}", "华为技术有限公司", "华为技术有限公司成都分公司"):
        assert find_employer(resolved, text) == wanted
    with pytest.raises(UsageError, match="did you mean 汉询软件有限公司"):
        find_employer(resolved, "汉旬软件有限公司")


def test_claims_as_of(folder: WorkspaceFolder):
    write_postings(folder, "one", ["深圳市大疆创新科技有限公司"], day=date(2021, 1, 15))
    held = {
        as_of: set(claims(folder, as_of=as_of).frame["affiliation_id"])
        for as_of in ("posting", "today", "ever", "2019-01-01")
    }
    assert held["posting"] == {"us_entity_list"}
    assert held["today"] == held["ever"] == {"us_entity_list", "us_1260h", "us_ns_cmic"}
    assert held["2019-01-01"] == set()
    assert any("2026-06-08" in note for note in claims(folder).notes)
    assert claims(folder).frame["ref"].str.starts_with("claim:").all()


def test_commands_print_the_agreed_columns(folder: WorkspaceFolder):
    write_postings(folder, "one", ["华为技术有限公司", "=cmd()|x"])
    agreed = {
        "resolve": "raw_name employer_id employer method score postings",
        "claims": "employer affiliation kind basis source listed_from listed_to matched_name method "
        "score url",
        "lists": "list kind source as_of entries matched_employers",
    }
    for command, columns in agreed.items():
        outcome = CliRunner().invoke(cli, ["-q", "-w", str(folder.root), command, "--format", "csv"])
        assert outcome.exit_code == 0, outcome.output
        header = outcome.stdout.splitlines()[0].split(",")
        assert set(header) >= set(columns.split())
    outcome = CliRunner().invoke(cli, ["-q", "-w", str(folder.root), "resolve", "--format", "csv"])
    assert "'=cmd()|x" in outcome.stdout


def test_nothing_loaded_is_a_usage_error(folder: WorkspaceFolder):
    for call in (names, claims):
        with pytest.raises(UsageError, match="nothing is loaded"):
            call(folder)


def test_employer_known_only_by_alias_is_found(folder: WorkspaceFolder):
    write_postings(folder, "one", ["华为技术有限公司"])
    resolved = ensure_resolved(folder)
    assert (
        find_employer(resolved, "华为")
        == find_employer(resolved, "HUAWEI")
        == resolved.employers["employer_id"][0]
    )


def test_locked_before_anything_was_resolved_is_an_error_and_not_an_empty_answer(folder: WorkspaceFolder):
    write_postings(folder, "one", ["华为"])
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, str(folder.root)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        with pytest.raises(WorkspaceLockedError, match=str(holder.pid)):
            ensure_resolved(folder)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
