"""Real loads in processes of their own, and what a workspace holds, whatever happened to them."""

from __future__ import annotations

import csv
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

from graphcli.loaders.load import READINGS, load
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder

FILES, ROWS = 4, 400
HEADER = ("职位", "公司", "城市", "薪资", "技能", "发布时间", "职位链接", "职位描述")


def write_crawl(folder: Path, version: int, files: int = FILES, rows: int = ROWS) -> Path:
    """Write the files of a crawl; another version has other rows, and a later one a file more."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files + version):
        with (folder / f"{number}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(HEADER)
            for row in range(rows + version):
                address = f"https://e.cn/{version}/{number}/{row}"
                text = f"负责机器学习模型，第{row}号。" * 10
                cells = (
                    "算法工程师",
                    f"甲{row % 50}公司",
                    "上海",
                    "1-2万",
                    "Python",
                    "2024-01-02",
                    address,
                    text,
                )
                writer.writerow(cells if row % 9 else ("", "", f"第{row}页", "", "", "", "", ""))
    return folder


def start_load(workspace: Path, crawl: Path, *options: str, **how) -> subprocess.Popen[str]:
    """Start a load as a user would, in a session of its own."""
    command = [sys.executable, "-m", "graphcli.cli", "-w", str(workspace), "load", str(crawl), *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **how
    )


def wait_for_lock(workspace: Path, process: subprocess.Popen[str], seconds: float = 60) -> None:
    """Wait until a process writes to the workspace."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        lock = workspace / ".lock"
        if lock.is_file() and str(process.pid) in lock.read_text(encoding="utf-8"):
            return
        time.sleep(0.005)


def state(folder: WorkspaceFolder) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the tables hold, but for the clock."""
    sources = folder.read("sources", tables.SOURCES).drop("loaded_at")
    frames = {"sources": sources, "readings": folder.read("readings", READINGS)}
    for name, schema in (
        ("postings", tables.POSTINGS), ("texts", tables.TEXTS), ("issues", tables.ISSUES)
    ):  # fmt: skip
        frames[name] = folder.read_all(name, schema).with_columns(pl.col(pl.List(pl.String)).list.join(";"))
    return {name: frame.rows() for name, frame in frames.items()}


def left_over(folder: WorkspaceFolder) -> list[str]:
    """Files that belong to no state: neither in force nor a table of the one before."""
    known = {entry.file for entry in folder.manifest().entries.values()} | {"manifest.json", ".lock"}
    files = (path.relative_to(folder.root).as_posix() for path in folder.root.rglob("*") if path.is_file())
    return sorted(name for name in files if name not in known)


class Kills:
    """An old state, a new one, and how long the load between them writes."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.old_crawl, self.new_crawl = write_crawl(base / "old", 0), write_crawl(base / "new", 1)
        # One name for both, so that the new crawl replaces the old one.
        load(WorkspaceFolder(base / "prepared"), [self.old_crawl], accept=True)
        self.old = state(WorkspaceFolder(base / "prepared"))
        workspace = self.copy("whole")
        process = start_load(workspace, self.new_crawl)
        wait_for_lock(workspace, process)
        began = time.monotonic()
        process.communicate(timeout=120)
        self.seconds = time.monotonic() - began
        assert process.returncode == 0
        self.new = state(WorkspaceFolder(workspace))
        assert self.new != self.old

    def copy(self, name: str) -> Path:
        """Give a workspace in the old state."""
        return Path(shutil.copytree(self.base / "prepared", self.base / name))

    def moment(self, number: int) -> float:
        """Seconds after the lock was taken, spread over the whole load."""
        return random.Random(number).uniform(0, 1.05 * self.seconds)
