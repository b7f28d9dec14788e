"""Cells that are not what their column says become issues; true values stay."""

from __future__ import annotations

import functools

import polars as pl
import pytest

from graphcli.loaders.canonical import CanonicalBatch, Context, canonical_batch
from graphcli.loaders.definitions.matcher import TextMatcher, load_matcher
from graphcli.loaders.layouts.layout import Layout, layout_from
from graphcli.loaders.reader.batches import ROW

HEADERS = ("title", "employer", "place", "pay", "experience", "education", "posted_on", "url", "tags")
GOOD = {
    "title": "数据分析师",
    "employer": "虚构科技有限公司",
    "place": "杭州",
    "pay": "1-2万",
    "experience": "3-5年",
    "education": "本科",
    "posted_on": "2025-03-01",
    "url": "https://jobs.example/1",
    "tags": "Python",
}


@functools.cache
def matcher() -> TextMatcher:
    return load_matcher()


def layout(**columns: str) -> Layout:
    roles = {name: name for name in HEADERS if name != "tags"} | columns
    return layout_from(
        {
            "name": "made",
            "board": "made",
            "title": "",
            "seen_in": "",
            "columns": roles,
            "tags": ["tags"],
            "recognise": {"headers": ["title"], "content": {}},
        }
    )


def read(*records: dict[str, str | None], **columns: str) -> CanonicalBatch:
    rows = [GOOD | record for record in records]
    names = list(dict.fromkeys(name for row in rows for name in row))
    raw = pl.DataFrame({name: pl.Series([row.get(name) for row in rows], dtype=pl.String) for name in names})
    raw = raw.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    return canonical_batch(raw, layout(**columns), Context("s", "p", ""), matcher())


WRONG = [
    ("employer", "上海市浦东新区示例路88号3楼"),
    ("employer", "立即申请"),
    ("employer", "15-25K·14薪"),
    ("employer", "2025-03-01"),
    ("employer", "https://a.example/x"),
    ("employer", "13800138000"),
    ("employer", "北京"),
    ("employer", "20-99人"),
    ("employer", "民营"),
    ("employer", "本科"),
    ("employer", "我们是一家公司，主要做软件开发，欢迎各位同学加入我们的团队，福利好，待遇优厚，前景广阔。"),
    ("place", "立即投递"),
    ("place", "五险一金"),
    ("place", "虚构科技有限公司"),
    ("place", "Java开发工程师"),
    ("title", "https://jobs.example/x"),
    ("title", "2025-03-06"),
    ("title", "15-25K"),
    ("title", "收藏"),
    ("url", "javascript:;"),
    ("url", "收藏"),
    ("url", "/jobs/1.html"),
]
RIGHT = [
    ("employer", "成都银河教育中心"),
    ("employer", "北京环球度假区"),
    ("employer", "某某大学"),
    ("employer", "甲"),
    ("employer", "义乌小商品城"),
    ("employer", "某公司"),
    ("employer", "Paris"),
    ("employer", "南京路步行街商会"),
    ("place", "北京大学"),
    ("place", "杭州市滨江区样例街道12号B座"),
    ("place", "朝阳区"),
    ("place", "火星基地"),
    ("title", "博士后"),
    ("title", "实习生"),
    ("title", "ASP.NET"),
    ("title", "5K+双休不加班纯文职审核员"),
    ("title", "分享会主持"),
    ("title", "2025届校招算法岗"),
]
TABLE_COLUMN = {"employer": "employer_raw", "place": "place_raw"}


@pytest.mark.parametrize(("role", "cell"), WRONG)
def test_a_wrong_cell_is_blanked_and_kept_in_the_issues(role, cell):
    batch = read({role: cell})
    assert batch.postings[TABLE_COLUMN.get(role, role)].to_list() == [None]
    found = batch.issues.filter((pl.col("column") == role) & (pl.col("action") == "blanked"))
    assert found["value"].to_list() == [cell]


@pytest.mark.parametrize(("role", "cell"), RIGHT)
def test_a_true_value_is_never_blanked(role, cell):
    batch = read({role: cell})
    assert batch.postings[TABLE_COLUMN.get(role, role)].to_list() == [cell]
    assert batch.issues.filter(pl.col("action") == "blanked").is_empty()


def test_a_slid_value_is_read_where_it_belongs_only_if_that_is_empty():
    batch = read(
        {"place": "15-25K", "pay": None},
        {"place": "15-25K"},
        {"education": "3-5年", "experience": None},
        {"education": "3-5年", "experience": "本科"},
    )
    assert batch.postings["pay_high"].to_list() == [25_000, 20_000, 20_000, 20_000]
    assert batch.postings["place_raw"].to_list() == [None, None, "杭州", "杭州"]
    assert batch.postings["experience"].to_list()[:3] == ["3-4 years"] * 3
    assert batch.postings["education"].to_list()[:3] == ["bachelor", "bachelor", None]


@pytest.mark.parametrize("word", ["nan", "None", "NULL", "N/A", "-", "undefined", "#N/A", "<NA>", "无"])
def test_a_word_for_nothing_is_an_empty_cell(word):
    batch = read({"employer": word, "pay": word, "tags": word})
    assert batch.postings.select("employer_raw", "pay_raw").row(0) == (None, None)
    assert batch.texts["tags"].to_list() == [[]]
    assert batch.issues["problem"].to_list() == ["no employer"]


@pytest.mark.parametrize("cell", ["某知名互联网公司", "保密", "2025年春季大型双选会", "王女士"])
def test_who_is_no_employer_is_kept_as_written_and_said(cell):
    batch = read({"employer": cell})
    assert batch.postings["employer_raw"].to_list() == [cell]
    assert batch.issues.select("value", "action").rows() == [(cell, "kept")]


def test_a_shared_column_is_read_part_by_part():
    batch = read(
        {"wanted": "3-5年本科"}, {"wanted": "经验不限 | 大专 | 全职"}, experience="wanted", education="wanted"
    )
    assert batch.postings.select("experience", "education").rows() == [
        ("3-4 years", "bachelor"),
        ("any", "associate"),
    ]
    assert batch.issues.select("row", "column", "problem").rows() == [(2, "wanted", "not read: 全职")]


def test_one_cell_of_two_fields_in_a_column_of_one():
    batch = read({"education": "本科 | 3-5年", "experience": None})
    assert batch.postings.select("experience", "education").row(0) == ("3-4 years", "bachelor")


def test_a_record_without_title_and_employer_is_rejected_with_its_cells():
    batch = read({"title": "收藏", "employer": "立即申请"}, {})
    assert batch.postings["row"].to_list() == [2]
    assert batch.issues.select("row", "action").rows() == [(1, "rejected")]
    assert "立即申请" in batch.issues["value"][0]


@pytest.mark.parametrize("name", ["*", "^.*$"])
def test_a_column_named_like_a_pattern_is_a_column_like_any_other(name):
    assert read({name: "x"}).postings.height == 1


FURNITURE = (
    "下一页",
    "共100页",
    "广告",
    "登录查看更多",
    "Load more",
    "第1页",
    "没有更多了",
    "Page 1 of 10",
    "Sponsored",
    "共20条记录",
    "首页 上一页 下一页",
    "<< 1 2 3 >>",
    "热门职位",
    "猜你喜欢",
    "Sign in to see more",
)
NOTHING = dict.fromkeys(HEADERS, "")


@pytest.mark.parametrize("cell", FURNITURE)
@pytest.mark.parametrize("column", ["title", "employer", "place", "tags"])
def test_a_record_of_page_furniture_is_rejected_as_what_it_is(cell, column):
    made = read({}, NOTHING | {column: cell})
    assert made.postings["row"].to_list() == [1]
    shown = made.issues.filter(pl.col("action") == "rejected").select("row", "value", "problem").rows()
    assert shown == [(2, cell, "part of the page around the postings: no posting")]


@pytest.mark.parametrize(
    "title", ["推荐算法工程师", "广告设计师", "热门项目运营", "页面设计师", "Page Designer"]
)
def test_a_title_about_pages_and_advertising_is_a_title(title):
    made = read({"title": title})
    assert made.postings["title"].to_list() == [title]
    assert made.issues.is_empty()


def test_a_record_without_names_that_is_no_furniture_says_that_it_names_nobody():
    made = read(NOTHING | {"place": "杭州"})
    assert made.issues["problem"].to_list() == ["neither title nor employer: no posting"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("代招", "a recruiter"),
        ("上海示例人力资源有限公司（代招）", "a recruiter"),
        ("猎头公司", "a recruiter"),
        ("Client of Example Recruiters", "a recruiter"),
        ("Recruitment Agency", "a recruiter"),
        ("Career Fair 2024", "a job fair"),
        ("第八届高校毕业生就业洽谈会", "a job fair"),
        ("Confidential Company", "hides its name"),
        ("COMPANY CONFIDENTIAL", "hides its name"),
        ("XX公司", "hides its name"),
        ("不便透露", "hides its name"),
        ("全球知名企业", "hides its name"),
    ],
)
def test_what_is_no_employer_is_kept_and_says_what_it_is(cell, said):
    made = read({"employer": cell})
    assert made.postings["employer_raw"].to_list() == [cell]
    assert [said in problem for problem in made.issues["problem"].to_list()] == [True]


@pytest.mark.parametrize(
    "cell",
    [
        "上海某某科技有限公司",
        "代招商科技有限公司",
        "Clientela Ltd",
        "知名汽车服务有限公司",
        "双选科技有限公司",
    ],
)
def test_a_registered_name_is_an_employer(cell):
    assert read({"employer": cell}).issues.is_empty()


def test_html_separators_and_letters_that_look_alike_are_read_in_every_short_cell():
    made = read(
        {
            "title": "<em>Рython</em>&amp;Java\u2028工程师",
            "employer": "⽂化&nbsp;有限公司",
            "education": "本\u200b科",
        }
    )
    row = made.postings.row(0, named=True)
    assert (row["title"], row["employer_raw"], row["education"]) == (
        "Python&Java 工程师",
        "文化 有限公司",
        "bachelor",
    )


def test_perks_stand_apart_from_skills_and_make_no_issue():
    made = read({"tags": "Python,五险一金,带薪年假周末双休"})
    assert made.postings["perks"].to_list() == [["五险一金", "带薪年假", "周末双休"]]
    assert made.texts["tags"].to_list() == [["Python"]]
    assert made.issues.is_empty()
