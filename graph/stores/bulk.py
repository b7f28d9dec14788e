"""Building a fresh generation of the embedded store in bulk, for large pushes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from graphcli.graph.schema import FINGERPRINT, NODES, RELATIONSHIPS, SCOPE, NodeLabel, RelationshipType
from graphcli.graph.stores import statements
from graphcli.graph.stores.diff import KEYS, edge_table, with_fingerprint
from graphcli.graph.stores.engine import create_edges, create_vertices

if TYPE_CHECKING:
    from graphcli.graph.stores.embedded import EmbeddedStore
    from graphcli.graph.tables import GraphTables

CHUNK_ROWS = 20_000
BATCH_EDGES = 100_000

Properties = dict[str, Any]


@dataclass(frozen=True)
class Carried:
    """Properties that are not of the schema, above all results of analyses; a push keeps them."""

    nodes: Mapping[tuple[str, str], Properties] = field(default_factory=dict)
    edges: Mapping[tuple[str, str, str, str], Properties] = field(default_factory=dict)

    @classmethod
    def of(cls, store: EmbeddedStore, scope: str) -> Carried:
        """Collect what a scope's nodes and relationships carry beyond the schema."""
        nodes: dict[tuple[str, str], Properties] = {}
        edges: dict[tuple[str, str, str, str], Properties] = {}
        for label in NODES:
            for row in store.stream(statements.read_extra_nodes(label), {"scope": scope}):
                if extra := _foreign(label, row["properties"]):
                    nodes[label.name, row["key"]] = extra
        for kind in RELATIONSHIPS:
            for row in store.stream(statements.read_extra_edges(kind), {"scope": scope}):
                if extra := _foreign(kind, row["properties"]):
                    edges[kind.table, row["start_key"], row["end_key"], row["key"]] = extra
        return cls(nodes, edges)


def foreign_content(store: EmbeddedStore, scope: str) -> bool:
    """Whether the store holds anything that a fresh build of this scope would lose."""
    ours = {label.name for label in NODES} | {kind.name for kind in RELATIONSHIPS}
    if store.type_names() - ours:
        return True
    counts = (statements.COUNT_FOREIGN_NODES, statements.COUNT_FOREIGN_EDGES)
    return any(store.read(text, {"scope": scope})[0]["found"] for text in counts)


def load(database: Any, graph: GraphTables, scope: str, carried: Carried) -> None:
    """Load the whole graph into an empty database whose constraints exist."""
    for name in statements.relationship_names():
        database.command("sql", f"CREATE EDGE TYPE {name} IF NOT EXISTS")
    with database.graph_batch(batch_size=BATCH_EDGES) as batch:
        records = {
            label.name: _load_nodes(batch, label, graph.nodes[label.name], scope, carried) for label in NODES
        }
        for kind in RELATIONSHIPS:
            _load_edges(batch, kind, graph.edges[kind.table], scope, carried, records)


def _load_nodes(
    batch: Any, label: NodeLabel, frame: pl.DataFrame, scope: str, carried: Carried
) -> dict[str, str]:
    records: dict[str, str] = {}
    for rows in _chunks(with_fingerprint(frame)):
        stored = [_stored(row, scope) | carried.nodes.get((label.name, row[label.key]), {}) for row in rows]
        created = create_vertices(batch, label.name, stored)
        records.update(zip((row[label.key] for row in rows), created, strict=True))
    return records


def _load_edges(
    batch: Any,
    kind: RelationshipType,
    frame: pl.DataFrame,
    scope: str,
    carried: Carried,
    records: Mapping[str, Mapping[str, str]],
) -> None:
    starts, ends = records[kind.start], records[kind.end]
    for rows in _chunks(edge_table(kind, frame)):
        stored = [
            _stored(row, scope) | carried.edges.get((kind.table, row["start"], row["end"], row["key"]), {})
            for row in rows
        ]
        create_edges(
            batch,
            kind.name,
            [starts[row["start"]] for row in rows],
            [ends[row["end"]] for row in rows],
            stored,
        )


def _chunks(frame: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    for piece in frame.iter_slices(CHUNK_ROWS):
        yield piece.to_dicts()


def _stored(row: Mapping[str, Any], scope: str) -> Properties:
    kept = {name: value for name, value in row.items() if value is not None and name not in KEYS}
    return {SCOPE.name: scope, **kept}


def _foreign(kind: NodeLabel | RelationshipType, properties: Properties) -> Properties:
    ours = {SCOPE.name, FINGERPRINT.name, *(item.name for item in kind.properties)}
    return {name: value for name, value in properties.items() if name not in ours}
