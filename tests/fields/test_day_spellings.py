"""Days as boards write them; what names no day stays open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.fields.dates import NEEDS_CRAWL, parse_date

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
}
RELATIVE = {
    "03-01发布": date(2025, 3, 1),
    "3月1日": date(2025, 3, 1),
    "12-31": date(2024, 12, 31),
    "今天": CRAWL,
    "发布于昨天": CRAWL - timedelta(days=1),
    "3天前": CRAWL - timedelta(days=3),
    "刚刚": CRAWL,
    "2小时前": CRAWL,
    "Posted 3 days ago": CRAWL - timedelta(days=3),
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
