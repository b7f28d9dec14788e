"""Saved pages give their tables of data and their postings for search engines, and never their menus."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.reader.container import open_container
from graphcli.workspace.errors import DataContractError

HEAD = "<tr><th>职位名称</th><th>公司名称</th><th>薪资</th></tr>"
ROW = "<tr><td>工程师</td><td><a href=x>虚构<b>云杉</b></a><br>上海&nbsp;</td><td>1万</td></tr>"
POSTING = {"@type": "JobPosting", "title": "会计", "hiringOrganization": {"name": "虚构云杉"}}


def read(path: Path, content: str | bytes) -> dict[str, list[tuple[str | None, ...]]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    container = open_container(path)
    assert container.kind == "html"
    found = {}
    for sheet in container.sheets:
        found[sheet.name] = [sheet.headers]
        for batch in sheet.batches(1000):
            found[sheet.name] += [row[1:] for row in batch.frame.iter_rows()]
            found[sheet.name] += [("rejected",) for _ in batch.problems]
    return found


def test_a_table_beside_a_menu_and_inside_a_layout(tmp_path):
    menu = "<table><tr><td>首页</td><td>登录</td></tr></table>"
    page = f"<html><table><tr><td>{menu}</td><td><table>{HEAD}{ROW * 2}</table></td></tr></table></html>"
    row = ("工程师", "虚构云杉\n上海", "1万")
    assert list(read(tmp_path / "a.html", page).values()) == [[("职位名称", "公司名称", "薪资"), row, row]]


def test_cells_that_span(tmp_path):
    rows = "<tr><td rowspan=2>会计</td><td>甲公司</td><td>1万</td></tr><tr><td>乙公司</td><td>2万</td></tr>"
    found = read(tmp_path / "a.xls", f"<table>{HEAD}{rows}</table>")[""]
    assert found[1:] == [("会计", "甲公司", "1万"), ("会计", "乙公司", "2万")]


@pytest.mark.parametrize(("declared", "codec"), [("gb2312", "gbk"), ("big5", "big5"), ("gb2312", "utf-8")])
def test_the_declared_encoding_unless_the_bytes_say_otherwise(tmp_path, declared, codec):
    text = f"<html><meta charset={declared}><table>{HEAD}{ROW}{ROW}</table></html>"
    text = (
        text.replace("职位名称", "工作").replace("虚构", "公司").replace("云杉", "")
        if codec == "big5"
        else text
    )
    content = text.encode(codec, "xmlcharrefreplace")
    assert read(tmp_path / "a.html", content)[""][1][2].endswith("万")


@pytest.mark.parametrize(
    "value",
    [
        POSTING,
        [POSTING],
        {"@graph": [{"@type": "WebSite"}, POSTING]},
        {"itemListElement": [{"item": POSTING}]},
    ],
)
def test_postings_for_search_engines(tmp_path, value):
    script = f'<script type="application/ld+json">{json.dumps(value)}</script>'
    found = read(tmp_path / "a.html", f"<!DOCTYPE html><html>{script}</html>")
    assert found == {"": [("@type", "title", "hiringOrganization.name"), ("JobPosting", "会计", "虚构云杉")]}


def test_a_broken_script_is_a_rejected_row(tmp_path):
    scripts = "".join(
        f'<script type="application/ld+json">{text}</script>'
        for text in (json.dumps(POSTING), '{"JobPosting"')
    )
    assert read(tmp_path / "a.html", f"<html>{scripts}</html>")[""][2:] == [("rejected",)]


def test_a_page_without_data_is_refused_in_a_line(tmp_path):
    with pytest.raises(DataContractError, match="without a table of data"):
        read(tmp_path / "a.html", "<html><p>请先登录</p><table><tr><td>a</table></html>")


@settings(max_examples=80, deadline=None)
@given(
    parts=st.lists(
        st.sampled_from([HEAD, ROW, "<table>", "</table>", "<tr>", "<td rowspan=9 colspan=9>", "x", "<"])
    )
)
def test_any_soup_is_a_table_or_refused(tmp_path_factory, parts):
    path = tmp_path_factory.mktemp("html") / "a.html"
    with contextlib.suppress(DataContractError):
        for lines in read(path, "<html>" + "".join(parts)).values():
            assert all(len(line) == len(lines[0]) for line in lines)
