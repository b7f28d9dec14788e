"""Columns of levels, years and sizes: units that stand in the header, and codes beside the words for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from graphcli.loaders.fields.text import filled_cells
from graphcli.loaders.layouts.header_roles import without_mark_of_words
from graphcli.loaders.layouts.pay_columns import with_brackets

MOSTLY = 0.5
# 经验(年), 经验/年, experience_years, years_of_experience: a bare 3 below is three years.
_IN_YEARS = re.compile(
    r"[(（\[【]\s*(?:单位[:：]?)?(?:年|years?|yrs?)\s*[)）\]】]\s*$|[/／]年$"
    r"|(?<![a-z])(?:years?|yrs)(?:[\s_]*of)?[\s_]*exp|exp(?:erience)?[\s_]*(?:years|yrs)",
    re.IGNORECASE,
)
# Boards name codes so too, such as 5 under workyear, but no code is a range.
_SPEAKS_OF_YEARS = re.compile(r"年|years?", re.IGNORECASE)
_FIGURES = re.compile(r"\d{1,2}(?:\.0)?\s*(?:[-~～–—至到]\s*\d{1,2})?\s*\+?")
_CODE = re.compile(r"-?\d+(?:\.0)?")
_RANGE = re.compile(r"\d{1,2}\s*[-~～–—至到]\s*\d{1,2}")


def experience_template(column: str, sample: pl.DataFrame) -> str:
    """How bare figures under a header that counts in years are to be read; empty where cells say it.

    Examples
    --------
    >>> cells = pl.DataFrame({"经验(年)": ["1-3", "3-5", "不限"], "workyear": ["5", "3", "1"]})
    >>> experience_template("经验(年)", cells), experience_template("workyear", cells)
    ('{经验(年)}年', '')
    """
    if "{" in column or "}" in column or column not in sample.columns:
        return ""
    cells = filled_cells(sample[column]).to_list()
    figures = [cell for cell in cells if _FIGURES.fullmatch(cell.strip())]
    ranges = [cell for cell in figures if _RANGE.fullmatch(cell.strip())]
    plain = bool(_IN_YEARS.search(with_brackets(column)))
    told = figures if plain else ranges if _SPEAKS_OF_YEARS.search(column) else []
    return f"{{{column}}}年" if len(told) > MOSTLY * len(cells) else ""


def codes_beside_words(columns: Sequence[str], sample: pl.DataFrame) -> list[str]:
    """Columns of bare numbers beside which the words for them stand: ``scale`` beside ``scale_cn``.

    84 would read as a number of employees, and 5 as so many years.
    """
    named = {bare for column in columns if (bare := without_mark_of_words(column)) != column}
    found = []
    for column in columns:
        cells = filled_cells(sample[column]).to_list() if column in sample.columns else []
        if column in named and cells and all(_CODE.fullmatch(cell.strip()) for cell in cells):
            found.append(column)
    return found
