"""Parquet, Arrow and Feather files: typed columns, handed on as the text that a person would write.

Records within a column become dotted columns, as nested JSON does, and each posting of an employer's list of
them becomes a row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors

from graphcli.loaders.fields.text import storable
from graphcli.loaders.reader.batches import (
    MAX_COLUMNS,
    ROW,
    BatchSource,
    Problem,
    RawBatch,
    Sheet,
    unique_headers,
)
from graphcli.loaders.reader.columnar_ends import damage
from graphcli.loaders.reader.json.employers import NO_POSTINGS, list_of_postings, postings_apart
from graphcli.loaders.reader.json.records import MAX_DEPTH, flatten
from graphcli.loaders.reader.paths import shown_name
from graphcli.workspace.errors import DataContractError

# Whole numbers beyond this are not exact as floats.
EXACT = 1e15


@dataclass(frozen=True)
class ColumnarSource(BatchSource):
    """The rows of one file; ``form`` is ``parquet``, ``arrow`` or ``arrow stream``.

    ``columns`` are those of the file, ``headers`` those of its records taken apart; ``postings`` is the
    column that holds a list of postings in each row, empty where each row is one.
    """

    path: Path
    form: str
    columns: tuple[str, ...]
    headers: tuple[str, ...]
    postings: str = ""

    def batches(self, size: int) -> Iterator[RawBatch]:
        """Read all rows in batches of at most ``size``; damage within ends the file with a problem."""
        first = 1
        parts = self._parts(size)
        while True:
            try:
                part = next(parts, None)
            except Exception as error:
                why = f"the file cannot be read beyond this row: {_first_line(error)}"
                nothing = pl.DataFrame(schema=dict.fromkeys(self.headers, pl.String))
                yield RawBatch(_numbered(nothing, first), (Problem(first, "", "", why, "rejected"),))
                return
            if part is None:
                return
            part = _apart_by(part, self.postings) if self.postings else part
            for start in range(0, part.height, size):
                batch = self._batch(part.slice(start, size), first)
                yield batch
                first += batch.rows_read

    def _batch(self, part: pl.DataFrame, first: int) -> RawBatch:
        texts = _numbered(_texts(part, self.headers), first)
        if not self.postings:
            return RawBatch(texts)
        empty = part[self.postings].is_null()
        rows = texts.filter(empty)[ROW]
        nothing = tuple(Problem(row, self.postings, "", NO_POSTINGS, "rejected") for row in rows)
        return RawBatch(texts.filter(~empty), nothing)

    def _parts(self, size: int) -> Iterator[pl.DataFrame]:
        if self.form == "arrow stream":
            yield pl.read_ipc_stream(self.path, columns=list(self.columns))
            return
        scanned = _scan(self.path, self.form).select(pl.col(name) for name in self.columns)
        yield from scanned.collect_batches(chunk_size=size, maintain_order=True)


def columnar_sheet(path: Path, form: str) -> Sheet:
    """Open a columnar file.

    Parameters
    ----------
    form
        ``parquet``, ``arrow`` (which Feather is) or ``arrow stream``.

    Raises
    ------
    DataContractError
        It is damaged or has no columns.
    """
    kind = "a Parquet" if form == "parquet" else "an Arrow"
    if what := damage(path, form):
        raise DataContractError(f"{shown_name(path)} cannot be read as {kind} file: {what}")
    try:
        if form == "arrow stream":
            schema = pl.read_ipc_stream(path, n_rows=0).schema
        else:
            schema = _scan(path, form).collect_schema()
    except Exception as error:
        # A damaged file fails in many ways, each with a type of its own.
        why = f"{shown_name(path)} cannot be read as {kind} file: {_first_line(error)}"
        raise DataContractError(why) from None
    postings, beside = _postings_in(schema)
    fields = {name: _fields(beside * (name != postings) + storable(name), of) for name, of in schema.items()}
    names = [field for of in fields.values() for field in of]
    if not names:
        raise DataContractError(f"{shown_name(path)} has no columns")
    notices: tuple[Problem, ...] = ()
    if len(names) > MAX_COLUMNS:
        text = f"it has {len(names):,} columns; those after the first {MAX_COLUMNS:,} were not read"
        notices = (Problem(None, "", "", text, "kept"),)
    headers = unique_headers(names[:MAX_COLUMNS])
    columns = tuple(list(fields)[:MAX_COLUMNS])
    return Sheet("", headers, ColumnarSource(path, form, columns, headers, postings), notices)


def _postings_in(schema: Mapping[str, pl.DataType]) -> tuple[str, str]:
    """Name the column that is a list of postings, and what goes before the names of the others then."""
    like = {name: _like(kind) for name, kind in schema.items()}
    name = list_of_postings(like)
    return name, "company." * ("company" in postings_apart(like, name)[0] if name else False)


def _like(kind: pl.DataType, depth: int = 1) -> Any:
    """A value such as a column of this kind holds."""
    if depth < MAX_DEPTH and isinstance(kind, pl.Struct):
        return {field.name: _like(field.dtype, depth + 1) for field in kind.fields}  # type: ignore[arg-type]
    if depth < MAX_DEPTH and isinstance(kind, pl.List):
        return [_like(kind.inner, depth + 1)]  # type: ignore[arg-type]
    return str(kind)


def _scan(path: Path, form: str) -> pl.LazyFrame:
    # A path with * or ? in it is a file like any other.
    if form == "parquet":
        return pl.scan_parquet(path, glob=False)
    return pl.scan_ipc(path, glob=False)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _numbered(texts: pl.DataFrame, first: int) -> pl.DataFrame:
    numbers = pl.int_range(first, first + texts.height, dtype=pl.Int64, eager=True).alias(ROW)
    return texts.insert_column(0, numbers)


def _fields(name: str, kind: pl.DataType, depth: int = 1) -> list[str]:
    """Names of the columns that one column becomes: one for each field of the records in it."""
    if depth < MAX_DEPTH and isinstance(kind, (pl.List, pl.Array)) and isinstance(kind.inner, pl.Struct):
        return _fields(name, kind.inner, depth + 1)
    if depth >= MAX_DEPTH or not isinstance(kind, pl.Struct):
        return [name]
    if any(field.name.startswith("$") for field in kind.fields):
        # A key with a dollar is a value as MongoDB writes it, no field.
        return [name]
    inner = [(f"{name}.{storable(field.name)}", field.dtype) for field in kind.fields]
    return [found for path, of in inner for found in _fields(path, of, depth + 1)]  # type: ignore[arg-type]


def _texts(frame: pl.DataFrame, headers: Sequence[str]) -> pl.DataFrame:
    columns = [text for column in frame.get_columns() for text in _apart(column)][: len(headers)]
    return pl.DataFrame([text.alias(name) for text, name in zip(columns, headers, strict=True)])


def _apart_by(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Give each item of a list a row of its own; a list without any keeps its row, with nothing in it."""
    lists = selectors.by_name(name)
    filled = lists.list.len() > 0
    return frame.with_columns(pl.when(filled).then(lists).name.keep()).explode(lists)


def _apart(column: pl.Series) -> list[pl.Series]:
    """Give the texts of a column, or of each field of the records in it."""
    name = storable(column.name)
    names = _fields(name, column.dtype)
    if names == [name]:
        return [_text(column)]
    flat = [flatten({name: _plain(cell)}) for cell in column]
    return [pl.Series([cells.get(field) for cells in flat], dtype=pl.String) for field in names]


def _plain(value: object) -> object:
    """Put a value into the kinds that JSON knows."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, pl.Series)):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return str(value).removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return int(value)
    return value if value is None or isinstance(value, (str, bool, int, float)) else _inner(value)


def _text(column: pl.Series) -> pl.Series:
    """Write the values of a column as text: days as in ISO 8601, lists and records as JSON."""
    kind = column.dtype
    if kind == pl.String:
        return column.str.replace_all("\0", "", literal=True)
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        return pl.Series([None if cell is None else _written(cell) for cell in column], dtype=pl.String)
    if isinstance(kind, pl.Datetime):
        shape = "%Y-%m-%d %H:%M:%S%.f" + ("%:z" if kind.time_zone else "")
        # A day kept as a moment is a day.
        texts = column.dt.strftime(shape).str.replace(r"\.0+($|[+-])", "${1}")
        return texts.str.replace(r" 00:00:00$", "")
    if kind.is_float():
        value = pl.col("value")
        whole = value.is_finite() & (value.abs() < EXACT) & (value.floor() == value)
        plain = pl.when(value.is_not_nan()).then(value.cast(pl.String))
        number = pl.when(whole).then(value).cast(pl.Int64).cast(pl.String)
        return column.to_frame("value").select(pl.coalesce(number, plain)).to_series()
    return column.cast(pl.String)


def _written(cell: object) -> str:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace").replace("\0", "")
    plain = cell.to_list() if isinstance(cell, pl.Series) else cell
    return json.dumps(plain, ensure_ascii=False, default=_inner).replace("\\u0000", "")


def _inner(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.to_list() if isinstance(value, pl.Series) else str(value)
