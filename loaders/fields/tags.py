"""Tags in which boards mix skills with ownership, size, industry, education and perks: split by content."""

from __future__ import annotations

import polars as pl

from graphcli.loaders.fields.shapes import shapes
from graphcli.loaders.fields.text import clean_tags, unlisted_tags
from graphcli.loaders.fields.vocabulary import SIZE_PATTERN, Vocabulary, load_vocabulary
from graphcli.workspace import tables

_SIZE = f"^{SIZE_PATTERN}$"
_BETWEEN_PARTS = r"[｜\r\n]+|\s+[/／]\s+"
# Size and stage of funding as the card of a page runs them together with what stands around them.
_STAGE = r"(?i:pre-?)?[A-Ga-g]\+?轮(?:及以上)?|(?:天使|种子)轮|(?:不需要|未|战略)融资"
_GLUED = rf"((?:少于\d+|\d+-\d+)人|\d+人(?:及?以上|以下)|{_STAGE}|已上市)"
_TELLS = rf"{_GLUED}|{SIZE_PATTERN}"


def split_tags(cells: pl.Series) -> pl.Series:
    """Split a column of tag cells into lists of tags."""
    return tables.selected(pl.DataFrame({"cell": cells}), unlisted_tags(pl.col("cell")))["cell"]


def split_profile(cells: pl.Series, vocabulary: Vocabulary) -> pl.DataFrame:
    """Split cells such as ``Python|民营|20-99人|计算机软件``, whose end describes the employer.

    The end is recognised by what it holds and never by its place alone: a number of people is the size, the
    known word before it the ownership, what follows it the industry. What is left in front are tags; a stage
    of funding is none of these.

    Returns
    -------
    polars.DataFrame
        ``tags``, ``ownership``, ``company_size``, ``industry`` as the board wrote them.
    """
    words, known = sorted(vocabulary.ownership), sorted(shapes().industries)
    apart = pl.col("cell").str.replace_all(_BETWEEN_PARTS, "|").str.replace_all(_GLUED, "|$1|").str.split("|")
    parts = apart.list.eval(pl.element().str.strip_chars())
    parts = parts.list.eval(
        pl.element().filter((pl.element() != "") & ~pl.element().str.contains(f"^(?:{_STAGE})$"))
    )
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

    industry_alone = (pl.col("parts").list.len() == 2) & second.str.to_lowercase().is_in(known)
    shape = (
        pl.when(sizes(second) & owns(third)).then(pl.lit("osi"))
        .when(sizes(second)).then(pl.lit("si"))
        .when(sizes(last) & owns(second)).then(pl.lit("os"))
        .when(sizes(last) & industry_alone).then(pl.lit("is"))
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
        pl.when(is_shape.is_in(["osi", "si"])).then(second).when(is_shape.is_in(["os", "is", "s"])).then(last)
        .alias("company_size"),
        pl.when(is_shape.is_in(["osi", "si", "oi"])).then(last).when(is_shape == "is").then(second)
        .alias("industry"),
    )  # fmt: skip


def tells_of_employer(cells: pl.Series) -> pl.DataFrame:
    """Say which cells tell of the employer, ``told``, and which tell nothing else, ``whole``.

    A whole profile names two of ownership, size and industry.

    Examples
    --------
    >>> tells_of_employer(pl.Series(["民营|20-99人|互联网", "互联网A轮20-99人", "Java|20-99人"])).rows()
    [(True, True), (True, True), (True, False)]
    """
    parts = split_profile(cells, load_vocabulary())
    several = pl.sum_horizontal(pl.col("ownership", "company_size", "industry").is_not_null()) >= 2
    named = pl.any_horizontal(pl.col("ownership", "company_size").is_not_null())
    return parts.with_columns(cell=cells).select(
        told=named | pl.col("cell").str.contains(_TELLS).fill_null(False),
        whole=several & (pl.col("tags").list.len() == 0),
    )


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
