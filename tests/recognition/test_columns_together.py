"""Columns that belong together: the parts of a place, the two names of an employer; and what looks alike."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcli.loaders.canonical import joined_places
from graphcli.loaders.inspect import emitted_layout
from graphcli.loaders.layouts.recognise import recognise
from graphcli.loaders.load import load
from graphcli.loaders.resolve.places.resolving import resolve_places
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder

TITLES = ["算法工程师", "Java开发工程师", "销售代表", "产品经理", "行政专员", "会计"]
EMPLOYERS = [
    "虚构青鸾智能科技有限公司", "云杉示例软件（苏州）有限公司", "杜撰白泽商贸有限公司",
    "望舒样本数据股份有限公司", "虚构赤霄精密机械有限公司", "样例流萤企业管理咨询有限公司",
]  # fmt: skip
BRANDS = ["青鸾", "云杉", "白泽", "望舒", "赤霄", "流萤"]
PROVINCES = ["北京市", "江苏省", "上海市", "吉林省", "广东省", "四川省"]
CITIES = ["北京市", "苏州市", "上海市", "吉林市", "东莞市", "成都市"]
DISTRICTS = ["朝阳区", "工业园区", "浦东新区", "船营区", "长安镇", "武侯区"]


def layout_of(columns):
    return recognise(list(columns), pl.DataFrame(columns), {}, "made.csv").layout


def loaded(folder: Path, file: Path, **options):
    workspace = WorkspaceFolder(folder)
    load(workspace, [file], **options)
    return workspace


def postings(folder: Path, file: Path, **options) -> pl.DataFrame:
    return loaded(folder, file, **options).read_all("postings", tables.POSTINGS)


def written(path: Path, columns: dict[str, list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))
    return path


BASE = {"职位": TITLES, "公司": EMPLOYERS}


@pytest.mark.parametrize(
    ("headers", "parts"),
    [
        (("省份", "城市", "区县"), (PROVINCES, CITIES, DISTRICTS)),
        (("province", "city", "district"), (PROVINCES, CITIES, DISTRICTS)),
        (("provinceName", "cityName", "areaDistrict"), (PROVINCES, CITIES, DISTRICTS)),
        (("job.city", "job.district"), (CITIES, DISTRICTS)),
        (("城市", "区域"), (CITIES, DISTRICTS)),
        (("工作地点", "所在区"), (CITIES, DISTRICTS)),
        (("省", "市"), (PROVINCES, CITIES)),
    ],
)
def test_parts_of_a_place_are_joined_from_the_largest_down(tmp_path, headers, parts):
    columns = BASE | dict(zip(reversed(headers), reversed(parts), strict=True))
    rows = postings(tmp_path / "w", written(tmp_path / "a.csv", columns)).sort("row")
    expected = ["·".join(dict.fromkeys(cells)) for cells in zip(*parts, strict=True)]
    assert rows["place_raw"].to_list() == expected
    read = resolve_places(expected)
    assert read["status"].to_list() == ["city"] * 6


def test_a_city_of_its_provinces_name_stays_that_city(tmp_path):
    columns = BASE | {"省份": ["吉林"] * 6, "城市": ["吉林"] * 6}
    rows = postings(tmp_path / "w", written(tmp_path / "a.csv", columns))
    assert resolve_places(rows["place_raw"].unique().to_list())["adcodes"].to_list() == [["220200"]]


def test_a_district_alone_stays_as_it_is(tmp_path):
    rows = postings(tmp_path / "w", written(tmp_path / "a.csv", BASE | {"区县": DISTRICTS}))
    assert rows.sort("row")["place_raw"].to_list() == DISTRICTS


def test_a_whole_place_under_the_word_for_a_city_is_not_joined_with_its_own_district(tmp_path):
    whole = [f"{city}-{district}" for city, district in zip(CITIES, DISTRICTS, strict=True)]
    rows = postings(tmp_path / "w", written(tmp_path / "a.csv", BASE | {"城市": whole, "区县": DISTRICTS}))
    assert rows.sort("row")["place_raw"].to_list() == whole


def test_a_street_does_not_stand_before_the_city_that_is_named(tmp_path):
    streets = [f"示例大道{number}号" for number in range(6)]
    columns = BASE | {"工作地点": streets, "城市": CITIES}
    rows = postings(tmp_path / "w", written(tmp_path / "a.csv", columns))
    assert rows.sort("row")["place_raw"].to_list() == CITIES


def test_foreign_places_are_joined_from_the_smallest_up():
    columns = {
        "job_title": TITLES, "employer_name": EMPLOYERS, "job_country": ["US"] * 6,
        "job_state": ["CA", "NY", "TX", "WA", "MA", "IL"],
        "job_city": ["San Jose", "New York", "Austin", "Seattle", "Boston", "Chicago"],
    }  # fmt: skip
    place = layout_of(columns).columns["place"]
    assert [(one.columns, one.joiner) for one in place] == [(("job_city", "job_state", "job_country"), ", ")]


def test_a_cell_that_is_no_part_of_a_place_is_left_out_of_the_join_and_listed(tmp_path):
    columns = BASE | {"城市": [*CITIES[:5], "本科"], "区县": DISTRICTS}
    workspace = loaded(tmp_path / "w", written(tmp_path / "a.csv", columns))
    rows = workspace.read_all("postings", tables.POSTINGS).sort("row")
    assert rows["place_raw"][5] == "武侯区"
    issues = workspace.read_all("issues", tables.ISSUES).filter(pl.col("value") == "本科")
    assert issues.select("row", "column", "action").rows() == [(6, "城市", "blanked")]


def test_places_of_one_record_are_joined_each_with_its_own_parts(tmp_path):
    records = [
        {"jobName": title, "companyName": employer, "places": [
            {"city": "北京市", "district": "海淀区"}, {"city": "上海市", "district": "浦东新区"}]}
        for title, employer in zip(TITLES, EMPLOYERS, strict=True)
    ]  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    rows = postings(tmp_path / "w", tmp_path / "a.json")
    assert rows["place_raw"].unique().to_list() == ["北京市·海淀区;上海市·浦东新区"]


@given(
    st.lists(st.lists(st.sampled_from(CITIES + DISTRICTS), min_size=1, max_size=3), min_size=1, max_size=3)
)
def test_joining_loses_no_part(parts):
    whole = joined_places(parts, "·")
    assert all(item in whole for part in parts for item in part)


def test_the_registered_name_comes_before_the_brand_wherever_it_stands():
    for short, full in (
        ("companyName", "companyFullName"), ("companyName", "fullCompanyName"), ("公司简称", "公司全称"),
        ("companyShortName", "companyName"), ("brandName", "company"), ("公司", "工商名称"),
        ("公司名称", "企业名称"),
    ):  # fmt: skip
        for order in ((short, full), (full, short)):
            cells = {short: BRANDS, full: EMPLOYERS}
            employer = layout_of({"职位": TITLES} | {name: cells[name] for name in order}).columns["employer"]
            assert employer[0].columns == (full,), (short, full)


def test_a_column_of_empty_objects_is_no_kind_of_ownership():
    columns = BASE | {"property": ["{}"] * 6, "companyType": ["民营"] * 6}
    assert layout_of(columns).role_columns("ownership") == ("companyType",)


def test_the_seat_and_page_of_a_nested_company_are_not_those_of_the_posting():
    columns = {
        "title": TITLES, "company.name": EMPLOYERS, "company.city": ["深圳"] * 6, "workCity": CITIES,
        "company.url": [f"https://boards.example/c/{n}" for n in range(6)],
        "applyUrl": [f"https://boards.example/j/{n}" for n in range(6)],
    }  # fmt: skip
    layout = layout_of(columns)
    assert layout.role_columns("employer") == ("company.name",)
    assert layout.role_columns("place") == ("workCity",)
    assert layout.role_columns("url") == ("applyUrl",)


def test_a_scrapers_link_beside_a_title_is_the_postings_and_beside_a_company_is_not():
    columns = {
        "web-scraper-order": [f"1700000000-{n}" for n in range(6)],
        "web-scraper-start-url": [f"https://boards.example/search?p={n}" for n in range(6)],
        "job-name": TITLES,
        "job-name-href": [f"https://boards.example/j/{n}" for n in range(6)],
        "company-text": EMPLOYERS,
        "company-text href": [f"https://boards.example/c/{n}" for n in range(6)],
        "job-area": CITIES,
    }
    layout = layout_of(columns)
    roles = {role: layout.role_columns(role) for role in layout.columns}
    assert roles == {
        "title": ("job-name",), "employer": ("company-text",), "place": ("job-area",),
        "url": ("job-name-href",),
    }  # fmt: skip


@pytest.mark.parametrize(("place", "money"), [("台北市信義區", "TWD"), ("香港·九龙", "HKD"), ("澳门", "MOP")])
def test_pay_in_yuan_where_a_yuan_is_other_money_is_never_cny(tmp_path, place, money):
    columns = BASE | {"工作地點": [place] * 6, "薪資": ["月薪45,000~60,000元"] * 6}
    rows = postings(tmp_path / "w", written(tmp_path / "a.csv", columns))
    assert rows["pay_low"].null_count() == 6
    assert set(rows["pay_currency"]) == {money}
    assert set(rows["pay_raw"]) == {"月薪45,000~60,000元"}


PARTS = {
    "title": (("职位名称", TITLES), ("jobName", TITLES), ("job-name", TITLES)),
    "employer": (("公司名称", EMPLOYERS), ("companyFullName", EMPLOYERS)),
    "brand": (("公司简称", BRANDS), ("brandName", BRANDS)),
    "province": (("省份", PROVINCES), ("province", PROVINCES)),
    "city": (("城市", CITIES), ("city", CITIES), ("工作地点", CITIES)),
    "district": (("区县", DISTRICTS), ("district", DISTRICTS), ("区域", DISTRICTS)),
    "requirements": (
        ("要求", ["1-3年本科", "3-5年大专", "5-10年硕士", "1-3年本科", "3-5年本科", "1年以下大专"]),
    ),
    "place_and_more": (("信息", [f"{city}|3-5年|本科" for city in CITIES]),),
    "pay": (("薪资", ["1.2-2万", "8千-1.2万", "6000-8000元", "20-30K·14薪", "面议", "5-8千/月"]),),
    "pay_low": (("最低工资", ["8000"] * 6),),
    "pay_high": (("最高工资", ["12000"] * 6),),
    "currency": (("币种", ["CNY", "USD", "CNY", "HKD", "CNY", "CNY"]),),
    "pay_in_thousands": (("月薪(千元)", ["8-12", "5-6", "10-15", "20-30", "8-10", "6-9"]),),
    "duties": (("岗位职责", ["负责日常工作，完成任务；与同事协作，按时汇报进度，整理文档资料。"] * 6),),
    "demands": (("任职要求", ["认真负责，有责任心；熟悉办公软件，能够独立完成交办的工作任务。"] * 6),),
    "tags": (("技能标签", ["Python|SQL", "Java", "Excel", "SQL", "Word", "Excel|SAP"]),),
    "date": (("发布时间", ["2025-03-04"] * 6),),
}


@st.composite
def tables_of_postings(draw):
    names = draw(
        st.lists(st.sampled_from(sorted(set(PARTS) - {"title"})), unique=True, min_size=3, max_size=9)
    )
    chosen = [draw(st.sampled_from(PARTS[name])) for name in draw(st.permutations(["title", *names]))]
    return dict(chosen)


def as_csv(path: Path, columns):
    return written(path.with_suffix(".csv"), columns)


def _records(columns):
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def as_json(path: Path, columns):
    made = path.with_suffix(".json")
    records = [{"job": {"id": str(n), **record}} for n, record in enumerate(_records(columns))]
    made.write_text(json.dumps({"data": {"list": records}}, ensure_ascii=False), encoding="utf-8")
    return made


def as_log(path: Path, columns):
    made = path.with_suffix(".log")
    lines = (f"{n}:\t{json.dumps(record, ensure_ascii=False)}" for n, record in enumerate(_records(columns)))
    made.write_text("\n".join(lines), encoding="utf-8")
    return made


def as_sqlite(path: Path, columns):
    made = path.with_suffix(".sqlite")
    with sqlite3.connect(made) as base:
        base.execute("create table jobs ({})".format(", ".join(f'"{name}" text' for name in columns)))
        marks = ", ".join("?" * len(columns))
        base.executemany(f"insert into jobs values ({marks})", zip(*columns.values(), strict=True))
    base.close()
    return made


def as_parquet(path: Path, columns):
    made = path.with_suffix(".parquet")
    pl.DataFrame(columns).write_parquet(made)
    return made


def as_workbook(path: Path, columns):
    made = path.with_suffix(".xlsx")
    pl.DataFrame(columns).write_excel(made)
    return made


def as_page(path: Path, columns):
    made = path.with_suffix(".html")
    head = "".join(f"<th>{name}</th>" for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
        for row in zip(*columns.values(), strict=True)
    )
    made.write_text(f"<html><body><table><tr>{head}</tr>{body}</table></body></html>", encoding="utf-8")
    return made


FORMS = (as_csv, as_json, as_log, as_sqlite, as_parquet, as_workbook, as_page)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(columns=tables_of_postings())
def test_the_emitted_layout_reads_what_is_read_without_one(form, tmp_path_factory, columns):
    folder = tmp_path_factory.mktemp("emitted")
    file = form(folder / "file", columns)
    layout = folder / "layout.yaml"
    layout.write_text(emitted_layout(str(file)), encoding="utf-8")
    free = postings(folder / "free", file)
    bound = postings(folder / "bound", file, layout=str(layout))
    assert free.write_json() == bound.write_json()
    texts = [
        WorkspaceFolder(folder / name).read_all("texts", tables.TEXTS).write_json()
        for name in ("free", "bound")
    ]
    assert texts[0] == texts[1]


FOREIGN = {
    "job_title": ["Software Engineer", "Data Scientist", "Nurse", "Accountant", "Product Manager", "Analyst"],
    "employer_name": ["Fictional Labs LLC", "Invented Health Inc.", "Sampleworks Ltd", "Globex Demo Inc.",
                      "Northwind Example Corp", "Hooli Example Inc."],
}  # fmt: skip


def test_a_currency_and_a_period_beside_the_figures_are_read_with_them(tmp_path):
    columns = FOREIGN | {
        "job_min_salary": ["60000"] * 6, "job_max_salary": ["90000"] * 6,
        "job_salary_currency": ["USD"] * 5 + ["CNY"], "job_salary_period": ["YEAR"] * 6,
    }  # fmt: skip
    rows = postings(tmp_path / "w", written(tmp_path / "a.csv", columns)).sort("row")
    assert rows["pay_raw"].to_list() == ["60000-90000 USD/YEAR"] * 5 + ["60000-90000 CNY/YEAR"]
    assert rows["pay_low"].to_list() == [None] * 5 + [5000.0]


def test_bare_figures_of_places_abroad_are_no_cny(tmp_path):
    columns = FOREIGN | {
        "city": ["New York", "London", "Berlin", "Paris", "Toronto", "Chicago"],
        "salary_min": ["60000"] * 6, "salary_max": ["90000"] * 6,
    }  # fmt: skip
    workspace = loaded(tmp_path / "w", written(tmp_path / "a.csv", columns))
    assert workspace.read_all("postings", tables.POSTINGS)["pay_low"].null_count() == 6
    issues = workspace.read_all("issues", tables.ISSUES).filter(pl.col("column") == "salary_min")
    assert issues.height == 6


def test_one_address_over_all_rows_is_that_of_the_page_of_results():
    columns = BASE | {
        "页面网址": ["https://boards.example/search?page=1"] * 6,
        "字段1_链接": [f"https://boards.example/j/{n}" for n in range(6)],
    }
    assert layout_of(columns).role_columns("url") == ("字段1_链接",)


def test_what_is_nested_in_labels_and_highlights_is_not_named_by_its_own_name():
    columns = {
        "title": TITLES, "company_name": EMPLOYERS, "skillLabel.state": ["0"] * 6,
        "skillLabel.value": ["Python"] * 6, "highlights.title": ["Qualifications"] * 6,
        "related_links.link": ["https://boards.example"] * 6,
    }  # fmt: skip
    layout = layout_of(columns)
    assert layout.role_columns("title") == ("title",)
    assert layout.role_columns("url") == layout.role_columns("place") == ()
    assert layout.tags == ("skillLabel.value",)


def test_columns_of_perks_are_read_beside_those_among_the_tags(tmp_path):
    told = "公司为员工提供完善的培训体系，以及长期的发展空间。我们欢迎你"
    columns = BASE | {
        "福利": ["五险一金,班车", "五险一金带薪年假", "", told, "[]", "['下午茶', '团建']"],
        "技能": ["Python,包吃住", "Java", "", "", "", "Excel"],
    }
    rows = postings(tmp_path / "w", written(tmp_path / "a.csv", columns)).sort("row")
    assert rows["perks"].to_list() == [
        ["包吃住", "五险一金", "班车"], ["五险一金", "带薪年假"], [], [told], [], ["下午茶", "团建"],
    ]  # fmt: skip
    emitted = tmp_path / "own.yaml"
    emitted.write_text(emitted_layout(str(tmp_path / "a.csv")), encoding="utf-8")
    again = postings(tmp_path / "v", tmp_path / "a.csv", layout=str(emitted)).sort("row")
    assert again["perks"].to_list() == rows["perks"].to_list()


def test_no_word_over_columns_stands_twice():
    from graphcli.loaders.reader.header_words import header_words

    words = header_words().group_by("how", "word").len().filter(pl.col("len") > 1)
    assert words.rows() == []
