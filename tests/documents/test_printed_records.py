"""Records that programs print for people, and objects inside cells, are read; what is unclear is rejected."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.inspect import emitted_layout
from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.folder import WorkspaceFolder

NAMES = ("职位", "公司", "城市", "薪资")
ROWS = [
    ("算法工程师", "虚构青鸾智能科技有限公司", "北京", "1-2万"),
    ("Java开发工程师", "云杉示例软件（苏州）有限公司", "苏州", "15-25K"),
    ("销售代表", "杜撰白泽商贸有限公司", "上海", "6-8千"),
    ("会计", "望舒样本数据股份有限公司", "杭州", "面议"),
] * 3
DICTS = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
TEXT = "岗位职责：负责算法研发。\n\n1、学历：不限，薪资：面谈\nhttps://jobs.example/7"


def loaded(tmp_path: Path, file: Path, **options) -> tuple[pl.DataFrame, pl.DataFrame]:
    workspace = WorkspaceFolder(tmp_path / "w")
    load(workspace, [file], **options)
    read = (workspace.read_all(name, schema) for name, schema in FRAMES.items())
    postings, issues = read
    return postings.sort("row"), issues


FRAMES = {"postings": tables.POSTINGS, "issues": tables.ISSUES}


def shown(postings: pl.DataFrame) -> list[tuple[str, ...]]:
    return postings.select("title", "employer_raw", "place_raw", "pay_raw").rows()


def width(text: str) -> int:
    return sum(2 if ord(letter) > 255 else 1 for letter in text)


def block(record: dict[str, str], colon: str = "：") -> str:
    return "\n".join(f"{name}{colon}{value}" for name, value in record.items())


PRINTED = {
    "lists of JSON": "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS),
    "lists of Python": "\n".join(str([*row]) + "," for row in ROWS),
    "tuples": "\n".join(map(str, ROWS)),
    "one list of lists": json.dumps(ROWS),
    "lists under a header": "\n".join(str([*row]) for row in (NAMES, *ROWS)),
    "blocks between blank lines": "\n\n".join(block(record) for record in DICTS),
    "blocks without anything between": "\n".join(block(record, ": ") for record in DICTS),
    "blocks between rules": "".join(f"{block(record)}\n-----------\n" for record in DICTS),
    "numbered blocks": "".join(f"{n}.\n{block(record)}\n" for n, record in enumerate(DICTS)),
    "marked names": "\n\n".join(block({f"【{name}】": record[name] for name in NAMES}) for record in DICTS),
    "a block a line": "\n".join(block(record).replace("\n", "\t") for record in DICTS),
    "a block a line between bars": "\n".join(block(record).replace("\n", " | ") for record in DICTS),
    "YAML": "\n".join("- " + block(record, ": ").replace("\n", "\n  ") for record in DICTS),
    "wide gaps": "\n".join("    ".join(row) for row in (NAMES, *ROWS)),
    "wide gaps around marks": "\n".join(
        "   ".join(row) for row in ((*NAMES, "技能"), *((*row, "Python,Java") for row in ROWS))
    ),
    "CSV with blanks behind the commas": "\n".join(",   ".join(row) for row in (NAMES, *ROWS)),
    "wide gaps without a header": "\n".join("  ".join(row) for row in ROWS),
    "columns of a width": "\n".join(
        "".join(cell + " " * (40 - width(cell)) for cell in row) for row in (NAMES, *ROWS)
    ),
    "single blanks": "\n".join(" ".join(row) for row in (NAMES, *ROWS)),
}


@pytest.mark.parametrize("text", PRINTED.values(), ids=PRINTED)
def test_printed_records_are_read(tmp_path, text):
    (tmp_path / "out.txt").write_text(text, encoding="utf-8")
    postings, issues = loaded(tmp_path, tmp_path / "out.txt")
    assert shown(postings) == ROWS
    assert issues.filter(pl.col("action") == "rejected").is_empty()


@pytest.mark.parametrize("between", ["\n\n", "\n==========\n"])
def test_a_text_within_a_block_is_not_taken_for_its_fields(tmp_path, between):
    records = [
        record | {"职位描述": TEXT if between != "\n\n" else TEXT.replace("\n\n", "\n")} for record in DICTS
    ]
    (tmp_path / "out.txt").write_text(between.join(map(block, records)), encoding="utf-8")
    workspace = WorkspaceFolder(tmp_path / "w")
    load(workspace, [tmp_path / "out.txt"])
    assert shown(workspace.read_all("postings", tables.POSTINGS).sort("row")) == ROWS
    texts = workspace.read_all("texts", tables.TEXTS)["text"]
    assert {" ".join(text.split()) for text in texts} == {" ".join(TEXT.split())}


def test_a_block_without_its_first_name_is_a_record_of_its_own(tmp_path):
    records = [*DICTS[:5], {name: DICTS[5][name] for name in NAMES[1:]}, *DICTS[6:]]
    (tmp_path / "out.txt").write_text("\n\n".join(map(block, records)), encoding="utf-8")
    postings, _ = loaded(tmp_path, tmp_path / "out.txt")
    assert shown(postings) == [*ROWS[:5], (None, *ROWS[5][1:]), *ROWS[6:]]


def test_a_value_that_is_missing_between_blanks_is_never_made_up(tmp_path):
    lines = ["  ".join(row) for row in (NAMES, *ROWS, *ROWS)]
    lines[7] = "会计  虚构青鸾智能科技有限公司  1-2万"
    (tmp_path / "out.txt").write_text("\n".join(lines), encoding="utf-8")
    postings, issues = loaded(tmp_path, tmp_path / "out.txt")
    rejected = issues.filter(pl.col("action") == "rejected")
    assert postings.height == 23
    assert rejected["problem"].to_list() == [
        "3 values where the others have 4: which is which cannot be told"
    ]


def test_a_text_of_another_kind_is_no_table(tmp_path):
    for text in (
        "公司：虚构白泽\n这里写着一篇文章。\n" + "一段文字，没有职位。\n" * 20,
        "招聘 会计 三名\n请 速 来\n" * 9,
    ):
        (tmp_path / "out.txt").write_text(text, encoding="utf-8")
        with pytest.raises(DataContractError):
            loaded(tmp_path, tmp_path / "out.txt")


@settings(max_examples=40, deadline=None)
@given(
    text=st.sampled_from(sorted(PRINTED.values())),
    at=st.integers(0, 300),
    junk=st.text("[](){}:：\"' \n\t-", max_size=5),
    cut=st.integers(0, 9),
)
def test_damage_of_printed_records_leaves_every_row_accounted_for(tmp_path_factory, text, at, junk, cut):
    folder = tmp_path_factory.mktemp("printed")
    (folder / "out.txt").write_text(text[:at] + junk + text[at + cut :], encoding="utf-8")
    workspace = WorkspaceFolder(folder / "w")
    try:
        frame = load(workspace, [folder / "out.txt"]).frame
    except DataContractError:
        return
    issues = workspace.read_all("issues", tables.ISSUES).filter(pl.col("action") == "rejected")
    rows = {*workspace.read_all("postings", tables.POSTINGS)["row"], *issues["row"]}
    assert rows == {*range(1, frame["rows_read"].item() + 1)}


def object_cells(path: Path, form) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["id", "crawled", "answer"])
        rows.writerows((number, "2024-01-02", form(record)) for number, record in enumerate(DICTS))
    return path


@pytest.mark.parametrize("form", [json.dumps, str, lambda record: json.dumps({"code": 0, "data": record})])
def test_objects_in_cells_are_taken_apart(tmp_path, form):
    path = object_cells(tmp_path / "a.csv", form)
    assert shown(loaded(tmp_path, path)[0]) == ROWS
    own = tmp_path / "own.yaml"
    own.write_text(emitted_layout(str(path)), encoding="utf-8")
    assert shown(loaded(tmp_path / "again", path, layout=str(own))[0]) == ROWS


def test_objects_in_a_database_fill_what_columns_do_not(tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("create table jobs (title, company, detail)")
        database.executemany(
            "insert into jobs values (?, ?, ?)",
            [(row[0], json.dumps({"name": row[1], "size": "20-99人"}), None if n == 2 else "{}") for n, row in
             enumerate(ROWS)],
        )  # fmt: skip
    postings, _ = loaded(tmp_path, tmp_path / "a.db")
    assert postings["employer_raw"].to_list() == [row[1] for row in ROWS]
    assert set(postings["company_size"]) == {"20-99"}


def test_a_cell_that_is_no_object_stays_what_it_is(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["职位", "公司"])
        rows.writerows(
            (title, employer if n == 7 else json.dumps({"name": employer}))
            for n, (title, employer, *_) in enumerate(ROWS)
        )
    postings, _ = loaded(tmp_path, path)
    assert postings["employer_raw"].to_list() == [row[1] for row in ROWS]


NOTICES = {
    "a title above": (
        "【2024春季招聘】\n【招聘单位】甲厂\n【职位】铣工\n【地点】洛阳\n"
        "【招聘单位】乙厂\n【职位】会计\n【地点】杭州\n"
    ),
    "labels in a row": (
        "【招聘单位】甲厂\n【职位】铣工【地点】洛阳\n\n【招聘单位】乙厂\n【职位】会计 【地点】杭州\n"
    ),
    "other labels in the next": (
        "【招聘单位】甲厂\n【职位】铣工\n【地点】洛阳\n【公司】乙厂\n【岗位】会计\n【工作地点】杭州\n"
    ),
}


@pytest.mark.parametrize("text", NOTICES.values(), ids=NOTICES)
def test_postings_of_a_notice_never_mix(tmp_path, text):
    file = tmp_path / "notice.txt"
    file.write_text(text, encoding="utf-8")
    postings, _ = loaded(tmp_path, file)
    rows = postings.select("title", "employer_raw", "place_raw").rows()
    assert rows == [("铣工", "甲厂", "洛阳"), ("会计", "乙厂", "杭州")]


def test_two_postings_under_one_employer_share_no_place(tmp_path):
    file = tmp_path / "notice.txt"
    text = "【招聘单位】甲厂\n【职位】铣工\n【地点】洛阳\n【职位】会计\n【地点】杭州\n"
    file.write_text(text, encoding="utf-8")
    postings, _ = loaded(tmp_path, file)
    rows = postings.select("title", "employer_raw", "place_raw").rows()
    assert rows == [("铣工", "甲厂", "洛阳"), ("会计", None, "杭州")]
