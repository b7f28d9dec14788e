"""Checking what a user put into the workspace's ``reference`` folder: file, row, problem and the way out.

What reads a file when it is used also judges it here, so that a check and a load never disagree. YAML is
first held to its schema, which finds everything at once and knows the line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from graphcli.loaders.definitions.parts import PARTS, Definition, Part
from graphcli.loaders.definitions.way_out import yaml_problems
from graphcli.loaders.lists.entries import read_list
from graphcli.loaders.reference.files import read_schema
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.result import Result

MAXIMUM_BYTES = 200_000_000
# Only such files could have been meant as definitions; a README is nobody's mistake.
DATA_ENDINGS = frozenset({".yaml", ".yml", ".csv", ".json", ".jsonl", ".tsv", ".xlsx"})
COLUMNS = ("name", "kind", "members", "source", "origin", "file", "row", "status", "problem", "fix")
PLACES = ("name", "kind", "members", "source", "origin", "status")
FINDINGS = ("file", "row", "status", "problem", "fix")
_ROW = re.compile(r"\brow (\d+)")
_QUOTED = re.compile(r"'([^']+)'")
_CODE = re.compile(r"\b\d{6}\b")
_AFTER_COLON = re.compile(r"[:：] *([\w.-]+)(?:, |$)")


@dataclass(frozen=True)
class Problem:
    """What is wrong in a file, where (0: the file as a whole), and what to do about it."""

    file: str
    kind: str | None
    row: int
    words: str
    fix: str


def check_definitions(reference_folder: Path) -> Result:
    """Check the user's definitions and list what is defined, ours and the user's.

    Parameters
    ----------
    reference_folder
        The workspace's folder ``reference``; it need not exist.

    Returns
    -------
    Result
        Rows ``name, kind, members, source, origin, file, row, status, problem, fix``: every definition in
        force, or, where a file is broken, every problem (exit code 3).
    """
    names = [path.relative_to(reference_folder).as_posix() for path in _files(reference_folder)]
    problems = _problems(reference_folder, PARTS)
    rows = [_broken(item) for item in problems] or list(_in_force(reference_folder, names))
    schema = {name: pl.Int64() if name == "row" else pl.String() for name in COLUMNS}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    note = f"{len(names)} files of your own in {reference_folder}: {len(problems)} problems"
    notes = (note if names else f"{reference_folder} holds no files of your own",)
    found = bool(problems)
    parameters = {"folder": str(reference_folder)}
    hidden = PLACES if found else FINDINGS
    return Result("definitions check", frame, parameters, notes, hidden=hidden, broken=found)


def _broken(problem: Problem) -> dict[str, str | int | None]:
    return dict.fromkeys(COLUMNS) | {
        "name": Path(problem.file).stem,
        "kind": problem.kind,
        "origin": "own",
        "file": problem.file,
        "row": problem.row or None,
        "status": "broken",
        "problem": problem.words,
        "fix": problem.fix,
    }


def _in_force(reference_folder: Path, names: Sequence[str]) -> Iterator[dict[str, str | int | None]]:
    for part in PARTS:
        ours = _ours()[part.kind]
        own = any(_belongs(name, part.pattern) for name in names)
        for item in part.read(reference_folder) if own else ours:
            origin = "built-in" if item in ours else "own"
            yield dict.fromkeys(COLUMNS) | vars(item) | {"origin": origin, "status": "ok"}


@cache
def _ours() -> Mapping[str, tuple[Definition, ...]]:
    return {part.kind: tuple(part.read(None)) for part in PARTS}


def _files(reference_folder: Path) -> Iterator[Path]:
    """Yield the files that could be definitions; none where there is no folder."""
    for path in sorted(reference_folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(reference_folder).parts)
        if path.is_file() and not hidden and path.suffix.lower() in DATA_ENDINGS:
            yield path


def _sound(part: Part, broken: Set[str]) -> bool:
    """Whether the files of a kind, and those it needs, can be read."""
    patterns = [one.pattern for one in PARTS if one.kind in {part.kind, part.needs}]
    return not any(_belongs(name, pattern) for name in broken for pattern in patterns)


def _problems(folder: Path, parts: Sequence[Part]) -> list[Problem]:
    names = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    found = [
        Problem(name, None, 0, "nothing reads this file", _place_for(name, parts))
        for name in names
        if not any(_belongs(name, part.pattern) for part in parts)
    ]
    for part in parts:
        paths = [path for name, path in names.items() if _belongs(name, part.pattern)]
        found += [problem for path in paths for problem in _in_file(folder, path, part)]
        if paths and _sound(part, {problem.file for problem in found}):
            found += _as_used(folder, paths, part)
    return found


def _in_file(folder: Path, path: Path, part: Part) -> Iterator[Problem]:
    name = path.relative_to(folder).as_posix()
    if path.stat().st_size > MAXIMUM_BYTES:
        yield Problem(name, part.kind, 0, f"is larger than {MAXIMUM_BYTES // 1_000_000} MB", "take out rows")
        return
    if part.schema is not None:
        for row, words, fix in yaml_problems(path, read_schema(*part.schema)):
            yield Problem(name, part.kind, row, words, fix)
    elif part.kind == "list":
        try:
            read_list(path, "imported")
        except DataContractError as error:
            yield _problem(str(error), [path], folder, part)


def _as_used(folder: Path, paths: list[Path], part: Part) -> Iterator[Problem]:
    """What only shows when all files of a kind are read together, such as a name that does not exist."""
    try:
        part.read(folder)
    except DataContractError as error:
        yield _problem(str(error), paths, folder, part)


def _problem(message: str, paths: list[Path], folder: Path, part: Part) -> Problem:
    named = [path for path in paths if message.startswith(f"{path.name}: ")]
    words = message.removeprefix(f"{named[0].name}: ") if named else message
    path, row = _place(named or paths, words)
    return Problem(path.relative_to(folder).as_posix(), part.kind, row, words, part.fix)


def _place(paths: list[Path], words: str) -> tuple[Path, int]:
    """Find the file and the row that a message speaks of: the row it names, or the first with its words."""
    if found := _ROW.search(words):
        return paths[0], int(found[1])
    spoken = [*_AFTER_COLON.findall(words), *_QUOTED.findall(words), *_CODE.findall(words)]
    for text in spoken:
        # A table's rows are named by who reads it.
        for path in paths if paths[0].suffix != ".csv" else ():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            for number, line in enumerate(lines, start=1):
                if text.casefold() in line.casefold():
                    return path, number
    return paths[0], 0


def _belongs(name: str, pattern: str) -> bool:
    folder, _, ending = pattern.rpartition("/")
    place, _, file = name.rpartition("/")
    return place == folder and (file == ending or (ending.startswith("*") and file.endswith(ending[1:])))


def _place_for(name: str, parts: Sequence[Part]) -> str:
    patterns = [part.pattern for part in parts]
    near = difflib.get_close_matches(name, patterns, n=1, cutoff=0.4)
    known = ", ".join(patterns)
    return f"put it where it is read{f', such as {near[0]}' if near else ''}; read are {known}"
