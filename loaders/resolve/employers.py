"""Distinct raw names to employers: who is the same, by which rule, and what kind of poster it is.

Names are joined only by an equal normalised form or by the alias table, never by likeness: two firms
in one node do more harm than one firm in two.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.loaders.resolve.names import (
    REFERENCE,
    NameRules,
    ParsedName,
    clean,
    normalise_name,
    parse_name,
    shipped_rules,
)
from graphcli.workspace import tables
from graphcli.workspace.errors import DataContractError
from graphcli.workspace.identity import stable_hash

ALIASES = "employer_aliases.csv"
# How sure a rule is that the name means this employer: judged on the labelled names of the tests.
SCORES = {"exact": 1.0, "normalised": 0.99, "branch": 0.98, "alias": 0.97}
_ALIAS_COLUMNS = (
    Column("alias", required=True),
    Column("name", required=True),
    Column("name_en"),
    Column("kind", required=True, choices=("short", "former", "english", "unit", "spelling")),
    Column("source", required=True),
    Column("as_of", required=True, pattern=r"\d{4}-\d{2}-\d{2}"),
)


@dataclass(frozen=True)
class AliasTable:
    """Which names mean the same employer by the alias files.

    Attributes
    ----------
    canonical
        Normalised alias → full name it stands for.
    members
        Full name → all normalised names of its group, its own among them.
    spellings
        Full name → its aliases as the files write them.
    english
        Full name → English name, where known.
    """

    canonical: Mapping[str, str]
    members: Mapping[str, tuple[str, ...]]
    spellings: Mapping[str, tuple[str, ...]]
    english: Mapping[str, str]


@dataclass(frozen=True)
class KindRule:
    """A pattern over cleaned names that says agency or anonymous, and what excepts a name from it."""

    kind: str
    pattern: re.Pattern[str]
    exception: re.Pattern[str] | None


@dataclass(frozen=True)
class _Name:
    raw: str
    postings: int
    parsed: ParsedName
    group: str


def resolve_employers(
    names: pl.DataFrame, reference_folder: Path | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Join raw names to employers.

    Parameters
    ----------
    names
        Columns ``employer_raw`` and ``postings`` (count of postings). Raw names that are equal after
        trimming are one; blank ones give no row.
    reference_folder
        The user's own ``employer_aliases.csv`` in it is merged over ours.

    Returns
    -------
    tuple
        The tables EMPLOYERS (sorted by id) and EMPLOYER_NAMES (sorted by raw name). The same names in
        any row order give the same tables.

    Raises
    ------
    DataContractError
        A reference file breaks its contract.
    """
    rules = shipped_rules()
    aliases = load_aliases(reference_folder)
    kinds = kind_rules()
    groups: dict[str, list[_Name]] = defaultdict(list)
    for name in _distinct_names(names, rules, aliases):
        groups[name.group].append(name)
    employers: list[dict[str, object]] = []
    resolved: list[dict[str, object]] = []
    for group, members in sorted(groups.items()):
        employer = _employer(group, members, aliases, kinds)
        employers.append(employer)
        resolved.extend(_name_row(name, employer) for name in members)
    return (
        tables.conform(_frame(employers, tables.EMPLOYERS), tables.EMPLOYERS).sort("employer_id"),
        tables.conform(_frame(resolved, tables.EMPLOYER_NAMES), tables.EMPLOYER_NAMES).sort("employer_raw"),
    )


def load_aliases(reference_folder: Path | None = None) -> AliasTable:
    """Read the alias table that ships with the package and the user's own over it.

    Raises
    ------
    DataContractError
        A file breaks its contract, or gives one alias to two employers.
    """
    rules = shipped_rules()
    rows = list(_alias_rows(shipped(REFERENCE, ALIASES)))
    own = reference_folder / ALIASES if reference_folder else None
    if own and own.is_file():
        replaced = {normalise_name(row["alias"], rules) for row in _alias_rows(own)}
        rows = [row for row in rows if normalise_name(row["alias"], rules) not in replaced]
        rows += _alias_rows(own)
    canonical: dict[str, str] = {}
    english: dict[str, str] = {}
    members: dict[str, set[str]] = defaultdict(set)
    spellings: dict[str, set[str]] = defaultdict(set)
    names_by_key: dict[str, str] = {}
    for row in rows:
        name = names_by_key.setdefault(normalise_name(row["name"], rules), row["name"])
        key = normalise_name(row["alias"], rules)
        if canonical.setdefault(key, name) != name:
            raise DataContractError(
                f"{ALIASES}: {row['alias']!r} stands for both {canonical[key]!r} and {name!r}"
            )
        canonical[normalise_name(name, rules)] = name
        members[name].update((key, normalise_name(name, rules)))
        spellings[name].add(row["alias"])
        if row["name_en"]:
            english.setdefault(name, row["name_en"])
    return AliasTable(
        canonical,
        {name: tuple(sorted(keys)) for name, keys in members.items()},
        {name: tuple(sorted(texts)) for name, texts in spellings.items()},
        english,
    )


@cache
def kind_rules() -> tuple[KindRule, ...]:
    """Read the patterns that tell agencies and anonymous employers from others."""
    frame = read_csv(
        shipped(REFERENCE, "employer_kinds.csv"),
        [
            Column("kind", required=True, choices=("anonymous", "agency")),
            Column("pattern", required=True),
            Column("except"),
            Column("source", required=True),
        ],
    )
    return tuple(
        KindRule(kind, re.compile(pattern), re.compile(exception) if exception else None)
        for kind, pattern, exception in frame.select("kind", "pattern", "except").iter_rows()
    )


def employer_kind(cleaned: str, rules: Iterable[KindRule]) -> str:
    """Return ``agency``, ``anonymous`` or ``employer`` for a cleaned name.

    Examples
    --------
    >>> employer_kind("某知名公司", kind_rules())
    'anonymous'
    """
    for rule in rules:
        if rule.pattern.search(cleaned) and not (rule.exception and rule.exception.search(cleaned)):
            return rule.kind
    return "employer"


def _distinct_names(names: pl.DataFrame, rules: NameRules, aliases: AliasTable) -> Iterable[_Name]:
    counted = (
        names.select(
            pl.col("employer_raw").cast(pl.String).str.strip_chars(), pl.col("postings").cast(pl.Int64)
        )
        .filter(pl.col("employer_raw").is_not_null() & (pl.col("employer_raw") != ""))
        .group_by("employer_raw")
        .agg(pl.col("postings").sum())
        .sort("employer_raw")
    )
    for raw, postings in counted.iter_rows():
        parsed = parse_name(raw, rules)
        if parsed.normalised:
            yield _Name(raw, postings, parsed, _group(parsed.normalised, aliases))


def _group(normalised: str, aliases: AliasTable) -> str:
    name = aliases.canonical.get(normalised)
    return aliases.members[name][0] if name else normalised


def _employer(
    group: str, members: list[_Name], aliases: AliasTable, kinds: Iterable[KindRule]
) -> dict[str, object]:
    listed = aliases.canonical.get(group)
    name = listed or _display_name(members)
    # The table's own aliases are kept too, so that a search finds the employer by any of its names.
    spellings = {*(member.raw for member in members), *aliases.spellings.get(name, ())} - {name}
    return {
        "employer_id": stable_hash(group),
        "name": name,
        "name_en": aliases.english.get(listed or ""),
        "kind": employer_kind(clean(name), kinds),
        "aliases": sorted(spellings),
        "parent_id": None,
    }


def _display_name(members: list[_Name]) -> str:
    whole = [member for member in members if not member.parsed.branch and not member.parsed.notes]
    best = min(whole or members, key=lambda member: (-member.postings, member.raw))
    return best.raw if whole else _without_branch(best)


def _without_branch(name: _Name) -> str:
    # Only branches are known: the registered name is the longest start of the raw name that is whole.
    rules = shipped_rules()
    for end in range(len(name.raw) - 1, 1, -1):
        head = name.raw[:end].rstrip(" -—_·(（")
        parsed = parse_name(head, rules)
        if parsed.normalised == name.parsed.normalised and not parsed.branch and not parsed.notes:
            return head
    return name.parsed.normalised


def _name_row(name: _Name, employer: Mapping[str, object]) -> dict[str, object]:
    method = _method(name, employer)
    return {
        "employer_raw": name.raw,
        "employer_id": employer["employer_id"],
        "normalised": name.parsed.normalised,
        "method": method,
        "score": SCORES[method],
        "branch": name.parsed.branch or None,
        "legal_form": name.parsed.legal_form or None,
        "postings": name.postings,
    }


def _method(name: _Name, employer: Mapping[str, object]) -> str:
    if name.raw == employer["name"]:
        return "exact"
    own = normalise_name(str(employer["name"]), shipped_rules())
    if name.parsed.normalised != own:
        return "alias"
    return "branch" if name.parsed.branch else "normalised"


def _alias_rows(path: Path) -> list[dict[str, str]]:
    return list(read_csv(path, _ALIAS_COLUMNS).iter_rows(named=True))


def _frame(rows: list[dict[str, object]], schema: tables.Schema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(schema)) if rows else tables.empty(schema)
