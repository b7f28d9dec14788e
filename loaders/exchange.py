"""How canonical postings stand in a file of ours: the columns, and the marks that keep every cell as it was.

A file of ours must give back what went into it. Some cells cannot stand in a file as they are: a spreadsheet
would run them, a worksheet cannot hold a control character, a reader trims white space. Such a cell is
written in another way, and the record's ``marks`` say which and how, so that reading never has to guess.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import polars as pl

from graphcli.loaders.fields.text import storable
from graphcli.workspace import tables
from graphcli.workspace.output import FORMULA_STARTS

# What is found anew from the words of a posting, by the definitions in force where it is loaded.
FOUND_ANEW = ("skills", "tier", "presets", "text_hash")
# Lists of texts, written as JSON.
LISTS = ("tags", "perks")
VALUES: tables.Schema = {
    name: dtype
    for name, dtype in tables.POSTINGS.items()
    if name not in {"source_id", "row", "posting_id", *LISTS, *FOUND_ANEW}
}
COLUMNS: tables.Schema = {
    "posting_id": pl.String,
    **VALUES,
    **dict.fromkeys(LISTS, pl.String),
    "text": pl.String,
    "skills": pl.String,
    "tier": pl.String,
    "board": pl.String,
    "source_path": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
    "marks": pl.String,
}
TEXTS = tuple(
    name for name, dtype in COLUMNS.items() if dtype == pl.String and name not in {"posting_id", "marks"}
)
MARKS = "marks"
GUARD = "'"
# What some reader or spreadsheet would trim, drop, escape or take for a line end.
AWKWARD = (
    r"(?s)^\s|\s$|_x[0-9A-Fa-f]{4}_"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u2060\ufeff\ufffe\uffff]"
)
_FORMULA = "^'*[" + "".join("\\" + mark if mark in "+-" else mark for mark in FORMULA_STARTS) + "]"


def marked(frame: pl.DataFrame, *, guard: bool) -> pl.DataFrame:
    """Write awkward cells as JSON texts, and say so in ``marks``.

    Parameters
    ----------
    frame
        The columns ``COLUMNS`` without ``marks``.
    guard
        Put an apostrophe before cells that a spreadsheet would run, which CSV needs.
    """
    made, marks = [], []
    for name in TEXTS:
        cell = pl.col(name)
        awkward = frame.select(cell.str.contains(AWKWARD).fill_null(False)).to_series()
        formula = frame.select((cell.str.contains(_FORMULA) & guard).fill_null(False)).to_series() & ~awkward
        column = _changed(frame[name], awkward, _as_json)
        made.append(column.to_frame().select(pl.when(formula).then(GUARD + cell).otherwise(cell).alias(name)))
        marks.append(
            pl.select(
                pl.when(awkward).then(pl.lit(f"{name}:json")).when(formula).then(pl.lit(f"{name}:guarded"))
            ).to_series()
        )
    columns = [part.to_series() for part in made]
    joined = pl.DataFrame([mark.alias(str(at)) for at, mark in enumerate(marks)]).select(
        pl.concat_str(pl.all(), separator=" ", ignore_nulls=True).alias(MARKS)
    )
    return frame.with_columns(columns).with_columns(joined.to_series()).select(*COLUMNS)


def unmarked(frame: pl.DataFrame) -> pl.DataFrame:
    """Give marked cells their text back; a cell that is not what its mark says is left as it stands."""
    if MARKS not in frame.columns:
        return frame
    marks = " " + frame[MARKS].fill_null("") + " "
    if not frame[MARKS].fill_null("").ne("").any():
        return frame
    columns = []
    for name in TEXTS:
        if name not in frame.columns:
            continue
        is_json = marks.str.contains(f" {name}:json ", literal=True)
        is_guarded = marks.str.contains(f" {name}:guarded ", literal=True)
        column = _changed(frame[name], is_json, _from_json)
        columns.append(_changed(column, is_guarded, lambda text: text.removeprefix(GUARD)))
    return frame.with_columns(columns)


def tags_text(tags: pl.Series) -> pl.Series:
    """Write lists of tags as JSON lists."""
    texts = [json.dumps(list(some), ensure_ascii=False) for some in tags.to_list()]
    return pl.Series(tags.name, texts, dtype=pl.String)


def tags_list(texts: pl.Series) -> pl.Series:
    """Read JSON lists of tags; null where a cell holds anything else."""
    lists = [[] if text is None else _list(text) for text in texts.to_list()]
    return pl.Series(texts.name, lists, dtype=pl.List(pl.String))


def _list(text: str) -> list[str] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        return None
    return [storable(one) for one in found]


def _as_json(text: str) -> str:
    # Worksheets read _x0041_ as a letter; a JSON text can do without the underscore.
    return json.dumps(text).replace("_", "\\u005f")


def _from_json(text: str) -> str:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return storable(found) if isinstance(found, str) else text


def _changed(cells: pl.Series, chosen: pl.Series, change: Callable[[str], str]) -> pl.Series:
    if not chosen.any():
        return cells
    some = [text if text is None else change(text) for text in cells.filter(chosen).to_list()]
    return cells.clone().scatter(chosen.arg_true(), pl.Series(some, dtype=pl.String)).alias(cells.name)
