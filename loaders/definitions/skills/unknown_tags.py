"""Which tags of the postings no skill matches, the most frequent first: what a taxonomy still lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl

from graphcli.loaders.definitions.skills.contexts import load_contexts
from graphcli.loaders.definitions.skills.hits import lay_out
from graphcli.loaders.definitions.skills.matching import CHUNK_ROWS, SkillMatcher
from graphcli.loaders.definitions.skills.taxonomy import load_taxonomy
from graphcli.loaders.definitions.tiers.clauses import folded
from graphcli.loaders.definitions.tiers.rules import load_rules
from graphcli.workspace import tables
from graphcli.workspace.errors import UsageError
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.result import Result

NOTHING_LOADED = "nothing is loaded here; run graphcli load FILE… or graphcli demo first"
COLUMNS = ("tag", "postings", "share", "spellings", "tier_word", "example", "ref")


def unknown_tags(
    folder: WorkspaceFolder, *, minimum: int = 1, say: Callable[[str], None] = lambda message: None
) -> Result:
    """List the tags that no skill matches.

    Spellings that differ in width and case alone are one tag. A tag that counts as a skill only beside other
    skills (such as ``R``) is known.

    Parameters
    ----------
    minimum
        Only tags of at least so many postings.

    Returns
    -------
    Result
        Rows ``tag`` (its most frequent spelling), ``postings`` (distinct ones), ``share`` (of all postings
        with tags), ``spellings``, ``tier_word`` (class of the tier word that it is, where it is one),
        ``example`` (a title) and ``ref``; the most frequent first.

    Raises
    ------
    UsageError
        Nothing is loaded.
    """
    if not folder.table_names("postings/"):
        raise UsageError(NOTHING_LOADED)
    tagged = _tagged(folder)
    total = tagged["posting_id"].n_unique()
    counted = _counted(tagged)
    say(f"comparing {counted.height:,} distinct tags with the skills")
    known = _known(counted["key"], folder.reference_folder)
    words = load_rules(folder.reference_folder).classes
    frame = (
        counted.filter(~known & (pl.col("postings") >= minimum))
        .with_columns(
            share=pl.col("postings") / total,
            tier_word=pl.col("key").replace_strict(words, default=None, return_dtype=pl.String),
            ref=pl.lit("posting:") + pl.col("posting_id"),
        )
        .sort("postings", "key", descending=[True, False])
        .select(COLUMNS)
    )
    matched = int(known.sum())
    notes = (
        f"{counted.height:,} distinct tags of {total:,} postings: skills match {matched:,}, "
        f"{counted.height - matched:,} are unknown",
        "add one as a skill in reference/skills/*.yaml; graphcli definitions check validates the file",
    )
    return Result("definitions unknown-tags", frame, {"minimum": minimum}, notes)


def _tagged(folder: WorkspaceFolder) -> pl.DataFrame:
    """One row for each tag of each posting: posting_id, title, tag, key (folded)."""
    titles = folder.scan_all("postings", tables.POSTINGS).select("source_id", "row", "posting_id", "title")
    tags = folder.scan_all("texts", tables.TEXTS).select("source_id", "row", tag="tags")
    rows = tags.explode("tag").drop_nulls("tag").join(titles, on=["source_id", "row"])
    exploded = rows.select("posting_id", "title", "tag").collect()
    keys = exploded.select("tag").unique().with_columns(key=folded(pl.col("tag")).str.strip_chars())
    return exploded.join(keys.filter(pl.col("key") != ""), on="tag")


def _counted(tagged: pl.DataFrame) -> pl.DataFrame:
    spelled = (
        tagged.group_by("key", "tag")
        .agg(count=pl.col("posting_id").n_unique())
        .sort("count", "tag", descending=[True, False])
        .group_by("key", maintain_order=True)
        .agg(pl.col("tag").first(), spellings=pl.len())
    )
    first = tagged.sort("posting_id", "title").group_by("key", maintain_order=True)
    counts = first.agg(
        pl.col("posting_id").n_unique().cast(pl.Int64).alias("postings"),
        pl.col("posting_id").first(),
        example=pl.col("title").first(),
    )
    return counts.join(spelled, on="key").sort("key")


def _known(keys: pl.Series, reference_folder: Path) -> pl.Series:
    """Whether any skill matches a tag that stands alone."""
    # What a spelling needs beside it cannot be asked of a tag alone.
    taxonomy = replace(load_taxonomy(reference_folder), conditions=())
    matcher = SkillMatcher(taxonomy, load_contexts())
    known = []
    for part in keys.to_frame("key").iter_slices(CHUNK_ROWS):
        frame = part.select(title=pl.lit(""), tags=pl.concat_list("key"), text=pl.lit(""))
        found, _ = matcher.match(lay_out(frame))
        rows = pl.Series(range(part.height), dtype=pl.Int64)
        known.append(rows.is_in(found["row"].unique().implode()))
    return pl.concat(known) if known else pl.Series([], dtype=pl.Boolean)
