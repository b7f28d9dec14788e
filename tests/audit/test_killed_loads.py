"""A load that is killed, interrupted, short of space or not alone leaves the old state or the new one.

Continuous integration kills five loads; ``GRAPHCLI_KILLS=50`` (``make stress``) kills fifty.
"""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest
from interrupted import Kills, left_over, start_load, state, wait_for_lock, write_crawl

from graphcli.loaders.load import load
from graphcli.workspace.errors import WorkspaceLockedError
from graphcli.workspace.folder import WorkspaceFolder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

KILLS = int(os.environ.get("GRAPHCLI_KILLS", "5"))
SEED = int(os.environ.get("GRAPHCLI_FIRST_KILL", "0"))


@pytest.fixture(scope="module")
def kills(tmp_path_factory) -> Kills:
    return Kills(tmp_path_factory.mktemp("kills"))


@pytest.mark.parametrize("number", range(SEED, SEED + KILLS))
def test_a_killed_load_leaves_the_old_state_or_the_new_one(kills, number, tmp_path):
    folder = WorkspaceFolder(kills.copy(f"kill-{number}"))
    spool = tmp_path / "temporary"
    spool.mkdir()
    process = start_load(folder.root, kills.new_crawl, env={**os.environ, "TMPDIR": str(spool)})
    wait_for_lock(folder.root, process)
    time.sleep(kills.moment(number))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert state(folder) in (kills.old, kills.new)
    load(folder, [kills.new_crawl])
    assert state(folder) == kills.new
    # What the killed load left is gone after two further changes, and nothing of it stays in /tmp.
    for version in (2, 1):
        load(folder, [write_crawl(tmp_path / "more", version, 1, 20)], accept=True)
    assert not [name for name in left_over(folder) if ".load-" in name or name.endswith((".tmp", ".new"))]
    # The tables of the state before the last one stay for readers, and no others.
    assert len(left_over(folder)) <= 5
    assert sum(path.stat().st_size for path in spool.rglob("*") if path.is_file()) == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_load_says_so_and_leaves_the_old_state(kills, workers, tmp_path):
    folder = WorkspaceFolder(kills.copy(f"interrupt-{workers}"))
    process = start_load(folder.root, kills.new_crawl, "--workers", workers)
    wait_for_lock(folder.root, process)
    time.sleep(0.3 * kills.seconds)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert said.strip().splitlines()[-1] == "interrupted"
    # Rarely the signal ends the process once more on its way out; a shell shows 130 for either.
    assert process.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in said
    assert state(folder) == kills.old
    assert not list(folder.root.glob(".load-*"))


def test_a_full_disk_is_one_line_and_leaves_the_old_state(kills):
    folder = WorkspaceFolder(kills.copy("full"))

    def no_room() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    process = start_load(folder.root, kills.new_crawl, preexec_fn=no_room)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1, said
    lines = [line for line in said.splitlines() if not line.startswith("[")]
    assert len(lines) == 1, said
    assert lines[0].startswith("graphcli: ")
    assert state(folder) == kills.old
    assert not left_over(folder)


def test_of_two_loads_at_once_the_second_waits(kills):
    folder = WorkspaceFolder(kills.base / "two")
    first = start_load(folder.root, kills.old_crawl, "--source-name", "first")
    wait_for_lock(folder.root, first)
    second = start_load(folder.root, kills.new_crawl, "--source-name", "second")
    said = [process.communicate(timeout=120)[1] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    paths = {row[0] for row in state(folder)["readings"]}
    assert len(paths) == 4 + 5


def test_the_second_is_told_who_holds_the_lock_and_since_when(folder, tmp_path):
    crawl = write_crawl(tmp_path / "crawl", 0, 1, 5)
    with folder.change("a long import"):
        process = start_load(folder.root, crawl)
        deadline = time.monotonic() + 30
        line = ""
        while "waiting" not in line and time.monotonic() < deadline:
            line = process.stderr.readline()
        assert f"process {os.getpid()} (a long import, since 20" in line
        with pytest.raises(WorkspaceLockedError, match=f"process {os.getpid()}"), folder.change("x", 0.2):
            pass
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(state(folder)["sources"]) == 1
