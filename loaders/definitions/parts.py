"""The kinds of files that the reference folder may hold, each with what reads it and how to get it right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from graphcli.loaders.definitions.presets import load_presets
from graphcli.loaders.definitions.skills.taxonomy import load_taxonomy, skill_files
from graphcli.loaders.definitions.tiers.rules import TIERS_FILE, load_rules
from graphcli.loaders.layouts.layout import load_layouts
from graphcli.loaders.lists.entries import load_lists
from graphcli.loaders.reference.files import read_schema, read_yaml
from graphcli.loaders.resolve.claims.text_hint_rules import PHRASES, load_hint_rules
from graphcli.loaders.resolve.employers.aliases import ALIASES, load_aliases
from graphcli.loaders.resolve.employers.credit_codes import CODES, load_codes
from graphcli.loaders.resolve.names.registered import shipped_rules
from graphcli.loaders.resolve.places.schemes import load_schemes
from graphcli.workspace.wording import counted

REFERENCE = "graphcli.loaders.reference"
OURS = "shipped with graphcli"


@dataclass(frozen=True)
class Definition:
    """One thing that is defined: what it is, how many members it has, and who says so."""

    name: str
    kind: str
    members: str
    source: str


@dataclass(frozen=True)
class Part:
    """One kind of file in the reference folder.

    Attributes
    ----------
    pattern
        Where its files are, below the folder.
    schema
        Package and path of the JSON Schema of its YAML files; ``None`` for CSV.
    read
        Reads all of its files, ours where the folder is ``None``.
    fix
        The way out where the message does not say it.
    needs
        Another kind without which its files cannot be read.
    """

    kind: str
    pattern: str
    schema: tuple[str, ...] | None
    read: Callable[[Path | None], list[Definition]]
    fix: str
    needs: str = ""


def _skills(folder: Path | None) -> list[Definition]:
    load_taxonomy(folder)
    schema = read_schema(REFERENCE, "schemas", "skills.json")
    found = []
    for path in skill_files(folder):
        content = read_yaml(path, schema)
        count = sum(len(group["skills"]) for group in content["groups"])
        found.append(Definition(path.stem, "skills", counted(count, "skill"), content["source"]))
    return found


def _tier_words(folder: Path | None) -> list[Definition]:
    words = len(load_rules(folder).classes)
    own = folder is not None and (folder / TIERS_FILE).is_file()
    source = f"{OURS}, with {TIERS_FILE} over it" if own else OURS
    return [Definition("tiers", "tier words", counted(words, "word"), source)]


def _presets(folder: Path | None) -> list[Definition]:
    presets = load_presets(folder).values()
    return [Definition(item.name, "preset", item.members, item.source) for item in presets]


def _schemes(folder: Path | None) -> list[Definition]:
    return [
        Definition(
            item.name,
            "scheme",
            counted(sum(len(region.members) for region in item.regions), "member"),
            f"{item.source} ({item.as_of})",
        )
        for item in load_schemes(folder).values()
    ]


def _layouts(folder: Path | None) -> list[Definition]:
    layouts = load_layouts(folder).values()
    return [Definition(item.name, "layout", f"{len(item.headers)} headers", item.title) for item in layouts]


def _aliases(folder: Path | None) -> list[Definition]:
    spellings = load_aliases(folder).spellings
    count = sum(len(texts) for texts in spellings.values())
    own = folder is not None and (folder / ALIASES).is_file()
    source = f"{OURS}, with {ALIASES} over it" if own else OURS
    return [Definition("employer_aliases", "employer aliases", counted(count, "alias", "aliases"), source)]


def _codes(folder: Path | None) -> list[Definition]:
    codes = load_codes(folder, shipped_rules())
    return [Definition("employer_codes", "credit codes", counted(len(codes), "code"), CODES)] if codes else []


def _text_hints(folder: Path | None) -> list[Definition]:
    count = load_hint_rules(folder).phrases["phrase"].n_unique()
    own = folder is not None and (folder / PHRASES).is_file()
    source = f"{OURS}, with {PHRASES} over it" if own else OURS
    return [Definition("text_hints", "text hints", counted(count, "phrase"), source)]


def _lists(folder: Path | None) -> list[Definition]:
    return [
        Definition(
            item.name,
            "list",
            counted(item.entries.height, "entry", "entries"),
            "; ".join(item.entries["source"].unique().sort().to_list()[:2]),
        )
        for item in load_lists(folder)
    ]


PARTS = (
    Part(
        "skills",
        "skills/*.yaml",
        (REFERENCE, "schemas", "skills.json"),
        _skills,
        "name each skill once in a file, and beside others only skills that exist",
    ),
    Part(
        "tier words",
        TIERS_FILE,
        (REFERENCE, "schemas", "tier_words.json"),
        _tier_words,
        "give each word one class, spelled without marks of punctuation",
    ),
    Part(
        "preset",
        "presets.yaml",
        (REFERENCE, "schemas", "presets.json"),
        _presets,
        "use ids of skills and groups that exist (graphcli skills --format csv shows them)",
        needs="skills",
    ),
    Part(
        "scheme",
        "schemes/*.yaml",
        (REFERENCE, "schemas", "scheme.json"),
        _schemes,
        "use six-digit codes of cities or provinces with their names, each in one region of a partition",
    ),
    Part(
        "layout",
        "layouts/*.yaml",
        ("graphcli.loaders.layouts", "layout.schema.json"),
        _layouts,
        "start from graphcli inspect FILE --emit-layout",
    ),
    Part(
        "employer aliases",
        ALIASES,
        None,
        _aliases,
        "columns alias, name, name_en, kind, source, as_of in UTF-8; one employer for each alias",
    ),
    Part(
        "credit codes",
        CODES,
        None,
        _codes,
        "columns name and credit_code in UTF-8; eighteen characters of GB 32100, one code for each name",
    ),
    Part(
        "text hints",
        PHRASES,
        None,
        _text_hints,
        "columns phrase, kind, says, meaning, source, url, as_of in UTF-8; says nothing takes a phrase out",
        needs="tier words",
    ),
    Part(
        "list",
        "lists/*.csv",
        None,
        _lists,
        "correct the cell, or import the list again with graphcli lists import FILE",
    ),
)
