"""HTML, marks without width and lists of tags as crawlers store them."""

from __future__ import annotations

import time

import polars as pl
import pytest

from graphcli.loaders.fields.tags import split_tags, without_profile_words
from graphcli.loaders.fields.text import plain_text
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
