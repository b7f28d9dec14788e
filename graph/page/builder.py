"""Builds the page: data in, one HTML text out, the same text for the same data."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphcli.graph.page.about import about_sections
from graphcli.graph.page.budget import SHOWN_CLUSTERS
from graphcli.graph.page.data import KINDS, RELATIONS, REST, PageData, PageEdge, PageNode
from graphcli.graph.page.layout import Points, layout
from graphcli.graph.page.map import outlines, project
from graphcli.graph.page.network import (
    LINK_BETWEEN_CLUSTERS,
    OPTIONS,
    DrawnEdge,
    DrawnNode,
    render,
    vis_network_script,
)
from graphcli.graph.page.text import (
    clean,
    content_security_policy,
    json_for_script,
    romanise,
    script_block,
    style_block,
)

HERE = Path(__file__).parent
STYLES = ("base.css", "panels.css", "views.css", "small_and_print.css")
# The files share one scope, in this order: each may use what the ones before it declare.
SCRIPTS = (
    "dom.js",
    "model.js",
    "state.js",
    "shapes.js",
    "labels.js",
    "network.js",
    "details.js",
    "legend.js",
    "search.js",
    "table.js",
    "map.js",
    "exports.js",
    "picture.js",
    "keys.js",
    "start.js",
)

# Okabe and Ito (2008), "Color Universal Design", without black; a dark rim keeps light ones visible on white.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
OTHER_COLOR = "#8A94A3"
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
# Groups of nodes without a colour get a disc of their own from this size on.
SMALLEST_OWN_DISC = 4

NODE_COLUMNS = (
    "ref", "kind", "name", "name_en", "pinyin", "initials", "cluster", "x", "y", "radius", "postings",
    "ai_postings", "areas", "claims", "evidence", "facts", "links_left_out", "stands_for", "place",
)  # fmt: skip
EDGE_COLUMNS = ("start", "end", "relation", "count", "links", "first_seen", "last_seen", "evidence")
EVIDENCE_COLUMNS = ("posting_id", "title", "date", "url", "source", "row", "repeats")
CLAIM_COLUMNS = (
    "affiliation", "affiliation_en", "kind", "basis", "source", "listed_from", "listed_to", "valid", "url",
    "matched_name", "method", "score",
)  # fmt: skip


def build_page(data: PageData) -> str:
    """Build the page.

    Returns
    -------
    A whole HTML document that asks nothing of any network. It holds no time of its own making.
    """
    return _Page(data).text()


class _Page:
    """One page while it is built."""

    def __init__(self, data: PageData) -> None:
        self.data = data
        self.position = {node.ref: index for index, node in enumerate(data.nodes)}
        self.edges = [
            edge for edge in data.edges if edge.start in self.position and edge.end in self.position
        ]
        self.colored = {cluster.number: rank for rank, cluster in enumerate(data.clusters[:SHOWN_CLUSTERS])}
        self.weight = self._weights()
        self.radii = self._radii()
        self.places = self._places()

    def text(self) -> str:
        """Render the whole document."""
        style = style_block("\n".join(_asset(name) for name in STYLES))
        program = "\n".join(_asset(name) for name in SCRIPTS)
        scripts = [
            script_block(vis_network_script()),
            script_block(f'(() => {{\n"use strict";\n{program}\n}})();\n'),
        ]
        data = self.data
        return render(
            HERE / "template",
            "page.html.j2",
            self._drawn_nodes(),
            self._drawn_edges(),
            {
                "title": clean(data.title),
                "subtitle": clean(data.subtitle),
                "generator": f"graphcli {data.version}".strip(),
                "policy": content_security_policy(scripts, style),
                "style": style,
                "scripts": scripts,
                "about": about_sections(data),
                "description": (
                    f"Network drawing of {len(data.nodes):,} nodes and {len(self.edges):,} links. "
                    "The table view holds the same nodes as text."
                ),
                "model": json_for_script(self._model()),
                "options": json_for_script(OPTIONS),
            },
        )

    def _weights(self) -> list[float]:
        """Weight of each node for size and importance: what its kind counts, else its links."""
        links = [0.0] * len(self.data.nodes)
        for edge in self.edges:
            links[self.position[edge.start]] += edge.links
            links[self.position[edge.end]] += edge.links
        return [
            float(node.stands_for)
            if node.kind == REST
            else float(node.postings)
            if node.postings is not None
            else links[index]
            for index, node in enumerate(self.data.nodes)
        ]

    def _radii(self) -> list[float]:
        largest: dict[str, float] = {}
        for node, weight in zip(self.data.nodes, self.weight, strict=True):
            largest[node.kind] = max(largest.get(node.kind, 1.0), weight)
        radii = []
        for node, weight in zip(self.data.nodes, self.weight, strict=True):
            low, high = RADII[node.kind]
            radii.append(round(low + (high - low) * math.sqrt(weight / largest[node.kind]), 1))
        return radii

    def _groups(self) -> list[int]:
        """Group of each node for the layout: its cluster; small clusters and no cluster share one."""
        sizes: dict[int | None, int] = {}
        for node in self.data.nodes:
            sizes[node.cluster] = sizes.get(node.cluster, 0) + 1
        own = sorted(
            number
            for number, size in sizes.items()
            if number is not None and (number in self.colored or size >= SMALLEST_OWN_DISC)
        )
        rank = {number: index for index, number in enumerate(own)}
        groups = [rank.get(node.cluster, len(own)) for node in self.data.nodes]
        used = {group: index for index, group in enumerate(sorted(set(groups)))}
        return [used[group] for group in groups]

    def _places(self) -> Points:
        edges = [
            (self.position[edge.start], self.position[edge.end], math.log1p(max(edge.count, 0.0)) + 0.1)
            for edge in self.edges
        ]
        places, _ = layout(self._groups(), self.radii, edges, self.data.seed)
        return places

    def _color(self, node: PageNode) -> str:
        rank = self.colored.get(node.cluster) if node.cluster is not None else None
        return OTHER_COLOR if rank is None else PALETTE[rank]

    def _drawn_nodes(self) -> list[DrawnNode]:
        shapes = {kind.key: kind.shape for kind in KINDS}
        return [
            DrawnNode(shapes[node.kind], float(x), float(y), radius, self._color(node))
            for node, (x, y), radius in zip(self.data.nodes, self.places, self.radii, strict=True)
        ]

    def _drawn_edges(self) -> list[DrawnEdge]:
        return [self._drawn_edge(edge) for edge in self.edges]

    def _drawn_edge(self, edge: PageEdge) -> DrawnEdge:
        start, end = self.position[edge.start], self.position[edge.end]
        one, other = self.data.nodes[start], self.data.nodes[end]
        inside = one.cluster == other.cluster and one.cluster in self.colored
        return DrawnEdge(
            start,
            end,
            round(0.5 + 0.45 * math.log1p(max(edge.count, 0.0)), 2),
            self._color(one) if inside else LINK_BETWEEN_CLUSTERS,
            0.3 if inside else 0.2,
        )

    def _model(self) -> dict[str, Any]:
        """Everything the page's program reads: rows as lists, their columns named once."""
        data = self.data
        evidence = [data.evidence[key] for key in sorted(data.evidence)]
        sources = sorted({clean(row.source) for row in evidence})
        self._evidence_index = {row.posting_id: index for index, row in enumerate(evidence)}
        self._cluster_index = {cluster.number: index for index, cluster in enumerate(data.clusters)}
        self._area_index = {area.ref: index for index, area in enumerate(data.areas)}
        source_index = {source: index for index, source in enumerate(sources)}
        relation_index = {relation.key: index for index, relation in enumerate(RELATIONS)}
        return {
            "title": clean(data.title),
            "subtitle": clean(data.subtitle),
            "file_stem": re.sub(r"[^a-z0-9]+", "-", data.title.lower()).strip("-")[:60] or "graphcli-page",
            "run_id": data.run_id,
            "as_of": data.as_of,
            "kinds": [vars(kind) for kind in KINDS],
            "relations": [vars(relation) for relation in RELATIONS],
            "clusters": [
                {
                    "number": cluster.number,
                    "label": clean(cluster.label),
                    "size": cluster.size,
                    "stability": cluster.stability,
                    "ref": cluster.ref,
                    "color": PALETTE[rank] if rank < SHOWN_CLUSTERS else OTHER_COLOR,
                }
                for rank, cluster in enumerate(data.clusters)
            ],
            "shown_clusters": len(self.colored),
            "other_color": OTHER_COLOR,
            "areas": [[area.ref, clean(area.name), clean(area.name_en)] for area in data.areas],
            "coverage": [[row.kind, row.drawn, row.all] for row in data.coverage],
            "sources": sources,
            "evidence_columns": EVIDENCE_COLUMNS,
            "evidence": [
                [
                    row.posting_id,
                    clean(row.title),
                    clean(row.date),
                    _web_address(row.url),
                    source_index[clean(row.source)],
                    row.row,
                    row.repeats,
                ]
                for row in evidence
            ],  # fmt: skip
            "claim_columns": CLAIM_COLUMNS,
            "node_columns": NODE_COLUMNS,
            "nodes": [self._node_row(index, node) for index, node in enumerate(data.nodes)],
            "edge_columns": EDGE_COLUMNS,
            "edges": [
                [
                    self.position[edge.start],
                    self.position[edge.end],
                    relation_index[edge.relation],
                    round(edge.count, 3),
                    edge.links,
                    edge.first_seen,
                    edge.last_seen,
                    self._evidence(edge.evidence),
                ]
                for edge in self.edges
            ],  # fmt: skip
            "map": outlines(),
        }

    def _node_row(self, index: int, node: PageNode) -> list[Any]:
        name, name_en = clean(node.name) or node.ref, clean(node.name_en)
        pinyin, initials = romanise(name)
        place = None
        if node.latitude is not None and node.longitude is not None:
            place = project(node.longitude, node.latitude)
        x, y = self.places[index]
        return [
            node.ref, node.kind, name, "" if name_en == name else name_en, pinyin, initials,
            -1 if node.cluster is None else self._cluster_index.get(node.cluster, -1),
            float(x), float(y), self.radii[index], node.postings, node.ai_postings,
            [self._area_index[area] for area in node.areas if area in self._area_index],
            [self._claim_row(claim) for claim in node.claims],
            self._evidence(node.evidence),
            [[clean(what), clean(value)] for what, value in node.facts],
            node.links_left_out, node.stands_for, place,
        ]  # fmt: skip

    def _claim_row(self, claim: Any) -> list[Any]:
        row: list[Any] = []
        for column in CLAIM_COLUMNS:
            value = getattr(claim, column)
            row.append(clean(value) if isinstance(value, str) else value)
        row[CLAIM_COLUMNS.index("url")] = _web_address(claim.url)
        return row

    def _evidence(self, ids: tuple[str, ...]) -> list[int]:
        return [self._evidence_index[key] for key in ids if key in self._evidence_index]


def _asset(name: str) -> str:
    return (HERE / "assets" / name).read_text(encoding="utf-8")


def _web_address(url: str) -> str:
    """Keep an address only where following it can do no more than open a web page."""
    address = clean(url)
    return address if re.match(r"https?://[^\s/]", address, re.IGNORECASE) else ""
