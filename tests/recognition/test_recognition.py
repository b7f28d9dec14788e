"""Which column is what: header words and content, on real files and on tables made here."""

from __future__ import annotations

import polars as pl
import pytest

from graphcli.loaders.layouts.layout import load_layouts
from graphcli.loaders.layouts.recognise import recognise
from graphcli.loaders.reader.container import open_container
from graphcli.loaders.source import Options, open_sheets
from graphcli.workspace.errors import DataContractError

MAIN = ("title", "employer", "place", "pay", "url", "experience", "education")
TITLES = ["算法工程师", "Java开发工程师", "销售代表", "产品经理", "行政专员", "会计"]
EMPLOYERS = [
    "虚构青鸾智能科技有限公司", "云杉示例软件（苏州）有限公司", "杜撰白泽商贸有限公司",
    "望舒样本数据股份有限公司", "虚构赤霄精密机械有限公司", "样例流萤企业管理咨询有限公司",
]  # fmt: skip
PLACES = ["北京", "苏州", "上海", "杭州", "东莞", "成都"]
PAYS = ["1.2-2万", "8千-1.2万", "6000-8000元", "20-30K·14薪", "面议", "5-8千/月"]
DEGREES = ["本科", "大专", "硕士", "学历不限", "本科", "大专"]
YEARS = ["3-5年", "1-3年", "经验不限", "5-10年", "3-5年", "1年以下"]
COLUMNS = {
    "title": TITLES, "employer": EMPLOYERS, "place": PLACES, "pay": PAYS, "education": DEGREES,
    "experience": YEARS,
}  # fmt: skip
HEADERS = {
    "pinyin": ("zhiwei", "gongsi", "chengshi", "xinzi", "xueli", "jingyan"),
    "traditional": ("職務名稱", "公司名稱", "工作地點", "薪資", "學歷要求", "工作經歷"),
    "machine": ("jname", "cname", "workarea_text", "providesalary_text", "degree", "exp"),
    "nested": ("job.jobName", "comp.compName", "job.city", "job.salary", "job.degree", "job.exp"),
    "counted": ("column 1", "column 2", "column 3", "column 4", "column 5", "column 6"),
    "fields": ("字段3", "字段1", "字段6", "字段2", "字段5", "字段4"),
    "swapped": ("公司名称", "职位名称", "薪资", "城市", "经验", "学历"),
}


def roles_of(columns: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    found = recognise(list(columns), pl.DataFrame(columns), {}, "made.csv")
    layout = found.layout
    assert all(0.0 <= sure <= 1.0 for sure in found.confidence.values())
    return {role: layout.role_columns(role) for role in layout.columns}


@pytest.mark.parametrize("style", HEADERS)
def test_every_role_is_found_under_headers_of_all_kinds(style):
    headers = HEADERS[style]
    found = roles_of(dict(zip(headers, COLUMNS.values(), strict=True)))
    assert {role: columns[0] for role, columns in found.items() if role in COLUMNS} == dict(
        zip(COLUMNS, headers, strict=True)
    )


def test_a_column_of_titles_is_no_employer_whatever_stands_over_it():
    found = roles_of({"company_name": TITLES, "城市": PLACES, "薪资": PAYS})
    assert found["title"] == ("company_name",)
    assert "employer" not in found


def test_a_searched_word_a_recruiter_and_a_company_page_are_not_the_posting():
    columns = {
        "关键词": ["算法工程师"] * 6,
        "hr": ["招聘经理"] * 6,
        "职位": TITLES,
        "公司": EMPLOYERS,
        "公司链接": [f"https://boards.example/company/{n}" for n in range(6)],
        "页面链接": [f"https://boards.example/job/{n}.html" for n in range(6)],
    }
    found = roles_of(columns)
    assert found["title"] == ("职位",)
    assert found["url"] == ("页面链接",)


def test_pictures_and_the_day_of_the_crawl_are_not_taken_for_address_and_day():
    found = roles_of(
        {
            "职位": TITLES,
            "公司": EMPLOYERS,
            "column 3": [f"https://boards.example/logo/{n}.png" for n in range(6)],
            "column 4": ["2025-04-01"] * 6,
        }
    )
    assert not {"url", "posted_on"} & set(found)


def test_a_shared_column_is_named_under_each_role_it_holds():
    found = roles_of(
        {"职位": TITLES, "公司": EMPLOYERS, "要求": [f"{y}{d}" for y, d in zip(YEARS, DEGREES, strict=True)]}
    )
    assert found["experience"] == found["education"] == ("要求",)


def test_two_ends_of_pay_are_joined():
    columns = {"职位": TITLES, "公司": EMPLOYERS, "最低工资": ["8000"] * 6, "最高工资": ["12000"] * 6}
    assert roles_of(columns)["pay"] == ("最低工资", "最高工资")


def test_a_table_of_something_else_is_refused():
    columns = {"日期": ["2024-01-02"] * 6, "城市": PLACES, "气温": ["3", "4", "5", "6", "7", "8"]}
    with pytest.raises(DataContractError, match="no column for title or employer"):
        roles_of(columns)


def test_real_files_are_recognised_without_their_layouts(shared_data):
    folder = shared_data / "postings"
    layouts = load_layouts()
    missed = []
    for path in sorted([*folder.rglob("*.csv"), *folder.rglob("*.db")]):
        _, opened, _ = open_sheets(path, Options(), layouts)
        known = opened[0].recognition.layout
        sheet = open_container(path).sheets[0] if len(opened) == 1 else opened[0].sheet
        sample = next(sheet.batches(200)).frame
        layout = recognise(sheet.headers, sample, {}, path.name).layout
        for role in MAIN:
            if not known.role_columns(role):
                continue
            if not set(known.role_columns(role)) & set(layout.role_columns(role)):
                missed.append((path.name, role, known.role_columns(role), layout.role_columns(role)))
    assert missed == []
