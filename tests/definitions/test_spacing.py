"""A word of two scripts is found with and without the space that typists set at the seam."""

from __future__ import annotations

import polars as pl
import pytest

from graphcli.loaders.definitions.spacing import both_ways, spaced
from graphcli.loaders.definitions.tiers.rules import load_rules, word_pattern


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("ai算法", "ai 算法"),
        ("视觉slam", "视觉 slam"),
        ("熟练ppt汇报", "熟练 ppt 汇报"),
        ("c++开发", "c++ 开发"),
        ("机器学习", "机器学习"),
        ("deep learning", "deep learning"),
        ("java、go", "java、go"),
    ],
)
def test_a_space_stands_at_each_seam(word, wanted):
    assert spaced(word) == wanted


def test_each_word_stands_once():
    assert both_ways(["ai算法", "ai 算法", "nlp"]) == ["ai算法", "ai 算法", "nlp"]


def test_the_longest_of_the_words_that_begin_at_one_place_counts():
    words = ["ai", "ai算法", "视觉", "视觉slam", "ml", "ml models", "大模型", "大模型工具"]
    for text, wanted in [
        ("用ai算法", ["ai算法"]),
        ("视觉slam和视觉", ["视觉slam", "视觉"]),
        ("ml modelsx, ml models", ["ml", "ml models"]),
        ("大模型工具与大模型", ["大模型工具", "大模型"]),
        ("email, main, slam", []),
    ]:
        found = pl.Series([text]).str.extract_all(word_pattern(words)).to_list()[0]
        assert found == wanted


def test_a_spaced_word_moves_with_the_one_it_stands_for(tmp_path):
    words = 'source: own reading\nas_of: "2026-11"\nwords:\n  tool: [AI模型]\n'
    (tmp_path / "tiers.yaml").write_text(words, encoding="utf-8")
    rules = load_rules(tmp_path)
    assert rules.classes["ai模型"] == rules.classes["ai 模型"] == "tool"
