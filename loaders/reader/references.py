"""Tables of one file that refer to each other: ``company_id`` of a job names a row of the table ``company``.

Crawlers that keep a database write an employer or a city once and its number in each posting. Read alone,
the postings would have no employer. What the other table says stands under dotted names, ``company.name``,
as it does where JSON nests one thing in another.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from graphcli.loaders.fields.text import column_named
from graphcli.loaders.reader.batches import BATCH_ROWS, BatchSource, Problem, RawBatch, Sheet
from graphcli.loaders.reader.header_words import fold_name, header_words

# A larger table is no register of employers, and would not fit beside the postings.
MOST_ROWS = 500_000
LOOKED_AT = 200
# Of the first references so many must be found: companies may have been taken out since.
FOUND = 0.9
# A table with one of them holds postings itself.
OF_A_POSTING = frozenset({"title", "pay", "pay_low"})
# With one of them a table with numbers of companies holds postings.
SAID_OF_POSTINGS = OF_A_POSTING | {"education", "experience", "openings"}
OF_AN_EMPLOYER = frozenset({"employer", "industry", "company_size", "ownership"})
OF_A_PLACE = frozenset({"place", "place_province", "place_city", "place_district"})
WANTED = OF_AN_EMPLOYER | OF_A_PLACE | {"education", "experience"}
# company_id, companyId, 公司ID, 企业编号: what is referred to.
_REFERENCE = re.compile(r"(.+?)[\s_-]*(?:_id|Id|ID|(?<=[a-z]{4})id|编号|编码|代码|序号)")
# Words around what the rows of a table are: t_company_info, dim_city, 公司信息表.
_AROUND = re.compile(
    r"^(?:t|tb|tbl|tab|table|dim|sys|base)_|(?:_?(?:info|infos|information|detail|details|list|data|table|tbl|dict))$"
    r"|(?:基本)?(?:信息|资料)?表?$",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[_\s.-]+|(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Reference:
    """A column of numbers, and the table whose rows they name.

    Attributes
    ----------
    columns
        Columns that are taken over, and what they are called beside the posting.
    """

    column: str
    of: Sheet
    key: str
    columns: tuple[tuple[str, str], ...]

    @functools.cached_property
    def rows(self) -> pl.DataFrame | None:
        """Key and columns of the other table; ``None`` where no single row can be told by the key."""
        frames, read = [], 0
        wanted = [column_named(name).alias(called) for name, called in self.columns]
        for batch in self.of.batches(BATCH_ROWS):
            frames.append(batch.frame.select(_key(self.key).alias(self.column), *wanted))
            read += batch.frame.height
            if read > MOST_ROWS:
                return None
        if not frames:
            return None
        # A dump that was appended to another tells every row twice.
        rows = pl.concat(frames).drop_nulls(self.column).unique(maintain_order=True)
        return rows if rows.height and rows[self.column].is_unique().all() else None


@dataclass(frozen=True)
class ReferringSource(BatchSource):
    """The rows of a table, each with what the rows it refers to say."""

    inner: BatchSource
    references: tuple[Reference, ...]

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``."""
        for batch in self.inner.batches(size):
            frame = batch.frame
            for reference in self.references:
                if reference.rows is not None:
                    keys = frame.select(_key(reference.column))
                    told = keys.join(reference.rows, on=reference.column, how="left", maintain_order="left")
                    frame = frame.hstack(told.drop(reference.column))
            yield replace(batch, frame=frame)


def with_references_followed(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Put to each table of postings what the tables it refers to say; other tables as they are."""
    if len(sheets) < 2:
        return list(sheets)
    return [_followed(sheet, sheets) for sheet in sheets]


def _followed(sheet: Sheet, sheets: Sequence[Sheet]) -> Sheet:
    if not SAID_OF_POSTINGS & {_role(header) for header in sheet.headers}:
        return sheet
    taken = {*sheet.headers}
    found: list[Reference] = []
    for header in sheet.headers:
        reference = _reference(header, sheet, sheets)
        called = {name for _, name in reference.columns} if reference else taken
        if reference and not taken & called and _holds(reference, sheet):
            found.append(reference)
            taken |= called
    if not found:
        return sheet
    headers = (*sheet.headers, *(name for one in found for _, name in one.columns))
    said = " and ".join(f"{one.column!r} was looked up in the table {one.of.name!r}" for one in found)
    notices = (*sheet.notices, Problem(None, "", "", said, "kept"))
    return Sheet(sheet.name, headers, ReferringSource(sheet.source, tuple(found)), notices)


def _reference(header: str, sheet: Sheet, sheets: Sequence[Sheet]) -> Reference | None:
    """What a column refers to, if its name says so of one other table.

    A file may hold the crawls of two boards, whose numbers begin at 1 both: the table whose name begins as
    that of the postings does comes first, and of two that are no nearer neither is taken.
    """
    named = _REFERENCE.fullmatch(header.strip())
    if not named:
        return None
    others = [(other, _key_of(header, named[1], sheet.name, other)) for other in sheets if other is not sheet]
    found = [(other, key) for other, key in others if key]
    near = [_alike(other.name, sheet.name) for other, _ in found]
    nearest = [one for one, at in zip(found, near, strict=True) if at == max(near)]
    if len(nearest) != 1:
        return None
    other, key = nearest[0]
    columns = [
        (column, f"{named[1]}.{column}")
        for column in other.headers
        if column != key and _is_wanted(named[1], column)
    ]
    return Reference(header, other, key, tuple(columns)) if columns else None


def _alike(table: str, other: str) -> int:
    """How many words two names of tables begin with in common."""
    pairs = zip(_parts_of(table), _parts_of(other), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _key_of(header: str, of: str, referring: str, other: Sheet) -> str:
    """The column of another table that a reference to ``of`` names rows by; empty where it does not."""
    if OF_A_POSTING & {_role(column) for column in other.headers}:
        return ""
    folded = {fold_name(column): column for column in reversed(other.headers)}
    if fold_name(header) in folded:
        return folded[fold_name(header)]
    if not _holds_such(other.name, of, referring):
        return ""
    return next((folded[name] for name in ("id", "编号", "序号", "代码") if name in folded), "")


def _holds_such(table: str, thing: str, referring: str) -> bool:
    """Whether the rows of a table are such things: ``lagou_companies`` holds each company of ``lagou_jobs``.

    Examples
    --------
    >>> _holds_such("lagou_companies", "company", "lagou_jobs"), _holds_such("t_city_info", "city", "jobs")
    (True, True)
    >>> _holds_such("boss_companies", "company", "lagou_jobs")
    False
    """
    parts = _parts_of(table)
    for at in range(len(parts)):
        name = "".join(parts[at:])
        forms = {name, re.sub(r"ies$", "y", name), re.sub(r"s$", "", name)}
        if fold_name(thing) in forms:
            return parts[:at] == _parts_of(referring)[:at]
    return False


def _parts_of(table: str) -> list[str]:
    """The words of a table's name, folded, without those that only say that it is a table."""
    bare = _AROUND.sub("", _AROUND.sub("", table))
    return [fold_name(part) for part in _PARTS.split(bare) if part]


def _is_wanted(of: str, column: str) -> bool:
    """Whether a column of a row that is referred to says what a posting is asked for."""
    role = _role(f"{of}{column}")
    if not role and fold_name(column) in {"name", "text", "value", "label", "title", "名称", "名"}:
        role = _role(of)
    if role in WANTED:
        return True
    own = _role(column)
    return own in OF_AN_EMPLOYER or (own in OF_A_PLACE and _role(of) in OF_A_PLACE)


def _holds(reference: Reference, sheet: Sheet) -> bool:
    """Whether what the first rows refer to is there."""
    first = next(sheet.batches(LOOKED_AT), None)
    if first is None or reference.rows is None:
        return False
    asked = first.frame.select(_key(reference.column))[reference.column].drop_nulls()
    there = asked.is_in(reference.rows[reference.column].implode())
    return len(asked) > 0 and int(there.sum()) >= FOUND * len(asked)


def _key(column: str) -> pl.Expr:
    """Numbers as they are compared: 17.0, as a column with gaps comes out of pandas, is 17."""
    bare = column_named(column).str.strip_chars().str.replace(r"^(\d+)\.0$", "$1")
    return pl.when(bare != "").then(bare).alias(column)


def _role(name: str) -> str:
    return _roles().get(fold_name(name), "")


@functools.cache
def _roles() -> dict[str, str]:
    table = header_words().drop_nulls("role")
    return dict(table.filter(pl.col("how") == "whole").select("word", "role").iter_rows())
