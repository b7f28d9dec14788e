"""The graph for an answer: the stored one where nothing restricts it, else the same function in memory."""

from __future__ import annotations

from graphcli.graph.build_tables import build_graph
from graphcli.graph.freshness import Current, Say, current, read_funnel
from graphcli.graph.names import find_scheme
from graphcli.graph.select import selected_from
from graphcli.graph.select_rows import describe, parameters
from graphcli.graph.tables import GraphTables, read_graph
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.selection import Selection

__all__ = ["build_graph", "graph_for", "graph_from"]


def graph_for(
    folder: WorkspaceFolder,
    selection: Selection = Selection(),  # noqa: B008 - a frozen value
    *,
    no_build: bool = False,
    say: Say = lambda message: None,
) -> GraphTables:
    """Give the graph of the selected postings.

    Parameters
    ----------
    selection
        The shared filters; without any, the stored graph is read.
    no_build
        Answer from the last finished build.
    say
        Receives a line for every stage that is redone.

    Raises
    ------
    UsageError
        Nothing is loaded, or a filter names something that does not exist.
    """
    return graph_from(current(folder, no_build=no_build, say=say), selection)


def graph_from(state: Current, selection: Selection) -> GraphTables:
    """Give the graph of the selected postings of a workspace that was already read."""
    if selection.preset == "tiers" and not selection.restricts_postings():
        return stored_graph(state, selection)
    selected = selected_from(state, selection)
    return build_graph(selected, state.material, state.facts)


def stored_graph(state: Current, selection: Selection) -> GraphTables:
    """Read the stored graph and say what it stands on."""
    find_scheme(selection.scheme, state.facts)
    counts = read_funnel(state.folder)
    graph = read_graph(state.folder)
    notes = (*state.material.notes, *describe(counts, selection, state.material))
    made_by = parameters(selection, state.material, counts)
    return GraphTables(graph.nodes, graph.edges, graph.run_id, made_by, notes)
