"""Tier words of the user: new words, words moved to another class, and what a file of them must keep."""

from __future__ import annotations

import polars as pl
import pytest

from graphcli.loaders.definitions.matcher import load_matcher
from graphcli.loaders.definitions.tiers.explain import explain
from graphcli.loaders.definitions.tiers.rules import load_rules
from graphcli.loaders.load import load, refresh_definitions
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError

HEAD = 'source: own reading\nas_of: "2026-11"\nwords:\n'


def write_words(reference, text):
    reference.mkdir(parents=True, exist_ok=True)
    (reference / "tiers.yaml").write_text(HEAD + text, encoding="utf-8")
    return reference


def tier_of(reference, *tags, title="工程师"):
    frame = pl.DataFrame(
        {"title": [title], "tags": [list(tags)], "text": [""], "employer_raw": [""]},
        schema_overrides={"tags": pl.List(pl.String)},
    )
    return load_matcher(reference).annotate(frame)["tier"][0]


@pytest.mark.parametrize(
    ("kind", "tag", "tier"),
    [("skill", "扩散策略", "technical"), ("field", "扩散策略", "broad"), ("tool", "Ｌｕｍａ", "broad")],
)
def test_a_new_word_counts_as_those_of_its_class(tmp_path, kind, tag, tier):
    assert tier_of(None, tag) == "none"
    assert tier_of(write_words(tmp_path, f"  {kind}: [{tag}]\n"), tag) == tier


def test_a_word_of_ours_moves_to_the_class_the_user_gives_it(tmp_path):
    assert tier_of(None, "pytorch") == "technical"
    assert tier_of(write_words(tmp_path, "  noted: [PyTorch]\n"), "pytorch") == "none"


def test_the_explanation_knows_own_words(tmp_path):
    rules = load_rules(write_words(tmp_path, "  skill: [扩散策略]\n"))
    first = explain("工程师", ["扩散策略"], "", rules=rules)[0]
    assert (first["word"], first["tier"], first["convention"]) == ("扩散策略", "technical", "required_skill")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  skill: [扩散策略]\n  tool: [扩散策略]\n", "'扩散策略' stands in two classes"),
        ("  skill: [AI]\n  tool: [ａｉ]\n", "'ai' stands in two classes"),
        ("  skill: [一二，三]\n", "'一二,三' holds a mark at which texts are cut"),
        ("  skill: ['--']\n", "'--' holds no letter"),
        ("  talent: [扩散策略]\n", "talent"),
        ("  skill: [x]\n", "too short"),
        ("  skill: 7\n", "skill"),
    ],
)
def test_a_file_that_breaks_a_rule(tmp_path, text, words):
    with pytest.raises(DataContractError, match=f"tiers.yaml: .*{words}"):
        load_rules(write_words(tmp_path, text))


def test_a_new_word_is_found_in_what_was_already_loaded(folder, tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text(
        "职位名称,公司名称,工作地点,技能要求\n工程师,甲有限公司,北京,扩散策略\n", encoding="utf-8"
    )
    load(folder, [path])
    assert folder.read_all("postings", tables.POSTINGS)["tier"].to_list() == ["none"]
    write_words(folder.reference_folder, "  skill: [扩散策略]\n")
    assert refresh_definitions(folder)
    assert folder.read_all("postings", tables.POSTINGS)["tier"].to_list() == ["technical"]
