"""Saved pages give their tables of data and their postings for search engines, and never their menus."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
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
    row = ("工程师", "虚构云杉\n上海", "1万", "x")
    headers = ("职位名称", "公司名称", "薪资", "公司名称 href")
    assert list(read(tmp_path / "a.html", page).values()) == [[headers, row, row]]


def test_a_linked_column_keeps_its_addresses_beside_it(tmp_path):
    page = (
        f"<html><table>{HEAD.replace('公司名称', '<a href=?sort=1>公司名称</a>')}"
        "<tr><td rowspan=2><a href='#top'>^</a><a href='https://a.example/1'>会计</a></td><td>甲公司</td>"
        "<td><a href='javascript:void(0)'>1万</a></td></tr><tr><td>乙公司</td><td>2万</td></tr>"
        "<tr><td>出纳</td><td>丙公司</td><td>3万</td></tr></table></html>"
    )
    assert read(tmp_path / "a.html", page)[""] == [
        ("职位名称", "公司名称", "薪资", "职位名称 href"),
        ("^会计", "甲公司", "1万", "https://a.example/1"),
        ("^会计", "乙公司", "2万", "https://a.example/1"),
        ("出纳", "丙公司", "3万", None),
    ]


STATE = {
    "app": {"user": None},
    "search": {"rows": [{"title": t, "company": "虚构云杉", "pay": "1万"} for t in "甲乙"]},
}


@pytest.mark.parametrize(
    "script",
    [
        "<script>window.a=1;window.__INITIAL_STATE__ = {};(function(){})()</script>",
        "<script type='text/javascript'>window['__SEARCH_RESULT__']={}</script>",
        '<script id="__NEXT_DATA__" type="application/json">{}</script>',
        "<script>window.__STATE__ = JSON.parse(TEXT);</script>",
        "<script>window.__INITIAL_STATE__ = UNDEFINED;</script>",
    ],
)
def test_the_state_of_a_page_that_shows_no_table(tmp_path, script):
    value = json.dumps(STATE)
    script = script.replace("{}", value, 1).replace("TEXT", json.dumps(value))
    script = script.replace("UNDEFINED", value.replace("null", "undefined"))
    found = read(tmp_path / "a.html", f"<!DOCTYPE html><html><body>{script}</body></html>")
    assert found == {"": [("title", "company", "pay"), ("甲", "虚构云杉", "1万"), ("乙", "虚构云杉", "1万")]}


def test_the_state_is_not_asked_where_the_page_has_a_table(tmp_path):
    page = f"<html><table>{HEAD}{ROW * 2}</table><script>window.__S__={json.dumps(STATE)}</script></html>"
    assert list(read(tmp_path / "a.html", page)) == [""]
    assert read(tmp_path / "a.html", page)[""][0][0] == "职位名称"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_script_is_read_or_refused_in_one_line(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("p") / "a.html"
    page = f"<!DOCTYPE html><html><script>window.__STATE__ = {{{text}</script></html>"
    path.write_text(page, encoding="utf-8", errors="replace")
    with pytest.raises(DataContractError) as error:
        open_container(path)
    assert "\n" not in str(error.value)


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


# A cell over all columns is a caption, and no row.
@example(parts=["<table>", HEAD, "<td rowspan=9 colspan=9>", "x", HEAD])
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
            assert all(len(line) == len(lines[0]) or line == ("rejected",) for line in lines)


@pytest.mark.parametrize("element", ["<div>", "<div><b>", "</i><section><p>"])
def test_a_page_of_elements_that_never_end_is_refused_before_it_is_parsed(tmp_path, element):
    path = tmp_path / "deep.html"
    path.write_text("<html><body>" + element * 60_000, encoding="utf-8")
    with pytest.raises(DataContractError, match="elements open inside one another"):
        open_container(path)


def test_items_that_their_followers_close_are_no_nesting(tmp_path):
    items = "".join(f"<li><p>算法工程师<br>北京{number}" for number in range(30_000))
    rows = "".join(f"<tr><td>算法工程师<td>北京{number}" for number in range(30_000))
    path = tmp_path / "open.html"
    path.write_text(f"<body><ul>{items}</ul><table><tr><th>职位<th>城市{rows}</table>", encoding="utf-8")
    (sheet,) = open_container(path).sheets
    assert sum(batch.rows_read for batch in sheet.source.batches(100_000)) == 30_000


def test_an_element_copied_out_of_a_page_is_a_page(tmp_path):
    card = (
        '<li><a class="job" href="https://a.example/{0}.html">算法工程师{0}</a><span class="city">北京</span>'
        '<span class="salary">{0}-30K</span><h3 class="company">虚构云杉科技有限公司</h3></li>'
    )
    path = tmp_path / "copied.html"
    path.write_text(f"<ul>{''.join(card.format(number) for number in range(10, 22))}</ul>", encoding="utf-8")
    container = open_container(path)
    assert container.kind == "html"
    (sheet,) = container.sheets
    assert {"job", "city"} <= set(sheet.headers)
    assert sum(batch.rows_read for batch in sheet.batches(100)) == 12


@pytest.mark.parametrize(
    "between",
    [
        "<script>var card = '<div><b><span>';</script>",
        "<!-- <div><div> -->",
        "<svg><path d='M0'/><circle r='1'/></svg>",
        "<svg><g><path d='M0'/></g></svg>",
    ],
)
def test_what_a_parser_takes_for_text_or_drawing_is_no_nesting(tmp_path, between):
    rows = "".join(f"<tr><td>算法工程师</td><td>北京{number}{between}</td></tr>" for number in range(20_000))
    path = tmp_path / "icons.html"
    path.write_text(f"<table><tr><th>职位<th>城市{rows}</table>", encoding="utf-8")
    (sheet,) = open_container(path).sheets
    assert sum(batch.rows_read for batch in sheet.source.batches(100_000)) == 20_000
