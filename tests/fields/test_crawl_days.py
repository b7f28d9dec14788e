"""A file that says of each row when it was crawled needs no ``--crawled-on``: 昨天 is read by the row."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from graphcli.loaders.inspect import inspect
from graphcli.loaders.load import load
from graphcli.workspace import tables


def written(path, header, *rows):
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([header, *rows])
    return path


@pytest.mark.parametrize("name", ["采集时间", "crawl_time", "scraped_at", "数据抓取日期"])
def test_days_are_counted_from_the_crawl_of_each_row(folder, tmp_path, name):
    path = written(
        tmp_path / "jobs.csv",
        ["职位", "公司", "城市", "更新", name],
        ["铣工", "虚构砺锋机械有限公司", "洛阳", "昨天", "2024-10-03 12:00:00"],
        ["会计", "样例知微数据有限公司", "杭州", "3天前", "2024-11-01"],
        ["司机", "样例知微数据有限公司", "杭州", "12-28发布", "2025-01-02 08:00:00"],
        ["护士", "虚构沧浪康复医院", "武汉", "2024-09-30", ""],
        ["保安", "虚构沧浪康复医院", "武汉", "今天", ""],
    )
    load(folder, [path])
    rows = folder.read_all("postings", tables.POSTINGS).sort("row")
    assert rows["posted_on"].to_list() == [
        date(2024, 10, 2), date(2024, 10, 29), date(2024, 12, 28), date(2024, 9, 30), None,
    ]  # fmt: skip
    assert rows["crawled_on"].to_list()[2:] == [date(2025, 1, 2), None, None]
    roles = dict(inspect([path]).frame.select("column", "role").iter_rows())
    assert roles[name] == "crawled_on"


def test_the_crawl_that_is_given_counts_where_a_row_names_none(folder, tmp_path):
    path = written(
        tmp_path / "jobs.csv",
        ["职位", "公司", "城市", "更新", "采集时间"],
        ["铣工", "虚构砺锋机械有限公司", "洛阳", "昨天", "2024-10-03"],
        ["保安", "虚构沧浪康复医院", "武汉", "昨天", ""],
    )
    load(folder, [path], crawled_on=date(2025, 5, 5))
    rows = folder.read_all("postings", tables.POSTINGS).sort("row")
    assert rows["posted_on"].to_list() == [date(2024, 10, 2), date(2025, 5, 4)]


def test_a_time_that_is_none_is_no_day_of_a_crawl(folder, tmp_path):
    path = written(
        tmp_path / "jobs.csv",
        ["职位", "公司", "城市", "更新", "采集时间"],
        ["铣工", "虚构砺锋机械有限公司", "洛阳", "2024-10-01", "第一批"],
        ["会计", "样例知微数据有限公司", "杭州", "2024-10-02", "第二批"],
    )
    load(folder, [path])
    rows = folder.read_all("postings", tables.POSTINGS).sort("row")
    assert rows["crawled_on"].null_count() == rows.height == 2
