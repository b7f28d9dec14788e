"""What a push has to do: the difference between the graph tables and what the store holds of one scope.

Keys and fingerprints are compared as columns, so a million relationships cost some tens of megabytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import polars as pl

from graphcli.graph.schema import FINGERPRINT, NODES, RELATIONSHIPS, NodeLabel, RelationshipType, node_label
from graphcli.graph.stores import statements
from graphcli.graph.stores.reading import to_frame
from graphcli.workspace.errors import DataContractError

if TYPE_CHECKING:
    from graphcli.graph.stores.contract import Store
    from graphcli.graph.tables import GraphTables

FINGERPRINT_LENGTH = 16
KEYS = ("start", "end", "key")


Kind = TypeVar("Kind", NodeLabel, RelationshipType)


@dataclass(frozen=True)
class Difference(Generic[Kind]):
    """What is to be done for one label or relationship type.

    Attributes
    ----------
    kind
        The label or type.
    created, updated
        Rows of the graph table with their ``fingerprint``; ``key`` holds a relationship's key.
    removed
        Keys of what is in the store and no longer in the graph.
    unchanged
        How many are the same.
    """

    kind: Kind
    created: pl.DataFrame
    updated: pl.DataFrame
    removed: pl.DataFrame
    unchanged: int

    @property
    def stored(self) -> int:
        """How many the store holds now."""
        return self.unchanged + self.updated.height + self.removed.height

    @property
    def changes(self) -> int:
        """How many are to be written or removed."""
        return self.created.height + self.updated.height + self.removed.height


@dataclass(frozen=True)
class Differences:
    """What is to be done for every label and relationship type, in the order of the schema."""

    nodes: list[Difference[NodeLabel]]
    edges: list[Difference[RelationshipType]]

    @property
    def every(self) -> list[Difference[NodeLabel] | Difference[RelationshipType]]:
        """Labels first, then relationship types."""
        return [*self.nodes, *self.edges]

    @property
    def changes(self) -> int:
        """How many nodes and relationships are to be written or removed."""
        return sum(item.changes for item in self.every)

    @property
    def stored(self) -> int:
        """How many the store holds now."""
        return sum(item.stored for item in self.every)

    @property
    def removed(self) -> int:
        """How many are to be removed."""
        return sum(item.removed.height for item in self.every)


def differences(graph: GraphTables, store: Store, scope: str) -> Differences:
    """Compare the graph with the store.

    Raises
    ------
    DataContractError
        A node or relationship has no key, the same key twice, or an end that does not exist.
    """
    found = Differences([], [])
    for label in NODES:
        table = with_fingerprint(graph.nodes[label.name])
        check_nodes(label, table)
        stored = to_frame(
            (
                (row["key"], row["fingerprint"])
                for row in store.stream(statements.read_node_keys(label), {"scope": scope})
            ),
            {label.key: pl.String, FINGERPRINT.name: pl.String},
        )
        found.nodes.append(_compare(label, table, stored, [label.key]))
    for kind in RELATIONSHIPS:
        table = edge_table(kind, graph.edges[kind.table])
        check_edges(kind, table, graph)
        stored = to_frame(
            _stored_edges(kind, store, scope),
            {"start": pl.String, "end": pl.String, "key": pl.String, FINGERPRINT.name: pl.String},
        )
        found.edges.append(_compare(kind, table, stored, list(KEYS)))
    return found


def edge_table(kind: RelationshipType, frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``fingerprint`` and ``key`` (empty where the type has none) to an edge table."""
    key = pl.col(kind.key) if kind.key else pl.lit("")
    return with_fingerprint(frame).with_columns(key.alias("key"))


def with_fingerprint(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the hash of all columns.

    Each value is written with its length before it, so that no two rows can have the same text.
    """
    texts = pl.concat_str([_canonical(pl.col(name), dtype) for name, dtype in frame.schema.items()])
    hashes = (
        [
            hashlib.sha256(text.encode("utf-8")).hexdigest()[:FINGERPRINT_LENGTH]
            for text in frame.select(texts.alias("text")).to_series()
        ]
        if frame.height
        else []
    )
    return frame.with_columns(pl.Series(FINGERPRINT.name, hashes, dtype=pl.String))


def check_nodes(label: NodeLabel, table: pl.DataFrame) -> None:
    """Refuse nodes without a key or with the same key twice."""
    keys = table[label.key]
    if keys.null_count() or (keys == "").any():
        raise DataContractError(f"a {label.name} has no {label.key}; run graphcli build again")
    if keys.n_unique() != table.height:
        twice = keys.filter(keys.is_duplicated())[0]
        raise DataContractError(
            f"two {label.name} nodes have the {label.key} {twice!r}; run graphcli build again"
        )


def check_edges(kind: RelationshipType, table: pl.DataFrame, graph: GraphTables) -> None:
    """Refuse relationships without a key, with the same key twice, or with an end that does not exist."""
    if table.select(pl.any_horizontal(pl.col(KEYS).is_null()).any()).item():
        raise DataContractError(f"a {kind.name} has no start, end or {kind.key}; run graphcli build again")
    if table.select(pl.struct(KEYS).is_duplicated().any()).item():
        raise DataContractError(f"two {kind.name} have the same ends and key; run graphcli build again")
    for column, name in (("start", kind.start), ("end", kind.end)):
        label = node_label(name)
        lost = table.join(graph.nodes[name], left_on=column, right_on=label.key, how="anti")
        if lost.height:
            raise DataContractError(
                f"{lost.height} {kind.name} lead to a {name} that does not exist, such as"
                f" {lost[column][0]!r}; run graphcli build again"
            )


def _compare(kind: Kind, table: pl.DataFrame, stored: pl.DataFrame, keys: list[str]) -> Difference[Kind]:
    known = stored.rename({FINGERPRINT.name: "stored"})
    matched = table.join(known, on=keys, how="inner", maintain_order="left")
    changed = pl.col("stored").ne_missing(pl.col(FINGERPRINT.name))
    updated = matched.filter(changed).drop("stored")
    return Difference(
        kind=kind,
        created=table.join(known, on=keys, how="anti", maintain_order="left"),
        updated=updated,
        removed=known.join(table, on=keys, how="anti").select(keys).sort(keys),
        unchanged=matched.height - updated.height,
    )


def _stored_edges(kind: RelationshipType, store: Store, scope: str) -> Iterator[tuple[Any, ...]]:
    by_start = statements.grouped_end(kind) == "start"
    for record in store.stream(statements.read_edge_keys(kind), {"scope": scope}):
        grouped = record["grouped"]
        for other, key, fingerprint in record["items"]:
            yield (grouped, other, key, fingerprint) if by_start else (other, grouped, key, fingerprint)


def _canonical(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List):
        text = column.list.eval(_counted(pl.element().cast(pl.String))).list.join("")
        return pl.when(column.is_null()).then(pl.lit("~")).otherwise(_counted(text))
    return _counted(column.cast(pl.String))


def _counted(text: pl.Expr) -> pl.Expr:
    counted = pl.concat_str([text.str.len_bytes().cast(pl.String), pl.lit(":"), text])
    return pl.when(text.is_null()).then(pl.lit("~")).otherwise(counted)
