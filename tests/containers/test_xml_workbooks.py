"""Workbooks that Excel 2003 wrote in XML are read as any other workbook."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.load import load
from graphcli.loaders.reader.container import open_container
from graphcli.workspace.errors import DataContractError

HEADER = ("职位名称", "公司名称", "工作地点", "薪资")
JOB = ("算法工程师", "甲虚构科技有限公司", "北京", "1.5-2万")
START = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles><Style ss:ID="1"/></Styles>'
)


def cell(text: str, kind: str = "String", said: str = "") -> str:
    return f'<Cell{said}><Data ss:Type="{kind}">{text}</Data></Cell>'


def row(cells, said: str = "") -> str:
    return f"<Row{said}>{''.join(one if one.startswith('<') else cell(one) for one in cells)}</Row>"


def book(**sheets: str) -> str:
    inside = "".join(
        f'<Worksheet ss:Name="{name}"><Table>{rows}</Table></Worksheet>' for name, rows in sheets.items()
    )
    return f"{START}{inside}</Workbook>"


def read(path: Path, text: str, size: int = 1000):
    path.write_text(text, encoding="utf-8")
    container = open_container(path)
    assert container.kind == "xml workbook"
    found = {}
    for sheet in container.sheets:
        batches = list(sheet.batches(size))
        rows = [one for batch in batches for one in batch.frame.iter_rows()]
        told = [*sheet.notices, *(one for batch in batches for one in batch.problems)]
        found[sheet.name] = (sheet.headers, rows, [one.problem for one in told])
    return found


def test_each_worksheet_is_a_source(folder, tmp_path):
    text = book(北京=row(HEADER) + row(JOB), 空="", 上海=row(HEADER) + row(JOB) + row(JOB))
    found = read(tmp_path / "a.xls", text)
    assert found == {"北京": (HEADER, [(1, *JOB)], []), "上海": (HEADER, [(1, *JOB), (2, *JOB)], [])}
    assert load(folder, [tmp_path / "a.xls"]).frame["kept"].sum() == 3


def test_rows_and_cells_stand_where_they_say(tmp_path):
    skipped = row([cell(JOB[0], said=' ss:Index="2"'), cell(JOB[2], said=' ss:Index="4"')], ' ss:Index="9"')
    text = book(s=row([cell(HEADER[0], said=' ss:Index="2"'), *HEADER[1:]], ' ss:Index="4"') + skipped)
    headers, rows, told = read(tmp_path / "a.xml", text)["s"]
    assert headers == HEADER
    assert rows == [(5, JOB[0], None, JOB[2], None)]
    assert told == ["4 blank rows stand between the records; row numbers count them"]


def test_values_are_those_of_any_workbook(tmp_path):
    typed = [
        cell("3", "Number"), cell("0.30000000000000004", "Number"),
        cell("2025-03-04T00:00:00.000", "DateTime"), cell("1", "Boolean"), cell("#N/A", "Error"),
        '<Cell><ss:Data ss:Type="String">甲<B>乙</B></ss:Data><Comment><Data>丁</Data></Comment></Cell>',
    ]  # fmt: skip
    headers = ("title", "openings", "ratio", "day", "open", "salary", "company")
    _, rows, told = read(tmp_path / "a.xml", book(s=row(headers) + row(["工程师", *typed])))["s"]
    assert rows == [(1, "工程师", "3", "0.3", "2025-03-04", "TRUE", None, "甲乙")]
    assert told == ["cells in error, such as #N/A, stand for nothing (1 such cells)"]


def test_a_cell_merged_downwards_stands_for_its_rows(tmp_path):
    rows = row([JOB[0], cell("甲", said=' ss:MergeDown="1"'), *JOB[2:]])
    rows += row(["会计", cell("上海", said=' ss:Index="3"'), "1万"]) + row(JOB)
    found = read(tmp_path / "a.xml", book(s=row(HEADER) + rows))["s"]
    assert [one[2] for one in found[1]] == ["甲", "甲", JOB[1]]
    assert "merged" in found[2][0]


def test_a_file_that_breaks_off_gives_what_it_holds_and_says_so(tmp_path):
    text = book(s=row(HEADER) + row(JOB) * 3)
    _, rows, told = read(tmp_path / "a.xml", text[: text.rindex("<Row>") + 40])["s"]
    assert rows == [(1, *JOB), (2, *JOB)]
    assert any("breaks off" in one for one in told)


def test_entities_are_refused_in_one_line(tmp_path):
    text = book(s=row(HEADER) + row(["&a;"])).replace(
        "<Workbook", '<!DOCTYPE x [<!ENTITY a "x">]>\n<Workbook'
    )
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(DataContractError, match="entities") as error:
        open_container(tmp_path / "a.xml")
    assert "\n" not in str(error.value)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=20), st.integers(1, 7))
def test_a_row_is_read_once_at_its_place_whatever_the_size_of_batches(tmp_path_factory, steps, size):
    at, places, rows = 1, [], row(HEADER)
    for step in steps:
        at += step
        places.append(at - 1)
        rows += row(JOB, f' ss:Index="{at}"')
    found = read(tmp_path_factory.mktemp("w") / "a.xml", book(s=rows), size)["s"]
    assert found[1] == [(place, *JOB) for place in places]
