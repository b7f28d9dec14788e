"""Columns of one record that say the same in unlike forms: two ends of pay, codes beside words, lists."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
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


WORDS = ["3-4年", "1年", "无需经验", "5-7年", "2年", "10年以上"]


@pytest.mark.parametrize(
    ("code", "words"),
    [("workYear", "workYearString"), ("工作经验", "要求年限说明"), ("experience", "x")],
)
def test_a_column_of_codes_gives_way_to_the_words_beside_it(tmp_path, code, words):
    workspace = loaded(tmp_path, BASE | {code: ["33", "21", "21", "45", "33", "90"], words: WORDS})
    assert postings(workspace)["experience"].to_list() == [
        "3-4 years", "1-2 years", "none", "5-9 years", "1-2 years", "10 years or more",
    ]  # fmt: skip
    said = issues(workspace)
    assert not said.filter(pl.col("action") == "blanked").height
    assert said.filter(pl.col("problem").str.contains(f"{code}' cannot be read as experience")).height == 1


def test_a_column_of_codes_alone_is_blanked_cell_by_cell(tmp_path):
    workspace = loaded(tmp_path, BASE | {"工作经验": ["code 7"] * COUNT})
    said = issues(workspace).filter(pl.col("column") == "工作经验", pl.col("action") == "blanked")
    assert said["value"].to_list() == ["code 7"] * COUNT


def test_numbers_are_no_industry(tmp_path):
    industries = ["互联网", "电子商务", "贸易", "电子商务", "机械制造", "咨询"]
    columns = {"industry": ["100021", "100003", "100021", "100003", "100050", "100021"]}
    read = postings(loaded(tmp_path, BASE | columns | {"brandIndustry": industries}))
    assert read["industry_raw"].to_list() == industries


def test_levels_in_a_list_are_read_and_the_rest_of_it_are_tags(tmp_path):
    skills = ["Java", "Python", "Spark", "SQL", "Linux", "Go"]
    lists = [
        f'["{years}", "本科", "{skill}", "{skill}开发"]' for years, skill in zip(WORDS, skills, strict=True)
    ]
    workspace = loaded(tmp_path, BASE | {"labels": lists})
    read = postings(workspace)
    assert read["education"].to_list() == ["bachelor"] * COUNT
    assert read["experience"].to_list()[:2] == ["3-4 years", "1-2 years"]
    tags = workspace.read_all("texts", tables.TEXTS).sort("row")["tags"].to_list()
    assert all(skill in found for skill, found in zip(skills, tags, strict=True))
    assert not issues(workspace).filter(pl.col("problem").str.contains("not read")).height


def test_all_that_a_list_of_attributes_holds_is_read(tmp_path):
    lists = [
        f'["广州-天河区","{years}经验","本科","招{number}人"]'
        for number, years in enumerate(["3-4年"] * COUNT, 1)
    ]
    read = postings(loaded(tmp_path, BASE | {"workyear": ["5"] * COUNT, "attribute_text": lists}))
    assert read["experience"].to_list() == ["3-4 years"] * COUNT
    assert read["education"].to_list() == ["bachelor"] * COUNT
    assert read["openings"].to_list() == list(range(1, COUNT + 1))
    assert read["place_raw"].to_list() == ["广州-天河区"] * COUNT


def test_what_a_list_repeats_of_another_column_is_no_issue(tmp_path):
    lists = ['["广州-天河区","3-4年经验","本科","说明"]'] * COUNT
    workspace = loaded(tmp_path, BASE | {"工作地点": ["广州-天河区"] * COUNT, "attribute_text": lists})
    said = issues(workspace).filter(pl.col("column") == "attribute_text", pl.col("action") == "kept")
    assert "广州" not in "".join(said["problem"])


def test_a_known_layout_loses_no_date_and_text_that_it_does_not_name(tmp_path):
    columns = {
        "positionName": BASE["职位"], "salary": ["10k-20k"] * COUNT, "workYear": ["3-5年"] * COUNT,
        "education": ["本科"] * COUNT, "skillLables": ["Java,SQL"] * COUNT, "city": ["杭州"] * COUNT,
        "companyFullName": BASE["公司"], "companySize": ["15-50人"] * COUNT,
        "industryField": ["电商"] * COUNT,
        "createTime": [f"2023-05-0{day} 10:00:00" for day in range(1, COUNT + 1)],
        "positionDetail": ["岗位职责：1、负责样例的开发；2、负责样例的维护。"] * COUNT,
    }  # fmt: skip
    workspace = loaded(tmp_path, columns)
    read = postings(workspace)
    assert [day.day for day in read["posted_on"]] == [1, 2, 3, 4, 5, 6]
    assert all("样例" in text for text in workspace.read_all("texts", tables.TEXTS)["text"])
    said = issues(workspace).filter(pl.col("problem").str.contains("the layout lagou names no column"))
    assert said.height == 2


def test_ends_of_pay_under_abbreviated_headers_are_read_as_a_range(tmp_path):
    read = postings(loaded(tmp_path, BASE | {"SAL_LOW": ["5000"] * COUNT, "SAL_HIGH": ["7000"] * COUNT}))
    assert read.select("pay_low", "pay_high").unique().rows() == [(5000.0, 7000.0)]


def test_industries_under_a_header_of_ownership_are_read_as_industries(tmp_path):
    industries = ["互联网", "电子商务", "互联网", "电子商务", "互联网", "电子商务"]
    workspace = loaded(tmp_path, BASE | {"companyNature": industries})
    assert postings(workspace)["industry_raw"].to_list() == industries
    assert not issues(workspace).filter(pl.col("action") == "blanked").height


def test_a_rating_below_a_name_and_a_link_around_an_address_are_taken_off(tmp_path):
    rated = [f"{name}\n3.{at}" for at, name in enumerate(BASE["公司"])]
    columns = {
        "Job Title": BASE["职位"], "Company Name": rated, "Size": ["501 to 1000 employees"] * COUNT,
        "url": [f"[投递](https://jobs.example/{at})" for at in range(COUNT)],
    }  # fmt: skip
    read = postings(loaded(tmp_path, columns))
    assert read["employer_raw"].to_list() == BASE["公司"]
    assert read["company_size"].to_list() == ["501-1000"] * COUNT
    assert read["url"].to_list() == [f"https://jobs.example/{at}" for at in range(COUNT)]


def test_a_period_beside_ends_of_pay_counts_where_no_currency_is_named(tmp_path):
    columns = {
        "salary_min": ["240000", "200", "10000", "120000", "9000", "600"],
        "salary_max": ["360000", "300", "20000", "240000", "12000", "700"],
        "pay_period": ["YEARLY", "day", "month", "年", "", "周"],
    }
    read = postings(loaded(tmp_path, BASE | {"工作地点": ["杭州"] * COUNT} | columns))
    expected = [20_000, round(200 * 21.75, 2), 10_000, 10_000, 9_000, 2_600]
    assert read["pay_low"].to_list() == expected


def test_answers_of_an_interface_wrap_each_posting_and_its_pay(tmp_path):
    items = [
        {
            "MatchedObjectId": str(at),
            "MatchedObjectDescriptor": {
                "PositionTitle": "Data Scientist",
                "OrganizationName": "Example Office of Samples",
                "PositionURI": f"https://jobs.example/{at}",
                "PositionLocation": [{"CityName": "Washington", "CountryCode": "United States"}],
                "PositionRemuneration": [
                    {"MinimumRange": "120000", "MaximumRange": "240000", "RateIntervalCode": "PA"}
                ],
                "PublicationStartDate": "2024-05-01T00:00:00",
            },
        }
        for at in range(COUNT)
    ]
    file = tmp_path / "answer.json"
    answer = {"SearchResultCount": COUNT, "SearchResultItems": items}
    file.write_text(json.dumps({"LanguageCode": "EN", "SearchResult": answer}), encoding="utf-8")
    workspace = WorkspaceFolder(tmp_path / "workspace")
    load(workspace, [file])
    read = postings(workspace)
    assert read["title"].to_list() == ["Data Scientist"] * COUNT
    # Abroad, and no currency is named: the figures are kept as they are and nothing is counted.
    assert read.select("pay_raw", "pay_low").unique().rows() == [("120000-240000 XXX/PA", None)]


def test_what_a_column_tells_of_the_employer_is_no_skill(tmp_path):
    told = ["民营|150-500人|互联网", "国企 | 20-99人 | 金融", "互联网A轮20-99人"] * 2
    read = postings(loaded(tmp_path, BASE | {"公司信息": told}))
    assert read["company_size"].to_list() == ["150-500", "20-99", "20-99"] * 2
    assert read["ownership"].to_list() == ["private", "state", None] * 2
    assert read["industry_raw"].to_list() == ["互联网", "金融", "互联网"] * 2
    texts = WorkspaceFolder(tmp_path / "workspace").read_all("texts", tables.TEXTS)
    assert set(texts["tags"].list.len()) == {0}


def test_one_title_over_all_rows_gives_way_to_titles_that_differ(tmp_path):
    columns = {"标题": ["招聘信息"] * COUNT, "jname": BASE["职位"], "公司": BASE["公司"]}
    assert postings(loaded(tmp_path, columns))["title"].to_list() == BASE["职位"]


def test_a_register_of_companies_is_refused(tmp_path):
    columns = {
        "公司": BASE["公司"],
        "性质": ["民营"] * COUNT,
        "规模": ["20-99人"] * COUNT,
        "城市": ["苏州"] * COUNT,
    }
    with pytest.raises(DataContractError, match="tells of companies and of no posting"):
        loaded(tmp_path, columns)


@pytest.mark.parametrize(
    ("host", "pay", "money"),
    [
        ("hk.board.example", "$30K - 45K per month", "HKD"),
        ("www.board.com.au", "$30,000 - $45,000 per month", "AUD"),
        ("www.board.com.tw", "月薪30,000~45,000元", "TWD"),
        ("www.board.com", "$30,000 - $45,000 per month", "USD"),
    ],
)
def test_a_bare_figure_or_dollar_is_the_money_of_the_boards_country(tmp_path, host, pay, money):
    urls = [f"https://{host}/job/{number}" for number in range(COUNT)]
    read = postings(loaded(tmp_path, BASE | {"链接": urls, "薪资": [pay] * COUNT}))
    assert read.select("pay_low", "pay_currency", "pay_other_low", "pay_other_high").unique().rows() == [
        (None, money, 30_000, 45_000)
    ]


def test_industries_that_no_header_names_are_found(tmp_path):
    industries = ["互联网", "电子商务", "贸易", "电子商务", "互联网", "咨询"]
    assert postings(loaded(tmp_path, BASE | {"col_x": industries}))["industry_raw"].to_list() == industries


def test_the_address_of_a_job_comes_before_that_of_its_statistics(tmp_path):
    links = [
        {"apply": f"https://board.example/apply/{n}", "job": f"https://board.example/job/{n}"}
        for n in range(COUNT)
    ]
    named = zip(BASE["职位"], BASE["公司"], links, strict=True)
    records = [{"职位": title, "公司": firm, "link": link} for title, firm, link in named]
    (tmp_path / "made.json").write_text(json.dumps(records), encoding="utf-8")
    workspace = WorkspaceFolder(tmp_path / "workspace")
    load(workspace, [tmp_path / "made.json"])
    assert postings(workspace)["url"].to_list() == [link["job"] for link in links]


def test_a_number_among_industries_is_set_aside(tmp_path):
    workspace = loaded(tmp_path, BASE | {"行业": ["互联网", "-1", "贸易", "3.8", "机械制造", "咨询"]})
    assert postings(workspace)["industry_raw"].to_list() == ["互联网", None, "贸易", None, "机械制造", "咨询"]
    assert issues(workspace).filter(action="blanked")["value"].to_list() == ["-1", "3.8"]


@pytest.mark.parametrize(
    ("pay", "low", "high"),
    [("12-24万", 10_000, 20_000), ("1.2-2.4万", 12_000, 24_000), ("12-24万/月", 120_000, 240_000)],
)
def test_figures_too_high_for_a_month_are_a_years_unless_they_say_otherwise(tmp_path, pay, low, high):
    workspace = loaded(tmp_path, BASE | {"薪资": [pay] * (COUNT - 1) + ["面议"]})
    read = postings(workspace)
    said = issues(workspace).filter(pl.col("problem").str.contains("read as a year's"))
    assert said.height == (pay == "12-24万")
    assert read["pay_low"].to_list() == [low] * (COUNT - 1) + [None]
    assert read["pay_high"].to_list() == [high] * (COUNT - 1) + [None]


def test_levels_among_what_is_left_open_are_read(tmp_path):
    workspace = loaded(tmp_path, BASE | {"requirement": ["本科及以上|3年以上|语言不限|年龄不限"] * COUNT})
    read = postings(workspace)
    assert read.select("education", "experience").unique().rows() == [("bachelor", "3-4 years")]
    assert set(workspace.read_all("texts", tables.TEXTS)["text"]) == {""}
    assert issues(workspace).filter(column="requirement").is_empty()


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("company_addresses", ["Austin, TX", "Boston, MA"] * 3),
        ("brandComInfo.activeTime", [f"17170000{number:02}000" for number in range(COUNT)]),
        ("公司动态", [f"2024-01-0{number + 1}" for number in range(COUNT)]),
        ("bossInfo.title", ["招聘经理", "人事主管"] * 3),
        ("col_x", ["SQL, Word"] * COUNT),
        ("col_x", ["Austin, TX", "Boston, MA"] * 3),
        ("专业", ["临床医学、护理学", "会计学、法学"] * 3),
    ],
)
def test_what_a_header_says_of_others_is_nothing_of_the_posting(tmp_path, header, cells):
    workspace = loaded(tmp_path, BASE | {"工作城市": ["苏州"] * COUNT, header: cells})
    assert set(workspace.read_all("texts", tables.TEXTS)["tags"].list.len()) == {0}
    read = postings(workspace)
    assert read["title"].to_list() == BASE["职位"]
    assert set(read["place_raw"]) == {"苏州"}
    assert read["posted_on_raw"].null_count() == COUNT


def test_a_title_that_a_page_shows_twice_is_written_once(tmp_path):
    titles = ["Nurse\nNurse with verification", "会计\n会计", "Data Analyst", "文员", "Chef\nCook", "销售"]
    read = postings(loaded(tmp_path, {"title": titles, "company": BASE["公司"], "city": ["苏州"] * COUNT}))
    assert read["title"].to_list()[:4] == ["Nurse", "会计", "Data Analyst", "文员"]
    assert read["title"][4] == "Chef\nCook"


def test_html_around_pay_and_days_is_taken_off(tmp_path):
    columns = {"薪资": ["<span class='red'>8-12K</span>"] * COUNT, "发布时间": ["<i>2024-03-01</i>"] * COUNT}
    read = postings(loaded(tmp_path, BASE | columns))
    assert read.select("pay_raw", "pay_low", "posted_on_raw").unique().rows() == [
        ("8-12K", 8_000, "2024-03-01")
    ]


def test_words_behind_what_names_the_posting_count(tmp_path):
    columns = {
        "job_date": ["2024-03-01"] * COUNT, "岗位学历要求": ["本科"] * COUNT, "职位性质": ["全职"] * COUNT,
        "咨询电话": ["0571-8888"] * COUNT,
    }  # fmt: skip
    read = postings(loaded(tmp_path, BASE | columns))
    assert read["posted_on"].null_count() == 0
    assert set(read["education"]) == {"bachelor"}
    assert read["ownership"].null_count() == read["company_size"].null_count() == COUNT
