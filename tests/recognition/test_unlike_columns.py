"""Columns of one record that say the same in unlike forms: two ends of pay, codes beside words, lists."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder

COUNT = 6
BASE = {
    "职位": ["算法工程师", "Java开发工程师", "销售代表", "产品经理", "行政专员", "会计"],
    "公司": [
        "虚构青鸾智能科技有限公司", "云杉示例软件（苏州）有限公司", "杜撰白泽商贸有限公司",
        "望舒样本数据股份有限公司", "虚构赤霄精密机械有限公司", "样例流萤企业管理咨询有限公司",
    ],
}  # fmt: skip


def loaded(folder: Path, columns: dict[str, list[str]]) -> WorkspaceFolder:
    file = folder / "made.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))
    workspace = WorkspaceFolder(folder / "workspace")
    load(workspace, [file])
    return workspace


def postings(workspace: WorkspaceFolder) -> pl.DataFrame:
    return workspace.read_all("postings", tables.POSTINGS).sort("row")


def issues(workspace: WorkspaceFolder) -> pl.DataFrame:
    return workspace.read_all("issues", tables.ISSUES)


@pytest.mark.parametrize(("low", "high"), [("salary_min", "salary_max"), ("最低薪资", "最高薪资")])
def test_two_small_ends_of_pay_are_read_as_nothing_else(tmp_path, low, high):
    lows, highs = ["18.0", "12", "1", "20", "50", "3"], ["26.0", "15", "3", "99", "99", "5"]
    workspace = loaded(tmp_path, BASE | {low: lows, high: highs})
    read = postings(workspace)
    for field in ("company_size", "experience", "posted_on", "pay_low", "pay_high"):
        assert read[field].null_count() == COUNT, field
    said = issues(workspace).filter(pl.col("column") == low)
    assert (
        said.filter(pl.col("problem").str.contains("small number"))["action"].to_list() == ["blanked"] * COUNT
    )
