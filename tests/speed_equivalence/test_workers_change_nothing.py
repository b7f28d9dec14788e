"""Processes, batches and progress: how a load is done never shows in what it gives."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import sqlite3
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders import source, spread
from graphcli.loaders.layouts.layout import load_layouts
from graphcli.loaders.load import load
from graphcli.loaders.progress import Meter
from graphcli.loaders.reader.batches import ROW, Problem, RawBatch
from graphcli.loaders.reader.container import open_container
from graphcli.loaders.reader.encodings import CHUNK, detect_encoding
from graphcli.loaders.reader.paths import expand
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.identity import SEPARATOR, stable_hash, stable_hashes

HEADER = load_layouts()["zhaopin_2026"].headers


def write_crawl(path: Path, rows: int) -> Path:
    """Write a crawl whose first and last records are the same and some of whose cells cannot be read."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADER)
        for number in [*range(rows), 0]:
            pay = "1-2万" if number % 7 else "看心情"
            text = f"负责机器学习与Java开发 {number}，熟悉Python" * 5
            page = f"https://jobs.example.org/{number}.htm"
            record = ("算法工程师", "北京", "虚构科技有限公司", "本科", "3-5年", "Java", pay, text, "互联网")
            writer.writerow((*record, page, "100-299人", "2025-03-01"))
    return path


def tables_of(folder: Path) -> dict[str, str]:
    """Hash of every table but those that say when they were loaded."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for kind in ("postings", "texts", "issues")
        for path in sorted((folder / kind).iterdir())
    }


def test_workers_give_the_same_bytes_on_one_file_and_beside_others(tmp_path, monkeypatch):
    crawls = tmp_path / "crawls"
    crawls.mkdir()
    for number, rows in enumerate((45_000, 30, 20)):
        write_crawl(crawls / f"crawl_{number}.csv", rows)
    monkeypatch.setattr(spread, "LARGE_FILE", 1 << 20)
    answers = []
    for workers in (1, 2):
        made = load(WorkspaceFolder(tmp_path / f"w{workers}"), [crawls], workers=workers, accept=True)
        answers.append(made.frame.drop("ref"))
    assert tables_of(tmp_path / "w1") == tables_of(tmp_path / "w2")
    assert answers[0].equals(answers[1])
    # The same record in the first and in the last batch counts once too often in either.
    assert answers[1].sort("rows_read")["duplicates"].to_list() == [1, 1, 1]


def test_files_read_together_become_what_each_becomes_alone(tmp_path, monkeypatch):
    crawls = tmp_path / "crawls"
    crawls.mkdir()
    for number, rows in enumerate((5, 40, 0, 17)):
        write_crawl(crawls / f"crawl_{number}.csv", rows)
    (crawls / "crawl_4.csv").write_text("no table of postings", "utf-8")
    alone = WorkspaceFolder(tmp_path / "alone")
    for number in range(4):
        load(alone, [crawls / f"crawl_{number}.csv"], accept=True, source_name=f"crawl_{number}.csv")
    for gathered in (4_000, 30):
        monkeypatch.setattr(source, "GATHERED_ROWS", gathered)
        together = load(WorkspaceFolder(tmp_path / f"w{gathered}"), [crawls], accept=True)
        assert together.frame["status"].to_list() == ["new"] * 4 + ["failed"]
        assert tables_of(tmp_path / f"w{gathered}") == tables_of(tmp_path / "alone")


@pytest.mark.parametrize("form", ["csv", "json", "xlsx", "sqlite"])
def test_the_order_of_days_and_months_is_that_of_the_whole_file(tmp_path, monkeypatch, form):
    # The batches of a file sorted by day: only the last of them tells that the day stands first.
    days = [f"{day:02}/04/2024" for day in (1, 2, 3, 4, 5, 6, 13)]
    rows = pl.DataFrame({"title": ["Data Engineer"] * 7, "company": ["Fictional Ltd"] * 7, "posted": days})
    rows = rows.with_columns(location=pl.lit("London"), number=pl.int_range(7).cast(pl.String))
    path = tmp_path / f"jobs.{form}"
    if form == "csv":
        rows.write_csv(path)
    elif form == "json":
        path.write_text(json.dumps(rows.to_dicts()), "utf-8")
    elif form == "xlsx":
        rows.write_excel(path)
    else:
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("create table jobs (title, company, posted, location, number)")
            database.executemany("insert into jobs values (?, ?, ?, ?, ?)", rows.iter_rows())
            database.commit()
    for size in (50_000, 3):
        monkeypatch.setattr(source, "BATCH_ROWS", size)
        folder = WorkspaceFolder(tmp_path / f"w{size}")
        load(folder, [path])
        read = folder.read_all("postings", tables.POSTINGS)["posted_on"].to_list()
        assert read == [date(2024, 4, day) for day in (1, 2, 3, 4, 5, 6, 13)]


def test_a_batch_too_large_is_cut_with_the_problems_of_its_records(monkeypatch):
    frame = pl.DataFrame({ROW: range(1, 11), "text": ["x" * 100] * 10})
    problems = tuple(Problem(row, "", "", f"at {row}", "kept") for row in (None, 2, 5, 9, 10))
    monkeypatch.setattr(source, "BATCH_BYTES", 400)
    pieces = list(source._pieces([RawBatch(frame, problems)]))
    assert len(pieces) > 1
    assert pl.concat([piece.frame for piece in pieces]).equals(frame)
    assert [one for piece in pieces for one in piece.problems] == list(problems)
    for piece in pieces:
        inside = set(piece.frame[ROW])
        assert all(one.row in inside for one in piece.problems if one.row is not None)


@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=8))
def test_a_column_is_hashed_as_its_texts_are(texts):
    clean = [None if text is None else text.encode("utf-8", "ignore").decode() for text in texts]
    plain = [None if text is None else text.replace(SEPARATOR, " ") for text in clean]
    expected = [None if text is None else stable_hash(text) for text in clean]
    assert stable_hashes(pl.Series(plain, dtype=pl.String)).to_list() == expected


def test_parts_joined_by_the_separator_hash_as_parts():
    joined = pl.Series([SEPARATOR.join(("row", "公司", "", "北京"))])
    assert stable_hashes(joined).to_list() == [stable_hash("row", "公司", "", "北京")]


@pytest.mark.parametrize("before", [CHUNK - 3, CHUNK - 2, CHUNK - 1, CHUNK])
@pytest.mark.parametrize("character", ["é", "中", "😀"])
def test_a_character_across_two_chunks_is_still_utf_8(tmp_path, before, character):
    path = tmp_path / "text.csv"
    path.write_bytes(b"a" * before + character.encode() + b"\n")
    assert detect_encoding(path).name == "utf-8"
    path.write_bytes(b"a" * before + character.encode()[:-1])
    assert detect_encoding(path).lost > 0 or detect_encoding(path).name != "utf-8"


class Clock:
    """Ten seconds later at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 10
        return self.now


def metered(path: Path, screen: io.StringIO | None, kept: list[str], folder: Path) -> str:
    """Read one file and give what was drawn."""
    (file,) = expand([path], folder)
    container = open_container(path)
    meter = Meter(kept.append, 2, screen, Clock())
    report = meter.start(file, container)
    half = container.sheets[0].headers and path.stat().st_size // 2
    report(source.BatchDone(4_000, int(half), 0, {}, pl.Series([], dtype=pl.UInt64).to_numpy(), {}))
    meter.finish(file.shown, "4,000 postings")
    return screen.getvalue() if screen else ""


def test_a_terminal_shows_rows_rate_and_the_time_left_and_is_wiped(tmp_path):
    path = write_crawl(tmp_path / "crawl.csv", 400)
    kept: list[str] = []
    drawn = metered(path, io.StringIO(), kept, tmp_path)
    line = next(part for part in drawn.split("\r") if part.strip())
    assert line.startswith("[1/2] 4,000 rows, ")
    assert " rows/s, about " in line
    assert " left crawl.csv" in line
    assert drawn.endswith("\r")
    assert drawn.split("\r")[-2].strip() == ""
    assert kept == ["[1/2] crawl.csv: 4,000 postings"]


def test_nothing_is_drawn_where_nobody_watches(tmp_path):
    path = write_crawl(tmp_path / "crawl.csv", 40)
    kept: list[str] = []
    assert metered(path, None, kept, tmp_path) == ""
    assert kept == ["[1/2] crawl.csv: 4,000 postings"]
