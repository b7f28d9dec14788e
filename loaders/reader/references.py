"""Tables of one file that refer to each other: ``company_id`` of a job names a row of the table ``company``.

Crawlers that keep a database write an employer or a city once and its number in each posting. Read alone,
the postings would have no employer. What the other table says stands under dotted names, ``company.name``,
as it does where JSON nests one thing in another. What a posting says itself is never looked up.
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
# Names that say nothing of what the rows are: Sheet2, t1, data2, 工作表1.
_SAYS_NOTHING = re.compile(
    r"[a-z]?\d*|(?:sheet|page|tables?|tab|tbl|tb|data|results?|export|dump|query|工作表|工作簿|表格?|数据|结果|导出|[\d\W_])*",
    re.IGNORECASE,
)
# What stands where a row refers to nothing.
NO_REFERENCES = ("", "0", "-1")
_PARTS = re.compile(r"[_\s.-]+|(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Reference:
    """A column of numbers, and the table whose rows they name.

    Attributes
    ----------
    columns
        Columns that are taken over, and what they are called beside the posting.
    is_named
        Whether the name of the table says that its rows are what the column refers to.
    """

    column: str
    of: Sheet
    key: str
    columns: tuple[tuple[str, str], ...]
    is_named: bool

    @property
    def rows(self) -> pl.DataFrame:
        """Key and columns of the other table; no rows where no single row can be told by the key."""
        return self._read[0]

    @property
    def fault(self) -> str:
        """Why no row can be told by the key; empty where each can."""
        return self._read[1]

    @functools.cached_property
    def _read(self) -> tuple[pl.DataFrame, str]:
        called = (self.column, *(name for _, name in self.columns))
        none = pl.DataFrame(schema=dict.fromkeys(called, pl.String))
        frames, read = [none], 0
        wanted = [column_named(name).alias(called) for name, called in self.columns]
        for batch in self.of.batches(BATCH_ROWS):
            frames.append(batch.frame.select(_key(self.key).alias(self.column), *wanted))
            read += batch.frame.height
            if read > MOST_ROWS:
                return none, f"it has more than {MOST_ROWS} rows"
        # A dump that was appended to another tells every row twice.
        rows = pl.concat(frames).drop_nulls(self.column).unique(maintain_order=True)
        repeated = rows.filter(pl.col(self.column).is_duplicated())[self.column]
        if len(repeated):
            return none, f"rows that differ have the same number, as {repeated.sort()[0]}"
        return rows, ""


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
    given_up: list[str] = []
    for header in sheet.headers:
        referred = _referred(header, sheet, sheets)
        if len(referred) == 1 and taken.isdisjoint(name for _, name in referred[0].columns):
            fault = _fault(referred[0], sheet)
            if fault is None:
                found.append(referred[0])
                taken |= {name for _, name in referred[0].columns}
                continue
        else:
            fault = "no table is nearer than the others"
        # Who sees the other table expects its names: that they are missing has to be said.
        if fault and referred and referred[0].is_named:
            tables = " and ".join(repr(one.of.name) for one in referred)
            given_up.append(f"{header!r} was not looked up in the table {tables}: {fault}")
    said = " and ".join(f"{one.column!r} was looked up in the table {one.of.name!r}" for one in found)
    told = (Problem(None, "", "", text, "kept") for text in (said, *given_up) if text)
    headers = (*sheet.headers, *(name for one in found for _, name in one.columns))
    source = ReferringSource(sheet.source, tuple(found)) if found else sheet.source
    return Sheet(sheet.name, headers, source, (*sheet.notices, *told))


def _referred(header: str, sheet: Sheet, sheets: Sequence[Sheet]) -> list[Reference]:
    """What a column may refer to, if its name says so; one reference where it is plain which table is meant.

    A table that is named for the thing comes before one whose name says nothing. A file may hold the crawls
    of two boards, whose numbers begin at 1 both: the table whose name begins as that of the postings does
    comes first, and of two that are no nearer neither is taken. What the posting has a column for is not
    taken over: who employs may be another than the one whose number it is.
    """
    named = _REFERENCE.fullmatch(header.strip())
    if not named:
        return []
    own = {_role(column) for column in sheet.headers}
    found = []
    for other in sheets:
        key, is_named = _key_of(header, named[1], sheet.name, other)
        if other is sheet or not key:
            continue
        roles = {column: _role_told(named[1], column) for column in other.headers if column != key}
        columns = [
            (column, f"{named[1]}.{column}") for column, role in roles.items() if role and role not in own
        ]
        if columns:
            found.append(Reference(header, other, key, tuple(columns), is_named))
    found = [one for one in found if one.is_named] or found
    near = max((_alike(one.of.name, sheet.name) for one in found), default=0)
    return [one for one in found if _alike(one.of.name, sheet.name) == near]


def _alike(table: str, other: str) -> int:
    """How many words two names of tables begin with in common."""
    pairs = zip(_parts_of(table), _parts_of(other), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _key_of(header: str, of: str, referring: str, other: Sheet) -> tuple[str, bool]:
    """The column of another table that a reference to ``of`` names rows by, and whether it is named for them.

    Empty where it holds no such rows. A column of the same name in a table about something else only refers
    to ``of`` itself: by ``company_id`` of a table of recruiters a recruiter would become the employer. Where
    the name of the table says nothing, the column has to be the first, as keys are.
    """
    if OF_A_POSTING & {_role(column) for column in other.headers}:
        return "", False
    folded = {fold_name(column): column for column in reversed(other.headers)}
    same = folded.get(fold_name(header), "")
    if _holds_such(other.name, of, referring):
        keys = (folded[name] for name in ("id", "编号", "序号", "代码") if name in folded)
        return same or next(keys, ""), True
    is_first = bool(same) and same == other.headers[0]
    return (same, False) if is_first and _SAYS_NOTHING.fullmatch(other.name) else ("", False)


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


def _role_told(of: str, column: str) -> str:
    """What a column of a row that is referred to says of a posting; empty where nobody asks for it."""
    role = _role(f"{of}{column}")
    if not role and fold_name(column) in {"name", "text", "value", "label", "title", "名称", "名"}:
        role = _role(of)
    if role in WANTED:
        return role
    own = _role(column)
    return own if own in OF_AN_EMPLOYER or (own in OF_A_PLACE and _role(of) in OF_A_PLACE) else ""


def _fault(reference: Reference, sheet: Sheet) -> str | None:
    """Why a column cannot be looked up, by its first rows; empty where these refer to nothing.

    ``None`` where it can be.
    """
    first = next(sheet.batches(LOOKED_AT), None)
    if first is None:
        return ""
    asked = first.frame.select(_key(reference.column))[reference.column].drop_nulls()
    if asked.is_empty():
        return ""
    if reference.fault:
        return reference.fault
    there = int(asked.is_in(reference.rows[reference.column].implode()).sum())
    return None if there >= FOUND * len(asked) else f"of the first {len(asked)} numbers it has {there}"


def _key(column: str) -> pl.Expr:
    """Numbers as they are compared: 17.0, as a column with gaps comes out of pandas, is 17.

    0 and -1 name nothing: were they counted, a board that writes 0 for none would lose all its employers.
    """
    bare = column_named(column).str.strip_chars().str.replace(r"^(-?\d+)\.0$", "$1")
    return pl.when(~bare.is_in(NO_REFERENCES)).then(bare).alias(column)


def _role(name: str) -> str:
    return _roles().get(fold_name(name), "")


@functools.cache
def _roles() -> dict[str, str]:
    table = header_words().drop_nulls("role")
    return dict(table.filter(pl.col("how") == "whole").select("word", "role").iter_rows())
