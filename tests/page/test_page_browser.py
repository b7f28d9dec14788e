"""The page in a real browser: it works, it is safe, and it asks nothing of any network."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from graphcli.graph.page.builder import build_page

pytestmark = pytest.mark.browser

PATIENCE_SECONDS = 20


@dataclass
class Opened:
    """A page in the browser, with everything it complained about or asked for."""

    tab: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def run(self, program: str) -> Any:
        return self.tab.evaluate(program)

    def until(self, program: str, expected: Any = True) -> None:
        # The page's policy forbids the eval that waiting for a function would need.
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := self.run(program)) != expected:
            assert time.monotonic() < deadline, f"{program} is {found!r}, not {expected!r}"
            self.tab.wait_for_timeout(50)

    def text(self, selector: str) -> str:
        return self.tab.locator(selector).first.inner_text()

    def search(self, words: str) -> list[str]:
        self.tab.fill("#query", words)
        return self.run("[...document.querySelectorAll('#results .name')].map((item) => item.textContent)")

    def download(self, form: str) -> bytes:
        with self.tab.expect_download() as waiting:
            self.run(f"document.querySelector('[data-export={form}]').click()")
        return Path(waiting.value.path()).read_bytes()


@pytest.fixture(scope="module")
def page_path(make_world, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(build_page(make_world(300).page(budget=150)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def hostile_path(make_world, hostile_names, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "page.html"
    world = make_world(60, names=hostile_names)
    words = {"title": hostile_names[2], "subtitle": hostile_names[0], "notes": tuple(hostile_names)}
    path.write_text(build_page(world.page(**words)), encoding="utf-8")
    return path


@pytest.fixture
def open_page(chromium) -> Iterator[Any]:
    contexts = []

    def opener(path: Path, address: str = "", **settings: Any) -> Opened:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, **settings)
        contexts.append(context)
        opened = Opened(context.new_page())
        tab = opened.tab
        tab.on("console", lambda message: opened.complaints.append(message.text))
        tab.on("pageerror", lambda error: opened.complaints.append(str(error)))
        tab.on("request", lambda request: opened.requests.append(request.url))
        tab.on("dialog", lambda dialog: (opened.complaints.append("dialog"), dialog.dismiss()))
        tab.goto(path.as_uri() + address)
        opened.until("document.documentElement.dataset.ready", "yes")
        return opened

    yield opener
    for context in contexts:
        context.close()


def visible_nodes(page: Opened) -> int:
    return int(page.text("#counts").split(" of ")[0].replace(",", ""))


def test_it_opens_in_silence_and_asks_nothing(open_page, page_path):
    page = open_page(page_path)
    for view in ("map", "table", "about", "network"):
        page.tab.click(f"#tab-{view}")
        assert page.tab.locator(f"#view-{view}").is_visible()
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert 120 < visible_nodes(page) <= 150
    assert "stand for" in page.text("#counts")


def test_the_policy_stops_what_gets_in(open_page, page_path):
    page = open_page(page_path)
    page.run(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.broken = 1";
          document.body.append(script);
          const holder = document.createElement("div");
          holder.innerHTML = "<img src=x onerror='window.broken = 2'>";
          document.body.append(holder);
          const picture = new Image();
          picture.src = "https://outside.example/x.png";
          document.body.append(picture);
          fetch("https://outside.example/").catch(() => { window.refused = true; });
        }"""
    )
    page.until("window.refused === true")
    assert page.run("window.broken === undefined")
    assert any("Content Security Policy" in text for text in page.complaints)


def test_search_finds_chinese_pinyin_initials_and_english(open_page, page_path):
    page = open_page(page_path)
    expected = {
        "人脸识别": "人脸识别",
        "renlianshibie": "人脸识别",
        "ren lian": "人脸识别",
        "rlsb": "人脸识别",
        # As a firm's own name stands behind that of its city.
        "lsb": "人脸识别",
        "Face recog": "人脸识别",
        "wulumuqi": "乌鲁木齐",
        "urumqi": "乌鲁木齐",
        "xian": "西安",
        "Xi'an": "西安",
        "spark": "Spark",
    }
    assert {words: page.search(words)[0] for words in expected} == expected
    assert page.search("zzqqxx") == []
    assert "Nothing matches" in page.text("#results")


def test_a_found_node_shows_its_details_and_its_evidence(open_page, page_path):
    page = open_page(page_path)
    page.search("renlianshibie")
    page.tab.press("#query", "Enter")
    assert page.text("#details-name") == "人脸识别"
    assert "ren lian shi bie · Face recognition" in page.text(".details-head")
    rows = page.tab.locator("#details .evidence li")
    assert rows.count() == 5
    assert "crawl/2026.csv, row " in rows.first.inner_text()
    assert "2026-" in rows.first.inner_text()
    link = rows.first.locator("a")
    assert link.get_attribute("href").startswith("https://board.example/job/")
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert "graphcli evidence skill:vision-0" in page.text("#details")
    page.tab.locator("#details .neighbours .why").first.click()
    assert page.tab.locator("#details .neighbours .evidence li").count() >= 1
    page.tab.locator("#details .neighbours .to").first.click()
    assert page.text("#details-name") != "人脸识别"
    page.tab.click("#details .close")
    assert not page.tab.locator("#details").is_visible()


def test_claims_are_shown_with_their_source(open_page, page_path):
    page = open_page(page_path, "#claims=defense&view=table")
    page.tab.locator("#table th button", has_text="Claims").click()
    page.tab.locator("#table th button", has_text="Claims").click()
    page.tab.locator("#table tbody button").first.click()
    assert "Defence" in page.text("#details .badges")
    claim = page.tab.locator("#details .evidence li").first.inner_text()
    assert "example list 2026" in claim
    assert "2021-06" in claim
    assert "Matched" in claim


def test_filters_change_what_is_counted(open_page, page_path):
    page = open_page(page_path)
    everything = visible_nodes(page)
    page.tab.locator("#kind-rows input").nth(1).uncheck()
    assert visible_nodes(page) == everything - 18
    page.tab.click("#reset")
    assert visible_nodes(page) == everything
    page.tab.locator("#cluster-rows button").first.click()
    one_cluster = visible_nodes(page)
    assert 0 < one_cluster < everything
    page.tab.locator("#cluster-rows button").first.click()
    assert visible_nodes(page) == everything
    page.tab.locator("#claim-rows input").first.check()
    assert 0 < visible_nodes(page) < everything
    assert "hidden" in page.text("#counts")
    page.tab.click("#reset")
    page.tab.select_option(
        "#area", label=page.run("document.querySelector('#area optgroup option').textContent")
    )
    assert 0 < visible_nodes(page) < everything
    page.tab.click("#reset")
    page.run("(() => { const least = document.querySelector('#least'); least.value = 8; "
             "least.dispatchEvent(new Event('input')); })()")  # fmt: skip
    assert 0 < visible_nodes(page) < everything
    assert page.text("#least-out") == "8"


def test_an_address_leads_back_to_the_same_state(open_page, page_path):
    page = open_page(page_path, "#n=city:330100&view=map&least=2")
    assert page.text("#details-name") == "杭州"
    assert page.tab.locator("#view-map").is_visible()
    assert page.tab.locator("#map .place.selected").count() == 1
    assert page.text("#least-out") == "2"
    page.tab.click("#tab-network")
    page.tab.click("#details .close")
    assert page.run("location.hash") == "#least=2"
    page.run("location.hash = '#n=skill:data-0&view=table'")
    page.until("document.querySelector('#details-name')?.textContent", "数据挖掘")
    page.run("location.hash = '#n=employer:none&view=nowhere&area=x&clusters=99&kinds=zzz&least=x'")
    page.until("document.querySelector('#details').hidden")
    assert page.complaints == []


def test_the_table_sorts_and_gives_csv(open_page, page_path):
    page = open_page(page_path, "#view=table")
    numbers = page.run(
        "[...document.querySelectorAll('#table tbody tr')].map((row) => row.children[6].textContent)"
        ".filter(Boolean).map((text) => Number(text.replace(',', '')))"
    )
    assert numbers == sorted(numbers, reverse=True)
    page.tab.click("#sort-name")
    assert (
        page.run("document.querySelector('#sort-name').parentElement.getAttribute('aria-sort')")
        == "ascending"
    )
    raw = page.download("nodes")
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == visible_nodes(page)
    assert {"ref", "name", "pinyin", "kind", "postings"} <= set(rows[0])
    evidence = list(csv.DictReader(io.StringIO(page.download("evidence").decode("utf-8-sig"))))
    assert evidence[0]["file"] == "crawl/2026.csv"
    links = list(csv.DictReader(io.StringIO(page.download("links").decode("utf-8-sig"))))
    assert {"HIRES_IN", "REQUIRES"} <= {row["relation"] for row in links}


def test_pictures_can_be_kept(open_page, page_path):
    page = open_page(page_path)
    assert page.download("png").startswith(b"\x89PNG")
    drawing = page.download("svg").decode("utf-8")
    assert drawing.startswith("<svg")
    assert "人脸识别" in drawing
    assert page.complaints == []


def test_hostile_names_are_inert(open_page, hostile_path, hostile_names):
    page = open_page(hostile_path)
    scripts = page.run("document.scripts.length")
    for words in ("script", "onerror", "cmd", "7*7", "alert"):
        assert page.search(words)
        page.tab.press("#query", "Enter")
        page.tab.wait_for_timeout(50)
        page.run("[...document.querySelectorAll('#details .why')].forEach((button) => button.click())")
    for view in ("map", "table", "about", "network"):
        page.tab.click(f"#tab-{view}")
    names = page.run("[...document.querySelectorAll('#table tbody button')].map((item) => item.textContent)")
    page.tab.click("#tab-table")
    names = page.run("[...document.querySelectorAll('#table tbody button')].map((item) => item.textContent)")
    assert hostile_names[0] in names
    assert "{{7*7}}{% raw %}" in names
    assert "gnp.exe" in names
    assert page.run("document.querySelectorAll('img, iframe, object, [onerror], [onload]').length") == 0
    assert page.run("document.scripts.length") == scripts
    links = page.run("[...document.querySelectorAll('a[href]')].map((link) => link.protocol)")
    assert set(links) <= {"file:", "http:", "https:"}
    assert page.run("document.title") == hostile_names[2]
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:", "blob:"))] == []


def test_hostile_names_are_inert_in_what_is_kept(open_page, hostile_path):
    page = open_page(hostile_path)
    rows = list(csv.DictReader(io.StringIO(page.download("nodes").decode("utf-8-sig"))))
    names = [row["name"] for row in rows]
    assert "'=cmd()|x" in names
    assert '\'=HYPERLINK("http://evil.example","x")' in names
    assert not [name for name in names if name.startswith(("=", "+", "-", "@"))]
    drawing = page.download("svg").decode("utf-8")
    assert "<script" not in drawing
    assert "<img" not in drawing


def test_the_keyboard_is_enough(open_page, page_path):
    page = open_page(page_path)
    keys = page.tab.keyboard
    keys.press("/")
    keys.type("sjwj")
    keys.press("ArrowDown")
    keys.press("Enter")
    first = page.text("#details-name")
    assert first == "数据挖掘"
    page.run("document.activeElement.blur()")
    keys.press("n")
    neighbour = page.text("#details-name")
    assert neighbour != first
    keys.press("n")
    assert page.text("#details-name") not in {first, neighbour}
    keys.press("p")
    assert page.text("#details-name") == neighbour
    keys.press("Escape")
    assert not page.tab.locator("#details").is_visible()
    for number, view in enumerate(("network", "map", "table", "about"), start=1):
        keys.press(str(number))
        assert page.tab.locator(f"#view-{view}").is_visible()
    page.tab.focus("#tab-about")
    keys.press("ArrowRight")
    assert page.run("document.activeElement.id") == "tab-network"
    keys.press("?")
    assert page.tab.locator("#help").is_visible()
    keys.press("Escape")
    page.tab.click("#export-button")
    keys.press("ArrowDown")
    assert page.run("document.activeElement.dataset.export") == "svg"
    keys.press("Escape")
    assert page.run("document.activeElement.id") == "export-button"


def test_dark_and_narrow(open_page, page_path):
    page = open_page(page_path, color_scheme="dark")
    assert page.run("document.documentElement.dataset.theme") == "dark"
    page.tab.click("#theme-button")
    assert page.run("document.documentElement.dataset.theme") == "light"
    page.tab.set_viewport_size({"width": 390, "height": 844})
    assert not page.tab.locator("#filters").is_visible()
    page.tab.click("#filters-button")
    assert page.tab.locator("#filters").is_visible()
    assert page.run("document.documentElement.scrollWidth") <= 390


def test_names_in_english_where_known(open_page, page_path):
    page = open_page(page_path, "#n=city:330100")
    page.tab.check("#english")
    assert page.text("#details-name") == "Hangzhou"
    assert "杭州" in page.text(".details-head .other")
    assert "names=en" in page.run("location.hash")
    again = open_page(page_path, "#n=city:330100&names=en")
    assert again.text("#details-name") == "Hangzhou"


def test_paper_gets_a_drawing_of_lines(open_page, page_path):
    page = open_page(page_path)
    page.run("dispatchEvent(new Event('beforeprint'))")
    assert page.tab.locator("#print-picture svg text").count() > 20
    page.run("dispatchEvent(new Event('afterprint'))")
    assert page.tab.locator("#print-picture svg").count() == 0
