"""How far a posting is about AI: broad, technical or narrow, each step with its words and its convention.

Every decision is a row of evidence (zone, word, tier, convention); a posting's tier is the innermost tier of
its evidence, so that the nesting holds by construction and the explanation is the decision itself.
Rows without any AI word never reach the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters

import polars as pl

from graphcli.loaders.definitions.tiers.clauses import folded
from graphcli.loaders.definitions.tiers.rules import TierRules
from graphcli.loaders.definitions.tiers.words import (
    EVIDENCE,
    NARROW,
    NONE,
    TECHNICAL,
    marked_items,
    of_class,
    tag_words,
    text_words,
    title_words,
)
from graphcli.workspace import tables
from graphcli.workspace.selection import TIERS

# Main duty: more than half of the duties build AI, or half and several, or the first and a third of all,
# or the first, where more than half are about it.
MAIN_SHARE = 0.5
LEADING_SHARE = 1 / 3
SHORTEST_DUTY = 5
# Letters of full width may hide any word.
FULL_WIDTH = [chr(ord(letter) + 0xFEE0) for letter in ascii_letters]


def tiers_of(frame: pl.DataFrame, rules: TierRules, *, spoken: pl.Series | None = None) -> pl.Series:
    """Return the tier of each posting.

    Parameters
    ----------
    frame
        Columns title, tags (list) and text.
    spoken
        Whether a posting holds any of ``rules.candidates``, where a search has found that already.
    """
    found = evidence(frame, rules, spoken=spoken).group_by("row").agg(pl.col("tier").max())
    rows = pl.DataFrame({"row": range(frame.height)}, schema={"row": pl.Int64})
    joined = rows.join(found, on="row", how="left", maintain_order="left")
    numbers = pl.col("tier").fill_null(NONE)
    return joined.select(
        tier=numbers.replace_strict(list(range(len(TIERS))), list(TIERS), return_dtype=pl.String)
    )["tier"]


def evidence(
    frame: pl.DataFrame, rules: TierRules, *, noted: bool = False, spoken: pl.Series | None = None
) -> pl.DataFrame:
    """Collect what speaks for a tier, word by word.

    Parameters
    ----------
    frame
        Columns title, tags (list) and text.
    noted
        Also list words that are evidence of nothing, for explanations.
    spoken
        As in ``tiers_of``.

    Returns
    -------
    polars.DataFrame
        Columns of ``EVIDENCE``; row is the position in the input, tier the number 0 (none) to 3 (narrow).
    """
    chosen = frame.with_row_index("row")
    if not noted:
        titled = pl.col("title").str.to_lowercase().str.contains(rules.roles["entitled"])
        # An ambiguous word is clear in the title of those who build.
        titled |= pl.col("title").str.contains_any(list(rules.ambiguous), ascii_case_insensitive=True)
        named = _naming(frame, rules) if spoken is None else spoken
        chosen = chosen.filter(pl.lit(named) | titled.fill_null(False))
    zones = _zones(chosen, rules)
    if not zones.height:
        return pl.DataFrame(schema=EVIDENCE)
    facts = _facts(zones, rules)
    items = marked_items(zones if noted else _spoken(zones, rules), rules)
    found = pl.concat(
        [
            title_words(zones, facts, rules, noted),
            tag_words(zones, facts, rules, noted),
            text_words(items, facts, rules, noted),
        ]
    )
    found = _settle_weak(_settle_robots(found, facts, rules), facts, rules)
    whole = [
        _named_titles(found, facts, rules),
        _algorithm_jobs(found, facts, zones, rules),
        _main_duties(items, facts, rules),
    ]
    return pl.concat([found, *whole]).select(list(EVIDENCE)).sort("row", "tier", maintain_order=True)


def _naming(frame: pl.DataFrame, rules: TierRules) -> pl.Series:
    """Whether a posting holds any AI word."""
    raw = pl.concat_str(
        pl.col("title").fill_null(""),
        pl.col("tags").list.join(" ", ignore_nulls=True).fill_null(""),
        pl.col("text").fill_null(""),
        separator=" ",
    )
    words = [*rules.candidates, *FULL_WIDTH]
    return frame.select(named=raw.str.contains_any(words, ascii_case_insensitive=True))["named"]


def _zones(postings: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """Postings, folded: row, title, tags (list), text."""
    return tables.selected(
        postings,
        pl.col("row").cast(pl.Int64),
        title=folded(pl.col("title")).str.replace_all(rules.blanked, " "),
        tags=pl.col("tags").fill_null([]).list.eval(folded(pl.element()).str.strip_chars()),
        text=folded(pl.col("text")),
    )


def _spoken(zones: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """Postings whose text may hold an AI word; cutting up the others would find none."""
    return zones.filter(pl.col("text").str.contains_any(list(rules.spoken)))


def _facts(zones: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """What the title says about the job, and whether automation or design tools stand in the posting."""
    tags = pl.col("tags").list.join(" , ")
    written = pl.concat_str("title", pl.lit(" "), tags, pl.lit(" "), "text")
    # A title that recurs is read once.
    titled = zones.join(
        _title_facts(zones.select("title").unique(), rules), on="title", how="left", maintain_order="left"
    )
    return titled.select(
        "row",
        *(column for column in titled.columns if column not in zones.columns),
        designer=pl.col("designing") | tags.str.contains(rules.clause["design_tools"]),
        plc=written.str.contains(rules.clause["plc"]),
        radar=written.str.contains(rules.clause["radar"]),
        title_text=pl.col("title"),
        card=pl.col("text") == "",
    )


def _title_facts(titles: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    title = pl.col("title")
    roles = rules.roles
    named = title.str.replace_all(roles["department"], " ").str.replace_all(roles["product"], " ")
    calculates = named.str.contains("算法|algorithm")
    assisting = pl.when(title.str.contains("助理", literal=True)).then(title)
    work = title.str.replace_all(roles["whom"], " ")
    built = pl.coalesce(assisting.str.replace_all(roles["assists"], "${1}${2}"), work)
    sells = built.str.contains(roles["seller"])
    supports = work.str.contains(roles["supporter"])
    return titles.with_columns(
        builder=title.str.contains(roles["builder"]) & ~sells & ~supports,
        seller=sells,
        supporter=supports & ~sells,
        fitter=supports & ~sells & work.str.contains(roles["fitter"]),
        applies=work.str.contains(roles["applies"]),
        several=title.str.contains(roles["several"]),
        circuits=title.str.contains(roles["circuits"]),
        general=title.str.contains(roles["general"]),
        named=named.str.contains(roles["named"]),
        named_algorithm=calculates & named.str.contains(roles["named_algorithm"] + "|" + roles["named"]),
        named_media=calculates & named.str.contains(roles["named_media"]),
        direct=named.str.contains(roles["direct"]),
        visual=named.str.contains(roles["named_algorithm"] + "|" + roles["named_media"]),
        other_algorithm=title.str.contains(roles["other_algorithm"]),
        located=title.str.contains(roles["located"]),
        algorithm=title.str.contains(roles["algorithm"]),
        modeller=title.str.contains(roles["modeller"]),
        designing=title.str.contains(roles["design"]),
    )


def _settle_robots(found: pl.DataFrame, facts: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """Robots beside a PLC are automation, but for those that leave the production line."""
    plc = facts.filter("plc")["row"].to_list()
    walking = pl.col("word").str.contains(rules.clause["walking"])
    automation = of_class("robot") & pl.col("row").is_in(plc) & ~walking
    return found.with_columns(
        tier=pl.when(automation).then(NONE).otherwise("tier"),
        convention=pl.when(automation).then(pl.lit("robot_plc")).otherwise("convention"),
    )


def _settle_weak(found: pl.DataFrame, facts: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """An ambiguous word counts only where the posting speaks of AI elsewhere."""
    radar = facts.filter("radar")["row"].to_list()
    echo = pl.col("row").is_in(radar) & pl.col("word").str.contains(rules.clause["echo"])
    weak = of_class("weak") | echo
    told = of_class("field") & pl.col("convention").is_in(["plus_only", "company_blurb", "study_field"])
    clear = of_class("skill", "recommend", "field") & ~echo & ~told
    strong = (clear & (pl.col("tier") > NONE)).any().over("row")
    strong |= pl.col("row").is_in(_of_language_models(found, rules))
    builds = (pl.col("builder") | pl.col("visual")) & ~pl.col("supporter") & ~pl.col("circuits")
    naming = facts.filter(builds | pl.col("applies"))["row"].to_list()
    entitled = (pl.col("zone") == "title") & pl.col("row").is_in(naming)
    alone = weak & ~strong & ~entitled
    return found.with_columns(tier=pl.when(alone).then(NONE).otherwise("tier"))


def _of_language_models(found: pl.DataFrame, rules: TierRules) -> list[int]:
    """Postings whose ambiguous words are clear together."""
    asked = found.filter(of_class("weak"), pl.col("tier") > NONE).select("row", "word").unique()
    of_models = asked.filter(pl.col("word").str.contains(rules.clause["assisting"]))
    clear = pl.col("word").str.contains(rules.clause["assistant"]).any()
    return of_models.group_by("row").agg(clear=clear & (pl.len() > 1)).filter("clear")["row"].to_list()


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


def _content(found: pl.DataFrame, classes: Sequence[str] = ("skill", "recommend", "weak")) -> pl.DataFrame:
    """Postings with a technical AI skill outside the title, one word of each."""
    return (
        found.filter((pl.col("tier") >= TECHNICAL) & (pl.col("zone") != "title") & of_class(*classes))
        .unique("row", keep="first", maintain_order=True)
        .select("row", "word")
    )


def _named_titles(found: pl.DataFrame, facts: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """Titles that name the AI they build."""
    content = pl.col("row").is_in(_content(found)["row"].to_list())
    # A recommendation engine alone is asked of those who build services around it too.
    learned = pl.col("row").is_in(_content(found, ("skill", "weak"))["row"].to_list())
    calculating = (pl.col("named_algorithm") | pl.col("named_media")) & ~pl.col("seller")
    builds = pl.col("named") & (
        pl.col("builder") | (~pl.col("seller") & ~pl.col("supporter") & content & ~pl.col("general"))
    )
    titled = facts.filter(builds | calculating | (pl.col("visual") & pl.col("builder") & learned))
    # A bare card says no more of a developer than its title and tags.
    card = pl.col("card") & pl.col("row").is_in(_tagged(found))
    plain = (~pl.col("general") | card) & (content | ~pl.col("plc"))
    title = pl.col("title_text")
    around = pl.col("several") | title.str.contains(rules.roles["tester"])
    certain = ~around & (
        pl.col("named_algorithm")
        | (pl.col("named_media") & (~pl.col("other_algorithm") | content))
        | (pl.col("named") & (plain | pl.col("direct")))
        | (pl.col("visual") & pl.col("builder") & learned & plain)
    )
    partly = (pl.col("named") | (around & calculating)) & (~pl.col("several") | content)
    rows = titled.select("row", certain=certain, partly=partly, word="title_text", clause="title_text")
    return pl.concat(
        [
            _whole(rows.filter("certain"), "title", NARROW, "title_builds"),
            _whole(rows.filter(~pl.col("certain"), "partly"), "title", TECHNICAL, "part_duty"),
        ]
    )


def _algorithm_jobs(
    found: pl.DataFrame, facts: pl.DataFrame, zones: pl.DataFrame, rules: TierRules
) -> pl.DataFrame:
    """Algorithm jobs with AI content; of other algorithms where tags name it twice, or tags and text once.

    An algorithm that drives a car is AI; in the title several jobs may stand beside one another. Tags are
    chosen from a list: where the text is about another algorithm and speaks of no AI, they are no job.
    """
    tagged = [*_tagged(found), *_twice(found)]
    title, roles = pl.col("title_text"), rules.roles
    calculates = title.str.contains("算法|algorithm")
    around = pl.col("several") | title.str.contains(roles["tester"])
    named = facts.filter("algorithm", ~pl.col("seller"), ~around)
    echo = pl.col("row").is_in(facts.filter("radar")["row"].to_list())
    echo &= pl.col("word").str.contains(rules.clause["echo"])
    told = found.filter((pl.col("zone") == "text") & (pl.col("tier") > NONE) & ~of_class("robot") & ~echo)[
        "row"
    ].to_list()
    maps = pl.col("located") & pl.col("row").is_in(_mapping(found, rules))
    titled = named.filter(~pl.col("other_algorithm") | pl.col("row").is_in(tagged) | maps)
    quiet = zones.filter(pl.col("row").is_in(titled["row"].to_list()) & ~pl.col("row").is_in(told))
    elsewhere = quiet.filter(pl.col("text").str.contains(rules.clause["other_field"]))["row"].to_list()
    titled = titled.filter(~pl.col("row").is_in(elsewhere))
    asked = ["ai_element", "part_duty"]
    steering = found.filter(
        (pl.col("zone") != "title")
        & pl.col("word").str.contains(rules.clause["driving"])
        & pl.col("convention").is_in(asked)
    ).unique("row", keep="first", maintain_order=True)
    drivers = named.filter(calculates, ~pl.col("other_algorithm") | title.str.contains(roles["drives"]))
    jobs = [
        titled.join(_content(found), on="row"),
        titled.filter(~pl.col("other_algorithm")).join(_made(found), on="row"),
        drivers.join(steering.select("row", "word"), on="row"),
    ]
    once = pl.concat([job.select("row", "word", clause="title_text") for job in jobs])
    return _whole(once.unique("row", keep="first", maintain_order=True), "title", NARROW, "algorithm_job")


def _mapping(found: pl.DataFrame, rules: TierRules) -> list[int]:
    """Postings that ask for a map or a place found with cameras or lidars: SLAM by whatever name."""
    asked = found.filter((pl.col("zone") != "title") & (pl.col("tier") >= TECHNICAL))
    return asked.filter(pl.col("word").str.contains(rules.clause["mapping"]))["row"].to_list()


def _made(found: pl.DataFrame) -> pl.DataFrame:
    """Postings whose tags name an AI product, one word of each: who calculates for it makes it."""
    asked = found.filter(of_class("skill"), pl.col("zone") == "tags", pl.col("convention") == "ai_product")
    return asked.unique("row", keep="first", maintain_order=True).select("row", "word")


def _tagged(found: pl.DataFrame) -> list[int]:
    """Postings whose tags name two technical AI skills."""
    asked = found.filter(of_class("skill") & (pl.col("zone") == "tags") & (pl.col("tier") >= TECHNICAL))
    return asked.group_by("row").agg(pl.col("word").n_unique()).filter(pl.col("word") > 1)["row"].to_list()


def _twice(found: pl.DataFrame) -> list[int]:
    """Postings whose tags and whose text both ask for a technical AI skill."""
    asked = found.filter(of_class("skill") & (pl.col("tier") >= TECHNICAL) & (pl.col("zone") != "title"))
    return asked.group_by("row").agg(pl.col("zone").n_unique()).filter(pl.col("zone") > 1)["row"].to_list()


def _main_duties(items: pl.DataFrame, facts: pl.DataFrame, rules: TierRules) -> pl.DataFrame:
    """Postings most of whose duties build AI."""
    long_enough = pl.col("item_text").str.len_chars() > SHORTEST_DUTY
    # Where no duty may speak of AI, none builds it.
    rows = items.filter("dutiful", "spoken", long_enough).select("row").unique()
    beside = pl.col("general") | pl.col("supporter")
    titles = ["algorithm", "other_algorithm", "modeller", "named", "supporter", "radar"]
    known = facts.filter(~pl.col("seller")).select("row", *titles, beside=beside)
    known = known.join(rows, on="row", how="semi")
    dutiful = items.filter("dutiful", long_enough).join(known, on="row", maintain_order="left")
    named = dutiful.filter("spoken").with_columns(concerns=pl.col("item_text").str.contains(rules.skill_word))
    spoken = tables.extended(named, builds=_builds(rules))
    silent = dutiful.filter(~pl.col("spoken")).with_columns(concerns=pl.lit(False), builds=pl.lit(False))
    duties = pl.concat([spoken, silent]).sort("item")
    shares = duties.group_by("row", maintain_order=True).agg(
        pl.col("algorithm", "other_algorithm", "modeller", "named", "supporter", "beside").first(),
        of=pl.len(),
        share=pl.col("builds").mean(),
        count=pl.col("builds").sum(),
        about=(pl.col("builds") | pl.col("concerns")).mean(),
        leading=pl.col("builds").first(),
        clause=pl.col("item_text").filter(pl.col("builds")).first(),
        learns=pl.col("concerns").filter(pl.col("builds")).first(),
    )
    # A job is named after its first duty, so where the title names it that duty alone is enough.
    learns = pl.col("learns")
    titled = (
        (pl.col("algorithm") & (~pl.col("other_algorithm") | learns))
        | (pl.col("modeller") & ~pl.col("supporter") & learns)
        | (pl.col("named") & ~pl.col("supporter") & pl.col("clause").str.contains(rules.clause["models"]))
    )
    main = (
        (pl.col("share") > MAIN_SHARE)
        | ((pl.col("share") >= MAIN_SHARE) & (pl.col("count") > 1))
        | (
            pl.col("leading")
            & (
                ((pl.col("share") >= LEADING_SHARE) & (pl.col("count") > 1))
                | (pl.col("about") > MAIN_SHARE)
                | titled
            )
        )
    )
    # The one duty of a general developer is a sentence about a product more often than the AI itself.
    vague = pl.col("beside") & (pl.col("of") == 1) & ~pl.col("clause").str.contains(rules.clause["models"])
    rows = shares.filter(main & (pl.col("count") > 0) & ~vague).with_columns(
        word=pl.concat_str(pl.col("count").cast(pl.String), pl.lit(" duties"))
    )
    return _whole(rows, "text", NARROW, "main_duty")


def _builds(rules: TierRules) -> pl.Expr:
    """Whether a duty is to build AI."""
    marks = rules.clause
    item = (
        pl.col("item_text").str.replace_all(rules.roles["product"], " ").str.replace_all(marks["others"], " ")
    )
    # A posting of one sentence asks for skills in the same breath; they are no duty.
    item = pl.when(pl.col("section").is_null()).then(item.str.replace(marks["asked"], "")).otherwise(item)
    item = pl.when(pl.col("radar")).then(item.str.replace_all(marks["echo"], " ")).otherwise(item)
    # The pattern holds every skill, so it is tried again only on a duty from which something was taken.
    changed = pl.when(pl.col("concerns") & (item != pl.col("item_text"))).then(item)
    skilled = pl.coalesce(changed.str.contains(rules.skill_word), pl.col("concerns"))
    built = item.str.contains(marks["built"]) & ~item.str.contains(marks["domain"])
    # Who stands around the models speaks of them while he sells or teaches.
    thing = item.str.contains(marks["workflow"]) | (item.str.contains(marks["thing"]) & ~pl.col("supporter"))
    return (
        (skilled | built)
        & item.str.contains(f"{marks['build']}|{marks['raises']}")
        & (~item.str.contains(marks["product"]) | thing)
        & ~item.str.contains(marks["refused"])
    )
