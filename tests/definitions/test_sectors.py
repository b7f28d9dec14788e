"""Industry strings of the boards and the sections they are read as."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.resolve.sectors import resolve_sectors, sector_table
from graphcli.workspace import tables


def read(text: str) -> tuple[str | None, str]:
    return resolve_sectors([text]).select("sector", "method").row(0)


def test_the_sections_and_the_affiliation_sectors_are_there():
    table = sector_table()
    assert table.filter(pl.col("type") == "industry")["id"].to_list() == list("ABCDEFGHIJKLMNOPQRST")
    assert set(table.filter(pl.col("type") == "affiliation")["id"]) == {"defense", "surveillance", "trade"}


@pytest.mark.parametrize(
    ("industry", "sector", "method"),
    [
        ("计算机软件", "I", "whole"),
        ("IT服务", "I", "whole"),
        ("互联网", "I", "whole"),
        ("移动互联网", "I", "whole"),
        ("电子技术/半导体/集成电路", "C", "whole"),
        ("教育/培训/院校", "P", "whole"),
        ("金融", "J", "whole"),
        ("房地产", "K", "whole"),
        ("计算机服务(系统、数据服务、维修)", "I", "whole"),
        ("计算机软件 计算机服务(系统、数据服务、维修)", "I", "majority"),
        ("移动互联网,金融", "I", "first"),
        ("金融,移动互联网", "J", "first"),
        ("房地产 中介服务", "K", "first"),
        ("新能源", None, "ambiguous"),
        ("多元化业务集团公司 房地产", "K", "part"),
        ("没见过的行业", None, "unknown"),
        ("ＩＴ服务", "I", "whole"),
        ("航空/航天研究与制造", "C", "whole"),
    ],
)
def test_reading(industry, sector, method):
    assert read(industry) == (sector, method)


@pytest.mark.parametrize(
    ("industry", "division"),
    [
        ("计算机软件", "I65"),
        ("移动互联网", "I64"),
        ("计算机软件 计算机服务(系统、数据服务、维修)", "I65"),
        ("移动互联网,金融", "I64"),
        ("互联网/IT", None),
        ("移动互联网,计算机软件", None),
        ("快速消费品", None),
        ("新能源", None),
        ("没见过的行业", None),
    ],
)
def test_a_division_is_named_only_where_the_string_lies_in_one(industry, division):
    assert resolve_sectors([industry])["division"].item() == division


def test_all_divisions_are_there_and_lie_in_their_sections():
    divisions = sector_table().filter(pl.col("type") == "division")["id"]
    assert divisions.str.slice(1).to_list() == [f"{number:02}" for number in range(1, 98)]
    assert divisions.str.slice(0, 1).to_list() == sorted(divisions.str.slice(0, 1).to_list())


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_strings_give_one_row_each_sorted_and_never_a_made_up_section(strings):
    frame = resolve_sectors(strings)
    assert frame.schema == pl.Schema(tables.INDUSTRIES)
    assert frame["industry_raw"].to_list() == sorted({text for text in strings if text.strip()})
    assert set(frame["sector"].drop_nulls()) <= set(sector_table()["id"])
    inside = frame.filter(pl.col("division").is_not_null())
    assert (inside["division"].str.slice(0, 1) == inside["sector"]).all()
    unread = frame.filter(pl.col("method").is_in(["unknown", "ambiguous"]))
    assert unread["sector"].null_count() == unread.height


def test_most_real_industry_strings_are_read(shared_data):
    rows = pl.read_csv(
        shared_data / "postings" / "zhaopin_zlspider" / "zhilian.csv", infer_schema=False, encoding="utf8"
    )
    tags = rows.to_series(3).str.split("|").list.last().str.strip_chars()
    named = tags.filter(~tags.str.contains(r"人$|人以") & (tags != ""))
    found = resolve_sectors(named.to_list())
    read_share = named.to_frame("industry_raw").join(found, on="industry_raw")["sector"].is_not_null().mean()
    assert read_share > 0.95
