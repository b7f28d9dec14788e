"""Levels, sizes, owners and openings in the words of boards, in both scripts and in English."""

from __future__ import annotations

import pytest

from graphcli.loaders.fields.vocabulary import (
    parse_company_size,
    parse_education,
    parse_experience,
    parse_openings,
    parse_ownership,
)

EDUCATION = {
    "大学本科": "bachelor",
    "本科及以上学历": "bachelor",
    "大專": "associate",
    "學士": "bachelor",
    "碩士": "master",
    "不限學歷": "any",
    "Bachelor's degree": "bachelor",
    "Master's": "master",
    "高中/中专": "high_school",
    "本科/硕士": "bachelor",
    "大专或以上": "associate",
    "本科及以上(硕士优先)": "bachelor",
    "硕士以上": "master",
    "bachelor degree or above": "bachelor",
    "PhD": "doctorate",
    "本科生毕业": "bachelor",
    "硕士生毕业,博士生毕业": "master",
    "985/211": None,
    "3-5年": None,
}
EXPERIENCE = {
    "三年以上": "3-4 years",
    "在读/应届": "none",
    "3-5 years": "3-4 years",
    "5+ years": "5-9 years",
    "经验3-5年": "3-4 years",
    "3年工作經驗以上": "3-4 years",
    "無經驗可": "none",
    "經歷不拘": "any",
    "经验应届毕业生": "none",
    "1–3年": "1-2 years",
    "less than 1 year": "under 1 year",
    "半年以上": "under 1 year",
    "十年以上": "10 years or more",
    "Director": None,
    "2024-03": None,
    "15-25K": None,
}
SIZES = {
    "11-50 employees": "11-50",
    "10,001+ employees": "10001+",
    "少於50人": "<50",
    "公司规模：50-100人": "50-100",
    "1万人以上": "10000+",
    "50人以内": "<50",
    "20～99人": "20-99",
    "以上": None,
    "民营": None,
}
OWNERS = {
    "民營": "private",
    "央国企": "state",
    "State-owned": "state",
    "Joint venture": "joint_venture",
    "港澳台": "hong_kong_macau_taiwan",
    "Public company": "listed",
    "高等教育单位": "public_institution",
    "D轮及以上": None,
    "20-99人": None,
}
OPENINGS = {
    "招2人": 2,
    "招聘人数：2人": 2,
    "3 openings": 3,
    "2.0": 2,
    "招若干人": None,
    "招3-5人": None,
    "0": None,
}


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (parse, cell, value)
        for parse, table in (
            (parse_education, EDUCATION),
            (parse_experience, EXPERIENCE),
            (parse_company_size, SIZES),
            (parse_ownership, OWNERS),
            (parse_openings, OPENINGS),
        )
        for cell, value in table.items()
    ],
)
def test_a_word_of_a_board_has_one_meaning_or_none(parse, cell, value):
    read, problem = parse(cell)
    assert read == value
    assert (problem is None) == (value is not None or cell == "招若干人")


@pytest.mark.parametrize(
    ("cell", "size"),
    [
        ("约200人", "200"),
        (">1000", "1000+"),
        ("万人以上", "10000+"),
        ("1-2万人", "10000-20000"),
        ("1万-2万人", "10000-20000"),
        ("More than 1,000 employees", "1000+"),
        ("Fewer than 50 employees", "<50"),
        ("10,001+", "10001+"),
        ("1,001-5,000 employees", "1001-5000"),
        ("10000+人", "10000+"),
        ("超过500人", "500+"),
        ("51-200 employees", "51-200"),
        ("少于50人", "<50"),
        ("100-499人", "100-499"),
        ("本\u200b", None),
    ],
)
def test_sizes_of_chinese_and_english_boards(cell, size):
    assert parse_company_size(cell)[0] == size


def test_a_size_that_is_not_told_is_silence():
    assert parse_company_size("保密") == (None, None)


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("三人", 3),
        ("两名", 2),
        ("十人", 10),
        ("急招5人", 5),
        ("拟招3人", 3),
        ("2个名额", 2),
        ("Openings: 3", 3),
    ],
)
def test_openings_in_words_and_behind_words(cell, count):
    assert parse_openings(cell) == (count, None)


@pytest.mark.parametrize("cell", ["10+", "10人以上", "二十人", "百人", "0", "5-10人"])
def test_openings_that_name_no_one_number_are_not_guessed(cell):
    value, problem = parse_openings(cell)
    assert value is None
    assert problem


@pytest.mark.parametrize("cell", ["未融资", "A轮", "Pre-A轮", "D轮及以上", "不需要融资", "天使轮"])
def test_a_stage_of_funding_is_no_ownership(cell):
    assert parse_ownership(cell) == (None, "a stage of funding, not a kind of ownership")


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("民企", "private"),
        ("Company - Public", "listed"),
        ("日资企业", "foreign"),
        ("台资企业", "hong_kong_macau_taiwan"),
        ("中央企业", "state"),
        ("民办非企业", "nonprofit"),
        ("个体户", "other"),
        ("已上市", "listed"),
    ],
)
def test_owners_of_chinese_and_english_boards(cell, kind):
    assert parse_ownership(cell) == (kind, None)
