"""Weak hints from posting texts: employers whose own words say that they do defense or surveillance work.

A hint is kept apart from claims. No list says it, nobody checked it, and advertisements boast; so it is
worked out when it is asked for, counts in no figure and goes to no store. What a sentence asks of the
applicant is no evidence, and neither is what agencies write, who speak of others.
"""

from __future__ import annotations

import polars as pl

from graphcli.loaders.definitions.tiers.clauses import folded, split_items
from graphcli.loaders.resolve.claims.text_hint_rules import PHRASE_MARK, HintRules, alternation
from graphcli.workspace import tables
from graphcli.workspace.folder import WorkspaceFolder

DUTY = "duty"
BASIS = "posting text"
SPEAKING_KINDS = ("employer",)
LONGEST_QUOTE = 90
_OPEN, _CLOSE, _BLANK = "\x12", "\x13", "\x14"
SENTENCES: tables.Schema = {
    "text": pl.String,
    "sentence": pl.String,
    "kind": pl.String,
    "phrase": pl.String,
    "states": pl.String,
}
ROWS: tables.Schema = {
    "employer_id": pl.String,
    "source_id": pl.String,
    "row": pl.Int64,
    "posting_id": pl.String,
    "posted_on": pl.Date,
    **SENTENCES,
    "quote": pl.String,
}
HINTS: tables.Schema = {
    "employer_id": pl.String,
    "kind": pl.String,
    "states": pl.String,
    "phrases": pl.String,
    "score": pl.Float64,
    "postings": pl.Int64,
    "with_text": pl.Int64,
    "all_postings": pl.Int64,
    "first_posted": pl.Date,
    "last_posted": pl.Date,
    "quote": pl.String,
}


def hinting_sentences(texts: pl.Series, rules: HintRules) -> pl.DataFrame:
    """Find what texts say of their employers; the work is done once for each distinct text.

    Returns
    -------
    polars.DataFrame
        One row for each text, sentence, kind and phrase that is evidence: the columns SENTENCES, sorted.
        Sentences are as they were written.
    """
    glance = sorted(set(rules.phrases["phrase"]))
    if not glance:
        return tables.empty(SENTENCES)
    distinct = texts.drop_nulls().unique().sort().alias("written").to_frame()
    spoken = pl.col("written").str.contains_any(glance, ascii_case_insensitive=True)
    known = distinct.filter(spoken).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    known = known.with_columns(text=folded(pl.col("written")))
    known = known.filter(~pl.col("text").str.contains(rules.refused["posting"]))
    items = split_items(known.select("row", "text"), rules.sections)
    items = items.filter(pl.col("item_text").str.contains_any(glance))
    found = _stated(_phrases(_clauses(items), rules), rules)
    placed = found.join(known, on="row").with_columns(sentence=_as_written())
    return (
        placed.select("sentence", "kind", "phrase", "states", text="written")
        .select(list(SENTENCES))
        .unique()
        .sort(list(SENTENCES))
    )


def hint_rows(
    folder: WorkspaceFolder,
    employers: pl.DataFrame,
    employer_names: pl.DataFrame,
    rules: HintRules,
    employer_id: str | None = None,
) -> pl.DataFrame:
    """List the rows of postings that hint at something about their employer: the columns ROWS, sorted."""
    rows = _own_rows(folder, employers, employer_names, rules, employer_id)
    texts = folder.scan_all("texts", tables.TEXTS).select("source_id", "row", "text")
    glance = sorted(set(rules.phrases["phrase"]))
    spoken = pl.col("text").str.contains_any(glance, ascii_case_insensitive=True).fill_null(False)
    speaking = texts.filter(spoken).join(rows, on=["source_id", "row"]).collect()
    found = speaking.join(hinting_sentences(speaking["text"], rules), on="text")
    return tables.conform(found.with_columns(quote=_excerpt()), ROWS).sort(list(ROWS))


def hints(
    folder: WorkspaceFolder,
    employers: pl.DataFrame,
    employer_names: pl.DataFrame,
    rules: HintRules,
    employer_id: str | None = None,
) -> pl.DataFrame:
    """Sum up the hints about employers, or about one of them.

    The score is that of the strongest statement and a little more for each further phrase, always below .5.

    Returns
    -------
    polars.DataFrame
        The columns HINTS, one row for each employer and kind, the surest first. ``postings`` say it, out of
        ``with_text`` that have a text, out of ``all_postings``; repeats of a posting count once.
    """
    rows = hint_rows(folder, employers, employer_names, rules, employer_id)
    if rows.is_empty():
        return tables.empty(HINTS)
    order = {name: number for number, name in enumerate(rules.scores)}
    ranked = rows.with_columns(
        rank=pl.col("states").replace_strict(order, return_dtype=pl.Int64),
        score=pl.col("states").replace_strict(rules.scores, return_dtype=pl.Float64),
    )
    strongest = pl.col("quote").sort_by("rank", "sentence", "phrase", "source_id", "row").first()
    phrases = pl.col("phrase").unique()
    summed = ranked.group_by("employer_id", "kind").agg(
        states=pl.col("states").sort_by("rank").unique(maintain_order=True).str.join("; "),
        phrases=phrases.sort().str.join("; "),
        score=(pl.col("score").max() + rules.further * (phrases.len() - 1)).clip(0, rules.highest).round(2),
        postings=pl.col("posting_id").n_unique().cast(pl.Int64),
        first_posted=pl.col("posted_on").min(),
        last_posted=pl.col("posted_on").max(),
        quote=strongest,
    )
    own = _own_rows(folder, employers, employer_names, rules, employer_id)
    totals = _totals(folder, own, rows["employer_id"].unique())
    counted = summed.join(totals, on="employer_id", how="left")
    order_by = ["score", "postings", "employer_id", "kind"]
    return tables.conform(counted.sort(order_by, descending=[True, True, False, False]), HINTS)


def _excerpt() -> pl.Expr:
    """The sentence, cut to what fits a line around the phrase."""
    sentence = pl.col("sentence")
    length = sentence.str.len_chars().cast(pl.Int64)
    before = sentence.str.to_lowercase().str.split(pl.col("phrase")).list.first().str.len_chars()
    # A sentence whose folding changed more than case may not hold the phrase letter by letter.
    place = pl.when(before < length).then(before.cast(pl.Int64)).otherwise(0)
    start = pl.max_horizontal(pl.min_horizontal(place - LONGEST_QUOTE // 2, length - LONGEST_QUOTE), 0)
    head = pl.when(start > 0).then(pl.lit("…")).otherwise(pl.lit(""))
    tail = pl.when(start + LONGEST_QUOTE < length).then(pl.lit("…")).otherwise(pl.lit(""))
    return pl.concat_str(head, sentence.str.slice(start, LONGEST_QUOTE), tail)


def _own_rows(
    folder: WorkspaceFolder,
    employers: pl.DataFrame,
    employer_names: pl.DataFrame,
    rules: HintRules,
    employer_id: str | None = None,
) -> pl.LazyFrame:
    """Rows of employers that speak for themselves."""
    speaking = pl.col("kind").is_in(SPEAKING_KINDS)
    speaking = speaking & ~pl.col("name").str.contains(rules.refused["employer"])
    if employer_id is not None:
        speaking = speaking & (pl.col("employer_id") == employer_id)
    known = employers.filter(speaking).select("employer_id")
    names = employer_names.join(known, on="employer_id", how="semi")
    postings = folder.scan_all("postings", tables.POSTINGS).select(
        "source_id", "row", "posting_id", "posted_on", employer_raw=pl.col("employer_raw").str.strip_chars()
    )
    return postings.join(names.select("employer_raw", "employer_id").lazy(), on="employer_raw")


def _totals(folder: WorkspaceFolder, own: pl.LazyFrame, speaking: pl.Series) -> pl.DataFrame:
    texts = folder.scan_all("texts", tables.TEXTS)
    told = texts.filter(pl.col("text").fill_null("") != "").select("source_id", "row", told=pl.lit(True))
    return (
        own.filter(pl.col("employer_id").is_in(speaking.implode()))
        .join(told, on=["source_id", "row"], how="left")
        .group_by("employer_id")
        .agg(
            all_postings=pl.col("posting_id").n_unique(),
            with_text=pl.col("posting_id").filter(pl.col("told").fill_null(False)).n_unique(),
        )
        .collect()
    )


def _clauses(items: pl.DataFrame) -> pl.DataFrame:
    """Cut items at commas: each clause, and the sentence up to its end."""
    parts = items.with_columns(parts=pl.col("item_text").str.split(","))
    numbered = parts.with_columns(part=pl.int_ranges(pl.col("parts").list.len())).explode("part")
    return numbered.with_columns(
        clause=pl.col("parts").list.get(pl.col("part")),
        sentence=pl.col("parts").list.head(pl.col("part") + 1).list.join(","),
    ).drop("parts")


def _phrases(clauses: pl.DataFrame, rules: HintRules) -> pl.DataFrame:
    """One row for each clause, phrase in it and what that may say, with the phrases put into brackets."""
    pattern = alternation(rules.phrases["phrase"].to_list())
    texts = [pl.col("clause"), pl.col("sentence"), pl.col("item_text").alias("whole")]
    if rules.nothing:
        texts = [text.str.replace_all(alternation(rules.nothing), _BLANK) for text in texts]
    *within, whole = texts
    bracketed = [text.str.replace_all(f"({pattern})", f"{_OPEN}${{1}}{_CLOSE}") for text in within]
    found = clauses.with_columns(*bracketed, whole).with_columns(
        phrase=pl.col("clause").str.extract_all(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}").list.unique()
    )
    single = found.explode("phrase").drop_nulls("phrase")
    bare = single.with_columns(pl.col("phrase").str.strip_chars(_OPEN + _CLOSE))
    return bare.join(rules.phrases.select("phrase", "kind", "says"), on="phrase")


def _stated(found: pl.DataFrame, rules: HintRules) -> pl.DataFrame:
    """Keep what states something of the employer, with what it states."""
    marked = found.with_columns(
        clause=_marked("clause", rules), sentence=_marked("sentence", rules)
    ).with_columns(own=pl.col("item_text").str.contains(rules.own))
    headless = pl.col("section").is_null() & pl.col("item_text").str.contains(rules.dutiful)
    dutiful = ((pl.col("section") == DUTY).fill_null(False) | headless) & ~pl.col("own")
    asked = pl.col("section").is_in(rules.asked_sections).fill_null(False) & ~pl.col("own")
    job = pl.col("says").is_in(rules.duty_says) & pl.col("clause").str.contains(rules.duty)
    states = pl.when(dutiful).then(pl.when(job).then(pl.lit(DUTY))).otherwise(_framed(rules))
    kept = marked.filter(~asked & ~_refused(rules)).with_columns(states=states)
    return kept.drop_nulls("states").select("row", "item_text", "kind", "phrase", "states")


def _marked(column: str, rules: HintRules) -> pl.Expr:
    """Put the mark of frames in place of the phrases that may say the same, and take other brackets off."""
    marked: pl.Expr = pl.col(column)
    for (says,), rows in rules.phrases.sort("says").group_by("says", maintain_order=True):
        pattern = f"{_OPEN}(?:{alternation(rows['phrase'].to_list())}){_CLOSE}"
        put = pl.col(column).str.replace_all(pattern, PHRASE_MARK)
        marked = pl.when(pl.col("says") == says).then(put).otherwise(marked)
    return marked.str.replace_all(f"[{_OPEN}{_CLOSE}]", "")


def _framed(rules: HintRules) -> pl.Expr:
    """What the first frame that fits states; null where none does."""
    options = []
    for frame in rules.frames:
        text = pl.col("sentence" if frame.whole_sentence else "clause")
        fits = (pl.col("says") == frame.says) & text.str.contains(frame.pattern)
        if frame.states == "supplier":
            fits = fits & ~pl.col("clause").str.contains(rules.refused["possible"])
        options.append(pl.when(fits).then(pl.lit(frame.states)))
    return pl.coalesce(options)


def _refused(rules: HintRules) -> pl.Expr:
    clause = pl.col("clause")
    personal = clause.str.contains(rules.refused["clause"]) & ~clause.str.contains(rules.own_experience)
    partners = pl.col("says").is_in(["member", "customer"]) & clause.str.contains(rules.refused["partner"])
    applicant = ~pl.col("own") & pl.col("item_text").str.contains(rules.refused["applicant"])
    elsewhere = pl.col("whole").str.contains(rules.refused["sentence"])
    negated = clause.str.contains(rules.refused["negated"])
    return pl.any_horizontal(elsewhere, applicant, personal, partners, negated).fill_null(False)


def _as_written() -> pl.Expr:
    """The sentence as it was written: folding keeps the length of nearly every text."""
    start = pl.col("text").str.split(pl.col("item_text")).list.first().str.len_chars()
    same = pl.col("text").str.len_chars() == pl.col("written").str.len_chars()
    written = pl.col("written").str.slice(start, pl.col("item_text").str.len_chars())
    return pl.when(same).then(written).otherwise(pl.col("item_text"))
