"""Annotating postings: which skills they ask for, how far they are about AI, which presets they satisfy.

Both batch loading and re-reading after a definition changed call the same ``TextMatcher.annotate``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from graphcli.loaders.definitions.presets import Preset, load_presets
from graphcli.loaders.definitions.repeats import Repeats
from graphcli.loaders.definitions.skills import hits as finding
from graphcli.loaders.definitions.skills.contexts import load_contexts
from graphcli.loaders.definitions.skills.matching import CHUNK_ROWS, SkillMatcher
from graphcli.loaders.definitions.skills.taxonomy import load_taxonomy
from graphcli.loaders.definitions.tiers.clauses import folded
from graphcli.loaders.definitions.tiers.judging import tiers_of
from graphcli.loaders.definitions.tiers.rules import TierRules, load_rules
from graphcli.workspace.identity import hash_lines


class TextMatcher:
    """Annotate postings with skills, tier and presets."""

    def __init__(self, skills: SkillMatcher, rules: TierRules, presets: Sequence[Preset]) -> None:
        self._skills = skills
        self._rules = rules
        self._presets = [item for item in presets if item.kind in {"skills", "titles"}]
        self.fingerprint = hash_lines(
            [skills.fingerprint, rules.fingerprint, *(item.fingerprint for item in self._presets)]
        )
        self._repeats = Repeats(self._annotate_chunk)

    def annotate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Annotate postings.

        Parameters
        ----------
        frame
            Columns title, tags (list of text), text and employer_raw; nulls count as empty. The employer's
            name is evidence of nothing.

        Returns
        -------
        polars.DataFrame
            Columns skills (sorted ids), tier (none, broad, technical, narrow) and presets (sorted names of
            the fixed presets that the posting satisfies), in the order of the input.
        """
        chunks = [self._repeats.answers(chunk) for chunk in frame.iter_slices(CHUNK_ROWS)]
        return pl.concat(chunks or [self._annotate_chunk(frame)])

    def _annotate_chunk(self, frame: pl.DataFrame) -> pl.DataFrame:
        pairs, spoken = self._skills.match(finding.lay_out(frame))
        names = pl.Series(self._skills.ids, dtype=pl.String)
        lists = (
            pairs.with_columns(skills=names.gather(pairs["skill"]))
            .group_by("row", maintain_order=True)
            .agg("skills")
        )
        rows = pl.DataFrame({"row": np.arange(frame.height, dtype=np.int64)})
        skills = rows.join(lists, on="row", how="left", maintain_order="left")["skills"]
        return pl.DataFrame(
            {
                "skills": skills.fill_null([]),
                "tier": tiers_of(frame, self._rules, spoken=pl.Series(spoken)),
                "presets": self._satisfied(frame, pairs),
            }
        )

    def _satisfied(self, frame: pl.DataFrame, pairs: pl.DataFrame) -> pl.Series:
        titled = self._titled(frame)
        rows, skills = pairs["row"].to_numpy(), pairs["skill"].to_numpy()
        columns = []
        for preset in self._presets:
            if preset.kind == "titles":
                holds = titled[preset.name]
            else:
                wanted = np.zeros(len(self._skills.ids), dtype=bool)
                wanted[[self._skills.number[skill] for skill in preset.skills]] = True
                counts = np.bincount(rows[wanted[skills]], minlength=frame.height)
                holds = pl.Series(counts >= preset.at_least)
            columns.append(holds.alias(preset.name))
        if not columns:
            return pl.Series("presets", [[]] * frame.height, dtype=pl.List(pl.String))
        named = [pl.when(pl.col(column.name)).then(pl.lit(column.name)).otherwise(None) for column in columns]
        return pl.DataFrame(columns).select(presets=pl.concat_list(named).list.drop_nulls())["presets"]

    def _titled(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Which presets of titles each posting satisfies, a column each; a title that recurs is read once."""
        titles = frame.select(folded(pl.col("title")))
        patterns = {item.name: item.titles for item in self._presets if item.kind == "titles"}
        distinct = titles.unique().with_columns(
            pl.col("title").str.contains(pattern).alias(name) for name, pattern in patterns.items()
        )
        return titles.join(distinct, on="title", how="left", maintain_order="left").drop("title")


def load_matcher(reference_folder: Path | None = None) -> TextMatcher:
    """Read all definitions (ours, with the user's merged over them) and make the matcher.

    Raises
    ------
    DataContractError
        A definition file breaks its schema.
    """
    taxonomy = load_taxonomy(reference_folder)
    presets = load_presets(reference_folder, skills=taxonomy.table)
    rules = load_rules(reference_folder)
    skills = SkillMatcher(taxonomy, load_contexts(), noticed=rules.candidates)
    return TextMatcher(skills, rules, list(presets.values()))
