"""What people decided about names: it always wins, survives every reload, and can be taken back."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.cli import cli
from graphcli.loaders.resolve.employers.joining import JUDGED, Link, join
from graphcli.loaders.resolve.employers.judgements import (
    FILE,
    VERDICTS,
    compare_judgements,
    export_judgements,
    import_judgements,
    in_force,
    judge,
    judgement,
    judgements_of,
    read_journal,
    undo,
)
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.workspace.errors import DataContractError, UsageError
from graphcli.workspace.folder import WorkspaceFolder

LETTERS = "abcdef"


def groups(
    names: list[str], *judged: tuple[str, str, str], folder: Path | None = None
) -> set[frozenset[str]]:
    frame = pl.DataFrame({"employer_raw": names, "postings": [1] * len(names)})
    items = in_force(judgement(a, b, verdict) for verdict, a, b in judged)
    _, found = resolve_employers(frame, folder, items)
    by_employer = found.group_by("employer_id").agg("employer_raw")
    return {frozenset(raw) for raw in by_employer["employer_raw"].to_list()}


def test_judged_same_are_one_employer_with_the_method_judged():
    frame = pl.DataFrame({"employer_raw": ["汉询软件有限公司", "汉询信息有限公司"], "postings": [2, 1]})
    item = judgement("汉询软件有限公司", "汉询信息有限公司", "same")
    employers, names = resolve_employers(frame, None, [item])
    assert employers["name"].to_list() == ["汉询软件有限公司"]
    assert dict(names.select("employer_raw", "method").iter_rows()) == {
        "汉询软件有限公司": "exact",
        "汉询信息有限公司": "judged",
    }
    assert names["score"].to_list() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("华为", "华为技术有限公司"),
        ("华为技术有限公司", "华为技术有限公司北京分公司"),
        ("汉询软件（上海）有限公司", "汉询软件上海有限责任公司"),
        ("大华股份", "浙江大华技术股份有限公司成都分公司"),
    ],
)
def test_judged_different_wins_over_every_rule(a: str, b: str):
    assert len(groups([a, b])) == 1
    assert groups([a, b], ("different", a, b)) == {frozenset([a]), frozenset([b])}


def test_the_other_names_of_a_group_stay_together_when_one_is_judged_apart():
    names = ["华为", "华为技术", "华为技术有限公司", "华为技术有限公司北京分公司", "HUAWEI"]
    found = groups(names, ("different", "华为", "华为技术有限公司"))
    assert found == {frozenset(["华为"]), frozenset(names[1:])}


def test_an_alias_judged_apart_is_no_longer_called_by_the_full_name():
    frame = pl.DataFrame({"employer_raw": ["大华股份"], "postings": [1]})
    item = judgement("大华股份", "浙江大华技术股份有限公司", "different")
    employers, _ = resolve_employers(frame, None, [item])
    assert employers.select("name", "aliases").rows() == [("大华股份", [])]


def test_no_chain_of_links_joins_two_that_were_judged_different():
    a, b, c, d = "甲山软件有限公司", "乙山软件有限公司", "丙山软件有限公司", "丁山软件有限公司"
    found = groups([a, b, c, d], ("same", a, b), ("same", b, c), ("same", c, d), ("different", a, d))
    assert all(not {a, d} <= group for group in found)


def test_ids_of_split_names_are_different_and_that_of_the_rest_stays():
    whole, branch = "华为技术有限公司", "华为技术有限公司北京分公司"
    frame = pl.DataFrame({"employer_raw": [whole, branch], "postings": [1, 1]})
    before = resolve_employers(frame)[0]["employer_id"].to_list()
    item = judgement(whole, branch, "different")
    after = dict(resolve_employers(frame, None, [item])[1].select("employer_raw", "employer_id").iter_rows())
    assert [after[whole]] == before
    assert after[branch] != after[whole]


def test_unsure_changes_no_employer():
    assert (
        len(
            groups(
                ["汉询软件有限公司", "汉询信息有限公司"], ("unsure", "汉询软件有限公司", "汉询信息有限公司")
            )
        )
        == 2
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS), st.sampled_from([1.0, 0.5])),
        max_size=12,
    ),
    st.lists(st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS)), max_size=5),
    st.randoms(use_true_random=False),
)
def test_joining_keeps_pairs_apart_in_any_order(links, apart, random):
    made = [Link(a, b, strength, "alias") for a, b, strength in links if a != b]
    pairs = [(a, b) for a, b in apart if a != b]
    joined = join(made, pairs)
    assert all(b not in joined.members[a] for a, b in pairs)
    refused = set(joined.refused)
    assert all(link.b in joined.members[link.a] for link in made if link not in refused)
    random.shuffle(made)
    assert join(made, pairs[::-1]) == joined


def test_different_codes_are_joined_by_a_person_only():
    codes = {"a": "1", "b": "2", "c": "1"}
    rules = join([Link("a", "b", 0.9, "alias"), Link("b", "c", 0.9, "alias")], (), codes)
    assert rules.members["b"] == ("b",)
    person = join([Link("a", "b", 3.0, JUDGED)], (), codes)
    assert person.members["b"] == ("a", "b")


def test_a_judgement_holds_both_names_in_one_order_whichever_way_it_is_given(folder: WorkspaceFolder):
    judge(folder, "same", "汉询软件（上海）有限公司", "华为", by="me", note="annual report")
    judge(folder, "different", "华为", "汉询软件(上海)有限公司")
    lines = [json.loads(line) for line in (folder.root / FILE).read_text(encoding="utf-8").splitlines()]
    assert [(line["a"], line["b"], line["verdict"]) for line in lines] == [
        ("华为", "汉询软件上海有限公司", "same"),
        ("华为", "汉询软件上海有限公司", "different"),
    ]
    assert lines[0] | {"judged_at": ""} == {
        "a": "华为",
        "b": "汉询软件上海有限公司",
        "name_a": "华为",
        "name_b": "汉询软件（上海）有限公司",
        "verdict": "same",
        "judged_at": "",
        "by": "me",
        "note": "annual report",
    }
    assert [item.verdict for item in judgements_of(folder)] == ["different"]


def test_undo_brings_the_judgement_before_it_back(folder: WorkspaceFolder):
    judge(folder, "same", "甲", "乙")
    judge(folder, "unsure", "乙", "甲")
    undo(folder, "甲", "乙")
    assert [item.verdict for item in judgements_of(folder)] == ["same"]
    undo(folder, "甲", "乙")
    assert judgements_of(folder) == []
    assert len(read_journal(folder.root / FILE)) == 4
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(folder, "甲", "乙")


@pytest.mark.parametrize(("a", "b"), [("甲公司", " 甲公司 "), ("", "甲"), ("ＡＢＣ", "abc")])
def test_one_name_twice_or_an_empty_one_cannot_be_judged(folder: WorkspaceFolder, a: str, b: str):
    with pytest.raises(UsageError):
        judge(folder, "same", a, b)
    assert not (folder.root / FILE).exists()


def test_half_a_character_cannot_spoil_the_file(folder: WorkspaceFolder):
    judge(folder, "same", "甲\udcff", "乙", note="\ud800")
    assert [(item.name_a, item.name_b, item.note) for item in judgements_of(folder)] == [("乙", "甲", "")]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"a": "甲", "b": "乙"}',
        '{"a": "甲", "b": "乙", "verdict": "perhaps"}',
        '{"a": "甲", "b": 7, "verdict": "same"}',
        '{"a": "甲", "b": "甲", "verdict": "same"}',
        '{"a": "甲", "b": "乙", "verdict": "same", "verdit": "x"}',
    ],
)
def test_a_malformed_line_is_named_by_its_number_and_nothing_is_imported(
    folder: WorkspaceFolder, tmp_path: Path, line: str
):
    path = tmp_path / "theirs.jsonl"
    path.write_text('{"a": "丙", "b": "丁", "verdict": "same"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(DataContractError, match=r"theirs\.jsonl: line 3: "):
        import_judgements(folder, path)
    assert judgements_of(folder) == []
    folder.root.mkdir(exist_ok=True)
    (folder.root / FILE).write_bytes(path.read_bytes())
    with pytest.raises(DataContractError, match=r"judgements\.jsonl: line 3: "):
        judge(folder, "same", "甲", "戊")
    assert (folder.root / FILE).read_bytes() == path.read_bytes()


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from([*VERDICTS, "undo"]), st.sampled_from("甲乙丙"), st.sampled_from("丁戊")),
        max_size=10,
    )
)
def test_exporting_and_importing_carries_what_counts(tmp_path_factory, steps):
    root = tmp_path_factory.mktemp("judged")
    one, two = WorkspaceFolder(root / "one"), WorkspaceFolder(root / "two")
    one.root.mkdir()
    for verdict, a, b in steps:
        if verdict != "undo":
            judge(one, verdict, a, b)
        elif (a, b) in {(item.name_a, item.name_b) for item in judgements_of(one)}:
            undo(one, a, b)
    size = export_judgements(one, root / "file.jsonl")
    held = judgements_of(one)
    assert size == len(held)
    assert import_judgements(two, root / "file.jsonl") == (size, 0, 0)
    assert judgements_of(two) == held
    assert import_judgements(two, root / "file.jsonl") == (0, 0, size)
    assert compare_judgements(two, root / "file.jsonl") == []


def test_the_difference_between_a_file_and_the_workspace(folder: WorkspaceFolder, tmp_path: Path):
    judge(folder, "same", "甲", "乙")
    judge(folder, "same", "丙", "丁")
    export_judgements(folder, tmp_path / "file.jsonl")
    judge(folder, "different", "甲", "乙")
    judge(folder, "unsure", "甲", "戊")
    undo(folder, "丙", "丁")
    found = {
        item.pair: (here, there) for item, here, there in compare_judgements(folder, tmp_path / "file.jsonl")
    }
    assert found == {
        ("乙", "甲"): ("different", "same"),
        ("戊", "甲"): ("unsure", ""),
        ("丁", "丙"): ("", "same"),
    }
    assert import_judgements(folder, tmp_path / "file.jsonl") == (1, 1, 0)
    with pytest.raises(UsageError, match="there is no file"):
        compare_judgements(folder, tmp_path / "absent.jsonl")


def run(folder: WorkspaceFolder, *arguments: str):
    return CliRunner().invoke(cli, ["-w", str(folder.root), *arguments])


def employers_of(folder: WorkspaceFolder) -> dict[str, str]:
    outcome = run(folder, "resolve", "--format", "json")
    assert outcome.exit_code == 0, outcome.output
    return {row["raw_name"]: row["employer_id"] for row in json.loads(outcome.stdout)["rows"]}


@pytest.fixture
def loaded(folder: WorkspaceFolder, tmp_path: Path) -> WorkspaceFolder:
    load(folder, tmp_path, "汉询软件有限公司", "青禾信息有限公司", "华为", "华为技术有限公司")
    return folder


def load(folder: WorkspaceFolder, tmp_path: Path, *names: str) -> None:
    path = tmp_path / "postings.csv"
    lines = [f"工程师{number},{name},北京" for number, name in enumerate(names)]
    path.write_text("职位,公司,城市\n" + "\n".join(lines) + "\n", encoding="utf-8")
    outcome = run(folder, "load", str(path))
    assert outcome.exit_code == 0, outcome.output


def run_id_of(folder: WorkspaceFolder) -> str:
    assert run(folder, "build").exit_code == 0
    return folder.manifest().stages["run_id"]


def test_a_judged_pair_survives_rebuild_reload_and_import_and_undo_restores(
    loaded: WorkspaceFolder, tmp_path: Path
):
    before, first_run = employers_of(loaded), run_id_of(loaded)
    assert before["华为"] == before["华为技术有限公司"]
    assert run(loaded, "resolve", "--judge", "same", "青禾信息有限公司", "汉询软件有限公司").exit_code == 0
    assert run(loaded, "resolve", "--judge", "different", "华为", "华为技术有限公司").exit_code == 0
    judged = employers_of(loaded)
    assert judged["青禾信息有限公司"] == judged["汉询软件有限公司"]
    assert judged["华为"] != judged["华为技术有限公司"]
    assert run_id_of(loaded) != first_run
    load(loaded, tmp_path, "汉询软件有限公司", "青禾信息有限公司", "华为", "华为技术有限公司", "某公司")
    again = employers_of(loaded)
    assert again["青禾信息有限公司"] == again["汉询软件有限公司"]
    assert again["华为"] != again["华为技术有限公司"]
    load(loaded, tmp_path, "汉询软件有限公司", "青禾信息有限公司", "华为", "华为技术有限公司")
    assert employers_of(loaded) == judged
    for pair in (("青禾信息有限公司", "汉询软件有限公司"), ("华为技术有限公司", "华为")):
        assert run(loaded, "resolve", "--undo", *pair).exit_code == 0
    assert employers_of(loaded) == before
    assert run_id_of(loaded) == first_run


def test_judgements_go_from_one_workspace_to_another(loaded: WorkspaceFolder, tmp_path: Path):
    run(loaded, "resolve", "--judge", "same", "青禾信息有限公司", "汉询软件有限公司", "--by", "me")
    path = str(tmp_path / "judged.jsonl")
    assert run(loaded, "resolve", "--export", path).exit_code == 0
    other = WorkspaceFolder(tmp_path / "other")
    load(other, tmp_path, "汉询软件有限公司", "青禾信息有限公司")
    found = json.loads(run(other, "resolve", "--diff", path, "--format", "json").stdout)["rows"]
    assert [(row["workspace"], row["file"]) for row in found] == [(None, "same")]
    assert run(other, "resolve", "--import", path).exit_code == 0
    assert len(set(employers_of(other).values())) == 1
    listed = json.loads(run(other, "resolve", "--judged", "--format", "json").stdout)["rows"]
    assert [(row["verdict"], row["by"]) for row in listed] == [("same", "me")]


def test_a_malformed_line_fails_with_its_number_until_it_is_mended(loaded: WorkspaceFolder):
    before = employers_of(loaded)
    (loaded.root / FILE).write_text("{\n", encoding="utf-8")
    outcome = run(loaded, "resolve")
    assert isinstance(outcome.exception, DataContractError)
    assert "judgements.jsonl: line 1" in str(outcome.exception)
    (loaded.root / FILE).unlink()
    assert employers_of(loaded) == before


def test_a_refused_link_is_told(loaded: WorkspaceFolder):
    run(loaded, "resolve", "--judge", "different", "华为", "华为技术有限公司")
    outcome = run(loaded, "resolve")
    assert "not joined: 华为 and 华为技术有限公司 (alias)" in outcome.stderr


def test_an_employer_is_judged_by_its_id_and_an_unseen_name_is_told(loaded: WorkspaceFolder):
    ids = employers_of(loaded)
    outcome = run(loaded, "resolve", "--judge", "same", f"employer:{ids['青禾信息有限公司']}", "从未有限公司")
    assert outcome.exit_code == 0
    assert "no posting loaded here names 从未有限公司" in outcome.stderr
    assert [item.name_a for item in judgements_of(loaded)] == ["从未有限公司"]
    assert [item.name_b for item in judgements_of(loaded)] == ["青禾信息有限公司"]


def test_one_thing_at_a_time(loaded: WorkspaceFolder):
    arguments = ["resolve", "--judged", "--undo", "a", "b"]
    outcome = run(loaded, *arguments)
    assert isinstance(outcome.exception, UsageError)
