"""Nothing that stands in a file stops the tool: it ends in rows and issues, or in one line."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcli.loaders.inspect import emitted_layout
from graphcli.loaders.layouts.layout import load_layouts
from graphcli.loaders.load import load
from graphcli.loaders.reader.paths import InputFile
from graphcli.loaders.source import Gathering, Options, SheetReader, open_sheets
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError, GraphcliError, UsageError

HEADER = ("职位", "公司", "城市", "薪资", "技能", "发布时间", "职位链接")
ROW = ("算法工程师", "甲虚构科技有限公司", "北京", "1.2-2万", "Python", "2024-01-02", "https://e.cn/1")


def write_csv(path: Path, rows) -> Path:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER, *rows])
    path.write_bytes(buffer.getvalue().encode("utf-8", "replace"))
    return path


LAYOUTS = load_layouts()


class NoAnnotator:
    """Leaves skills and tiers empty: what a file is does not depend on them."""

    def annotate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give empty columns."""
        empty = pl.lit([], dtype=pl.List(pl.String))
        return frame.with_columns(skills=empty, tier=pl.lit("none"), presets=empty).select(
            "skills", "tier", "presets"
        )


HOSTILE = (
    '"><script>alert(1)</script>',
    "=cmd()|x",
    "a\u2028b",
    "\x00nul",
    "\u202eabc",
    "甲\x1f乙",
    "x" * 70_000,
)


def test_hostile_values_pass_unharmed(folder, tmp_path):
    rows = [(f"职位{value}", value, "北京", "1-2万", value, "2024-01-01", "") for value in HOSTILE]
    load(folder, [write_csv(tmp_path / "jobs.csv", rows)])
    # A line separator inside a name is a space; no table holds a NUL.
    expected = [value.replace("\0", "").replace("\u2028", " ") for value in HOSTILE]
    assert folder.read_all("postings", tables.POSTINGS)["employer_raw"].to_list() == expected


def test_a_line_of_ten_megabytes_is_a_cell_like_any_other(folder, tmp_path):
    rows = [("算法", "甲", "北京", "1-2万", "岗位 " * 1_500_000, "", "")]
    result = load(folder, [write_csv(tmp_path / "jobs.csv", rows)])
    assert result.frame["kept"].to_list() == [1]


def check(path, content):
    """Read a file as load does, but for the skills; what is no table of postings ends in one line."""
    path.write_bytes(content)
    try:
        container, opened, _ = open_sheets(path, Options(), LAYOUTS)
    except GraphcliError as error:
        one_line = "\n" not in str(error)
        assert one_line
        return
    for one in opened:
        file = InputFile(path, path.name, path.parent)
        reader = SheetReader(file, container, one, ("id", "hash"), Options(), path.parent)
        gathering = Gathering(NoAnnotator(), path.parent)
        for batch in reader.jobs():
            gathering.add(batch, reader.add)
        gathering.finish()
        made = reader.reading()
        tables_read = {name: pl.read_parquet(parts) if parts else None for name, parts in made.parts.items()}
        rejected = 0
        if tables_read["issues"] is not None:
            rejected = tables_read["issues"].filter(pl.col("action") == "rejected")["row"].n_unique()
        assert made.source["rows_read"] == tables_read["postings"].height + rejected
        assert tables_read["postings"]["row"].is_unique().all()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_end_in_rows_or_one_line(tmp_path, content):
    check(tmp_path / "any.csv", content)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["utf-8", "gb18030"]))
def test_any_bytes_under_a_header_end_in_rows_and_issues(tmp_path, content, encoding):
    header = (
        "职位,公司,城市,薪资,发布时间,技能,职位链接\n算法,甲,北京,1-2万,2024-01-01,Python,https://e.cn/1\n"
    )
    check(tmp_path / "any.csv", header.encode(encoding) + content)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=12), min_size=7, max_size=7), max_size=8))
def test_any_text_in_cells_is_kept_or_rejected(tmp_path, rows):
    path = tmp_path / "cells.csv"
    check(path, write_csv(path, [ROW, *rows]).read_bytes())


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(json_values, max_size=5), st.booleans())
def test_any_json_beside_a_posting_is_kept_or_rejected(tmp_path, values, lines):
    posting = {"@type": "JobPosting", "title": "算法", "hiringOrganization": {"name": "甲"}}
    records = [posting, *values, {**posting, "skills": values}]
    text = "\n".join(map(json.dumps, records)) if lines else json.dumps(records)
    check(tmp_path / ("any.jsonl" if lines else "any.json"), text.encode())


def test_headers_of_any_size_and_shape_stay_one_short_line(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text('"a\nb",' + "c" * 100_000 + "\n1,2\n", encoding="utf-8")
    with pytest.raises(DataContractError) as caught:
        open_sheets(path, Options(), LAYOUTS)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_cells_of_megabytes_are_recognised_in_no_time(tmp_path):
    path = tmp_path / "digits.csv"
    header = ",".join(str(number) for number in range(8))
    path.write_text(f"{header}\na,b,{'1' * 3_000_000},d,e,f,g,h\n", encoding="utf-8")
    started = time.process_time()
    with pytest.raises(DataContractError):
        open_sheets(path, Options(), LAYOUTS)
    assert time.process_time() - started < 5


def test_a_file_name_that_is_no_text_loads_like_any_other(folder, tmp_path):
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    write_csv(crawl / "plain.csv", [ROW])
    odd = write_csv(crawl / "odd.csv", [(*ROW[:1], "乙虚构科技有限公司", *ROW[2:])])
    broken = crawl / "none.csv"
    broken.write_text("a,b\n1,2\n", "utf-8")
    try:
        odd.rename(crawl / os.fsdecode(b"bad\xffname.csv"))
        broken.rename(crawl / os.fsdecode(b"line\n\xff.csv"))
    except OSError:
        pytest.skip("this file system takes no such names")
    result = load(folder, [crawl])
    assert result.failed
    assert dict(result.frame.select("path", "status").iter_rows()) == {
        "bad\\xffname.csv": "new",
        "line\\n\\xff.csv": "failed",
        "plain.csv": "new",
    }
    assert all(note.isprintable() for note in result.notes)


def test_records_two_levels_deep_in_an_answer_of_a_board(folder, tmp_path):
    path = tmp_path / "answer.json"
    jobs = [{"title": "算法工程师", "company": "甲虚构科技有限公司", "city": "杭州"}, "broken"]
    path.write_text(json.dumps({"code": 200, "data": {"count": 1, "results": jobs}}), "utf-8")
    source = load(folder, [path]).frame.row(0, named=True)
    assert (source["rows_read"], source["kept"], source["rejected"], source["place_pct"]) == (2, 1, 1, 100.0)


def test_what_a_killed_load_left_is_cleared_away(folder, tmp_path):
    load(folder, [write_csv(tmp_path / "one.csv", [ROW])])
    left = folder.root / ".load-killed"
    left.mkdir()
    (left / "part").write_bytes(b"x")
    load(folder, [write_csv(tmp_path / "two.csv", [ROW, ROW])])
    assert not left.exists()


def test_a_header_cannot_add_to_the_layout_that_is_printed(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('"a\nname: evil",职位\n1,工程师\n', "utf-8")
    assert yaml.safe_load(emitted_layout(str(path)))["name"] == "my_layout"


def test_a_stray_quotation_mark_costs_its_own_record_only(folder, tmp_path):
    path = write_csv(tmp_path / "stray.csv", [ROW, ROW, ROW])
    lines = path.read_text("utf-8").splitlines()
    lines.insert(2, '"后端工程师,乙虚构科技有限公司,上海,,,,')
    path.write_text("\n".join(lines), "utf-8")
    source = load(folder, [path]).frame.row(0, named=True)
    assert (source["rows_read"], source["kept"], source["rejected"]) == (4, 4, 0)
    issues = folder.read(f"issues/{source['source_id']}", tables.ISSUES).filter(
        pl.col("problem").str.contains("quotation mark")
    )
    assert issues.select("row", "value", "action").row(0) == (2, lines[2], "kept")


def test_a_file_that_breaks_off_inside_a_text_keeps_that_posting(folder, tmp_path):
    path = tmp_path / "cut.csv"
    path.write_text('职位,公司,职位描述\n工程师,甲虚构科技有限公司,"负责开发\n第二行\n第三', "utf-8")
    source = load(folder, [path]).frame.row(0, named=True)
    assert (source["rows_read"], source["kept"]) == (1, 1)
    assert "第三" in folder.read(f"texts/{source['source_id']}", tables.TEXTS)["text"][0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_by_name_is_refused_and_passed_over_in_a_folder(folder, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="graphcli load -"):
        load(folder, [tmp_path / "pipe"])
    write_csv(tmp_path / "one.csv", [ROW])
    assert load(folder, [tmp_path]).frame["path"].to_list() == ["one.csv"]


def test_a_stand_in_for_the_title_is_called_one(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("foo,bar\n1,2\n", "utf-8")
    assert "only stands in" in emitted_layout(str(path))
    assert "only stands in" not in emitted_layout(str(write_csv(tmp_path / "y.csv", [ROW])))
