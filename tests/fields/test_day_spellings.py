"""Days as boards write them; what names no day stays open."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.fields.dates import NEEDS_CRAWL, OTHER_DAY, VAGUE, parse_date, read_dates

CRAWL = date(2025, 3, 15)
FULL = {
    "2023/3/1": date(2023, 3, 1),
    "2023年3月1日": date(2023, 3, 1),
    "20230301": date(2023, 3, 1),
    "1710000000": date(2024, 3, 9),
    "1710000000000": date(2024, 3, 9),
    "1710000000.123": date(2024, 3, 9),
    "Wed, 02 Oct 2024 13:00:00 GMT": date(2024, 10, 2),
    "Jan 2, 2024": date(2024, 1, 2),
    "2 January 2024": date(2024, 1, 2),
    "2024-01-02T08:00:00+08:00": date(2024, 1, 2),
    "发布时间：2024-03-01": date(2024, 3, 1),
    "45352": date(2024, 3, 1),
    "45352.75": date(2024, 3, 1),
    "25/12/2024": date(2024, 12, 25),
    "25-12-2024": date(2024, 12, 25),
    "12/25/2024 08:00": date(2024, 12, 25),
    "18.02.2023": date(2023, 2, 18),
    "04.10.2023": date(2023, 10, 4),
    "二〇二三年三月一日": date(2023, 3, 1),
    "二○二四年十二月二十五日": date(2024, 12, 25),
    "民國112年3月1日": date(2023, 3, 1),
    "112/03/01": date(2023, 3, 1),
    "112-3-1": date(2023, 3, 1),
    "中華民國112年3月1日": date(2023, 3, 1),
    "2023年03月01日 星期三": date(2023, 3, 1),
}
RELATIVE = {
    "03-01发布": date(2025, 3, 1),
    "3月1日": date(2025, 3, 1),
    "12-31": date(2024, 12, 31),
    "今天": CRAWL,
    "发布于昨天": CRAWL - timedelta(days=1),
    "3天前": CRAWL - timedelta(days=3),
    "三天前": CRAWL - timedelta(days=3),
    "两周前": CRAWL - timedelta(days=14),
    "大前天": CRAWL - timedelta(days=3),
    "08:30发布": CRAWL,
    "Just posted": CRAWL,
    "a day ago": CRAWL - timedelta(days=1),
    "Mar 01": date(2025, 3, 1),
    "31 Dec": date(2024, 12, 31),
    "刚刚": CRAWL,
    "2小时前": CRAWL,
    "Posted 3 days ago": CRAWL - timedelta(days=3),
    "3d ago": CRAWL - timedelta(days=3),
    "5h ago": CRAWL,
    "2 weeks ago": CRAWL - timedelta(days=14),
}


@pytest.mark.parametrize(("cell", "day"), FULL.items())
def test_a_full_date_needs_no_crawl(cell, day):
    assert parse_date(cell) == (day, "")


@pytest.mark.parametrize(("cell", "day"), RELATIVE.items())
def test_a_day_without_a_year_is_read_against_the_crawl_alone(cell, day):
    assert parse_date(cell, CRAWL) == (day, "")
    assert parse_date(cell) == (None, NEEDS_CRAWL)


@pytest.mark.parametrize(
    "cell",
    [
        "30+天前",
        "一周内",
        "半个月前",
        "本周",
        "30+ days ago",
        "2024-03",
        "March 2024",
        "2024-13-40",
        "2024-02-30",
        "03/04/2024",
        "1980-01-01",
        "1-3年",
        "本科",
        "08:30",
        "24-03-01",
    ],
)
def test_what_names_no_day_is_not_guessed(cell):
    day, problem = parse_date(cell, CRAWL)
    assert day is None
    assert problem


@given(
    st.dates(date(2000, 1, 1), date(2049, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%d %B %Y", "%b %d, %Y"]),
)
def test_every_day_is_read_back_from_every_form(day, form):
    assert parse_date(day.strftime(form)) == (day, "")


@pytest.mark.parametrize("cell", ["截止2023-03-31", "有效期至2023-03-31", "刚刚活跃", "Active 3 days ago"])
def test_another_day_is_no_day_of_posting(cell):
    assert parse_date(cell, CRAWL) == (None, OTHER_DAY)


@pytest.mark.parametrize(
    "cell",
    ["3个月前", "近一周", "30天以上", "last week", "1 month ago", "30+ days ago", "30+d ago", "3mo ago"],
)
def test_a_stretch_of_time_names_no_day_with_or_without_a_crawl(cell):
    assert parse_date(cell) == parse_date(cell, CRAWL) == (None, VAGUE)


def test_what_says_when_but_names_no_day_is_kept_as_written_and_what_says_nothing_is_blanked():
    cells = pl.Series(["昨天", "近一周", "2023年3月", "someday", "2023-02-30", "2023-03-01"])
    assert read_dates(cells)["action"].to_list() == ["kept", "kept", "kept", "blanked", "blanked", None]


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (
            ["03/04/2024", "25/12/2024", "01-02-2024"],
            [date(2024, 4, 3), date(2024, 12, 25), date(2024, 2, 1)],
        ),
        (["12/25/2024", None, "03/04/2024 09:30"], [date(2024, 12, 25), None, date(2024, 3, 4)]),
        (["03/04/2024", "05/05/2024"], [None, date(2024, 5, 5)]),
        (["03/04/2024", "25/12/2024", "12/25/2024"], [None, date(2024, 12, 25), date(2024, 12, 25)]),
    ],
)
def test_a_day_above_twelve_tells_the_order_of_its_column_and_nothing_else_does(cells, days):
    read = read_dates(pl.Series(cells, dtype=pl.String))
    assert read["posted_on"].to_list() == days
    open_cells = [cell for cell, day in zip(cells, days, strict=True) if cell and day is None]
    assert read["action"].drop_nulls().to_list() == ["kept"] * len(open_cells)
