"""Words around a skill that take its meaning away: ``不要求Java``, ``提供Python培训``, ``数学等相关专业``."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graphcli.loaders.definitions.skills.hits import Document, Hits, Mask, Positions
from graphcli.loaders.reference.files import read_schema, read_yaml, shipped
from graphcli.workspace.identity import hash_lines

REFERENCE = "graphcli.loaders.reference"
BYTES_PER_CHARACTER = 3
FIRST_WIDE = 0x80


@dataclass(frozen=True)
class Contexts:
    """The words by role, and how far they reach (characters)."""

    roles: Mapping[str, tuple[str, ...]]
    reach: int
    major_reach: int
    job: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        """All words of all roles, which are searched with the skills."""
        return sorted({word for words in self.roles.values() for word in words})

    @functools.cached_property
    def _job(self) -> re.Pattern[bytes]:
        return re.compile("|".join(map(re.escape, self.job)).encode(), re.IGNORECASE)

    @property
    def fingerprint(self) -> str:
        """Hash of the words."""
        return hash_lines(
            [
                str(self.reach),
                str(self.major_reach),
                *self.job,
                *(f"{role}\t{word}" for role in sorted(self.roles) for word in self.roles[role]),
            ]
        )

    def refused(self, document: Document, hits: Hits, found: Hits, numbers: Mapping[str, Positions]) -> Mask:
        """Tell which hits are refused, only taught, a field of study, or told of the employer.

        Parameters
        ----------
        hits
            Skill words.
        found
            All words found, the context words among them, sorted by position.
        numbers
            Pattern numbers of each role.
        """
        window = self.reach * BYTES_PER_CHARACTER
        # Few of the words found are context words, so these are picked out once for all roles.
        words = found.take(np.isin(found.pattern, np.concatenate([numbers[role] for role in self.roles])))
        by_role = {role: words.take(np.isin(words.pattern, numbers[role])) for role in self.roles}
        refusals = by_role["refusals"]
        allowances = by_role["allowances"]
        widened = np.isin(refusals.start, allowances.start) | np.isin(refusals.end, allowances.end)
        refused = _preceded(document, hits, refusals.take(~widened), window)
        refused |= _preceded(document, hits, by_role["praises"], window)
        refused |= _below(document, hits, by_role["about"], self._job)
        majors = by_role["majors"]
        degrees = majors.take(~np.isin(majors.start, by_role["crafts"].start))
        # Fields of study are Chinese words; in a text without stops a tool may stand before the next degree.
        fields = np.flatnonzero(document.buffer[hits.start] >= FIRST_WIDE)
        studied = _followed(document, hits.take(fields), degrees, self.major_reach * BYTES_PER_CHARACTER)
        refused[fields] |= studied
        offered = _preceded(document, hits, by_role["offers"], window)
        if offered.any():
            places = np.flatnonzero(offered)
            offered[places] = _followed(document, hits.take(places), by_role["lessons"], window)
        return refused | offered


def _preceded(document: Document, hits: Hits, markers: Hits, window: int) -> Mask:
    """Tell which hits have a marker before them within the window and no sentence end between."""
    result = np.zeros(len(hits.start), dtype=bool)
    if not len(markers.start):
        return result
    ends = np.sort(markers.end)
    place = np.searchsorted(ends, hits.start, side="right") - 1
    gap = hits.start - ends[np.maximum(place, 0)]
    near = np.flatnonzero((place >= 0) & (gap <= window))
    result[near] = ~_interrupted(document, ends[place[near]], hits.start[near])
    return result


def _followed(document: Document, hits: Hits, markers: Hits, window: int) -> Mask:
    result = np.zeros(len(hits.start), dtype=bool)
    if not len(markers.start):
        return result
    starts = np.sort(markers.start)
    place = np.minimum(np.searchsorted(starts, hits.end, side="left"), len(starts) - 1)
    gap = starts[place] - hits.end
    near = np.flatnonzero((gap >= 0) & (gap <= window))
    result[near] = ~_interrupted(document, hits.end[near], starts[place[near]])
    return result


def _below(document: Document, hits: Hits, headings: Hits, ends: re.Pattern[bytes]) -> Mask:
    """Tell which hits stand below a heading, with none of the ends between."""
    result = np.zeros(len(hits.start), dtype=bool)
    headings = headings.take(_heads(document, headings))
    if not len(headings.start):
        return result
    row_ends = np.append(document.row_start[1:], len(document.buffer))
    closed = row_ends[document.rows_of(headings.start)]
    # Few postings hold such a heading, while nearly all hold the words that end it.
    for number, (low, high) in enumerate(zip(headings.end.tolist(), closed.tolist(), strict=True)):
        end = ends.search(document.buffer[low:high].tobytes())
        closed[number] = low + end.start() if end else high
    place = np.searchsorted(headings.start, hits.start, side="right") - 1
    return np.asarray((place >= 0) & (hits.start < closed[place]))


def _heads(document: Document, words: Hits) -> Mask:
    """Tell which words a colon, a bracket or the end of the line follows."""
    after = np.minimum(words.end[:, None] + np.arange(3)[None, :], len(document.buffer) - 1)
    values = document.buffer[after]
    return np.asarray(np.isin(values[:, 0], HEADING_BYTES) | np.isin(_codes_of(values)[:, 0], HEADING_CODES))


def _interrupted(document: Document, low: Positions, high: Positions) -> Mask:
    """Tell whether a clause ends between two positions."""
    if not len(low):
        return np.zeros(0, dtype=bool)
    width = int((high - low).max())
    index = low[:, None] + np.arange(width)[None, :]
    inside = index < high[:, None]
    values = document.buffer[np.minimum(index, len(document.buffer) - 1)]
    ends = np.isin(values, ENDING_BYTES) & inside
    wide = (
        inside[:, 2:] & np.isin(_codes_of(values), ENDING_CODES)
        if width >= 3
        else np.zeros((len(low), 0), bool)
    )
    return np.asarray(ends.any(axis=1) | wide.any(axis=1))


def _codes_of(values: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Positions:
    wide = values.astype(np.int64)
    return (wide[:, :-2] << 16) | (wide[:, 1:-1] << 8) | wide[:, 2:]


ENDING_BYTES = np.frombuffer(b",;\n\x01\x02\x03", dtype=np.uint8)
HEADING_BYTES = np.frombuffer(b":]\n\r", dtype=np.uint8)
HEADING_CODES = np.array([int.from_bytes(item.encode(), "big") for item in "：】"], dtype=np.int64)
ENDING_CODES = np.array([int.from_bytes(item.encode(), "big") for item in "，；。！？"], dtype=np.int64)


def load_contexts() -> Contexts:
    """Read the shipped context words."""
    schema = read_schema(REFERENCE, "schemas", "skill_contexts.json")
    content = read_yaml(shipped(REFERENCE, "skill_contexts.yaml"), schema)
    roles = {
        role: tuple(sorted(word.lower() for word in content[role]))
        for role in ("refusals", "allowances", "offers", "lessons", "praises", "about", "majors", "crafts")
    }
    return Contexts(roles, content["reach"], content["major_reach"], tuple(sorted(content["job"])))
