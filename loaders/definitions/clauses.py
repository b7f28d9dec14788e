"""Cutting postings into clauses, each with the section it stands in.

Whether 机器学习 is the job, a requirement, a plus or part of the company's praise is decided by the words in
its own clause and by the heading above it; so the clause is the unit in which tiers are judged.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

MARK = "\x11"
BREAKS = r"[。;!\r•●◆■◇□★☆▪►➢✓√]|\n"
NUMBERED = (
    r"(^|[^0-9a-z.\-~])"
    r"(?:[0-9]{1,2}[、.)]|\([0-9一二三四五六]{1,2}\)|[一二三四五六七八九十][、.])"
    r"\s*([^0-9]|$)"
)
ASCII_BOUNDARY = r"(?-u:\b)"


def ascii_pattern(pattern: str) -> str:
    """Make ``\\b`` mean the edge of an ASCII word, so that ``ai`` is found in ``视觉ai工程师``."""
    return pattern.replace(r"\b", ASCII_BOUNDARY)


def folded(column: pl.Expr) -> pl.Expr:
    """Fold width and case: ``ＡＩ，`` becomes ``ai,``; null becomes empty."""
    return column.fill_null("").str.normalize("NFKC").str.to_lowercase()


def split_clauses(texts: pl.DataFrame, sections: Mapping[str, str]) -> pl.DataFrame:
    """Split texts into items and their clauses.

    Parameters
    ----------
    texts
        Columns row and text (folded).
    sections
        Pattern of the headings by section name.

    Returns
    -------
    polars.DataFrame
        One row per clause, in order: row, section (null above the first heading), item (number within all
        items), item_text, clause.
    """
    names = sorted(sections)
    marked = pl.col("text")
    for index, name in enumerate(names):
        heading = ascii_pattern(sections[name])
        mark = f"\n{MARK}{index}\n"
        marked = marked.str.replace_all(rf"(?:{heading})\s*(?:\([^)]{{0,12}}\))?\s*[:\]】]+", mark)
        if name != "plus":
            marked = marked.str.replace_all(
                rf"(?:^|[\n【\[。; ])\s*(?:{heading})\s*(?:\n|$|(?:[1一][、.)]|\(1\)))", mark
            )
            marked = marked.str.replace_all(rf"(?:{heading})\s*(?:[1一][、.)]|\([1一]\)|[•●])", mark)
    numbered = marked.str.replace_all(NUMBERED, "${1}\n${2}")
    items = (
        texts.select("row", item_text=numbered.str.replace_all(BREAKS, "\n").str.split("\n"))
        .explode("item_text")
        .with_columns(pl.col("item_text").str.strip_chars())
        .filter(pl.col("item_text") != "")
    )
    is_mark = pl.col("item_text").str.starts_with(MARK)
    numbers = {str(index): name for index, name in enumerate(names)}
    sectioned = items.with_columns(
        section=pl.when(is_mark)
        .then(
            pl.col("item_text").str.slice(1, 1).replace_strict(numbers, default=None, return_dtype=pl.String)
        )
        .forward_fill()
        .over("row")
    )
    return (
        sectioned.filter(~is_mark)
        .with_row_index("item")
        .with_columns(clause=pl.col("item_text").str.split(","))
        .explode("clause")
        .select("row", "section", pl.col("item").cast(pl.Int64), "item_text", "clause")
    )
