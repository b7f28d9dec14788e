"""Raw cells become canonical values, or say why they do not."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.fields.dates import NEEDS_CRAWL, parse_date, read_dates
from graphcli.loaders.fields.pay import DAY_HOURS, PAID_DAYS, parse_pay, read_pay
from graphcli.loaders.fields.tags import split_profile, split_tags, without_profile_words
from graphcli.loaders.fields.text import plain_text, without_list_notation
from graphcli.loaders.fields.urls import posting_key, read_urls
from graphcli.loaders.fields.vocabulary import (
    PARSERS,
    load_vocabulary,
    parse_company_size,
    parse_education,
    parse_experience,
    parse_openings,
    parse_ownership,
)


@pytest.mark.parametrize(
    ("cell", "low", "high", "months"),
    [
        ("1.2-2万", 12_000, 20_000, None),
        ("8千-1.1万", 8_000, 11_000, None),
        ("6千-1万/月", 6_000, 10_000, None),
        ("18-30万/年", 15_000, 25_000, None),
        ("24-48万/年", 20_000, 40_000, None),
        ("15k-30k", 15_000, 30_000, None),
        ("15K-30K", 15_000, 30_000, None),
        ("3-6万·13薪", 30_000, 60_000, 13),
        ("8000-12000元", 8_000, 12_000, None),
        ("8,000-12,000元/月", 8_000, 12_000, None),
        ("200元/天", 200 * PAID_DAYS, 200 * PAID_DAYS, None),
        ("150-200/天", 150 * PAID_DAYS, 200 * PAID_DAYS, None),
        ("20-30元/时", 20 * DAY_HOURS * PAID_DAYS, 30 * DAY_HOURS * PAID_DAYS, None),
        ("2千以下", None, 2_000, None),
        ("4千及以下", None, 4_000, None),
        ("3万以上/月", 30_000, None, None),
        ("年薪24-36万", 20_000, 30_000, None),
        ("１．２－２万", 12_000, 20_000, None),
        ("18\n-\n30万/年", 15_000, 25_000, None),
        ("9000-15000 CNY/MONTH", 9_000, 15_000, None),
        ("240000 CNY/YEAR", 20_000, 20_000, None),
        ("9000.0-15000.0 CNY/MONTH", 9_000, 15_000, None),
        ("5千-8千·13薪", 5_000, 8_000, 13),
    ],
)
def test_pay_is_cny_a_month(cell, low, high, months):
    pay = parse_pay(cell)
    assert (pay.low, pay.high, pay.months, pay.problem) == (low, high, months, "")


@pytest.mark.parametrize("cell", ["面议", "薪资面议", "", "  ", "-", "None", "negotiable"])
def test_silence_about_pay_is_no_problem(cell):
    assert parse_pay(cell) == parse_pay("")


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("薪资优厚", "cannot be read"),
        ("100-200元/次", "piece of work"),
        ("8-1.2万", "above"),
        ("15-30", "small number"),
        ("0-0元", "zero"),
    ],
)
def test_unreadable_pay_is_blanked_with_its_reason(cell, word):
    pay = parse_pay(cell)
    assert (pay.low, pay.high, pay.action) == (None, None, "blanked")
    assert word in pay.problem


@pytest.mark.parametrize(
    ("cell", "currency"),
    [("8000-12000 USD/MONTH", "USD"), ("$5000", "USD"), ("30-40万日元", "JPY"), ("HK$20000-30000", "HKD"),
     ("5000-6000 PLN/MONTH", "PLN")],
)  # fmt: skip
def test_pay_in_another_currency_is_never_yuan(cell, currency):
    pay = parse_pay(cell)
    assert (pay.low, pay.high, pay.currency, pay.action) == (None, None, currency, "kept")
    assert currency in pay.problem


def test_implausible_pay_is_kept_as_written_and_flagged():
    pay = parse_pay("20-40万")
    assert (pay.low, pay.high, pay.action) == (200_000, 400_000, "kept")
    assert "unusually high" in pay.problem


@given(st.text(max_size=60))
def test_any_text_is_pay_or_says_why_not(cell):
    pay = parse_pay(cell)
    if pay.low is not None and pay.high is not None:
        assert 0 <= pay.low <= pay.high
    assert (pay.action == "") == (pay.problem == "")


@given(st.integers(1, 90), st.integers(0, 30), st.sampled_from(["千", "k", "K"]))
def test_a_range_in_thousands_reads_back(low, more, unit):
    pay = parse_pay(f"{low}{unit}-{low + more}{unit}")
    assert (pay.low, pay.high) == (low * 1000, (low + more) * 1000)


def test_a_column_of_pay_keeps_its_order():
    column = pl.Series(["1-2万", None, "面议", "1-2万", "3-4千"])
    assert read_pay(column)["pay_low"].to_list() == [10_000, None, None, 10_000, 3_000]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-01-11 08:41:20", date(2026, 1, 11)),
        ("2021-04-30T16:00:00Z", date(2021, 4, 30)),
        ("2019/9/3", date(2019, 9, 3)),
        ("2019年9月13日", date(2019, 9, 13)),
        ("20190913", date(2019, 9, 13)),
        ("1568332800", date(2019, 9, 13)),
        ("1568332800000", date(2019, 9, 13)),
        ("25/12/2023", date(2023, 12, 25)),
    ],
)
def test_dates_with_a_year(cell, day):
    assert parse_date(cell) == (day, "")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("09-13发布", date(2019, 9, 13)),
        ("9月13日", date(2019, 9, 13)),
        ("12-30", date(2018, 12, 30)),
        ("02-29", date(2016, 2, 29)),
        ("昨天", date(2019, 9, 19)),
        ("3天前发布", date(2019, 9, 17)),
        ("刚刚", date(2019, 9, 20)),
    ],
)
def test_dates_without_a_year_need_the_crawl(cell, day):
    assert parse_date(cell, date(2019, 9, 20)) == (day, "")
    assert parse_date(cell) == (None, NEEDS_CRAWL)


@pytest.mark.parametrize(
    "cell", ["2019-02-30", "soon", "01/02/2023", "9999-01-01", "0001-01-01", "13-45发布"]
)
def test_impossible_dates_are_not_guessed(cell):
    found, problem = parse_date(cell, date(2024, 1, 1))
    assert found is None
    assert problem


def test_a_day_after_the_crawl_is_kept_and_flagged():
    row = read_dates(pl.Series(["2020-01-01"]), date(2019, 9, 20)).row(0, named=True)
    assert row["posted_on"] == date(2020, 1, 1)
    assert row["action"] == "kept"


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_says_why_not(cell):
    found, problem = parse_date(cell, date(2024, 1, 1))
    assert found is None or problem == ""


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (parse_education, "本科及以上", "bachelor"),
        (parse_education, "中技/中专", "vocational"),
        (parse_education, "学历不限", "any"),
        (parse_experience, "3-5年", "3-4 years"),
        (parse_experience, "2年工作经验", "1-2 years"),
        (parse_experience, "10年以上工作经验", "10 years or more"),
        (parse_experience, "5年及以上", "5-9 years"),
        (parse_experience, "1年以下", "under 1 year"),
        (parse_experience, "在校生/应届生", "none"),
        (parse_experience, "36个月", "3-4 years"),
        (parse_company_size, "1000-9999人", "1000-9999"),
        (parse_company_size, "少于50人", "<50"),
        (parse_company_size, "20人以下", "<20"),
        (parse_company_size, "2000人以上", "2000+"),
        (parse_ownership, "外资（非欧美）", "foreign"),
        (parse_ownership, "民营公司", "private"),
        (parse_openings, "招10人", 10),
        (parse_openings, "若干人", None),
    ],
)
def test_words_of_the_boards(parse, cell, value):
    assert parse(cell) == (value, None)


@given(st.sampled_from(sorted(PARSERS)), st.text(max_size=30))
def test_any_text_is_a_known_word_or_a_problem(field, cell):
    value, problem = PARSERS[field][0](cell)
    assert value is None or problem is None


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("['数据分析', 'SQL']", ["数据分析", "SQL"]),
        ('["数据分析","SQL"]', ["数据分析", "SQL"]),
        ("Java|Spring", ["Java", "Spring"]),
        ("Java，Spring、C/C++, Java", ["Java", "Spring", "C/C++"]),
        ("[]", []),
        (None, []),
        (" 单一 ", ["单一"]),
    ],
)
def test_lists_of_tags(cell, tags):
    assert split_tags(pl.Series([cell], dtype=pl.String)).to_list() == [tags]


def test_the_end_of_a_row_of_tags_describes_the_employer_by_content_not_by_place():
    cells = pl.Series(
        [
            "Java|民营|20-99人|计算机软件",
            "Java|100-299人|环保",
            "民营|计算机软件",
            "Yii|Redis|20人以下",
            "小程序|Vue",
            "营销|国企|500-999人|银行",
        ]
    )
    frame = split_profile(cells, load_vocabulary())
    assert frame["tags"].to_list() == [["Java"], ["Java"], [], ["Yii", "Redis"], ["小程序", "Vue"], ["营销"]]
    assert frame["ownership"].to_list() == ["民营", None, "民营", None, None, "国企"]
    assert frame["company_size"].to_list() == ["20-99人", "100-299人", None, "20人以下", None, "500-999人"]
    assert frame["industry"].to_list() == ["计算机软件", "环保", "计算机软件", None, None, "银行"]


def test_perks_education_and_experience_are_no_skills():
    tags = split_tags(pl.Series(["3-4年,本科,Python,五险一金,年终奖金,餐饮补贴,机器学习,做五休二,定期体检"]))
    assert without_profile_words(tags, load_vocabulary()).to_list() == [["Python", "机器学习"]]


def test_python_list_notation_comes_off_with_its_escapes():
    frame = pl.DataFrame({"cell": ["['上海-浦东新区']", "[]", r"['甲\xa0乙']", "plain [x]", None]})
    assert without_list_notation(frame)["cell"].to_list() == [
        "上海-浦东新区",
        "",
        "甲\xa0乙",
        "plain [x]",
        None,
    ]


def test_html_becomes_text_and_plain_text_stays():
    cells = pl.Series(
        ["<p>熟悉 C&amp;C++</p><ul><li>甲</li><li>乙</li></ul>", "a < b 且 x > y", "AT&T", None]
    )
    assert plain_text(cells).to_list() == ["熟悉 C&C++\n甲\n乙", "a < b 且 x > y", "AT&T", None]


def test_scripts_leave_nothing_behind():
    assert plain_text(pl.Series(["职责<script>alert('x')</script>要求"])).to_list() == ["职责 要求"]


def test_only_web_addresses_pass():
    cells = pl.Series(
        ["http://a.cn/1", "//a.cn/2", "www.a.cn/3", "javascript:alert(1)", "https://a.cn/", None]
    )
    frame = read_urls(cells)
    assert frame["url"].to_list() == [
        "http://a.cn/1", "https://a.cn/2", "https://www.a.cn/3", None, "https://a.cn/", None,
    ]  # fmt: skip
    assert frame["action"].to_list() == [None, None, None, "blanked", "kept", None]


def test_spellings_of_one_address_are_one_posting():
    same = ["http://Jobs.A.cn/7.htm", "https://jobs.a.cn/7.htm#top", "https://jobs.a.cn/7.htm?utm_source=x"]
    assert posting_key(pl.Series(same)).n_unique() == 1
    assert posting_key(pl.Series(["https://a.cn/#/job/1", "https://a.cn/#/job/2"])).n_unique() == 2
    assert posting_key(pl.Series(["https://a.cn/x?id=1", "https://a.cn/x?id=2"])).n_unique() == 2
    assert posting_key(pl.Series(["https://a.cn/"])).to_list() == [None]


@given(st.lists(st.text(max_size=8), max_size=4))
def test_any_list_in_python_notation_comes_apart_without_a_crash(tags):
    cell = str([tag.encode("utf-8", "replace").decode() for tag in tags])
    assert len(split_tags(pl.Series([cell])).to_list()) == 1
    assert without_list_notation(pl.DataFrame({"cell": [cell]}))["cell"].null_count() == 0
