"""The embedded store follows the workspace by itself: who asks it gets the graph of what is loaded now.

A Neo4j is somebody's server and is written by ``push`` alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from graphcli.graph.stores.contract import open_store
from graphcli.graph.stores.push import push
from graphcli.workspace.files import write_text
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.options import StoreAddress
from graphcli.workspace.result import Result

if TYPE_CHECKING:
    from graphcli.graph.tables import GraphTables

PUSHED = "pushed.json"

Say = Callable[[str], None]


def push_workspace(
    folder: WorkspaceFolder,
    address: StoreAddress,
    *,
    postings: bool = False,
    prune: bool = False,
    dry_run: bool = False,
    no_build: bool = False,
    verbose: bool = False,
    say: Say = lambda message: None,
) -> Result:
    """Push the workspace's graph into the store at an address; see `push`.

    Parameters
    ----------
    postings
        Also push a node for every posting.
    no_build
        Push the last finished build.
    """
    if address.uri is not None:
        # A build may take minutes: better to hear before it that nobody answers there.
        open_store(address, folder, read_only=True, verbose=verbose).close()
    graph = workspace_graph(folder, postings=postings, no_build=no_build, say=say)
    with open_store(address, folder, read_only=dry_run, verbose=verbose) as store:
        say(f"pushing to {store.where} ({store.engine})")
        scope = folder.manifest().scope
        result = push(graph.with_build(), store, scope, prune=prune, dry_run=dry_run, say=say)
    if address.uri is None and not dry_run:
        state = {"run_id": graph.run_id, "postings": postings}
        write_text(folder.store_folder / PUSHED, json.dumps(state, sort_keys=True) + "\n")
    return result


def workspace_graph(
    folder: WorkspaceFolder, *, postings: bool, no_build: bool, say: Say = lambda message: None
) -> GraphTables:
    """Give the workspace's graph, brought up to date, with posting nodes where asked for."""
    from graphcli.graph.build import graph_for

    graph = graph_for(folder, no_build=no_build, say=say)
    if not postings:
        return graph
    from graphcli.graph.select import select_postings
    from graphcli.graph.stores.postings import with_postings
    from graphcli.workspace.selection import Selection

    return with_postings(graph, select_postings(folder, Selection(), no_build=no_build, say=say))


def follow_workspace(folder: WorkspaceFolder, *, no_build: bool, say: Say = lambda message: None) -> str:
    """Bring the embedded store up to date with the workspace where it is not.

    Posting nodes are kept where the last push put them in. A workspace in which nothing was ever loaded
    leaves the store as it is.

    Returns
    -------
    str
        Run id of the graph that the store holds, empty where it is not known.
    """
    pushed = _pushed(folder)
    if not folder.table_names("postings/"):
        return str(pushed.get("run_id", ""))
    from graphcli.graph.build import graph_for

    graph = graph_for(folder, no_build=no_build, say=say)
    if pushed.get("run_id") == graph.run_id:
        return graph.run_id
    say("bringing the embedded store up to date")
    keep = bool(pushed.get("postings"))
    # The store is a copy of the workspace, so what left the workspace leaves it however much that is.
    push_workspace(folder, StoreAddress(None), postings=keep, prune=True, no_build=True, say=say)
    return graph.run_id


def _pushed(folder: WorkspaceFolder) -> dict[str, object]:
    try:
        content = json.loads((folder.store_folder / PUSHED).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
