"""HTML, marks without width and lists of tags as crawlers store them."""

from __future__ import annotations

import re
import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.fields.glued_tags import separated
from graphcli.loaders.fields.tags import perks_among, split_tags, without_profile_words
from graphcli.loaders.fields.text import one_line, plain_text
from graphcli.loaders.fields.vocabulary import load_vocabulary

TEXTS = {
    "<p>A&amp;nbsp;B</p><ul><li>one<ul><li>two</li></ul></li></ul>": "A B\none\ntwo",
    "<script>x</script>ok<!-- c -->d": "okd",
    "<div class='x' broken <p>hi": "hi",
    "&lt;p&gt;double&lt;/p&gt;": "double",
    "1&lt;2 &gt; 0": "1<2 > 0",
    "岗位职责：\\n1、做事\\n\\n2、做人": "岗位职责：\n1、做事\n2、做人",
    "C:\\new\\table": "C:\\new\\table",
    "a\u2028b\u2029c\x85d": "a\nb\nc\nd",
    "Py\u200bthon\xad": "Python",
    "x<y and y>z": "x<y and y>z",
    "😀 加入我们": "😀 加入我们",
}
TAGS = {
    "['C++', \"it's\"]": ["C++", "it's"],
    '["a","b"]': ["a", "b"],
    "Vue / JavaScript / CSS": ["Vue", "JavaScript", "CSS"],
    "Java,C/C++,TCP/IP": ["Java", "C/C++", "TCP/IP"],
    "#Java #Python": ["Java", "Python"],
    "C#|.NET": ["C#", ".NET"],
    "[{'id': 1, 'name':'Java'},{'id': 2, 'name':'Go'}]": ["Java", "Go"],
    "机器学习 深度学习 自然语言处理": ["机器学习", "深度学习", "自然语言处理"],
    "Deep Learning, NLP": ["Deep Learning", "NLP"],
    "[]": [],
}


@pytest.mark.parametrize(("cell", "text"), TEXTS.items())
def test_a_text_reads_as_it_was_shown(cell, text):
    # The line ends of two blocks that stand apart are one.
    assert [line for line in plain_text(pl.Series([cell]))[0].split("\n") if line] == text.split("\n")


@pytest.mark.parametrize(("cell", "tags"), TAGS.items())
def test_tags_are_split_where_it_is_safe(cell, tags):
    assert split_tags(pl.Series([cell]))[0].to_list() == tags


def test_perks_are_no_skills():
    tags = split_tags(pl.Series(["PyTorch，五险一金，五险一金带薪年假，3-5年，本科"]))
    assert without_profile_words(tags, load_vocabulary())[0].to_list() == ["PyTorch"]


@pytest.mark.parametrize("part", ["<", "<a ", "&amp;", "<script>", "<!--", "<p x=", "[{'name':", "'", "\\n"])
def test_a_hostile_text_takes_no_longer_than_its_length(part):
    cells = pl.Series([part * (400_000 // len(part))])
    start = time.process_time()
    plain_text(cells)
    split_tags(cells)
    assert time.process_time() - start < 5


SEPARATED = {
    "Python Java Hadoop": ["Python", "Java", "Hadoop"],
    "Java Spring Boot MySQL": ["Java", "Spring Boot", "MySQL"],
    "Computer Vision Deep Learning": ["Computer Vision", "Deep Learning"],
    "PythonJavaHadoop": ["Python", "Java", "Hadoop"],
    "机器学习深度学习": ["机器学习", "深度学习"],
    "五险一金带薪年假": ["五险一金", "带薪年假"],
    "Python五险一金": ["Python", "五险一金"],
    "Python/Java/Go": ["Python", "Java", "Go"],
    "深度学习 机器学习": ["深度学习", "机器学习"],
}
WHOLE = (
    "Machine Learning",
    "Spring Boot",
    "Natural Language Processing",
    "Microsoft Office",
    "TCP/IP",
    "Java开发",
    "JavaScript",
    "Python Wizardry",
    "PythonWizardry",
    "大数据分析",
    "Data Engineer",
    "C",
    "",
)


@pytest.mark.parametrize(("tag", "expected"), SEPARATED.items())
def test_tags_of_known_words_are_taken_apart(tag, expected):
    assert separated(pl.Series([["SQL", tag], None, []])).to_list() == [["SQL", *expected], None, []]


@pytest.mark.parametrize("tag", WHOLE)
def test_one_term_and_what_is_not_wholly_known_stay_one_tag(tag):
    assert separated(pl.Series([[tag]])).to_list() == [[tag]]


@given(
    st.lists(
        st.lists(st.text(alphabet="Javpyhon SQL机器学习五险一金/·+", max_size=14), max_size=3), max_size=4
    )
)
def test_separating_loses_no_letter(lists):
    tags = pl.Series(lists, dtype=pl.List(pl.String))
    for before, after in zip(lists, separated(tags).to_list(), strict=True):
        letters = [re.sub(r"[\s/·]", "", "".join(some)) for some in (dict.fromkeys(before), after)]
        assert set(letters[0]) == set(letters[1])
        assert len(after) >= 1 or not before


@pytest.mark.parametrize(
    "perk",
    [
        "五险一金",
        "带薪年假",
        "周末双休",
        "团队氛围好",
        "年度旅游",
        "领导Nice",
        "免费三餐",
        "health insurance",
        "401k",
        "Paid time off",
    ],
)
def test_what_the_employer_offers_is_no_skill_and_is_not_lost(perk):
    tags = pl.Series([["Python", perk]])
    assert without_profile_words(tags, load_vocabulary()).to_list() == [["Python"]]
    assert perks_among(tags, load_vocabulary()).to_list() == [[perk]]


LINES = {
    "<em>Java</em>开发&amp;测试": "Java开发&测试",
    "算法\u2028工程师": "算法 工程师",
    "Рython工程师": "Python工程师",
    "数据分析⼯程师": "数据分析工程师",
    "產品經理\uf9e4": "產品經理理",
    "本\u200b科": "本科",
    "Москва": "Москва",
    "C++ & C#": "C++ & C#",
    "两行\n工程师": "两行\n工程师",
    "Ａ股": "Ａ股",
}


@pytest.mark.parametrize(("cell", "expected"), LINES.items())
def test_short_cells_are_plain_text_in_their_usual_letters(cell, expected):
    assert one_line(pl.Series([cell, None])).to_list() == [expected, None]
