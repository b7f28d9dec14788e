"""The canonical tables: every column's name, type and meaning, written once.

Rooms hand these tables to each other; nothing else passes between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

Schema = Mapping[str, pl.DataType | type[pl.DataType]]

SOURCES: Final[Schema] = {
    "source_id": pl.String,
    "board": pl.String,
    "path": pl.String,
    "member": pl.String,
    "sheet": pl.String,
    "sha256": pl.String,
    "layout": pl.String,
    "encoding": pl.String,
    "lost_characters": pl.Int64,
    "rows_read": pl.Int64,
    "kept": pl.Int64,
    "rejected": pl.Int64,
    "duplicates": pl.Int64,
    "employer_pct": pl.Float64,
    "place_pct": pl.Float64,
    "date_pct": pl.Float64,
    "pay_pct": pl.Float64,
    "skills_pct": pl.Float64,
    "text_pct": pl.Float64,
    "crawled_on": pl.Date,
    "loaded_at": pl.String,
    "tool_version": pl.String,
}

# One row per kept record. `row` is the 1-based data record, header excluded. Pay is CNY a month.
# Pay in another currency stands a month in `pay_currency` (ISO 4217) in the columns `pay_other_…`.
# The columns `…_raw` hold what was written, also where nothing could be read.
# `perks` are the tags that name what the employer offers.
# `crawled_on` is the day of the crawl: the source's, or what an exported row brought with it.
POSTINGS: Final[Schema] = {
    "source_id": pl.String,
    "row": pl.Int64,
    "posting_id": pl.String,
    "url": pl.String,
    "title": pl.String,
    "employer_raw": pl.String,
    "credit_code": pl.String,
    "place_raw": pl.String,
    "posted_on": pl.Date,
    "posted_on_raw": pl.String,
    "crawled_on": pl.Date,
    "openings": pl.Int64,
    "pay_low": pl.Float64,
    "pay_high": pl.Float64,
    "pay_months": pl.Float64,
    "pay_currency": pl.String,
    "pay_other_low": pl.Float64,
    "pay_other_high": pl.Float64,
    "pay_raw": pl.String,
    "education": pl.String,
    "experience": pl.String,
    "industry_raw": pl.String,
    "company_size": pl.String,
    "ownership": pl.String,
    "perks": pl.List(pl.String),
    "skills": pl.List(pl.String),
    "tier": pl.String,
    "presets": pl.List(pl.String),
    "text_hash": pl.String,
}

# The side file behind a posting: what skills and tiers are matched on, kept so that they can be redone.
TEXTS: Final[Schema] = {
    "source_id": pl.String,
    "row": pl.Int64,
    "tags": pl.List(pl.String),
    "text": pl.String,
}

# `row` is null where the problem concerns the whole file. `action`: kept, blanked or rejected.
ISSUES: Final[Schema] = {
    "source_id": pl.String,
    "path": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "problem": pl.String,
    "action": pl.String,
}

# `kind`: employer, agency, anonymous.
EMPLOYERS: Final[Schema] = {
    "employer_id": pl.String,
    "name": pl.String,
    "name_en": pl.String,
    "kind": pl.String,
    "aliases": pl.List(pl.String),
    "parent_id": pl.String,
}

# One row per distinct trimmed raw name; `method` says how it was joined to its employer.
EMPLOYER_NAMES: Final[Schema] = {
    "employer_raw": pl.String,
    "employer_id": pl.String,
    "normalised": pl.String,
    "method": pl.String,
    "score": pl.Float64,
    "branch": pl.String,
    "legal_form": pl.String,
    "postings": pl.Int64,
}

# What people decided about two names as they are compared, `a` the smaller: same, different or unsure.
JUDGEMENTS: Final[Schema] = {
    "a": pl.String,
    "b": pl.String,
    "verdict": pl.String,
}

# Two employers whose names may mean one; `employer_id` is the smaller id. `name` and `other_name` are the
# names that were compared, `method` is the likeness that was found between them.
POSSIBLY_SAME: Final[Schema] = {
    "employer_id": pl.String,
    "other_id": pl.String,
    "name": pl.String,
    "other_name": pl.String,
    "method": pl.String,
    "score": pl.Float64,
}

# `status`: city, multi, province, foreign, remote, nationwide, ambiguous, unknown. Each adcode weighs 1/k.
PLACES: Final[Schema] = {
    "place_raw": pl.String,
    "status": pl.String,
    "adcodes": pl.List(pl.String),
    "method": pl.String,
    "candidates": pl.List(pl.String),
    "note": pl.String,
}

# Industry strings of the boards; `sector` is a GB/T 4754 section letter, `division` that letter and the two
# digits of a division in it; null where unknown or where the string spans several.
INDUSTRIES: Final[Schema] = {
    "industry_raw": pl.String,
    "sector": pl.String,
    "division": pl.String,
    "method": pl.String,
}

# One dated claim by a named source. Dates are ISO with the source's precision, `2021-06` or `by 2021-12`;
# valid_from and valid_to are the days they resolve to. `list_row` names the reference file and its row.
CLAIMS: Final[Schema] = {
    "claim_id": pl.String,
    "employer_id": pl.String,
    "affiliation_id": pl.String,
    "affiliation": pl.String,
    "affiliation_type": pl.String,
    "kind": pl.String,
    "basis": pl.String,
    "source": pl.String,
    "listed_from": pl.String,
    "listed_to": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "url": pl.String,
    "matched_name": pl.String,
    "method": pl.String,
    "score": pl.Float64,
    "list_row": pl.String,
}


def empty(schema: Schema) -> pl.DataFrame:
    """Return a frame with the schema's columns and no rows."""
    return pl.DataFrame(schema=dict(schema))


def selected(frame: pl.DataFrame, *columns: Any, **named: Any) -> pl.DataFrame:
    """Select columns as ``DataFrame.select`` does, each part that several of them share computed once.

    Polars looks for shared parts only in lazy frames; an eager select computes each anew. Every column comes
    in one piece, as Polars panics where columns cut in pieces at different places meet in a filter.
    """
    return frame.lazy().select(*columns, **named).collect().rechunk()


def extended(frame: pl.DataFrame, *columns: Any, **named: Any) -> pl.DataFrame:
    """Add columns as ``DataFrame.with_columns`` does, in the way of ``selected``."""
    return frame.lazy().with_columns(*columns, **named).collect().rechunk()


def conform(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Order and cast a frame's columns to a schema; columns it lacks become null.

    Raises
    ------
    polars.exceptions.InvalidOperationError
        A value cannot be cast without loss.
    """
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )
