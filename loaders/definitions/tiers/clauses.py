"""Cutting postings into clauses, each with the section it stands in.

Whether 机器学习 is the job, a requirement, a plus or part of the company's praise is decided by the words in
its own clause and by the heading above it; so the clause is the unit in which tiers are judged.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

MARK = "\x11"
BREAKS = r"[。;!\r•●◆■◇□★☆▪►➢✓√]|\n|[.?]\s"
NUMBERED = (
    r"(^|[^0-9a-z.\-~])"
    r"(?:[0-9]{1,2}[、.)]|\([0-9一二三四五六]{1,2}\)|[一二三四五六七八九十][、.])"
    r"\s*([^0-9]|$)"
)
# Words that end many a sentence, and are headings only before a colon or a bracket.
UNSURE = {"plus", "wanted"}
ASCII_BOUNDARY = r"(?-u:\b)"
# What stands in nearly every text folds character by character; all else takes the Unicode tables.
_WIDE = {chr(code + 0xFEE0): chr(code).lower() for code in range(0x21, 0x7F)}
_FOLDS = _WIDE | {chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
_UNFOLDED = r"[^\x00-\x7f、。《》「」『』【】一-龥‘’“”–—·■-◿★☆√]"


def ascii_pattern(pattern: str) -> str:
    """Make ``\\b`` mean the edge of an ASCII word, so that ``ai`` is found in ``视觉ai工程师``."""
    return pattern.replace(r"\b", ASCII_BOUNDARY)


def folded(column: pl.Expr) -> pl.Expr:
    """Fold width and case: ``ＡＩ，`` becomes ``ai,``; null becomes empty."""
    text = column.fill_null("")
    quick = text.str.replace_many(list(_FOLDS), list(_FOLDS.values()))
    # Both branches of a when are computed, so the costly one is given nulls where it is not wanted.
    other = pl.when(quick.str.contains(_UNFOLDED)).then(text)
    return pl.coalesce(other.str.normalize("NFKC").str.to_lowercase(), quick)


def heading_pattern(sections: Mapping[str, str]) -> str:
    """Pattern of a heading before a colon or bracket, or before a mere number or line end."""
    patterns = {name: f"(?:{ascii_pattern(sections[name])})" for name in sorted(sections)}
    words = "|".join(patterns.values())
    sure = "|".join(pattern for name, pattern in patterns.items() if name not in UNSURE)
    closed = rf"({words})\s*(?:\([^)]{{0,12}}\))?\s*[:\]】]+"
    open_ended = rf"({sure})\s*(?:\n|$|(?:[1一][、.)]|\([1一]\)|[•●]))"
    return f"{closed}|{open_ended}"


def split_items(texts: pl.DataFrame, sections: Mapping[str, str]) -> pl.DataFrame:
    """Split texts into items, each a line, a sentence or a number of a list.

    Parameters
    ----------
    texts
        Columns row and text (folded).
    sections
        Pattern of the headings by section name.

    Returns
    -------
    polars.DataFrame
        One row per item, in order: row, section (null above the first heading), item (number within all
        items), item_text.
    """
    marked = pl.col("text").str.replace_all(heading_pattern(sections), f"\n{MARK}${{1}}${{2}}\n")
    numbered = marked.str.replace_all(NUMBERED, "${1}\n${2}")
    items = (
        texts.select("row", item_text=numbered.str.replace_all(BREAKS, "\n").str.split("\n"))
        .explode("item_text")
        .with_columns(pl.col("item_text").str.strip_chars())
        .filter(pl.col("item_text") != "")
    )
    is_mark = pl.col("item_text").str.starts_with(MARK)
    section = pl.when(is_mark).then(pl.col("item_text"))
    sectioned = items.with_columns(heading=section.forward_fill().over("row")).filter(~is_mark)
    return (
        sectioned.join(_section_names(sectioned, sections), on="heading", how="left", maintain_order="left")
        .with_row_index("item")
        .select("row", "section", pl.col("item").cast(pl.Int64), "item_text")
    )


def _section_names(items: pl.DataFrame, sections: Mapping[str, str]) -> pl.DataFrame:
    """Name the section of each distinct heading."""
    heading = pl.col("heading")
    section: pl.Expr = pl.lit(None, pl.String)
    for name in sorted(sections, reverse=True):
        matches = heading.str.contains(f"^{MARK}(?:{ascii_pattern(sections[name])})$")
        section = pl.when(matches).then(pl.lit(name)).otherwise(section)
    return items.select(heading).drop_nulls().unique().with_columns(section=section)
