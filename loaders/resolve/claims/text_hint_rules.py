"""The phrases and frames by which an employer's own postings hint at defense or surveillance work.

They are data, the user's phrases merged over ours, so that what counts as a hint can be read, doubted and
changed without touching the code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from graphcli.loaders.definitions.tiers.clauses import BREAKS
from graphcli.loaders.definitions.tiers.rules import load_rules
from graphcli.loaders.reference.files import Column, read_csv, read_schema, read_yaml, shipped
from graphcli.loaders.resolve.claims.matching import FLAGS
from graphcli.workspace.errors import DataContractError

REFERENCE = "graphcli.loaders.reference"
PHRASES = "text_hints.csv"
RULES = "text_hint_rules.yaml"
PHRASE_MARK = "◇"
NOTHING = "nothing"
SAYS = ("licence", "member", "firm", "work", "vendor", "customer", "police", NOTHING)
_DAY = r"\d{4}(-\d{2}(-\d{2})?)?"
_COLUMNS = (
    Column("phrase", required=True, pattern=r".{2,}"),
    Column("kind", choices=FLAGS),
    Column("says", required=True, choices=SAYS),
    Column("meaning", required=True),
    Column("source", required=True),
    Column("url", pattern=r"https?://.*"),
    Column("as_of", required=True, pattern=_DAY),
)


@dataclass(frozen=True)
class Frame:
    """How a phrase must stand in a text: what the phrase says, what the text then states, and where."""

    says: str
    states: str
    whole_sentence: bool
    pattern: str


@dataclass(frozen=True)
class HintRules:
    """Everything that decides whether a sentence is a hint.

    Attributes
    ----------
    phrases
        Columns phrase (folded), kind, says, meaning: what may be evidence, sorted.
    nothing
        Longer phrases that hold one of those and are evidence of nothing.
    scores
        Score of each kind of statement, the surest first.
    refused
        Patterns that take the meaning away, by how far they reach.
    sections
        Patterns of the headings of postings, by section.
    """

    phrases: pl.DataFrame
    nothing: tuple[str, ...]
    scores: Mapping[str, float]
    meanings: Mapping[str, str]
    further: float
    highest: float
    own: str
    own_experience: str
    dutiful: str
    asked_sections: tuple[str, ...]
    refused: Mapping[str, str]
    frames: tuple[Frame, ...]
    duty_says: tuple[str, ...]
    duty: str
    sections: Mapping[str, str]


def load_hint_rules(reference_folder: Path | None = None) -> HintRules:
    """Read phrases and frames, the user's phrases (``text_hints.csv`` in the folder) merged over ours.

    Raises
    ------
    DataContractError
        A file breaks its contract, or a phrase could never be found.
    """
    content = read_yaml(shipped(REFERENCE, RULES), read_schema(REFERENCE, "schemas", "text_hint_rules.json"))
    rows = _merged_rows(reference_folder)
    evidence = [row for row in rows if row["says"] != NOTHING]
    phrases = pl.DataFrame(
        [tuple(row[name] for name in ("phrase", "kind", "says", "meaning")) for row in evidence],
        schema=dict.fromkeys(("phrase", "kind", "says", "meaning"), pl.String),
        orient="row",
    )
    states = content["states"]
    ranked = sorted(states, key=lambda name: (-states[name]["score"], name))
    return HintRules(
        phrases=phrases.sort("phrase", "says"),
        nothing=tuple(sorted(row["phrase"] for row in rows if row["says"] == NOTHING)),
        scores={name: states[name]["score"] for name in ranked},
        meanings={name: states[name]["meaning"] for name in ranked},
        further=content["further"],
        highest=content["highest"],
        own=content["own"],
        own_experience=content["own_experience"],
        dutiful=content["dutiful"],
        asked_sections=tuple(content["asked_sections"]),
        refused=content["refused"],
        frames=tuple(_frame(one) for one in content["frames"]),
        duty_says=tuple(content["duty"]["says"]),
        duty=content["duty"]["pattern"],
        sections=load_rules(reference_folder).sections,
    )


def alternation(words: Sequence[str]) -> str:
    """One pattern of words, the longest first, so that 军工企业 is not read as 军工."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


def _frame(content: Mapping[str, Any]) -> Frame:
    return Frame(content["says"], content["states"], content["in"] == "sentence", content["pattern"])


def _merged_rows(reference_folder: Path | None) -> list[dict[str, str]]:
    rows = _rows(shipped(REFERENCE, PHRASES))
    own = reference_folder / PHRASES if reference_folder else None
    if not own or not own.is_file():
        return rows
    added = _rows(own)
    replaced = {row["phrase"] for row in added}
    return [row for row in rows if row["phrase"] not in replaced] + added


def _rows(path: Path) -> list[dict[str, str]]:
    rows = list(read_csv(path, _COLUMNS).iter_rows(named=True))
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(rows, start=1):
        row["phrase"] = unicodedata.normalize("NFKC", row["phrase"]).lower()
        where = f"{path.name}: row {number}: {row['phrase']!r}"
        if re.search(rf"{BREAKS}|[,{PHRASE_MARK}]", row["phrase"]):
            raise DataContractError(f"{where} holds a mark at which texts are cut")
        if (row["says"] == NOTHING) != (row["kind"] is None):
            raise DataContractError(f"{where} needs a kind, or says nothing and has none")
        if (row["phrase"], row["says"]) in seen:
            raise DataContractError(f"{where} says the same twice")
        seen.add((row["phrase"], row["says"]))
    return rows
