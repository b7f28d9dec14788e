"""Annotating postings: which skills they ask for, how far they are about AI, which presets they satisfy.

Both batch loading and re-reading after a definition changed call the same ``TextMatcher.annotate``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from graphcli.loaders.definitions import hits as finding
from graphcli.loaders.definitions.contexts import Contexts, load_contexts
from graphcli.loaders.definitions.skills import Kind, Taxonomy, load_taxonomy
from graphcli.workspace.identity import hash_lines

# Rows matched at once: bounds memory at some tens of megabytes for long descriptions.
CHUNK_ROWS = 20_000


class SkillMatcher:
    """Find the skills of a taxonomy in postings."""

    def __init__(self, taxonomy: Taxonomy, contexts: Contexts) -> None:
        self._ids = taxonomy.table["id"].to_list()
        self._contexts = contexts
        spellings = taxonomy.spellings
        words = {item.text for item in spellings} | set(contexts.words)
        self._patterns = sorted(words)
        number = {text: index for index, text in enumerate(self._patterns)}
        skill = {identifier: index for index, identifier in enumerate(self._ids)}
        self._entries = {
            kind: _Entries.build(
                [(number[item.text], skill[item.skill]) for item in spellings if item.kind == kind.value],
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

    def __init__(self, skills: SkillMatcher, fingerprint: str) -> None:
        self._skills = skills
        self.fingerprint = fingerprint

    def annotate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Annotate postings.

        Parameters
        ----------
        frame
            Columns title, tags (list of text), text and employer_raw; nulls count as empty.

        Returns
        -------
        polars.DataFrame
            Columns skills (sorted ids), tier (none, broad, technical, narrow) and presets (sorted names of
            the fixed presets that the posting satisfies), in the order of the input.
        """
        chunks = [self._annotate_chunk(chunk) for chunk in frame.iter_slices(CHUNK_ROWS)]
        if not chunks:
            chunks = [self._annotate_chunk(frame)]
        return pl.concat(chunks)

    def _annotate_chunk(self, frame: pl.DataFrame) -> pl.DataFrame:
        document = finding.lay_out(frame)
        pairs = self._skills.match(document)
        names = pl.Series(self._skills.ids, dtype=pl.String)
        lists = (
            pairs.with_columns(
                skills=names.gather(pairs["skill"]) if pairs.height else pl.lit(None, pl.String)
            )
            .group_by("row", maintain_order=True)
            .agg("skills")
        )
        rows = pl.DataFrame({"row": np.arange(frame.height, dtype=np.int64)})
        empty = pl.lit([], dtype=pl.List(pl.String))
        return rows.join(lists, on="row", how="left", maintain_order="left").select(
            skills=pl.col("skills").fill_null(empty),
            tier=pl.lit("none"),
            presets=empty,
        )


def load_matcher(reference_folder: Path | None = None) -> TextMatcher:
    """Read all definitions (ours, with the user's merged over them) and make the matcher.

    Raises
    ------
    DataContractError
        A definition file breaks its schema.
    """
    taxonomy = load_taxonomy(reference_folder)
    contexts = load_contexts()
    fingerprint = hash_lines([taxonomy.fingerprint, contexts.fingerprint])
    return TextMatcher(SkillMatcher(taxonomy, contexts), fingerprint)
