"""What the page's program reads, as JSON: rows as lists with their columns named once, text cleaned."""

from __future__ import annotations

import re
from typing import Any

from graphcli.graph.page.budget import SHOWN_CLUSTERS
from graphcli.graph.page.data import KINDS, RELATIONS, Claim, Evidence, PageData, PageEdge, PageNode
from graphcli.graph.page.drawing import OTHER_COLOR, Drawing, cluster_colors
from graphcli.graph.page.map import outlines, project
from graphcli.graph.page.network import DrawnEdge, DrawnNode
from graphcli.graph.page.text import clean, romanise, web_address

NODE_COLUMNS = (
    "ref",
    "kind",
    "name",
    "name_en",
    "pinyin",
    "initials",
    "cluster",
    "x",
    "y",
    "radius",
    "postings",
    "ai_postings",
    "areas",
    "claims",
    "evidence",
    "facts",
    "links_left_out",
    "stands_for",
    "place",
)
EDGE_COLUMNS = ("start", "end", "relation", "count", "links", "first_seen", "last_seen", "evidence")
EVIDENCE_COLUMNS = ("posting_id", "title", "date", "url", "source", "row", "repeats")
CLAIM_COLUMNS = (
    "affiliation",
    "affiliation_en",
    "kind",
    "basis",
    "source",
    "listed_from",
    "listed_to",
    "valid",
    "url",
    "matched_name",
    "method",
    "score",
)


def page_model(data: PageData, drawing: Drawing) -> dict[str, Any]:
    """Write the model that ``assets/model.js`` reads."""
    return _Model(data, drawing).content()


class _Model:
    """One model while it is written, with the positions that rows refer to each other by."""

    def __init__(self, data: PageData, drawing: Drawing) -> None:
        self.data = data
        self.drawing = drawing
        self.evidence = [data.evidence[key] for key in sorted(data.evidence)]
        self.files = sorted({clean(row.source) for row in self.evidence})
        self.file_index = {name: index for index, name in enumerate(self.files)}
        self.evidence_index = {row.posting_id: index for index, row in enumerate(self.evidence)}
        self.cluster_index = {cluster.number: index for index, cluster in enumerate(data.clusters)}
        self.area_index = {area.ref: index for index, area in enumerate(data.areas)}
        self.relation_index = {relation.key: index for index, relation in enumerate(RELATIONS)}

    def content(self) -> dict[str, Any]:
        data, drawing = self.data, self.drawing
        return {
            "title": clean(data.title),
            "subtitle": clean(data.subtitle),
            "file_stem": re.sub(r"[^a-z0-9]+", "-", data.title.lower()).strip("-")[:60] or "graphcli-page",
            "kinds": [vars(kind) for kind in KINDS],
            "relations": [vars(relation) for relation in RELATIONS],
            "clusters": self.clusters(),
            "shown_clusters": min(SHOWN_CLUSTERS, len(data.clusters)),
            "other_color": OTHER_COLOR,
            "areas": [[area.ref, clean(area.name), clean(area.name_en)] for area in data.areas],
            "sources": self.files,
            "evidence_columns": EVIDENCE_COLUMNS,
            "evidence": [self.evidence_row(row) for row in self.evidence],
            "claim_columns": CLAIM_COLUMNS,
            "node_columns": NODE_COLUMNS,
            "nodes": [self.node_row(*pair) for pair in zip(data.nodes, drawing.nodes, strict=True)],
            "edge_columns": EDGE_COLUMNS,
            "edges": [self.edge_row(*pair) for pair in zip(drawing.sources, drawing.edges, strict=True)],
            "map": {key: value for key, value in outlines().items() if key in _MAP_KEYS},
        }

    def clusters(self) -> list[dict[str, Any]]:
        colors = cluster_colors(self.data)
        return [
            {
                "label": clean(cluster.label),
                "label_en": clean(cluster.label_en),
                "size": cluster.size,
                "stability": cluster.stability,
                "ref": cluster.ref,
                "color": colors.get(cluster.number, OTHER_COLOR),
            }
            for cluster in self.data.clusters
        ]

    def node_row(self, node: PageNode, drawn: DrawnNode) -> list[Any]:
        name, name_en = clean(node.name) or node.ref, clean(node.name_en)
        pinyin, initials = romanise(name)
        place = None
        if node.latitude is not None and node.longitude is not None:
            place = project(node.longitude, node.latitude)
        values = {
            "ref": node.ref,
            "kind": node.kind,
            "name": name,
            "name_en": "" if name_en == name else name_en,
            "pinyin": pinyin,
            "initials": initials,
            "cluster": -1 if node.cluster is None else self.cluster_index.get(node.cluster, -1),
            "x": drawn.x,
            "y": drawn.y,
            "radius": drawn.radius,
            "postings": node.postings,
            "ai_postings": node.ai_postings,
            "areas": [self.area_index[area] for area in node.areas if area in self.area_index],
            "claims": [self.claim_row(claim) for claim in node.claims],
            "evidence": self.evidence_of(node.evidence),
            "facts": [[clean(what), clean(value)] for what, value in node.facts],
            "links_left_out": node.links_left_out,
            "stands_for": node.stands_for,
            "place": place,
        }
        return [values[column] for column in NODE_COLUMNS]

    def edge_row(self, edge: PageEdge, drawn: DrawnEdge) -> list[Any]:
        values = {
            "start": drawn.start,
            "end": drawn.end,
            "relation": self.relation_index[edge.relation],
            "count": round(edge.count, 3),
            "links": edge.links,
            "first_seen": clean(edge.first_seen),
            "last_seen": clean(edge.last_seen),
            "evidence": self.evidence_of(edge.evidence),
        }
        return [values[column] for column in EDGE_COLUMNS]

    def evidence_row(self, row: Evidence) -> list[Any]:
        values = {
            "posting_id": row.posting_id,
            "title": clean(row.title),
            "date": clean(row.date),
            "url": web_address(row.url),
            "source": self.file_index[clean(row.source)],
            "row": row.row,
            "repeats": row.repeats,
        }
        return [values[column] for column in EVIDENCE_COLUMNS]

    def claim_row(self, claim: Claim) -> list[Any]:
        values = {
            key: clean(value) if isinstance(value, str) else value for key, value in vars(claim).items()
        }
        values["url"] = web_address(claim.url)
        return [values[column] for column in CLAIM_COLUMNS]

    def evidence_of(self, ids: tuple[str, ...]) -> list[int]:
        return [self.evidence_index[key] for key in ids if key in self.evidence_index]


_MAP_KEYS = frozenset({"width", "height", "provinces", "around", "note"})
