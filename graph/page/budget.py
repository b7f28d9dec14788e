"""Which nodes a page draws: nobody reads ten thousand dots, and nothing may vanish without a word.

The most important nodes of each kind are drawn; all others are counted in summary nodes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from graphcli.graph.page.data import REST
from graphcli.workspace.errors import UsageError

SMALLEST_BUDGET = 40
# Shares of the budget; what a kind does not use goes to the employers.
CITY_SHARE, SKILL_SHARE, AFFILIATION_SHARE = 0.14, 0.17, 0.08
# Of the employers drawn, this share is kept for those with a defence or surveillance claim.
FLAGGED_SHARE = 0.25
# Clusters that get a colour and a summary of their own; the palette has seven distinct colours.
SHOWN_CLUSTERS = 7
# The strongest links of each employer that are drawn, by relation; the rest is counted on the node.
LINKS_PER_EMPLOYER: Mapping[str, int] = {"REQUIRES": 8, "HIRES_IN": 8}


@dataclass(frozen=True)
class Candidate:
    """A node that may be drawn: its importance, and its cluster where it is an employer."""

    ref: str
    importance: float
    flagged: bool = False
    cluster: int | None = None


@dataclass(frozen=True)
class Choice:
    """Refs drawn alone, and the summary ref that every other ref is counted in."""

    drawn: frozenset[str]
    summary_of: Mapping[str, str]


def choose(candidates: Mapping[str, Sequence[Candidate]], budget: int, shown: Collection[int]) -> Choice:
    """Choose what is drawn.

    Parameters
    ----------
    candidates
        By kind of node. Affiliations and sectors should hold only what the graph links to.
    budget
        Nodes to draw at most, summaries included.
    shown
        Numbers of the clusters that get a summary of their own, ``SHOWN_CLUSTERS`` at most.

    Raises
    ------
    UsageError
        The budget is too small to show anything.
    """
    if budget < SMALLEST_BUDGET:
        raise UsageError(f"--nodes {budget}: a page needs room for at least {SMALLEST_BUDGET} nodes")
    ranked = {kind: _ranked(rows) for kind, rows in candidates.items()}
    if sum(len(rows) for rows in ranked.values()) <= budget:
        return Choice(frozenset(row.ref for rows in ranked.values() for row in rows), {})
    # One summary for each kind but employers, one for each shown cluster, the other clusters, no cluster:
    # always as many, so that what is drawn does not depend on which clusters are shown.
    room = budget - (len(ranked) - 1) - (SHOWN_CLUSTERS + 2)
    drawn: list[Candidate] = []
    for kind, share in (
        ("region", 0.05),
        ("sector", 0.07),
        ("affiliation", AFFILIATION_SHARE),
        ("city", CITY_SHARE),
        ("skill", SKILL_SHARE),
    ):
        drawn += ranked.get(kind, [])[: max(1, int(budget * share))]
    drawn += _employers(ranked.get("employer", []), room - len(drawn))
    refs = frozenset(row.ref for row in drawn)
    summary_of = {
        row.ref: summary_ref(kind, row.cluster, frozenset(shown))
        for kind, rows in ranked.items()
        for row in rows
        if row.ref not in refs
    }
    return Choice(refs, summary_of)


def summary_ref(kind: str, cluster: int | None, shown: frozenset[int]) -> str:
    """Name the summary node that a node of this kind and cluster is counted in."""
    if kind != "employer":
        return f"{REST}:{kind}"
    part = "none" if cluster is None else str(cluster) if cluster in shown else "other"
    return f"{REST}:employer:{part}"


def _ranked(rows: Sequence[Candidate]) -> list[Candidate]:
    return sorted(rows, key=lambda row: (-row.importance, row.ref))


def _employers(ranked: list[Candidate], room: int) -> list[Candidate]:
    flagged = [row for row in ranked if row.flagged][: int(room * FLAGGED_SHARE)]
    taken = {row.ref for row in flagged}
    others = [row for row in ranked if row.ref not in taken][: max(0, room - len(flagged))]
    return flagged + others
