"""Tables of a database or dump that refer to each other: the posting has what the other table says of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import polars as pl
import pytest

from graphcli.loaders.load import load
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
