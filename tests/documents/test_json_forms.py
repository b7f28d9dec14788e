"""Forms in which crawlers, logs and pandas leave JSON give the same records; what is broken is rejected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.reader.container import open_container
from graphcli.workspace.errors import DataContractError

RECORDS = [{"title": "会计", "company": "虚构云杉", "pay": str(n)} for n in range(3)]
COLUMNS = {name: [record[name] for record in RECORDS] for name in RECORDS[0]}
ROWS = [list(record.values()) for record in RECORDS]
LIST = json.dumps(RECORDS, ensure_ascii=False)


def read(path: Path, text: str) -> tuple[list[dict[str, str | None]], list[str]]:
    path.write_text(text, encoding="utf-8", newline="")
    container = open_container(path)
    assert container.kind.startswith("json")
    batches = list(container.sheets[0].batches(1000))
    rows = [row for batch in batches for row in batch.frame.drop("\0row").iter_rows(named=True)]
    problems = [problem for batch in batches for problem in batch.problems]
    numbers = [number for batch in batches for number in batch.frame["\0row"]]
    numbers += [problem.row for problem in problems if problem.action == "rejected"]
    assert sorted(numbers) == list(range(1, sum(batch.rows_read for batch in batches) + 1))
    return rows, [problem.problem for problem in problems]


@pytest.mark.parametrize(
    "text",
    [
        "".join(json.dumps(record, indent=1) for record in RECORDS),
        "\n".join(f"{8800 + n}:\t{json.dumps(record)}" for n, record in enumerate(RECORDS)),
        "\n".join(f"job_{n} {json.dumps(record)}" for n, record in enumerate(RECORDS)),
        "\n".join(map(str, RECORDS)),
        str(RECORDS),
        f"jQuery_1({LIST});",
        f"var jobs = {LIST};",
        f'window.__DATA__ = {{"a": {{"b": {LIST}}}}}\n',
        json.dumps([list(RECORDS[0]), *ROWS]),
        json.dumps(COLUMNS),
        json.dumps({name: dict(enumerate(cells)) for name, cells in COLUMNS.items()}),
        json.dumps(dict(enumerate(RECORDS))),
        json.dumps({"columns": list(RECORDS[0]), "index": [0, 1, 2], "data": ROWS}),
        json.dumps({"code": 0, "zpData": {"hasMore": True, "jobList": RECORDS}}, indent=1),
    ],
)
def test_every_form_gives_the_same_records(tmp_path, text):
    assert read(tmp_path / "a.txt", text) == (RECORDS, [])


def test_white_space_between_the_texts_of_an_element_is_no_text(tmp_path):
    record = {"title": ["会计"], "place": ["\n  ", "苏州", " "], "text": ["职责", "", "要求"]}
    read_back = {"title": "会计", "place": "苏州", "text": '["职责", "要求"]'}
    assert read(tmp_path / "a.jsonl", f"{json.dumps(record)}\n" * 2) == ([read_back] * 2, [])


def test_a_page_of_postings_a_line(tmp_path):
    text = "\n".join(json.dumps({"code": 0, "answer": {"jobs": RECORDS}}) for _ in range(2))
    assert read(tmp_path / "a.jsonl", text) == (RECORDS * 2, [])


@pytest.mark.parametrize(
    "record",
    [
        {"title": "会计", "company": {"name": "甲", "size": {"code": 1}}, "tags": [{"name": "税"}]},
        {"job": {"id": 1, "title": "会计"}, "comp": {"id": 2, "name": "甲"}},
    ],
)
def test_one_posting_is_no_wrapper(tmp_path, record):
    assert len(read(tmp_path / "a.json", json.dumps(record, indent=1))[0]) == 1


def test_reading_goes_on_after_a_broken_item(tmp_path):
    broken = '{"title": "会计", "company": oops, "tags": [{"a": 1}, {"a": 2}]}'
    items = [json.dumps(record) for record in RECORDS]
    rows, problems = read(tmp_path / "a.json", "[" + ", ".join([items[0], broken, items[1], items[2]]) + "]")
    assert rows == RECORDS
    assert problems == ["item 2 cannot be read"]


def test_python_is_read_and_never_run(tmp_path):
    flag = tmp_path / "flag"
    lines = [str(RECORDS[0]), f"{{'title': open({str(flag)!r}, 'w')}}"]
    rows, problems = read(tmp_path / "a.txt", "\n".join(lines))
    assert (len(rows), len(problems)) == (1, 1)
    assert not flag.exists()


def test_numbered_comments_before_no_value_are_read_once(tmp_path):
    # Each comment could end at its own mark or at any later one: 300 of them took longer than anybody waits.
    path = tmp_path / "a.txt"
    path.write_text("".join(f"/* {n} */\n" for n in range(300)) + "title company\n", encoding="utf-8")
    assert open_container(path).kind == "csv"


@settings(max_examples=150, deadline=None)
@given(
    text=st.sampled_from(
        [LIST, "".join(map(json.dumps, RECORDS)), "\n".join(map(str, RECORDS)), f"x({LIST})"]
    ),
    at=st.integers(0, 200),
    junk=st.text("{}[]\",:'\\ \na", max_size=4),
    cut=st.booleans(),
)
def test_damage_never_stops_a_reading(tmp_path_factory, text, at, junk, cut):
    damaged = text[:at] + junk + ("" if cut else text[at + 2 :])
    path = tmp_path_factory.mktemp("json") / "a.json"
    try:
        rows, _ = read(path, damaged) if damaged.strip() else ([], [])
    except (DataContractError, AssertionError) as error:
        if isinstance(error, AssertionError) and open_container(path).kind.startswith("json"):
            raise
        return
    assert len(rows) <= len(RECORDS) + 1
