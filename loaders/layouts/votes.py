"""What the cells of a column say about its role, beside and against the word over it.

A header is one vote and the content the other. Content takes a role away from a column that plainly holds
something else, and gives a role that no header names to the column whose cells are of its kind. All columns
without a role are weighed together, so that of two columns of names the one that fits better is the employer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from graphcli.loaders.fields.kinds import kinds
from graphcli.loaders.fields.merged import ROLES as SHARING_ROLES
from graphcli.loaders.fields.merged import items_of, split_merged
from graphcli.loaders.fields.tags import tells_of_employer
from graphcli.loaders.fields.text import column_named, filled_cells, trimmed

# Role → the kinds of cell it is made of, and the share of such cells that gives a column the role.
CONTENT: Mapping[str, tuple[tuple[str, ...], float]] = {
    "title": (("title",), 0.5),
    "employer": (("employer",), 0.5),
    "place": (("place", "address"), 0.6),
    "pay": (("pay",), 0.6),
    "posted_on": (("date",), 0.6),
    "education": (("education",), 0.6),
    "experience": (("experience",), 0.6),
    "url": (("url",), 0.6),
    "company_size": (("company_size",), 0.6),
    "ownership": (("ownership",), 0.6),
    "industry": (("industry",), 0.6),
    "openings": (("openings",), 0.6),
    "text": (("text",), 0.6),
}
# A column under a role's header that is mostly of one of these kinds and hardly of its own is another.
CONTRARY: Mapping[str, tuple[str, ...]] = {
    "title": ("employer", "pay", "date", "url", "education", "experience", "place", "number", "email"),
    "employer": ("title", "pay", "date", "url", "education", "experience", "place", "address", "text",
                 "number"),
    "place": ("employer", "title", "pay", "education", "experience", "date", "url", "text", "number"),
    "education": ("employer", "title", "pay", "experience", "place", "date", "url"),
    "experience": ("employer", "title", "pay", "education", "place", "date", "url"),
    "text": ("url", "date", "pay", "merged"),
    "industry": ("number",),
    "ownership": ("industry",),
    "tags": ("experience", "education", "pay", "date", "place", "company_size", "url", "employer"),
}  # fmt: skip
MOSTLY, HARDLY = 0.6, 0.2
# Two columns of names of employers differ so much in legal forms that one holds brands.
CLEARLY = 0.3
# A merged column gives a role where so many of its cells hold a value for it.
LEAST_PART = 0.3
# What a list of tags must mostly hold, so that it is read for more than tags.
LEVELS_IN_LISTS = ("experience", "education")
KINDS_USED = tuple(
    dict.fromkeys(
        [kind for names, _ in CONTENT.values() for kind in names]
        + [kind for names in CONTRARY.values() for kind in names]
        + ["merged", "perks", "tags", "few_openings", "told_size", "told_level"]
    )
)
_PICTURE = r"(?i)^\S+\.(png|jpe?g|gif|webp|svg|ico|bmp)(\?\S*)?$"
_NAMES_NOTHING = re.compile(r"(column|unnamed|field|字段|列|var|v|c|col|text)?[\s:_]*\d+(_level_\d+)?|\W*")


@dataclass(frozen=True)
class Content:
    """Shares of a column's filled cells by kind and of pictures; number of filled and of distinct cells."""

    shares: Mapping[str, float]
    filled: int
    distinct: int
    pictures: float = 0.0

    def of(self, names: Sequence[str]) -> float:
        """Share of the best of several kinds."""
        return max((self.shares.get(name, 0.0) for name in names), default=0.0)


def contents(headers: Sequence[str], sample: pl.DataFrame) -> dict[str, Content]:
    """Judge the sampled cells of every column; a header repeated among them is no evidence."""
    present = [header for header in headers if header in sample.columns]
    filled = sample.select(
        trimmed(column_named(header)).replace(header, None).alias(header) for header in present
    )
    held = {header: filled[header].drop_nulls() for header in present}
    # All columns are judged at once: a file may have hundreds, and each judgement costs its start.
    columns = [cells.rename("cell") for cells in held.values()]
    together = pl.concat(columns) if columns else pl.Series("cell", [], pl.String)
    judged = kinds(together, KINDS_USED).with_columns(pictures=together.str.contains(_PICTURE))
    found, start = {}, 0
    for header, cells in held.items():
        part = judged.slice(start, len(cells))
        start += len(cells)
        shares = {name: float(share or 0.0) for name, share in part.mean().row(0, named=True).items()}
        pictures = shares.pop("pictures")
        found[header] = Content(shares, len(cells), cells.n_unique(), pictures)
    return found


def contradicted(role: str, content: Content) -> str:
    """Name what a column under a role's header plainly holds instead; empty where nothing contradicts.

    Examples
    --------
    >>> contradicted("employer", Content({"title": 0.9, "employer": 0.0}, 10, 8))
    'title'
    """
    own = CONTENT[role][0] if role in CONTENT else ()
    if content.filled < 3 or role not in CONTRARY or content.of(own) >= HARDLY:
        return ""
    against = [(content.shares.get(kind, 0.0), kind) for kind in CONTRARY[role]]
    share, kind = max(against, default=(0.0, ""))
    return kind if share >= MOSTLY else ""


def registered_first(columns: Sequence[str], found: Mapping[str, Content]) -> list[str]:
    """Order columns of names of employers: those that hold registered names come before brands.

    Examples
    --------
    >>> held = {name: Content({"employer": share}, 9, 9) for name, share in (("brand", 0.1), ("name", 0.9))}
    >>> registered_first(["brand", "name"], held)
    ['name', 'brand']
    """
    shares = {column: found[column].of(("employer",)) if column in found else 0.0 for column in columns}
    clearly = [column for column in columns if shares[column] >= max(shares.values()) - CLEARLY]
    return [*clearly, *(column for column in columns if column not in clearly)]


def varied_first(columns: Sequence[str], found: Mapping[str, Content]) -> list[str]:
    """Order columns of titles: one word all over is what was searched for, or the name of a page.

    Examples
    --------
    >>> held = {"标题": Content({}, 9, 1), "职位": Content({}, 9, 7)}
    >>> varied_first(["标题", "职位"], held)
    ['职位', '标题']
    """
    alike = [column for column in columns if column in found and all_alike(found[column])]
    return [*(column for column in columns if column not in alike), *alike]


def all_alike(content: Content) -> bool:
    """Whether a column says one thing all over, and nothing of single postings."""
    return content.filled >= 5 and content.distinct == 1


def one_for_many(content: Content) -> bool:
    """Whether addresses are those of pages of results or of companies: each stands over many records."""
    return content.filled >= 5 and content.distinct <= max(1, content.filled // 10)


def names_nothing(header: str) -> bool:
    """Whether a header only counts columns: ``column 3``, ``字段2``, ``Unnamed: 0``, ``7``."""
    return bool(_NAMES_NOTHING.fullmatch(header.strip().casefold()))


def assigned_by_content(
    free_roles: Sequence[str],
    free_columns: Sequence[str],
    found: Mapping[str, Content],
    barred: Collection[tuple[str, str]] = (),
) -> dict[str, tuple[str, float]]:
    """Give free roles to free columns by what these hold, all of them weighed together.

    Parameters
    ----------
    barred
        Pairs of a role and a column that are not for each other.

    Returns
    -------
    dict
        Role → column and the share of its cells that are of the role's kind.
    """
    from scipy.optimize import linear_sum_assignment

    roles = [role for role in CONTENT if role in free_roles]
    columns = [column for column in free_columns if column in found and found[column].filled >= 2]
    if not roles or not columns:
        return {}
    weights = np.zeros((len(roles), len(columns)))
    for line, role in enumerate(roles):
        names, least = CONTENT[role]
        for place, column in enumerate(columns):
            content = found[column]
            share = content.of(names)
            if share < least or (role, column) in barred or not _may_be(role, content):
                continue
            # Between equals the fuller column wins, then the one further left.
            fullness = content.filled / max(one.filled for one in found.values())
            weights[line, place] = share + 0.05 * fullness - 1e-4 * place
    chosen = linear_sum_assignment(weights, maximize=True)
    return {
        roles[line]: (columns[place], round(found[columns[place]].of(CONTENT[roles[line]][0]), 2))
        for line, place in zip(*chosen, strict=True)
        if weights[line, place] > 0
    }


def _may_be(role: str, content: Content) -> bool:
    repeats = content.filled >= 10 and content.distinct <= max(2, content.filled // 10)
    if role == "posted_on":
        # One day all over, under a header that does not say what it is, is the day of the crawl.
        return content.distinct > 1 or content.filled < 5
    if role == "url":
        # An address shared by many rows is a company's page or a picture, and would make one posting of them.
        return content.distinct > 0.9 * content.filled and content.pictures <= HARDLY
    if role == "title":
        # One word all over is what was searched for.
        return not repeats and content.shares.get("employer", 0.0) < MOSTLY
    if role == "industry":
        # One word all over is the part of the board that was crawled.
        return content.distinct > 1
    if role == "openings":
        # 150人 in a column that nothing names may be what an employer has.
        return content.shares.get("few_openings", 0.0) >= MOSTLY
    if role in LEVELS_IN_LISTS:
        # 不限 may be said of sex and age as well.
        return content.shares.get("told_level", 0.0) >= LEAST_PART
    if role == "company_size":
        # 25-30 in a column that nothing names may be an age, a day's pay or a number of days.
        return content.shares.get("told_size", 0.0) >= MOSTLY
    if role == "employer":
        return content.shares.get("title", 0.0) < content.shares.get("employer", 0.0)
    return True


def merged_roles(cells: pl.Series, content: Content) -> dict[str, float]:
    """Roles that share the cells of one column, with the share of the cells that hold each.

    A list may hold more than values of roles: what is left of it are tags.
    """
    merged = content.shares.get("merged", 0.0) >= MOSTLY
    if not merged and content.shares.get("tags", 0.0) < MOSTLY:
        return {}
    filled = filled_cells(cells)
    if not merged:
        filled = filled.filter([len(items_of(cell)) > 1 for cell in filled])
    if len(filled) < 2:
        return {}
    parts = split_merged(filled, SHARING_ROLES)
    shares = {role: 1.0 - parts[role].null_count() / max(1, parts.height) for role in SHARING_ROLES}
    roles = {role: round(share, 2) for role, share in shares.items() if share >= LEAST_PART}
    if merged:
        return roles
    levels = [role for role in LEVELS_IN_LISTS if shares[role] >= MOSTLY]
    roles = {role: share for role, share in roles.items() if share >= MOSTLY or role in LEVELS_IN_LISTS}
    return roles if levels and len(roles) > 1 else {}


def told_of_employers(cells: pl.Series) -> tuple[float, float]:
    """Give the shares of filled cells that tell of the employer, and that tell nothing else."""
    filled = filled_cells(cells)
    told, whole = tells_of_employer(filled).mean().row(0)
    return float(told or 0.0), float(whole or 0.0)
