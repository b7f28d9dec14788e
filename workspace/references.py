"""The grammar of references: every row the tool prints can be traced back through one short string.

``posting:<id>``, ``employer:<id>``, ``city:<adcode>``, ``skill:<id>``, ``edge:TYPE:from:to[:key]``,
``claim:<id>``, ``hint:<employer_id>:<kind>``, ``cluster:RUN:n``, ``cell:E4:RUN:key``,
``row:<source_id>:<row>``.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphcli.workspace.errors import UsageError

PART_COUNTS: dict[str, tuple[int, int]] = {
    "posting": (1, 1),
    "employer": (1, 1),
    "city": (1, 1),
    "province": (1, 1),
    "region": (1, 1),
    "skill": (1, 1),
    "skillgroup": (1, 1),
    "sector": (1, 1),
    "affiliation": (1, 1),
    "claim": (1, 1),
    "hint": (2, 2),
    "place": (1, 1),
    "row": (2, 2),
    "edge": (3, 4),
    "cluster": (2, 2),
    "cell": (3, 3),
}


@dataclass(frozen=True)
class Reference:
    """One parsed reference: its kind and its parts, in order."""

    kind: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return ":".join((self.kind, *self.parts))


def parse_reference(text: str) -> Reference:
    """Parse one reference.

    Raises
    ------
    UsageError
        The kind is unknown or the number of parts does not fit it.

    Examples
    --------
    >>> parse_reference("edge:HIRES_IN:ab12:110000").parts
    ('HIRES_IN', 'ab12', '110000')
    """
    kind, _, rest = text.strip().partition(":")
    if kind not in PART_COUNTS or not rest:
        kinds = ", ".join(sorted(PART_COUNTS))
        raise UsageError(f"{text!r} is not a reference; write kind:id with one of the kinds {kinds}")
    low, high = PART_COUNTS[kind]
    parts = tuple(rest.split(":", high - 1))
    if len(parts) < low or not all(parts[:low]):
        raise UsageError(f"{text!r} is not a full reference: {kind} takes {low} part(s) after its name")
    return Reference(kind, parts)
