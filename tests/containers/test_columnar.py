"""Typed columns become the text that a person would write, batch by batch."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.reader.batches import ROW
from graphcli.loaders.reader.container import open_container
from graphcli.workspace.errors import DataContractError

WRITERS = {
    "parquet": pl.DataFrame.write_parquet,
    "arrow": pl.DataFrame.write_ipc,
    "stream": pl.DataFrame.write_ipc_stream,
}


def written(frame: pl.DataFrame, path: Path, form: str) -> Path:
    WRITERS[form](frame, path)
    return path


def read(path: Path, size: int = 1000) -> pl.DataFrame:
    sheet = open_container(path).sheets[0]
    return pl.concat(batch.frame for batch in sheet.batches(size))


@pytest.mark.parametrize("form", WRITERS)
def test_values_of_every_type_are_plain_text(tmp_path, form):
    moment = datetime(2025, 3, 4, 5, 6, 7)
    frame = pl.DataFrame(
        {
            "title": ["工程师", None],
            "openings": [3, None],
            "pay": [25000.0, 0.5],
            "nan": [float("nan"), float("inf")],
            "day": [date(2025, 3, 4), None],
            "midnight": [datetime(2025, 3, 4), None],
            "moment": [moment, moment + timedelta(milliseconds=500)],
            "zoned": pl.Series([moment.replace(tzinfo=UTC), None]).dt.convert_time_zone("Asia/Shanghai"),
            "tags": [["Python", "机器学习"], []],
            "place": [{"city": "北京", "at": date(2025, 1, 2)}, None],
            "open": [True, False],
            "bytes": [b"ok\xff", None],
            "kind": pl.Series(["全职", "兼职"], dtype=pl.Categorical),
            "none": pl.Series([None, None], dtype=pl.Null),
        }
    )
    found = read(written(frame, tmp_path / "jobs.csv", form))
    assert found.row(0)[1:] == (
        "工程师", "3", "25000", None, "2025-03-04", "2025-03-04", "2025-03-04 05:06:07",
        "2025-03-04 13:06:07+08:00", '["Python", "机器学习"]', "北京", "2025-01-02",
        "true", "ok\ufffd", "全职", None,
    )  # fmt: skip
    assert found.columns[10:12] == ["place.city", "place.at"]
    second = (None, None, "0.5", "inf", None, None, "2025-03-04 05:06:07.500", None, "[]")
    assert found.row(1)[1 : 1 + len(second)] == second


@pytest.mark.parametrize("form", WRITERS)
def test_records_within_columns_are_columns_of_their_own(tmp_path, form):
    jobs = [
        {"name": "工程师", "salary": {"min": 8000, "max": 12000.0}, "since": datetime(2025, 3, 4)},
        {"name": "会计", "salary": None, "since": None},
        None,
    ]
    skills = [[{"name": "Python"}, {"name": "SQL"}, {"name": "SQL"}], [], None]
    oid = [{"$oid": "5f"}, None, None]
    frame = pl.DataFrame({"job": jobs, "skills": skills, "_id": oid, "公司": ["虚构科技有限公司"] * 3})
    found = read(written(frame, tmp_path / "jobs.bin", form), size=2)
    assert found.columns[1:] == [
        "job.name", "job.salary.min", "job.salary.max", "job.since", "skills.name", "_id", "公司",
    ]  # fmt: skip
    assert found.rows() == [
        (1, "工程师", "8000", "12000", "2025-03-04", "Python;SQL", '{"$oid": "5f"}', "虚构科技有限公司"),
        (2, "会计", None, None, None, None, None, "虚构科技有限公司"),
        (3, None, None, None, None, None, None, "虚构科技有限公司"),
    ]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 50), st.integers(1, 9), st.sampled_from(sorted(WRITERS)))
def test_every_row_comes_once_and_in_order(tmp_path_factory, count, size, form):
    frame = pl.DataFrame({"title": [f"岗位{at}" for at in range(count)]}, schema={"title": pl.String})
    path = written(frame, tmp_path_factory.mktemp("c") / "jobs.bin", form)
    batches = list(open_container(path).sheets[0].batches(size))
    assert all(batch.frame.height <= size for batch in batches)
    rows = [row for batch in batches for row in batch.frame.select(ROW, "title").iter_rows()]
    assert rows == [(at + 1, f"岗位{at}") for at in range(count)]


def test_a_name_with_a_star_is_one_file(tmp_path):
    written(pl.DataFrame({"a": ["1"]}), tmp_path / "jobs1.parquet", "parquet")
    path = written(pl.DataFrame({"a": ["2"]}), tmp_path / "jobs*.parquet", "parquet")
    assert read(path)["a"].to_list() == ["2"]


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("length", [-1, 0, 2_000_000_000])
def test_a_length_that_no_file_of_its_size_can_have_is_one_line(tmp_path, form, length):
    path = written(pl.DataFrame({"title": ["工程师"]}), tmp_path / "a.bin", form)
    content = bytearray(path.read_bytes())
    at = {"parquet": len(content) - 8, "arrow": len(content) - 10, "stream": 4}[form]
    content[at : at + 4] = length.to_bytes(4, "little", signed=True)
    path.write_bytes(content)
    with pytest.raises(DataContractError, match="bytes") as error:
        open_container(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_file_that_was_cut_off_says_that_its_end_is_missing(tmp_path, form):
    path = written(pl.DataFrame({"title": ["工程师"]}), tmp_path / "a.bin", form)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataContractError, match="end is missing"):
        open_container(path)


@pytest.mark.parametrize("form", WRITERS)
def test_a_damaged_file_is_one_line_or_a_rejected_row(tmp_path, form):
    frame = pl.DataFrame({"title": [f"岗位{at}" for at in range(5000)]})
    whole = written(frame, tmp_path / "a.bin", form).read_bytes()
    said = []
    for cut in (12, len(whole) // 2, len(whole) - 9):
        (tmp_path / "b.bin").write_bytes(whole[:cut])
        try:
            batches = list(open_container(tmp_path / "b.bin").sheets[0].batches())
        except DataContractError as error:
            said.append(str(error))
        else:
            problems = [problem for batch in batches for problem in batch.problems]
            assert [problem.action for problem in problems] == ["rejected"]
    assert not any("\n" in message for message in said)


def test_a_kind_that_is_not_read_is_told_what_is(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n")
    with pytest.raises(DataContractError, match=r"XML feeds.*saved pages.*SQL dumps"):
        open_container(tmp_path / "a.pdf")


@pytest.mark.parametrize("form", WRITERS)
def test_each_posting_of_a_list_becomes_a_row(tmp_path, form):
    kind = pl.List(pl.Struct({"job_name": pl.String, "city": pl.String, "salary": pl.String}))
    jobs = [
        [
            {"job_name": "焊工", "city": "洛阳", "salary": "6-8K"},
            {"job_name": "出纳", "city": "郑州", "salary": "5-6K"},
        ],
        [],
        None,
        [{"job_name": "药师", "city": "武汉", "salary": "7-9K"}],
    ]
    frame = pl.DataFrame(
        {
            "company_name": ["虚构砺锋机械厂", "样例知微公司", "样例云杉公司", "虚构沧浪医院"],
            "address": ["洛阳", "杭州", "杭州", "武汉"],
            "jobs": pl.Series(jobs, dtype=kind),
        }
    )
    path = written(frame, tmp_path / "jobs.parquet", form)
    batches = list(open_container(path).sheets[0].batches(2))
    found = pl.concat(batch.frame for batch in batches)
    assert found.columns == [
        ROW, "company.company_name", "company.address", "jobs.job_name", "jobs.city", "jobs.salary",
    ]  # fmt: skip
    assert [row[0] for row in found.rows()] == [1, 2, 5]
    assert found["jobs.job_name"].to_list() == ["焊工", "出纳", "药师"]
    assert found["company.company_name"].to_list() == ["虚构砺锋机械厂", "虚构砺锋机械厂", "虚构沧浪医院"]
    rejected = [problem for batch in batches for problem in batch.problems]
    assert [(problem.row, problem.action) for problem in rejected] == [(3, "rejected"), (4, "rejected")]


def test_a_list_of_what_is_no_posting_stays_in_its_row(tmp_path):
    levels = [[{"name": "Python", "level": "3"}, {"name": "SQL", "level": "2"}]]
    frame = pl.DataFrame({"job_name": ["数据分析师"], "company": ["样例知微公司"], "related_jobs": levels})
    assert read(written(frame, tmp_path / "jobs.parquet", "parquet")).height == 1
