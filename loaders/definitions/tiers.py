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

# Words of an earlier class are blanked before a later one is looked for: 大模型工具 is a tool, not a skill.
CLASSES = ("tool", "skill", "recommend", "weak", "robot", "field", "noted")
STRONG = ("skill", "recommend", "field")
TIER_NUMBER = {name: number for number, name in enumerate(TIERS)}
NONE, BROAD, TECHNICAL, NARROW = range(4)

# Main duty: this share of the duties builds AI, or the first one does and a third of all.
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
    words: Mapping[str, str]
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
    named = [word for name in CLASSES if name not in {"weak", "noted"} for word in words[name]]
    return TierRules(
        conventions=content["conventions"],
        words={name: word_pattern(words[name]) for name in CLASSES},
        candidates=sorted(set(named)),
        blanked=blank_pattern(content["blanked"], content["idioms"]),
        roles={name: ascii_pattern(pattern) for name, pattern in content["roles"].items()},
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
        numbered = numbered.filter(
            raw.str.contains_any(list(rules.candidates), ascii_case_insensitive=True) | full_width
        )
    blank = rules.blanked
    return numbered.select(
        pl.col("row").cast(pl.Int64),
        title=folded(pl.col("title")).str.replace_all(blank, " "),
        tags=pl.col("tags").fill_null([]).list.eval(folded(pl.element()).str.strip_chars()),
        text=folded(pl.col("text")).str.replace_all(blank, " "),
    )


def _facts(zones: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """What the title says about the job, and whether automation or design tools stand in the posting."""
    title = pl.col("title")
    tags = pl.col("tags").list.join(" , ")
    roles = rules.roles
    named = title.str.replace_all(roles["department"], " ").str.replace_all(roles["product"], " ")
    return zones.select(
        "row",
        builder=title.str.contains(roles["builder"]) & ~title.str.contains(roles["non_builder"]),
        seller=title.str.contains(roles["non_builder"]),
        general=title.str.contains(roles["general"]),
        named=named.str.contains(roles["named"]),
        named_algorithm=named.str.contains("算法|algorithm")
        & (
            named.str.contains(roles["named_algorithm"])
            | (named.str.contains(roles["named_media"]) & ~title.str.contains(roles["other_algorithm"]))
        ),
        other_algorithm=title.str.contains(roles["other_algorithm"]),
        algorithm=title.str.contains(roles["algorithm"]),
        designer=title.str.contains(roles["design"]) | tags.str.contains(rules.clause["design_tools"]),
        plc=(title + " " + tags + " " + pl.col("text")).str.contains(rules.clause["plc"]),
        title_text=title,
    )


def _marked_clauses(zones: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """Clauses of the texts with what their words and their section say about them."""
    marks = rules.clause
    clause, item = pl.col("clause"), pl.col("item_text")
    split = split_clauses(zones.filter(pl.col("text") != "").select("row", "text"), rules.sections)
    bare_plus = clause.str.contains(rf"^.{{0,4}}(?:{marks['plus']})")
    followed = bare_plus.shift(-1).fill_null(False) & (pl.col("item").shift(-1) == pl.col("item"))
    return split.with_columns(
        plus=clause.str.contains(marks["plus"]) | followed.fill_null(False) | (pl.col("section") == "plus"),
        dutiful=(pl.col("section") == "duty")
        | (pl.col("section").is_null() & item.str.contains(marks["duty"])),
        any_word=item.str.contains("|".join(rules.words[name] for name in CLASSES[:-1])),
    ).with_columns(pl.col("plus", "dutiful").fill_null(False))


def _words(frame: pl.DataFrame, column: str, rules: TierRules, noted: bool) -> pl.DataFrame:
    """Explode a column into its words, with their class."""
    parts = []
    text = pl.col(column)
    for name in CLASSES if noted else CLASSES[:-1]:
        parts.append(
            frame.with_columns(word=text.str.extract_all(rules.words[name]))
            .filter(pl.col("word").list.len() > 0)
            .explode("word")
            .with_columns(pl.lit(name).alias("class"))
        )
        text = text.str.replace_all(rules.words[name], "□")
    return pl.concat(parts)


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
    found = _words(zones.select("row", clause=pl.col("title")), "clause", rules, noted).join(facts, on="row")
    decided = found.with_columns(
        _ruled(
            [
                *NOTED,
                (_is("skill", "weak") & pl.col("builder"), TECHNICAL, "required_skill"),
                (_is("recommend") & pl.col("builder"), TECHNICAL, "recommendation"),
                (_is("robot"), BROAD, "robot_product"),
                (_is("tool"), BROAD, "ai_tools"),
                (pl.lit(True), BROAD, "ai_element"),
            ]
        ),
        zone=pl.lit("title"),
    )
    return decided.select(list(EVIDENCE))


def _tag_words(zones: pl.DataFrame, facts: pl.DataFrame, rules: TierRules, noted: bool) -> pl.DataFrame:
    tags = zones.select("row", clause=pl.col("tags")).explode("clause").drop_nulls("clause")
    found = _words(tags, "clause", rules, noted).join(facts, on="row")
    product = pl.col("clause").str.contains(rules.clause["product_word"] + "$")
    decided = found.with_columns(
        _ruled(
            [
                *NOTED,
                (ILLUSTRATOR, NONE, "design_tools"),
                (_is("skill", "weak", "recommend") & product, BROAD, "ai_product"),
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
    spoken = clauses if noted else clauses.filter(pl.col("any_word"))
    clause, item = pl.col("clause"), pl.col("item_text")
    found = _words(spoken, "clause", rules, noted)
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
                    _is("field") & pl.col("dutiful") & builds & ~sells & pl.col("builder"),
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
    alone = _is("weak") & ~strong
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
    titled = facts.filter(
        (pl.col("builder") & pl.col("named")) | (pl.col("named_algorithm") & ~pl.col("seller"))
    )
    content = _content(found)["row"].to_list()
    certain = (~pl.col("general") & ~pl.col("plc")) | pl.col("named_algorithm") | pl.col("row").is_in(content)
    rows = titled.select("row", "general", "plc", "named_algorithm", clause="title_text", word="title_text")
    return pl.concat(
        [
            _whole(rows.filter(certain), "title", NARROW, "title_builds"),
            _whole(rows.filter(~certain), "title", TECHNICAL, "part_duty"),
        ]
    )


def _algorithm_jobs(found: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Algorithm jobs with AI content."""
    titled = facts.filter(pl.col("algorithm") & ~pl.col("seller") & ~pl.col("other_algorithm")).select(
        "row", clause="title_text"
    )
    return _whole(titled.join(_content(found), on="row"), "title", NARROW, "algorithm_job")


def _main_duties(clauses: pl.DataFrame, facts: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """Postings most of whose duties build AI."""
    marks = rules.clause
    item = pl.col("item_text")
    subject = item.str.contains(rules.words["skill"]) | (
        item.str.contains(rules.words["field"]) & ~item.str.contains(marks["design_tools"])
    )
    object_ = item.str.contains(r"算法|模型|model")
    builds = (
        subject
        & item.str.contains(marks["build"])
        & (~item.str.contains(marks["product"]) | object_)
        & ~item.str.contains(marks["refused"])
    )
    duties = (
        clauses.filter(pl.col("dutiful") & ~pl.col("seller") & (item.str.len_chars() > SHORTEST_DUTY))
        .unique("item", keep="first", maintain_order=True)
        .with_columns(builds=builds)
    )
    shares = duties.group_by("row", maintain_order=True).agg(
        share=pl.col("builds").mean(),
        count=pl.col("builds").sum(),
        leading=pl.col("builds").first(),
        clause=pl.col("item_text").filter(pl.col("builds")).first(),
    )
    main = (pl.col("share") >= MAIN_SHARE) | (
        pl.col("leading") & (pl.col("share") >= LEADING_SHARE) & (pl.col("count") > 1)
    )
    rows = shares.filter(main & (pl.col("count") > 0)).with_columns(
        word=pl.concat_str(pl.col("count").cast(pl.String), pl.lit(" duties"))
    )
    return _whole(rows, "text", NARROW, "main_duty")
