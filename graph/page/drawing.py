"""How each node and link is drawn: size, colour and place."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphcli.graph.page.budget import SHOWN_CLUSTERS
from graphcli.graph.page.data import KINDS, REST, PageData, PageEdge, PageNode
from graphcli.graph.page.layout import layout
from graphcli.graph.page.network import DrawnEdge, DrawnNode

# Okabe and Ito (2008), "Color Universal Design", without black; a dark rim keeps light ones visible on white.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
OTHER_COLOR = "#8A94A3"
LINK_BETWEEN_CLUSTERS = "#54647a"
OPACITY_INSIDE, OPACITY_BETWEEN = 0.3, 0.2
# Above this number of links each is drawn fainter, so that all of them together stay as dark.
LINKS_AT_FULL_OPACITY = 1200
# Smallest and largest radius by kind; the area between grows with the node's count within its kind.
RADII: Mapping[str, tuple[float, float]] = {
    "employer": (4.6, 21.0),
    "city": (5.5, 17.0),
    "region": (9.0, 15.0),
    "sector": (7.0, 15.0),
    "affiliation": (6.5, 13.0),
    "skill": (5.0, 14.0),
    REST: (9.0, 20.0),
}
# Nodes of a cluster without a colour get a disc of their own from this number on.
SMALLEST_OWN_DISC = 4


@dataclass(frozen=True)
class Drawing:
    """Nodes in the order of the data, edges between their positions in it."""

    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    # The data's edges, in the order of the drawn ones.
    sources: tuple[PageEdge, ...]


def draw(data: PageData) -> Drawing:
    """Draw the data: the same data gives the same drawing."""
    position = {node.ref: index for index, node in enumerate(data.nodes)}
    edges = tuple(edge for edge in data.edges if edge.start in position and edge.end in position)
    colors = cluster_colors(data)
    radii = node_radii(data.nodes, edges)
    lines = [(position[edge.start], position[edge.end], _strength(edge)) for edge in edges]
    places, _ = layout(layout_groups(data.nodes, frozenset(colors)), radii, lines, data.seed)
    shapes = {kind.key: kind.shape for kind in KINDS}
    nodes = tuple(
        DrawnNode(shapes[node.kind], float(x), float(y), radius, _color(node, colors))
        for node, (x, y), radius in zip(data.nodes, places, radii, strict=True)
    )
    faintness = min(1.0, math.sqrt(LINKS_AT_FULL_OPACITY / max(len(lines), 1)))
    drawn = tuple(_drawn_edge(data.nodes, line, colors, faintness) for line in lines)
    return Drawing(nodes, drawn, edges)


def cluster_colors(data: PageData) -> dict[int, str]:
    """Colour of each cluster that has one of its own: the first ones."""
    return {cluster.number: PALETTE[rank] for rank, cluster in enumerate(data.clusters[:SHOWN_CLUSTERS])}


def node_radii(nodes: Sequence[PageNode], edges: Sequence[PageEdge]) -> list[float]:
    """Radius of each node, its area growing with postings, nodes it stands for, or else links."""
    links: Counter[str] = Counter()
    for edge in edges:
        links[edge.start] += edge.links
        links[edge.end] += edge.links
    weights = [_weight(node, links[node.ref]) for node in nodes]
    largest: defaultdict[str, float] = defaultdict(lambda: 1.0)
    for node, weight in zip(nodes, weights, strict=True):
        largest[node.kind] = max(largest[node.kind], weight)
    radii = []
    for node, weight in zip(nodes, weights, strict=True):
        low, high = RADII[node.kind]
        radii.append(round(low + (high - low) * math.sqrt(weight / largest[node.kind]), 1))
    return radii


def layout_groups(nodes: Sequence[PageNode], colored: frozenset[int]) -> list[int]:
    """Group of each node: its cluster; small clusters without a colour and no cluster share the last."""
    sizes = Counter(node.cluster for node in nodes)
    own = sorted(
        number
        for number, size in sizes.items()
        if number is not None and (number in colored or size >= SMALLEST_OWN_DISC)
    )
    rank: dict[int | None, int] = {number: index for index, number in enumerate(own)}
    return [rank.get(node.cluster, len(own)) for node in nodes]


def _weight(node: PageNode, links: int) -> float:
    if node.kind == REST:
        return float(node.stands_for)
    return float(links if node.postings is None else node.postings)


def _strength(edge: PageEdge) -> float:
    return 0.1 + math.log1p(max(edge.count, 0.0))


def _color(node: PageNode, colors: Mapping[int, str]) -> str:
    return OTHER_COLOR if node.cluster is None else colors.get(node.cluster, OTHER_COLOR)


def _drawn_edge(
    nodes: Sequence[PageNode], line: tuple[int, int, float], colors: Mapping[int, str], faintness: float
) -> DrawnEdge:
    start, end, strength = line
    one, other = nodes[start], nodes[end]
    width = round(0.45 * (1.0 + strength), 2)
    inside = one.cluster == other.cluster and one.cluster in colors
    color = _color(one, colors) if inside else LINK_BETWEEN_CLUSTERS
    opacity = (OPACITY_INSIDE if inside else OPACITY_BETWEEN) * faintness
    return DrawnEdge(start, end, width, color, round(opacity, 3))
