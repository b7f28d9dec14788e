"""Presets: what they count, that they name only what exists, and the one that learns from the postings."""

from __future__ import annotations

import json

import polars as pl
import pytest
from click.testing import CliRunner

from graphcli.cli import cli
from graphcli.loaders.definitions.matcher import load_matcher
from graphcli.loaders.definitions.presets import babina, load_presets
from graphcli.loaders.definitions.skills.taxonomy import skill_table
from graphcli.workspace.errors import DataContractError

NAMES = {
    "babina_2024",
    "cn_official_occupation",
    "cset_surveillance_skill",
    "cset_us_adjacent",
    "cset_us_core",
    "lightcast_ai_index",
    "tiers",
}
SCHEMA = {"title": pl.String, "tags": pl.List(pl.String), "text": pl.String, "employer_raw": pl.String}


def satisfied(title: str, text: str, folder=None) -> list[str]:
    frame = pl.DataFrame([(title, [], text, "")], schema=SCHEMA, orient="row")
    return load_matcher(folder).annotate(frame)["presets"].to_list()[0]


def test_all_presets_are_there_with_source_and_members():
    presets = load_presets()
    assert set(presets) == NAMES
    skills = set(skill_table()["id"])
    for preset in presets.values():
        assert preset.source
        assert preset.members
        assert set(preset.skills) <= skills
    assert [name for name, preset in presets.items() if preset.adaptive] == ["babina_2024"]


def test_a_posting_carries_the_fixed_presets_it_satisfies_sorted():
    assert satisfied("人工智能训练师", "") == [
        "cn_official_occupation",
        "cset_us_core",
        "lightcast_ai_index",
    ]
    assert satisfied("安防工程师", "熟悉人群计数") == ["cset_surveillance_skill", "lightcast_ai_index"]
    assert satisfied("监控安装工", "公共安全视频监控施工") == []
    assert satisfied("会计", "熟悉金蝶") == []


def test_babina_weighs_skills_by_the_company_they_keep():
    preset = load_presets()["babina_2024"]
    skills = [
        ["machine_learning", "pytorch"],
        ["pytorch"],
        ["java", "mysql"],
        ["java"],
        *[["java"]] * 20,
        ["java", "machine_learning"],
        [],
        None,
    ]
    frame = pl.DataFrame({"skills": skills}, schema={"skills": pl.List(pl.String)})
    judged = babina(frame, preset).to_list()
    assert judged[:4] == [True, True, False, False]
    assert judged[-3:] == [True, False, False]


def test_babina_does_not_depend_on_the_order_of_rows():
    preset = load_presets()["babina_2024"]
    skills = [["nlp", "python"], ["python"], ["excel"], ["excel", "python"], ["excel"]] * 3
    frame = pl.DataFrame({"skills": skills})
    backwards = babina(frame.reverse(), preset).reverse()
    assert babina(frame, preset).to_list() == backwards.to_list()


def test_the_users_presets_are_merged_and_checked(tmp_path):
    text = (
        "presets:\n  - {{name: mine, title: 我的, title_en: Mine, kind: skills, skills: [{}],"
        ' source: me, as_of: "2026"}}\n'
    )
    (tmp_path / "presets.yaml").write_text(text.format("kafka"), encoding="utf-8")
    assert satisfied("Kafka工程师", "", tmp_path) == ["mine"]
    (tmp_path / "presets.yaml").write_text(text.format("no_such_skill"), encoding="utf-8")
    with pytest.raises(DataContractError, match="no_such_skill"):
        load_presets(tmp_path)


def test_the_command_lists_them(tmp_path):
    done = CliRunner().invoke(cli, ["-w", str(tmp_path / "w"), "presets", "--format", "json"])
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)["rows"]
    assert {row["name"] for row in rows} == NAMES
    assert {"name", "kind", "members", "source"} <= set(rows[0])
