"""The labelled sets hold their floors, and the command that measures them notices when one falls."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TRUTH = Path(__file__).resolve().parents[2] / "benchmarks" / "truth"
LEAST = {"places.csv": 300, "employer_pairs.csv": 400, "affiliations.csv": 300, "postings.csv": 200}


def score(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TRUTH / "score.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def rows_of(name: str, folder: Path = TRUTH) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_measure_lies_below_its_floor():
    done = score()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", LEAST)
def test_a_set_is_as_large_as_promised_and_no_label_stands_in_it_twice(name):
    rows = rows_of(name)
    texts = [row.get("text") or row.get("employer") or (row["name_a"], row["name_b"]) for row in rows]
    assert len(set(texts)) == len(rows) >= LEAST[name]


def test_half_of_the_names_are_traps():
    pairs = [row["same"] for row in rows_of("employer_pairs.csv")]
    flags = [row["flags"] for row in rows_of("affiliations.csv")]
    assert pairs.count("no") >= len(pairs) * 0.48
    assert flags.count("") >= len(flags) * 0.48


@pytest.mark.parametrize(
    ("chosen", "name", "column", "wrong", "named"),
    [
        ("places", "places.csv", "adcodes", "999999", "places: right"),
        ("employers", "employer_pairs.csv", "same", "yes", "employers: recall"),
        ("affiliations", "affiliations.csv", "flags", "", "affiliations: precision"),
        ("postings", "postings.csv", "tier", "none", "tier broad: precision"),
        ("postings", "postings.csv", "skills", "cobol", "skills: f1"),
    ],
)
def test_a_fall_is_named_with_its_misses(tmp_path, chosen, name, column, wrong, named):
    shutil.copytree(TRUTH, tmp_path / "labels", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    rows = [{**row, column: wrong} for row in rows_of(name)]
    with (tmp_path / "labels" / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    done = score("--labels", str(tmp_path / "labels"), "--set", chosen)
    assert done.returncode == 1
    assert f"below its floor: {named}" in done.stderr
    assert len(done.stdout.splitlines()) > len(rows) * 0.1
