"""Thousands of damaged files: each ends in rows and issues or in one line, in time.

Continuous integration takes the first 500; ``GRAPHCLI_MUTANTS=10000`` (``make stress``) takes them all.
"""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
MUTANTS = int(os.environ.get("GRAPHCLI_MUTANTS", "500"))
FIRST = int(os.environ.get("GRAPHCLI_FIRST_MUTANT", "0"))
BATCH = 50
# No single file may take longer. On a busy machine a process waits for its turn, so what counts is the time
# that it had; one that says nothing at all for a minute hangs, whatever it had.
LIMIT = 10.0
START_LIMIT = 60.0
GOOD = {"rows", "refused"}


def imported(path: Path, name: str):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


MAKE = imported(HERE / "mutants.py", "mutation_mutants")
CORPUS = imported(HERE.parent / "corpus" / "corpus_cases.py", "corpus_cases")


def processor_seconds(process: int) -> float:
    """Time that a process had so far; where the system does not say, the time of the clock."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Worker:
    """A process that loads folders of files; one that hangs is killed and replaced."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.lines: queue.Queue[str] = queue.Queue()

    def ends(self, folder: Path) -> dict[str, tuple[str, str]]:
        """How each file of a folder ended; a hang ends its folder, whose files are then tried alone."""
        found, hung = self._run(folder)
        if not hung:
            return found
        paths = sorted(folder.iterdir())
        if len(paths) == 1:
            return {paths[0].name: hung}
        for path in paths:
            alone = folder.with_name(f"{folder.name}-{path.name[:6]}")
            alone.mkdir()
            path.rename(alone / path.name)
            found |= self.ends(alone)
        return found

    def _run(self, folder: Path) -> tuple[dict[str, tuple[str, str]], tuple[str, str] | None]:
        fresh = self.process is None
        if fresh:
            self._start()
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(f"{folder}\n")
        self.process.stdin.flush()
        found: dict[str, tuple[str, str]] = {}
        limit = START_LIMIT if fresh else LIMIT
        while True:
            line = self._next(limit)
            if line is None:
                self.stop()
                return found, ("hang", f"nothing for {limit:.0f} s")
            if not line:
                code = self.process.wait()
                self.process = None
                return found, ("crash", f"the process ended with {code}")
            said = json.loads(line)
            limit = LIMIT
            if "file" in said:
                found[said["file"]] = (said["end"], said["says"])
            if "done" in said:
                return found, None

    def _next(self, limit: float) -> str | None:
        """The next line; none where the process had its time, or a minute went by."""
        assert self.process is not None
        started, had = time.monotonic(), processor_seconds(self.process.pid)
        while True:
            try:
                return self.lines.get(timeout=min(limit, 1.0))
            except queue.Empty:
                waited = time.monotonic() - started
                worked = processor_seconds(self.process.pid) - had if waited < START_LIMIT else waited
                if waited >= limit and worked >= limit:
                    return None

    def _start(self) -> None:
        self.lines = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "mutant_worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

        def listen(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
            assert process.stdout is not None
            for line in process.stdout:
                lines.put(line)
            lines.put("")

        threading.Thread(target=listen, args=(self.process, self.lines), daemon=True).start()

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def worker():
    """A worker that is gone after the test."""
    made = Worker()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory):
    """The files of the corpus, made and stored."""
    return [case.path for case in CORPUS.cases(tmp_path_factory.mktemp("seeds"))]


def test_damaged_files_end_in_rows_and_issues_or_in_one_line(worker, seeds, tmp_path):
    counts: Counter[str] = Counter()
    bad = []
    for start in range(FIRST, FIRST + MUTANTS, BATCH):
        numbers = range(start, min(start + BATCH, FIRST + MUTANTS))
        folder = tmp_path / f"{start:06d}"
        folder.mkdir()
        made = {mutant.name: mutant for mutant in MAKE.mutants(seeds, numbers)}
        for mutant in made.values():
            (folder / mutant.name).write_bytes(mutant.content)
        for name, (end, says) in worker.ends(folder).items():
            counts[end] += 1
            if end not in GOOD:
                bad.append(f"{end}: {name} ({', '.join(made[name].how)}): {says}")
    print(dict(counts))
    assert not bad, f"{dict(counts)}\n" + "\n".join(bad[:60])
    assert counts["rows"] > MUTANTS / 4


def test_what_once_broke_ends_well(worker, tmp_path):
    # Kept as they were: a mutant of this number is another one when the corpus grows.
    folder = shutil.copytree(HERE / "once_broke", tmp_path / "once_broke")
    ends = worker.ends(folder)
    assert len(ends) == 11
    assert {name: says for name, (end, says) in ends.items() if end not in GOOD} == {}


def test_the_same_number_gives_the_same_damage(seeds):
    first, again = (MAKE.mutants(seeds, [7, 1234]) for _ in range(2))
    assert first == again
    assert [mutant.number for mutant in first] == [7, 1234]


def test_a_worker_that_hangs_is_named(worker, tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    pipe = tmp_path / "one" / "000000-pipe.csv"
    pipe.write_text("职位,公司\n算法工程师,虚构青鸾智能科技有限公司\n", encoding="utf-8")
    # Nobody loads anything in a hundredth of a second.
    monkeypatch.setattr(sys.modules[__name__], "START_LIMIT", 0.01)
    assert worker.ends(tmp_path / "one")[pipe.name][0] == "hang"
