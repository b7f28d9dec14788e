"""Tables of a database or dump that refer to each other: the posting has what the other table says of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import polars as pl
import pytest

from graphcli.loaders.load import load
from graphcli.loaders.reader import references
from graphcli.loaders.reader.container import open_container
from graphcli.workspace import tables

JOBS = "id INTEGER PRIMARY KEY, title TEXT, company_id, city_id, salary TEXT, education TEXT"
POSTS = [
    (1, "焊接工艺工程师", 7, 2, "8-12K", "大专"),
    (2, "推荐算法工程师", 9, 1, "30-45K", "硕士"),
    (3, "出纳", 7, 1, "5-6K", "本科"),
    (4, "货运司机", None, 2, "6-9K", "高中"),
]
COMPANIES = [(7, "虚构砺锋机械有限公司", "100-499人"), (9, "样例知微数据有限公司", "20-99人")]


def database(path: Path, made: dict[str, tuple[str, list[tuple]]]) -> Path:
    with sqlite3.connect(path) as connection:
        for table, (columns, rows) in made.items():
            connection.execute(f'CREATE TABLE "{table}" ({columns})')
            marks = ",".join("?" * len(rows[0]))
            connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
    connection.close()
    return path


def loaded(folder, path: Path, **options) -> pl.DataFrame:
    load(folder, [path], **options)
    return folder.read_all("postings", tables.POSTINGS).sort("row")


def test_numbers_of_companies_and_cities_are_looked_up(folder, tmp_path):
    path = database(
        tmp_path / "jobs.db",
        {
            "t_job": (JOBS, POSTS),
            "t_company_info": ("id INTEGER PRIMARY KEY, name TEXT, scale TEXT", COMPANIES),
            "cities": ("city_id, city_name TEXT", [(1, "杭州"), (2, "洛阳")]),
        },
    )
    found = loaded(folder, path)
    assert found["employer_raw"].to_list() == [
        "虚构砺锋机械有限公司", "样例知微数据有限公司", "虚构砺锋机械有限公司", None,
    ]  # fmt: skip
    assert found["place_raw"].to_list() == ["洛阳", "杭州", "杭州", "洛阳"]
    assert found["company_size"].to_list() == ["100-499", "20-99", "100-499", None]
    issues = folder.read_all("issues", tables.ISSUES)
    assert any("'company_id' was looked up in the table 't_company_info'" in one for one in issues["problem"])


def test_one_table_alone_is_read_with_what_it_refers_to(folder, tmp_path):
    path = database(
        tmp_path / "jobs.db",
        {"job": (JOBS, POSTS), "company": ("id INTEGER PRIMARY KEY, name TEXT, scale TEXT", COMPANIES)},
    )
    assert loaded(folder, path, sheet="job")["employer_raw"][1] == "样例知微数据有限公司"


def test_a_dump_that_tells_its_rows_twice_is_looked_up(folder, tmp_path):
    company = "INSERT INTO `company` (`id`, `company_name`) VALUES (7, '虚构砺锋机械有限公司');\n"
    job = "INSERT INTO `job` (`id`, `company_id`, `job_name`, `salary`) VALUES (1, 7, '铣工', '6-8K');\n"
    path = tmp_path / "jobs.sql"
    path.write_text(company + job + company, encoding="utf-8")
    assert loaded(folder, path)["employer_raw"].to_list() == ["虚构砺锋机械有限公司"]


@pytest.mark.parametrize(
    ("table", "columns", "rows"),
    [
        ("boss_company", "id, name TEXT", COMPANIES),
        ("lagou_company", "id, name TEXT", [(70, "虚构甲有限公司"), (90, "虚构乙有限公司")]),
        ("lagou_company", "id, name TEXT", [*COMPANIES, (7, "虚构另一家有限公司", "1人")]),
        ("lagou_category", "id, name TEXT", COMPANIES),
    ],
    ids=["of another board", "of other numbers", "of one number for two", "of other things"],
)
def test_what_is_not_plainly_referred_to_is_not_looked_up(folder, tmp_path, table, columns, rows):
    rows = [row[:2] for row in rows]
    path = database(tmp_path / "jobs.db", {"lagou_job": (JOBS, POSTS), table: (columns, rows)})
    assert loaded(folder, path)["employer_raw"].to_list() == [None] * 4


def test_of_two_tables_that_of_the_same_board_is_looked_up(folder, tmp_path):
    others = [(7, "虚构别处有限公司"), (9, "虚构他处有限公司")]
    path = database(
        tmp_path / "jobs.db",
        {
            "lagou_job": (JOBS, POSTS),
            "boss_company": ("company_id, name TEXT", others),
            "lagou_company": ("company_id, name TEXT", [row[:2] for row in COMPANIES]),
        },
    )
    assert loaded(folder, path)["employer_raw"][0] == "虚构砺锋机械有限公司"


def test_a_table_that_refers_to_postings_gives_no_postings(folder, tmp_path):
    """Each tag of a job is a row that names the job; were it looked up, it would be a posting once more."""
    path = database(
        tmp_path / "jobs.db",
        {
            "job": (JOBS, POSTS),
            "job_tag": ("job_id, tag_id", [(1, 1), (1, 2), (2, 1)]),
            "company": ("id INTEGER PRIMARY KEY, name TEXT, scale TEXT", COMPANIES),
        },
    )
    assert loaded(folder, path).height == len(POSTS)


PLAIN = "id INTEGER, title TEXT, company_id, salary TEXT"
PLAIN_POSTS = [(1, "焊接工艺工程师", 7, "8-12K"), (2, "推荐算法工程师", 9, "30-45K"), (3, "出纳", 7, "5-6K")]
NAMES = [row[:2] for row in COMPANIES]
EMPLOYERS = ["虚构砺锋机械有限公司", "样例知微数据有限公司", "虚构砺锋机械有限公司"]


def notices_of(path: Path, table: str) -> list[str]:
    return [notice.problem for notice in open_container(path, sheet=table).sheets[0].notices]


def test_the_employer_that_a_posting_names_itself_stays(folder, tmp_path):
    """An agency may post for others: what the posting says is nearer than what its number leads to."""
    own = [(*row, "虚构委托方有限公司") for row in PLAIN_POSTS]
    path = database(
        tmp_path / "jobs.db",
        {"jobs": (f"{PLAIN}, company TEXT", own), "company": ("id, name TEXT, scale TEXT", COMPANIES)},
    )
    assert loaded(folder, path)["employer_raw"].to_list() == ["虚构委托方有限公司"] * 3
    headers = open_container(path, sheet="jobs").sheets[0].headers
    assert "company.name" not in headers
    assert "company.scale" in headers


@pytest.mark.parametrize(
    ("of", "table", "columns", "rows"),
    [
        ("company_id", "hr", "id, name, company_id", [(1, "李强", 7), (2, "王丽", 9)]),
        ("company_id", "hr", "company_id, name TEXT", [(7, "李强"), (9, "王丽")]),
        ("city_id", "company", "id, city_id, industry", [(1, 7, "机械"), (2, 9, "软件")]),
        ("company_id", "data2", "name TEXT, company_id", [("李强", 7), ("王丽", 9)]),
    ],
    ids=["recruiters", "recruiters by company", "companies of a city", "not the first column"],
)
def test_a_table_that_refers_to_the_same_thing_is_not_the_thing(folder, tmp_path, of, table, columns, rows):
    posts = PLAIN.replace("company_id", of)
    path = database(tmp_path / "jobs.db", {"jobs": (posts, PLAIN_POSTS), table: (columns, rows)})
    assert open_container(path, sheet="jobs").sheets[0].headers == ("id", "title", of, "salary")
    found = loaded(folder, path)
    assert found["employer_raw"].to_list() == found["place_raw"].to_list() == [None] * 3


@pytest.mark.parametrize("table", ["t1", "Sheet2", "data2", "工作表1"])
def test_a_table_whose_name_says_nothing_is_known_by_its_first_column(folder, tmp_path, table):
    path = database(
        tmp_path / "jobs.db", {"jobs": (PLAIN, PLAIN_POSTS), table: ("company_id, name TEXT", NAMES)}
    )
    assert loaded(folder, path)["employer_raw"].to_list() == EMPLOYERS


def test_a_first_column_that_repeats_is_no_key(folder, tmp_path):
    rows = [*NAMES, (7, "李强")]
    path = database(
        tmp_path / "jobs.db", {"jobs": (PLAIN, PLAIN_POSTS), "t1": ("company_id, name TEXT", rows)}
    )
    assert loaded(folder, path)["employer_raw"].to_list() == [None] * 3
    assert not any("company_id" in one for one in notices_of(path, "jobs"))


@pytest.mark.parametrize(
    ("table", "columns", "rows"),
    [
        ("recruiter", "id, name TEXT, company_id", [(1, "李强", 7), (2, "王丽", 9), (3, "张敏", 9)]),
        ("company_welfare", "company_id, name TEXT", [(7, "五险一金"), (9, "带薪年假")]),
        ("data2", "company_id, name TEXT", [(7, "李强"), (9, "王丽")]),
    ],
)
def test_the_table_named_for_the_thing_comes_first(folder, tmp_path, table, columns, rows):
    made = {"jobs": (PLAIN, PLAIN_POSTS), "company": ("id, name TEXT", NAMES), table: (columns, rows)}
    assert loaded(folder, database(tmp_path / "jobs.db", made))["employer_raw"].to_list() == EMPLOYERS


def test_cities_are_found_beside_companies_that_name_their_city(folder, tmp_path):
    path = database(
        tmp_path / "jobs.db",
        {
            "jobs": (JOBS, POSTS),
            "company": ("id, name TEXT, city_id", [(7, EMPLOYERS[0], 1), (9, EMPLOYERS[1], 2)]),
            "city": ("id, name TEXT", [(1, "杭州"), (2, "洛阳")]),
        },
    )
    found = loaded(folder, path)
    assert found["place_raw"].to_list() == ["洛阳", "杭州", "杭州", "洛阳"]
    assert found["employer_raw"].to_list() == [*EMPLOYERS, None]


@pytest.mark.parametrize("nothing", [0, "0", 0.0, -1, "-1.0", "", " ", None])
def test_what_stands_for_none_is_no_reference(folder, tmp_path, nothing):
    posts = [*PLAIN_POSTS, (4, "货运司机", nothing, "6-9K"), (5, "保安", nothing, "4-5K")]
    companies = ("id, name TEXT", [*NAMES, (0, "默认公司"), (-1, "其他公司")])
    path = database(tmp_path / "jobs.db", {"jobs": (PLAIN, posts), "company": companies})
    assert loaded(folder, path)["employer_raw"].to_list() == [*EMPLOYERS, None, None]


@pytest.mark.parametrize(
    ("companies", "why"),
    [
        ([*NAMES, (7, "虚构另一家有限公司")], "rows that differ have the same number, as 7"),
        ([(7, EMPLOYERS[0]), (8, EMPLOYERS[1])], "of the first 3 numbers it has 2"),
        ([(number, f"虚构{number}有限公司") for number in range(12)], "it has more than 10 rows"),
    ],
    ids=["of one number for two", "too few", "too many rows"],
)
def test_that_a_reference_was_given_up_is_said(folder, tmp_path, monkeypatch, companies, why):
    monkeypatch.setattr(references, "MOST_ROWS", 10)
    path = database(
        tmp_path / "jobs.db", {"jobs": (PLAIN, PLAIN_POSTS), "company": ("id, name TEXT", companies)}
    )
    said = f"'company_id' was not looked up in the table 'company': {why}"
    assert said in notices_of(path, "jobs")
    assert loaded(folder, path)["employer_raw"].to_list() == [None] * 3
    assert any(said in one for one in folder.read_all("issues", tables.ISSUES)["problem"])


def test_that_two_tables_are_equally_near_is_said(tmp_path):
    companies = ("id, name TEXT", NAMES)
    path = database(
        tmp_path / "jobs.db",
        {"jobs": (PLAIN, PLAIN_POSTS), "company": companies, "t_company_info": companies},
    )
    said = "'company_id' was not looked up in the table 'company' and 't_company_info'"
    assert f"{said}: no table is nearer than the others" in notices_of(path, "jobs")
