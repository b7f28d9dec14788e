"""What each AI word of a posting is evidence of, by the zone, section and clause in which it stands."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphcli.loaders.definitions.tiers.clauses import split_items
from graphcli.loaders.definitions.tiers.rules import TierRules

NONE, BROAD, TECHNICAL, NARROW = range(4)

EVIDENCE = {
    "row": pl.Int64,
    "zone": pl.String,
    "clause": pl.String,
    "word": pl.String,
    "class": pl.String,
    "tier": pl.Int64,
    "convention": pl.String,
}


def of_class(*names: str) -> pl.Expr:
    """Whether a word belongs to one of these classes."""
    return pl.col("class").is_in(names)


SKILL = of_class("skill", "weak", "recommend")
NOTED = (
    (of_class("noted") & pl.col("word").is_in(["数据挖掘", "data mining"]), NONE, "data_mining"),
    (of_class("noted"), NONE, "data_structures"),
)
# So far into a sentence its first words tell whether it asks for something, characters.
OPENING = 20
# What may stand between a skill's own clause and the 优先 that belongs to it.
BARE = "(?:者|的|均|将|可|会|更|等|有|以上|相关|经验|经历|背景|条件|同等条件下?|则|予以|给予| ){0,4}"
# Also the name of Adobe Illustrator.
ILLUSTRATOR = pl.col("word").is_in(["ai", "ai软件"])


def marked_items(zones: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """Split the texts into items and mark what each is.

    Parameters
    ----------
    zones
        Columns row and text (folded).

    Returns
    -------
    polars.DataFrame
        The columns of ``split_items``, and: ``dutiful`` (a duty), ``spoken`` (it may hold an AI word).
    """
    item = pl.col("item_text")
    split = split_items(zones.filter(pl.col("text") != "").select("row", "text"), rules.sections)
    headless = pl.when(pl.col("section").is_null()).then(item)
    marks = rules.clause
    marked = split.with_columns(
        demanding=headless.str.slice(0, OPENING).str.contains(marks["demand"]).fill_null(False)
        | headless.str.contains(marks["bonus"]).fill_null(False),
        spoken=item.str.contains_any(list(rules.spoken)),
    )
    # Without headings a text tells first what is done, and then what is asked for.
    first = headless.is_not_null() & pl.col("spoken") & ~pl.col("demanding").cum_max().over("row")
    doing = headless.str.contains(marks["duty"]).fill_null(False) & ~pl.col("demanding")
    telling = pl.when("first").then(item).str.contains(f"{marks['company']}|{marks['offered']}")
    return (
        marked.with_columns(first=first, doing=doing)
        .with_columns(
            dutiful=(pl.col("section") == "duty").fill_null(False)
            | pl.col("doing")
            | ~telling.fill_null(True)
        )
        .drop("demanding", "first", "doing")
    )


def title_words(zones: pl.DataFrame, facts: pl.DataFrame, rules: TierRules, noted: bool) -> pl.DataFrame:
    """Evidence of the words in titles."""
    found = _words(zones.select("row", clause=pl.col("title")), rules, noted).join(facts, on="row")
    decisions = [
        *NOTED,
        (of_class("robot"), BROAD, "robot_product"),
        (of_class("tool"), BROAD, "ai_tools"),
        (pl.col("seller") | pl.col("several") | of_class("field"), BROAD, "ai_element"),
        (pl.col("fitter"), BROAD, "ai_product"),
        (of_class("recommend"), TECHNICAL, "recommendation"),
        (pl.lit(True), TECHNICAL, "required_skill"),
    ]
    return found.with_columns(_first(decisions), zone=pl.lit("title")).select(list(EVIDENCE))


def tag_words(zones: pl.DataFrame, facts: pl.DataFrame, rules: TierRules, noted: bool) -> pl.DataFrame:
    """Evidence of the words in tags."""
    tags = zones.select("row", clause=pl.col("tags")).explode("clause").drop_nulls("clause")
    found = _words(tags, rules, noted).join(facts, on="row")
    product = pl.col("clause").str.contains(rules.clause["product_word"] + "$")
    decisions = [
        *NOTED,
        (ILLUSTRATOR & pl.col("designer"), NONE, "design_tools"),
        (SKILL & (product | pl.col("seller")), BROAD, "ai_product"),
        (of_class("recommend"), TECHNICAL, "recommendation"),
        (SKILL, TECHNICAL, "required_skill"),
        (of_class("robot"), BROAD, "robot_product"),
        (of_class("tool"), BROAD, "ai_tools"),
        (pl.lit(True), BROAD, "ai_element"),
    ]
    return found.with_columns(_first(decisions), zone=pl.lit("tags")).select(list(EVIDENCE))


def text_words(items: pl.DataFrame, facts: pl.DataFrame, rules: TierRules, noted: bool) -> pl.DataFrame:
    """Evidence of the words in texts.

    Parameters
    ----------
    items
        What ``marked_items`` gives.
    """
    spoken = items if noted else items.filter("spoken")
    # An item is judged once, not once for each of its clauses: those of a text without stops share it all.
    clauses = (
        spoken.with_columns(**_item_marks(rules))
        .with_columns(clause=pl.col("item_text").str.split(","))
        .drop("item_text")
        .explode("clause")
    )
    next_clause = pl.when(pl.col("item").shift(-1) == pl.col("item")).then(pl.col("clause").shift(-1))
    found = _words(clauses.with_columns(next_clause=next_clause), rules, noted, marks=_clause_marks(rules))
    found = found.join(facts, on="row", maintain_order="left")
    section, dutiful = pl.col("section"), pl.col("dutiful")
    around = pl.col("seller") | pl.col("supporter")
    told = section.is_null() & ~pl.col("knows")
    product = pl.col("clause").str.contains(rules.clause["product_word"])
    decisions = [
        *NOTED,
        (pl.col("refused") | (section == "benefit") | pl.col("taught"), NONE, "refused"),
        (ILLUSTRATOR & pl.col("draws"), NONE, "design_tools"),
        (of_class("tool"), BROAD, "ai_tools"),
        (of_class("robot"), BROAD, "robot_product"),
        (pl.col("plus"), BROAD, "plus_only"),
        (SKILL & pl.col("beside"), BROAD, "ai_product"),
        ((section == "company") | (pl.col("praises") & ~dutiful & ~pl.col("knows")), BROAD, "company_blurb"),
        (pl.col("studies") & ~dutiful, BROAD, "study_field"),
        ((section == "study") & ~pl.col("knows"), BROAD, "study_field"),
        (of_class("weak") & pl.col("seller"), BROAD, "ai_product"),
        (SKILL & pl.col("aware") & pl.col("in_device") & product, BROAD, "ai_product"),
        (SKILL & pl.col("supporter") & dutiful & pl.col("in_device"), BROAD, "ai_product"),
        (SKILL & (dutiful | told) & pl.col("in_device") & ~pl.col("makes"), BROAD, "ai_product"),
        (
            SKILL & pl.col("seller") & (dutiful | pl.col("aware") | pl.col("sells") | told),
            BROAD,
            "ai_product",
        ),
        (SKILL & dutiful & pl.col("sells") & ~pl.col("makes"), BROAD, "ai_product"),
        (of_class("recommend"), TECHNICAL, "recommendation"),
        (SKILL & dutiful, TECHNICAL, "part_duty"),
        (SKILL, TECHNICAL, "required_skill"),
        (
            of_class("field") & dutiful & pl.col("makes") & pl.col("built") & ~around,
            TECHNICAL,
            "part_duty",
        ),
        (pl.lit(True), BROAD, "ai_element"),
    ]
    return found.with_columns(_first(decisions), zone=pl.lit("text")).select(list(EVIDENCE))


def _item_marks(rules: TierRules) -> dict[str, pl.Expr]:
    """What the wording of an item says about the words in it."""
    marks, item = rules.clause, pl.col("item_text")
    return {
        "draws": item.str.contains(marks["design_tools"]),
        "praises": item.str.contains(marks["company"]),
        "studied": item.str.contains(marks["major"]),
        "sells": item.str.contains(marks["product"]),
        "makes": item.str.contains(marks["build"]),
    }


def _clause_marks(rules: TierRules) -> dict[str, pl.Expr]:
    """What the wording of a clause, and the bare 优先 after it, says about the words in it."""
    marks, clause = rules.clause, pl.col("clause")
    followed = pl.col("next_clause").str.contains(rf"^{BARE}(?:{marks['plus']})")
    return {
        "refused": clause.str.contains(marks["refused"]),
        "taught": clause.str.contains(marks["training"]),
        "plus": clause.str.contains(marks["plus"])
        | followed.fill_null(False)
        | (pl.col("section") == "plus").fill_null(False),
        "knows": clause.str.contains(marks["know"]),
        "aware": clause.str.contains(marks["aware"]),
        # The pattern holds every skill, so it is tried only where somebody stands beside.
        "beside": pl.when(clause.str.contains(marks["partners"]))
        .then(clause)
        .str.contains(rules.partner_word),
        "in_device": clause.str.contains(rf"(?:{rules.skill_word}){marks['device']}"),
        "studies": pl.col("studied") & ~clause.str.contains(marks["skilled"]),
        "built": clause.str.replace_all(rules.roles["product"], " ").str.contains(marks["built"])
        & ~clause.str.contains(marks["domain"])
        & ~pl.col("sells"),
    }


def _words(
    frame: pl.DataFrame, rules: TierRules, noted: bool, marks: dict[str, pl.Expr] | None = None
) -> pl.DataFrame:
    """Explode clauses into their words, with the class of each; marks are set once per clause."""
    pattern = rules.any_noted if noted else rules.any_word
    clause = pl.col("clause")
    # One glance leaves out what holds no word of a list, and spares the blanking where there is no name.
    likely = frame.filter(clause.str.contains_any(list(rules.glance)))
    named = pl.when(clause.str.contains_any(list(rules.blanks))).then(clause)
    blanked = pl.coalesce(named.str.replace_all(rules.blanked, " "), clause)
    names = list(rules.classes)
    classes = [rules.classes[name] for name in names]
    return (
        likely.with_columns(word=blanked.str.extract_all(pattern))
        .filter(pl.col("word").list.len() > 0)
        .with_columns(**(marks or {}))
        .explode("word")
        .with_columns(pl.col("word").replace_strict(names, classes, return_dtype=pl.String).alias("class"))
    )


def _first(decisions: Sequence[tuple[pl.Expr, int, str]]) -> list[pl.Expr]:
    """Columns tier and convention: the first decision whose condition holds."""
    tier: pl.Expr = pl.lit(NONE)
    convention: pl.Expr = pl.lit("ai_element")
    for condition, number, name in reversed(decisions):
        holds = condition.fill_null(False)
        tier = pl.when(holds).then(pl.lit(number)).otherwise(tier)
        convention = pl.when(holds).then(pl.lit(name)).otherwise(convention)
    return [tier.cast(pl.Int64).alias("tier"), convention.alias("convention")]
