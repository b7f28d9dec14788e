"""Columns of times that say when rows were written, and not when anybody posted them; the day of a crawl.

Databases of crawlers fill ``create_time`` by themselves. Told by the cells: one second for all rows, or a
clock that runs on from row to row within a day, as no board's postings do.
"""

from __future__ import annotations

import re

import polars as pl

from graphcli.loaders.fields.dates import read_dates
from graphcli.loaders.fields.text import filled_cells
from graphcli.loaders.reader.header_words import fold_name

LEAST_ALIKE, LEAST_RUNNING = 5, 20
A_DAY = 24 * 60 * 60
# What a board says of its postings is believed.
_OF_POSTINGS = re.compile(r"发布|刷新|刊登|上线|publish|post|issue|refresh|list|release", re.IGNORECASE)
# A cell may be lost: its row counts from the day of the file.
OF_THE_CRAWL = 0.9
_OF_THE_CRAWL = re.compile(
    r"(?:crawl|crawled|crawling|scrape|scraped|scraping|spider)(?:time|date|day|datetime|at|on|ts|timestamp)"
    r"|(?:数据)?(?:采集|抓取|爬取|爬虫)(?:时间|日期)"
)
_STAMP = r"^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T\s]+(\d{1,2}):(\d{2}):(\d{2})"
_EPOCH = r"^\s*(1[4-9]\d{8})(?:\d{3})?(?:\.0+)?\s*$"


def tells_when_written(column: str, sample: pl.DataFrame) -> bool:
    """Whether the times of a column are those at which a crawler wrote its rows.

    Examples
    --------
    >>> rows = pl.DataFrame({"create_time": ["2024-10-01 08:30:07"] * 6, "day": ["2024-10-01"] * 6})
    >>> [tells_when_written(column, rows) for column in rows.columns]
    [True, False]
    """
    if _OF_POSTINGS.search(column) or column not in sample.columns:
        return False
    cells = filled_cells(sample[column])
    if len(cells) < LEAST_ALIKE:
        return False
    seconds = _seconds(cells)
    if seconds.null_count() or (seconds % A_DAY == 0).all():
        return False
    if seconds.n_unique() == 1:
        return True
    steps = seconds.diff().drop_nulls()
    runs_on = (steps >= 0).all() and int(steps.sum()) < A_DAY
    return len(cells) >= LEAST_RUNNING and runs_on


def day_of_crawl(sample: pl.DataFrame) -> str:
    """Name the column that says when rows were crawled, nearly all of it in days; empty where there is none.

    Examples
    --------
    >>> rows = pl.DataFrame({"更新": ["2天前", "昨天"], "采集时间": ["2024-10-03 12:00:00", "2024-10-04"]})
    >>> day_of_crawl(rows), day_of_crawl(rows.select("更新"))
    ('采集时间', '')
    """
    for column in sample.columns:
        if _OF_THE_CRAWL.fullmatch(fold_name(column)):
            cells = filled_cells(sample[column])
            days = len(cells) - read_dates(cells)["posted_on"].null_count()
            if days and days >= OF_THE_CRAWL * len(cells):
                return column
    return ""


def _seconds(cells: pl.Series) -> pl.Series:
    """Times as seconds; null where a cell names no clock."""
    parts = [cells.str.extract(_STAMP, at).cast(pl.Int64, strict=False) for at in range(1, 7)]
    year, month, day, hour, minute, second = parts
    days = (year * 12 + month) * 31 + day
    clock = ((days * 24 + hour) * 60 + minute) * 60 + second
    return clock.fill_null(cells.str.extract(_EPOCH, 1).cast(pl.Int64, strict=False))
