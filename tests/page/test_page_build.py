"""Building: one file, the same bytes every time, that asks nothing of any network."""

from __future__ import annotations

import re
import subprocess
import sys

from graphcli.graph.page.builder import build_page
from graphcli.graph.page.data import PageData
from graphcli.graph.page.text import policy_hash


def test_two_builds_give_the_same_bytes(make_world):
    first = build_page(make_world(80).page())
    again = build_page(make_world(80).page())
    assert first.encode() == again.encode()


def test_another_process_gives_the_same_bytes(make_world, tmp_path):
    # Sets are ordered by a hash that differs between processes: the page must not depend on it.
    program = (
        "import importlib.util, sys\n"
        "spec = importlib.util.spec_from_file_location('world', sys.argv[1])\n"
        "world = importlib.util.module_from_spec(spec); sys.modules['world'] = world\n"
        "spec.loader.exec_module(world)\n"
        "from graphcli.graph.page.builder import build_page\n"
        "sys.stdout.buffer.write(build_page(world.build_world(80).page()).encode())\n"
    )
    conftest = sys.modules[make_world.__module__].__file__
    command = [sys.executable, "-c", program, conftest]
    other = subprocess.run(
        command, capture_output=True, check=True, env={"PYTHONHASHSEED": "7", "PATH": "/usr/bin:/bin"}
    )
    assert other.stdout == build_page(make_world(80).page()).encode()


def test_the_policy_names_the_scripts_and_the_style_that_are_there(make_world):
    page = build_page(make_world(30).page())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    allowed = policy[1].replace("&#39;", "'")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(scripts) == 2
    assert len(styles) == 1
    for text in (*scripts, *styles):
        assert policy_hash(text) in allowed
    assert allowed.startswith("default-src 'none';")


def test_nothing_is_loaded_from_elsewhere(make_world):
    page = build_page(make_world(30).page())
    outside = re.sub(r"<script.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href|action|data)\s*=\s*["']?(?:https?:)?//""", outside)
    assert "@import" not in page
    assert "url(" not in "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))


def test_our_program_never_parses_markup():
    from graphcli.graph.page.builder import HERE, SCRIPTS

    assert {path.name for path in (HERE / "assets").glob("*.js")} == set(SCRIPTS)
    for name in SCRIPTS:
        text = (HERE / "assets" / name).read_text(encoding="utf-8")
        assert text.count("\n") < 600
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function", text
        )


def test_hostile_text_stays_text(make_world, hostile_names):
    world = make_world(60, names=hostile_names)
    words = {"title": hostile_names[2], "subtitle": hostile_names[0], "notes": tuple(hostile_names)}
    page = build_page(world.page(**words))
    assert page.count("<script") == build_page(world.page()).count("<script")
    assert "<img" not in page
    assert "alert(6)" not in page
    assert "\u202e" not in page
    assert "{{7*7}}" in page


def test_a_page_of_nothing_is_still_a_page():
    page = build_page(PageData("Nothing", "", (), ()))
    assert "<title>Nothing</title>" in page
