"""Bringing the graph into a store as a difference: the same is not written, the foreign not touched.

Everything of one push belongs to a scope, the identity of its workspace. Killed at any moment, the
store holds whole batches only, and the next push does what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from graphcli.graph.schema import NodeLabel, RelationshipType
from graphcli.graph.stores import statements
from graphcli.graph.stores.diff import KEYS, Difference, Differences, differences
from graphcli.workspace.errors import UsageError
from graphcli.workspace.result import Result

if TYPE_CHECKING:
    from graphcli.graph.stores.contract import Store
    from graphcli.graph.tables import GraphTables

BATCH_ROWS = 2_000
# More than this share of what a scope holds is not removed unless it is asked for.
REMOVAL_SHARE = 0.5
# From here on a fresh build of the embedded store is quicker than transactions.
REBUILD_ROWS = 10_000
PROGRESS_ROWS = 100_000

Say = Callable[[str], None]


def push(
    graph: GraphTables,
    store: Store,
    scope: str,
    *,
    prune: bool = False,
    dry_run: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """Make a store hold exactly this graph within a scope.

    Parameters
    ----------
    graph
        The graph tables.
    store
        Where to; opened for writing unless ``dry_run``.
    scope
        Identity of the workspace; nothing outside it is touched.
    prune
        Allow more than half of what the scope holds to be removed.
    dry_run
        Only count.
    say
        Receives progress lines.

    Returns
    -------
    Result
        Columns label_or_type, created, updated, unchanged, removed.

    Raises
    ------
    UsageError
        More than half of the scope would go and ``prune`` is not given, or ``scope`` is empty.
    DataContractError
        The graph breaks a rule of the schema.
    StoreUnreachableError
        The store went away; push again to do what is left.
    """
    if not scope:
        raise UsageError("the workspace is empty; load postings first, then push")
    found = differences(graph, store, scope)
    if not prune:
        _refuse_large_removal(found, store)
    notes: tuple[str, ...] = ()
    if dry_run:
        notes = ("dry run: nothing was written",)
    elif found.changes:
        notes = _apply(graph, store, scope, found, say)
    parameters = {
        "store": store.where,
        "engine": store.engine,
        "scope": scope,
        "prune": prune,
        "dry_run": dry_run,
    }
    return Result("push", _counts(found), parameters, notes, graph.run_id)


def _apply(graph: GraphTables, store: Store, scope: str, found: Differences, say: Say) -> tuple[str, ...]:
    if found.changes >= REBUILD_ROWS and store.rebuild(graph, scope):
        say(f"built the store afresh with {sum(len(frame) for frame in graph.nodes.values()):,} nodes")
        return ()
    store.ensure_constraints()
    progress = _Progress(found.changes, say)
    _adopt(store, scope, found.nodes)
    for item in found.nodes:
        for rows in batches(pl.concat([item.created, item.updated])):
            payload = [_node_row(item.kind, row) for row in rows]
            store.write(statements.write_nodes(item.kind), {"scope": scope, "rows": payload})
            progress.add(len(payload))
    for edge in found.edges:
        for rows in batches(pl.concat([edge.created, edge.updated])):
            payload = [_edge_row(edge.kind, row) for row in rows]
            store.write(statements.write_edges(edge.kind), {"scope": scope, "rows": payload})
            progress.add(len(payload))
    for edge in found.edges:
        for rows in batches(edge.removed):
            store.write(statements.delete_edges(edge.kind), {"scope": scope, "rows": rows})
            progress.add(len(rows))
    released = sum(_remove_nodes(store, scope, item, progress) for item in found.nodes)
    if not released:
        return ()
    return (
        f"{released} nodes left the graph but stay in the store, no longer ours,"
        " because relationships of somebody else need them",
    )


def _remove_nodes(store: Store, scope: str, item: Difference[NodeLabel], progress: _Progress) -> int:
    released = 0
    for rows in batches(item.removed):
        values = _released(scope) | {"keys": [row[item.kind.key] for row in rows]}
        store.write(statements.delete_nodes(item.kind), values)
        released += sum(row["released"] for row in store.write(statements.release_nodes(item.kind), values))
        progress.add(len(rows))
    return released


def _adopt(store: Store, scope: str, nodes: list[Difference[NodeLabel]]) -> None:
    for item in nodes:
        if not item.created.height:
            continue
        if not store.read(statements.count_released(item.kind), _released(scope))[0]["released"]:
            continue
        for rows in batches(item.created):
            values = _released(scope) | {"keys": [row[item.kind.key] for row in rows]}
            store.write(statements.adopt_nodes(item.kind), values)


def _released(scope: str) -> dict[str, Any]:
    return {"scope": scope, "released": statements.RELEASED_PREFIX + scope}


def batches(frame: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    """Cut a frame into lists of rows for one transaction each."""
    for piece in frame.iter_slices(BATCH_ROWS):
        yield piece.to_dicts()


def _node_row(label: NodeLabel, row: dict[str, Any]) -> dict[str, Any]:
    return {"key": row[label.key], "properties": row}


def _edge_row(kind: RelationshipType, row: dict[str, Any]) -> dict[str, Any]:
    properties = {name: value for name, value in row.items() if name not in KEYS}
    return {**{name: row[name] for name in KEYS}, "properties": properties}


def _refuse_large_removal(found: Differences, store: Store) -> None:
    stored, removed = found.stored, found.removed
    if removed > stored * REMOVAL_SHARE:
        raise UsageError(
            f"this push would remove {removed:,} of the {stored:,} nodes and relationships that {store.where}"
            f" holds of this workspace, more than {REMOVAL_SHARE:.0%};"
            " look with --dry-run --prune, then repeat with --prune if that is meant"
        )


def _counts(found: Differences) -> pl.DataFrame:
    rows = [
        (item.kind.name, item.created.height, item.updated.height, item.unchanged, item.removed.height)
        for item in found.every
        if not item.kind.optional or item.created.height or item.stored
    ]
    columns = ["label_or_type", "created", "updated", "unchanged", "removed"]
    frame = pl.DataFrame(
        rows, schema={name: pl.Int64 if n else pl.String for n, name in enumerate(columns)}, orient="row"
    )
    return frame.group_by("label_or_type", maintain_order=True).sum()


class _Progress:
    """Says how far a push is, now and then."""

    def __init__(self, total: int, say: Say) -> None:
        self._total, self._say = total, say
        self._done = self._said = 0

    def add(self, count: int) -> None:
        self._done += count
        if self._done - self._said >= PROGRESS_ROWS:
            self._said = self._done
            self._say(f"pushed {self._done:,} of {self._total:,}")
