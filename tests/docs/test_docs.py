"""The documents say what the code does, and what they tell people to type is understood."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil
import re
import shlex
from pathlib import Path

import click
import pytest

import graphcli
from graphcli.cli import COMMANDS, cli

REPOSITORY = Path(__file__).resolve().parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def made_pages() -> dict[str, str]:
    path = REPOSITORY / "scripts" / "make_docs.py"
    spec = importlib.util.spec_from_file_location("make_docs", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


@pytest.mark.parametrize("name", ["commands.md", "queries.md", "schema.md"])
def test_reference_pages_are_what_the_code_says(name):
    written = (REPOSITORY / "docs" / name).read_text(encoding="utf-8")
    assert written == made_pages()[name], "run python scripts/make_docs.py"


def typed_commands() -> list[list[str]]:
    lines = [
        line.split("  #")[0].strip()
        for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
        for line in block.splitlines()
    ]
    return [shlex.split(line)[1:] for line in lines if line.startswith("graphcli ")]


@pytest.mark.parametrize("arguments", typed_commands(), ids=" ".join)
def test_what_the_readme_types_is_understood(arguments):
    root = click.Context(cli, **cli.context_settings)
    command = cli.get_command(root, arguments[0])
    assert command is not None
    command.make_context(arguments[0], list(arguments[1:]), parent=root)


def test_every_command_is_listed_once():
    names = [name for commands in COMMANDS.values() for name in commands]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_of_the_readme_lead_somewhere(target):
    assert (REPOSITORY / target).exists()


MODULES = [
    item.name
    for item in pkgutil.walk_packages(graphcli.__path__, "graphcli.")
    if item.name.split(".")[1] not in {"tests", "benchmarks", "scripts", "build"}
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0
