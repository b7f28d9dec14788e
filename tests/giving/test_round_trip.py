"""What `export postings` writes, `load` takes back value for value, in every form and for every cell."""

from __future__ import annotations

import csv
import json
import sqlite3
import tempfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from giving_help import FORMS, canonical, there_and_back, write_jobs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from graphcli.graph.exports.forms import write_xlsx
from graphcli.graph.exports.postings import export_postings
from graphcli.loaders.audit import issues
from graphcli.loaders.exchange import COLUMNS
from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.selection import Selection

NASTY = (
    "=1+1",
    "'=1+1",
    "''@SUM(A1)",
    "+86 138",
    "-5",
    "@here",
    "\t=cmd",
    "007",
    "1e5",
    "1,000",
    "TRUE",
    "NULL",
    "nan",
    "2024-01-02",
    'say "hi"',
    '"quoted"',
    "a,b;c|d\te",
    "line\r\nline\rline\n",
    "\u2028para\u2029graph",
    "_x0041_ and _x000D_",
    "\x01\x02\x1b[31mred\x7f",
    "\ufeffbom",
    "zero\u200bwidth",
    "half\ufffd",
    "😀𠮷",
    "<b>bold</b> &lt;p&gt; &amp;amp;",
    "['a', 'b']",
    '["a", "b"]',
    '{"a": 1}',
    "\\n \\u4e2d \\",
    "ä¸­å›½",
    "title:json employer_raw:guarded",
    "posting_id",
    "，、；·",
    "　全角　",
)
cells = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=12),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map("".join),
)
rows = st.fixed_dictionaries(
    {},
    optional={
        "title": cells,
        "employer": st.none() | cells,
        "place": st.none() | cells | st.sampled_from(("上海", "远程", "上海-浦东/杭州")),
        "pay": st.none() | cells | st.sampled_from(("10万-20万/年", "面议", "7-8.3千/月", "100K/年")),
        "posted_on": st.none() | st.sampled_from(("2024-02-29", "03-01发布", "昨天", "someday")),
        "url": st.none() | st.sampled_from(("https://e.cn/a?b=1&c=%E4#x", "//e.cn/1", "javascript:1", "e")),
        "education": st.none() | st.sampled_from(("硕士", "大专及以上", "?")),
        "experience": st.none() | st.sampled_from(("10年以上", "无需经验", "一年")),
        "openings": st.none() | st.sampled_from(("若干", "12人", "0")),
        "industry": st.none() | cells,
        "company_size": st.none() | st.sampled_from(("少于15人", "10000人以上", "50人")),
        "ownership": st.none() | st.sampled_from(("国企", "外资（欧美）", "合资")),
        "tags": st.none() | cells | st.lists(cells, max_size=3),
        "text": st.none() | cells | st.text(max_size=200),
    },
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows, max_size=6))
def test_every_cell_comes_back_from_every_form(many):
    with tempfile.TemporaryDirectory() as base:
        folder = WorkspaceFolder(Path(base) / "first")
        load(folder, [write_jobs(Path(base) / "jobs.jsonl", many)], crawled_on=date(2024, 3, 5))
        before = canonical(folder)
        for form in FORMS:
            other = there_and_back(folder, Path(base) / f"out.{form}")
            assert_frame_equal(canonical(other), before)


def test_what_an_earlier_load_knew_is_not_needed_again(folder, tmp_path):
    """Days without a year, healed cells, layouts and crawls of different days."""
    for day in (date(2019, 9, 20), date(2023, 1, 5)):
        path = write_jobs(
            tmp_path / f"{day}.jsonl", [{"posted_on": "09-13发布", "url": None, "title": f"岗位{day}"}]
        )
        load(folder, [path], crawled_on=day)
    before = canonical(folder)
    assert date(2019, 9, 13) in before["posted_on"].to_list()
    for form in FORMS:
        after = canonical(there_and_back(folder, tmp_path / f"out.{form}"))
        assert_frame_equal(after, before)
        assert after["crawled_on"].n_unique() == 2


def test_rows_without_an_address_keep_their_id(folder, tmp_path):
    many = [{"url": None, "pay": None, "place": None}, {"url": None, "employer": None}, {"url": None}]
    load(folder, [write_jobs(tmp_path / "jobs.jsonl", many)])
    other = there_and_back(folder, tmp_path / "out.csv")
    assert canonical(other)["posting_id"].to_list() == canonical(folder)["posting_id"].to_list()
    assert not issues(other).frame["problem"].str.contains("changed since").any()


def test_a_second_trip_writes_the_same_bytes_but_for_where_the_rows_stood(folder, tmp_path):
    load(folder, [write_jobs(tmp_path / "jobs.jsonl", [{"title": title} for title in NASTY])])
    once = tmp_path / "once.jsonl"
    export_postings(folder, once)
    again = tmp_path / "again.jsonl"
    export_postings(folder, again)
    assert once.read_bytes() == again.read_bytes()


# --- what each form must not do -------------------------------------------------------------------------


@pytest.fixture
def odd(folder, tmp_path) -> WorkspaceFolder:
    many = [{"title": "=HYPERLINK(1)", "openings": "12人", "pay": "10万-20万/年"}, {"posted_on": "0071"}]
    load(folder, [write_jobs(tmp_path / "jobs.jsonl", many)])
    return folder


def test_csv_guards_what_a_spreadsheet_would_run(odd, tmp_path):
    export_postings(odd, tmp_path / "out.csv", excel=True)
    content = (tmp_path / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    records = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert [record["title"] for record in records if record["marks"]] == ["'=HYPERLINK(1)"]
    assert list(records[0]) == list(COLUMNS)


def test_a_worksheet_holds_texts_days_and_numbers_and_no_formula(odd, tmp_path):
    from python_calamine import load_workbook

    export_postings(odd, tmp_path / "out.xlsx")
    header, *records = load_workbook(tmp_path / "out.xlsx").get_sheet_by_name("postings").to_python()
    cells = [dict(zip(header, record, strict=True)) for record in records]
    assert {cell["title"] for cell in cells} == {"算法工程师", "=HYPERLINK(1)"}
    assert "0071" in {cell["posted_on_raw"] for cell in cells}
    assert cells[0]["posted_on"] == date(2024, 3, 1)
    assert sorted(cell["openings"] for cell in cells) == [3, 3, 12]


def test_sqlite_and_parquet_are_typed(odd, tmp_path):
    export_postings(odd, tmp_path / "out.db")
    with sqlite3.connect(tmp_path / "out.db") as connection:
        found = connection.execute(
            "SELECT typeof(pay_low), typeof(title), posted_on FROM postings"
        ).fetchone()
    connection.close()
    assert found == ("real", "text", "2024-03-01")
    export_postings(odd, tmp_path / "out.parquet")
    schema = pl.read_parquet_schema(tmp_path / "out.parquet")
    assert (schema["posted_on"], schema["pay_low"], schema["openings"]) == (pl.Date, pl.Float64, pl.Int64)


def test_json_lines_are_one_object_a_line(odd, tmp_path):
    export_postings(odd, tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["title"] for line in lines} == {"算法工程师", "=HYPERLINK(1)"}


def test_more_rows_than_a_worksheet_holds_go_on_in_the_next(tmp_path):
    names = [name for name in COLUMNS if name != "source_row"]
    frame = pl.DataFrame({"source_row": range(10)}).with_columns(pl.lit("x").alias(name) for name in names)
    frame = tables.conform(
        frame.select(*COLUMNS).cast({"source_row": pl.Int64}), dict.fromkeys(COLUMNS, pl.String)
    )
    write_xlsx(iter([frame]), tmp_path / "out.xlsx", COLUMNS, rows=5)
    from python_calamine import load_workbook

    book = load_workbook(tmp_path / "out.xlsx")
    assert book.sheet_names == ["postings", "postings 2", "postings 3"]
    assert [len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names] == [5, 5, 3]


def test_a_text_longer_than_a_cell_is_refused_and_nothing_is_written(folder, tmp_path):
    load(folder, [write_jobs(tmp_path / "jobs.jsonl", [{"text": "长" * 40_000}])])
    with pytest.raises(UsageError, match="--as csv"):
        export_postings(folder, tmp_path / "out.xlsx")
    assert not list(tmp_path.glob("*out.xlsx*"))
    other = there_and_back(folder, tmp_path / "out.jsonl")
    assert canonical(other)["text"].str.len_chars().max() == 40_000


# --- which rows -----------------------------------------------------------------------------------------


def test_filters_and_dedupe_choose_the_rows(folder, tmp_path):
    many = [{}, {"place": "上海", "url": "https://e.cn/2"}, {"place": "上海", "url": "https://e.cn/2"}]
    load(folder, [write_jobs(tmp_path / "jobs.jsonl", many)])
    counts = {}
    for name, selection in {
        "all": Selection(dedupe="none"),
        "url": Selection(),
        "city": Selection(city="上海", dedupe="none"),
    }.items():
        result = export_postings(folder, tmp_path / f"{name}.csv", selection=selection)
        counts[name] = result.frame["postings"].item()
        assert canonical(there_and_back(folder, tmp_path / f"{name}.csv", selection)).height == counts[name]
    assert counts == {"all": 4, "url": 2, "city": 2}


def test_nothing_selected_is_a_file_with_its_header_alone(folder, tmp_path):
    load(folder, [write_jobs(tmp_path / "jobs.jsonl", [])])
    result = export_postings(folder, tmp_path / "none.csv", selection=Selection(city="上海"))
    assert result.frame["postings"].item() == 0
    assert (tmp_path / "none.csv").read_text() == ",".join(COLUMNS) + "\n"


def test_what_cannot_be_done_is_said_before_anything_is_written(folder, tmp_path):
    for target, options in (("out.csv", {}), ("out.txt", {}), ("out.xlsx", {"excel": True})):
        with pytest.raises(UsageError):
            export_postings(folder, tmp_path / target, **options)
    load(folder, [write_jobs(tmp_path / "jobs.jsonl", [])])
    with pytest.raises(UsageError, match="--as"):
        export_postings(folder, tmp_path / "out.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["jobs.jsonl", "workforce"]


# --- files that only claim to be ours -------------------------------------------------------------------


def test_a_changed_export_brings_in_no_value_that_a_board_could_not(folder, tmp_path):
    load(folder, [write_jobs(tmp_path / "jobs.jsonl", [{"title": "乙", "url": None}])])
    export_postings(folder, tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    lines[1] |= {
        "url": "javascript:alert(1)",
        "education": "wizard",
        "pay_low": "1e999",
        "openings": 2.5,
        "posted_on": "0001-01-01",
        "tags": "x",
        "company_size": "huge",
        "marks": "title:json place_raw:guarded",
    }
    lines += [{"posting_id": "0" * 16, "source_row": 3}, {}]
    (tmp_path / "out.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    other = WorkspaceFolder(tmp_path / "other")
    result = load(other, [tmp_path / "out.jsonl"])
    assert result.frame.select("rows_read", "kept", "rejected").row(0) == (4, 2, 2)
    found = issues(other).frame.filter(pl.col("row") == 2)
    blanked = found.filter(pl.col("action") == "blanked")
    assert set(blanked["column"]) == {
        "url", "education", "pay_low", "openings", "posted_on", "tags", "company_size",
    }  # fmt: skip
    assert blanked.filter(pl.col("column") == "url")["value"].item() == "javascript:alert(1)"
    assert found["problem"].str.contains("changed since").any()
    assert canonical(other).filter(pl.col("title") == "乙")["pay_low"].to_list() == [None]


def test_what_no_column_of_yuan_or_days_can_hold_comes_back_as_written(tmp_path):
    written = [
        {"pay": "$120,000 - $150,000 a year", "posted_on": "昨天", "tags": "Python|五险一金|带薪年假"},
        {"pay": "£30k", "posted_on": "30+ days ago", "tags": "周末双休"},
    ]
    folder = WorkspaceFolder(tmp_path / "workspace")
    load(folder, [write_jobs(tmp_path / "jobs.jsonl", written)])
    for form in FORMS:
        back = there_and_back(folder, tmp_path / f"out.{form}", form=form)
        assert_frame_equal(canonical(back), canonical(folder))
        rows = back.read_all("postings", tables.POSTINGS).sort("row")[1:]
        shown = rows.select(
            "pay_low",
            "pay_currency",
            "pay_other_low",
            "pay_other_high",
            "posted_on",
            "posted_on_raw",
            "perks",
        )
        assert shown.rows() == [
            (None, "USD", 10_000.0, 12_500.0, None, "昨天", ["五险一金", "带薪年假"]),
            (None, "GBP", None, None, None, "30+ days ago", ["周末双休"]),
        ]
