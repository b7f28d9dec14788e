"""``graphcli page`` from a crawl with hostile names to a page in the browser."""

from __future__ import annotations

import csv
import json
import re

import pytest

from graphcli.cli import run

HEAD = [
    *("职位", "城市", "公司", "学历", "经验", "技能"),
    *("薪资", "工作描述", "行业", "职位URL", "公司规模", "发布时间"),
]
SKILLS = ["Python,机器学习,深度学习", "Java,Spring,MySQL"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, hostile_names):
    """A workspace loaded from one crawled file, a third of whose employers bear hostile names."""
    home = tmp_path_factory.mktemp("crawl")
    names = hostile_names + [f"样例{index}号科技有限公司" for index in range(24)]
    path = home / "crawl.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEAD)
        for index, name in enumerate(names):
            for number in range(1 + index % 3):
                url = f"https://board.example/jobs/{index}-{number}.htm"
                writer.writerow(
                    ["算法工程师", "上海" if index % 2 else "北京", name, "本科", "1-3年", SKILLS[index % 2],
                     "1.2-2万", "负责模型训练", "互联网", url, "100-299人", "2026-01-11"]
                )  # fmt: skip
    assert run(["-q", "-w", str(home / "ws"), "load", str(path)]) == 0
    return home


def write(workspace, *arguments: str) -> int:
    return run(["-w", str(workspace / "ws"), "page", *arguments])


def test_the_page_is_written_and_its_place_is_said(workspace, tmp_path, capsys):
    path = tmp_path / "page.html"
    assert write(workspace, "-o", str(path)) == 0
    said = capsys.readouterr()
    assert said.out.strip() == str(path)
    assert "nodes" in said.err
    page = path.read_text(encoding="utf-8")
    assert "<img" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    again = tmp_path / "again.html"
    assert write(workspace, "-o", str(again)) == 0
    assert again.read_bytes() == path.read_bytes()


def test_filters_reach_the_page(workspace, tmp_path):
    path = tmp_path / "page.html"
    assert write(workspace, "-o", str(path), "--city", "上海", "--title", "Only <Shanghai>") == 0
    page = path.read_text(encoding="utf-8")
    assert "<title>Only &lt;Shanghai&gt;</title>" in page
    found = re.search(r'id="model">(.*?)</script>', page, re.DOTALL)
    model = json.loads(found[1])
    assert [row[2] for row in model["nodes"] if row[1] == "city"] == ["上海"]
    assert model["sources"] == ["crawl.csv"]


def test_wrong_options_are_usage_errors(workspace, tmp_path, capsys):
    assert write(workspace, "--nodes", "3", "-o", str(tmp_path / "x.html")) == 2
    assert run(["-w", str(tmp_path / "none"), "page", "-o", str(tmp_path / "x.html")]) == 2
    assert "nothing is loaded" in capsys.readouterr().err
    assert not (tmp_path / "x.html").exists()


@pytest.mark.browser
def test_hostile_employers_are_inert_from_file_to_page(workspace, tmp_path, chromium):
    path = tmp_path / "page.html"
    assert write(workspace, "-o", str(path)) == 0
    context = chromium.new_context()
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("dialog", lambda dialog: (complaints.append("dialog"), dialog.dismiss()))
    tab.goto(path.as_uri() + "#view=table")
    tab.locator("#table tbody tr").first.wait_for()
    names = tab.evaluate(
        "[...document.querySelectorAll('#table tbody button')].map((item) => item.textContent)"
    )
    assert '"><script>alert(1)</script>' in names
    assert "=cmd()|x" in names
    assert complaints == []
    context.close()
