"""Tiers on postings written for the purpose: every convention, and explanations that agree."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.definitions.matcher import load_matcher
from graphcli.loaders.definitions.tiers.explain import explain
from graphcli.loaders.definitions.tiers.rules import load_rules
from graphcli.workspace.selection import TIERS

LABELLED = yaml.safe_load(Path(__file__).with_name("labelled_postings.yaml").read_text(encoding="utf-8"))
SCHEMA = {"title": pl.String, "tags": pl.List(pl.String), "text": pl.String, "employer_raw": pl.String}


@pytest.fixture(scope="module")
def matcher():
    return load_matcher()


@pytest.fixture(scope="module")
def rules():
    return load_rules()


def frame_of(postings: list[dict]) -> pl.DataFrame:
    rows = [(p["title"], p.get("tags", []), p.get("text", ""), p.get("employer", "")) for p in postings]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@pytest.fixture(scope="module")
def annotated(matcher):
    return matcher.annotate(frame_of(LABELLED)).to_dicts()


def name_of(posting: dict) -> str:
    return f"{posting['tier']}: {posting['title']} {posting.get('text', '')[:40]}{posting.get('tags', '')}"


@pytest.mark.parametrize("number", range(len(LABELLED)), ids=lambda number: name_of(LABELLED[number]))
def test_a_posting_gets_the_tier_a_reader_gives_it(annotated, rules, number):
    posting = LABELLED[number]
    why = explain(
        posting["title"], posting.get("tags"), posting.get("text"), posting.get("employer"), rules=rules
    )
    assert annotated[number]["tier"] == posting["tier"], why


@pytest.mark.parametrize("number", range(len(LABELLED)), ids=lambda number: name_of(LABELLED[number]))
def test_the_explanation_names_the_convention_and_agrees(rules, number):
    posting = LABELLED[number]
    why = explain(
        posting["title"], posting.get("tags"), posting.get("text"), posting.get("employer"), rules=rules
    )
    tiers = [TIERS.index(entry["tier"]) for entry in why]
    assert max(tiers, default=0) == TIERS.index(posting["tier"])
    assert tiers == sorted(tiers, reverse=True)
    if "convention" in posting:
        deciding = {entry["convention"] for entry in why if entry["tier"] == posting["tier"]}
        assert posting["convention"] in deciding
    assert all(entry["note"] == rules.conventions[entry["convention"]] for entry in why)


@pytest.mark.parametrize("number", range(len(LABELLED)), ids=lambda number: name_of(LABELLED[number]))
def test_the_skills_that_must_be_found_are_and_the_traps_are_not(annotated, number):
    posting, skills = LABELLED[number], set(annotated[number]["skills"])
    assert set(posting.get("has", [])) <= skills
    assert not set(posting.get("lacks", [])) & skills
    assert set(posting.get("presets", [])) <= set(annotated[number]["presets"])


def test_the_employers_name_is_explained_and_counts_for_nothing(rules):
    why = explain("会计", [], "", "深蓝人工智能科技有限公司", rules=rules)
    assert [(entry["zone"], entry["tier"], entry["convention"]) for entry in why] == [
        ("employer", "none", "employer_name")
    ]


def test_words_that_decide_nothing_are_named_as_well(rules):
    why = explain("数据分析师", ["数据挖掘"], "算法基础扎实", rules=rules)
    assert {(entry["word"], entry["convention"]) for entry in why} >= {
        ("数据挖掘", "data_mining"),
        ("算法", "data_structures"),
    }


def test_width_and_case_do_not_change_a_tier(matcher):
    plain = {"title": "AI算法工程师", "text": "任职要求:熟悉PyTorch;有NLP经验者优先"}
    wide = {"title": "ＡＩ算法工程师", "text": "任职要求：熟悉ＰｙＴｏｒｃｈ；有ｎｌｐ经验者优先"}
    first, second = matcher.annotate(frame_of([plain, wide])).to_dicts()
    assert first == second


FRAGMENTS = st.sampled_from(
    [
        "机器学习",
        "人工智能",
        "AI",
        "PS、AI、CDR",
        "数据挖掘",
        "大模型",
        "机器人",
        "PLC",
        "优先",
        "熟悉",
        "负责",
        "研发",
        "算法",
        "岗位职责：",
        "任职要求：",
        "加分项：",
        "公司介绍：",
        "，",
        "；",
        "。",
        "1、",
        "Java",
        "产品经理",
        "工程师",
        "不要求",
        "有限公司",
        "推荐系统",
        "ChatGPT",
        " ",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.lists(FRAGMENTS, max_size=12)] * 3), min_size=1, max_size=6))
def test_annotation_and_explanation_agree_on_any_posting(matcher, rules, parts):
    postings = [{"title": "".join(t), "tags": list(g), "text": "".join(x)} for t, g, x in parts]
    tiers = matcher.annotate(frame_of(postings))["tier"].to_list()
    for posting, tier in zip(postings, tiers, strict=True):
        why = explain(posting["title"], posting["tags"], posting["text"], rules=rules)
        assert max((TIERS.index(entry["tier"]) for entry in why), default=0) == TIERS.index(tier)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.lists(FRAGMENTS, max_size=10)] * 3), min_size=2, max_size=8))
def test_a_posting_is_judged_by_itself_whatever_stands_beside_it(matcher, parts):
    postings = [{"title": "".join(t), "tags": list(g), "text": "".join(x)} for t, g, x in parts]
    together = matcher.annotate(frame_of(postings)).to_dicts()
    alone = [matcher.annotate(frame_of([posting])).to_dicts()[0] for posting in postings]
    assert together == alone


def test_most_real_algorithm_postings_are_ai_and_most_java_ones_do_not_build_it(matcher, shared_data):
    def share(keyword: str, tier: str) -> float:
        files = sorted((shared_data / "postings" / "zhaopin_2026").glob(f"*_{keyword}_*.csv"))
        rows = pl.concat([pl.read_csv(path, infer_schema=False) for path in files])
        frame = rows.select(
            title="职位",
            tags=pl.col("技能").fill_null("").str.split(","),
            text=pl.col("工作描述"),
            employer_raw=pl.col("公司"),
        )
        return float((matcher.annotate(frame)["tier"] == tier).mean())

    assert share("人工智能", "narrow") > 0.6
    assert share("Java开发", "narrow") < 0.1
    assert share("产品经理", "narrow") < 0.02
