"""The guide to own definitions: every file it shows passes the check and does what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from graphcli.cli import cli
from graphcli.loaders.definitions.check import check_definitions

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "your-own.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w/.]+)`\n\n```(?:yaml|csv)\n(.*?)```", GUIDE, re.DOTALL | re.MULTILINE))
TYPED = [
    line
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("graphcli ")
]


def test_every_file_of_the_guide_passes_the_check(folder):
    assert set(FILES) == {
        "skills/own.yaml", "tiers.yaml", "presets.yaml", "schemes/own.yaml", "employer_aliases.csv",
        "text_hints.csv",
    }  # fmt: skip
    for name, text in FILES.items():
        path = folder.reference_folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    result = check_definitions(folder.reference_folder)
    assert result.frame.filter(status="broken").rows() == []
    own = result.frame.filter(origin="own").select("kind", "name").rows()
    assert {("skills", "own"), ("preset", "embodied_ai"), ("scheme", "hangzhou_bay")} <= set(own)


@pytest.mark.parametrize("line", TYPED)
def test_what_the_guide_types_is_understood(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name, *arguments = shlex.split(line)[1:]
    root = click.Context(cli, **cli.context_settings)
    command = cli.get_command(root, name)
    while isinstance(command, click.Group):
        command = command.commands[arguments.pop(0)]
    assert command is not None
    command.make_context(name, arguments, parent=root)
