"""What a load must give, that every row is accounted for, and what looks like the crawl, not the market."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from graphcli.cli import run
from graphcli.graph.status import status
from graphcli.loaders.audit import accounts, issues
from graphcli.loaders.layouts.layout import read_layout
from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.folder import WorkspaceFolder

HEADER = ("职位", "公司", "城市", "薪资", "发布时间", "职位链接")
LAYOUT = """
name: mine
board: mine
title: A board of ours
seen_in: this test
recognise:
  headers: [职位, 公司]
  content: {职位: '.'}
columns: {title: 职位, employer: 公司, place: 城市, pay: 薪资, posted_on: 发布时间, url: 职位链接}
"""


def row(number: int, **changes: str) -> tuple[str, ...]:
    cells = {
        "title": f"岗位{number}",
        "employer": f"第{number}虚构公司",
        "city": ("北京", "上海", "广州")[number % 3],
        "pay": "1-2万",
        "day": f"2024-01-{number % 28 + 1:02}",
        "url": f"https://e.cn/{number}",
    }
    return tuple((cells | changes).values())


def write(path: Path, rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([HEADER, *rows])
    return path


def layout(tmp_path: Path, expect: str) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(f"{LAYOUT}expect: {expect}\n", encoding="utf-8")
    return str(path)


# --- contracts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ("{rows: 100}", "60 postings were read and at least 100 are expected"),
        ("{pay: 0.9}", "50 % of the rows have a value for pay and at least 90 % are expected"),
        ("{education: 0.1}", "0 % of the rows have a value for education and at least 10 %"),
        ("{ranges: {pay_low: [500, 5000]}}", "100 % of the values of pay_low lie outside 500 to 5000"),
        ("{ranges: {posted_on: ['2024-01-01', '2024-01-07']}}", "values of posted_on lie outside 2024-01-01"),
    ],
)
def test_a_broken_bound_ends_in_exit_3_and_one_line_unless_accepted(tmp_path, capsys, expect, says):
    path = write(tmp_path / "jobs.csv", [row(n, pay="1-2万" if n % 2 else "") for n in range(60)])
    command = ["-w", str(tmp_path / "w"), "load", str(path), "--layout", layout(tmp_path, expect)]
    assert run(command) == 3
    said = capsys.readouterr().err.splitlines()
    error = [line for line in said if line.startswith("graphcli:")]
    assert len(error) == 1
    assert "jobs.csv" in error[0]
    assert says in error[0]
    assert "--accept" in error[0]
    assert not WorkspaceFolder(tmp_path / "w").exists()
    assert run([*command, "--accept"]) == 0


@pytest.mark.parametrize(
    "expect",
    [
        "{rows: 60, employer: 0.9, pay: 0.5, url: 1, title: 1}",
        "{ranges: {pay_low: [5000, 50000], posted_on: ['2024-01-01', '2024-12-31']}}",
        "{outside: 0.05, ranges: {openings: [1, 2]}}",
    ],
)
def test_what_was_expected_loads(folder, tmp_path, expect):
    path = write(tmp_path / "jobs.csv", [row(n) for n in range(60)])
    assert load(folder, [path], layout=layout(tmp_path, expect)).frame["kept"].item() == 60


def test_a_few_absurd_values_are_no_broken_contract(folder, tmp_path):
    rows = [row(n, pay="90-99万" if n == 7 else "1-2万") for n in range(60)]
    path = write(tmp_path / "jobs.csv", rows)
    load(folder, [path], layout=layout(tmp_path, "{ranges: {pay_low: [500, 200000]}}"))
    strict = layout(tmp_path, "{outside: 0, ranges: {pay_low: [500, 200000]}}")
    with pytest.raises(DataContractError, match=r"1\.67 % of the values of pay_low"):
        load(WorkspaceFolder(tmp_path / "other"), [path], layout=strict)


@pytest.mark.parametrize(
    "expect", ["{rows: 0}", "{pay: 2}", "{ranges: {title: [1, 2]}}", "{ranges: {pay_low: [1]}}", "{x: 1}"]
)
def test_a_bound_that_means_nothing_is_refused_with_the_layout(tmp_path, expect):
    with pytest.raises(DataContractError, match=r"mine\.yaml: at expect"):
        read_layout(Path(layout(tmp_path, expect)))


# --- accounts -------------------------------------------------------------------------------------------


def test_every_row_read_is_kept_or_rejected_in_the_stored_tables_too(folder, tmp_path):
    rows = [row(1), HEADER, ("",) * 6, row(2), ("", "", "第2页", "", "", "")]
    load(folder, [write(tmp_path / "a.csv", rows), write(tmp_path / "b.csv", [row(3)])])
    counted = accounts(folder)
    assert counted["balanced"].all()
    assert counted.select("path", "rows_read", "kept", "rejected").rows() == [
        ("a.csv", 5, 2, 3),
        ("b.csv", 1, 1, 0),
    ]
    # Kept and rejected rows together are the records of the file, each once.
    first = pl.col("source_id") == counted["source_id"][0]
    kept = folder.read_all("postings", tables.POSTINGS).filter(first)["row"].to_list()
    rejected = issues(folder, "a.csv").frame.filter(pl.col("action") == "rejected")["row"].to_list()
    assert (kept, sorted(rejected)) == ([1, 4], [2, 3, 5])
    assert "in each of 2 sources" in dict(status(folder).frame.iter_rows())["accounts"]


def test_tables_that_do_not_add_up_are_named(folder, tmp_path):
    load(folder, [write(tmp_path / "a.csv", [row(1), row(2)])])
    source_id = folder.read("sources", tables.SOURCES)["source_id"].item()
    with folder.change("somebody else") as change:
        change.write(f"postings/{source_id}", folder.read_all("postings", tables.POSTINGS).head(1))
    assert accounts(folder)["balanced"].to_list() == [False]
    assert dict(status(folder).frame.iter_rows())["accounts"].startswith("a.csv: 2 rows read, 2 kept")


# --- signs ----------------------------------------------------------------------------------------------


def signs(folder: WorkspaceFolder, paths) -> str:
    result = load(folder, paths)
    told = "\n".join(note for note in result.notes if note.startswith("unknown board:"))
    stored = [value for item, value in status(folder).frame.iter_rows() if item == "crawl"]
    assert told == "\n".join(stored)
    return told


def test_an_ordinary_crawl_is_silent(folder, tmp_path):
    files = [write(tmp_path / f"{n}.csv", [row(100 * n + k) for k in range(40 + n)]) for n in range(4)]
    assert signs(folder, files) == ""


def test_the_same_job_under_several_keywords_is_counted(folder, tmp_path):
    files = [write(tmp_path / f"{n}.csv", [row(k + 30 * n) for k in range(60 + n)]) for n in range(2)]
    assert "30 of 121 rows (25 %) are a job met again: 30 jobs stand in several files" in signs(folder, files)


def test_files_that_end_at_one_number_of_rows_are_a_page_cap(folder, tmp_path):
    files = [write(tmp_path / f"{n}.csv", [row(100 * n + k) for k in range(50)]) for n in range(3)]
    files.append(write(tmp_path / "short.csv", [row(999)]))
    assert "3 of 4 files or sheets hold exactly 50 records and none holds more" in signs(folder, files)


def test_searches_of_one_file_that_end_at_one_number_are_a_page_cap(folder, tmp_path):
    path = write(tmp_path / "a.csv", [row(n) for n in range(90)])
    assert "3 of 3 places of one file have exactly 30 postings" in signs(folder, [path])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"day": "2024-01-05"}, "60 of 60 dated postings (100 %) bear one day, 2024-01-05"),
        ({"city": "上海·浦东新区"}, "60 of 60 located postings (100 %) lie in 上海"),
        ({"employer": "甲虚构公司"}, "60 of 60 postings with an employer (100 %) are of 甲虚构公司"),
    ],
)
def test_one_day_city_or_employer_is_said(folder, tmp_path, changes, says):
    assert says in signs(folder, [write(tmp_path / "a.csv", [row(n, **changes) for n in range(60)])])


def test_a_dry_run_says_the_same_and_writes_nothing(folder, tmp_path):
    path = write(tmp_path / "a.csv", [row(n, day="2024-01-05") for n in range(60)])
    assert any("bear one day" in note for note in load(folder, [path], dry_run=True).notes)
    assert not folder.root.exists()


# --- on the screen --------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_table_of_a_load_fits_the_screen_and_says_what_became_of_each_file(
    tmp_path, capsys, monkeypatch, columns
):
    monkeypatch.setenv("COLUMNS", columns)
    for number in range(2):
        write(tmp_path / "in" / f"zhaopin_北京_人工智能_2026011{number}_195300.csv", [row(number), ("",) * 6])
    assert run(["-w", str(tmp_path / "w"), "load", str(tmp_path / "in")]) == 0
    lines = capsys.readouterr().out.splitlines()
    from rich.cells import cell_len

    table = [line for line in lines if not line.startswith("…")]
    assert max(map(cell_len, table)) <= int(columns)
    assert sum("new" in line for line in table) == 2
    head = " ".join(table[:2])
    assert all(word in head for word in ("path", "kept", "rejected", "status", "employer_"))


def test_thousands_of_issues_are_summed_up_and_none_is_lost(folder, tmp_path, capsys):
    rows = [row(n, pay="薪资优厚" if n % 2 else "1-2万") for n in range(4_000)]
    load(folder, [write(tmp_path / "a.csv", rows)])
    result = issues(folder)
    assert result.frame.filter(pl.col("column") == "薪资").height == 2_000
    assert any(note.startswith("2,000 × 薪资: ") for note in result.notes)
    assert run(["-w", str(folder.root), "issues"]) == 0
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) < 160
    assert "more; --limit" in shown
    assert run(["-w", str(folder.root), "issues", "--format", "jsonl"]) == 0
    assert len([json.loads(line) for line in capsys.readouterr().out.splitlines()]) == result.frame.height
