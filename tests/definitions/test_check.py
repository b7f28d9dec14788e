"""Checking the user's reference folder: every kind of file, the row of each problem, and the way out."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcli import cli
from graphcli.loaders.definitions.check import check_definitions
from graphcli.loaders.definitions.skills.taxonomy import load_taxonomy
from graphcli.workspace.errors import DataContractError

SKILLS = """\
source: own reading
as_of: "2026-11"
groups:
  - id: own_group
    name: 自己的
    name_en: Own
    skills:
      - {id: diffusion_policy, name: 扩散策略}
      - {id: own_two, name: 第二技能, only_with: [python]}
"""
WORDS = 'source: own\nas_of: "2026-11"\nwords:\n  skill: [扩散策略]\n'
PRESETS = """\
presets:
  - name: own_preset
    title: 自己的
    title_en: Own
    kind: skills
    skills: [diffusion_policy, machine_learning]
    source: own reading
    as_of: "2026-11"
"""
SCHEME = """\
name: own_scheme
title: 自己的
title_en: Own
kind: partition
source: own reading
as_of: "2026-11"
regions:
  - id: one
    name: 一
    name_en: One
    members:
      - {adcode: "330100", name: 杭州}
"""
ALIASES = "alias,name,name_en,kind,source,as_of\n汉询,汉询软件有限公司,,short,own,2026-11-28\n"
HINTS = "phrase,kind,says,meaning,source,url,as_of\n声呐浮标,defense,work,sonar buoys,own,,2026-11-28\n"
LIST = (
    "id,name_zh,name,aliases,pattern,affiliation_id,affiliation,affiliation_type,kind,basis,parent,source,"
    "listed_from,listed_to,url,as_of,certainty\n"
    "a-1,汉询软件有限公司,,,,own,Own list,list,defense,listed,,own work,2020-01,,,2026-01-01,sure\n"
)
GOOD = {
    "skills/own.yaml": SKILLS,
    "tiers.yaml": WORDS,
    "presets.yaml": PRESETS,
    "schemes/own.yaml": SCHEME,
    "employer_aliases.csv": ALIASES,
    "text_hints.csv": HINTS,
    "lists/own.csv": LIST,
}


@pytest.fixture
def write(folder):
    def write_files(**changed):
        files = GOOD | {name.replace("__", "/").replace("_DOT_", "."): text for name, text in changed.items()}
        for name, text in files.items():
            if text is not None:
                path = folder.reference_folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return folder.reference_folder

    return write_files


def problems(reference):
    rows = check_definitions(reference).frame.filter(status="broken")
    return rows.select("file", "row", "problem", "fix").rows()


def test_what_is_right_is_listed_beside_ours(write):
    result = check_definitions(write())
    assert problems(write()) == []
    assert not result.broken
    own = result.frame.filter(origin="own")
    assert set(own.select("kind", "name").rows()) == {
        ("skills", "own"),
        ("tier words", "tiers"),
        ("preset", "own_preset"),
        ("scheme", "own_scheme"),
        ("employer aliases", "employer_aliases"),
        ("text hints", "text_hints"),
        ("list", "own"),
    }
    kinds = set(result.frame.filter(origin="built-in")["kind"])
    assert kinds == {"skills", "preset", "scheme", "layout", "list"}
    assert result.frame["source"].null_count() == 0


def test_without_a_folder_ours_are_listed(folder):
    result = check_definitions(folder.reference_folder)
    assert not result.broken
    assert set(result.frame["origin"]) == {"built-in"}
    assert not folder.root.exists()


@pytest.mark.parametrize(
    ("name", "change", "row", "words", "fix"),
    [
        ("skills/own.yaml", ("id: own_two, name: 第二技能", "id: own_two"), 9, "'name' is", "add name"),
        ("skills/own.yaml", ("own_two", "Own Two"), 9, "does not match", "small letters"),
        ("skills/own.yaml", ("only_with", "only_wiht"), 9, "only_wiht", "did you mean only_with?"),
        ("skills/own.yaml", ("own_two", "diffusion_policy"), 8, "defined twice", "once"),
        ("skills/own.yaml", ("[python]", "[pyhton]"), 9, "pyhton", "skills that exist"),
        ("skills/own.yaml", ("  - id", " - id: ["), 4, "no YAML", "indent"),
        ("skills/own.yaml", ("[python]", "*other"), 9, "write the value out", "indent"),
        ("tiers.yaml", ("skill:", "skil:"), 4, "skil", "did you mean skill?"),
        ("tiers.yaml", ("[扩散策略]", "[扩散策略, '--']"), 4, "holds no letter", "one class"),
        ("tiers.yaml", ("words:", "words:\n  tool: [x1]\nwords:"), 5, "stands twice", "into one"),
        ("presets.yaml", ("machine_learning", "machine_lerning"), 6, "machine_lerning", "ids of skills"),
        ("presets.yaml", ("kind: skills", "kind: skill"), 5, "'skill' is not one of", "write one of tiers"),
        ("presets.yaml", ('"2026-11"', "2026-11-28"), 8, "is not of type 'string'", "quotes"),
        ("schemes/own.yaml", ("330100", "330106"), 12, "330106", "six-digit"),
        ("schemes/own.yaml", ("杭州", "宁波"), 12, "330100 is", "six-digit"),
        ("employer_aliases.csv", ("short", "brief"), 1, "'kind'", "columns alias"),
        ("employer_aliases.csv", (",name,", ",nom,"), None, "'name' is missing", "columns alias"),
        ("text_hints.csv", ("work", "boast"), 1, "'says'", "columns phrase"),
        ("text_hints.csv", ("浮标", "。浮标"), 1, "a mark at which texts are cut", "columns phrase"),
        ("lists/own.csv", ("defense", "hostile"), 1, "'kind'", "import"),
        ("lists/own.csv", ("2020-01", "2020-13"), 1, "no date", "import"),
    ],
)  # fmt: skip
def test_a_problem_names_file_row_and_way_out(write, name, change, row, words, fix):
    assert change[0] in GOOD[name]
    found = problems(write(**{name: GOOD[name].replace(*change)}))
    assert [(file, number) for file, number, _, _ in found] == [(name, row)], found
    assert words in found[0][2]
    assert fix in found[0][3]


def test_aliases_of_aliases_are_refused_before_they_are_followed(write):
    lines = ["a: &a0 [1, 1]", *(f"b{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    reference = write(skills__bomb_DOT_yaml="\n".join(lines))
    assert [(file, row) for file, row, _, _ in problems(reference)] == [("skills/bomb.yaml", 2)]
    with pytest.raises(DataContractError, match=r"bomb\.yaml: .*write the value out"):
        load_taxonomy(reference)


def test_every_problem_of_a_schema_is_named_at_once(write):
    text = SKILLS.replace("own_two", "Own Two").replace("own_group", "Own").replace("as_of", "asof")
    assert {row for _, row, _, _ in problems(write(**{"skills/own.yaml": text}))} == {1, 2, 4, 9}


@pytest.mark.parametrize(
    "name", ["skill/own.yaml", "presets.yml", "lists/deep/own.csv", "employer_alias.csv"]
)
def test_a_file_that_nothing_reads_is_named(write, name):
    found = problems(write(**{name: "x"}))
    assert [(file, words) for file, _, words, _ in found] == [(name, "nothing reads this file")]
    assert "skills/*.yaml" in found[0][3]


def test_notes_beside_the_definitions_are_left_alone(write):
    assert problems(write(**{"README.md": "mine", ".hidden.yaml": "x", "skills/notes.txt": "y"})) == []


def test_other_encodings_are_named(write, folder):
    reference = write()
    (reference / "tiers.yaml").write_bytes(WORDS.encode("gb18030"))
    (reference / "lists" / "own.csv").write_bytes(LIST.encode("gb18030"))
    found = {file: (words, fix) for file, _, words, fix in problems(reference)}
    assert "UTF-8" in found["tiers.yaml"][0]
    assert "UTF-8" in found["lists/own.csv"][0]


def test_what_the_check_refuses_is_refused_in_use(write, folder, capsys):
    write(**{"presets.yaml": PRESETS.replace("machine_learning", "machine_lerning")})
    assert cli.run(["-q", "-w", str(folder.root), "presets"]) == 3
    assert "machine_lerning" in capsys.readouterr().err


def test_the_command_ends_with_a_broken_contract(write, folder):
    write(**{"tiers.yaml": WORDS.replace("skill:", "skil:")})
    done = CliRunner().invoke(cli.cli, ["-w", str(folder.root), "definitions", "check", "--format", "json"])
    assert done.exit_code == 3
    row = json.loads(done.stdout)["rows"][0]
    assert (row["file"], row["row"], row["status"]) == ("tiers.yaml", 4, "broken")
    assert {"name", "kind", "members", "source"} <= set(row)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(st.sampled_from(sorted(GOOD)), st.text(max_size=40) | st.binary(max_size=40).map(repr))
def test_any_text_is_judged_in_one_line(write, name, text):
    for _, _, words, fix in problems(write(**{name: text})):
        assert words
        assert fix
        assert "\n" not in words + fix
