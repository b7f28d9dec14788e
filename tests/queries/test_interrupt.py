"""Ctrl-C while the embedded engine computes: the command ends at once, with the exit code of the contract."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from graphcli.loaders.load import load
from graphcli.workspace.folder import WorkspaceFolder

ENDLESS = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN count(*) AS n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_a_long_query_and_leaves_the_store_whole(engine, tmp_path):
    file = tmp_path / "board.csv"
    file.write_text("职位名称,公司名称,工作地点\n算法工程师,虚构甲公司,北京\n", encoding="utf-8")
    load(WorkspaceFolder(tmp_path / "workforce"), [file])
    command = [sys.executable, "-m", "graphcli.cli", "-w", str(tmp_path / "workforce"), "query", "--cypher"]
    asked = subprocess.Popen(
        [*command, ENDLESS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A background shell starts its children deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert asked.stderr is not None
    for line in asked.stderr:
        if line.startswith("asking"):
            break
    time.sleep(2)
    assert asked.poll() is None
    asked.send_signal(signal.SIGINT)
    _, errors = asked.communicate(timeout=20)
    assert (asked.returncode, errors.strip()) == (130, "interrupted")
    again = subprocess.run(
        [*command, "MATCH (e:Employer) RETURN count(e) AS n", "--format", "csv"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (again.returncode, again.stdout) == (0, "n\n1\n")
