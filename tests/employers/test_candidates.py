"""Employers that may be one: what is asked about, what never is, and that nobody is joined by it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.cli import cli
from graphcli.graph.build import graph_for
from graphcli.loaders.resolve.employers.candidates import LEAST_SCORE, MOST_WITH_BRAND, possibly_same
from graphcli.loaders.resolve.employers.judgements import judgement, judgements_of
from graphcli.loaders.resolve.employers.resolving import resolve_employers
from graphcli.loaders.resolve.names.spelling import MOST_IN_FILE, SHORTEST, is_slip, one_slip_apart
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder


def pairs(names: list[str], judged: tuple[str, str, str] | None = None) -> dict[frozenset[str], str]:
    frame = pl.DataFrame({"employer_raw": names, "postings": [1] * len(names)})
    employers, found = resolve_employers(frame)
    judgements = [judgement(judged[1], judged[2], judged[0])] if judged else []
    table = possibly_same(employers, found, judgements)
    assert table.schema == pl.Schema(tables.POSSIBLY_SAME)
    return {
        frozenset((name, other)): method
        for name, other, method in table.select("name", "other_name", "method").iter_rows()
    }


@pytest.mark.parametrize(
    ("name", "other", "method"),
    [
        ("汉询软件有限公司", "上海汉询软件有限公司", "place left out"),
        ("汉询软件上海有限公司", "上海汉询软件有限公司", "same parts"),
        ("中国汉询软件", "中国汉询软件有限公司", "same parts"),
        ("上海汉询软件有限公司", "上海汉询信息技术有限公司", "other trade"),
        ("汉询", "上海汉询科技有限公司", "short name"),
        ("上海汉询澜石青禾软件有限公司", "上海汉询澜石青和软件有限公司", "spelling"),
        ("上海汉询软件技术有限公司", "上海汉询软件枝术有限公司", "spelling"),
        ("浙江华为通信技术有限公司", "华为技术有限公司", "brand of alias"),
        ("上海汉询澜软件有限公司", "北京汉询澜网络有限公司", "rare brand"),
        ("湖北伊利食品有限公司", "伊利", "brand of alias"),
    ],
)
def test_likeness(name: str, other: str, method: str):
    assert pairs([name, other]) == {frozenset((name, other)): method}


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("上海汉询软件有限公司", "北京青禾网络有限公司"),
        ("上海汉询软件有限公司", "上海汉旬软件有限公司"),
        ("汉询软件第一分厂有限公司", "汉询软件第二分厂有限公司"),
        ("中国电信广西公司", "中国电信陕西公司"),
        ("武汉海康房地产经纪有限公司", "杭州海康威视数字技术股份有限公司"),
        ("某知名公司", "某知名公司集团有限公司"),
        ("北京理工大学", "北京理工大学出版社有限公司"),
        ("华为技术有限公司", "中兴通讯股份有限公司"),
    ],
)
def test_no_likeness(name: str, other: str):
    assert pairs([name, other]) == {}


def test_a_short_name_that_several_full_names_begin_with_says_nothing():
    names = ["汉询澜石", "上海汉询澜石科技有限公司", "北京汉询澜石网络有限公司"]
    assert all("汉询澜石" not in pair for pair, method in pairs(names).items() if method == "short name")


def test_a_brand_that_many_bear_says_nothing_and_cannot_cost_more_than_its_names():
    cities = ["上海", "北京", "深圳", "广州", "杭州", "南京", "成都", "武汉", "西安", "天津"]
    few = pairs([f"{city}汉询澜软件有限公司" for city in cities[:3]])
    assert len(few) == 3
    assert len(cities) > MOST_WITH_BRAND
    assert pairs([f"{city}汉询澜软件有限公司" for city in cities]) == {}


@pytest.mark.parametrize("verdict", ["same", "different", "unsure"])
def test_a_judged_pair_is_not_asked_about_again(verdict: str):
    names = ["汉询软件有限公司", "上海汉询软件有限公司"]
    assert pairs(names, (verdict, *names)) == {}


def test_subsidiaries_are_not_possibly_the_same():
    frame = pl.DataFrame({"employer_raw": ["汉询软件有限公司", "上海汉询软件有限公司"], "postings": [1, 1]})
    employers, names = resolve_employers(frame)
    first, second = employers["employer_id"].to_list()
    owned = employers.with_columns(
        parent_id=pl.when(pl.col("employer_id") == first).then(pl.lit(second)).otherwise(None)
    )
    assert possibly_same(employers, names).height == 1
    assert possibly_same(owned, names).is_empty()


PARTS = [
    "上海",
    "北京",
    "汉询",
    "澜石",
    "青禾",
    "软件",
    "科技",
    "网络",
    "有限公司",
    "集团",
    "华为",
    "第一",
    "A",
    "(",
    ")",
]
NAMES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map("".join)


@settings(max_examples=20)
@given(st.lists(NAMES, max_size=14), st.randoms(use_true_random=False))
def test_row_order_changes_nothing_and_a_pair_is_two_employers(names: list[str], random):
    frame = pl.DataFrame(
        {"employer_raw": names, "postings": [1] * len(names)}, schema_overrides={"employer_raw": pl.String}
    )
    employers, found = resolve_employers(frame)
    order = list(range(found.height))
    random.shuffle(order)
    table = possibly_same(employers, found)
    assert possibly_same(employers, found[order]).equals(table)
    assert (table["employer_id"] < table["other_id"]).all()
    assert table.select("employer_id", "other_id").is_unique().all()
    assert table["score"].is_between(LEAST_SCORE, 1.0).all()


@given(st.text("汉询澜石青禾软件", min_size=SHORTEST, max_size=12), st.data())
def test_every_slip_of_a_long_name_is_found(name: str, data):
    at = data.draw(st.integers(0, len(name) - 1))
    slip = data.draw(st.sampled_from(["wrong", "lost", "doubled"]))
    middle = {"wrong": "云", "lost": "", "doubled": name[at] * 2}[slip]
    other = name[:at] + middle + name[at + 1 :]
    found = one_slip_apart(pl.DataFrame({"at": [1, 2], "name": [name, other]}))
    expected = [(1, 2)] if len(other) >= SHORTEST else []
    assert found.rows() == expected


def test_two_characters_turned_round_are_a_slip_and_two_wrong_ones_are_not():
    assert is_slip("上海汉询软件有限公司", "上海询汉软件有限公司")
    assert not is_slip("上海汉询软件有限公司", "上海青禾软件有限公司")


def test_a_series_of_names_is_no_slip():
    names = [f"汉询软件{char}山有限公司" for char in "云金木水火土石"]
    assert len(names) > MOST_IN_FILE
    assert one_slip_apart(pl.DataFrame({"at": range(len(names)), "name": names})).is_empty()


@pytest.fixture
def loaded(folder: WorkspaceFolder, tmp_path: Path) -> WorkspaceFolder:
    names = ["汉询软件有限公司"] * 3 + ["上海汉询软件有限公司", "中国青禾科技有限公司", "中国青禾科技"]
    lines = [f"工程师{number},{name},北京" for number, name in enumerate(names)]
    path = tmp_path / "postings.csv"
    path.write_text("职位,公司,城市\n" + "\n".join(lines) + "\n", encoding="utf-8")
    assert run(folder, "load", str(path)).exit_code == 0
    return folder


def run(folder: WorkspaceFolder, *arguments: str, answers: str | None = None):
    return CliRunner().invoke(cli, ["-w", str(folder.root), *arguments], input=answers)


def listed(folder: WorkspaceFolder) -> list[dict[str, object]]:
    outcome = run(folder, "resolve", "--possible", "--format", "json")
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout)["rows"]


def test_pairs_are_listed_by_weight_and_stand_in_the_graph(loaded: WorkspaceFolder):
    rows = listed(loaded)
    assert [{row["name"], row["other_name"]} for row in rows] == [
        {"汉询软件有限公司", "上海汉询软件有限公司"},
        {"中国青禾科技有限公司", "中国青禾科技"},
    ]
    edges = graph_for(loaded).edges["POSSIBLY_SAME"]
    assert set(edges.select("start", "end").rows()) == {(row["employer_id"], row["other_id"]) for row in rows}
    assert edges["score"].to_list() == [
        row["score"] for row in sorted(rows, key=lambda row: row["employer_id"])
    ]
    evidence = run(loaded, "evidence", str(rows[0]["ref"]), "--format", "json")
    assert json.loads(evidence.stdout)["rows"], evidence.output


def test_review_asks_about_each_pair_and_keeps_the_answers(loaded: WorkspaceFolder):
    outcome = run(loaded, "resolve", "--review", "--by", "me", answers="what\ns\nd\n")
    assert outcome.exit_code == 0
    for text in (
        "1 of 2",
        "汉询软件有限公司",
        "3 postings in 北京 (3)",
        "place 上海, brand 汉询, trade 软件, form 有限公司",
        "'what' is no answer",
    ):
        assert text in outcome.stderr
    assert [(item.verdict, item.by) for item in judgements_of(loaded)] == [
        ("same", "me"),
        ("different", "me"),
    ]
    assert listed(loaded) == []
    assert graph_for(loaded).edges["POSSIBLY_SAME"].is_empty()
    assert graph_for(loaded).nodes["Employer"].height == 3


@pytest.mark.parametrize("answers", ["q\n", "", "n\nq\n", "\n\n"])
def test_review_stops_and_passes_over_without_judging(loaded: WorkspaceFolder, answers: str):
    outcome = run(loaded, "resolve", "--review", answers=answers)
    assert outcome.exit_code == 0
    assert "0 pairs judged, 2 left" in outcome.stderr
    assert len(listed(loaded)) == 2
