"""The workspace folder: a change is visible as a whole or not at all, whoever is killed when."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import polars as pl
import pytest

from graphcli.workspace.errors import DataContractError, WorkspaceLockedError
from graphcli.workspace.folder import WorkspaceFolder, stage_inputs

SCHEMA = {"a": pl.Int64}


def frame(*values: int) -> pl.DataFrame:
    return pl.DataFrame({"a": list(values)}, schema=SCHEMA)


def parquet_files(folder: WorkspaceFolder) -> set[str]:
    return {path.name for path in folder.root.rglob("*.parquet*")}


def test_reading_an_empty_workspace_creates_nothing(folder):
    assert folder.read("employers", SCHEMA).height == 0
    assert not folder.exists()
    assert not folder.root.exists()


def test_a_change_is_visible_when_it_ends(folder):
    with folder.change("test") as change:
        change.write("employers", frame(1, 2))
        assert folder.read("employers", SCHEMA).height == 0
    assert folder.read("employers", SCHEMA)["a"].to_list() == [1, 2]


def test_a_failed_change_leaves_the_state_before(folder):
    with folder.change("test") as change:
        change.write("employers", frame(1))
    before = parquet_files(folder)

    def fail_half_way() -> None:
        with folder.change("test") as change:
            change.write("employers", frame(2))
            change.write("postings/x", frame(3))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert folder.read("employers", SCHEMA)["a"].to_list() == [1]
    assert parquet_files(folder) == before


def test_the_same_content_gives_the_same_file_and_no_new_manifest(folder):
    with folder.change("test") as change:
        change.write("employers", frame(1))
    manifest = folder.root / "manifest.json"
    stamp = manifest.stat().st_mtime_ns
    with folder.change("test") as change:
        change.write("employers", frame(1))
    assert manifest.stat().st_mtime_ns == stamp


def test_tables_of_one_prefix_read_as_one(folder):
    with folder.change("test") as change:
        change.write("postings/b", frame(2))
        change.write("postings/a", frame(1))
        change.write("other", frame(9))
    assert folder.read_all("postings", SCHEMA)["a"].to_list() == [1, 2]


def test_old_files_are_swept_once_nobody_can_be_reading_them(folder):
    for value in range(4):
        with folder.change("test") as change:
            change.write("employers", frame(value))
    assert len(parquet_files(folder)) == 2


def test_a_damaged_manifest_is_named(folder):
    folder.root.mkdir(parents=True)
    (folder.root / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataContractError, match="manifest"):
        folder.manifest()


def test_stage_inputs_follow_the_tables_they_name(folder):
    with folder.change("test") as change:
        change.write("postings/a", frame(1))
        change.write("employers", frame(1))
    entries = folder.manifest().entries
    first = stage_inputs(entries, ("postings",), {})
    with folder.change("test") as change:
        change.write("employers", frame(2))
    assert stage_inputs(folder.manifest().entries, ("postings",), {}) == first
    assert stage_inputs(folder.manifest().entries, ("employers", "postings"), {}) != first


WRITER = """
import sys, time
from pathlib import Path
import polars as pl
from graphcli.workspace.folder import WorkspaceFolder
with WorkspaceFolder(Path(sys.argv[1])).change("a slow load") as change:
    change.write("employers", pl.DataFrame({"a": [7]}))
    print("written", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def slow_writer(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder.root)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    yield process
    process.kill()
    process.wait()


def test_a_second_writer_is_told_who_holds_the_lock(folder, slow_writer):
    owner = rf"process {slow_writer.pid} \(a slow load, since \d{{4}}-"
    with pytest.raises(WorkspaceLockedError, match=owner), folder.change("test", wait_seconds=0.3):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_writer_leaves_the_state_before_and_no_lock(folder, slow_writer):
    os.kill(slow_writer.pid, signal.SIGKILL)
    slow_writer.wait()
    started = time.monotonic()
    assert folder.read("employers", SCHEMA).height == 0
    with folder.change("test") as change:
        change.write("employers", frame(1))
    assert folder.read("employers", SCHEMA)["a"].to_list() == [1]
    assert time.monotonic() - started < 10
    assert len(parquet_files(folder)) == 1


def test_files_of_other_people_in_the_folder_stay(folder):
    (folder.root / "deep").mkdir(parents=True)
    theirs = [folder.root / "mine.parquet", folder.root / "deep" / "mine.parquet.gz", folder.root / "a.tmp"]
    for path in theirs:
        path.write_bytes(b"theirs")
    for value in range(4):
        with folder.change("test") as change:
            change.write("employers", frame(value))
    assert all(path.read_bytes() == b"theirs" for path in theirs)


@pytest.mark.parametrize("content", [None, b"", b"PAR1", b"PAR1 cut short"])
def test_a_lost_or_damaged_table_is_named(folder, content):
    with folder.change("test") as change:
        entry = change.write("postings/a", frame(1))
    path = folder.root / entry.file
    path.unlink() if content is None else path.write_bytes(content)
    assert folder.broken_tables("postings") == {"postings/a"}
    for read in (folder.read, lambda *_: folder.read_all("postings", SCHEMA)):
        with pytest.raises(DataContractError, match=r"postings/a.*load the files again"):
            read("postings/a", SCHEMA)
