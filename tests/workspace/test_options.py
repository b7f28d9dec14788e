"""What the shared options promise of every command, tried on one that needs no workspace."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from graphcli.cli import run


def test_a_file_gets_the_form_its_ending_names(tmp_path):
    for ending in ("json", "jsonl", "csv", "md", "txt"):
        assert run(["-q", "presets", "-o", str(tmp_path / f"presets.{ending}")]) == 0
    text = {path.suffix: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert json.loads(text[".json"])["command"] == "presets"
    assert json.loads(text[".jsonl"].splitlines()[0])["name"]
    assert text[".csv"].startswith("name,kind,members,source")
    assert text[".md"].startswith("| name |")
    assert "───" in text[".txt"]


def test_the_form_that_is_asked_for_wins_over_the_ending(tmp_path):
    path = tmp_path / "presets.csv"
    assert run(["-q", "presets", "--format", "json", "-o", str(path)]) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["rows"]


@pytest.mark.skipif(os.name == "nt", reason="Windows folders have no such permissions")
def test_a_file_that_cannot_be_written_is_named_as_it_was_asked_for(tmp_path, capsys):
    target = Path("/proc/nowhere/presets.csv") if os.geteuid() == 0 else tmp_path / "closed" / "presets.csv"
    if os.geteuid() != 0:
        target.parent.mkdir(mode=0o500)
    assert run(["-q", "presets", "-o", str(target)]) == 1
    said = capsys.readouterr().err
    assert ".tmp" not in said
    assert len(said.splitlines()) == 1
