"""Reads the corpus: strangers' files with, beside each, what a careful analyst says is in it.

An expectation is a YAML file called as its file with ``.yaml`` behind. It was written from what the file
means, never from what the tool prints:

what, room
    Who writes such files; which part of the loaders answers for it.
options
    Options of ``load``: encoding, crawled_on, layout, sheet.
error
    The file holds no postings: words of which the one-line message has at least one.
encoding
    What the encoding in the table of sources must hold.
sheets
    One entry a source: ``sheet`` and ``member`` (left out where there is one only), ``rows_read``, ``kept``,
    ``rejected`` (row → words, one of which the reason has), ``roles`` (role → columns), ``columns`` and
    ``rows`` (expected canonical cells, the first column is the row; ``?`` is not judged), ``rows_by: order``
    where records are counted from the first posting, ``issues`` (row, column, value, action, says; what is
    left out is not judged), ``notes`` (words that must stand in an issue or note of the whole file),
    ``tags`` (row → tags that must be there), ``texts`` (row → words), ``never`` (field → values that no row
    may have).
more_sheets
    Other sources beside those named are no deviation.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import yaml

from graphcli.loaders.inspect import COLUMNS, inspect
from graphcli.loaders.load import load
from graphcli.workspace import tables
from graphcli.workspace.errors import GraphcliError
from graphcli.workspace.folder import WorkspaceFolder

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"
SHARED_OPTIONS = ("encoding", "crawled_on", "layout", "sheet")


@dataclass(frozen=True)
class Case:
    """One file and what must be read from it."""

    name: str
    path: Path
    expected: dict[str, Any]

    @property
    def options(self) -> dict[str, Any]:
        options = dict(self.expected.get("options") or {})
        if isinstance(options.get("crawled_on"), str):
            options["crawled_on"] = date.fromisoformat(options["crawled_on"])
        return options


@dataclass(frozen=True)
class Part:
    """What the workspace holds of one source."""

    postings: pl.DataFrame
    texts: pl.DataFrame
    issues: pl.DataFrame


@dataclass
class Loaded:
    """What became of one file."""

    sources: pl.DataFrame
    problem: str
    inspected: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    notes: list[str] = field(default_factory=list)

    def of(self, source_id: str) -> Part:
        """The rows of one source."""
        return Part(
            **{name: rows.filter(pl.col("source_id") == source_id) for name, rows in self.tables.items()}
        )


def module(name: str) -> ModuleType:
    """Import a module of this folder, which is no package."""
    key = f"corpus_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, HERE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        sys.modules[key] = made
        spec.loader.exec_module(made)
    return sys.modules[key]


def names() -> list[str]:
    """Names of all files of the corpus."""
    return sorted(path.name.removesuffix(".yaml") for path in FILES.glob("*.yaml"))


def cases(folder: Path) -> list[Case]:
    """All cases; those that are containers of other files are made in ``folder``."""
    makers = module("make_containers").MAKERS
    found = []
    for name in names():
        expected = yaml.safe_load((FILES / f"{name}.yaml").read_text(encoding="utf-8"))
        path = FILES / name
        if name in makers:
            path = folder / name
            path.write_bytes(makers[name](FILES))
        found.append(Case(name, path, expected))
    return found


def load_all(folder: Path, some: list[Case]) -> dict[str, Loaded]:
    """Load all cases, those with the same options in one load; an unexpected error is that of its file."""
    loaded: dict[str, Loaded] = {}
    groups: dict[str, list[Case]] = {}
    for case in some:
        groups.setdefault(repr(sorted(case.options.items())), []).append(case)
    for number, group in enumerate(groups.values()):
        workspace = WorkspaceFolder(folder / f"workspace{number}")
        try:
            loaded |= _loaded(workspace, group)
        except Exception:
            for at, case in enumerate(group):
                loaded |= _one(WorkspaceFolder(folder / f"workspace{number}-{at}"), case)
    return loaded


def _one(workspace: WorkspaceFolder, case: Case) -> dict[str, Loaded]:
    try:
        return _loaded(workspace, [case])
    except Exception as error:
        nothing = pl.DataFrame(schema=dict(tables.SOURCES))
        problem = str(error) if isinstance(error, GraphcliError) else f"{type(error).__name__}: {error}"
        return {case.name: Loaded(nothing, problem, pl.DataFrame(schema=COLUMNS), {})}


def _loaded(workspace: WorkspaceFolder, group: list[Case]) -> dict[str, Loaded]:
    result = load(workspace, [case.path for case in group], **group[0].options)
    sources = workspace.read("sources", tables.SOURCES)
    schemas = {"postings": tables.POSTINGS, "texts": tables.TEXTS, "issues": tables.ISSUES}
    every = {name: workspace.read_all(name, schema) for name, schema in schemas.items()}
    found = {}
    for case in group:
        mine = sources.filter(pl.col("path") == case.name)
        listed = result.frame.filter(pl.col("path") == case.name)
        problems = [problem for problem in listed["problem"].to_list() if problem]
        ids = mine["source_id"].implode()
        parts = {name: rows.filter(pl.col("source_id").is_in(ids)) for name, rows in every.items()}
        notes = [note for note in result.notes if case.name in note]
        seen = pl.DataFrame(schema=COLUMNS)
        if mine.height:
            options = {name: value for name, value in case.options.items() if name != "crawled_on"}
            seen = inspect([case.path], **options).frame
        found[case.name] = Loaded(mine, "; ".join(problems), seen, parts, notes)
    return found
