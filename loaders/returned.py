"""Postings that come back from an export of ours: values are checked for what they are, never read again.

The first load read them with what it knew: the day of the crawl, the board's layout, the merged column. None
of that is at hand any more, so a cell either is a canonical value or is blanked as an issue. A file that
only claims to be ours can therefore bring in nothing that a board could not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from graphcli.loaders.canonical import (
    NO_EMPLOYER,
    NO_PLACE,
    NO_TITLE,
    CanonicalBatch,
    Context,
    issue_table,
    posting_table,
)
from graphcli.loaders.exchange import LISTS, VALUES, tags_list, unmarked
from graphcli.loaders.fields.credit_codes import credit_code
from graphcli.loaders.fields.dates import EARLIEST, LATEST
from graphcli.loaders.fields.distinct import map_distinct
from graphcli.loaders.fields.urls import read_urls
from graphcli.loaders.fields.vocabulary import EXPERIENCE_LEVELS, MOST_EXPERIENCE, load_vocabulary
from graphcli.loaders.judgement import issue_rows
from graphcli.loaders.reader.batches import ROW, SHOWN
from graphcli.workspace import tables

LOST = "\ufffd"
# No posting offers more in a month, nor seeks more people.
MOST = 1e12
SIZE = re.compile(r"<?\d{1,9}|\d{1,9}(?:\+|-\d{1,9})")
CURRENCY = re.compile("[A-Z]{3}")
NO_TAGS = "no JSON list of tags"
OTHER_ID = "the record was changed since it was exported: its posting_id is another one"


def returned_cells(raw: pl.DataFrame, context: Context) -> CanonicalBatch:
    """Turn the cells of an export into canonical postings; the counterpart of ``read_cells``.

    Parameters
    ----------
    raw
        The column ``ROW`` and text columns. Columns of the export that the batch lacks count as empty.
    """
    names = ("posting_id", *VALUES, *LISTS, "text", "marks")
    lacking = [name for name in names if name not in raw.columns]
    frame = unmarked(raw.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in lacking))
    frame = frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names)
    rejected = _rejected(frame)
    frame = frame.filter(~frame[ROW].is_in(rejected[ROW].implode()))
    values, issues = _values(frame)
    for name in LISTS:
        listed = tags_list(frame[name])
        issues.append(_hit(frame, name, listed.is_null(), NO_TAGS))
        values = values.with_columns(listed.fill_null(pl.Series([[]], dtype=pl.List(pl.String))).alias(name))
    values = values.with_columns(frame["text"].fill_null("").alias("text"))
    postings = posting_table(values, context)
    texts = values.select(
        pl.lit(context.source_id).alias("source_id"), pl.col(ROW).alias("row"), "tags", "text"
    )
    issues.extend(_kept(frame, values, postings))
    lost = values.select(pl.col(pl.String).str.count_matches(LOST, literal=True).fill_null(0).sum())
    return CanonicalBatch(
        postings,
        tables.conform(texts, tables.TEXTS),
        issue_table([rejected, *issues], context),
        values.drop(ROW).with_columns(pl.col(*LISTS).list.join("\x1f")).hash_rows(),
        int(lost.sum_horizontal().sum()) if lost.width else 0,
    )


def _rejected(frame: pl.DataFrame) -> pl.DataFrame:
    cells = [name for name in frame.columns if name != ROW]
    empty = pl.all_horizontal(pl.col(name).is_null() for name in cells)
    header = (pl.col("posting_id") == "posting_id").fill_null(False)
    nameless = pl.col("title").is_null() & pl.col("employer_raw").is_null()
    problem = (
        pl.when(empty).then(pl.lit("empty record"))
        .when(header).then(pl.lit("the header again"))
        .when(nameless).then(pl.lit("neither title nor employer: no posting"))
    )  # fmt: skip
    shown = pl.concat_str(
        [pl.col(name).str.slice(0, SHOWN) for name in cells], separator=" | ", ignore_nulls=True
    )
    return frame.select(
        pl.col(ROW).cast(pl.Int64),
        pl.lit("").alias("column"),
        shown.str.slice(0, SHOWN).fill_null("").alias("value"),
        problem.alias("problem"),
        pl.lit("rejected").alias("action"),
    ).drop_nulls("problem")


def _values(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    columns, issues = [frame[ROW]], []
    readers = _readers()
    for name, dtype in VALUES.items():
        if name == "url":
            read = read_urls(frame[name])
            value, wrong = read["url"], (read["action"] == "blanked").fill_null(False)
        elif name in readers or dtype != pl.String:
            parse = readers.get(name) or READERS_OF_TYPES[dtype]
            made = map_distinct(frame[name], _judged(parse), {name: dtype, "wrong": pl.Boolean})
            value, wrong = made[name], made["wrong"].fill_null(False)
        else:
            value, wrong = frame[name], pl.Series([False] * frame.height, dtype=pl.Boolean)
        columns.append(value.alias(name))
        if wrong.any():
            issues.append(_hit(frame, name, wrong, f"no value that an export writes for {name}"))
    return pl.DataFrame(columns), issues


def _judged(parse: Callable[[str], object]) -> Callable[[str], tuple[object, bool]]:
    def judge(text: str) -> tuple[object, bool]:
        value = parse(text)
        return value, value is None

    return judge


def _readers() -> Mapping[str, Callable[[str], object]]:
    """Columns whose texts come from a small vocabulary."""
    vocabulary = load_vocabulary()
    levels = {*vocabulary.experience.values(), *(level for _, level in EXPERIENCE_LEVELS), MOST_EXPERIENCE}
    known = {
        "education": set(vocabulary.education.values()),
        "experience": levels,
        "ownership": set(vocabulary.ownership.values()),
    }
    readers = {name: _one_of(words) for name, words in known.items()}
    return {
        **readers,
        "company_size": lambda text: text if SIZE.fullmatch(text) else None,
        "credit_code": credit_code,
        "pay_currency": lambda text: text if CURRENCY.fullmatch(text) else None,
    }


def _one_of(words: set[str]) -> Callable[[str], object]:
    return lambda text: text if text in words else None


def _day(text: str) -> date | None:
    # A worksheet's day may come with a time of day.
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if EARLIEST <= day < LATEST and text[10:].strip("T 0:.Z") == "" else None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= MOST else None


def _whole(text: str) -> int | None:
    value = _number(text)
    return int(value) if value is not None and value.is_integer() else None


READERS_OF_TYPES: Mapping[object, Callable[[str], object]] = {
    pl.Date: _day,
    pl.Float64: _number,
    pl.Int64: _whole,
}


def _kept(frame: pl.DataFrame, values: pl.DataFrame, postings: pl.DataFrame) -> list[pl.DataFrame]:
    """Records that say themselves what they lack, and those that somebody changed."""
    found = [
        _hit(frame, column, values[column].is_null(), problem, "kept", empty=True)
        for column, problem in (
            ("title", NO_TITLE),
            ("employer_raw", NO_EMPLOYER),
            ("place_raw", NO_PLACE),
        )
    ]
    other = (frame["posting_id"] != postings["posting_id"]).fill_null(False)
    return [*found, _hit(frame, "posting_id", other, OTHER_ID, "kept")]


def _hit(
    frame: pl.DataFrame,
    column: str,
    chosen: pl.Series,
    problem: str,
    action: str = "blanked",
    empty: bool = False,
) -> pl.DataFrame:
    value = pl.lit("") if empty else pl.col(column).fill_null("")
    hit = frame.filter(chosen).select(ROW, value=value, problem=pl.lit(problem))
    return issue_rows(hit, column, action)
