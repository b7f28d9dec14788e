"""Cards of a page whose lines stand in one cell: each line is read as what it is."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from graphcli.loaders.inspect import emitted_layout
from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder

TITLES = ["算法工程师", "Java开发工程师", "销售代表", "产品经理", "行政专员", "会计"]
EMPLOYERS = [
    "虚构青鸾智能科技有限公司", "云杉示例软件（苏州）有限公司", "杜撰白泽商贸有限公司",
    "望舒样本数据股份有限公司", "虚构赤霄精密机械有限公司", "样例流萤企业管理咨询有限公司",
]  # fmt: skip
PLACES = ["苏州·工业园区", "北京·海淀区", "上海·浦东新区", "成都·武侯区", "武汉·洪山区", "西安·雁塔区"]
CARDS = [
    f"{title}\n{place}\n8-12K\n1-3年本科\n王女士 招聘经理"
    for title, place in zip(TITLES, PLACES, strict=True)
]


def written(path: Path, columns: dict[str, list[str]], header: bool = True) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerows([list(columns)] if header else [])
        rows.writerows(zip(*columns.values(), strict=True))
    return path


def postings(folder: Path, file: Path, **options) -> pl.DataFrame:
    workspace = WorkspaceFolder(folder)
    load(workspace, [file], **options)
    return workspace.read_all("postings", tables.POSTINGS).sort("row")


def assert_read(rows: pl.DataFrame) -> None:
    assert rows["title"].to_list() == TITLES
    assert rows["employer_raw"].to_list() == EMPLOYERS
    assert rows["place_raw"].to_list() == PLACES
    read = rows.select("pay_low", "pay_high", "experience", "education").unique().rows()
    assert read == [(8_000, 12_000, "1-2 years", "bachelor")]


def test_the_lines_of_a_card_are_read_under_a_header(tmp_path):
    firms = [f"{name}\n互联网A轮20-99人" for name in EMPLOYERS]
    rows = postings(tmp_path / "w", written(tmp_path / "a.csv", {"职位": CARDS, "公司": firms}))
    assert_read(rows)
    assert rows["company_size"].to_list() == ["20-99"] * 6


def test_the_lines_of_a_card_are_read_without_a_header(tmp_path):
    cards = [f"{card}\n{firm}" for card, firm in zip(CARDS, EMPLOYERS, strict=True)]
    assert_read(postings(tmp_path / "w", written(tmp_path / "a.csv", {"": cards}, header=False)))


def test_the_emitted_layout_reads_the_lines_again(tmp_path):
    file = written(tmp_path / "a.csv", {"职位": CARDS, "公司": EMPLOYERS})
    (tmp_path / "made.yaml").write_text(emitted_layout(str(file)), encoding="utf-8")
    assert_read(postings(tmp_path / "w", file, layout=str(tmp_path / "made.yaml")))


def test_texts_lists_and_single_lines_stay_whole(tmp_path):
    texts = ["岗位职责：\n1、负责日常工作；\n2、完成任务。", "职责：\n整理资料；\n任职要求：\n本科"] * 3
    columns = {
        "职位": [CARDS[0], *TITLES[1:]],
        "公司": EMPLOYERS,
        "描述": texts,
        "技能": ["3-5年\n本科\nJava\nSQL", "1-3年\n大专\nExcel\nWord"] * 3,
    }
    workspace = WorkspaceFolder(tmp_path / "w")
    load(workspace, [written(tmp_path / "a.csv", columns)])
    read = workspace.read_all("texts", tables.TEXTS).sort("row")
    assert read["text"].to_list() == texts
    assert read["tags"].to_list() == [["Java", "SQL"], ["Excel", "Word"]] * 3
    assert workspace.read_all("postings", tables.POSTINGS).sort("row")["title"].to_list()[1:] == TITLES[1:]


def test_lines_that_some_cards_lack_shift_no_place(tmp_path):
    cards = []
    for at, title in enumerate(["Data Analyst", "Software Engineer", "Account Manager"] * 2):
        rating, pay = ["3.8"] * (at % 2), ["$25 an hour"] * (at % 3 > 0)
        cards.append("\n".join([title, "Quarry Systems Inc", *rating, "Austin, TX", *pay]))
    rows = postings(tmp_path / "w", written(tmp_path / "a.csv", {"card": cards}))
    assert set(rows["employer_raw"]) == {"Quarry Systems Inc"}
    assert set(rows["place_raw"]) == {"Austin, TX"}
    assert rows["pay_other_low"].drop_nulls().unique().to_list() == [4_350]
