"""Finding the skills of the taxonomy in many postings at once: as words, in lists, as tags or in titles.

The same pass tells which postings hold a word of another question, so that their texts are searched once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from graphcli.loaders.definitions.skills import hits as finding
from graphcli.loaders.definitions.skills.contexts import Contexts
from graphcli.loaders.definitions.skills.search import PatternSearch
from graphcli.loaders.definitions.skills.taxonomy import Kind, Spelling, Taxonomy
from graphcli.workspace.identity import hash_lines

# Rows matched at once: to start over costs as much as a thousand rows, and memory bounds how many.
CHUNK_ROWS = 50_000


class SkillMatcher:
    """Find the skills of a taxonomy in postings, and in the same pass the postings that hold a noticed word.

    Parameters
    ----------
    noticed
        Words of another question, in lower case; they mark a posting and are no skill.
    """

    def __init__(self, taxonomy: Taxonomy, contexts: Contexts, noticed: Sequence[str] = ()) -> None:
        self.ids: list[str] = taxonomy.table["id"].to_list()
        self.number = {identifier: index for index, identifier in enumerate(self.ids)}
        self.fingerprint = hash_lines([taxonomy.fingerprint, contexts.fingerprint])
        self._contexts = contexts
        searched = [(_searched(item), item) for item in taxonomy.spellings]
        self._patterns = sorted({text for text, _ in searched} | set(contexts.words) | set(noticed))
        self._search = PatternSearch(self._patterns)
        self._edges = finding.Edges(self._patterns)
        place = {text: index for index, text in enumerate(self._patterns)}
        self._entries = {
            kind: _Entries.build(
                [
                    (place[text], self.number[item.skill])
                    for text, item in searched
                    if item.kind == kind.value
                ],
                len(self._patterns),
            )
            for kind in Kind
        }
        self._conditions = [
            (self.number[item.skill], [self.number[other] for other in item.others], item.wanted)
            for item in taxonomy.conditions
        ]
        self._fenced = np.array([text.startswith(finding.TAG_END) for text in self._patterns], dtype=bool)
        self._noticed = np.isin(self._patterns, list(noticed))
        self._context_numbers = {
            role: np.array([place[word] for word in words], dtype=np.int64)
            for role, words in contexts.roles.items()
        }

    def match(self, document: finding.Document) -> tuple[pl.DataFrame, finding.Mask]:
        """Return one row per posting and skill, and which postings hold a noticed word.

        The columns are row and skill (number in ``ids``), both ascending.
        """
        found = self._search.find(document)
        noticed = np.zeros(len(document.row_start), dtype=bool)
        noticed[document.rows_of(found.start[self._noticed[found.pattern]])] = True
        boundaries = finding.Boundaries(document, self._edges)
        hits, owner, sure = self._words(document, found, boundaries)
        tags, tag_owner = self._owned(
            found.take(boundaries.whole_tags(found) | self._fenced[found.pattern]), Kind.TAG
        )
        rows = document.rows_of(np.concatenate([hits.start, tags.start]))
        owner = np.concatenate([owner, tag_owner])
        sure = np.concatenate([sure, np.zeros(len(tag_owner), dtype=bool)])
        present = np.zeros((len(document.row_start), len(self.ids)), dtype=bool)
        present[rows, owner] = True
        for skill, others, wanted in self._conditions:
            beside = np.asarray(present[:, others].any(axis=1))
            holds = (owner == skill) & (sure | (beside[rows] == wanted))
            present[:, skill] = False
            present[rows[holds], skill] = True
        row, number = np.divmod(np.flatnonzero(present), len(self.ids))
        schema = {"row": pl.Int64, "skill": pl.Int64}
        return pl.DataFrame({"row": row, "skill": number}, schema=schema), noticed

    def _words(
        self, document: finding.Document, found: finding.Hits, boundaries: finding.Boundaries
    ) -> tuple[finding.Hits, finding.Positions, finding.Mask]:
        """Spellings that stand as words, are in no longer phrase of another meaning, and are asked for.

        The third value tells which of them are unambiguous.
        """
        whole = found.take(boundaries.whole_words(found))
        plain, plain_owner = self._owned(whole, Kind.WORD)
        titled, titled_owner = self._owned(whole, Kind.TITLED)
        in_title = document.titled(titled.start)
        plain, plain_owner = (
            plain.join(titled.take(in_title)),
            np.concatenate([plain_owner, titled_owner[in_title]]),
        )
        short, short_owner = self._entries[Kind.LISTED].expand(whole)
        in_list = boundaries.listed(short)
        hits = plain.join(short.take(in_list))
        owner = np.concatenate([plain_owner, short_owner[in_list]])
        sure = np.arange(len(owner)) < len(plain_owner)
        masks, mask_owner = self._owned(found, Kind.MASK)
        hidden = finding.covered(hits, owner, masks, mask_owner, len(document.buffer))
        hits, owner, sure = hits.take(~hidden), owner[~hidden], sure[~hidden]
        refused = self._contexts.refused(document, hits, found, self._context_numbers)
        return hits.take(~refused), owner[~refused], sure[~refused]

    def _owned(self, hits: finding.Hits, kind: Kind) -> tuple[finding.Hits, finding.Positions]:
        return self._entries[kind].expand(hits)


def _searched(spelling: Spelling) -> str:
    """What is searched for a spelling: one letter would hit everywhere, so it is searched as a fenced tag."""
    if len(spelling.text) == 1:
        return finding.TAG_END + spelling.text + finding.TAG_END
    return spelling.text


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
