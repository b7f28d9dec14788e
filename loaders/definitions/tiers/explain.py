"""Why a posting has its tier: its evidence, word by word, with the convention each fell under."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphcli.loaders.definitions.tiers.judging import evidence
from graphcli.loaders.definitions.tiers.rules import TierRules, load_rules
from graphcli.workspace.selection import TIERS


def explain(
    title: str | None,
    tags: Sequence[str] | None,
    text: str | None,
    employer: str | None = None,
    *,
    rules: TierRules | None = None,
) -> list[dict[str, str]]:
    """Explain the tier of one posting.

    Parameters
    ----------
    title, tags, text
        The posting as it was loaded.
    employer
        The employer's name; it is never evidence, and an AI word in it is listed as such.
    rules
        The tier definitions; read anew where not given.

    Returns
    -------
    list of dict
        word, zone (title, tags, text or employer), tier, convention, note (the convention in words) and
        clause, the innermost tier first. The tier of the first entry is the posting's tier; an empty list
        means none.
    """
    rules = rules or load_rules()
    frame = _one_row(title, tags, text)
    found = evidence(frame, rules, noted=True).sort("tier", descending=True, maintain_order=True)
    rows = [_entry(row, rules) for row in found.unique(maintain_order=True).iter_rows(named=True)]
    return rows + _employer_words(employer or "", rules)


def _entry(row: dict[str, object], rules: TierRules) -> dict[str, str]:
    convention = str(row["convention"])
    return {
        "word": str(row["word"]),
        "zone": str(row["zone"]),
        "tier": TIERS[int(str(row["tier"]))],
        "convention": convention,
        "note": rules.conventions[convention],
        "clause": str(row["clause"]),
    }


def _employer_words(employer: str, rules: TierRules) -> list[dict[str, str]]:
    as_title = _one_row(employer.removesuffix("有限公司"), (), "")
    found = evidence(as_title, rules).filter(pl.col("class") != "whole")
    return [
        {
            "word": word,
            "zone": "employer",
            "tier": "none",
            "convention": "employer_name",
            "note": rules.conventions["employer_name"],
            "clause": employer,
        }
        for word in found["word"].unique(maintain_order=True)
    ]


def _one_row(title: str | None, tags: Sequence[str] | None, text: str | None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "title": pl.Series([title], dtype=pl.String),
            "tags": pl.Series([list(tags or ())], dtype=pl.List(pl.String)),
            "text": pl.Series([text], dtype=pl.String),
        }
    )
