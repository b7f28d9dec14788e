"""Tags that no skill matches: counted by postings, and gone once the user adds a skill for them."""

from __future__ import annotations

import pytest

from graphcli.loaders.definitions.skills.unknown_tags import unknown_tags
from graphcli.loaders.load import load, refresh_definitions
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError

JOBS = """\
职位名称,公司名称,工作地点,技能要求
甲工程师,甲有限公司,北京,"Python,湖畔框架"
乙工程师,乙有限公司,北京,"湖畔框架,R"
丙工程师,丙有限公司,上海,"ABCQuux,Java"
丁工程师,丁有限公司,上海,"ＡＢＣＱｕｕｘ"
戊工程师,戊有限公司,上海,"ABCQuux"
"""
SKILL = """\
source: own reading
as_of: "2026-11"
groups:
  - id: own
    name: 自己的
    name_en: Own
    skills:
      - {id: lakeside, name: 湖畔框架}
"""


@pytest.fixture
def loaded(folder, tmp_path):
    (tmp_path / "jobs.csv").write_text(JOBS, encoding="utf-8")
    load(folder, [tmp_path / "jobs.csv"])
    return folder


def test_unknown_tags_are_counted_by_postings(loaded):
    frame = unknown_tags(loaded).frame
    assert frame.select("tag", "postings", "spellings").rows() == [("ABCQuux", 3, 2), ("湖畔框架", 2, 1)]
    assert frame["share"].to_list() == pytest.approx([3 / 5, 2 / 5])
    assert all(ref.startswith("posting:") for ref in frame["ref"])
    assert unknown_tags(loaded, minimum=3).frame["tag"].to_list() == ["ABCQuux"]


def test_a_skill_added_by_the_user_takes_its_tag_off_the_list_and_matches(loaded):
    (loaded.reference_folder / "skills").mkdir(parents=True)
    (loaded.reference_folder / "skills" / "own.yaml").write_text(SKILL, encoding="utf-8")
    assert unknown_tags(loaded).frame["tag"].to_list() == ["ABCQuux"]
    refresh_definitions(loaded)
    skills = loaded.read_all("postings", tables.POSTINGS).sort("row")["skills"].to_list()
    assert [("lakeside" in found) for found in skills] == [True, True, False, False, False]


def test_the_same_postings_loaded_twice_count_once(loaded, tmp_path):
    before = unknown_tags(loaded).frame.drop("ref", "example")
    header, *rows = JOBS.splitlines()
    (tmp_path / "again.csv").write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    load(loaded, [tmp_path / "again.csv"])
    assert unknown_tags(loaded).frame.drop("ref", "example").equals(before)


def test_nothing_loaded_is_said(folder):
    with pytest.raises(UsageError, match="nothing is loaded"):
        unknown_tags(folder)
