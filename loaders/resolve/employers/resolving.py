"""Distinct raw names to employers: who is the same, by which rule, and what kind of poster it is.

Names are joined only by an equal normalised form, the alias table, an identity code or a person's judgement,
never by likeness: two firms in one node do more harm than one firm in two.
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
from graphcli.loaders.resolve.employers.aliases import load_aliases
from graphcli.loaders.resolve.employers.credit_codes import known_codes
from graphcli.loaders.resolve.employers.identities import LOST, SCORES, Identities, identify
from graphcli.loaders.resolve.employers.judgements import Judgement
from graphcli.loaders.resolve.names.registered import (
    REFERENCE,
    NameRules,
    ParsedName,
    clean,
    normalise_name,
    parse_name,
    shipped_rules,
)
from graphcli.workspace import tables
from graphcli.workspace.identity import stable_hash


@dataclass(frozen=True)
class KindRule:
    """A pattern over cleaned names that says agency or anonymous, and what excepts a name from it."""

    kind: str
    pattern: re.Pattern[str]
    exception: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Name:
    raw: str
    postings: int
    parsed: ParsedName

    def key(self, identities: Identities) -> str:
        return identities.key(lambda: clean(self.raw), self.parsed.normalised)


def resolve_employers(
    names: pl.DataFrame,
    reference_folder: Path | None = None,
    judgements: Iterable[Judgement] = (),
    codes: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Join raw names to employers.

    Parameters
    ----------
    names
        Columns ``employer_raw`` and ``postings`` (count of postings). Raw names that are equal after
        trimming are one; blank ones give no row.
    reference_folder
        The user's own ``employer_aliases.csv`` in it is merged over ours; an ``employer_codes.csv`` gives
        the unified social credit codes of names.
    judgements
        What people decided; it comes before every rule.
    codes
        Columns ``employer_raw`` and ``credit_code``: what postings show, each pair once.

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
    kinds = kind_rules()
    parsed = _distinct_names(names, rules)
    identities = identify(
        {name.parsed.normalised for name in parsed},
        load_aliases(reference_folder),
        rules,
        judgements,
        known_codes(reference_folder, rules, codes),
    )
    groups: dict[str, list[_Name]] = defaultdict(list)
    for name in parsed:
        groups[identities.group(name.key(identities))].append(name)
    # Rows are tuples in the order of the columns: of a million names, dictionaries would fill the memory.
    employers: list[tuple[object, ...]] = []
    resolved: list[tuple[object, ...]] = []
    for group, members in sorted(groups.items()):
        employer = _employer(group, members, identities, kinds)
        employers.append(tuple(employer[column] for column in tables.EMPLOYERS))
        resolved.extend(_name_row(name, employer, identities) for name in members)
    return (
        _frame(employers, tables.EMPLOYERS).sort("employer_id"),
        _frame(resolved, tables.EMPLOYER_NAMES).sort("employer_raw"),
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


def _distinct_names(names: pl.DataFrame, rules: NameRules) -> list[_Name]:
    counted = (
        names.select(
            pl.col("employer_raw").cast(pl.String).str.strip_chars(), pl.col("postings").cast(pl.Int64)
        )
        .filter(pl.col("employer_raw").is_not_null() & (pl.col("employer_raw") != ""))
        .group_by("employer_raw")
        .agg(pl.col("postings").sum())
        .sort("employer_raw")
    )
    found = (_Name(raw, postings, parse_name(raw, rules)) for raw, postings in counted.iter_rows())
    return [name for name in found if name.parsed.normalised]


def _employer(
    group: str, members: list[_Name], identities: Identities, kinds: Iterable[KindRule]
) -> dict[str, object]:
    listed = identities.listed(group)
    name = listed or _display_name(members)
    # The table's own aliases are kept too, so that a search finds the employer by any of its names.
    spellings = {*(member.raw for member in members), *identities.spellings(group)} - {name}
    return {
        "employer_id": stable_hash(group),
        "name": name,
        "name_en": identities.aliases.english.get(listed or ""),
        "kind": employer_kind(clean(name), kinds),
        "aliases": sorted(spellings),
        "parent_id": None,
    }


def _display_name(members: list[_Name]) -> str:
    whole = [member for member in members if not member.parsed.branch and not member.parsed.notes]
    # A branch tells the registered name, 汉询澜石 beside it only the brand.
    if any(member.parsed.legal_form for member in members):
        whole = [member for member in whole if member.parsed.legal_form]
    best = min(whole or members, key=_rank_as_display_name)
    return best.raw if whole else _without_branch(best)


def _rank_as_display_name(name: _Name) -> tuple[bool, bool, int, str]:
    return (
        LOST in name.raw or name.raw.endswith(("..", "…")),
        name.parsed.legal_form in ("", "公司"),
        -name.postings,
        name.raw,
    )


def _without_branch(name: _Name) -> str:
    # Only branches are known: the registered name is the longest start of the raw name that is whole.
    rules = shipped_rules()
    nearest = len(name.raw.removesuffix(name.parsed.branch))
    for end in (nearest, *range(len(name.raw) - 1, 1, -1)):
        head = name.raw[:end].rstrip(" -—_·(（")
        parsed = parse_name(head, rules)
        if parsed.normalised == name.parsed.normalised and not parsed.branch and not parsed.notes:
            return head
    return name.parsed.normalised


def _name_row(name: _Name, employer: Mapping[str, object], identities: Identities) -> tuple[object, ...]:
    method = _method(name, employer, identities)
    return (
        name.raw,
        employer["employer_id"],
        name.parsed.normalised,
        method,
        SCORES[method],
        name.parsed.branch or None,
        name.parsed.legal_form or None,
        name.postings,
    )


def _method(name: _Name, employer: Mapping[str, object], identities: Identities) -> str:
    if name.raw == employer["name"]:
        return "exact"
    own = normalise_name(str(employer["name"]), shipped_rules())
    if name.parsed.normalised != own:
        return identities.method(name.key(identities), own)
    return "branch" if name.parsed.branch else "normalised"


def _frame(rows: list[tuple[object, ...]], schema: tables.Schema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(schema), orient="row")
