"""How many months' wages are paid a year may stand in a column of its own, as a number or as 13薪."""

from __future__ import annotations

import csv

import pytest

from graphcli.loaders.load import load
from graphcli.workspace import tables


def loaded(folder, path, header, *rows):
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([["职位", "公司", "城市", *header], *rows])
    load(folder, [path])
    return folder.read_all("postings", tables.POSTINGS).sort("row")


@pytest.mark.parametrize("name", ["薪数", "salaryMonths", "salary_month", "发薪月数"])
def test_months_beside_a_range_are_read(folder, tmp_path, name):
    rows = loaded(
        folder, tmp_path / "jobs.csv", ["薪资", name],
        ["铣工", "虚构砺锋机械有限公司", "洛阳", "8-12K", "13"],
        ["会计", "样例知微数据有限公司", "杭州", "5-6K", "14薪"],
        ["护士", "虚构沧浪康复医院", "武汉", "6-8K", "0"],
        ["保安", "虚构沧浪康复医院", "武汉", "4-5K", ""],
        ["门诊医生", "虚构沧浪康复医院", "武汉", "面议", "13"],
    )  # fmt: skip
    assert rows["pay_months"].to_list() == [13.0, 14.0, None, None, 13.0]
    assert rows["pay_low"].to_list() == [8000.0, 5000.0, 6000.0, 4000.0, None]
    assert folder.read_all("issues", tables.ISSUES)["action"].to_list().count("blanked") == 0


def test_months_beside_two_ends_are_read(folder, tmp_path):
    rows = loaded(
        folder, tmp_path / "jobs.csv", ["salaryFrom", "salaryTo", "salaryMonths"],
        ["铣工", "虚构砺锋机械有限公司", "洛阳", "8000", "12000", "13"],
        ["会计", "样例知微数据有限公司", "杭州", "5000", "6000", "12"],
    )  # fmt: skip
    assert rows.select("pay_low", "pay_high", "pay_months").rows() == [
        (8000.0, 12000.0, 13.0), (5000.0, 6000.0, 12.0),
    ]  # fmt: skip


def test_wages_of_a_month_are_no_count_of_months(folder, tmp_path):
    rows = loaded(
        folder, tmp_path / "jobs.csv", ["salary", "salary_month"],
        ["铣工", "虚构砺锋机械有限公司", "洛阳", "8-12K", "9800"],
        ["会计", "样例知微数据有限公司", "杭州", "5-6K", "5600"],
    )  # fmt: skip
    assert rows.select("pay_low", "pay_high", "pay_months").rows() == [
        (8000.0, 12000.0, None), (5000.0, 6000.0, None),
    ]  # fmt: skip


def test_a_pay_that_counts_its_own_months_is_read_all_the_same(folder, tmp_path):
    rows = loaded(
        folder, tmp_path / "jobs.csv", ["salaryDesc", "salaryMonths"],
        ["铣工", "虚构砺锋机械有限公司", "洛阳", "8-12K·14薪", "14"],
        ["会计", "样例知微数据有限公司", "杭州", "5-6K*13薪", "13"],
        ["护士", "虚构沧浪康复医院", "武汉", "6-8K（15薪）", "15.0"],
        ["保安", "虚构沧浪康复医院", "武汉", "4-5K", "无"],
    )  # fmt: skip
    assert rows["pay_low"].to_list() == [8000.0, 5000.0, 6000.0, 4000.0]
    assert rows["pay_months"].to_list() == [14.0, 13.0, 15.0, None]


def test_an_odd_count_past_the_sample_costs_no_pay(folder, tmp_path):
    row = ["铣工", "虚构砺锋机械有限公司", "洛阳", "8-12K"]
    odd = [[*row, "9800"], [*row, "三"]]
    rows = loaded(folder, tmp_path / "jobs.csv", ["薪资", "薪数"], *([[*row, "13"]] * 5_000), *odd)
    assert rows["pay_low"].to_list() == [8000.0] * 5_002
    assert rows["pay_months"].to_list() == [13.0] * 5_000 + [None, None]
