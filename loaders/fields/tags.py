"""Tags in which boards mix skills with ownership, size, industry, education and perks: split by content."""

from __future__ import annotations

import polars as pl

from graphcli.loaders.fields.text import clean_tags, unlisted_tags
from graphcli.loaders.fields.vocabulary import SIZE_PATTERN, Vocabulary

_SIZE = f"^{SIZE_PATTERN}$"


def split_tags(cells: pl.Series) -> pl.Series:
    """Split a column of tag cells into lists of tags."""
    return pl.DataFrame({"cell": cells}).select(unlisted_tags(pl.col("cell")))["cell"]


def split_profile(cells: pl.Series, vocabulary: Vocabulary) -> pl.DataFrame:
    """Split cells such as ``Python|民营|20-99人|计算机软件``, whose end describes the employer.

    The end is recognised by what it holds and never by its place alone: a number of people is the size, the
    known word before it the ownership, what follows it the industry. What is left in front are tags.

    Returns
    -------
    polars.DataFrame
        ``tags``, ``ownership``, ``company_size``, ``industry`` as the board wrote them.
    """
    words = sorted(vocabulary.ownership)
    parts = pl.col("cell").str.split("|").list.eval(pl.element().str.strip_chars())
    parts = parts.list.eval(pl.element().filter(pl.element() != ""))
    frame = pl.DataFrame({"cell": cells}).with_columns(parts.fill_null([]).alias("parts"))
    last, second, third = (pl.col("parts").list.get(-at, null_on_oob=True) for at in (1, 2, 3))

    def owns(part: pl.Expr) -> pl.Expr:
        return (
            part.str.replace_all("（", "(")
            .str.replace_all("）", ")")
            .str.to_lowercase()
            .is_in(words)
            .fill_null(False)
        )

    def sizes(part: pl.Expr) -> pl.Expr:
        return part.str.contains(_SIZE).fill_null(False)

    shape = (
        pl.when(sizes(second) & owns(third)).then(pl.lit("osi"))
        .when(sizes(second)).then(pl.lit("si"))
        .when(sizes(last) & owns(second)).then(pl.lit("os"))
        .when(sizes(last)).then(pl.lit("s"))
        .when(owns(second)).then(pl.lit("oi"))
        .when(owns(last)).then(pl.lit("o"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    frame = frame.with_columns(shape.alias("shape"))
    is_shape = pl.col("shape")
    return frame.select(
        clean_tags(
            pl.col("parts").list.head(
                pl.col("parts").list.len().cast(pl.Int64) - is_shape.str.len_chars().cast(pl.Int64)
            )
        ).alias("tags"),
        pl.when(is_shape == "osi").then(third).when(is_shape.is_in(["os", "oi"])).then(second)
        .when(is_shape == "o").then(last).alias("ownership"),
        pl.when(is_shape.is_in(["osi", "si"])).then(second).when(is_shape.is_in(["os", "s"])).then(last)
        .alias("company_size"),
        pl.when(is_shape.is_in(["osi", "si", "oi"])).then(last).alias("industry"),
    )  # fmt: skip


def without_profile_words(tags: pl.Series, vocabulary: Vocabulary) -> pl.Series:
    """Leave out tags that are no skill: perks, and levels of education or experience."""
    words = sorted({*vocabulary.education, *vocabulary.experience})
    tag = pl.element()
    is_level = tag.str.to_lowercase().is_in(words) | tag.str.contains(
        r"^\d{1,2}(-\d{1,2})?年(及?以上|以下)?$"
    )
    kept = tag.filter(~(is_level | tag.str.contains(vocabulary.perks)))
    return pl.DataFrame({"tags": tags}).select(pl.col("tags").list.eval(kept))["tags"]


def perks_among(tags: pl.Series, vocabulary: Vocabulary) -> pl.Series:
    """Give the tags that name what the employer offers."""
    perks = pl.element().filter(pl.element().str.contains(vocabulary.perks))
    return pl.DataFrame({"perks": tags}).select(pl.col("perks").list.eval(perks))["perks"]
