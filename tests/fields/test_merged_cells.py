"""Cells of several fields, taken apart without adding or losing anything."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphcli.loaders.fields.merged import ROLES, split_merged

CELLS = {
    "1-3年本科": {"experience": "1-3年", "education": "本科"},
    "经验不限/学历不限": {"experience": "经验不限", "education": "学历不限"},
    "本科及以上学历3年以上工作经验": {"education": "本科及以上学历", "experience": "3年以上工作经验"},
    "北京·朝阳 | 3-5年 | 本科": {"place": "北京·朝阳", "experience": "3-5年", "education": "本科"},
    "15-25K·14薪 3-5年 本科": {"pay": "15-25K·14薪", "experience": "3-5年", "education": "本科"},
    "上海-浦东 1-3年 大专 招2人 03-01发布": {
        "place": "上海-浦东",
        "experience": "1-3年",
        "education": "大专",
        "openings": "招2人",
        "posted_on": "03-01发布",
    },
    "8000-12000元 北京-海淀 全职": {"pay": "8000-12000元", "place": "北京-海淀", "rest": "全职"},
    "Java": {"rest": "Java"},
}


@pytest.mark.parametrize(("cell", "parts"), CELLS.items())
def test_each_part_goes_to_its_role(cell, parts):
    row = split_merged(pl.Series([cell]), ROLES).row(0, named=True)
    assert {role: value for role, value in row.items() if value is not None} == parts


def test_only_the_roles_asked_for_are_looked_for():
    row = split_merged(pl.Series(["1-3年本科", None]), ["education"])
    assert row.rows() == [("本科", "1-3年"), (None, None)]


@given(st.text(alphabet="0123456789-年本科大专北京上海K万元/| ·招人经验不限,a", max_size=40))
def test_no_letter_is_added_or_lost(cell):
    row = split_merged(pl.Series([cell]), ROLES).row(0)
    given_letters = sorted(letter for letter in cell if letter.isalnum())
    assert sorted(letter for part in row if part for letter in part if letter.isalnum()) == given_letters
