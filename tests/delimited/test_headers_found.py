"""The header of a table is found wherever it stands, and none is made of a record."""

from __future__ import annotations

import pytest

from graphcli.loaders.reader.header import find_header

RECORDS = [
    ["算法工程师", "甲虚构科技有限公司", "北京", "1.2-2万", "https://e.cn/1"],
    ["会计", "乙虚构财务有限公司", "上海", "6-8千", "https://e.cn/2"],
    ["护士", "丙虚构康复医院", "广州", "面议", "https://e.cn/3"],
    ["文员", "丁虚构商贸有限公司", "北京", "4-5千", "https://e.cn/4"],
]
HEADER = ["职位名称", "公司名称", "城市", "薪资", "链接"]


def test_the_first_line_is_the_header_of_most_files():
    guess = find_header([HEADER, *RECORDS])
    assert (guess.index, guess.headers, guess.skipped, guess.first_record) == (0, tuple(HEADER), (), 1)


def test_titles_notes_and_blank_lines_stand_above_the_header():
    above = [
        ["虚构市招聘岗位汇总表", "", "", "", ""],
        ["导出时间：2025-03-01", "共 4 条", "", "", ""],
        [""] * 5,
    ]
    guess = find_header([*above, HEADER, *RECORDS])
    assert (guess.index, guess.skipped) == (3, (0, 1, 2))
    assert guess.headers == tuple(HEADER)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_records_without_a_header_give_counted_columns(count):
    guess = find_header(RECORDS[:count])
    assert guess.index is None
    assert guess.headers == ("column 1", "column 2", "column 3", "column 4", "column 5")
    assert guess.first_record == 0


def test_a_title_above_records_without_a_header_is_no_record():
    guess = find_header([["共 4 条", "", "", "", ""], *RECORDS])
    assert (guess.index, guess.skipped, guess.first_record) == (None, (0,), 1)


def test_words_that_recur_below_are_no_header():
    rows = [["会计", "甲公司", "上海"], ["文员", "乙公司", "上海"], ["会计", "丙公司", "北京"]]
    assert find_header(rows).index is None


def test_numbers_that_count_up_are_a_header():
    guess = find_header([["0", "1", "2", "3", "4"], *RECORDS])
    assert (guess.index, guess.headers) == (0, ("0", "1", "2", "3", "4"))


@pytest.mark.parametrize("names", [["", *HEADER], ["", "0", "1", "2", "3", "4"]])
def test_the_column_that_pandas_leaves_unnamed(names):
    guess = find_header([names, *([str(number), *row] for number, row in enumerate(RECORDS))])
    assert guess.index == 0
    assert guess.headers == ("column 1", *names[1:])


def test_r_leaves_out_the_name_over_its_row_numbers():
    guess = find_header([HEADER, *([str(number), *row] for number, row in enumerate(RECORDS, start=1))])
    assert guess.headers == ("column 1", *HEADER)


def test_groups_over_names_are_a_header_of_two_lines():
    groups = ["公司信息", "", "职位信息", ""]
    names = ["名称", "规模", "名称", "薪资"]
    guess = find_header(
        [groups, names, ["甲公司", "100人", "会计", "1万"], ["乙公司", "20人", "文员", "4千"]]
    )
    assert guess.headers == ("公司信息 名称", "规模", "职位信息 名称", "薪资")
    assert guess.first_record == 2


def test_names_in_a_second_language_are_no_record():
    guess = find_header([HEADER, ["job_name", "company_name", "city", "salary", "url"], *RECORDS])
    assert (guess.headers, guess.first_record) == (tuple(HEADER), 2)


def test_one_column_and_two_columns_of_one_name():
    assert find_header([["职位名称"], ["会计"], ["文员"]]).headers == ("职位名称",)
    assert find_header([["会计"], ["文员"], ["会计"]]).index is None
    guess = find_header([["名称", "名称", "城市"], ["会计", "甲公司", "上海"], ["文员", "乙公司", "北京"]])
    assert guess.headers == ("名称", "名称 (2)", "城市")


def test_a_lone_line_is_a_header_where_it_looks_like_one():
    assert find_header([HEADER]).index == 0
    assert find_header(RECORDS[:1]).index is None


def test_nothing_has_no_header():
    assert find_header([]).headers == ()
    assert find_header([["", ""], []]).headers == ()


def test_real_files_have_their_headers_and_their_records_have_none(shared_data):
    import csv

    files = sorted((shared_data / "postings").rglob("*.csv"))
    assert files
    for path in files:
        content = path.read_bytes()
        text = content.decode("gb18030" if "gbk" in str(path) else "utf-8-sig", "replace")
        rows = list(csv.reader(text.splitlines(keepends=True)[:400]))[:31]
        assert find_header(rows).index == 0, path.name
        assert find_header(rows[1:]).index is None, path.name
