"""Annotating postings: which skills they ask for, how far they are about AI, which presets they satisfy.

Both batch loading and re-reading after a definition changed call the same ``TextMatcher.annotate``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from graphcli.loaders.definitions import hits as finding
from graphcli.loaders.definitions.clauses import folded
from graphcli.loaders.definitions.contexts import Contexts, load_contexts
from graphcli.loaders.definitions.presets import Preset, load_presets
from graphcli.loaders.definitions.skills import Kind, Taxonomy, load_taxonomy
from graphcli.loaders.definitions.tier_rules import TierRules, load_rules
from graphcli.loaders.definitions.tiers import tiers_of
from graphcli.workspace.identity import hash_lines

# Rows matched at once: bounds memory at some tens of megabytes for long descriptions.
CHUNK_ROWS = 20_000


class SkillMatcher:
    """Find the skills of a taxonomy in postings."""

    def __init__(self, taxonomy: Taxonomy, contexts: Contexts) -> None:
        self._ids = taxonomy.table["id"].to_list()
        self.number = {identifier: index for index, identifier in enumerate(self._ids)}
        self.fingerprint = hash_lines([taxonomy.fingerprint, contexts.fingerprint])
        self._contexts = contexts
        spellings = taxonomy.spellings
        words = {item.text for item in spellings} | set(contexts.words)
        self._patterns = sorted(words)
        number = {text: index for index, text in enumerate(self._patterns)}
        self._entries = {
            kind: _Entries.build(
                [
                    (number[item.text], self.number[item.skill])
                    for item in spellings
                    if item.kind == kind.value
                ],
                len(self._patterns),
            )
            for kind in Kind
        }
        self._single = np.array([len(text) < 2 for text in self._patterns], dtype=bool)
        self._context_numbers = {
            role: np.array([number[word] for word in words_of], dtype=np.int64)
            for role, words_of in contexts.roles.items()
        }

    def match(self, document: finding.Document) -> pl.DataFrame:
        """Return one row per posting and skill: row, skill (number in the sorted ids), both ascending."""
        found = finding.find(document, self._long_patterns)
        found = finding.Hits(found.start, found.end, self._long_numbers[found.pattern])
        boundaries = finding.Boundaries(document, self._patterns)
        whole = boundaries.whole_words(found)
        words = found.take(whole)
        kept = [
            self._owned(words, Kind.WORD),
            self._owned(words.take(boundaries.listed(words)), Kind.LISTED),
        ]
        hits = finding.Hits(
            *(
                np.concatenate([getattr(part, name) for part, _ in kept])
                for name in ("start", "end", "pattern")
            )
        )
        owner = np.concatenate([part for _, part in kept])
        masks, mask_owner = self._owned(found, Kind.MASK)
        hidden = finding.covered(hits, owner, masks, mask_owner, len(document.buffer))
        hits, owner = hits.take(~hidden), owner[~hidden]
        refused = self._contexts.refused(document, hits, found, self._context_numbers)
        rows, owner = document.rows_of(hits.start[~refused]), owner[~refused]
        tag_rows, tag_owner = self._tag_hits(document, found, boundaries)
        keys = np.unique(
            np.concatenate([rows, tag_rows]) * len(self._ids) + np.concatenate([owner, tag_owner])
        )
        return pl.DataFrame({"row": keys // len(self._ids), "skill": keys % len(self._ids)})

    @property
    def ids(self) -> list[str]:
        """Skill ids, sorted; ``match`` gives numbers into this list."""
        return self._ids

    @cached_property
    def _long_numbers(self) -> finding.Positions:
        return np.flatnonzero(~self._single).astype(np.int64)

    @cached_property
    def _long_patterns(self) -> list[str]:
        return [self._patterns[number] for number in self._long_numbers]

    def _owned(self, hits: finding.Hits, kind: Kind) -> tuple[finding.Hits, finding.Positions]:
        return self._entries[kind].expand(hits)

    def _tag_hits(
        self, document: finding.Document, found: finding.Hits, boundaries: finding.Boundaries
    ) -> tuple[finding.Positions, finding.Positions]:
        whole, owner = self._owned(found.take(boundaries.whole_tags(found)), Kind.TAG)
        letters = [self._patterns[number] for number in np.flatnonzero(self._single)]
        fenced = [finding.TAG_END + letter + finding.TAG_END for letter in letters]
        if not fenced:
            return document.rows_of(whole.start), owner
        # One-letter names (C, R) would hit everywhere, so they are searched with their fences.
        single = finding.find(document, fenced)
        numbers = np.flatnonzero(self._single)[single.pattern] if len(single.pattern) else single.pattern
        single, single_owner = self._owned(finding.Hits(single.start, single.end, numbers), Kind.TAG)
        starts = np.concatenate([whole.start, single.start])
        return document.rows_of(starts), np.concatenate([owner, single_owner])


@dataclass(frozen=True)
class _Entries:
    """Which owners a pattern stands for: ``owner[first[p]:first[p + 1]]`` for pattern number p."""

    first: finding.Positions
    owner: finding.Positions

    @classmethod
    def build(cls, pairs: list[tuple[int, int]], patterns: int) -> _Entries:
        ordered = sorted(pairs)
        counts = np.bincount([pattern for pattern, _ in ordered], minlength=patterns)
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return cls(first, np.array([owner for _, owner in ordered], dtype=np.int64))

    def expand(self, hits: finding.Hits) -> tuple[finding.Hits, finding.Positions]:
        """Repeat each hit once per owner; a hit of no owner goes."""
        counts = self.first[hits.pattern + 1] - self.first[hits.pattern]
        index = np.repeat(np.arange(len(counts)), counts)
        offset = np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)
        return hits.take(index), self.owner[self.first[hits.pattern[index]] + offset]


class TextMatcher:
    """Annotate postings with skills, tier and presets."""

    def __init__(self, skills: SkillMatcher, rules: TierRules, presets: Sequence[Preset]) -> None:
        self._skills = skills
        self._rules = rules
        self._presets = [item for item in presets if item.kind in {"skills", "titles"}]
        self.fingerprint = hash_lines(
            [skills.fingerprint, rules.fingerprint, *(item.fingerprint for item in self._presets)]
        )

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
        chunks = [self._annotate_chunk(chunk) for chunk in frame.iter_slices(CHUNK_ROWS)]
        return pl.concat(chunks or [self._annotate_chunk(frame)])

    def _annotate_chunk(self, frame: pl.DataFrame) -> pl.DataFrame:
        pairs = self._skills.match(finding.lay_out(frame))
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
                "tier": tiers_of(frame, self._rules),
                "presets": self._satisfied(frame, pairs),
            }
        )

    def _satisfied(self, frame: pl.DataFrame, pairs: pl.DataFrame) -> pl.Series:
        titles = frame.select(folded(pl.col("title")))["title"]
        columns = []
        for preset in self._presets:
            if preset.kind == "titles":
                holds = titles.str.contains(preset.titles)
            else:
                numbers = [self._skills.number[skill] for skill in preset.skills]
                counts = np.bincount(
                    pairs.filter(pl.col("skill").is_in(numbers))["row"].to_numpy(), minlength=frame.height
                )
                holds = pl.Series(counts >= preset.at_least)
            columns.append(holds.alias(preset.name))
        if not columns:
            return pl.Series("presets", [[]] * frame.height, dtype=pl.List(pl.String))
        named = [pl.when(pl.col(column.name)).then(pl.lit(column.name)).otherwise(None) for column in columns]
        return pl.DataFrame(columns).select(presets=pl.concat_list(named).list.drop_nulls())["presets"]


def load_matcher(reference_folder: Path | None = None) -> TextMatcher:
    """Read all definitions (ours, with the user's merged over them) and make the matcher.

    Raises
    ------
    DataContractError
        A definition file breaks its schema.
    """
    taxonomy = load_taxonomy(reference_folder)
    presets = load_presets(reference_folder)
    skills = SkillMatcher(taxonomy, load_contexts())
    return TextMatcher(skills, load_rules(), list(presets.values()))
