"""Rules of the house that no single room can keep alone."""

from __future__ import annotations

import csv
import fnmatch
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from graphcli import cli

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = [name for commands in cli.COMMANDS.values() for name in commands]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return [REPOSITORY / name for name in listed.stdout.split("\0") if name]


def test_help_answers_without_importing_what_it_does_not_need():
    script = (
        "import sys; from graphcli.cli import run; run(['--help']);"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert not loaded & {"polars", "pandas", "numpy", "networkx", "scipy", "jpype", "neo4j", "jinja2", "rich"}


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_with_an_example(name):
    done = CliRunner().invoke(cli.cli, [name, "--help"], terminal_width=100)
    assert done.exit_code == 0, done.output
    assert "graphcli" in done.output.split("Usage:", 1)[1].split("\n", 1)[1], "no example in the help"


def test_the_usage_error_suggests_the_nearest_command(capsys):
    assert cli.run(["clusterz"]) == 2
    assert "did you mean clusters" in capsys.readouterr().err


def test_a_closed_pipe_is_no_error():
    command = f"{sys.executable} -m graphcli.cli --help | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert done.stderr == ""


def test_a_place_that_cannot_be_written_is_named_in_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert cli.run(["schemes", "-o", str(tmp_path / "file" / "x.csv")]) == 1
    message = capsys.readouterr().err
    assert message.startswith("graphcli: Not a directory: ") or message.startswith("graphcli: File exists: ")
    assert message.count("\n") == 1


def test_no_file_is_longer_than_a_person_reads():
    long = {
        path.name: count
        for path in tracked("*.py", "*.js", "*.css", "*.j2", "*.cypher")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 600
    }
    assert not long


def test_every_module_says_why_it_exists():
    silent = [
        str(path.relative_to(REPOSITORY))
        for path in tracked("*.py")
        if not re.match(r'(#!.*\n)?(#.*\n)*"""', path.read_text(encoding="utf-8"))
    ]
    assert not silent


def test_every_data_file_stands_on_the_page_of_sources():
    page = (REPOSITORY / "loaders/reference/SOURCES.md").read_text(encoding="utf-8")
    patterns = re.findall(r"`([\w./*-]+\.(?:csv|yaml|json))`", page)
    named = {path for pattern in patterns for path in (REPOSITORY / "loaders/reference").glob(pattern)}
    named |= {REPOSITORY / "loaders/lists/data" / pattern for pattern in patterns}
    named |= {REPOSITORY / "loaders/layouts" / pattern for pattern in patterns}
    # What a schema file holds is how to check a fact, no fact.
    shipped = [
        path for path in tracked("loaders/**/*.csv", "loaders/**/*.yaml") if "schemas" not in path.parts
    ]
    shipped += tracked("graph/page/assets/*.json")
    resolved = {path.resolve() for path in named}
    assert len(shipped) > 40
    assert [str(path.relative_to(REPOSITORY)) for path in shipped if path.resolve() not in resolved] == []


def test_every_fact_names_its_source():
    unsourced = []
    for path in tracked("loaders/reference/*.csv", "loaders/lists/data/*.csv", "loaders/layouts/boards.csv"):
        lines = (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
        for number, row in enumerate(csv.DictReader(lines), start=1):
            sources = [cell for name, cell in row.items() if name.endswith("source")]
            # A table with a source for each of its columns leaves that of an empty cell empty.
            if not any(sources):
                unsourced.append(f"{path.name}:{number}")
    for path in tracked("loaders/reference/**/*.yaml", "loaders/definitions/tiers/tiers.yaml"):
        if not re.search(r"^source: \S", path.read_text(encoding="utf-8"), re.MULTILINE):
            unsourced.append(path.name)
    assert unsourced == []


def test_no_folder_of_tests_is_passed_over(pytestconfig):
    passed_over = pytestconfig.getini("norecursedirs")
    folders = {path.parent for path in tracked("tests/*.py")}
    names = {part for folder in folders for part in folder.relative_to(REPOSITORY).parts}
    assert not [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in passed_over)]
