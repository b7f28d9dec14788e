"""The programmes behind a listing, as data: which affiliation and which kind of claim each of them makes.

Kind goes by source. A programme that the table does not know makes a claim of kind ``trade``: it is shown and
raises no flag, so that an import never calls anybody defense on a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from graphcli.loaders.lists.entries import KINDS, PACKAGE
from graphcli.loaders.reference.files import Column, read_csv, shipped
from graphcli.workspace.identity import stable_hash

UNKNOWN_KIND = "trade"
_LONGEST_ID = 60
_COLUMNS = (
    Column("program", unique=True),
    Column("csl"),
    Column("dataset"),
    Column("affiliation_id", required=True, unique=True, pattern=r"[a-z0-9][a-z0-9_-]*"),
    Column("affiliation", required=True),
    Column("kind", required=True, choices=KINDS),
    Column("source", required=True),
    Column("as_of", required=True, pattern=r"\d{4}-\d{2}-\d{2}"),
)


@dataclass(frozen=True)
class Program:
    """A programme and what a listing under it claims."""

    affiliation_id: str
    affiliation: str
    kind: str
    source: str

    def columns(self) -> dict[str, str | None]:
        """The entry columns that it decides; ``source`` is completed by the form that read the list."""
        return {
            "affiliation_id": self.affiliation_id,
            "affiliation": self.affiliation,
            "affiliation_type": "list",
            "kind": self.kind,
            "basis": "listed",
            "certainty": "sure",
        }


@cache
def load_programs() -> Mapping[str, Program]:
    """Read the programmes, by every key they go by: programme id, letters in the screening list, data set.

    Raises
    ------
    DataContractError
        The table breaks its contract.
    """
    found: dict[str, Program] = {}
    for row in read_csv(shipped(PACKAGE, "programs.csv"), _COLUMNS).iter_rows(named=True):
        program = Program(row["affiliation_id"], row["affiliation"], row["kind"], row["source"])
        keys = [row["program"], row["dataset"], *(row["csl"] or "").split(";")]
        found |= {key.strip(): program for key in keys if key and key.strip()}
    return found


def program_called(*texts: str | None) -> Program:
    """Return the programme that the first known of some texts names, else one called like the first text."""
    known = load_programs()
    given = [" ".join(text.split()) for text in texts if text and text.strip()]
    for text in given:
        if text in known:
            return known[text]
    title = given[0]
    slug = re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")[:_LONGEST_ID].strip("_")
    return Program(slug or f"list_{stable_hash(title, length=8)}", title, UNKNOWN_KIND, title)
