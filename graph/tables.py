"""The graph as tables: what goes to a store and to the analysis, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from graphcli.graph.schema import NODES, RELATIONSHIPS, node_columns, node_label, relationship_columns
from graphcli.workspace import tables
from graphcli.workspace.folder import Change, WorkspaceFolder

BUILD = "Build"


@dataclass(frozen=True)
class GraphTables:
    """Node frames by label and edge frames by relationship table name, all sorted by key.

    Attributes
    ----------
    nodes
        Label → frame with the label's properties, sorted by its key.
    edges
        ``RelationshipType.table`` → frame with ``start``, ``end`` and properties, sorted by start, end, key.
    run_id
        Identity of the data and definitions behind the graph.
    parameters, notes
        What made it (filters, dedupe rule, definitions) and what a reader must know.
    """

    nodes: Mapping[str, pl.DataFrame]
    edges: Mapping[str, pl.DataFrame]
    run_id: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        nodes: Mapping[str, pl.DataFrame],
        edges: Mapping[str, pl.DataFrame],
        run_id: str = "",
        parameters: Mapping[str, object] | None = None,
        notes: tuple[str, ...] = (),
    ) -> GraphTables:
        """Build from any frames: missing tables become empty, columns conform, rows are sorted."""
        full_nodes = {
            label.name: tables.conform(
                nodes.get(label.name, tables.empty(node_columns(label))), node_columns(label)
            ).sort(label.key)
            for label in NODES
        }
        full_edges = {}
        for kind in RELATIONSHIPS:
            columns = relationship_columns(kind)
            frame = tables.conform(edges.get(kind.table, tables.empty(columns)), columns)
            full_edges[kind.table] = frame.sort("start", "end", *([kind.key] if kind.key else []))
        return cls(full_nodes, full_edges, run_id, parameters or {}, notes)

    def with_build(self) -> GraphTables:
        """Add the node that says what made the graph; a graph without a run id stays as it is."""
        if not self.run_id:
            return self
        label = node_label(BUILD)
        row = {
            "id": "build",
            "run_id": self.run_id,
            "parameters": json.dumps(dict(self.parameters), ensure_ascii=False, default=str),
            "notes": list(self.notes),
        }
        frame = pl.DataFrame([row], schema=node_columns(label))
        return replace(self, nodes={**self.nodes, BUILD: frame})

    def without_build(self) -> GraphTables:
        """Take that node off again and set run id, parameters and notes from it."""
        if not self.nodes[BUILD].height:
            return self
        row = self.nodes[BUILD].row(0, named=True)
        return replace(
            self,
            nodes={**self.nodes, BUILD: self.nodes[BUILD].clear()},
            run_id=row["run_id"],
            parameters={**json.loads(row["parameters"]), **self.parameters},
            notes=(*row["notes"], *self.notes),
        )

    def write(self, change: Change) -> None:
        """Write every table into the workspace as part of a change."""
        change.remove_all("graph")
        for name, frame in self.nodes.items():
            change.write(f"graph/nodes_{name}", frame)
        for name, frame in self.edges.items():
            change.write(f"graph/edges_{name}", frame)


def read_graph(folder: WorkspaceFolder) -> GraphTables:
    """Read the graph tables of the last finished build."""
    nodes = {label.name: folder.read(f"graph/nodes_{label.name}", node_columns(label)) for label in NODES}
    edges = {
        kind.table: folder.read(f"graph/edges_{kind.table}", relationship_columns(kind))
        for kind in RELATIONSHIPS
    }
    return GraphTables.of(nodes, edges, folder.manifest().stages.get("run_id", ""))
