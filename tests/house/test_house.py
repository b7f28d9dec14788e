"""Rules of the house that no single room can keep alone."""

from __future__ import annotations

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
