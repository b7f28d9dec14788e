"""What stands between the two commands and the pure functions: where the graph is from, what is kept."""

from __future__ import annotations

from typing import Any

from graphcli.graph.analysis import snapshot
from graphcli.graph.analysis.central import Ranking, central_result, rank
from graphcli.graph.analysis.clusters import clusters_result
from graphcli.graph.analysis.communities import Membership, membership
from graphcli.graph.analysis.incidence import node_table
from graphcli.graph.tables import GraphTables
from graphcli.workspace.errors import UsageError, WorkspaceLockedError
from graphcli.workspace.options import State, StoreAddress
from graphcli.workspace.result import Result
from graphcli.workspace.selection import Selection

LOCK_WAIT_SECONDS = 2.0


def clusters_answer(
    state: State,
    selection: Selection,
    address: StoreAddress,
    *,
    no_build: bool,
    write: bool,
    from_store: bool = False,
    min_size: int,
    members: bool,
    match: str | None,
    **options: Any,
) -> Result:
    """Cluster, keep the snapshot, tell the store if asked to, and answer."""
    previous = None if match is None else snapshot.members_of_run(state.folder, match)
    graph = source_graph(state, selection, address, no_build=no_build, from_store=from_store)
    reference = state.folder.reference_folder
    found = membership(graph, as_of=selection.as_of, reference_folder=reference, **options)
    _keep(state, found)
    if write:
        from graphcli.graph.analysis.writeback import cluster_properties

        ids = node_table(graph, found.of)["id"].to_list()
        _tell_store(state, graph, address, found.of, cluster_properties(found, ids))
    return clusters_result(found, min_size=min_size, members=members, previous=previous)


def central_answer(
    state: State,
    selection: Selection,
    address: StoreAddress,
    *,
    no_build: bool,
    write: bool,
    from_store: bool = False,
    top: int | None,
    **options: Any,
) -> Result:
    """Rank, keep the snapshot, tell the store if asked to, and answer."""
    graph = source_graph(state, selection, address, no_build=no_build, from_store=from_store)
    reference = state.folder.reference_folder
    ranking = rank(graph, as_of=selection.as_of, reference_folder=reference, **options)
    _keep(state, ranking)
    if write:
        from graphcli.graph.analysis.writeback import central_properties

        ids = node_table(graph, ranking.of)["id"].to_list()
        _tell_store(state, graph, address, ranking.of, central_properties(ranking, ids))
    return central_result(ranking, top)


def source_graph(
    state: State, selection: Selection, address: StoreAddress, *, no_build: bool, from_store: bool
) -> GraphTables:
    """Read the graph from the workspace, or ``from_store`` from the store at the address.

    Raises
    ------
    UsageError
        ``from_store`` together with a filter that only the postings in a workspace can answer.
    """
    if not from_store:
        from graphcli.graph.build import graph_for

        return graph_for(state.folder, selection, no_build=no_build, say=state.say)
    if selection.restricts_postings() or selection.preset != "tiers":
        raise UsageError(
            "a store holds counts, not postings, so --uri cannot be filtered; "
            "leave the filters out, or leave --uri out to answer from the workspace"
        )
    from graphcli.graph.stores.contract import open_store

    with open_store(address, state.folder, read_only=True, verbose=state.verbose) as store:
        state.say(f"reading the graph from {store.where}")
        return store.read_graph()


def _keep(state: State, found: Membership | Ranking) -> None:
    if not state.folder.exists():
        return
    try:
        snapshot.remember(state.folder, found, LOCK_WAIT_SECONDS)
    except (WorkspaceLockedError, OSError) as error:
        # The answer is there; a folder that is locked or read-only only keeps it from being remembered.
        state.say(f"note: the result is not kept for show, page and filters: {error}")


def _tell_store(state: State, graph: GraphTables, address: StoreAddress, of: str, properties: Any) -> None:
    from graphcli.graph.analysis.writeback import write_back
    from graphcli.graph.stores.contract import open_store

    scope = str(graph.parameters.get("scope") or state.folder.manifest().scope)
    with open_store(address, state.folder, read_only=False, verbose=state.verbose) as store:
        count = write_back(store, scope, of, properties)
        state.say(f"set the result on {count:,} {of} in {store.where}")
