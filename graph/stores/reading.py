"""Reading a pushed graph back as tables, with few and large records so that a remote store answers fast."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from graphcli.graph.schema import NODES, RELATIONSHIPS, RelationshipType, node_columns, relationship_columns
from graphcli.graph.stores import statements
from graphcli.graph.tables import GraphTables
from graphcli.workspace.errors import UsageError, unknown_name

if TYPE_CHECKING:
    from graphcli.graph.stores.contract import Store

CHUNK_ROWS = 50_000


def scopes(store: Store) -> list[str]:
    """Name every scope in the store, sorted."""
    found: set[str] = set()
    for text in statements.scope_statements():
        found.update(row["scope"] for row in store.stream(text))
    return sorted(scope for scope in found if not scope.startswith(statements.RELEASED_PREFIX))


def choose_scope(store: Store, scope: str | None, own: str) -> str:
    """Decide whose graph to read.

    Raises
    ------
    UsageError
        The store holds no graph, not the one named, or several and none of them is ``own``.
    """
    there = scopes(store)
    if not there:
        raise UsageError(f"{store.where} holds no graph yet; run graphcli push first")
    if scope is not None:
        if scope not in there:
            raise unknown_name("scope in the store", scope, there)
        return scope
    if own in there:
        return own
    if len(there) == 1:
        return there[0]
    raise UsageError(f"{store.where} holds the graphs of {', '.join(there)} and none is this workspace's")


def read_graph(store: Store, scope: str | None, own: str) -> GraphTables:
    """Read the graph of a scope; see `Store.read_graph`."""
    chosen = choose_scope(store, scope, own)
    values = {"scope": chosen}
    nodes = {
        label.name: to_frame(
            (tuple(row.values()) for row in store.stream(statements.read_nodes(label), values)),
            node_columns(label),
        )
        for label in NODES
    }
    edges = {
        kind.table: to_frame(_edge_rows(store, kind, chosen), relationship_columns(kind))
        for kind in RELATIONSHIPS
    }
    return GraphTables.of(
        nodes,
        edges,
        parameters={"store": store.where, "scope": chosen},
        notes=(f"read from {store.where}, scope {chosen}",),
    ).without_build()


def to_frame(rows: Iterable[tuple[Any, ...]], columns: dict[str, Any]) -> pl.DataFrame:
    """Collect rows into a frame by chunks, so that the rows as Python objects never all exist at once."""
    frames: list[pl.DataFrame] = []
    chunk: list[tuple[Any, ...]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) >= CHUNK_ROWS:
            frames.append(_chunk_frame(chunk, columns))
            chunk = []
    frames.append(_chunk_frame(chunk, columns))
    return pl.concat(frames)


def _chunk_frame(rows: list[tuple[Any, ...]], columns: dict[str, Any]) -> pl.DataFrame:
    if not rows:
        return pl.DataFrame(schema=columns)
    values = zip(*rows, strict=True)
    return pl.DataFrame(
        [_series(name, list(column), columns[name]) for name, column in zip(columns, values, strict=True)]
    )


def _series(name: str, column: list[Any], dtype: Any) -> pl.Series:
    if isinstance(dtype, pl.List):
        # Lists of Python objects cost three times as much as the same lists through JSON.
        return pl.Series(name, [json.dumps(value) for value in column], pl.String).str.json_decode(dtype)
    return pl.Series(name, column, dtype, strict=False)


def _edge_rows(store: Store, kind: RelationshipType, scope: str) -> Iterator[tuple[Any, ...]]:
    by_start = statements.grouped_end(kind) == "start"
    for record in store.stream(statements.read_edges(kind), {"scope": scope}):
        grouped = record["grouped"]
        for other, *properties in record["items"]:
            ends = (grouped, other) if by_start else (other, grouped)
            yield (*ends, *properties)
