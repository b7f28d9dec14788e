"""How far a posting is about AI: broad, technical or narrow, each step with its words and its convention.

Every decision is a row of evidence (zone, word, tier, convention); a posting's tier is the innermost tier of
its evidence, so that the nesting holds by construction and the explanation is the decision itself.
Rows without any AI word never reach the rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graphcli.loaders.definitions.clauses import ASCII_BOUNDARY, ascii_pattern, folded, split_clauses
from graphcli.loaders.reference.files import read_schema, read_yaml, shipped
from graphcli.workspace.identity import hash_lines
from graphcli.workspace.selection import TIERS

DEFINITIONS = "graphcli.loaders.definitions"
REFERENCE = "graphcli.loaders.reference"

# Of words that begin at one place the longest counts: 大模型工具 is a tool, 大模型 a skill.
CLASSES = ("tool", "skill", "recommend", "weak", "robot", "field", "noted")
STRONG = ("skill", "recommend", "field")
TIER_NUMBER = {name: number for number, name in enumerate(TIERS)}
NONE, BROAD, TECHNICAL, NARROW = range(4)

# Main duty: more than half of the duties build AI, or half and several, or the first and a third of all.
MAIN_SHARE = 0.5
LEADING_SHARE = 1 / 3
SHORTEST_DUTY = 5

EVIDENCE = {
    "row": pl.Int64,
    "zone": pl.String,
    "clause": pl.String,
    "word": pl.String,
    "class": pl.String,
    "tier": pl.Int64,
    "convention": pl.String,
}


@dataclass(frozen=True)
class TierRules:
    """The tier definitions as patterns: words by class, roles of titles, marks of clauses, headings."""

    conventions: Mapping[str, str]
    classes: Mapping[str, str]
    any_word: str
    any_noted: str
    skill_word: str
    spoken: Sequence[str]
    candidates: Sequence[str]
    blanked: str
    roles: Mapping[str, str]
    clause: Mapping[str, str]
    sections: Mapping[str, str]
    fingerprint: str


def load_rules(path: Path | None = None) -> TierRules:
    """Read the tier definitions.

    Raises
    ------
    DataContractError
        The file breaks its schema.
    """
    path = path or shipped(DEFINITIONS, "tiers.yaml")
    content = read_yaml(path, read_schema(REFERENCE, "schemas", "tiers.json"))
    words = content["words"]
    roles = {name: ascii_pattern(pattern) for name, pattern in content["roles"].items()}
    named = [word for name in CLASSES if name not in {"weak", "noted"} for word in words[name]]
    return TierRules(
        conventions=content["conventions"],
        classes={word: name for name in CLASSES for word in words[name]},
        any_word=word_pattern([word for name in CLASSES[:-1] for word in words[name]]),
        any_noted=word_pattern([word for name in CLASSES for word in words[name]]),
        skill_word=word_pattern(words["skill"]),
        spoken=sorted({word for name in CLASSES[:-1] for word in words[name]}),
        candidates=sorted(set(named)),
        blanked=blank_pattern(content["blanked"], content["idioms"]),
        roles=roles | {"entitled": "|".join(roles[name] for name in ("named_algorithm", "named_media"))},
        clause={name: ascii_pattern(pattern) for name, pattern in content["clause"].items()},
        sections=content["sections"],
        fingerprint=hash_lines([path.read_text(encoding="utf-8")]),
    )


def word_pattern(words: Sequence[str]) -> str:
    """One alternation of words, the longest first, ASCII ends at word edges."""
    return "|".join(_bounded(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def blank_pattern(suffixes: Sequence[str], idioms: Sequence[str]) -> str:
    """Pattern of names of companies (a suffix and the name before it) and of idioms."""
    names = "|".join(re.escape(suffix) for suffix in suffixes)
    return rf"[\p{{Han}}a-z()]{{0,20}}(?:{names})|" + word_pattern(idioms)


def _bounded(word: str) -> str:
    left = ASCII_BOUNDARY if word[0].isascii() and word[0].isalnum() else ""
    right = ASCII_BOUNDARY if word[-1].isascii() and word[-1].isalnum() else ""
    return left + re.escape(word) + right


def tiers_of(frame: pl.DataFrame, rules: TierRules) -> pl.Series:
    """Return the tier of each posting.

    Parameters
    ----------
    frame
        Columns title, tags (list) and text.
    """
    found = evidence(frame, rules).group_by("row").agg(pl.col("tier").max())
    rows = pl.DataFrame({"row": range(frame.height)}, schema={"row": pl.Int64})
    joined = rows.join(found, on="row", how="left", maintain_order="left")
    numbers = pl.col("tier").fill_null(NONE)
    return joined.select(
        tier=numbers.replace_strict(list(range(len(TIERS))), list(TIERS), return_dtype=pl.String)
    )["tier"]


def evidence(frame: pl.DataFrame, rules: TierRules, *, noted: bool = False) -> pl.DataFrame:
    """Collect what speaks for a tier, word by word.

    Parameters
    ----------
    frame
        Columns title, tags (list) and text.
    noted
        Also list words that are evidence of nothing, for explanations.

    Returns
    -------
    polars.DataFrame
        Columns of ``EVIDENCE``; row is the position in the input, tier the number 0 (none) to 3 (narrow).
    """
    zones = _candidates(frame, rules, every=noted)
    if not zones.height:
        return pl.DataFrame(schema=EVIDENCE)
    facts = _facts(zones, rules)
    clauses = _marked_clauses(zones, rules).join(facts, on="row")
    found = pl.concat(
        [
            _title_words(zones, facts, rules, noted),
            _tag_words(zones, facts, rules, noted),
            _text_words(clauses, rules, noted),
        ]
    )
    found = _settle_weak(_settle_robots(found, facts))
    whole = [_named_titles(found, facts), _algorithm_jobs(found, facts), _main_duties(clauses, facts, rules)]
    return pl.concat([found, *whole]).select(list(EVIDENCE)).sort("row", "tier", maintain_order=True)


def _candidates(frame: pl.DataFrame, rules: TierRules, *, every: bool) -> pl.DataFrame:
    """Postings with any AI word, folded: row, title, tags (list), text."""
    numbered = frame.select("title", "tags", "text").with_row_index("row")
    if not every:
        raw = pl.concat_str(
            pl.col("title").fill_null(""),
            pl.col("tags").list.join(" ", ignore_nulls=True).fill_null(""),
            pl.col("text").fill_null(""),
            separator=" ",
        )
        full_width = raw.str.contains("[Ａ-Ｚａ-ｚ]")
        titled = pl.col("title").str.to_lowercase().str.contains(rules.roles["entitled"])
        spoken = raw.str.contains_any(list(rules.candidates), ascii_case_insensitive=True)
        numbered = numbered.filter(spoken | titled.fill_null(False) | full_width)
    return numbered.select(
        pl.col("row").cast(pl.Int64),
        title=folded(pl.col("title")).str.replace_all(rules.blanked, " "),
        tags=pl.col("tags").fill_null([]).list.eval(folded(pl.element()).str.strip_chars()),
        text=folded(pl.col("text")),
    )


def _facts(zones: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """What the title says about the job, and whether automation or design tools stand in the posting."""
    title = pl.col("title")
    tags = pl.col("tags").list.join(" , ")
    roles = rules.roles
    named = title.str.replace_all(roles["department"], " ").str.replace_all(roles["product"], " ")
    calculates = named.str.contains("算法|algorithm")
    return zones.select(
        "row",
        builder=title.str.contains(roles["builder"])
        & ~title.str.contains(roles["seller"])
        & ~title.str.contains(roles["supporter"]),
        seller=title.str.contains(roles["seller"]),
        supporter=title.str.contains(roles["supporter"]) & ~title.str.contains(roles["seller"]),
        general=title.str.contains(roles["general"]),
        named=named.str.contains(roles["named"]),
        named_algorithm=calculates & named.str.contains(roles["named_algorithm"] + "|" + roles["named"]),
        named_media=calculates & named.str.contains(roles["named_media"]),
        direct=named.str.contains(roles["direct"]),
        visual=named.str.contains(roles["named_algorithm"] + "|" + roles["named_media"]),
        other_algorithm=title.str.contains(roles["other_algorithm"]),
        algorithm=title.str.contains(roles["algorithm"]),
        designer=title.str.contains(roles["design"]) | tags.str.contains(rules.clause["design_tools"]),
        plc=(title + " " + tags + " " + pl.col("text")).str.contains(rules.clause["plc"]),
        title_text=title,
    )


def _marked_clauses(zones: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """Clauses of the texts with what their section and their neighbours say about them."""
    marks = rules.clause
    clause, item = pl.col("clause"), pl.col("item_text")
    split = split_clauses(zones.filter(pl.col("text") != "").select("row", "text"), rules.sections)
    bare_plus = clause.str.contains(rf"^.{{0,4}}(?:{marks['plus']})")
    followed = bare_plus.shift(-1).fill_null(False) & (pl.col("item").shift(-1) == pl.col("item"))
    return split.with_columns(
        followed=followed.fill_null(False),
        dutiful=(pl.col("section") == "duty").fill_null(False)
        | (pl.col("section").is_null() & item.str.contains(marks["duty"])),
        spoken=item.str.contains_any(list(rules.spoken)),
    )


def _words(frame: pl.DataFrame, rules: TierRules, noted: bool) -> pl.DataFrame:
    """Explode clauses into their words, with the class of each."""
    pattern = rules.any_noted if noted else rules.any_word
    names = list(rules.classes)
    return (
        frame.with_columns(word=pl.col("clause").str.replace_all(rules.blanked, " ").str.extract_all(pattern))
        .filter(pl.col("word").list.len() > 0)
        .explode("word")
        .with_columns(
            pl.col("word")
            .replace_strict(names, [rules.classes[name] for name in names], return_dtype=pl.String)
            .alias("class")
        )
    )


def _ruled(rules: Sequence[tuple[pl.Expr, int, str]]) -> list[pl.Expr]:
    """Columns tier and convention: the first rule whose condition holds decides."""
    tier: pl.Expr = pl.lit(NONE)
    convention: pl.Expr = pl.lit("ai_element")
    for condition, number, name in reversed(rules):
        holds = condition.fill_null(False)
        tier = pl.when(holds).then(pl.lit(number)).otherwise(tier)
        convention = pl.when(holds).then(pl.lit(name)).otherwise(convention)
    return [tier.cast(pl.Int64).alias("tier"), convention.alias("convention")]


def _is(*names: str) -> pl.Expr:
    return pl.col("class").is_in(names)


NOTED = (
    (_is("noted") & pl.col("word").is_in(["数据挖掘", "data mining"]), NONE, "data_mining"),
    (_is("noted"), NONE, "data_structures"),
)
# Bare "ai" among design tools is Adobe Illustrator.
ILLUSTRATOR = pl.col("word").is_in(["ai", "ai软件"]) & pl.col("designer")


def _title_words(zones: pl.DataFrame, facts: pl.DataFrame, rules: TierRules, noted: bool) -> pl.DataFrame:
    found = _words(zones.select("row", clause=pl.col("title")), rules, noted).join(facts, on="row")
    decided = found.with_columns(
        _ruled(
            [
                *NOTED,
                (_is("robot"), BROAD, "robot_product"),
                (_is("tool"), BROAD, "ai_tools"),
                (pl.col("seller") | _is("field"), BROAD, "ai_element"),
                (_is("recommend"), TECHNICAL, "recommendation"),
                (pl.lit(True), TECHNICAL, "required_skill"),
            ]
        ),
        zone=pl.lit("title"),
    )
    return decided.select(list(EVIDENCE))


def _tag_words(zones: pl.DataFrame, facts: pl.DataFrame, rules: TierRules, noted: bool) -> pl.DataFrame:
    tags = zones.select("row", clause=pl.col("tags")).explode("clause").drop_nulls("clause")
    found = _words(tags, rules, noted).join(facts, on="row")
    product = pl.col("clause").str.contains(rules.clause["product_word"] + "$")
    decided = found.with_columns(
        _ruled(
            [
                *NOTED,
                (ILLUSTRATOR, NONE, "design_tools"),
                (_is("skill", "weak", "recommend") & (product | pl.col("seller")), BROAD, "ai_product"),
                (_is("skill", "weak"), TECHNICAL, "required_skill"),
                (_is("recommend"), TECHNICAL, "recommendation"),
                (_is("robot"), BROAD, "robot_product"),
                (_is("tool"), BROAD, "ai_tools"),
                (pl.lit(True), BROAD, "ai_element"),
            ]
        ),
        zone=pl.lit("tags"),
    )
    return decided.select(list(EVIDENCE))


def _text_words(clauses: pl.DataFrame, rules: TierRules, noted: bool) -> pl.DataFrame:
    marks = rules.clause
    spoken = clauses if noted else clauses.filter(pl.col("spoken"))
    clause, item = pl.col("clause"), pl.col("item_text")
    found = _words(spoken, rules, noted).with_columns(
        plus=clause.str.contains(marks["plus"])
        | pl.col("followed")
        | (pl.col("section") == "plus").fill_null(False)
    )
    skill = _is("skill", "weak", "recommend")
    knows, builds = clause.str.contains(marks["know"]), item.str.contains(marks["build"])
    sells = item.str.contains(marks["product"])
    study = item.str.contains(marks["major"]) & ~clause.str.contains(
        "熟悉|掌握|精通|经验|了解|熟练|能力|知识|技能|开发"
    )
    unasked = (pl.col("section") == "benefit") | clause.str.contains(marks["training"])
    praise = (pl.col("section") == "company") | (
        item.str.contains(marks["company"]) & ~pl.col("dutiful") & ~knows
    )
    decided = found.with_columns(
        _ruled(
            [
                *NOTED,
                (clause.str.contains(marks["refused"]), NONE, "refused"),
                (unasked, NONE, "refused"),
                (
                    pl.col("word").is_in(["ai", "ai软件"])
                    & (item.str.contains(marks["design_tools"]) | (pl.col("designer") & ~builds)),
                    NONE,
                    "design_tools",
                ),
                (_is("tool"), BROAD, "ai_tools"),
                (_is("robot"), BROAD, "robot_product"),
                (pl.col("plus"), BROAD, "plus_only"),
                (praise, BROAD, "company_blurb"),
                (study & ~pl.col("dutiful"), BROAD, "study_field"),
                ((pl.col("section") == "study") & ~knows, BROAD, "study_field"),
                (skill & pl.col("seller") & pl.col("dutiful"), BROAD, "ai_product"),
                (
                    skill & pl.col("seller") & (clause.str.contains(marks["aware"]) | sells),
                    BROAD,
                    "ai_product",
                ),
                (skill & pl.col("dutiful") & sells & ~builds, BROAD, "ai_product"),
                (_is("recommend"), TECHNICAL, "recommendation"),
                (skill & pl.col("dutiful"), TECHNICAL, "part_duty"),
                (skill, TECHNICAL, "required_skill"),
                (
                    _is("field")
                    & pl.col("dutiful")
                    & builds
                    & ~sells
                    & ~pl.col("seller")
                    & clause.str.contains(marks["built"])
                    & ~clause.str.contains(marks["domain"]),
                    TECHNICAL,
                    "part_duty",
                ),
                (pl.lit(True), BROAD, "ai_element"),
            ]
        ),
        zone=pl.lit("text"),
    )
    return decided.select(list(EVIDENCE))


def _settle_robots(found: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Robots beside a PLC are automation."""
    plc = facts.filter("plc")["row"].to_list()
    automation = _is("robot") & pl.col("row").is_in(plc)
    return found.with_columns(
        tier=pl.when(automation).then(NONE).otherwise("tier"),
        convention=pl.when(automation).then(pl.lit("robot_plc")).otherwise("convention"),
    )


def _settle_weak(found: pl.DataFrame) -> pl.DataFrame:
    """An ambiguous word counts only where the posting speaks of AI elsewhere."""
    strong = (_is(*STRONG) & (pl.col("tier") > NONE)).any().over("row")
    alone = _is("weak") & ~strong & (pl.col("zone") != "title")
    return found.with_columns(tier=pl.when(alone).then(NONE).otherwise("tier"))


def _whole(rows: pl.DataFrame, zone: str, tier: int, convention: str) -> pl.DataFrame:
    """Evidence that rests on the posting as a whole: columns row, clause and word are given."""
    return rows.select(
        "row",
        pl.lit(zone).alias("zone"),
        "clause",
        "word",
        pl.lit("whole").alias("class"),
        pl.lit(tier, dtype=pl.Int64).alias("tier"),
        pl.lit(convention).alias("convention"),
    )


def _content(found: pl.DataFrame) -> pl.DataFrame:
    """Postings with a technical AI skill outside the title, one word of each."""
    return (
        found.filter(
            (pl.col("tier") >= TECHNICAL) & (pl.col("zone") != "title") & _is("skill", "recommend", "weak")
        )
        .unique("row", keep="first", maintain_order=True)
        .select("row", "word")
    )


def _named_titles(found: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Titles that name the AI they build."""
    content = pl.col("row").is_in(_content(found)["row"].to_list())
    calculating = (pl.col("named_algorithm") | pl.col("named_media")) & ~pl.col("seller")
    builds = pl.col("named") & (
        pl.col("builder") | (~pl.col("seller") & ~pl.col("supporter") & content & ~pl.col("general"))
    )
    titled = facts.filter(builds | calculating | (pl.col("visual") & pl.col("builder") & content))
    plain = ~pl.col("general") & (content | ~pl.col("plc"))
    certain = (
        pl.col("named_algorithm")
        | (pl.col("named_media") & (~pl.col("other_algorithm") | content))
        | (pl.col("named") & (plain | pl.col("direct")))
        | (pl.col("visual") & pl.col("builder") & content & plain)
    )
    rows = titled.select("row", "named", certain=certain, word="title_text", clause="title_text")
    return pl.concat(
        [
            _whole(rows.filter("certain"), "title", NARROW, "title_builds"),
            _whole(rows.filter(~pl.col("certain") & pl.col("named")), "title", TECHNICAL, "part_duty"),
        ]
    )


def _algorithm_jobs(found: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Algorithm jobs with AI content; work on other algorithms needs it named twice in the tags."""
    tagged = (
        found.filter(_is("skill") & (pl.col("zone") == "tags") & (pl.col("tier") >= TECHNICAL))
        .group_by("row")
        .agg(pl.col("word").n_unique())
        .filter(pl.col("word") > 1)["row"]
    )
    titled = facts.filter(
        pl.col("algorithm")
        & ~pl.col("seller")
        & (~pl.col("other_algorithm") | pl.col("row").is_in(tagged.to_list()))
    ).select("row", clause="title_text")
    return _whole(titled.join(_content(found), on="row"), "title", NARROW, "algorithm_job")


def _main_duties(clauses: pl.DataFrame, facts: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """Postings most of whose duties build AI."""
    long_enough = pl.col("item_text").str.len_chars() > SHORTEST_DUTY
    items = clauses.filter(pl.col("dutiful") & ~pl.col("seller") & long_enough).unique(
        "item", keep="first", maintain_order=True
    )
    spoken = items.filter("spoken").with_columns(builds=_builds(rules))
    silent = items.filter(~pl.col("spoken")).with_columns(builds=pl.lit(False))
    duties = pl.concat([spoken, silent]).sort("item")
    shares = duties.group_by("row", maintain_order=True).agg(
        pl.col("algorithm").first(),
        share=pl.col("builds").mean(),
        count=pl.col("builds").sum(),
        leading=pl.col("builds").first(),
        clause=pl.col("item_text").filter(pl.col("builds")).first(),
    )
    # An algorithm job is named after its first duty, so there that duty alone is enough.
    main = (
        (pl.col("share") > MAIN_SHARE)
        | ((pl.col("share") >= MAIN_SHARE) & (pl.col("count") > 1))
        | (
            pl.col("leading")
            & (((pl.col("share") >= LEADING_SHARE) & (pl.col("count") > 1)) | pl.col("algorithm"))
        )
    )
    rows = shares.filter(main & (pl.col("count") > 0)).with_columns(
        word=pl.concat_str(pl.col("count").cast(pl.String), pl.lit(" duties"))
    )
    return _whole(rows, "text", NARROW, "main_duty")


def _builds(rules: TierRules) -> pl.Expr:
    """Whether a duty is to build AI."""
    marks, item = rules.clause, pl.col("item_text")
    skilled = item.str.contains(rules.skill_word)
    built = item.str.contains(marks["built"]) & ~item.str.contains(marks["domain"])
    return (
        (skilled | built)
        & item.str.contains(marks["build"])
        & (~item.str.contains(marks["product"]) | item.str.contains("算法|模型|model"))
        & ~item.str.contains(marks["refused"])
    )
