"""The taxonomy of skills: groups, names, and the spellings that stand for a skill in a posting.

It is data (``loaders/reference/skills/*.yaml``), so that a user extends it with a file of the same form in
the workspace's ``reference/skills/`` folder; this module only reads it and refuses what contradicts itself.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import polars as pl

from graphcli.loaders.definitions.spacing import both_ways
from graphcli.loaders.reference.files import read_schema, read_yaml, shipped
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.identity import hash_lines

REFERENCE = "graphcli.loaders.reference"
SHORTEST = 2


class Kind(Enum):
    """When a spelling counts: as a word, only in a list, a whole tag or a title, or never (a mask)."""

    WORD = "word"
    LISTED = "listed"
    TAG = "tag"
    TITLED = "titled"
    MASK = "mask"


@dataclass(frozen=True, order=True)
class Spelling:
    """One way to write a skill, folded to lower case."""

    text: str
    skill: str
    kind: str


@dataclass(frozen=True, order=True)
class Condition:
    """The ambiguous spellings of a skill count only beside other skills, or only where none of them is."""

    skill: str
    others: tuple[str, ...]
    wanted: bool


@dataclass(frozen=True)
class Taxonomy:
    """All skills, one row each, sorted by id, with their spellings and conditions."""

    table: pl.DataFrame
    spellings: tuple[Spelling, ...]
    conditions: tuple[Condition, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Hash of everything that decides which skills a text holds."""
        rows = ("\t".join(value or "" for value in row) for row in self.table.iter_rows())
        spelled = (f"{item.text}\t{item.skill}\t{item.kind}" for item in self.spellings)
        conditions = (f"{item.skill}\t{item.others}\t{item.wanted}" for item in self.conditions)
        return hash_lines([*rows, *spelled, *conditions])


def skill_files(reference_folder: Path | None) -> list[Path]:
    """List the shipped skill files and then the user's, each sorted by name."""
    paths = sorted(shipped(REFERENCE, "skills").glob("*.yaml"))
    if reference_folder is not None:
        paths += sorted((reference_folder / "skills").glob("*.yaml"))
    return paths


def load_taxonomy(reference_folder: Path | None = None) -> Taxonomy:
    """Read and merge the skill files.

    A skill of the user's with an id of ours replaces it; groups with the same id are one group.

    Parameters
    ----------
    reference_folder
        The workspace's own reference folder.

    Raises
    ------
    DataContractError
        A file breaks the schema, or one file defines a skill twice.
    """
    paths = skill_files(reference_folder)
    return _shipped_taxonomy() if paths == skill_files(None) else _taxonomy_of(paths)


@functools.cache
def _shipped_taxonomy() -> Taxonomy:
    return _taxonomy_of(skill_files(None))


def _taxonomy_of(paths: list[Path]) -> Taxonomy:
    schema = read_schema(REFERENCE, "schemas", "skills.json")
    rows: dict[str, tuple[str, ...]] = {}
    spellings: dict[str, tuple[Spelling, ...]] = {}
    conditions: dict[str, list[Condition]] = {}
    for path in paths:
        content = read_yaml(path, schema)
        seen: set[str] = set()
        for group in content["groups"]:
            for skill in group["skills"]:
                identifier = skill["id"]
                if identifier in seen:
                    raise DataContractError(f"{path.name}: the skill {identifier!r} is defined twice")
                seen.add(identifier)
                name_en = skill.get("en", skill["name"])
                rows[identifier] = (
                    identifier,
                    skill["name"],
                    name_en,
                    group["id"],
                    group["name"],
                    group["name_en"],
                )
                spellings[identifier] = tuple(sorted(set(_spellings(skill, name_en))))
                conditions[identifier] = list(_conditions(skill))
                _check_lengths(path, spellings[identifier])
    columns = ["id", "name", "name_en", "group", "group_name", "group_name_en"]
    table = pl.DataFrame(
        [rows[key] for key in sorted(rows)], schema=dict.fromkeys(columns, pl.String), orient="row"
    )
    ordered = tuple(item for key in sorted(conditions) for item in conditions[key])
    for condition in ordered:
        missing = sorted(set(condition.others) - rows.keys())
        if missing:
            raise DataContractError(
                f"the skill {condition.skill!r} names no skill of ours: {', '.join(missing)}"
            )
    return Taxonomy(table, tuple(item for key in sorted(spellings) for item in spellings[key]), ordered)


def skill_table(reference_folder: Path | None = None) -> pl.DataFrame:
    """Return all skills: id, name, name_en, group, group_name, group_name_en, sorted by id."""
    return load_taxonomy(reference_folder).table


def _conditions(skill: dict[str, Any]) -> Iterator[Condition]:
    for key, wanted in (("only_with", True), ("unless_with", False)):
        if key in skill:
            yield Condition(skill["id"], tuple(sorted(skill[key])), wanted)


def _check_lengths(path: Path, spellings: tuple[Spelling, ...]) -> None:
    # A single character would be found in every second text.
    for item in spellings:
        if len(item.text) < SHORTEST and item.kind != Kind.TAG.value:
            raise DataContractError(
                f"{path.name}: the skill {item.skill!r} has the spelling {item.text!r} of one character; "
                "move it to tags, and set silent where it is the name"
            )


def _spellings(skill: dict[str, Any], name_en: str) -> Iterator[Spelling]:
    identifier = skill["id"]
    names = []
    if not skill.get("silent"):
        names = [skill["name"], *([] if skill.get("silent_en") else [name_en])]
    plain = {text.lower() for text in (*names, *skill.get("aliases", ()))}
    for text in both_ways(names):
        yield Spelling(text.lower(), identifier, Kind.WORD.value)
    keys = {
        "aliases": Kind.WORD,
        "listed": Kind.LISTED,
        "tags": Kind.TAG,
        "titled": Kind.TITLED,
        "not": Kind.MASK,
    }
    for key, kind in keys.items():
        for text in both_ways(list(skill.get(key, ()))):
            # ``python 编程`` holds Python as it stands, so nothing is gained by looking for it.
            if kind is not Kind.WORD or text in plain or plain.isdisjoint(text.lower().split(" ")):
                yield Spelling(text.lower(), identifier, kind.value)
