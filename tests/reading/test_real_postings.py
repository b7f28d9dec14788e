"""The real crawls beside some checkouts: read without an option, every row accounted for."""

from __future__ import annotations

import random

import polars as pl
import pytest

from graphcli.loaders.audit import issues
from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder


def postings(folder: WorkspaceFolder) -> pl.DataFrame:
    return folder.read_all("postings", tables.POSTINGS)


@pytest.fixture(scope="module")
def real(shared_data, tmp_path_factory):
    folder = WorkspaceFolder(tmp_path_factory.mktemp("real") / "workforce")
    result = load(folder, [shared_data / "postings"])
    return folder, result


def test_real_files_need_no_option_and_are_accounted_for(real):
    _, result = real
    frame = result.frame
    assert not result.failed
    assert frame.select((pl.col("rows_read") == pl.col("kept") + pl.col("rejected")).all()).item()
    assert "by_header" not in frame["layout"].to_list()
    read = frame.group_by(pl.col("path").str.split("/").list.first(), "sheet").agg(pl.col("rows_read").sum())
    assert {(path, sheet): rows for path, sheet, rows in read.iter_rows()} == {
        ("zhaopin_2026", ""): 4080,
        ("zhaopin_zlspider", ""): 14251,
        ("51job_2019_gbk", ""): 4950,
        ("51job_2023", ""): 4581,
        ("51job_2023", "job51"): 4512,
        ("lagou", ""): 1829,
    }


def test_real_addresses_and_employers_are_all_there(real):
    folder, result = real
    source = result.frame.filter(pl.col("layout") == "zhaopin_numbered")
    frame = postings(folder).filter(pl.col("source_id") == source["source_id"].item())
    assert frame["url"].n_unique() == frame["posting_id"].n_unique() == 13_302
    assert frame["employer_raw"].n_unique() == 5_753
    assert source["duplicates"].item() == 949


def test_real_cells_are_nearly_all_read(real):
    folder, result = real
    assert result.frame["employer_pct"].min() == 100
    assert result.frame["pay_pct"].min() > 70
    found = issues(folder).frame
    assert found.filter(pl.col("problem").str.contains("cannot be read|no level|no kind")).height < 10


def test_real_files_in_another_order_and_place_give_the_same_postings(real, shared_data, tmp_path):
    first, _ = real
    names = sorted((shared_data / "postings" / "zhaopin_2026").glob("*.csv"))[:4]
    random.Random(1).shuffle(names)
    folder = WorkspaceFolder(tmp_path / "workforce")
    load(folder, names)
    content = [name for name in tables.POSTINGS if name not in {"source_id", "row"}]
    ids = postings(folder).select(content)
    again = postings(first).select(content).filter(pl.col("posting_id").is_in(ids["posting_id"].implode()))
    assert set(ids["posting_id"]) == set(again["posting_id"])
