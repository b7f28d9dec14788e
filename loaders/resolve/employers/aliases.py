"""The alias table: other names of employers, as shipped and as the user adds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.loaders.resolve.names.registered import (
    REFERENCE,
    SIDE_BY_SIDE,
    NameRules,
    normalise_name,
    shipped_rules,
    split_parts,
)
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
# A registered name without its form is long enough to mean nobody else, an English one with two words.
_LEAST_CORE, _LEAST_WORDS = 4, 2
_GROUP = "集团"
# Translators write these endings both ways.
_PLURALS = {"technologies": "technology", "electronics": "electronic", "pharmaceuticals": "pharmaceutical"}
_OTHER_NUMBER = _PLURALS | {singular: plural for plural, singular in _PLURALS.items()}
# China Mobile Limited is the listed firm and China Mobile the group, as with many state groups.
_STATE = ("china ", "chinese ")
# The table writes a firm from abroad 戴尔公司, as it has no Chinese form; at home it is Dell Inc.
_ABROAD, _CHINESE_FORM = ("公司", "集团"), "有限公司"
_USUAL_FORMS = ("ltd", "inc")
_FORMS_ABROAD = ("inc", "corp", "plc", "ag", "co", "llc")
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
    own = reference_folder / ALIASES if reference_folder else None
    return _table(_merged_rows(own)) if own and own.is_file() else _shipped_table()


@cache
def _shipped_table() -> AliasTable:
    return _table(_rows(shipped(REFERENCE, ALIASES)))


def _table(rows: Iterable[Mapping[str, str]]) -> AliasTable:
    rules = shipped_rules()
    canonical: dict[str, str] = {}
    english: dict[str, str] = {}
    changed: dict[str, str] = {}
    members: dict[str, set[str]] = defaultdict(set)
    spellings: dict[str, set[str]] = defaultdict(set)
    written: dict[str, set[str]] = defaultdict(set)
    names_by_key: dict[str, str] = {}
    for row in rows:
        key, own = _normalised(row["alias"]), _normalised(row["name"])
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
    for key, name in _other_forms(canonical, english, rules).items():
        canonical[key] = name
        members[name].add(key)
    return AliasTable(
        canonical,
        _sorted(members),
        {name: key for key, name in names_by_key.items()},
        _sorted(spellings),
        _sorted(written),
        english,
        changed,
    )


# The user's own table is laid over ours again with every build, and most of its cost is to take names apart.
@lru_cache(maxsize=1 << 16)
def _normalised(name: str) -> str:
    return normalise_name(name, shipped_rules())


def _other_forms(
    canonical: Mapping[str, str], english: Mapping[str, str], rules: NameRules
) -> dict[str, str]:
    """Return how the names of the table are written too: in English, without their form, in the other number.

    What the table itself says comes first, and a form that two employers would share is nobody's.
    """
    stated: dict[str, set[str]] = defaultdict(set)
    for name, text in english.items():
        if (key := _normalised(text)) not in canonical:
            stated[key].add(name)
    named = _of_one(stated)
    meant: dict[str, set[str]] = defaultdict(set)
    for key, name in [*canonical.items(), *named.items()]:
        others = _english_forms(key, name, rules) if key.isascii() else _written_shorter(key, rules)
        for other in others:
            if other not in canonical and other not in stated:
                meant[other].add(name)
    return named | _of_one(meant)


def _of_one(meant: Mapping[str, set[str]]) -> dict[str, str]:
    return {key: min(names) for key, names in meant.items() if len(names) == 1}


def _written_shorter(key: str, rules: NameRules) -> Iterator[str]:
    """Return a registered name without its form, and without the place that it begins with."""
    yield from _unformed(key, rules)
    parts = split_parts(key, rules)
    rest = key.removeprefix(parts.place)
    # 海康威视数字技术有限公司 is nobody else; of 建工集团有限公司 and 啤酒有限公司 each city has its own.
    long = len(parts.brand) > 2
    trade = len(parts.brand) == 2 and len(parts.trade) > 2 and _GROUP not in parts.trade
    if parts.place and parts.place not in rules.regions and (long or trade) and parts.legal_form != "公司":
        yield rest
        yield from _unformed(rest, rules)


def _unformed(key: str, rules: NameRules) -> Iterator[str]:
    form = next((form for form in rules.legal_forms if key.endswith(form)), "")
    core = key.removesuffix(form)
    # 东风汽车集团 may be the group or the listed firm, as may whatever begins with 中国.
    if form not in ("", "公司") and len(core) >= _LEAST_CORE and not SIDE_BY_SIDE.search(core):
        yield core


def _english_forms(key: str, name: str, rules: NameRules) -> Iterator[str]:
    words = key.split()
    form = words[-1] if words[-1] in rules.english_forms.values() else ""
    bare = words[:-1] if form else words
    others = [" ".join(bare)]
    if bare[-1:] and (other := _OTHER_NUMBER.get(bare[-1])):
        others.append(" ".join([*bare[:-1], other]))
    if not form and name.endswith(_ABROAD) and not name.endswith(_CHINESE_FORM):
        yield from (f"{key} {abroad}" for abroad in _FORMS_ABROAD)
    if len(bare) < _LEAST_WORDS:
        return
    group = bare[-1] == "group"
    for other in others:
        if form:
            yield f"{other} {form}"
        if not form or group or not other.startswith(_STATE):
            yield other
        if not form and not group and not other.startswith(_STATE):
            yield from (f"{other} {usual}" for usual in _USUAL_FORMS)


def _merged_rows(own: Path) -> list[dict[str, str]]:
    added = _rows(own)
    replaced = {_normalised(row["alias"]) for row in added}
    rows = _rows(shipped(REFERENCE, ALIASES))
    return [row for row in rows if _normalised(row["alias"]) not in replaced] + added


def _rows(path: Path) -> list[dict[str, str]]:
    frame = read_csv(path, _COLUMNS)
    if _CHANGED.name in frame.columns:
        frame = read_csv(path, (*_COLUMNS, _CHANGED))
    return list(frame.iter_rows(named=True))


def _sorted(groups: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(texts)) for name, texts in groups.items()}
