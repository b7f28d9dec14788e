"""The alias table: other names of employers, as shipped and as the user adds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.loaders.resolve.names import REFERENCE, normalise_name, shipped_rules
from graphcli.workspace.errors import DataContractError

ALIASES = "employer_aliases.csv"
_DAY = r"\d{4}(-\d{2}(-\d{2})?)?"
_COLUMNS = (
    Column("alias", required=True),
    Column("name", required=True),
    Column("name_en"),
    Column("kind", required=True, choices=("short", "former", "english", "unit", "spelling")),
    Column("source", required=True),
    Column("as_of", required=True, pattern=r"\d{4}-\d{2}-\d{2}"),
)
# Day, month or year from which a former name no longer holds; the user's own files may leave the column out.
_CHANGED = Column("changed", pattern=_DAY)


@dataclass(frozen=True)
class AliasTable:
    """Which names mean the same employer by the alias files.

    Attributes
    ----------
    canonical
        Normalised alias → full name it stands for.
    members
        Full name → all normalised names of its group, its own among them.
    key_of
        Full name → its own normalised form.
    spellings
        Full name → its aliases as the files write them.
    written
        Normalised alias → the aliases as the files write them.
    english
        Full name → English name, where known.
    changed
        Normalised former name → from when it no longer holds, where known.
    """

    canonical: Mapping[str, str]
    members: Mapping[str, tuple[str, ...]]
    key_of: Mapping[str, str]
    spellings: Mapping[str, tuple[str, ...]]
    written: Mapping[str, tuple[str, ...]]
    english: Mapping[str, str]
    changed: Mapping[str, str]


def load_aliases(reference_folder: Path | None = None) -> AliasTable:
    """Read the alias table that ships with the package and the user's own over it.

    Raises
    ------
    DataContractError
        A file breaks its contract, or gives one alias to two employers.
    """
    rules = shipped_rules()
    canonical: dict[str, str] = {}
    english: dict[str, str] = {}
    changed: dict[str, str] = {}
    members: dict[str, set[str]] = defaultdict(set)
    spellings: dict[str, set[str]] = defaultdict(set)
    written: dict[str, set[str]] = defaultdict(set)
    names_by_key: dict[str, str] = {}
    for row in _merged_rows(reference_folder):
        key, own = normalise_name(row["alias"], rules), normalise_name(row["name"], rules)
        name = names_by_key.setdefault(own, row["name"])
        if canonical.setdefault(key, name) != name:
            raise DataContractError(
                f"{ALIASES}: {row['alias']!r} stands for both {canonical[key]!r} and {name!r}"
            )
        canonical[own] = name
        members[name].update((key, own))
        spellings[name].add(row["alias"])
        written[key].add(row["alias"])
        if row["name_en"]:
            english.setdefault(name, row["name_en"])
        if row.get("changed"):
            changed[key] = row["changed"]
    return AliasTable(
        canonical,
        _sorted(members),
        {name: key for key, name in names_by_key.items()},
        _sorted(spellings),
        _sorted(written),
        english,
        changed,
    )


def _merged_rows(reference_folder: Path | None) -> list[dict[str, str]]:
    rules = shipped_rules()
    rows = _rows(shipped(REFERENCE, ALIASES))
    own = reference_folder / ALIASES if reference_folder else None
    if not own or not own.is_file():
        return rows
    added = _rows(own)
    replaced = {normalise_name(row["alias"], rules) for row in added}
    return [row for row in rows if normalise_name(row["alias"], rules) not in replaced] + added


def _rows(path: Path) -> list[dict[str, str]]:
    frame = read_csv(path, _COLUMNS)
    if _CHANGED.name in frame.columns:
        frame = read_csv(path, (*_COLUMNS, _CHANGED))
    return list(frame.iter_rows(named=True))


def _sorted(groups: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(texts)) for name, texts in groups.items()}
