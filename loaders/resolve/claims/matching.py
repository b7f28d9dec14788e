"""Which employers the lists mean, and on which days a claim holds.

A claim is made only where a whole name agrees: the registered name in any spelling of it, an exact alias
of the list or of the alias table, the name in brackets behind a name, or an anchored rule of a built-in
list. A part of a name never matches, so 武汉海康房地产经纪 is not 海康威视.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from graphcli.loaders.lists.entries import (
    ALIAS_SEPARATOR,
    CERTAINTY,
    AffiliationList,
    load_lists,
)
from graphcli.loaders.lists.entries import newest_edition as newest_edition
from graphcli.loaders.resolve.claims.dates import last_day, start_day
from graphcli.loaders.resolve.employers.aliases import AliasTable, load_aliases
from graphcli.loaders.resolve.names.registered import NameRules, normalise_name, parse_name, shipped_rules
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError
from graphcli.workspace.identity import stable_hash

FLAGS = ("defense", "surveillance")
# How sure a rule is that the employer is the one on the list, before the entry's own certainty.
SCORES = {
    "exact": 1.0,
    "normalised": 0.99,
    "branch": 0.98,
    "alias": 0.97,
    "english": 0.96,
    "rule": 0.95,
    "bracket": 0.93,
}
_STATEMENT = ("employer_id", "affiliation_id", "kind", "basis", "listed_from", "listed_to")
_PLAIN_BASES = ("listed", "university", "vendor", "institute")
_ENTRY_COLUMNS = (
    "affiliation_id", "affiliation", "affiliation_type", "kind", "basis", "source",
    "listed_from", "listed_to", "url",
)  # fmt: skip


@dataclass(frozen=True)
class _Key:
    """One normalised name of an employer, the raw text it comes from, and how it was come by."""

    employer_id: str
    key: str
    raw: str
    method: str


_BRACKETED = re.compile("[(（]([^()（）]*)")


@dataclass(frozen=True)
class _Entry:
    """One row of a list with its claim columns and where it stands."""

    list_name: str
    list_row: str
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class _Match:
    employer_id: str
    raw: str
    method: str
    score: float


def match_claims(
    employers: pl.DataFrame, employer_names: pl.DataFrame, reference_folder: Path | None = None
) -> pl.DataFrame:
    """Match the entries of all lists to employers.

    Parameters
    ----------
    employers, employer_names
        The tables EMPLOYERS and EMPLOYER_NAMES.
    reference_folder
        Its ``lists/`` holds the workspace's imported lists.

    Returns
    -------
    The table CLAIMS, one row for each employer and list entry, sorted by ``claim_id``.

    Raises
    ------
    DataContractError
        A list breaks its contract.
    """
    rules = shipped_rules()
    keys = _employer_keys(employers, employer_names, load_aliases(reference_folder), rules)
    by_key: dict[str, list[_Key]] = defaultdict(list)
    for key in keys:
        by_key[key.key].append(key)
    texts = pl.Series([key.key for key in keys], dtype=pl.String)
    rows = [
        _claim(entry, match)
        for item in load_lists(reference_folder)
        for entry in _entries(item)
        for match in _best_matches(_candidates(entry, by_key, keys, texts, rules))
    ]
    if not rows:
        return tables.empty(tables.CLAIMS)
    claims = pl.DataFrame(list(_one_per_statement(rows)), schema=dict(tables.CLAIMS))
    return claims.sort("claim_id")


def flags(claims: pl.DataFrame, as_of: str | date) -> pl.DataFrame:
    """Say which employers count as defense or surveillance on a day, and on what basis.

    Parameters
    ----------
    claims
        The table CLAIMS.
    as_of
        A day, an ISO date, ``ever``, or ``today`` (the newest edition of the built-in lists).

    Returns
    -------
    Columns ``employer_id``, ``defense`` and ``surveillance``: the bases, joined by ``; ``, or null.
    Only employers with a flag have a row. Claims of kind ``trade`` raise no flag. A claim without a
    start has held always and its basis says ``undated``; a listing without a start counts only ``ever``,
    because a listing begins on some day.
    """
    held = claims_on(claims, as_of).filter(pl.col("kind").is_in(FLAGS))
    worded = held.with_columns(_words=_basis_words())
    grouped = worded.group_by("employer_id").agg(
        pl.col("_words").filter(pl.col("kind") == flag).unique().sort().str.join("; ").alias(flag)
        for flag in FLAGS
    )
    return grouped.with_columns(pl.col(flag).replace("", None) for flag in FLAGS).sort("employer_id")


def claims_on(claims: pl.DataFrame, as_of: str | date) -> pl.DataFrame:
    """Keep the claims that hold on a day; ``ever`` keeps all.

    Raises
    ------
    UsageError
        ``as_of`` is neither a day nor ``today`` nor ``ever``.
    """
    if as_of == "ever":
        return claims
    day = as_of_day(as_of)
    started = pl.col("valid_from").fill_null(date.min) <= day
    ended = pl.col("valid_to").fill_null(date.max) < day
    unplaced = pl.col("valid_from").is_null() & (pl.col("affiliation_type") == "list")
    unplaced = unplaced & (pl.col("basis") == "listed")
    return claims.filter(started & ~ended & ~unplaced)


def as_of_day(as_of: str | date, reference_folder: Path | None = None) -> date:
    """Return the day that ``--as-of`` names.

    Raises
    ------
    UsageError
        It names none.
    """
    if isinstance(as_of, date):
        return as_of
    if as_of in {"today", "posting"}:
        return newest_edition(reference_folder)
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        raise UsageError(f"{as_of!r}: write posting, today, ever or a date as 2021-04-30") from None


def with_parents(
    employers: pl.DataFrame, claims: pl.DataFrame, reference_folder: Path | None
) -> pl.DataFrame:
    """Fill ``parent_id`` where a list says whose subsidiary or institute an employer is.

    Only parents that are employers here can be named. Where lists name several, the smallest id stands.
    """
    parents = _parent_links(load_lists(reference_folder))
    if not parents or claims.is_empty():
        return employers
    links = pl.DataFrame(parents, schema=["child", "parent"], orient="row")
    placed = claims.select("employer_id", row=pl.col("list_row").str.split("/").list.last())
    found = (
        links.join(placed, left_on="child", right_on="row")
        .join(placed.rename({"employer_id": "parent_of"}), left_on="parent", right_on="row")
        .filter(pl.col("employer_id") != pl.col("parent_of"))
        .group_by("employer_id")
        .agg(pl.col("parent_of").min())
    )
    joined = employers.drop("parent_id").join(found, on="employer_id", how="left", maintain_order="left")
    return tables.conform(joined.rename({"parent_of": "parent_id"}), tables.EMPLOYERS)


def _employer_keys(
    employers: pl.DataFrame, names: pl.DataFrame, aliases: AliasTable, rules: NameRules
) -> list[_Key]:
    known = employers.filter(pl.col("kind") != "anonymous")
    columns = ("employer_id", "employer_raw", "normalised", "method")
    observed = names.join(known, on="employer_id", how="semi").select(columns)
    found: list[_Key] = []
    seen: dict[str, str] = {}
    for employer_id, raw, normalised, method in observed.sort("employer_raw").iter_rows():
        found.append(_Key(employer_id, normalised, raw, method))
        seen[raw] = normalised
        # A place in brackets, as most brackets hold, is no name.
        if any(note.strip() not in rules.places for note in _BRACKETED.findall(raw)):
            notes = parse_name(raw, rules).notes
            found += [_Key(employer_id, normalise_name(note, rules), raw, "bracket") for note in notes]
    # The alias table's names of the employer also count where only one of them was seen: Chinese ones,
    # and English ones for the lists that know no other.
    named = known.select("employer_id", "name", "name_en").sort("employer_id")
    for employer_id, name, english in named.iter_rows():
        spoken = [(text, "alias") for text in (name, *aliases.spellings.get(name, ()))]
        spoken += [(english, "english")] if english else []
        found += [
            _Key(employer_id, seen.get(text) or normalise_name(text, rules), text, method)
            for text, method in spoken
        ]
    return found


def _entries(item: AffiliationList) -> Iterator[_Entry]:
    folder = "lists/data" if item.origin == "built-in" else "reference/lists"
    for values in item.entries.iter_rows(named=True):
        yield _Entry(item.name, f"{folder}/{item.path.name}:{values['row']}", values)


def _candidates(
    entry: _Entry,
    by_key: Mapping[str, list[_Key]],
    keys: Sequence[_Key],
    texts: pl.Series,
    rules: NameRules,
) -> Iterator[_Match]:
    certainty = CERTAINTY[str(entry.values["certainty"])]
    for text, how in _entry_names(entry):
        for key in by_key.get(normalise_name(text, rules), ()):
            method = how if how != "name" and key.method != "bracket" else key.method
            if method == "exact" and key.raw != text:
                method = "normalised"
            yield _Match(key.employer_id, key.raw, method, round(SCORES[method] * certainty, 4))
    if pattern := entry.values["pattern"]:
        for key in _matching(pattern, keys, texts):
            method = "bracket" if key.method == "bracket" else "rule"
            yield _Match(key.employer_id, key.raw, method, round(SCORES[method] * certainty, 4))


def _entry_names(entry: _Entry) -> Iterator[tuple[str, str]]:
    if name := entry.values["name_zh"]:
        yield name, "name"
    for alias in (entry.values["aliases"] or "").split(ALIAS_SEPARATOR):
        if alias.strip():
            yield alias.strip(), "alias"
    if name := entry.values["name"]:
        yield name, "english"


def _matching(pattern: str, keys: Sequence[_Key], texts: pl.Series) -> list[_Key]:
    # Polars' expressions run in linear time whatever the pattern, unlike those of the re module.
    fits = texts.str.contains(f"^(?:{pattern})$").arg_true()
    return [keys[position] for position in fits.to_list()]


def _best_matches(matches: Iterable[_Match]) -> list[_Match]:
    best: dict[str, _Match] = {}
    for match in matches:
        held = best.get(match.employer_id)
        if held is None or _rank(match) < _rank(held):
            best[match.employer_id] = match
    return [best[employer_id] for employer_id in sorted(best)]


def _rank(match: _Match) -> tuple[float, str, str]:
    return (-match.score, match.raw, match.method)


def _one_per_statement(rows: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    # A rule and a named entry of one list may say the same of an employer; the surer one speaks.
    seen: dict[tuple[object, ...], dict[str, object]] = {}
    for row in rows:
        file = str(row["list_row"]).rpartition(":")[0]
        statement = (file, *(row[name] for name in _STATEMENT))
        held = seen.get(statement)
        if held is None or float(str(row["score"])) > float(str(held["score"])):
            seen[statement] = row
    yield from seen.values()


def _claim(entry: _Entry, match: _Match) -> dict[str, object]:
    values = entry.values
    return {
        "claim_id": stable_hash("claim", match.employer_id, entry.list_name, str(values["id"])),
        "employer_id": match.employer_id,
        **{name: values[name] for name in _ENTRY_COLUMNS},
        "valid_from": start_day(values["listed_from"], values["as_of"]),
        "valid_to": last_day(values["listed_to"]),
        "matched_name": match.raw,
        "method": match.method,
        "score": match.score,
        "list_row": entry.list_row,
    }


def _basis_words() -> pl.Expr:
    basis, undated = pl.col("basis"), pl.col("valid_from").is_null() & pl.col("valid_to").is_null()
    plain = pl.when(basis.is_in(_PLAIN_BASES) & (pl.col("affiliation_type") != "conglomerate"))
    words = plain.then(basis).otherwise(pl.format("{}: {}", "affiliation_type", "basis"))
    return pl.when(undated).then(words + ", undated").otherwise(words)


def _parent_links(lists: Iterable[AffiliationList]) -> list[tuple[str, str]]:
    rows = [
        (item.path.name, entry_id, row, parent)
        for item in lists
        for entry_id, row, parent in item.entries.select("id", "row", "parent").iter_rows()
    ]
    places: dict[str, str] = {}
    for file, entry_id, row, _ in rows:
        places.setdefault(entry_id, f"{file}:{row}")
        places[f"{file}:{entry_id}"] = f"{file}:{row}"
    links = []
    for file, _, row, parent in rows:
        # An id means an entry of the same list before one of another list.
        place = places.get(f"{file}:{parent}") or places.get(parent or "")
        if parent and place:
            links.append((f"{file}:{row}", place))
    return links
