"""The graph's relationships as one list of links between references, and what they say about clusters."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphcli.graph.schema import RELATIONSHIPS, node_label
from graphcli.graph.tables import GraphTables

# Relationship table → relation of the page. The others are facts of a node, not links.
_DRAWN = {
    "HIRES_IN": "HIRES_IN",
    "REQUIRES": "REQUIRES",
    "IN_SECTOR_Employer": "IN_SECTOR",
    "IN_SECTOR_Affiliation": "CLAIM_KIND",
    "AFFILIATED_WITH": "AFFILIATED_WITH",
    "SUBSIDIARY_OF": "SUBSIDIARY_OF",
    "POSSIBLY_SAME": "POSSIBLY_SAME",
    "PART_OF": "PART_OF",
}


@dataclass(frozen=True)
class Link:
    """One link between two references; ``count`` is what its relation counts."""

    start: str
    end: str
    relation: str
    count: float
    first_seen: str = ""
    last_seen: str = ""
    evidence: tuple[str, ...] = ()


def graph_links(graph: GraphTables, scheme: str) -> Iterator[Link]:
    """List the links that a page may draw, regions of one scheme only, in the order of the tables."""
    for kind in RELATIONSHIPS:
        relation = _DRAWN.get(kind.table)
        if relation is None:
            continue
        start, end = node_label(kind.start).reference, node_label(kind.end).reference
        for row in graph.edges[kind.table].iter_rows(named=True):
            if relation == "PART_OF" and row["scheme"] != scheme:
                continue
            yield Link(
                f"{start}:{row['start']}",
                f"{end}:{row['end']}",
                relation,
                _count(relation, row.get("postings"), row.get("score")),
                row.get("first_seen") or "",
                row.get("last_seen") or "",
                # The evidence of a claim is a list entry, which the details panel shows in full.
                () if relation == "AFFILIATED_WITH" else tuple(row.get("evidence") or ()),
            )


def typical_clusters(links: Iterable[Link], own: Mapping[str, int]) -> dict[str, int]:
    """Say which cluster each other node is typical of.

    A node goes to the cluster with the largest w / √W, where w is its weight of links from the cluster's
    employers and W the weight of all links of that relation from the cluster: between the raw count,
    which always finds the largest cluster, and the share, which always finds the smallest.
    """
    links = list(links)
    weight: dict[tuple[str, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    total: dict[tuple[str, int], float] = defaultdict(float)
    for link in links:
        cluster = own.get(link.start)
        if cluster is not None and link.end not in own and not link.end.startswith("employer:"):
            weight[link.end, link.relation][cluster] += link.count
            total[link.relation, cluster] += link.count
    scores: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (ref, relation), by_cluster in weight.items():
        for cluster, value in by_cluster.items():
            scores[ref][cluster] += value / math.sqrt(total[relation, cluster])
    found = {ref: _best(by_cluster) for ref, by_cluster in scores.items()}
    # Regions and kinds of claim have no employers of their own: they follow what is linked to them.
    second: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for link in links:
        if link.relation in {"PART_OF", "CLAIM_KIND"} and link.start in found and link.end not in found:
            second[link.end][found[link.start]] += 1.0
    return found | {ref: _best(by_cluster) for ref, by_cluster in second.items()}


def _best(by_cluster: Mapping[int, float]) -> int:
    return min(by_cluster, key=lambda cluster: (-by_cluster[cluster], cluster))


def _count(relation: str, postings: int | None, score: float | None) -> float:
    if relation == "POSSIBLY_SAME":
        return score or 0.0
    return float(postings) if postings is not None else 1.0
